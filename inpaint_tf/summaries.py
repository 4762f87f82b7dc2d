"""Means over pictures, how sure they are, and how they change with the size of the hole."""

import math

import numpy as np

from inpaint_tf.scoring import OUTPUTS, REGIONS, SCORE_COLUMNS

PERCENT = {"l1": 100 / 255, "l2": 100 / 255**2, "tv": 100 / 255}
"""Scores that are also given in percent of the largest value, as Yu et al. (2018) do."""
RESAMPLES = 2000
CONFIDENCE = 0.95
BANDS = tuple((low / 100, (low + 10) / 100) for low in range(0, 100, 10))
"""Shares of the picture that are hole: above the first, up to the second."""


def average(rows):
    """Means of `scoring.SCORE_COLUMNS` as a tree: full and hole, composite and raw; fill.

    A value that is not finite is left out of its mean: the infinite PSNR of an identical picture,
    and what could not be measured. Where no value remains the mean is None, so that the result is
    valid JSON.
    """
    return _tree([_none_unless_finite(mean) for mean in _means(_finite(rows))])


def confidence(rows, seed=0):
    """Percentile bootstrap intervals of the means: the tree of `average` with [low, high] leaves.

    Pictures are drawn with replacement `RESAMPLES` times (Efron and Tibshirani 1993, chapter 13),
    by `seed`: the same rows give the same intervals. None where there are fewer than two values.
    """
    return _tree(_intervals(_finite(rows), seed))


def difference(rows, others, seed=0):
    """How far `rows` lie above `others` in the mean, picture by picture.

    Rows pair by their "image"; what only one of them has, or what is not finite in one, is left
    out. Returns (tree of mean differences, tree of their [low, high], number of pictures).
    """
    by_name = {row["image"]: row for row in others}
    pairs = [(row, by_name[row["image"]]) for row in rows if row["image"] in by_name]
    values = _finite([row for row, _ in pairs]) - _finite([other for _, other in pairs])
    means = [_none_unless_finite(mean) for mean in _means(values)]
    return _tree(means), _tree(_intervals(values, seed)), len(pairs)


def by_hole_size(rows):
    """The bands of `BANDS` that have pictures: dicts of from, to, images, and `average`."""
    bands = []
    for low, high in BANDS:
        inside = [row for row in rows if low < row["hole_share"] <= high]
        if inside:
            bands.append({"from": low, "to": high, "images": len(inside), **average(inside)})
    return bands


def _finite(rows):
    """float64 (rows, columns), NaN where a value is not finite."""
    values = np.array([[row[column] for column in SCORE_COLUMNS] for row in rows], np.float64)
    values = values.reshape(len(rows), len(SCORE_COLUMNS))
    return np.where(np.isfinite(values), values, np.nan)


def _means(values):
    # fsum: the same to the last bit whatever the order of the pictures.
    columns = (column[np.isfinite(column)] for column in values.T)
    return [math.fsum(column) / column.size if column.size else math.nan for column in columns]


def _intervals(values, seed):
    measured = np.isfinite(values)
    filled = np.where(measured, values, 0.0)
    measured = measured.astype(np.float64)
    rng = np.random.default_rng(seed)
    count = len(values)
    means = np.full((RESAMPLES, values.shape[1]), np.nan)
    for index in range(RESAMPLES if count else 0):
        times = np.bincount(rng.integers(0, count, count), minlength=count)
        drawn = times @ measured
        means[index] = np.divide(
            times @ filled, drawn, out=np.full(len(drawn), np.nan), where=drawn > 0
        )
    tail = (1 - CONFIDENCE) / 2
    intervals = []
    for column, enough in zip(means.T, measured.sum(axis=0) > 1, strict=True):
        column = column[np.isfinite(column)]
        intervals.append(np.quantile(column, [tail, 1 - tail]).tolist() if enough else None)
    return intervals


def _tree(values):
    """Values of `SCORE_COLUMNS` by region, output and score, and "fill" by score."""
    by_column = dict(zip(SCORE_COLUMNS, values, strict=True))
    tree = {region: {output: {} for output in OUTPUTS} for region in REGIONS} | {"fill": {}}
    for column, value in by_column.items():
        region, rest = column.split("_", 1)
        if region == "fill":
            tree["fill"][rest] = value
            continue
        output, score = rest.split("_", 1)
        branch = tree[region][output]
        if score in PERCENT:
            branch[f"{score}_percent"] = _scaled(value, PERCENT[score])
        if score != "tv":
            branch[score] = value
    return tree


def _scaled(value, factor):
    if value is None:
        return None
    return [end * factor for end in value] if isinstance(value, list) else value * factor


def _none_unless_finite(value):
    return value if math.isfinite(value) else None
