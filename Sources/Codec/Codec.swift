// Codec: placeholder
