"""What the page's script knows of every picture: its name and scores, as JSON."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from inpaint_tf.evaluation.scores import table

HIGHER = frozenset(
    {"psnr", "ssim", "ms_ssim", "face_found", "eyes_found", "identity", "recognised"}
)
"""Scores that are better when higher. Ratios are best at 1; all others are better when lower."""
REGIONS = {"hole": "hole", "full": "whole", "fill": "filling"}


def page_data(rows: Mapping[str, Sequence[Mapping[str, Any]]], folders: Mapping[str, str]) -> str:
    """JSON of {"methods", "folders", "scores", "pictures"}, safe inside a script element.

    rows: {method's name: rows of its metrics.csv}. folders: {method's name: the folder of its
    pictures, relative to the page, "" or "name/"}.

    A score is {"label", "better"}; a picture is [name, for each method its values, or null].
    """
    scores = _scores([row for found in rows.values() for row in found])
    by_name = [{row["image"]: row for row in found} for found in rows.values()]
    names = sorted({name for found in by_name for name in found})
    pictures = [
        [name, [_values(found[name], scores) if name in found else None for found in by_name]]
        for name in names
    ]
    data = {
        "methods": list(rows),
        "folders": [folders.get(name, "") for name in rows],
        "scores": [{"label": label, "better": better} for label, better, *_ in scores],
        "pictures": pictures,
    }
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")  # "</script>" in a name would end the element


def _scores(rows):
    """(label, "high", "low" or "one", columns, factor) of every score that some picture has.

    The hole comes first: it tells pictures apart.
    """
    measured = table.measured()
    truths = {(m.place, m.score): m.column for m in measured if m.of_truth}
    found = []
    for region in REGIONS:
        for column, place, name, of_truth in measured:
            if of_truth or place[0] != region or place[-1] == "raw":
                continue
            score = table.SCORES[name]
            columns = [column]
            if score.ratio_of:
                better = "one"
                columns.append(truths[place, name])
            else:
                better = "high" if name in HIGHER else "low"
            factor = 100 / score.percent_of if score.percent_of else 1
            label = f"{REGIONS[region]} {score.heading}"
            if any(_value(row, columns, factor) is not None for row in rows):
                found.append((label, better, columns, factor))
    return found


def _values(row, scores):
    return [_value(row, columns, factor) for _, _, columns, factor in scores]


def _value(row, columns, factor):
    """A score of one picture, four digits of it; None if it is no number."""
    parts = [row.get(column, math.nan) for column in columns]
    if not all(math.isfinite(part) for part in parts) or (len(parts) > 1 and not parts[1]):
        return None
    return float(f"{factor * parts[0] / (parts[1] if len(parts) > 1 else 1):.4g}")
