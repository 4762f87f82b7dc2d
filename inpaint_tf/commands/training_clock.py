"""How long each of several runs has been trained, added up over interruptions."""

import json
import time
from pathlib import Path

from inpaint_tf.data.atomic_files import write_text


class Clock:
    """Adds up how long a row has been trained, in a file of all rows.

    used: seconds so far. Use as a context around the training.
    """

    def __init__(self, path: Path, row: str):
        self.path, self.row = path, row
        self.used = self._read().get(row, 0.0)

    def _read(self) -> dict[str, float]:
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def __enter__(self) -> None:
        self.started = time.monotonic()

    def __exit__(self, *exception: object) -> None:
        self.used += time.monotonic() - self.started
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_text(self.path, json.dumps({**self._read(), self.row: self.used}))
