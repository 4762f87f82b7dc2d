"""Kinds of critics, a file each: a subclass of `critics.base.Critics`, a function `build(config)`
that makes one with new weights, and a line in `KINDS`.
"""

KINDS = {
    "wgan_gp": "inpaint_tf.training.critics.wgan_gp:build",
    "projected": "inpaint_tf.training.critics.projected:build",
}
