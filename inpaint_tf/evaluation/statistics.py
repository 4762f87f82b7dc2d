"""Means over pictures, how sure they are, and how they change with the size of the hole."""

import math

import numpy as np

from inpaint_tf.evaluation.scores.picture_scores import OUTPUTS, REGIONS, SCORE_COLUMNS

PERCENT = {"l1": 100 / 255, "l2": 100 / 255**2, "tv": 100 / 255}
"""Scores that are also given in percent of the largest value, as Yu et al. (2018) do."""
RATIOS = {
    "fill_sharpness": ("fill_energy", "fill_truth_energy"),
    "fill_seam": ("fill_step", "fill_truth_step"),
}
"""Scores that are one mean over another."""
PARTS = {part for parts in RATIOS.values() for part in parts}
REPORTED = (*(column for column in SCORE_COLUMNS if column not in PARTS), *RATIOS)
"""What the trees hold: means of columns, and ratios of means."""
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
    """Means of `REPORTED` as a tree: full and hole, composite and raw; fill.

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
    values = np.array([[row[column] for column in SCORE_COLUMNS] for row in rows], np.float64)
    values = values.reshape(len(rows), len(SCORE_COLUMNS))
    return np.where(np.isfinite(values), values, np.nan)


def _statistics(values):
    """`REPORTED` of (rows, columns): float64, NaN where nothing was measured."""
    # fsum: the same to the last bit whatever the order of the pictures.
    columns = (column[np.isfinite(column)] for column in values.T)
    means = [math.fsum(column) / column.size if column.size else math.nan for column in columns]
    return _reported(np.array(means))


def _reported(means):
    """`REPORTED` from the means of `SCORE_COLUMNS`."""
    by_column = dict(zip(SCORE_COLUMNS, means, strict=True))
    for ratio, (part, whole) in RATIOS.items():
        by_column[ratio] = by_column[part] / by_column[whole] if by_column[whole] else math.nan
    return np.array([by_column[name] for name in REPORTED])


def _intervals(samples, seed, statistic):
    """[low, high] of `statistic`, or None, for each of `REPORTED`.

    samples: (rows, columns) each, of the same pictures, which are drawn together.
    statistic: function of the list of their `REPORTED`.
    """
    measured = [np.isfinite(values).astype(np.float64) for values in samples]
    filled = [np.nan_to_num(values) for values in samples]
    rng = np.random.default_rng(seed)
    count = len(samples[0])
    found = np.full((RESAMPLES, len(REPORTED)), np.nan)
    for index in range(RESAMPLES if count else 0):
        times = np.bincount(rng.integers(0, count, count), minlength=count).astype(np.float64)
        with np.errstate(invalid="ignore"):  # 0 / 0, where nothing measured was drawn
            means = [(times @ f) / (times @ m) for f, m in zip(filled, measured, strict=True)]
        found[index] = statistic([_reported(each) for each in means])
    enough = _reported_counts(measured[0].sum(axis=0)) > 1
    tail = (1 - CONFIDENCE) / 2
    return [
        np.quantile(column[np.isfinite(column)], [tail, 1 - tail]).tolist() if sure else None
        for column, sure in zip(found.T, enough, strict=True)
    ]


def _reported_counts(counts):
    """How many values each of `REPORTED` rests on."""
    by_column = dict(zip(SCORE_COLUMNS, counts, strict=True))
    return np.array([by_column[RATIOS[name][0] if name in RATIOS else name] for name in REPORTED])


def _tree(values):
    """Values of `REPORTED` by region, output and score, and "fill" by score."""
    by_column = dict(zip(REPORTED, values, strict=True))
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
    return float(value) if math.isfinite(value) else None
