// Layers: placeholder until the room is furnished.
