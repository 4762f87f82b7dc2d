"""Terms of the generator's loss that need a network of their own."""
