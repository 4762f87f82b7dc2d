"""All the scores of one completed picture, by the names of their columns in metrics.csv."""

import numpy as np

from inpaint_tf.evaluation.scores import table
from inpaint_tf.evaluation.scores.view import NO_JUDGES, Judges, View


def score_completion(
    truth: np.ndarray,
    composite: np.ndarray,
    raw: np.ndarray,
    mask: np.ndarray,
    judges: Judges = NO_JUDGES,
) -> dict[str, float]:
    """The scores of one picture as `{column: float}` for `table.columns()`.

    truth, composite, raw: (height, width, 3) uint8 RGB. `composite` has the known pixels of `truth`
      and the method's in the hole; `raw` is the method's picture everywhere.
    mask: (height, width) uint8, 1 = hole. judges: what can be had of `Judges`.
    Values are NaN where there is nothing to measure and infinite for the PSNR of equal pictures.
    """
    whole, hole = _views(composite, truth, mask, judges)
    filling = View(composite, truth, mask, judges=judges)
    scores = _scores(
        {
            ("full", "composite"): whole,
            ("hole", "composite"): hole,
            ("fill",): filling,
            ("face",): filling,
        },
        View(truth, truth, mask, judges=judges),
    )
    # Programs that only fill holes have no other raw output: nothing is computed twice. Otherwise
    # what the composite's views hold is freed first.
    if raw is not composite and not np.array_equal(raw, composite):
        whole, hole = _views(raw, truth, mask, judges)
    scores |= _scores({("full", "raw"): whole, ("hole", "raw"): hole})
    return {column: scores[column] for column in table.columns()}


def _views(image, truth, mask, judges):
    """The whole picture and the hole of it."""
    whole = View(image, truth, judges=judges)
    return whole, View(image, truth, mask, whole, judges)


def _scores(views, of_truth=None):
    """{column: value} of the scores that are taken on `views`, {place: view}."""
    return {
        each.column: (of_truth if each.of_truth else views[each.place]).once(
            table.SCORES[each.score].load()
        )
        for each in table.measured()
        if each.place in views
    }
