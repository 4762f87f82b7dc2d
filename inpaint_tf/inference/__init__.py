"""Completing pictures with trained weights, and models for other programs.

Imports weights and what lies below.
"""
