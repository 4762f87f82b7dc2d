"""Contextual attention: rebuild the hole's features from patches of the known ones.

Yu et al., CVPR 2018, section 4, and its published code; paper, section IV-B. The original loops
over the batch with convolutions whose kernels are the patches of one image, and takes the first
image's mask for all. Here the same numbers come from batched matrix products, a mask per image.
"""

import keras
from keras import ops

from inpaint_tf.layers import patches


def contextual_attention(
    foreground, background, mask, *, softmax_scale=10.0, fuse=True, compute_dtype=None
):
    """Fill `foreground` with patches of `background`, weighted by how well they match.

    foreground, background: (batch, height, width, channels), even height and width.
    mask: (batch or 1, height, width, 1), 1 = hole: background there is never copied.
    softmax_scale: sharpness of the weights over background patches.
    fuse: let neighbouring foreground pixels prefer neighbouring background patches.
    compute_dtype: type of the matrix products; scores and softmax are float32 in any case.

    Returns (output, offsets): output like foreground; offsets (batch, height/2, width/2, 2), int32,
    how many rows and columns away, at half resolution, the best background patch lies (display).
    """
    dtype = compute_dtype or foreground.dtype
    height, width = ops.shape(foreground)[1] // 2, ops.shape(foreground)[2] // 2
    scores = _match_scores(patches.halve(foreground), patches.halve(background), dtype)
    if fuse:
        scores = _fuse(scores, height, width)
    valid = _valid_patches(patches.halve(ops.cast(mask, "float32")))  # (batch or 1, 1, n)
    attention = _softmax(softmax_scale * scores * valid) * valid  # (batch, n, n)
    copied = ops.matmul(ops.cast(attention, dtype), patches.paste_patches(background))
    output = patches.overlap_add(copied, height, width) / 4.0
    return output, _offsets(attention, height, width)


def _match_scores(foreground, background, dtype):
    """Correlation of 3x3 foreground patches with unit-length 3x3 background patches.

    (batch, h, w, c) twice to float32 (batch, h*w foreground, h*w background). Only the background
    is normalised, by max(length, 1e-4).
    """
    queries = patches.match_patches(foreground)  # (batch, h*w, 9c)
    keys = patches.match_patches(background)
    square = ops.sum(ops.square(ops.cast(keys, "float32")), axis=-1, keepdims=True)
    # rsqrt(max(square, 1e-8)) = 1 / max(length, 1e-4), but its gradient at an all-zero patch is 0
    # where that of sqrt would be infinite.
    keys = keys * ops.cast(ops.rsqrt(ops.maximum(square, 1e-8)), keys.dtype)
    scores = ops.matmul(ops.cast(queries, dtype), ops.transpose(ops.cast(keys, dtype), (0, 2, 1)))
    return ops.cast(scores, "float32")


def _fuse(scores, height, width):
    """Score fusion: sum along diagonals, with positions counted by rows and then by columns."""
    scores = _sum_diagonal(scores)
    scores = _sum_diagonal(_swap_order(scores, height, width))
    return _swap_order(scores, width, height)


def _sum_diagonal(scores):
    """s[i, j] + s[i-1, j-1] + s[i+1, j+1], zeros outside: a 3x3 identity kernel."""
    before = ops.pad(scores[:, :-1, :-1], ((0, 0), (1, 0), (1, 0)))
    after = ops.pad(scores[:, 1:, 1:], ((0, 0), (0, 1), (0, 1)))
    return scores + before + after


def _swap_order(scores, height, width):
    """Count the positions of both axes by columns instead of by rows."""
    positions = height * width
    scores = ops.reshape(scores, (-1, height, width, height, width))
    scores = ops.transpose(scores, (0, 2, 1, 4, 3))
    return ops.reshape(scores, (-1, positions, positions))


def _valid_patches(mask):
    """1 where a 3x3 background patch holds no hole pixel: (b, h, w, 1) to (b, 1, h*w)."""
    hole_pixels = ops.sum(patches.match_patches(mask), axis=-1)
    return ops.cast(hole_pixels == 0, "float32")[:, None, :]


def _softmax(logits):
    """Over the last axis. A single patch has weight 1, which Keras would warn about."""
    return ops.ones_like(logits) if logits.shape[-1] == 1 else ops.softmax(logits, axis=-1)


def _offsets(attention, height, width):
    """Rows and columns from each foreground position to its best background position."""
    best = ops.cast(ops.argmax(attention, axis=-1), "int32")
    best = ops.reshape(best, (-1, height, width))
    rows = best // width - ops.arange(height)[None, :, None]
    columns = best % width - ops.arange(width)[None, None, :]
    return ops.stack([rows, columns], axis=-1)


@keras.saving.register_keras_serializable("inpaint_tf")
class ContextualAttention(keras.layers.Layer):
    """`contextual_attention` of a feature map with itself, as the refinement network uses it.

    Call arguments: features (batch, height, width, channels) with even height and width, and the
    picture's mask (batch, H, W, 1), 1 = hole, reduced here to the features' size.
    Returns features like the input, and offsets (batch, height/2, width/2, 2) int32 for display.
    """

    def __init__(self, softmax_scale=10.0, fuse=True, **kwargs):
        super().__init__(**kwargs)
        self.softmax_scale = softmax_scale
        self.fuse = fuse

    def call(self, features, mask):
        mask = patches.resize_nearest(mask, *ops.shape(features)[1:3])
        return contextual_attention(
            features, features, mask, softmax_scale=self.softmax_scale, fuse=self.fuse
        )

    def compute_output_shape(self, features_shape, mask_shape):
        batch, height, width, _ = features_shape
        return features_shape, (batch, height and height // 2, width and width // 2, 2)

    def compute_output_spec(self, features, mask):
        shapes = self.compute_output_shape(features.shape, mask.shape)
        return (
            keras.KerasTensor(shapes[0], dtype=self.compute_dtype),
            keras.KerasTensor(shapes[1], dtype="int32"),
        )

    def get_config(self):
        return {
            **super().get_config(),
            "softmax_scale": self.softmax_scale,
            "fuse": self.fuse,
        }
