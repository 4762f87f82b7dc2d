"""What differs between TensorFlow and JAX, CPU and GPU. Imports errors only."""
