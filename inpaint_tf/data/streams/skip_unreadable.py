"""Reading a source whose pictures may be damaged: a few are left out, many are an error."""

import threading

import numpy as np
from absl import logging

from inpaint_tf.data.picture_files import UnreadableImage
from inpaint_tf.data.sources import Source
from inpaint_tf.errors import UserError

MAX_UNREADABLE = 0.05  # fraction of a source's pictures; a single one is always allowed


class ReadablePictures:
    """The pictures of a source that can be read, from any thread.

    Attribute left_out: {index: reason} of the unreadable pictures met so far.
    """

    def __init__(self, source: Source):
        self.source = source
        self.left_out: dict[int, str] = {}
        # Raised in every thread: otherwise some would look for a picture for ever.
        self._error: UserError | None = None
        self._lock = threading.Lock()

    def read(self, index: int) -> np.ndarray | None:
        """Picture `index` as uint8 (height, width, 3), or None where it cannot be read.

        Raises `UserError` where more than 5 % of the source's pictures, or all, cannot be read.
        """
        if self._error:
            raise self._error
        if index in self.left_out:
            return None
        try:
            return self.source.read(index)
        except UnreadableImage as error:
            self._leave_out(index, error)
            return None

    def read_next(self, index: int) -> np.ndarray:
        """Picture `index`, or the next one that can be read; after the last comes the first."""
        image = self.read(index)
        while image is None:
            index = (index + 1) % len(self.source)
            image = self.read(index)
        return image

    def _leave_out(self, index: int, error: UnreadableImage) -> None:
        name, total = self.source.name(index), len(self.source)
        with self._lock:
            if index in self.left_out:
                return
            self.left_out[index] = error.reason
            count = len(self.left_out)
            logging.warning("left out, cannot be read: %s: %s", name, error.reason)
            if not self._error and (count == total or count > max(1, MAX_UNREADABLE * total)):
                self._error = UserError(
                    f"{count} of the {total} pictures in {self.source.where} cannot be read, more "
                    f"than {MAX_UNREADABLE:.0%} (such as {name}: {error.reason}); replace or "
                    "remove them"
                )
        if self._error:
            raise self._error
