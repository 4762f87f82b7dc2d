"""Scores and picture rows of a generator on pictures it was not trained on."""

import itertools
from typing import Any

import numpy as np

from inpaint_tf import compositing
from inpaint_tf.engines.runtime import compiled
from inpaint_tf.engines.step_random import StepRandom
from inpaint_tf.evaluation.scores.of_validation import Tally
from inpaint_tf.masks import HoleDrawer
from inpaint_tf.training.records.pictures import attention_colours

VIEWS = ("hole", "coarse", "refined", "completed")
"""Pictures that stand beside the truth, as far as the generator makes them."""


class Validation:
    """The same pictures with the same holes each time.

    pictures: list of uint8 batches (batch, size, size, 3).
    holes: a `masks.HoleDrawer`; hole_fill: a key of `compositing.HOLE_FILLS`.
    rows: how many pictures `run` draws.
    faces: a `dlib_faces.DlibFaces` for scores of recognition, or None.
    drawn: another `HoleDrawer`, with whose holes the same pictures are drawn too, or None.
    """

    def __init__(
        self,
        pictures: list[np.ndarray],
        holes: HoleDrawer,
        hole_fill: str,
        rows: int,
        drawn: HoleDrawer | None = None,
        faces: Any = None,
    ):
        self.pictures = pictures
        self.holes = holes
        self.hole_fill = hole_fill
        self.rows = rows
        self.drawn = drawn
        self.faces = faces
        self.random = StepRandom(0)
        self._generator: Any = None
        self._complete: Any = None
        self._draw: dict[str, Any] = {}

    def run(
        self, generator: Any
    ) -> tuple[dict[str, float], dict[str, list[dict[str, np.ndarray]]]]:
        """(scores, rows). Scores are the composites', see `of_validation`. Rows, by the kind of
        hole, are of the first pictures: {"truth", "attention" and `VIEWS`: uint8 (size, size, 3)}.
        """
        if generator is not self._generator:
            self._generator = generator
            self._complete = compiled(
                lambda batch, mask: self._views(generator, batch, mask), generator.variables
            )
        tally = Tally(self.faces)
        rows: dict[str, list[dict[str, np.ndarray]]] = {self.holes.kind: []}
        for truth, views in self._each(self.holes):
            tally.add(truth, views["completed"], views["mask"][..., 0] > 0.5)
            if len(rows[self.holes.kind]) < self.rows:
                rows[self.holes.kind].append(_row(truth, views))
        if self.drawn is not None:
            first = itertools.islice(self._each(self.drawn), self.rows)
            rows[self.drawn.kind] = [_row(truth, views) for truth, views in first]
        return tally.scores(), rows

    def _each(self, holes):
        """Yield (truth, views) of each picture with `holes`."""
        # Apart from the network, whose compilation takes long: all kinds of holes share that.
        if holes.kind not in self._draw:
            self._draw[holes.kind] = compiled(
                lambda batch: holes.draw(self.random, *batch.shape[:3]).mask, [self.random.state]
            )
        for index, batch in enumerate(self.pictures):
            self.random.restart(index)
            mask = np.broadcast_to(self._draw[holes.kind](batch), (*batch.shape[:3], 1))
            shown = self._complete(batch, mask)
            shown = {name: np.asarray(value) for name, value in shown.items()}
            for place, truth in enumerate(batch):
                yield truth, {name: values[place] for name, values in shown.items()}

    def _views(self, generator, batch, mask):
        real = compositing.to_unit(batch)
        masked = compositing.fill_hole(real, mask, self.hole_fill)
        outputs = generator([masked, mask])
        completed = compositing.composite(outputs["refined"], real, mask)
        pictures = {"hole": masked, **outputs, "completed": completed}
        views = {name: compositing.to_uint8(pictures[name]) for name in VIEWS if name in pictures}
        offsets = {"offsets": outputs["offsets"]} if "offsets" in outputs else {}
        return {**views, **offsets, "mask": mask}


def _row(truth, views):
    row = {"truth": truth, **{name: views[name] for name in VIEWS if name in views}}
    if "offsets" in views:
        row["attention"] = attention_colours(views["offsets"], *truth.shape[:2])
    return row
