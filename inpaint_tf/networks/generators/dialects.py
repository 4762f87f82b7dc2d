"""The generator as ports of the 2018 code to PyTorch compute it, for weights trained there.

They share its layers and widths, and yet the same weights give other pictures in each: borders and
the halving of features differ, and what attention does with the hole.
"""

from typing import Any

import keras

from inpaint_tf.networks.generators.coarse_to_fine import Dialect, build_generator
from inpaint_tf.networks.layers.contextual_attention import AttentionRules

PYTORCH_PORT = Dialect(
    border="symmetric", attention=AttentionRules(align_corners=False, added_length=1e-4)
)
"""github.com/daa233/generative-inpainting-pytorch, whose files are gen_*.pt.

One thing stays ours: its attention takes the first picture's mask for the whole batch.
"""

MMAGIC = Dialect(
    border="reflect",
    attention=AttentionRules(align_corners=False, excluded=True, overlap_counted=True),
    before_attention="elu",
)
"""DeepFillv1 of github.com/open-mmlab/mmagic and of MMEditing before it."""

MMAGIC_LEAST_SIDE = 65
"""Pixels: the widest mirrored border, 16 pixels at a quarter of the size, needs 17 of picture."""


def pytorch_port(width: int = 32, name: str = "generator", **options: Any) -> keras.Model:
    """`coarse_to_fine.build_generator` in the dialect `PYTORCH_PORT`."""
    return build_generator(width, name, dialect=PYTORCH_PORT, **options)


def mmagic(width: int = 32, name: str = "generator", **options: Any) -> keras.Model:
    """`coarse_to_fine.build_generator` in the dialect `MMAGIC`."""
    network = build_generator(width, name, dialect=MMAGIC, **options)
    network.least_side = MMAGIC_LEAST_SIDE
    return network
