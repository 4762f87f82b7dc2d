"""Does this machine compute what it should? `python -m inpaint_tf.doctor` says."""
