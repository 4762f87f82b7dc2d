"""Paths as users give them, files that are one and the same, and folders that are in use."""
