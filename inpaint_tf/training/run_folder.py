"""What a run leaves beside its checkpoints: resolved config, versions, metrics as CSV."""

import csv
import io
import json
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from inpaint_tf.data.whole_files import write_whole
from inpaint_tf.errors import UserError

CONFIG_FILE = "config.json"
ENVIRONMENT_FILE = "environment.json"

PACKAGES = ("inpaint-tf", "tensorflow", "jax", "keras", "numpy", "opencv-python-headless")


RESUMABLE = {
    "train.log_every",
    "train.checkpoint_every",
    "train.keep_checkpoints",
    "train.validate_every",
    "train.picture_rows",
    "run.device",
}
"""Fields that may differ when a run continues: they do not change what a step computes."""


def open_run_folder(folder, config, **resolved):
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
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_json(folder / ENVIRONMENT_FILE, [*starts, describe_environment()])
        _write_json(folder / CONFIG_FILE, settings)
    except OSError as error:
        raise UserError(
            f"cannot write the run's folder {folder}: {error.strerror}; free some space or choose "
            "another --workdir"
        ) from None


def describe_environment():
    """The command, the versions of what computes, and the commit of the code."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = None
    return {
        "command": sys.argv,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": versions,
        "git_commit": _git_commit(),
    }


class MetricsFile:
    """RUN/metrics.csv: one row for each logged step.

    columns: the names of all values that a row may have; those it lacks stay empty.
    step: the step the run continues from; rows after it are of work that was lost, and go.
    """

    def __init__(self, folder, columns, step):
        self.path = Path(folder) / "metrics.csv"
        self.columns = ["step", "phase", *columns]
        rows = self._rows_up_to(step)
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self.columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        with write_whole(self.path) as file:
            file.write(text.getvalue().encode())

    def append(self, step, phase, values):
        """Add a row: values is a dict of numbers by column name."""
        with open(self.path, "a", newline="") as file:
            csv.DictWriter(file, self.columns).writerow({"step": step, "phase": phase, **values})

    def _rows_up_to(self, step):
        if not self.path.exists():
            return []
        with open(self.path, newline="", errors="replace") as file:
            # A kill may have cut the last row short.
            rows = [row for row in csv.DictReader(file) if (row["step"] or "").isdigit()]
        return [row for row in rows if int(row["step"]) <= step]


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


def _git_commit():
    """Commit of the checkout the code runs from, "-dirty" if changed; None where there is none."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    command += ["--abbrev=40", "--exclude=*"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None
