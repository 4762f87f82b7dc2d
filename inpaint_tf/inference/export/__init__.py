"""Formats in which a model goes out, a file each."""
