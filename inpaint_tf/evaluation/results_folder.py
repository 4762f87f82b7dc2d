"""The folder of a test: completed pictures, `metrics.csv`, `failed.csv`, `summary.json`.

A test may be killed at any moment and goes on where it was. A picture is done when its PNG and,
after it, its row of metrics.csv are there; all that is said at the end is computed from the rows.
"""

import csv
import hashlib
import io
import json
import math
import os
from pathlib import Path

from inpaint_tf.data.atomic_files import write_text
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation import statistics
from inpaint_tf.evaluation.scores import table

NEW_SETTINGS = ("batch_size", "device")
"""Settings that earlier versions did not keep: their tests go on whatever they were."""


def columns() -> list[str]:
    """The columns of metrics.csv."""
    return ["image", "inputs", "height", "width", "hole_share", "seconds", *table.columns()]


class Results:
    """The results in one output folder, read and extended.

    settings: what all results depend on, a JSON-able dict; kept beside them in settings.json.
    inputs: for each PNG to be written, by its name relative to the folder, a text that differs
      where its picture, mask or prediction was changed: such a picture is done again.
    overwrite: start anew; otherwise what is done stays.

    Raises UserError where the folder holds results of other settings, or other files under the
    names to be written.
    """

    def __init__(self, folder, settings, inputs, overwrite=False):
        self.folder = Path(folder)
        self._metrics = self.folder / "metrics.csv"
        settings_file = self.folder / "settings.json"
        if overwrite:
            for name in ("settings.json", "metrics.csv", "failed.csv", "summary.json"):
                (self.folder / name).unlink(missing_ok=True)
        elif settings_file.exists():
            self._check_settings(settings_file, settings)
        else:
            self._check_unused([*inputs, self._metrics.name])
        write_text(settings_file, json.dumps(settings, indent=2) + "\n")
        self._inputs = inputs
        self._rows = self._read_rows()
        self.failures = {}

    def is_done(self, name):
        """Whether the picture has been completed and scored."""
        row = self._rows.get(name)
        same = row is not None and row["inputs"] == self._inputs.get(name)
        return same and os.path.isfile(self.folder / name)

    def add(self, row):
        """Append the row of a picture whose PNG has been written."""
        row = {**row, "inputs": self._inputs[row["image"]]}
        new = not self._metrics.exists()
        text = _csv_text([row], header=new)
        try:
            # Names on Linux need not be UTF-8; they come back as they were.
            with open(
                self._metrics, "a", encoding="utf-8", errors="surrogateescape", newline=""
            ) as file:
                file.write(text)  # at once: a kill leaves whole rows, or a last one without its end
        except OSError as error:  # a full disk names no file
            error.filename = error.filename or str(self._metrics)
            raise
        self._rows[row["image"]] = row

    def add_failure(self, image, reason):
        """Note that a picture file could not be completed; the next run tries it again."""
        self.failures[image] = reason

    def finish(self, names):
        """Write the final files for the pictures `names` and return the summary.

        The summary is that of `statistics.summarise`. Nothing in it depends on time: a test that
        was interrupted ends in the same bytes.
        """
        ordered = [self._rows[name] for name in sorted(self._rows)]
        if ordered:
            write_text(self._metrics, _csv_text(ordered, header=True))
        self._write_failures()
        summary = statistics.summarise(self.rows(names), len(self.failures))
        self.write_summary(summary)
        return summary

    def write_summary(self, summary):
        """Write summary.json: a JSON-able dict."""
        text = json.dumps(summary, indent=2, allow_nan=False)
        write_text(self.folder / "summary.json", text + "\n")

    def row(self, name):
        """The row of a completed picture: a dict by `columns`."""
        return self._rows[name]

    def rows(self, names):
        """The rows of those of `names` that are completed, in their order."""
        return [self._rows[name] for name in names if self.is_done(name)]

    def seconds(self, names):
        """The time that `names` took in all runs together."""
        return math.fsum(row["seconds"] for row in self.rows(names))

    def _read_rows(self):
        """Rows by picture. A last row without its end was being written at a kill: drop it."""
        if not self._metrics.exists():
            return {}
        text = self._metrics.read_text(encoding="utf-8", errors="surrogateescape")
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            write_text(self._metrics, whole)
        reader = csv.DictReader(io.StringIO(whole))
        if whole and reader.fieldnames != columns():
            raise UserError(
                f"{self._metrics} has other columns than this version writes; add --overwrite or "
                "choose another --output"
            )
        if not whole:
            self._metrics.unlink()
        try:
            return {row["image"]: _parsed(row) for row in reader}
        except (ValueError, TypeError):
            raise UserError(
                f"{self._metrics} is damaged in line {reader.line_num}; delete that line to have "
                "its picture done again, or add --overwrite"
            ) from None

    def _write_failures(self):
        path = self.folder / "failed.csv"
        if not self.failures:
            path.unlink(missing_ok=True)
            return
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([("image", "reason"), *sorted(self.failures.items())])
        write_text(path, text.getvalue())

    def _check_settings(self, path, settings):
        try:
            before = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            before = {}
        before = before if isinstance(before, dict) else {}
        changed = [
            key
            for key, value in settings.items()
            if before.get(key) != value and (key in before or key not in NEW_SETTINGS)
        ]
        if changed and self._metrics.exists():  # a test that completed nothing holds nobody up
            was = ", ".join(f"{key} {before.get(key)} (now {settings[key]})" for key in changed)
            raise UserError(
                f"{self.folder} holds a test with other settings: {was}; add --overwrite to do it "
                "anew or choose another --output"
            )

    def _check_unused(self, names):
        taken = next((name for name in names if os.path.exists(self.folder / name)), None)
        if taken:
            raise UserError(
                f"{self.folder / taken} is there already and not from a test; choose another "
                "--output, or add --overwrite"
            )


def describe_inputs(paths):
    """A text that changes with the files at `paths`; what is None or missing counts as such."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            about = os.stat(path) if path is not None else None
        except OSError:
            about = None
        digest.update(f"{about.st_size} {about.st_mtime_ns};".encode() if about else b"none;")
    return digest.hexdigest()[:16]


def prepare_folder(folder):
    """Make the folder and see that it can be written to; OSError where not."""
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise UserError(f"--output={folder} is a file; give a folder")
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / ".writable"
    probe.write_bytes(b"")
    probe.unlink()


def _csv_text(rows, header):
    text = io.StringIO()
    writer = csv.DictWriter(text, columns(), lineterminator="\n")
    if header:
        writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _parsed(row):
    """Numbers as they were: `str` of a float gives all of its digits, `inf` and `nan` too."""
    sizes = {name: int(row[name]) for name in ("height", "width")}
    numbers = {name: float(row[name]) for name in ("hole_share", "seconds", *table.columns())}
    return {"image": row["image"], "inputs": row["inputs"], **sizes, **numbers}
