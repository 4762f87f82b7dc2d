"""What looks through the frozen features: fixed random projections, and a small head a scale.

After Sauer et al., "Projected GANs Converge Faster", NeurIPS 2021, section 3.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from inpaint_tf.networks import efficientnet_lite0
from inpaint_tf.networks.layers.activations import LeakyReLU
from inpaint_tf.networks.layers.norms.spectral_norm import SpectralConv2D

PROJECTED = (64, 128, 256, 512)
"""Channels of the projections, at a fourth of the picture's sides, an eighth, and so on."""
HALVINGS = (2, 1, 0, 0)
"""Stride-2 convolutions of the head at each scale."""


def build_projection(
    features: keras.Model,
    seed: int = 0,
    levels: Sequence[float] = efficientnet_lite0.LEVELS,
) -> keras.Model:
    """Random mixtures of a frozen network's features, which are never trained.

    features: a model of pictures that returns features at the scales of `PROJECTED`, and perhaps
      more after them. seed: of the mixtures (He initialisation).
    levels: what the features are divided by, their mean absolute values.
    Call argument: a list of the features at these scales, for pictures in [-1, 1].
    Returns a list of (batch, height / stride, width / stride, channels), by `PROJECTED`: channels
    mixed at each scale, then deeper scales mixed into finer ones.
    """
    rng = np.random.default_rng(seed)
    scales = [
        keras.Input(scale.shape[1:], dtype=scale.dtype)
        for scale in features.outputs[: len(PROJECTED)]
    ]
    mixed = [
        _random(rng, 1, channels, scale.shape[-1])(scale / level)
        for scale, level, channels in zip(scales, levels, PROJECTED, strict=True)
    ]
    outputs = [mixed[-1]]
    for finer in mixed[-2::-1]:
        deeper = _random(rng, 3, finer.shape[-1], outputs[0].shape[-1])(outputs[0])
        deeper = keras.layers.UpSampling2D(2, interpolation="bilinear", dtype=_precision())(deeper)
        outputs.insert(0, (finer + deeper) * float(np.sqrt(0.5)))
    network = keras.Model(scales, outputs, name="projection")
    network.trainable = False
    return network


def _random(rng, kernel, filters, channels):
    layer = keras.layers.Conv2D(filters, kernel, padding="same", use_bias=False, dtype=_precision())
    layer.build((None, None, None, channels))
    scale = np.sqrt(2.0 / (kernel * kernel * channels))
    layer.set_weights([rng.normal(0, scale, layer.kernel.shape).astype("float32")])
    return layer


def build_heads(name: str, width: int = 64) -> keras.Model:
    """A head for each scale: features and the hole to scores of places.

    Call arguments: a list of the projections of pictures, each with the hole's mask of its size as
    one channel more. Returns a list of scores (batch, rows, columns, 1), float32.
    width: channels of the finest head; deeper ones have up to four times as many.
    """
    inputs, scores = [], []
    for index, (channels, halvings) in enumerate(zip(PROJECTED, HALVINGS, strict=True)):
        features = keras.Input((None, None, channels + 1), dtype=_precision().compute_dtype)
        inputs.append(features)
        filters = width * min(2**index, 4)
        for number in range(halvings):
            features = _spectral(filters, 4, 2, f"scale{index}_down{number}")(features)
            features = LeakyReLU(0.2, dtype=_precision())(features)
        features = _spectral(filters, 3, 1, f"scale{index}_conv")(features)
        features = LeakyReLU(0.2, dtype=_precision())(features)
        score = _spectral(1, 3, 1, f"scale{index}_score")(features)
        scores.append(ops.cast(score, "float32"))
    return keras.Model(inputs, scores, name=name)


def activations(heads: keras.Model) -> keras.Model:
    """What the heads' layers see, as a model of the same arguments and weights."""
    outputs = [layer.output for layer in heads.layers if isinstance(layer, LeakyReLU)]
    return keras.Model(heads.inputs, outputs, name=f"{heads.name}_activations")


def _spectral(filters, kernel, stride, name):
    return SpectralConv2D(
        filters, kernel, strides=stride, padding="same", dtype=_precision(), name=name
    )


def _precision():
    """Half precision only as bfloat16: in float16 no scores were looked at."""
    policy = keras.config.dtype_policy()
    return policy if policy.compute_dtype == "bfloat16" else keras.DTypePolicy("float32")


def iterate(heads: keras.Model) -> None:
    """One power iteration of each spectral norm."""
    for layer in heads.layers:
        if isinstance(layer, SpectralConv2D):
            layer.iterate()


def pooled(mask: Any, like: Any) -> Any:
    """The share of hole in each place of a tensor `like` (batch, rows, columns, ...).

    mask: (batch, height, width, 1), whose sides are multiples of the rows and columns.
    """
    batch, height, width = mask.shape[:3]
    rows, columns = like.shape[1:3]
    mask = ops.reshape(mask, (batch, rows, height // rows, columns, width // columns))
    return ops.mean(mask, axis=(2, 4))[..., None]
