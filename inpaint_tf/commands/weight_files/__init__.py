"""Commands that read weights and write them in another way, one file each."""
