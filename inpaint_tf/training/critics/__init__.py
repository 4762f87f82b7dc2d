"""Kinds of critics, a file each.

A kind is a file here with a function `build(config)`, and a line in `KINDS`. It returns an object
with

networks: {name: keras.Model}. The names become attributes of the trainer, and so the places of the
  networks in its checkpoints.
terms: names of the numbers that `loss` returns, in the order of metrics.csv.
trainable_variables: those that a critic update changes.
draw(random, batch): what a critic update needs of random numbers, from a `StepRandom`.
loss(real, completed, hole, drawn): (total, {term: scalar}), what a critic update minimises.
adversarial(real, completed, hole): a scalar, what the generator minimises of the critics.

Pictures are float32 (batch, height, width, 3) in [-1, 1], `hole` is a `masks.Hole`, and `completed`
is the composite. Its docstrings say the source.
"""

KINDS = {
    "wgan_gp": "inpaint_tf.training.critics.wgan_gp:build",
}
