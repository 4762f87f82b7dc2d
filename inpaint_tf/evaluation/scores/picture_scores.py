"""All the scores of one completed picture, by the names of their columns in metrics.csv."""

import math
from typing import NamedTuple

import numpy as np

from inpaint_tf.evaluation.scores import distances, fill_quality, recognition

REGIONS = ("full", "hole")
OUTPUTS = ("composite", "raw")
DISTANCES = ("psnr", "ssim", "l1", "l2", "tv")
"""For each region and output. dB; at most 1; grey levels; grey levels squared; grey levels."""
FILL = ("energy", "truth_energy", "step", "truth_step", "face_found", "eyes_found", "identity")
"""Of the composite's filling, and of the truth in its place: see `fill_quality`, `recognition`."""
SCORE_COLUMNS = (
    *(
        f"{region}_{output}_{score}"
        for region in REGIONS
        for output in OUTPUTS
        for score in DISTANCES
    ),
    *(f"full_{output}_{score}" for output in OUTPUTS for score in ("ms_ssim", "lpips")),
    *(f"fill_{score}" for score in FILL),
)


class Judges(NamedTuple):
    """Networks that score, from files of the user; None where there is no file.

    recogniser: a `recognition.Recogniser`; lpips: a `feature_networks.Lpips`.
    """

    recogniser: object = None
    lpips: object = None


NO_JUDGES = Judges()


def score_completion(truth, composite, raw, mask, judges=NO_JUDGES):
    """The scores of one picture as `{column: float}` for `SCORE_COLUMNS`.

    truth, composite, raw: (height, width, 3) uint8 RGB. `composite` has the known pixels of `truth`
      and the method's in the hole; `raw` is the method's picture everywhere.
    mask: (height, width) uint8, 1 = hole. judges: what can be had of `Judges`.
    Values are NaN where there is nothing to measure and infinite for the PSNR of equal pictures.
    """
    scores = {}
    same = raw is composite or np.array_equal(raw, composite)
    for output, image in zip(OUTPUTS, (composite, raw), strict=True):
        if output == "raw" and same:  # as of programs that only fill holes
            copied = {name.replace("composite", "raw"): value for name, value in scores.items()}
            scores |= copied
            break
        scores |= _distances(truth, image, mask, output)
        perceived = judges.lpips.distance(image, truth) if judges.lpips else math.nan
        scores[f"full_{output}_lpips"] = perceived
    face = recognition.find_face(truth)
    face_found, eyes_found = recognition.found_again(truth, composite, mask, face)
    fill = {
        "energy": fill_quality.gradient_energy(composite, mask),
        "truth_energy": fill_quality.gradient_energy(truth, mask),
        "step": fill_quality.edge_step(composite, mask),
        "truth_step": fill_quality.edge_step(truth, mask),
        "face_found": face_found,
        "eyes_found": eyes_found,
        "identity": math.nan,
    }
    if judges.recogniser and recognition.touches(mask, face):
        fill["identity"] = judges.recogniser.similarity(truth, composite, face)
    scores |= {f"fill_{name}": value for name, value in fill.items()}
    return {column: scores[column] for column in SCORE_COLUMNS}


def _distances(truth, image, mask, output):
    difference = image.astype(np.float64) - truth.astype(np.float64)
    factors = distances.ssim_factors(image, truth)
    similarity = factors[0] * factors[1]
    scores = {}
    for region, area in zip(REGIONS, (None, mask), strict=True):
        chosen = difference if area is None else difference[area != 0]
        squared = float(np.mean(chosen**2)) if chosen.size else math.nan
        values = {
            "psnr": distances.decibels(squared),
            "ssim": distances.mean_ssim(similarity, area),
            "l1": float(np.mean(np.abs(chosen))) if chosen.size else math.nan,
            "l2": squared,
            "tv": distances.total_variation(image, area) if chosen.size else math.nan,
        }
        scores |= {f"{region}_{output}_{name}": values[name] for name in DISTANCES}
    return scores | {f"full_{output}_ms_ssim": distances.ms_ssim(image, truth, factors)}
