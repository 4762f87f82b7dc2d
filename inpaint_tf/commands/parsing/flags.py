"""Flags that several commands have."""

from absl import flags

from inpaint_tf.engines.runtime import DEVICES, PRECISIONS
from inpaint_tf.masks.mask_files import TOLERANCE
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


def define_mask_flags() -> None:
    """Define the flags that say how masks are read, for commands that take --masks."""
    flags.DEFINE_bool(
        "invert_masks",
        False,
        "Black is hole in the mask pictures. Otherwise white is: a grey value over half of full "
        "scale (127.5 of 255; in masks of 0 and 1, 1). In a mask with a transparent part, strokes "
        "of one colour are hole, and of a picture what was erased.",
    )
    flags.DEFINE_string(
        "mask_colour",
        None,
        "Hole is where the masks have this colour, such as #00ff00 or lime, in place of white.",
    )
    flags.DEFINE_integer(
        "tolerance",
        TOLERANCE,
        "Levels of 0..255 by which each channel may differ from --mask_colour.",
        lower_bound=0,
        upper_bound=255,
    )
    flags.DEFINE_integer(
        "grow", 0, "Pixels by which holes reach further on all sides.", lower_bound=0
    )
