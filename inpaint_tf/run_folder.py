"""What a run leaves beside its checkpoints: resolved config, versions, metrics as CSV."""

import csv
import json
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from inpaint_tf.errors import UserError

PACKAGES = ("inpaint-tf", "tensorflow", "keras", "numpy", "opencv-python-headless")


def open_run_folder(folder, config):
    """Create the run's folder, or check that it belongs to the same config.

    Writes config.json (the resolved config) and environment.json (command, versions, git commit).
    Raises `UserError` if the folder cannot be written or holds a run with other settings, except
    for `RESUMABLE` ones, which may change between start and continuation.
    """
    folder = Path(folder)
    resolved = config.to_dict()
    path = folder / "config.json"
    if path.exists():
        _refuse_other_settings(json.loads(path.read_text()), resolved, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(resolved, indent=2))
        (folder / "environment.json").write_text(json.dumps(describe_environment(), indent=2))
    except OSError as error:
        raise UserError(
            f"cannot write the run's folder {folder}: {error.strerror}; choose another --workdir"
        ) from None


RESUMABLE = {
    "train.steps",
    "train.log_every",
    "train.checkpoint_every",
    "train.keep_checkpoints",
    "train.validate_every",
    "train.validation_count",
    "train.picture_rows",
}
"""Fields that may differ when a run continues: they do not change what a step computes."""


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
        unfinished = self.path.with_suffix(".csv.unfinished")
        with open(unfinished, "w", newline="") as file:
            writer = csv.DictWriter(file, self.columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
        unfinished.replace(self.path)

    def append(self, step, phase, values):
        """Add a row: values is a dict of numbers by column name."""
        with open(self.path, "a", newline="") as file:
            csv.DictWriter(file, self.columns).writerow({"step": step, "phase": phase, **values})

    def _rows_up_to(self, step):
        if not self.path.exists():
            return []
        with open(self.path, newline="") as file:
            # A kill may have cut the last row short.
            rows = [row for row in csv.DictReader(file) if (row["step"] or "").isdigit()]
        return [row for row in rows if int(row["step"]) <= step]


def _refuse_other_settings(old, new, folder):
    changed = [
        name
        for name, value in _flat(new).items()
        if name not in RESUMABLE and _flat(old).get(name, value) != value
    ]
    if changed:
        name = changed[0]
        raise UserError(
            f"{folder} holds a run with {name}={_flat(old)[name]!r}, now {_flat(new)[name]!r}; "
            f"give the same config to continue it, or another --workdir"
        )


def _flat(nested):
    return {
        f"{group}.{field}": value
        for group, fields in nested.items()
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
