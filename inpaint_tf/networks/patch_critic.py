"""The discriminator that AOT-GAN trains with: a 70x70 PatchGAN with spectral norms.

Isola et al., CVPR 2017, whose body it is; Zeng et al., TVCG 2022, and its published code, which
replaces batch normalisation by spectral norms and whose layer names these are.
"""

from typing import Any

import keras
from keras import ops

from inpaint_tf.networks.layers.activations import LeakyReLU
from inpaint_tf.networks.layers.norms.spectral_norm import IteratedSpectralConv2D, SpectralConv2D

WIDTHS = (1, 2, 4, 8)
"""Channels of the layers but the last, in units of the critic's width."""
STRIDES = (2, 2, 2, 1)


def build_patch_critic(width: int = 64, name: str = "patch_critic") -> keras.Model:
    """Build the critic; with width 64, the original's, it has 2,763,777 trainable parameters.

    Call argument: pictures (batch, height, width, 3), float32 in [-1, 1], sides multiples of 8.
    Returns scores of patches, float32 (batch, height / 8 - 2, width / 8 - 2, 1); each sees 70x70
    pixels.
    """
    pictures = keras.Input((None, None, 3), dtype="float32", name="pictures")
    features = pictures
    for index, (units, stride) in enumerate(zip(WIDTHS, STRIDES, strict=True)):
        layer = IteratedSpectralConv2D(
            units * width,
            4,
            strides=stride,
            padding="same" if stride == 2 else "valid",
            use_bias=False,
            kernel_initializer=_initial(),
            dtype="float32",
            name=f"conv.{2 * index}",
        )
        features = layer(features if stride == 2 else _bordered(features))
        features = LeakyReLU(0.2, dtype="float32", name=f"conv.{2 * index + 1}")(features)
    scores = keras.layers.Conv2D(
        1, 4, kernel_initializer=_initial(), dtype="float32", name="conv.8"
    )(_bordered(features))
    return keras.Model(pictures, scores, name=name)


def iterate(critic: keras.Model) -> None:
    """One power iteration of each spectral norm; the original does one before each call."""
    for layer in critic.layers:
        if isinstance(layer, SpectralConv2D):
            layer.iterate()


def _bordered(features: Any) -> Any:
    """With one row and column of zeros on each side."""
    return ops.pad(features, ((0, 0), (1, 1), (1, 1), (0, 0)))


def _initial():
    return keras.initializers.RandomNormal(stddev=0.02)
