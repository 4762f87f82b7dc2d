"""The differences between TensorFlow and JAX, CPU and GPU. Imports errors only."""
