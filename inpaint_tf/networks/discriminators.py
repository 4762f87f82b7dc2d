"""The local and the global discriminator, "critics" below (paper, section IV-C).

They are Wasserstein critics without normalisation. Each gives a picture one number, higher for real
ones. The layer names are those of the published 2018 code.
"""

from collections.abc import Sequence

import keras

from inpaint_tf.networks.layers.activations import LeakyReLU

LOCAL_WIDTHS = (64, 128, 256, 512)
"""Channels of conv1 .. conv4 of the critic that sees the hole's box."""

GLOBAL_WIDTHS = (64, 128, 256, 256)
"""Channels of conv1 .. conv4 of the critic that sees the whole picture."""


def build_local_critic(size: tuple[int, int] = (128, 128), width: int = 64) -> keras.Model:
    """Build the critic of the hole's box; 4,339,329 parameters at 128x128.

    size: height and width of the pictures. width: channels of conv1; 64 in the original.
    Call argument: completed or real pictures (batch, *size, 3), float32 in [-1, 1].
    Returns scores (batch, 1), float32.
    """
    return _build_critic("local", LOCAL_WIDTHS, size, width)


def build_global_critic(size: tuple[int, int] = (256, 256), width: int = 64) -> keras.Model:
    """Build the critic of the whole picture; 2,733,441 parameters at 256x256.

    Arguments and results are those of `build_local_critic`.
    """
    return _build_critic("global", GLOBAL_WIDTHS, size, width)


def _build_critic(
    kind: str, widths: Sequence[int], size: tuple[int, int], width: int
) -> keras.Model:
    """Four 5x5 stride-2 convolutions with leaky ReLU 0.2, then one dense number."""
    pictures = keras.Input((*size, 3), dtype="float32", name="pictures")
    features = pictures
    for index, filters in enumerate(widths, start=1):
        features = keras.layers.Conv2D(
            filters * width // 64, 5, strides=2, padding="same", name=f"conv{index}"
        )(features)
        features = LeakyReLU(0.2, name=f"leaky{index}")(features)
    features = keras.layers.Flatten(name="flatten")(features)
    # Scores of real and fake pictures nearly cancel, so the last product is in float32.
    scores = keras.layers.Dense(1, dtype="float32", name=f"dout_{kind}_fc")(features)
    return keras.Model(pictures, scores, name=f"{kind}_critic")
