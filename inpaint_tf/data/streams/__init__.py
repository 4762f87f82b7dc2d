"""Sources -> streams of uint8 batches: decoded in threads, damaged pictures replaced."""
