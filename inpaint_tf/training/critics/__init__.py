"""Kinds of critics: a file with a subclass of `critics.base.Critics`, a function of a config that
makes one with new weights, and a line in `KINDS`.
"""

KINDS = {
    "wgan_gp": "inpaint_tf.training.critics.wgan_gp:build",
    "projected": "inpaint_tf.training.critics.projected:build",
    "patchgan": "inpaint_tf.training.critics.patchgan:build_patchgan",
    "hm_patchgan": "inpaint_tf.training.critics.patchgan:build_hm_patchgan",
    "sm_patchgan": "inpaint_tf.training.critics.patchgan:build_sm_patchgan",
    "sm_patchgan_as_coded": "inpaint_tf.training.critics.patchgan:build_sm_patchgan_as_coded",
}
