"""A generator as a SavedModel that needs nothing but TensorFlow.

Its default signature takes `image` (batch, height, width, 3) and `mask` (batch, height, width, 1),
uint8, any sizes, and returns the completed uint8 `image`. In a mask, values over 127.5 are hole. A
mask without a value over 1 is an array of 0 and 1, where 1 is hole.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from inpaint_tf.errors import UserError
from inpaint_tf.inference.export import outputs
from inpaint_tf.inference.export.comparison import EXACT, ROUNDED, Tolerance

MARKER = "saved_model.pb"
"""The file that every SavedModel has."""

HOW_TO_CALL = """\
{output} is ready. With TensorFlow alone:
  import tensorflow as tf
  model = tf.saved_model.load("{output}")
  completed = model.signatures["serving_default"](image=image, mask=mask)["image"]
image: uint8 (batch, height, width, 3), RGB; mask: uint8 (batch, height, width, 1), 255 = hole."""


def default_options(size: int | None) -> dict[str, Any]:
    """None."""
    return {}


def tolerance(**options: Any) -> Tolerance:
    """None on a CPU; a GPU may round another graph in another way."""
    from inpaint_tf.engines.active_engine import engine

    return EXACT if engine.runs_on_cpu() else ROUNDED


def write(generator: Any, hole_fill: str, path: Path) -> None:
    """Write a generator as a SavedModel at the folder `path`.

    generator: of any kind in `networks.generators`. hole_fill: "grey" or "white", as in training.
    Raises `UserError` if the disk is full, and on another Keras engine than TensorFlow.
    """
    import keras
    import tensorflow as tf

    from inpaint_tf.engines import apple_gpu
    from inpaint_tf.inference import completion

    if keras.backend.backend() != "tensorflow":
        raise UserError("a SavedModel is made by TensorFlow; unset KERAS_BACKEND")

    @tf.function(input_signature=completion.tensorflow_signature())
    def serve(image, mask):
        return {"image": completion.complete(generator, hole_fill, image, mask)[0]}

    module = tf.Module()
    # Only what can be reached from the module is saved. Keras' own objects are left out: loading
    # the model needs no Keras.
    module.weights = [variable.value for variable in generator.variables]
    module.serve = serve
    # A Mac's GPU changes nothing in the model: the machines that serve it have all kernels.
    with apple_gpu.assumed(False):
        try:
            tf.saved_model.save(module, str(path), signatures={"serving_default": serve})
        except tf.errors.OpError as error:  # a full or refused disk, in TensorFlow's own words
            reason = error.message.rsplit("; ", 1)[-1]
            raise UserError(f"--output could not be written: {reason}") from None


def load(path: Path) -> Callable[[Any, Any], Any]:
    """The model as a function of (image, mask), run by TensorFlow."""
    import tensorflow as tf

    model = tf.saved_model.load(str(path))

    def complete(image, mask):
        serve = model.signatures["serving_default"]
        return serve(image=tf.constant(image), mask=tf.constant(mask))["image"].numpy()

    return complete


def check_output(output: str | Path, overwrite: bool) -> Path:
    """The path `output`, if a SavedModel can be written there; raises `UserError` if not."""
    return outputs.check_output(output, overwrite, _is_saved_model, "a SavedModel")


def _is_saved_model(path):
    return (path / MARKER).is_file() or (path.is_dir() and not any(path.iterdir()))
