"""Reducing feature maps and masks by nearest neighbour, as the original did."""

from typing import Any

from keras import ops


def halve(features: Any, align_corners: bool = True) -> Any:
    """Half the height and width by `resize_nearest`."""
    height, width = ops.shape(features)[1:3]
    return resize_nearest(features, height // 2, width // 2, align_corners)


def resize_nearest(features: Any, height: Any, width: Any, align_corners: bool = True) -> Any:
    """Nearest neighbour as in TensorFlow 1 with align_corners=True.

    (batch, H, W, c) to (batch, height, width, c). Output row i is input row
    round(i * (H-1) / (height-1)), halves up. From 64 to 32 this is not every second row, and a
    plain stride would give other numbers than the original.

    align_corners: False for floor(i * H / height), every second row of 64, as PyTorch takes them.

    A product with a 0/1 matrix selects the rows. It is exact, and its gradient is a product too;
    the gradient of a gather would be a scatter.
    """
    full_height, full_width = ops.shape(features)[1:3]
    batch, channels = ops.shape(features)[0], features.shape[3]
    rows = _nearest_selection(full_height, height, features.dtype, align_corners)
    columns = _nearest_selection(full_width, width, features.dtype, align_corners)
    features = ops.reshape(features, (batch, full_height, full_width * channels))
    features = ops.reshape(ops.matmul(rows, features), (batch, height, full_width, channels))
    return ops.matmul(columns, features)


def _nearest_selection(full_length: Any, length: Any, dtype: Any, align_corners: bool) -> Any:
    """0/1 matrix (length, full_length) that selects the nearest of `full_length` positions."""
    if align_corners:
        last = ops.maximum(ops.cast(length - 1, "float32"), 1.0)  # a single output reads input 0
        scale = ops.cast(full_length - 1, "float32") / last
        nearest = ops.cast(ops.floor(ops.arange(length, dtype="float32") * scale + 0.5), "int32")
    else:
        nearest = ops.arange(length) * full_length // length
    return ops.cast(nearest[:, None] == ops.arange(full_length)[None, :], dtype)
