"""The local and the global discriminator, "critics" below (paper, section IV-C).

Wasserstein critics without any normalisation: each scores a picture with one number, higher for
real ones. Tables with the layer names of the published 2018 code.
"""

import keras

from inpaint_tf.networks.layers.activations import LeakyReLU

LOCAL_WIDTHS = (64, 128, 256, 512)
"""Channels of conv1 .. conv4 of the critic that sees the hole's box."""

GLOBAL_WIDTHS = (64, 128, 256, 256)
"""Channels of conv1 .. conv4 of the critic that sees the whole picture."""


def build_local_critic(size=(128, 128), width=64):
    """Critic of the hole's box; 4,339,329 parameters at 128x128."""
    return _build_critic("local", LOCAL_WIDTHS, size, width)


def build_global_critic(size=(256, 256), width=64):
    """Critic of the whole picture; 2,733,441 parameters at 256x256."""
    return _build_critic("global", GLOBAL_WIDTHS, size, width)


def _build_critic(kind, widths, size, width):
    """Four 5x5 stride-2 convolutions with leaky ReLU 0.2, then one dense number.

    Call argument: completed or real pictures (batch, *size, 3), float32 in [-1, 1].
    Returns scores (batch, 1), float32. width: channels of conv1; 64 in the original.
    """
    pictures = keras.Input((*size, 3), dtype="float32", name="pictures")
    features = pictures
    for index, filters in enumerate(widths, start=1):
        features = keras.layers.Conv2D(
            filters * width // 64, 5, strides=2, padding="same", name=f"conv{index}"
        )(features)
        features = LeakyReLU(0.2, name=f"leaky{index}")(features)
    features = keras.layers.Flatten(name="flatten")(features)
    # Scores of real and fake nearly cancel: the last product is taken in float32.
    scores = keras.layers.Dense(1, dtype="float32", name=f"dout_{kind}_fc")(features)
    return keras.Model(pictures, scores, name=f"{kind}_critic")
