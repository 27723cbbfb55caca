print("fotoplayer")
