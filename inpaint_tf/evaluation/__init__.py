"""What is tested on what, how it scores, and what people read of it. Imports everything but
training, doctor and commands."""
