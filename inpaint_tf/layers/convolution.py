"""The convolutions of the generator, each called by the name the 2018 code gave it."""

import keras

from inpaint_tf.layers.dilation import DilatedConv2D
from inpaint_tf.layers.elu import elu
from inpaint_tf.layers.upsampling import UpsampleConv2D


def conv(name, filters, kernel=3, stride=1, dilation=1, activation="elu", upsample=False):
    """A "same" convolution as in the 2018 generator: zero padding, bias, ELU.

    upsample: on the picture of twice the height and width, by nearest neighbour.
    """
    activation = elu if activation == "elu" else activation
    if upsample:
        return UpsampleConv2D(filters, kernel, activation=activation, name=name)
    options = {"padding": "same", "activation": activation, "name": name}
    if dilation > 1:
        return DilatedConv2D(filters, kernel, dilation_rate=dilation, **options)
    return keras.layers.Conv2D(filters, kernel, strides=stride, **options)
