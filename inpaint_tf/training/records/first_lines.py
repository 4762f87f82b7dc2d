"""The lines with which a training run begins: what it found and what it is going to do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inpaint_tf.errors import look_up
from inpaint_tf.masks import KINDS

NO_VALIDATION = (
    "no validation pictures: there will be no scores, no pictures in TensorBoard and no "
    "best.weights.h5; hold some out by --config.data.test_count=100, or name others by "
    "--config.data.validation=PATH"
)

LEGEND = (
    "beside the bar: g and d losses of generator and critics, l1 over the holes, dB the latest "
    "validation PSNR, img/s pictures a second, those of the critics included"
)


def first_lines(
    config: Any, training: Any, validation: Any, schedule: Any, step: int, held_out: Path | None
) -> Iterator[str]:
    """Yield the lines.

    training, validation: the `data.Source`s; validation may be None.
    schedule: a `loop.Schedule`. step: iterations done already.
    held_out: the list of pictures held out, or None.
    """
    found = f"{len(training):,} pictures to train on, of {training.where}"
    if validation is not None and config.data.validation:
        found += f"; {len(validation):,} to validate on, of {validation.where}"
    elif validation is not None:
        found += f"; {len(validation):,} others held out, listed in {held_out}"
    yield found
    yield _holes(config)
    lengths = [f"{phase} {length:,}" for phase, length, _ in schedule.parts if length]
    done = f", of which {step:,} are done" if step else ""
    yield f"iterations: {', then '.join(lengths)}{done}"
    if validation is None:
        yield NO_VALIDATION
    elif config.train.validation_count:
        yield from _first_scores(schedule, step, config.train.validate_every)
    yield LEGEND


def _first_scores(schedule, step, every):
    """A line that says when scores and pictures come; none where no step is left."""
    first = schedule.first_validation(step, every)
    if first is None:
        return
    flag = f"--config.train.validate_every, now {every:,}"
    if first == schedule.total:
        yield f"scores and pictures come at the last step alone; sooner by a smaller {flag}"
    else:
        yield (
            f"scores and pictures come first at step {first:,} of {schedule.total:,}; more often "
            f"by a smaller {flag}"
        )


def _holes(config):
    masks, side = config.masks, config.data.size
    each = "one for each picture" if masks.per_image else "one for each batch"
    found = (
        f"holes of kind {masks.kind} in boxes of {masks.size}x{masks.size} pixels, {each}; "
        f"pictures of {side}x{side}"
    )
    shown = look_up(KINDS, masks.kind, "kind of hole").takes_pictures
    return found + (f"; masks of {masks.pictures}" if shown else "")
