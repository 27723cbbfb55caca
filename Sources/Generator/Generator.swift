// Generator: placeholder until the room is furnished.
