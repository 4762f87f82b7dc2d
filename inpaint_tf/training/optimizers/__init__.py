"""Kinds of optimizers, and their rates. Listing them loads no Keras.

A kind is a file with a class that takes (rate, beta_1, beta_2, epsilon), and a line in `KINDS`.
"""

KINDS = {
    "adam": "inpaint_tf.training.optimizers.adam:Adam",
    "muon": "inpaint_tf.training.optimizers.muon:Muon",
}
"""Every kind and its class; see `errors.look_up`."""

SCHEDULES = ("constant", "cosine")
"""How a rate goes over a phase of a run; see `learning_rate`."""
