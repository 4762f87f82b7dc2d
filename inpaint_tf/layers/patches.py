"""Cutting feature maps into patches and laying patches back, for contextual attention.

Patches are made of padding, shifted slices and concatenation only: cheap, differentiable, and
with kernels on every device (patch extraction has none on Apple GPUs). Heights and widths may be
unknown when the graph is made.
"""

from keras import ops


def match_patches(features):
    """3x3 patches, stride 1, zero-padded: (batch, h, w, c) to (batch, h*w, 9c)."""
    height, width = ops.shape(features)[1:3]
    padded = ops.pad(features, ((0, 0), (1, 1), (1, 1), (0, 0)))
    shifted = [
        padded[:, row : row + height, column : column + width]
        for row in range(3)
        for column in range(3)
    ]
    return ops.reshape(
        ops.concatenate(shifted, axis=-1), (-1, height * width, 9 * features.shape[3])
    )


def paste_patches(features):
    """4x4 patches, stride 2, zero-padded: (batch, 2h, 2w, c) to (batch, h*w, 16c).

    A patch is four neighbouring 2x2 cells, so it is put together from cells: (2x2 patches of cells)
    x (2x2 pixels in a cell) x c values. `overlap_add` reads the same order.
    """
    channels = features.shape[3]
    height, width = ops.shape(features)[1] // 2, ops.shape(features)[2] // 2
    padded = ops.pad(features, ((0, 0), (1, 1), (1, 1), (0, 0)))
    cells = ops.reshape(padded, (-1, height + 1, 2, width + 1, 2, channels))
    cells = ops.transpose(cells, (0, 1, 3, 2, 4, 5))  # (batch, h+1, w+1, 2, 2, c)
    cells = ops.reshape(cells, (-1, height + 1, width + 1, 4 * channels))
    corners = [
        cells[:, row : row + height, column : column + width] for row in (0, 1) for column in (0, 1)
    ]
    return ops.reshape(ops.concatenate(corners, axis=-1), (-1, height * width, 16 * channels))


def overlap_add(patches, height, width):
    """Lay 4x4 patches down with stride 2 and add: (batch, h*w, 16c) to (batch, 2h, 2w, c).

    The transpose of `paste_patches`, that is a transposed convolution with "same" padding.
    """
    channels = patches.shape[-1] // 16
    corners = ops.split(ops.reshape(patches, (-1, height, width, 16 * channels)), 4, axis=-1)
    cells = sum(
        ops.pad(corner, ((0, 0), (row, 1 - row), (column, 1 - column), (0, 0)))
        for corner, (row, column) in zip(corners, ((0, 0), (0, 1), (1, 0), (1, 1)), strict=True)
    )  # (batch, h+1, w+1, 4c)
    cells = ops.reshape(cells, (-1, height + 1, width + 1, 2, 2, channels))
    padded = ops.transpose(cells, (0, 1, 3, 2, 4, 5))
    padded = ops.reshape(padded, (-1, 2 * height + 2, 2 * width + 2, channels))
    return padded[:, 1:-1, 1:-1]


def halve(features):
    """Half the height and width by `resize_nearest`."""
    height, width = ops.shape(features)[1:3]
    return resize_nearest(features, height // 2, width // 2)


def resize_nearest(features, height, width):
    """Nearest neighbour as TensorFlow 1 did it with align_corners=True.

    (batch, H, W, c) to (batch, height, width, c). Output row i is input row
    round(i * (H-1) / (height-1)), halves up: from 64 to 32 this is not every second row, and a
    plain stride would give other numbers than the original.

    Rows are selected by a product with a 0/1 matrix: exact, and its gradient is a product too,
    where that of a gather would be a scatter.
    """
    full_height, full_width = ops.shape(features)[1:3]
    batch, channels = ops.shape(features)[0], features.shape[3]
    rows = _nearest_selection(full_height, height, features.dtype)
    columns = _nearest_selection(full_width, width, features.dtype)
    features = ops.reshape(features, (batch, full_height, full_width * channels))
    features = ops.reshape(ops.matmul(rows, features), (batch, height, full_width, channels))
    return ops.matmul(columns, features)


def _nearest_selection(full_length, length, dtype):
    """0/1 matrix (length, full_length) that picks the nearest of `full_length` positions."""
    intervals = ops.maximum(ops.cast(length - 1, "float32"), 1.0)  # a single output reads input 0
    scale = ops.cast(full_length - 1, "float32") / intervals
    nearest = ops.cast(ops.floor(ops.arange(length, dtype="float32") * scale + 0.5), "int32")
    return ops.cast(nearest[:, None] == ops.arange(full_length)[None, :], dtype)
