"""Layers that normalise features by statistics of a batch."""
