// Plugin: placeholder until the room is furnished.
