"""Means over pictures, how sure they are, and how they change with the size of the hole."""

import math

import numpy as np

from inpaint_tf.evaluation.scores import table

RESAMPLES = 2000
CONFIDENCE = 0.95
BANDS = tuple((low / 100, (low + 10) / 100) for low in range(0, 100, 10))
"""Shares of the picture that are hole: above the first, up to the second."""


def summarise(rows, failed=0):
    """All that summary.json says of rows of metrics.csv, a JSON-able dict.

    `images` counts the rows, `failed` the pictures that were not completed, and `identical` those
    equal to the truth, whose infinite PSNR is in no mean; then `average`, its "confidence" and the
    "bands" of hole sizes. (Scores of all pictures together are added as "set".)
    """
    return {
        "images": len(rows),
        "failed": failed,
        "identical": sum(row["full_composite_l2"] == 0 for row in rows),
        **average(rows),
        "confidence": confidence(rows),
        "bands": by_hole_size(rows),
    }


def average(rows):
    """Means of `table.reported` as a tree: full and hole, composite and raw; fill.

    A value that is not finite is left out of its mean: the infinite PSNR of an identical picture,
    and what could not be measured. Where no value remains the mean is None, so that the result is
    valid JSON.
    """
    return _tree([_none_unless_finite(value) for value in _statistics(_finite(rows))])


def confidence(rows, seed=0):
    """Percentile bootstrap intervals of the means: the tree of `average` with [low, high] leaves.

    Pictures are drawn with replacement `RESAMPLES` times (Efron and Tibshirani 1993, chapter 13),
    by `seed`: the same rows give the same intervals. None where there are fewer than two values.
    """
    values = _finite(rows)
    return _tree(_intervals([values], seed, lambda statistics: statistics[0]))


def difference(rows, others, seed=0):
    """How far `rows` lie above `others` in the mean, over the pictures that both have.

    Rows pair by their "image"; a value that is not finite in one is left out of both. Returns (tree
    of differences, tree of their [low, high], number of pictures).
    """
    by_name = {row["image"]: row for row in others}
    pairs = [(row, by_name[row["image"]]) for row in rows if row["image"] in by_name]
    values = _finite([row for row, _ in pairs]), _finite([other for _, other in pairs])
    measured = np.isfinite(values[0]) & np.isfinite(values[1])
    values = [np.where(measured, each, np.nan) for each in values]
    ours, theirs = (_statistics(each) for each in values)
    means = [_none_unless_finite(value) for value in ours - theirs]
    intervals = _intervals(values, seed, lambda statistics: statistics[0] - statistics[1])
    return _tree(means), _tree(intervals), len(pairs)


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
    columns = table.columns()
    values = np.array([[row[column] for column in columns] for row in rows], np.float64)
    values = values.reshape(len(rows), len(columns))
    return np.where(np.isfinite(values), values, np.nan)


def _statistics(values):
    """`table.reported` of (rows, columns): float64, NaN where nothing was measured."""
    # fsum: the same to the last bit whatever the order of the pictures.
    columns = (column[np.isfinite(column)] for column in values.T)
    means = [math.fsum(column) / column.size if column.size else math.nan for column in columns]
    return _reported(np.array(means))


def _reported(means):
    """`table.reported` from means of the columns: (..., columns) to (..., reported)."""
    by_column = dict(zip(table.columns(), np.moveaxis(means, -1, 0), strict=True))
    values = []
    for each in table.reported():
        value = by_column[each.column]
        if each.over:
            whole = by_column[each.over]
            value = value / np.where(whole == 0, np.nan, whole)
        values.append(value)
    return np.stack(values, axis=-1)


def _intervals(samples, seed, statistic):
    """[low, high] of `statistic`, or None, for each of `table.reported`.

    samples: (rows, columns) each, of the same pictures, which are drawn together.
    statistic: function of the list of what is reported of each, (resamples, reported).
    """
    measured = [np.isfinite(values).astype(np.float64) for values in samples]
    filled = [np.nan_to_num(values) for values in samples]
    rng = np.random.default_rng(seed)
    count = len(samples[0])
    means = [np.full((RESAMPLES, values.shape[1]), np.nan) for values in samples]
    for index in range(RESAMPLES if count else 0):
        times = np.bincount(rng.integers(0, count, count), minlength=count).astype(np.float64)
        with np.errstate(invalid="ignore"):  # 0 / 0, where nothing measured was drawn
            for mean, f, m in zip(means, filled, measured, strict=True):
                mean[index] = (times @ f) / (times @ m)
    found = statistic([_reported(mean) for mean in means])
    enough = _reported_counts(measured[0].sum(axis=0)) > 1
    tail = (1 - CONFIDENCE) / 2
    # A ratio is no number in any draw where the truth is flat in every picture.
    return [
        np.quantile(column[finite], [tail, 1 - tail]).tolist() if sure and finite.any() else None
        for column, finite, sure in zip(found.T, np.isfinite(found.T), enough, strict=True)
    ]


def _reported_counts(counts):
    """How many values each of `table.reported` rests on."""
    by_column = dict(zip(table.columns(), counts, strict=True))
    return np.array([by_column[each.column] for each in table.reported()])


def _tree(values):
    """Values of `table.reported` as a tree by place and score."""
    tree = {}
    for each, value in zip(table.reported(), values, strict=True):
        branch = tree
        for key in each.place:
            branch = branch.setdefault(key, {})
        score = table.SCORES[each.score]
        if score.percent_of:
            branch[f"{each.score}_percent"] = _scaled(value, 100 / score.percent_of)
        if not score.only_percent:
            branch[each.score] = value
    return tree


def _scaled(value, factor):
    if value is None:
        return None
    return [end * factor for end in value] if isinstance(value, list) else value * factor


def _none_unless_finite(value):
    return float(value) if math.isfinite(value) else None
