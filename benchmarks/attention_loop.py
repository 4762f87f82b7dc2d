"""Contextual attention as its publication describes it and its 2018 code did it: the comparison.

One image after the other, each background patch the kernel of a convolution. Written for the
benchmark only; `inpaint_tf.networks.layers.contextual_attention` gives the same numbers.
"""

import tensorflow as tf

from inpaint_tf.networks.layers.nearest_resize import halve


def attend_image_by_image(features, mask, softmax_scale=10.0):
    """features: float32 (batch, 2h, 2w, c), of known shape; mask: (1, 2h, 2w, 1), 1 = hole."""
    small, small_mask = halve(features), halve(mask)
    valid = tf.reduce_max(_patches(small_mask, 3, 1), axis=-1) == 0
    outputs = [
        _attend(image[None], small_image[None], valid, softmax_scale)
        for image, small_image in zip(tf.unstack(features), tf.unstack(small), strict=True)
    ]
    return tf.concat(outputs, axis=0)


def _attend(features, small, valid, softmax_scale):
    _, height, width, channels = small.shape
    positions = height * width
    match = tf.reshape(_patches(small, 3, 1), (positions, 3, 3, channels))
    length = tf.sqrt(tf.reduce_sum(tf.square(match), axis=(1, 2, 3), keepdims=True))
    kernels = tf.transpose(match / tf.maximum(length, 1e-4), (1, 2, 3, 0))
    scores = tf.nn.conv2d(small, kernels, 1, "SAME")  # (1, h, w, positions)
    scores = _fuse(tf.reshape(scores, (positions, positions)), height, width)
    scores = tf.reshape(scores, (1, height, width, positions))
    # Selected, not multiplied: TensorFlow merges a product with the convolution before, and fails.
    valid = tf.reshape(valid, (1, 1, 1, positions))
    attention = tf.nn.softmax(tf.where(valid, scores * softmax_scale, 0.0))
    attention = tf.where(valid, attention, 0.0)
    paste = tf.reshape(_patches(features, 4, 2), (positions, 4, 4, channels))
    paste = tf.transpose(paste, (1, 2, 3, 0))
    return tf.nn.conv2d_transpose(attention, paste, features.shape, 2, "SAME") / 4.0


def _fuse(scores, height, width):
    """Twice a convolution with an identity matrix, positions by rows and then by columns."""
    positions = height * width
    diagonal = tf.reshape(tf.eye(3), (3, 3, 1, 1))
    for first, second in ((height, width), (width, height)):
        scores = tf.reshape(scores, (1, positions, positions, 1))
        scores = tf.nn.conv2d(scores, diagonal, 1, "SAME")
        scores = tf.reshape(scores, (first, second, first, second))
        scores = tf.transpose(scores, (1, 0, 3, 2))
    return scores


def _patches(pictures, size, stride):
    """(1, H, W, c) to (1, H / stride, W / stride, size * size * c)."""
    return tf.image.extract_patches(
        pictures, [1, size, size, 1], [1, stride, stride, 1], [1, 1, 1, 1], "SAME"
    )
