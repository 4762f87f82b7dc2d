"""Normalisations: of features by a batch's statistics, of kernels by their singular values."""
