"""Completing pictures from Python: NumPy uint8 in, NumPy uint8 out, any size."""

import hashlib
from pathlib import Path
from typing import Any, Self

import numpy as np

from inpaint_tf.errors import UserError
from inpaint_tf.inference import memory
from inpaint_tf.networks.layers import attention_memory
from inpaint_tf.weights.locate import DEFAULT

Pictures = np.ndarray | list[np.ndarray]
"""See `Inpainter.complete`."""


class Inpainter:
    """A trained generator that fills holes in pictures.

    generator: a model of any kind in `networks.generators`.
    hole_fill: the colour that covered the hole in training, "grey" or "white".

    Example:
        inpainter = Inpainter.load()  # or Inpainter.load("logs/run1")
        completed = inpainter.complete(image, mask)  # (height, width, 3), (height, width)
    """

    def __init__(self, generator: Any, hole_fill: str = "grey"):
        from inpaint_tf.inference import completion

        self.generator = generator
        self.hole_fill = hole_fill
        self._complete = completion.compiled(generator, hole_fill)

    @classmethod
    def load(
        cls,
        weights: str | Path = DEFAULT,
        *,
        device: str = "auto",
        precision: str = "float32",
        score_bytes: int = attention_memory.SCORE_BYTES,
    ) -> Self:
        """Load trained weights.

        weights: "faces256", which comes with the package, a run's folder, a checkpoint, a
            `.weights.h5` file, or "latest": the newest run under logs/.
        device: "auto", "cpu" or "gpu".
        precision: "float32" gives the bytes of the exported model. "mixed_bfloat16",
            "mixed_float16" and "auto" may be faster.
        score_bytes: a limit in bytes. Attention whose scores take more is computed in blocks of
            rows.

        Raises `UserError` if there are no such weights, or if they cannot be read.
        """
        from inpaint_tf.engines import runtime

        runtime.load_engine()
        import keras

        from inpaint_tf.weights.generator_file import load_generator

        policy = keras.config.dtype_policy()
        runtime.configure(device, precision)
        try:
            generator, settings = load_generator(weights, score_bytes)
        finally:
            keras.config.set_dtype_policy(policy)  # the program's own networks keep theirs
        return cls(generator, settings["hole_fill"])

    @property
    def device(self) -> str:
        """Where it computes: "cpu" or "gpu"."""
        return "cpu" if _runs_on_cpu() else "gpu"

    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits. Other weights, or another `hole_fill`, give other digits."""
        digest = hashlib.sha256(self.hole_fill.encode())
        for weight in self.generator.get_weights():
            digest.update(np.ascontiguousarray(weight).tobytes())
        return digest.hexdigest()[:16]

    def complete(self, images: Pictures, masks: Pictures, *, batch_size: int = 8) -> Pictures:
        """Fill the holes of pictures; known pixels keep their bytes.

        images: uint8 RGB, one (height, width, 3), a batch (batch, height, width, 3), or a list of
            (height, width, 3) of any sizes.
        masks: bool or uint8, (height, width) or (height, width, 1) for each image: an array with
            the images' batch, a list, or one mask for all. True is hole, and so are values over
            127. In a mask without a value over 1, 1 is hole.
        batch_size: the most pictures of equal size that go through the network together.

        Returns the completed pictures in the form of `images`. Raises `UserError` for input of
        another form, a hole that leaves no known pixel, and pictures too large for the memory.
        """
        return self.complete_with_raw(images, masks, batch_size=batch_size)[0]

    def complete_with_raw(
        self, images: Pictures, masks: Pictures, *, batch_size: int = 8
    ) -> tuple[Pictures, Pictures]:
        """Like `complete`, but return (completed, raw): raw is the network's picture everywhere."""
        pictures = _as_pictures(images)
        holes = _as_masks(masks, pictures)
        completed: list[Any] = [None] * len(pictures)
        raw: list[Any] = [None] * len(pictures)
        for shape in dict.fromkeys(picture.shape for picture in pictures):
            indices = [i for i, picture in enumerate(pictures) if picture.shape == shape]
            results = self._complete_equal_sizes(
                np.stack([pictures[i] for i in indices]),
                np.stack([holes[i] for i in indices]),
                batch_size,
            )
            for i, *pair in zip(indices, *results, strict=True):
                completed[i], raw[i] = pair
        if not isinstance(images, np.ndarray):
            return completed, raw
        if images.ndim == 3:
            return completed[0], raw[0]
        return np.stack(completed), np.stack(raw)

    def _complete_equal_sizes(self, images, masks, batch_size):
        """(batch, height, width, 3) and (batch, height, width, 1) uint8 to (completed, raw)."""
        height, width = images.shape[1:3]
        free = memory.available_bytes() if _runs_on_cpu() else None
        score_bytes = _score_bytes(self.generator)
        batch_size = memory.fitting_batch_size(height, width, batch_size, free, score_bytes)
        results, start = [], 0
        while start < len(images):
            chunk = slice(start, start + batch_size)
            try:
                results.append(self._run(images[chunk], masks[chunk]))
            except Exception as error:
                if not _is_out_of_memory(error):
                    raise
                if batch_size == 1:
                    raise memory.too_large(height, width, None, score_bytes) from error
                batch_size //= 2
            else:
                start += batch_size
        completed, raw = zip(*results, strict=True)
        return np.concatenate(completed), np.concatenate(raw)

    def _run(self, images, masks):
        from keras import ops

        from inpaint_tf.engines import apple_gpu, runtime

        runtime.refuse_forked()
        with apple_gpu.on_host():
            images, masks = (ops.convert_to_tensor(array, "uint8") for array in (images, masks))
        return [ops.convert_to_numpy(output) for output in self._complete(images, masks)]


