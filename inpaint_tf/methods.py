"""What can be tested: our network, a classic baseline, or what another program completed.

A method has
  name, for tables and folders, and place, what the user named it by;
  settings, a JSON-able dict of what all its results depend on;
  source(pair), the file that one result depends on beside picture and mask, or None;
  fill_level, the grey level that covers the hole where its input is shown;
  complete(pairs, images, masks), which gives (completed, raw) pictures, uint8, for a batch of
    pictures of one size, or raises `UserError`;
  batched: whether it gains from batches; otherwise it gets one picture at a time, on any thread.
"""

import re
from pathlib import Path

import cv2
import numpy as np

from inpaint_tf.baselines import BASELINES, RADIUS


class NetworkMethod:
    """A loaded `Inpainter`. weights: what the user called them."""

    batched = True

    def __init__(self, inpainter, weights, batch_size):
        from inpaint_tf import images

        self.inpainter = inpainter
        self.batch_size = batch_size
        self.place = str(weights)
        self.name = _short_name(self.place)
        self.fill_level = int(images.to_uint8(images.HOLE_FILLS[inpainter.hole_fill]))

    @property
    def settings(self):
        return {"weights": self.inpainter.fingerprint()}

    def source(self, pair):
        del pair

    def complete(self, pairs, images, masks):
        del pairs
        return self.inpainter.complete_with_raw(
            list(images), list(masks), batch_size=self.batch_size
        )


class BaselineMethod:
    """One of `baselines.BASELINES`, by its name."""

    batched = False
    fill_level = 128

    def __init__(self, baseline):
        self.baseline = self.name = self.place = baseline

    @property
    def settings(self):
        return {"baseline": self.baseline, "radius": RADIUS, "opencv": cv2.__version__}

    def source(self, pair):
        del pair

    def complete(self, pairs, images, masks):
        del pairs
        filled = []
        for image, mask in zip(images, masks, strict=True):
            # The hole is blanked first: no method can peep at the truth.
            known = np.where(mask[..., None] == 1, np.uint8(0), image)
            filled.append(_keep_known(BASELINES[self.baseline](known, mask), image, mask))
        return filled, filled


class PredictionsMethod:
    """A `predictions.Predictions`."""

    batched = False
    fill_level = 128

    def __init__(self, predictions):
        self.predictions = predictions
        self.place = str(predictions.folder)
        self.name = _short_name(self.place)

    @property
    def settings(self):
        return {"predictions": str(self.predictions.folder.resolve())}

    def source(self, pair):
        return self.predictions.path(pair)

    def complete(self, pairs, images, masks):
        raw = [
            self.predictions.read(pair, image.shape)
            for pair, image in zip(pairs, images, strict=True)
        ]
        parts = zip(raw, images, masks, strict=True)
        return [_keep_known(picture, image, mask) for picture, image, mask in parts], raw


def name_apart(methods):
    """Give methods of one name different ones: "a-output" and "b-output", or "run" and "run-2"."""
    for same in _clashes(methods):
        for method in same:
            method.name = _short_name(method.place, parts=2)
    for same in _clashes(methods):
        taken = {method.name.casefold() for method in methods}
        for method in same[1:]:
            number = 2
            while f"{method.name}-{number}".casefold() in taken:
                number += 1
            method.name = f"{method.name}-{number}"
            taken.add(method.name.casefold())
    return methods


def _clashes(methods):
    """Lists of methods that have one name, on a disk that does not tell letter case apart."""
    groups = {}
    for method in methods:
        groups.setdefault(method.name.casefold(), []).append(method)
    return [group for group in groups.values() if len(group) > 1]


def _keep_known(picture, image, mask):
    return np.where(mask[..., None] == 1, picture, image)


def _short_name(place, parts=1):
    """The last part, or parts, of a path that say something, fit for a folder's name."""
    said = [part for part in Path(place).parts if part.strip("./\\")]
    name = re.sub(r"(\.weights)?\.h5$", "", "-".join(said[-parts:]) or "weights")
    return re.sub(r"[^\w.-]", "_", name)
