"""What can be tested: our network, a classic baseline, or what another program completed.

A method has
  name, for tables and folders;
  settings, a JSON-able dict of what its results depend on;
  complete(pairs, images, masks), which gives (completed, raw) pictures, uint8, for a batch of
    pictures of one size, or raises `UserError`;
  batched: whether it gains from batches; otherwise it gets one picture at a time, on any thread.
"""

import re

import cv2
import numpy as np

from inpaint_tf.baselines import BASELINES, RADIUS


class NetworkMethod:
    """A loaded `Inpainter`. weights: what the user called them."""

    batched = True

    def __init__(self, inpainter, weights, batch_size):
        self.inpainter = inpainter
        self.batch_size = batch_size
        self.name = _short_name(weights)
        self.hole_fill = inpainter.hole_fill

    @property
    def settings(self):
        return {"weights": self.inpainter.fingerprint()}

    def complete(self, pairs, images, masks):
        del pairs
        return self.inpainter.complete_with_raw(
            list(images), list(masks), batch_size=self.batch_size
        )


class BaselineMethod:
    """One of `baselines.BASELINES`, by its name."""

    batched = False
    hole_fill = "grey"

    def __init__(self, name):
        self.name = name

    @property
    def settings(self):
        return {"baseline": self.name, "radius": RADIUS, "opencv": cv2.__version__}

    def complete(self, pairs, images, masks):
        del pairs
        filled = []
        for image, mask in zip(images, masks, strict=True):
            # The hole is blanked first: no method can peep at the truth.
            known = np.where(mask[..., None] == 1, np.uint8(0), image)
            filled.append(_keep_known(BASELINES[self.name](known, mask), image, mask))
        return filled, filled


class PredictionsMethod:
    """A `predictions.Predictions`."""

    batched = False
    hole_fill = "grey"

    def __init__(self, predictions):
        self.predictions = predictions
        self.name = _short_name(predictions.folder)

    @property
    def settings(self):
        return {
            "predictions": str(self.predictions.folder.resolve()),
            "files": self.predictions.fingerprint(),
        }

    def complete(self, pairs, images, masks):
        raw = [
            self.predictions.read(pair, image.shape)
            for pair, image in zip(pairs, images, strict=True)
        ]
        parts = zip(raw, images, masks, strict=True)
        return [_keep_known(picture, image, mask) for picture, image, mask in parts], raw


def name_apart(methods):
    """Give methods of one name different ones: "run", "run-2"."""
    uses = {}
    for method in methods:
        key = method.name.casefold()
        uses[key] = uses.get(key, 0) + 1
        if uses[key] > 1:
            method.name = f"{method.name}-{uses[key]}"
    return methods


def _keep_known(picture, image, mask):
    return np.where(mask[..., None] == 1, picture, image)


def _short_name(path):
    """The last part of a path that says something, fit for a folder's name."""
    parts = [part for part in re.split(r"[\\/]", str(path)) if part.strip(".")]
    name = re.sub(r"(\.weights)?\.h5$", "", parts[-1] if parts else "weights")
    return re.sub(r"[^\w.-]", "_", name)
