"""Checks that this machine and this package compute correctly. Imports all rooms but commands."""
