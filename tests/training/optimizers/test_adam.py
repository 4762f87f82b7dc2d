"""Our Adam against Keras' own."""

import keras
import numpy as np

from inpaint_tf.training.optimizers.adam import Adam
from inpaint_tf.training.optimizers.learning_rate import PhasedLearningRate


def trained(optimizer_class, gradients):
    """Two variables and the optimizer's state after an update with each pair of gradients."""
    shapes = {"kernel": (3, 4), "bias": (5,)}
    variables = [keras.Variable(np.ones(s, "float32"), name=name) for name, s in shapes.items()]
    rate = PhasedLearningRate([(4, 0.1), (4, 0.01)], "cosine")
    optimizer = optimizer_class(rate, 0.5, 0.9, 1e-8)
    optimizer.build(variables)
    for pair in gradients:
        optimizer.apply(pair, variables)
    return [np.asarray(v) for v in (*variables, *optimizer.variables)], optimizer


def test_updates_as_keras_does():
    rng = np.random.default_rng(0)
    gradients = [
        [rng.normal(size=shape).astype("float32") for shape in ((3, 4), (5,))] for _ in range(6)
    ]
    gradients[3] = [np.zeros_like(gradient) for gradient in gradients[3]]
    found, ours = trained(Adam, gradients)
    expected, theirs = trained(keras.optimizers.Adam, gradients)
    for mine, right in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, right, rtol=1e-6, atol=1e-7)
    assert [v.name for v in ours.variables] == [v.name for v in theirs.variables]