def _as_pictures(images):
    """`images` in any accepted form as a list of (height, width, 3) uint8 arrays."""
    if isinstance(images, np.ndarray):
        pictures = list(images) if images.ndim == 4 else [images]
    elif isinstance(images, list | tuple):
        pictures = list(images)
    else:
        raise UserError(
            f"`images` must be a NumPy array or a list of them. Received: {type(images).__name__}"
        )
    if not pictures:
        raise UserError("`images` must hold at least one picture. Received: none")
    for picture in pictures:
        if (
            not isinstance(picture, np.ndarray)
            or picture.dtype != np.uint8
            or picture.ndim != 3
            or picture.shape[2] != 3
            or picture.size == 0
        ):
            raise UserError(
                "`images` must be uint8 RGB of shape (height, width, 3) or "
                f"(batch, height, width, 3). Received: {_describe(images, picture)}"
            )
    return pictures


def _as_masks(masks, pictures):
    """`masks` in any accepted form as a list of (height, width, 1) uint8 arrays, one a picture."""
    if isinstance(masks, np.ndarray):
        one_for_all = masks.ndim == 2 or masks.shape == (*pictures[0].shape[:2], 1)
        masks = [masks] * len(pictures) if one_for_all else list(masks)
    elif not isinstance(masks, list | tuple):
        raise UserError(
            f"`masks` must be a NumPy array or a list of them. Received: {type(masks).__name__}"
        )
    if len(masks) != len(pictures):
        raise UserError(
            f"`masks` must be one for all or one for each of the {len(pictures)} images. "
            f"Received: {len(masks)}"
        )
    return [_as_mask(mask, picture) for mask, picture in zip(masks, pictures, strict=True)]


def _as_mask(mask, picture):
    size = picture.shape[:2]
    if (
        not isinstance(mask, np.ndarray)
        or mask.dtype not in (np.bool_, np.uint8)
        or mask.shape not in (size, (*size, 1))
    ):
        raise UserError(
            f"`masks` must be bool or uint8 of shape {size} or {(*size, 1)}, the size of the "
            f"image. Received: {_describe(mask, mask)}"
        )
    mask = mask.reshape(*size, 1).astype(np.uint8)
    if mask.min() > 127 or mask.min() == mask.max() == 1:
        raise UserError(
            "`masks` must leave known pixels to fill the hole from. "
            f"Received: a hole that covers the whole picture of {size[1]}x{size[0]} pixels"
        )
    return mask


def _describe(images, picture):
    if not isinstance(picture, np.ndarray):
        return type(picture).__name__
    whole = images if isinstance(images, np.ndarray) else picture
    return f"{whole.dtype} of shape {whole.shape}"


def _score_bytes(generator):
    """The limit for the attention's scores; None for a generator without attention."""
    limits = [layer.score_bytes for layer in generator.layers if hasattr(layer, "score_bytes")]
    return max(limits, default=None)


def _runs_on_cpu():
    from inpaint_tf.engines.active_engine import engine

    return engine.runs_on_cpu()


def _is_out_of_memory(error):
    """TensorFlow raises its own class; XLA an error that starts with the status."""
    return type(error).__name__ == "ResourceExhaustedError" or "RESOURCE_EXHAUSTED" in str(error)
