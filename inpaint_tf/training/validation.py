"""Scores and picture rows of a generator on pictures it was not trained on."""

from typing import Any

import cv2
import numpy as np

from inpaint_tf import compositing
from inpaint_tf.engines.runtime import compiled
from inpaint_tf.engines.step_random import StepRandom
from inpaint_tf.evaluation.scores.of_validation import Tally
from inpaint_tf.masks import HoleDrawer

GAP = 4  # pixels of white between pictures
GAP_LEVEL = 255


VIEWS = ("masked", "coarse", "refined", "completed")
"""Pictures that stand beside the original, as far as the generator makes them."""


class Validation:
    """The same pictures with the same holes each time.

    pictures: list of uint8 batches (batch, size, size, 3).
    holes: a `masks.HoleDrawer`; hole_fill: a key of `compositing.HOLE_FILLS`.
    rows: how many pictures `run` draws.
    faces: a `dlib_faces.DlibFaces` for scores of recognition, or None.
    columns, after a `run`: what stands in each row, from the left.
    """

    def __init__(
        self,
        pictures: list[np.ndarray],
        holes: HoleDrawer,
        hole_fill: str,
        rows: int,
        faces: Any = None,
    ):
        self.pictures = pictures
        self.holes = holes
        self.hole_fill = hole_fill
        self.rows = rows
        self.faces = faces
        self.random = StepRandom(0)
        self.columns: tuple[str, ...] = ()
        self._generator: Any = None

    def run(self, generator: Any) -> tuple[dict[str, float], np.ndarray]:
        """(scores, picture): the composites' scores, see `of_validation`, and a row of `columns`
        for each of the first pictures."""
        if generator is not self._generator:
            self._generator = generator
            self._complete = compiled(
                lambda batch: self._views(generator, batch),
                [*generator.variables, self.random.state],
            )
        tally = Tally(self.faces)
        rows: list[list[np.ndarray]] = []
        for index, batch in enumerate(self.pictures):
            self.random.restart(index)
            shown = {name: np.asarray(value) for name, value in self._complete(batch).items()}
            for place, original in enumerate(batch):
                views = {name: values[place] for name, values in shown.items()}
                hole = views["mask"][..., 0] > 0.5
                tally.add(original, views["completed"], hole)
                if len(rows) < self.rows:
                    rows.append(self._row(original, views))
        return tally.scores(), grid(rows)

    def _row(self, original, views):
        row = {"original": original, **{name: views[name] for name in VIEWS if name in views}}
        if "offsets" in views:
            row["attention"] = attention_colours(views["offsets"], *original.shape[:2])
        self.columns = tuple(row)
        return list(row.values())

    def _views(self, generator, batch):
        from keras import ops

        real = compositing.to_unit(batch)
        hole = self.holes.draw(self.random, *batch.shape[:3])
        mask = ops.broadcast_to(hole.mask, (*batch.shape[:3], 1))
        masked = compositing.fill_hole(real, mask, self.hole_fill)
        outputs = generator([masked, mask])
        completed = compositing.composite(outputs["refined"], real, mask)
        pictures = {"masked": masked, **outputs, "completed": completed}
        views = {name: compositing.to_uint8(pictures[name]) for name in VIEWS if name in pictures}
        offsets = {"offsets": outputs["offsets"]} if "offsets" in outputs else {}
        return {**views, **offsets, "mask": mask}


def attention_colours(offsets: np.ndarray, height: int, width: int) -> np.ndarray:
    """Where each position copies from, as colours: (rows, columns, 2) to (height, width, 3).

    offsets: int, how many rows and columns away the best background patch lies
    (`contextual_attention`). Hue is the direction, brightness the distance; black: copies itself.
    """
    down, right = offsets[..., 0].astype("float64"), offsets[..., 1].astype("float64")
    distance = np.hypot(down, right) / np.hypot(*offsets.shape[:2])
    hue = (np.arctan2(down, right) / (2 * np.pi)) % 1.0 * 179
    hsv = np.stack([hue, np.full_like(hue, 255), np.minimum(distance * 2, 1.0) * 255], axis=-1)
    colours = cv2.cvtColor(hsv.round().astype("uint8"), cv2.COLOR_HSV2RGB)
    return cv2.resize(colours, (width, height), interpolation=cv2.INTER_NEAREST)


def grid(rows: list[list[np.ndarray]]) -> np.ndarray:
    """Lay equally large pictures out: a list of rows, each a list of (h, w, 3), to one picture."""
    return _join([_join(row, axis=1) for row in rows], axis=0)


def _join(pictures, axis):
    shape = list(pictures[0].shape)
    shape[axis] = GAP
    gap = np.full(shape, GAP_LEVEL, "uint8")
    parts = [part for picture in pictures for part in (picture, gap)][:-1]
    return np.concatenate(parts, axis=axis)
