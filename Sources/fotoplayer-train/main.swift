print("fotoplayer-train")
