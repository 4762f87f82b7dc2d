"""A case's row of convolutions, and the precision that it computes in."""

from benchmarks import measuring


def row(what, seconds, precision, multiplications, **more):
    """A row of something that is mostly convolutions; `seconds` per image."""
    unit = min(measuring.unit_seconds() for _ in range(3))
    same = unit if precision == "float32" else measuring.unit_seconds(precision.split("_")[1])
    arithmetic_seconds = multiplications / measuring.UNIT_MULTIPLICATIONS * same
    return {
        "what": what,
        "seconds": seconds,
        "units": seconds / unit,
        "arithmetic": seconds / arithmetic_seconds,
        **more,
    }


def configure(precision):
    """Set TensorFlow up as the commands do; returns the precision that it comes to."""
    from inpaint_tf.engines import runtime

    return runtime.configure("auto", precision)[1]
