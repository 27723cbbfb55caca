// Score: placeholder until the room is furnished.
