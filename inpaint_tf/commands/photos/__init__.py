"""Commands that complete photos: on this machine, on a page, on many machines."""
