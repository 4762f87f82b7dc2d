"""What a run's folder says of the run: its resolved config, and the versions of each start."""

import errno
import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from absl import logging

from inpaint_tf.data.atomic_files import write_whole
from inpaint_tf.default_config import default_config
from inpaint_tf.engines.environment import describe_environment
from inpaint_tf.errors import UserError
from inpaint_tf.weights.locate import RUN_CONFIG

ENVIRONMENT_FILE = "environment.json"

RESUMABLE = {
    "train.log_every",
    "train.checkpoint_every",
    "train.keep_checkpoints",
    "train.validate_every",
    "train.validation_recognition",
    "train.picture_rows",
    "train.histograms",
    "run.device",
    "run.devices",
    "run.training_bytes",
}
"""Fields that may change when a run continues: they do not affect what a step computes."""

VALIDATION = {
    "data.validation",
    "train.validation_count",
    "train.validation_masks",
    "run.validation_pictures",
}
"""Fields that may change too, but make scores from before and after unlike each other."""

LENGTHS = ("train.coarse_steps", "train.reconstruction_steps", "train.steps")
"""Iterations of the phases. They may change as long as what is done keeps its phase."""

PLACES = {
    "data.train": ("run.training_pictures", "run.training_bytes"),
    "masks.pictures": ("run.mask_pictures",),
}
"""Paths that may change: what is found there must be the same, by these fields."""

ON_REQUEST = ("losses.", "optimizer.", "masks.", "data.", "train.")
"""What else may change if the user says so, by how it begins: it changes what is learnt from here
on, and the checkpoint can still be loaded."""
NEVER = {"masks.size", "data.size", "optimizer.kind"}
"""But these."""

BEGUN_FROM = "generator.weights"
"""Plays no part once there is a checkpoint: the run's folder keeps what it began from."""


class Start(NamedTuple):
    """What a start of a run would be: new, or going on with the one in its folder.

    settings: for config.json. changed: names of those that changed since the last start.
    otherwise: {name: [before, now]} of those among them that change what is learnt.
    reached: the iteration of the latest checkpoint; 0 without one.
    """

    settings: dict[str, Any]
    changed: frozenset[str]
    otherwise: dict[str, list[Any]]
    reached: int


def look_at_run(
    folder: str | os.PathLike[str], config: Any, *, change_settings: bool = False, **resolved: Any
) -> Start:
    """What `open_run_folder` would do, without writing anything. It raises the same `UserError`s
    but for a folder that cannot be written."""
    folder = Path(folder)
    settings = {**config.to_dict(), "run": resolved}
    if not (folder / RUN_CONFIG).exists():
        return Start(settings, frozenset(), {}, 0)
    old = _read_json(folder / RUN_CONFIG, dict)
    reached = _reached(folder)
    if reached and isinstance(old.get("generator"), dict) and "weights" in old["generator"]:
        settings["generator"]["weights"] = old["generator"]["weights"]
    before, now = _flat(old), _flat(settings)
    changed = _refuse_other_settings(before, now, folder, reached, change_settings)
    free = {*RESUMABLE, *VALIDATION, *LENGTHS}
    names = sorted(n for n in changed - free if n.startswith(ON_REQUEST)) if change_settings else []
    otherwise = {name: [before.get(name), now[name]] for name in names}
    return Start(settings, changed, otherwise, reached)


def open_run_folder(
    folder: str | os.PathLike[str], config: Any, *, change_settings: bool = False, **resolved: Any
) -> frozenset[str]:
    """Create the run's folder, or check that the run in it is the same one.

    Writes config.json: the config, and under "run" what was `resolved` from flags and data, such as
    the precision. Adds to environment.json: command, versions and git commit of each start.
    Returns the names of the settings that changed since the last start, "train.steps".
    Raises `UserError` if the folder cannot be written, or holds a run with other settings. Those
    may change that do not change what was learnt: `RESUMABLE`, `VALIDATION`, `LENGTHS`, `PLACES`;
    with change_settings also those of `ON_REQUEST`. environment.json then tells which and when.
    """
    folder = Path(folder)
    start = look_at_run(folder, config, change_settings=change_settings, **resolved)
    starts, this = [], describe_environment()
    if start.otherwise:
        this["changed_settings"] = {"at_step": start.reached, **start.otherwise}
        for name, (before, now) in start.otherwise.items():
            logging.info("%s is %r from here on, and was %r", name, now, before)
    if (folder / ENVIRONMENT_FILE).exists():
        starts = _read_json(folder / ENVIRONMENT_FILE, list)
    make_run_folder(folder)
    try:
        _write_json(folder / ENVIRONMENT_FILE, [*starts, this])
        _write_json(folder / RUN_CONFIG, start.settings)
    except OSError as error:
        raise _not_writable(folder, error) from None
    return start.changed


