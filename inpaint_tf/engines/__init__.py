"""What differs between the engines under Keras: derivatives, compilation, devices.

Each engine is a module with the same functions; `engine` is that of the running Keras backend.
Keras 3 differentiates nothing itself and compiles nothing outside `fit`, so a step of our own
needs these few primitives, and nothing else.
"""

import keras

if keras.backend.backend() == "tensorflow":
    from inpaint_tf.engines import tensorflow_engine as engine
elif keras.backend.backend() == "jax":
    from inpaint_tf.engines import jax_engine as engine
else:
    raise ImportError(
        "inpaint_tf computes on TensorFlow or JAX; got "
        f"KERAS_BACKEND={keras.backend.backend()!r}. Set it to 'tensorflow' or 'jax'."
    )

__all__ = ["engine"]
