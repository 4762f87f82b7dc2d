"""Completing pictures from Python: NumPy uint8 in, NumPy uint8 out, any size."""

import hashlib
from pathlib import Path
from typing import Any, Self

import numpy as np

from inpaint_tf.errors import is_out_of_memory
from inpaint_tf.inference import memory, picture_arguments, picture_forms
from inpaint_tf.inference.photos import blending
from inpaint_tf.inference.photos.framing import Framing
from inpaint_tf.networks import generators
from inpaint_tf.networks.layers import attention_memory
from inpaint_tf.weights.locate import DEFAULT

Pictures = Any
"""See `Inpainter.complete`."""


class Inpainter:
    """A trained generator that fills holes in pictures.

    generator: a model of any kind in `networks.generators`.
    hole_fill: the colour that covered the hole in training, "grey" or "white".
    size: side of the pictures trained on, pixels; None: unknown. Faces of another size come out
        worse: resize them to it first.

    Example:

        inpainter = Inpainter.load()  # or Inpainter.load("logs/run1")
        completed = inpainter.complete(image, mask)  # (height, width, 3), (height, width)
    """

    def __init__(
        self,
        generator: Any,
        hole_fill: str = "grey",
        size: int | None = None,
        framing: Framing | None = None,
    ):
        self.generator = generator
        self.hole_fill = hole_fill
        self.size = size
        self._compiled: dict[str, Any] = {}  # what has been asked for so far
        self.framing = framing or Framing()
        self.window_size = size or 256

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
        precision: "float32" gives the numbers of the exported model. "mixed_bfloat16",
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
        framing = settings["framing"] and Framing(*settings["framing"])
        return cls(generator, settings["hole_fill"], settings["size"], framing)

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

    def complete(
        self, images: Pictures, masks: Pictures, *, batch_size: int = 8, blend: bool = False
    ) -> Pictures:
        """Fill the holes of pictures; known pixels keep their bytes.

        images: uint8 RGB, one (height, width, 3), a batch (batch, height, width, 3), or a list of
            (height, width, 3) of any sizes. In place of such an array: RGBA (4 channels), floats in
            0..1, a PIL image, or the path of a file; see `picture_forms.as_rgb`.
        masks: bool or integers, (height, width) or (height, width, 1, 3 or 4) for each image: an
            array with the images' batch, a list, or one mask for all. Read as mask files are: True
            is hole, and so is what is over half of 1, 255 or 65,535; see `masks.mask_files`.
            Floats, PIL images and paths too.
        batch_size: the most pictures of equal size that go through the network together.
        blend: take the seam at the hole's edge away, see `photos.blending`. False: what the network
            returns is put in as it is, as in the papers and in exported models.

        Returns the completed pictures in the form of `images`, to rounding those of
        `complete_with_raw`: a processor computes only what the holes of a batch need. Raises
        `UserError` for input of another form, a hole that leaves no known pixel, and pictures too
        large for the memory.
        """
        if blend:  # the known pixels beside the hole are looked at as well
            return self.complete_with_raw(images, masks, batch_size=batch_size, blend=True)[0]
        return self._complete(images, masks, batch_size, "complete_alone")[0]

    def complete_with_raw(
        self, images: Pictures, masks: Pictures, *, batch_size: int = 8, blend: bool = False
    ) -> tuple[Pictures, Pictures]:
        """Like `complete`, but return (completed, raw): raw is the network's picture everywhere.

        Testing takes these, and in float32 exported SavedModels give the same bytes on a processor,
        unless `blend` is asked for. The raw picture is never blended.
        """
        completed, raw = self._complete(images, masks, batch_size, "complete", blend)
        return completed, raw

    def _complete(self, images, masks, batch_size, function, blend=False):
        """[completed, ...]: what a function of `completion` returns, in the form of `images`."""
        forms, restores = picture_arguments.read_forms(images)
        pictures = picture_arguments.as_pictures(forms)
        holes = picture_arguments.as_masks(masks, pictures)
        done: list[Any] = [None] * len(pictures)
        for shape in dict.fromkeys(picture.shape for picture in pictures):
            indices = [i for i, picture in enumerate(pictures) if picture.shape == shape]
            results = self._complete_equal_sizes(
                np.stack([pictures[i] for i in indices]),
                np.stack([holes[i] for i in indices]),
                batch_size,
                function,
            )
            for i, *each in zip(indices, *results, strict=True):
                hole = picture_forms.is_hole(holes[i])
                if blend:
                    each[0] = blending.blended(each[1], pictures[i], hole)
                areas = (hole, np.ones_like(hole))  # the raw picture is new everywhere
                done[i] = [
                    restores[i](picture, area) for picture, area in zip(each, areas, strict=False)
                ]
        if picture_forms.is_one_picture(images):
            return done[0]
        as_batch = np.stack if isinstance(images, np.ndarray) else list
        return [as_batch(each) for each in zip(*done, strict=True)]

    def complete_photo(
        self,
        image: Any,
        mask: Any,
        *,
        faces: Any = None,
        detail: bool = True,
        blend: bool = True,
        detector: str = "auto",
    ) -> Any:
        """Fill the holes of a photo of any size; known pixels keep their bytes.

        Faces are looked for, and each hole is completed in a window in which the face stands as in
        the training pictures; then it is brought back to the photo's size, see `inference.photos`.

        image, mask: one picture and its mask, in any form that `complete` takes.
        faces: a list of `photos.faces.Face`. None: they are looked for.
        detail: copy fine detail of the photo into fillings that were enlarged.
        blend: take the seam at the hole's edge away.
        detector: "auto", the best that is installed, or a name in `photos.detectors.DETECTORS`.

        Returns the photo in the form of `image`. Raises `UserError` for input of another form, a
        hole that leaves no known pixel, and a detector that is not installed.
        """
        from inpaint_tf.inference.photos.complete import Options, complete_photo

        form, [restore] = picture_arguments.read_forms(image)
        [picture] = picture_arguments.as_pictures(form)
        [mask] = picture_arguments.as_masks(mask, [picture])
        hole = picture_forms.is_hole(mask)
        completed = complete_photo(
            picture,
            hole,
            self._complete_windows,
            size=self.window_size,
            framing=self.framing,
            faces=faces,
            options=Options(detail, blend, detector),
        )
        return restore(completed, hole)

    def _complete_windows(self, images, masks):
        """The `Network` of `photos.complete`."""
        _, raw, offsets = self._run("complete_with_offsets", images, masks[..., None])
        return raw, offsets

    def _complete_equal_sizes(self, images, masks, batch_size, function):
        """(batch, height, width, 3) and (batch, height, width, 1) uint8 to (completed, ...)."""
        height, width = images.shape[1:3]
        generators.check_side(self.generator, min(height, width))
        free = memory.available_bytes() if _runs_on_cpu() else None
        score_bytes = _score_bytes(self.generator)
        batch_size = memory.fitting_batch_size(height, width, batch_size, free, score_bytes)
        results, start = [], 0
        while start < len(images):
            chunk = slice(start, start + batch_size)
            try:
                results.append(self._run(function, images[chunk], masks[chunk]))
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                if batch_size == 1:
                    raise memory.too_large(height, width, None, score_bytes) from error
                batch_size //= 2
            else:
                start += batch_size
        return [np.concatenate(each) for each in zip(*results, strict=True)]

    def _run(self, name, images, masks):
        """What the function `name` of `completion` returns, as arrays."""
        from keras import ops

        from inpaint_tf.engines import apple_gpu, runtime
        from inpaint_tf.inference import completion

        runtime.refuse_forked()
        if name not in self._compiled:
            self._compiled[name] = completion.compiled(
                self.generator,
                self.hole_fill,
                getattr(completion, name),
                graph_per_size=name == "complete_with_offsets",  # windows are all of one size
            )
        with apple_gpu.on_host():
            images, masks = (ops.convert_to_tensor(array, "uint8") for array in (images, masks))
        outputs = self._compiled[name](images, masks)
        return [None if output is None else ops.convert_to_numpy(output) for output in outputs]


def _score_bytes(generator):
    """The limit for the attention's scores; None for a generator without attention."""
    limits = [layer.score_bytes for layer in generator.layers if hasattr(layer, "score_bytes")]
    return max(limits, default=None)


def _runs_on_cpu():
    from inpaint_tf.engines.active_engine import engine

    return engine.runs_on_cpu()
