"""A file for each kind of generator."""
