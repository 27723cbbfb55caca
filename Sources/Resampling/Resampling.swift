// Resampling: placeholder until the room is furnished.
