"""What a run says of itself: its first lines, and how TensorBoard shows it."""
