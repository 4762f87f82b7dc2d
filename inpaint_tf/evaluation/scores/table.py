"""The scores: what each is taken on, how it is printed, and which function gives it.

A new score is a function of a `View` in a new file and a line in `SCORES`; it then appears in
metrics.csv, in summary.json and in the printed tables.
"""

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

EVERYWHERE = (("full", "composite"), ("full", "raw"), ("hole", "composite"), ("hole", "raw"))
"""The whole picture and the hole, of the composite and of the method's raw output."""
WHOLE = (("full", "composite"), ("full", "raw"))
FILLING = (("fill",),)
"""The composite in the hole, by what is not a distance to the truth."""
FACE = (("face",),)
"""The whole composite, as a recogniser of faces sees it."""
SET = (("set",),)
"""All composites together, by Inception's features. These are no columns of metrics.csv: their
functions take `view.SetFeatures`."""
FACE_SET = (("face_set",),)
"""All composites together, by descriptors of their faces: functions of `view.SetFeatures` too."""


@dataclass(frozen=True)
class Score:
    """One line of the table.

    heading, digits: for the printed tables.
    places: where in summary.json the score is, which says what it is taken on: one of the above.
    function: "module:function", of a `view.View`, gives a float.
    percent_of: the largest value; the tables show percent of it, as Yu et al. (2018) do.
    only_percent: summary.json has the percentage alone.
    ratio_of: the name of what `function` measures, where the score is its mean over the completed
        pictures divided by that over the true ones. metrics.csv has the two parts as columns.
    """

    heading: str
    digits: int
    places: tuple[tuple[str, ...], ...]
    function: str
    percent_of: float | None = None
    only_percent: bool = False
    ratio_of: str | None = None

    def load(self) -> Callable[[Any], Any]:
        """The function; its module is imported now."""
        return pkgutil.resolve_name(self.function)


_HERE = "inpaint_tf.evaluation.scores"
_FACES = f"{_HERE}.face_descriptors"

SCORES = {
    "psnr": Score("PSNR", 2, EVERYWHERE, f"{_HERE}.pixel_scores:psnr"),
    "ssim": Score("SSIM", 4, EVERYWHERE, f"{_HERE}.pixel_scores:ssim"),
    "ms_ssim": Score("MS-SSIM", 4, WHOLE, f"{_HERE}.pixel_scores:ms_ssim"),
    "lpips": Score("LPIPS", 4, WHOLE, f"{_HERE}.feature_networks:lpips"),
    "l1": Score("L1 %", 2, EVERYWHERE, f"{_HERE}.pixel_scores:l1", 255),
    "l2": Score("L2 %", 2, EVERYWHERE, f"{_HERE}.pixel_scores:l2", 255**2),
    "tv": Score("TV %", 2, EVERYWHERE, f"{_HERE}.pixel_scores:tv", 255, only_percent=True),
    "sharpness": Score("sharpness", 2, FILLING, f"{_HERE}.fill_quality:energy", ratio_of="energy"),
    "robust_sharpness": Score(
        "robust sharpness", 2, FILLING, f"{_HERE}.fill_quality:clipped", ratio_of="clipped_step"
    ),
    "specks": Score("specks %", 1, FILLING, f"{_HERE}.fill_quality:specks", 1, only_percent=True),
    "seam": Score("seam", 2, FILLING, f"{_HERE}.fill_quality:step", ratio_of="step"),
    "face_found": Score("face", 3, FILLING, f"{_HERE}.recognition:face_found"),
    "eyes_found": Score("eyes", 3, FILLING, f"{_HERE}.recognition:eyes_found"),
    "identity": Score("identity", 3, FILLING, f"{_HERE}.recognition:identity"),
    "distance": Score("distance", 3, FACE, f"{_FACES}.of_one_face:distance"),
    "tight_distance": Score("tight distance", 3, FACE, f"{_FACES}.of_one_face:tight_distance"),
    "same_person": Score(
        "same person %", 1, FACE, f"{_FACES}.of_one_face:same_person", 1, only_percent=True
    ),
    "landmarks": Score(
        "landmarks %", 2, FACE, f"{_FACES}.of_one_face:landmarks", 1, only_percent=True
    ),
    "told_apart": Score("told apart", 3, FACE_SET, f"{_FACES}.of_a_set:told_apart"),
    "spread": Score("spread", 2, FACE_SET, f"{_FACES}.of_a_set:spread"),
    "frechet": Score("Frechet", 3, FACE_SET, f"{_FACES}.of_a_set:frechet"),
    "fid": Score("FID", 2, SET, f"{_HERE}.of_a_set:fid"),
    "kid": Score("KID", 4, SET, f"{_HERE}.of_a_set:kid"),
    "kid_deviation": Score("of subsets", 4, SET, f"{_HERE}.of_a_set:kid_deviation"),
}
"""The scores by name, in the order of the printed tables."""


class Measured(NamedTuple):
    """One column of metrics.csv. of_truth: it is measured on the true picture."""

    column: str
    place: tuple[str, ...]
    score: str
    of_truth: bool = False


class Reported(NamedTuple):
    """One value of summary.json: the mean of a column, or its ratio to the mean of another."""

    place: tuple[str, ...]
    score: str
    column: str
    over: str | None = None


def measured() -> list[Measured]:
    """The columns of metrics.csv in order: scores of the same places lie together."""
    of_pictures = {
        name: score for name, score in SCORES.items() if score.places not in (SET, FACE_SET)
    }
    found = []
    for places in dict.fromkeys(score.places for score in of_pictures.values()):
        alike = {name: score for name, score in of_pictures.items() if score.places == places}
        for place in places:
            for name, score in alike.items():
                part = "_".join([*place, score.ratio_of or name])
                found.append(Measured(part, place, name))
                if score.ratio_of:
                    found.append(Measured(_of_truth(place, score), place, name, True))
    return found


def columns() -> list[str]:
    """The names of the columns of `measured`."""
    return [each.column for each in measured()]


def reported() -> list[Reported]:
    """The values of summary.json in order: means of columns first, then ratios of means."""
    means, ratios = [], []
    for column, place, name, of_truth in measured():
        score = SCORES[name]
        if score.ratio_of is None:
            means.append(Reported(place, name, column))
        elif not of_truth:
            ratios.append(Reported(place, name, column, _of_truth(place, score)))
    return means + ratios


def of_set(places: tuple[tuple[str, ...], ...], features: Any) -> dict[str, Any]:
    """{score: value} of the scores with these places, `SET` or `FACE_SET`.

    features: a `view.SetFeatures`.
    """
    alike = {name: score for name, score in SCORES.items() if score.places == places}
    return {name: features.once(score.load()) for name, score in alike.items()}


def printed() -> dict[str, Score]:
    """The scores by their keys in summary.json that the tables print."""
    return {f"{name}_percent" if s.percent_of else name: s for name, s in SCORES.items()}


def _of_truth(place, score):
    return "_".join([*place, "truth", score.ratio_of])
