"""Pictures that another program completed, found by name."""

import re
from pathlib import Path

from inpaint_tf.data import picture_files
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.mask_names import key
from inpaint_tf.evaluation.methods.baselines import keep_known
from inpaint_tf.evaluation.methods.method_names import short_name

ADDED = re.compile(
    r"[_-](?:mask\d*|pred(?:icted|iction)?|comp(?:osite|leted)?|inpaint(?:ed|ing)?|out(?:put)?"
    r"|result|fake)$",
    re.IGNORECASE,
)
"""What programs add to a picture's name: X_mask001, X_pred, X_comp, X_inpainted, X_out ..."""


class Predictions:
    """The completed pictures of one folder.

    folder: holds `a/b.png` for the picture `a/b.jpg`, with any ending, or `a/b` with something of
      `ADDED` behind it. A folder that holds none of `pairs` raises `UserError`.
    """

    def __init__(self, folder, pairs):
        self.folder = Path(folder)
        self._exact, self._stripped = {}, {}
        for path in picture_files.list_images(self.folder):
            stem = key(path.relative_to(self.folder).with_suffix(""))
            self._exact.setdefault(stem, []).append(path)
            bare = stem
            while ADDED.search(bare):  # X_mask001_pred is one of X_mask001, and of X
                bare = ADDED.sub("", bare)
                self._stripped.setdefault(bare, []).append(path)
        if not any(self._candidates(pair) for pair in pairs):
            wanted = Path(pairs[0].name).with_suffix("")
            raise UserError(
                f"--predictions={folder} holds no picture of the name of any of --images; the "
                f"first would be {wanted}.png, {wanted}_mask001.png or {wanted}_pred.png"
            )

    def path(self, pair):
        """The file that predicts `pair`; None where there is none, or more than one."""
        paths = self._candidates(pair)
        return paths[0] if len(paths) == 1 else None

    def read(self, pair, shape):
        """The picture predicted for `pair`, uint8 of `shape`.

        Never resized: that would change the scores. Raises `UserError` that says what is wrong.
        """
        paths = self._candidates(pair)
        wanted = Path(pair.name).with_suffix("")
        if not paths:
            raise UserError(f"{self.folder} has no prediction of the name {wanted}")
        if len(paths) > 1:
            found = ", ".join(path.name for path in paths[:3])
            raise UserError(f"{self.folder} has several predictions for {wanted}: {found}")
        prediction = picture_files.read_image(paths[0])
        if prediction.shape != shape:
            raise UserError(
                f"its prediction {paths[0]} is {prediction.shape[1]}x{prediction.shape[0]} pixels "
                f"and the picture is tested at {shape[1]}x{shape[0]}; make them equal, or set "
                "--size to the predictions'"
            )
        return prediction

    def _candidates(self, pair):
        """Files that may be meant: those of the very name, or those with something added."""
        stem = key(Path(pair.name).with_suffix(""))
        return self._exact.get(stem) or self._stripped.get(stem) or []


class PredictionsMethod:
    """A `Predictions`."""

    batched = False
    fill_level = 128

    def __init__(self, predictions):
        self.predictions = predictions
        self.place = str(predictions.folder)
        self.name = short_name(self.place)

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
        return [keep_known(picture, image, mask) for picture, image, mask in parts], raw
