"""Faces as dlib's recogniser sees them: landmarks, descriptors, and what these say of a set."""
