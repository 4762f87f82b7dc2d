"""Methods side by side over the pictures that all of them completed.

A method that fails on the hard pictures must not gain by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inpaint_tf.evaluation import statistics
from inpaint_tf.evaluation.pairing import Pair
from inpaint_tf.evaluation.results_folder import Results


@dataclass(frozen=True)
class Tested:
    """A method that was tested.

    method: see `evaluation.methods`.
    results: what it completed and where.
    pairs: the pictures that it completed.
    summary: the scores of all of them, as in the summary.json of `results`.
    """

    method: Any
    results: Results
    pairs: tuple[Pair, ...]
    summary: dict[str, Any]

    @property
    def name(self) -> str:
        return self.method.name

    @property
    def failures(self) -> dict[str, str]:
        """{picture file: why it was not completed}."""
        return self.results.failures

    @property
    def seconds(self) -> float:
        """The time that its pictures took in all runs together."""
        return self.results.seconds([pair.name for pair in self.pairs])


@dataclass(frozen=True)
class Comparison:
    """What is compared.

    tested: the methods, the one that matters first.
    pairs: the pictures that all of them completed.
    rows: {method's name: rows of metrics.csv for `pairs`}.
    summaries: {method's name: `statistics.summarise` of its rows, and scores of sets if any}.
    differences: {other's name: `statistics.difference` of the first method and it}.
    """

    tested: tuple[Tested, ...]
    pairs: tuple[Pair, ...]
    rows: dict[str, list[dict[str, Any]]]
    summaries: dict[str, dict[str, Any]]
    differences: dict[str, tuple[dict[str, Any], dict[str, Any], int]]

    @property
    def first(self) -> Tested:
        return self.tested[0]


def compare(tested: Sequence[Tested], set_judges: Sequence[Any] = ()) -> Comparison | None:
    """Compare methods; None where no picture was completed by all of them.

    set_judges: for scores of sets, such as an `of_a_set.SetJudge`.
    """
    pairs = _shared_pairs(tested)
    if not pairs:
        return None
    names = [pair.name for pair in pairs]
    rows = {one.name: one.results.rows(names) for one in tested}
    summaries = {}
    for one in tested:
        summaries[one.name] = _summary(one, rows[one.name])
        for judge in set_judges:
            of_set = judge.judge(one.name, pairs, one.results)
            if of_set:
                summaries[one.name][judge.branch] = of_set
    first, *others = rows
    differences = {name: statistics.difference(rows[first], rows[name]) for name in others}
    return Comparison(tuple(tested), pairs, rows, summaries, differences)


def _shared_pairs(tested):
    first, *others = tested
    return tuple(
        pair for pair in first.pairs if all(one.results.is_done(pair.name) for one in others)
    )


def _summary(one, rows):
    """Scores of `rows`. The bootstrap of all of a method's pictures is not done twice."""
    if len(rows) == one.summary["images"]:
        return one.summary | {"failed": 0}
    return statistics.summarise(rows)