def make_run_folder(folder: str | os.PathLike[str]) -> None:
    """Create the run's folder if it is missing; `UserError` if it cannot be written."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise _not_writable(folder, error) from None


def _not_writable(folder, error):
    return UserError(
        f"cannot write the run's folder {folder}: {error.strerror}; free some space or choose "
        "another --workdir"
    )


def _reached(folder):
    """The iteration of the latest checkpoint; 0 without one."""
    steps = (path.name.removeprefix("step_") for path in folder.glob("checkpoints/step_*"))
    return max((int(step) for step in steps if step.isdigit()), default=0)


def _refuse_other_settings(old, new, folder, reached, change_settings):
    """The names of the fields that changed, if all of them may."""
    # A field that is newer than the run was then as it is by default.
    old = {**new, **_flat(default_config().to_dict()), **old}
    changed = [name for name, value in new.items() if old[name] != value]
    allowed = {*RESUMABLE, *VALIDATION, *LENGTHS}
    for place, contents in PLACES.items():
        same = all(old.get(name, new.get(name)) == new.get(name) for name in contents)
        if same or place not in changed:
            allowed.add(place)
        else:
            allowed -= set(contents)
    if not reached:
        allowed.add(BEGUN_FROM)
    if change_settings:
        named = [name for name in new if name.startswith(ON_REQUEST) and name not in NEVER]
        allowed.update(named, (field for contents in PLACES.values() for field in contents))
    for name in changed:
        if name not in allowed:
            may = name.startswith(ON_REQUEST) and name not in NEVER
            raise UserError(
                f"{folder} holds a run with {name}={old[name]!r}, now {new[name]!r}; "
                "give the same settings to continue it, or another --workdir"
                + (", or add --change_settings to go on otherwise" if may else "")
            )
    _refuse_other_phases(old, new, folder, reached)
    return frozenset(changed)


def _refuse_other_phases(old, new, folder, reached):
    """Refuse lengths by which iterations that were done would belong to another phase."""
    lengths = [[fields.get(name, new[name]) for name in LENGTHS] for fields in (old, new)]
    if sum(lengths[1]) < reached:
        raise UserError(
            f"{folder} has done {reached:,} iterations, more than the {sum(lengths[1]):,} asked "
            f"for now ({_sum(lengths[1])}); raise --config.train.steps to continue it, or choose "
            "another --workdir"
        )
    done = [_done_in_phases(each, reached) for each in lengths]
    for name, before, after, length in zip(LENGTHS, *done, lengths[0], strict=True):
        if before != after:
            raise UserError(
                f"{folder} is past the {length:,} iterations of {name}, which cannot change any "
                "more; raise --config.train.steps, or begin another run from this one: "
                f"--config.generator.weights={folder} --workdir=NEW"
            )


def _sum(lengths):
    """Such as "150 of reconstruction_steps and 20 of steps"."""
    parts = [
        f"{length:,} of {name.removeprefix('train.')}"
        for name, length in zip(LENGTHS, lengths, strict=True)
        if length
    ]
    return " and ".join(parts) or "none"


def _done_in_phases(lengths, reached):
    """How many iterations of each phase lie before iteration `reached`."""
    done = []
    for length in lengths:
        done.append(min(length, reached))
        reached -= done[-1]
    return done


def _read_json(path, kind):
    try:
        content = json.loads(path.read_text())
        if not isinstance(content, kind):
            raise ValueError(f"it holds no {kind.__name__}")
        return content
    except (OSError, ValueError) as error:
        raise UserError(
            f"{path} is damaged ({error}); delete it to go on with the settings of this command, "
            "or choose another --workdir"
        ) from None


def _write_json(path, content):
    with write_whole(path) as file:
        file.write(json.dumps(content, indent=2).encode())


def _flat(nested):
    return {
        f"{group}.{field}": value
        for group, fields in nested.items()
        if isinstance(fields, dict)
        for field, value in fields.items()
    }
