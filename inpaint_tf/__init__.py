"""inpaint_tf: fill the covered part of a face (coarse-to-fine GAN with contextual attention)."""

__version__ = "0.1.0"
__all__ = ["Inpainter", "__version__"]


def __getattr__(name):
    # Loading TensorFlow takes seconds; `import inpaint_tf` and `--help` should not.
    if name == "Inpainter":
        from inpaint_tf.inpainter import Inpainter

        return Inpainter
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
