"""Scores of a completed picture and of sets of them. Imports data; training validates with them."""
