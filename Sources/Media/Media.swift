// Media: placeholder until the room is furnished.
