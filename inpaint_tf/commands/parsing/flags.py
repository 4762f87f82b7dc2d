"""Flags that several commands have."""

from absl import flags

from inpaint_tf.engines.runtime import DEVICES, PRECISIONS
from inpaint_tf.networks.layers.attention_memory import SCORE_BYTES

flags.disclaim_key_flags()  # what `define_flags` defines belongs to the command that calls it


def define_compute_flags(precision: str) -> None:
    """Define --device and --precision, with the command's default precision."""
    flags.DEFINE_enum("device", "auto", DEVICES, "Where to compute.")
    flags.DEFINE_enum(
        "precision",
        precision,
        PRECISIONS,
        "auto: bfloat16 on a CPU that multiplies it, float32 elsewhere. An exported model gives "
        "the bytes of test.py where both have the same precision.",
    )


def define_attention_flag() -> None:
    """Define --attention_mb, for commands that complete pictures."""
    flags.DEFINE_integer(
        "attention_mb",
        SCORE_BYTES >> 20,
        "MiB for the scores of contextual attention, some six times over. Larger pictures are "
        "completed in blocks of rows: the same result in less memory, but more slowly.",
        lower_bound=1,
    )
