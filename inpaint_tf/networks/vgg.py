"""The convolutions of VGG as a frozen feature network, from weights that the user has.

Simonyan and Zisserman, ICLR 2015. The weights are torchvision's files for ImageNet, such as
`vgg16-397923af.pth` and `vgg19-dcbb9e9d.pth`, read without PyTorch. Keras' own weights of these
networks are other ones, for pictures with blue first.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from inpaint_tf import compositing
from inpaint_tf.data.pytorch_file import read_arrays
from inpaint_tf.errors import UserError

BLOCKS = {13: (2, 2, 3, 3, 3), 16: (2, 2, 4, 4, 4)}
"""Convolutions of each block, of VGG16 and VGG19; a maximum over 2x2 follows a block."""


class Layer(NamedTuple):
    """A layer by the papers' name, "relu2_1" or "pool2". place: of a convolution in the file."""

    name: str
    place: int | None


def layers_of(arrays: Mapping[str, np.ndarray]) -> Iterator[Layer]:
    """The layers of the network that `arrays` are of. `KeyError` for another network's."""
    place = 0
    kernels = sum(bool(re.fullmatch(r"features\.\d+\.weight", name)) for name in arrays)
    for block, count in enumerate(BLOCKS[kernels], 1):
        for index in range(1, count + 1):
            yield Layer(f"relu{block}_{index}", place)
            place += 2  # a ReLU follows
        yield Layer(f"pool{block}", None)
        place += 1


def build_features(arrays: Mapping[str, np.ndarray], names: Sequence[str]) -> keras.Model:
    """The frozen network.

    arrays: the weights by their PyTorch names, "features.0.weight", of any widths.
    names: of the layers whose outputs are wanted.
    Call argument: pictures (batch, height, width, 3), float32 in [-1, 1], red first.
    Returns a list of features (batch, rows, columns, channels), float32, in the order of `names`.
    Raises `KeyError` for arrays of another network, and for a name that it does not have.
    """
    pictures = keras.Input((None, None, 3), dtype="float32", name="pictures")
    features, found = compositing.to_imagenet(pictures), {}
    for layer in layers_of(arrays):
        if layer.place is None:
            features = ops.max_pool(features, 2, strides=2)
        else:
            features = _convolution(arrays, layer)(features)
        found[layer.name] = features
        if set(names) <= set(found):
            break
    network = keras.Model(pictures, [found[name] for name in names], name="vgg")
    network.trainable = False
    return network


def read_features(path: str, names: Sequence[str]) -> keras.Model:
    """`build_features` from a file of torchvision's. Raises `UserError` for any other."""
    arrays = read_arrays(path)
    try:
        return build_features(arrays, names)
    except (KeyError, ValueError, IndexError):
        raise UserError(
            f"--config.losses.vgg={path} holds no VGG with {', '.join(names)}; pass torchvision's "
            "vgg16-397923af.pth or vgg19-dcbb9e9d.pth (the form 'aot' needs VGG19)"
        ) from None


def _convolution(arrays, layer):
    kernel, bias = (arrays[f"features.{layer.place}.{part}"] for part in ("weight", "bias"))
    kernel = kernel.transpose(2, 3, 1, 0)
    convolution = keras.layers.Conv2D(
        len(bias), 3, padding="same", activation="relu", dtype="float32", name=layer.name
    )
    convolution.build((None, None, None, kernel.shape[2]))
    convolution.set_weights([kernel, bias])
    return convolution
