"""Scores and picture rows of a generator on pictures it was not trained on."""

import numpy as np

from inpaint_tf import display, images, metrics
from inpaint_tf.randomness import StepRandom
from inpaint_tf.runtime import compiled

SCORES = ("val_psnr", "val_ssim", "val_l1", "val_hole_psnr", "val_hole_ssim", "val_hole_l1")


class Validation:
    """The same pictures with the same holes each time.

    pictures: list of uint8 batches (batch, size, size, 3).
    holes: a `masks.HoleDrawer`; hole_fill: a key of `images.HOLE_FILLS`.
    rows: how many pictures `run` draws.
    """

    def __init__(self, pictures, holes, hole_fill, rows):
        self.pictures = pictures
        self.holes = holes
        self.hole_fill = hole_fill
        self.rows = rows
        self.random = StepRandom(0)
        self.complete = None

    def run(self, generator):
        """(scores, picture): means over the pictures of the composites' scores (dB, SSIM, L1 in
        grey levels; whole picture and hole), and rows of original, masked, coarse, refined,
        completed, attention."""
        if self.complete is None:
            self.complete = compiled(
                lambda batch: self._complete(generator, batch),
                [*generator.variables, self.random.state],
            )
        scores, rows = [], []
        for index, batch in enumerate(self.pictures):
            self.random.restart(index)
            shown = {name: np.asarray(value) for name, value in self.complete(batch).items()}
            for original, *views in zip(
                batch,
                *(shown[name] for name in ("masked", "coarse", "refined", "completed")),
                shown["offsets"],
                shown["mask"],
                strict=True,
            ):
                *pictures, offsets, mask = views
                scores.append(_scores(original, pictures[-1], mask[..., 0] > 0.5))
                if len(rows) < self.rows:
                    size = original.shape[:2]
                    rows.append([original, *pictures, display.attention_colours(offsets, *size)])
        return dict(zip(SCORES, np.mean(scores, axis=0).tolist(), strict=True)), display.grid(rows)

    def _complete(self, generator, batch):
        from keras import ops

        real = images.to_unit(batch)
        hole = self.holes.draw(self.random, *batch.shape[:3])
        mask = ops.broadcast_to(hole.mask, (*batch.shape[:3], 1))
        masked = images.fill_hole(real, mask, self.hole_fill)
        outputs = generator([masked, mask])
        pictures = {
            "masked": masked,
            "coarse": outputs["coarse"],
            "refined": outputs["refined"],
            "completed": images.composite(outputs["refined"], real, mask),
        }
        pictures = {name: images.to_uint8(picture) for name, picture in pictures.items()}
        return {**pictures, "offsets": outputs["offsets"], "mask": mask}


def _scores(truth, completed, hole):
    return [
        score(truth, completed, mask)
        for mask in (None, hole)
        for score in (metrics.psnr, metrics.ssim, metrics.l1)
    ]
