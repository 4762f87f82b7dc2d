"""What a run's folder says of the run: its resolved config, and the versions of each start."""

import errno
import json
import os
from pathlib import Path
from typing import Any

from inpaint_tf.data.atomic_files import write_whole
from inpaint_tf.engines.environment import describe_environment
from inpaint_tf.errors import UserError

CONFIG_FILE = "config.json"
ENVIRONMENT_FILE = "environment.json"

RESUMABLE = {
    "train.log_every",
    "train.checkpoint_every",
    "train.keep_checkpoints",
    "train.validate_every",
    "train.picture_rows",
    "run.device",
}
"""Fields that may change when a run continues: they do not affect what a step computes."""


def open_run_folder(folder: str | os.PathLike[str], config: Any, **resolved: Any) -> None:
    """Create the run's folder, or check that the run in it is the same one.

    Writes config.json: the config, and under "run" what was `resolved` from flags and data, such as
    the precision. Adds to environment.json: command, versions and git commit of each start.
    Raises `UserError` if the folder cannot be written, or holds a run with other settings than
    `RESUMABLE` ones; with a constant learning rate, the number of steps may change too.
    """
    folder = Path(folder)
    settings = {**config.to_dict(), "run": resolved}
    starts = []
    if (folder / CONFIG_FILE).exists():
        _refuse_other_settings(_read_json(folder / CONFIG_FILE, dict), settings, folder)
    if (folder / ENVIRONMENT_FILE).exists():
        starts = _read_json(folder / ENVIRONMENT_FILE, list)
    make_run_folder(folder)
    try:
        _write_json(folder / ENVIRONMENT_FILE, [*starts, describe_environment()])
        _write_json(folder / CONFIG_FILE, settings)
    except OSError as error:
        raise _not_writable(folder, error) from None


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


def _refuse_other_settings(old, new, folder):
    resumable = set(RESUMABLE)
    if new["optimizer"]["schedule"] == "constant":
        resumable.add("train.steps")
    old, new = _flat(old), _flat(new)
    changed = [
        name
        for name, value in new.items()
        if name not in resumable and old.get(name, value) != value
    ]
    if changed:
        name = changed[0]
        raise UserError(
            f"{folder} holds a run with {name}={old[name]!r}, now {new[name]!r}; "
            f"give the same settings to continue it, or another --workdir"
        )


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
