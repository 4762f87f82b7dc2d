"""Whether this machine and this package compute what they should. Imports all but commands."""
