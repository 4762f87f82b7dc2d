"""What a score looks at, with whatever several scores share computed once.

A score is a function of a `View`, or of `SetFeatures` for a score of all pictures together.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, Self

import numpy as np


class Judges(NamedTuple):
    """Networks that score, from files of the user or an extra; None where there is none.

    recogniser: a `recognition.Recogniser`; lpips: a `feature_networks.Lpips`; faces: a
    `face_descriptors.dlib_faces.DlibFaces`.
    """

    recogniser: Any = None
    lpips: Any = None
    faces: Any = None


NO_JUDGES = Judges()


class Remembering:
    """Computes something of itself at most once."""

    def __init__(self):
        self._known = {}

    def once(self, function: Callable[[Self], Any]) -> Any:
        """`function(self)`, computed at the first call and remembered."""
        if function not in self._known:
            self._known[function] = function(self)
        return self._known[function]


class View(Remembering):
    """One picture, or the hole of it, beside its truth.

    image, truth: (height, width, 3) uint8 RGB.
    mask: (height, width) uint8, 1 = hole: only the hole counts. None: the whole picture does.
    whole: the view of the same picture without a mask; it remembers what regions share. Default:
        this one.
    judges: see `Judges`.
    """

    def __init__(
        self,
        image: np.ndarray,
        truth: np.ndarray,
        mask: np.ndarray | None = None,
        whole: "View | None" = None,
        judges: Judges = NO_JUDGES,
    ):
        super().__init__()
        self.image, self.truth, self.mask = image, truth, mask
        self._whole = whole  # not itself: a cycle would keep its arrays for long
        self.judges = judges

    @property
    def whole(self) -> "View":
        return self._whole or self


class SetFeatures(Remembering):
    """Features of the completed pictures and of the true ones, (pictures, channels) each."""

    def __init__(self, completed: np.ndarray, truth: np.ndarray):
        super().__init__()
        self.completed, self.truth = completed, truth
