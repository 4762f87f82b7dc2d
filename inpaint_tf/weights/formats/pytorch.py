"""PyTorch files of generators that this package has: `*.pt` and `*.pth`, read without PyTorch.

Each program that writes such files is an entry of `PROGRAMS`.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from inpaint_tf.data.pytorch_file import read_arrays
from inpaint_tf.errors import UserError
from inpaint_tf.networks.original_names import as_rgb

SUFFIXES = (".pt", ".pth")


class Program(NamedTuple):
    """A program's files.

    first: an array that they have, by which they are known. kind, hole_fill: settings.
    layer: what one of its layers is called here, or None for what is no part of the generator.
    bgr: its networks see and give pictures in blue, green, red.
    averaged: its kernels are applied to sums where ours are to means, over a filter's inputs.
    """

    first: str
    kind: str
    hole_fill: str
    layer: Callable[[str], str | None]
    bgr: bool = False
    averaged: bool = False


def _of_the_port(layer: str) -> str | None:
    """ "fine_generator.conv13.conv" is allconv13_upsample_conv."""
    network, name, _ = layer.split(".")[-3:]
    if network == "fine_generator" and name.startswith("conv"):
        name = f"x{name}"
    return f"{name}_upsample_conv" if re.fullmatch(r"(all)?conv1[35]", name) else name


_STAGES = {
    "stage1.encoder": "conv",
    "stage1.dilation_neck": "conv",
    "stage1.decoder": "conv",
    "stage2.encoder_conv": "xconv",
    "stage2.dilation_neck": "xconv",
    "stage2.encoder_attention": "pmconv",
    "stage2.contextual_attention_neck": "pmconv",
    "stage2.decoder": "allconv",
}
"""mmagic's parts of the generator, and how the names of their layers begin in the 2018 code."""
_FIRST_NUMBER = {"enc": 1, "dilation_convs.": 7, "conv": 9, "dec": 11}
"""The number there of each part's first layer."""


def _of_mmagic(layer: str) -> str | None:
    """ "generator.stage2.decoder.dec3.conv" is allconv13_upsample_conv."""
    found = re.fullmatch(
        r"generator\.(stage\d\.\w+)\.(enc|dec|dilation_convs\.|conv)(\d)\.conv", layer
    )
    if found is None or found[1] not in _STAGES:
        return None
    first = 0 if found[2] == "dilation_convs." else 1
    number = _FIRST_NUMBER[found[2]] + int(found[3]) - first
    ending = {2: "_downsample", 4: "_downsample", 13: "_upsample_conv", 15: "_upsample_conv"}
    atrous = "_atrous" if found[2] == "dilation_convs." else ""
    return f"{_STAGES[found[1]]}{number}{ending.get(number, atrous)}"


def _of_partial_convolutions(layer: str) -> str | None:
    """ "model.enc_2.bn" is enc_2.bn, "model.enc_2.input_conv" enc_2; masks' kernels are ones."""
    found = re.fullmatch(r"model\.((?:enc|dec)_\d)\.(input_conv|bn)", layer)
    if found is None:
        return None
    return found[1] if found[2] == "input_conv" else f"{found[1]}.bn"


_OF_A_NORM = {
    "weight": "gamma",
    "bias": "beta",
    "running_mean": "moving_mean",
    "running_var": "moving_variance",
    "num_batches_tracked": None,
}
"""What weights of a batch normalisation are called here; None: it has no such."""


PROGRAMS = (
    # AOT-GAN (Zeng et al., TVCG 2022), published code: `G*.pt`.
    Program("encoder.1.weight", "aot", "white", lambda layer: layer),
    # The port github.com/daa233/generative-inpainting-pytorch of the 2018 code: `gen_*.pt`.
    Program(
        "coarse_generator.conv1.conv.weight", "contextual_attention_port", "grey", _of_the_port
    ),
    # DeepFillv1 of mmagic and MMEditing; its pictures are read by OpenCV.
    Program(
        "state_dict.generator.stage1.encoder.enc1.conv.weight",
        "contextual_attention_mmagic",
        "grey",
        lambda layer: _of_mmagic(layer.removeprefix("state_dict.")),
        bgr=True,
    ),
    # The port naoto0804/pytorch-inpainting-with-partial-conv of Liu et al., ECCV 2018. Its layer
    # divides by the number of known inputs, the authors' by their share.
    Program(
        "model.enc_1.input_conv.weight",
        "partial_convolution",
        "grey",
        _of_partial_convolutions,
        averaged=True,
    ),
)


def recognises(path: Path) -> bool:
    """Whether `path` is a file with a suffix of these files."""
    return path.suffix in SUFFIXES and path.is_file()


def read(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Settings and arrays. Raises `UserError` for a file of another network."""
    found = read_arrays(path)
    for program in PROGRAMS:
        if program.first in found:
            settings = {
                "kind": program.kind,
                "width": len(found[program.first]),
                "hole_fill": program.hole_fill,
            }
            return settings, _ours(found, program)
    raise UserError(
        f"{path} holds no generator that is known here, but {', '.join(sorted(found)[:3])}, ...; "
        "pass the generator's file of AOT-GAN (G*.pt), of the PyTorch port of the 2018 system "
        "(gen_*.pt), DeepFillv1 of mmagic, or naoto0804's partial convolutions"
    )


def _ours(found, program):
    arrays = {}
    for name, values in found.items():
        layer, _, weight = name.rpartition(".")
        ours = program.layer(layer)
        if ours is None:
            continue
        called = {"weight": "kernel"}.get(weight, weight)
        if ours.endswith(".bn"):
            called = _OF_A_NORM.get(weight, weight)
        if called is None:
            continue
        if values.ndim == 4:  # (filters, channels, rows, columns)
            values = values.transpose(2, 3, 1, 0)
            if program.averaged:
                values = values / np.prod(values.shape[:3], dtype="float32")
        values = as_rgb(ours, values) if program.bgr else values
        arrays[f"{ours}/{called}"] = values
    return arrays
