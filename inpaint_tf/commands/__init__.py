"""Commands: each defines its flags and calls the library."""
