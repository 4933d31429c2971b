"""A small sector that does not exist, so that everything can be tried on ordinary files. No name in it is real."""
