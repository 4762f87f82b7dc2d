"""All tables of a comparison and the lines of text to read with them."""

from collections.abc import Iterable
from dataclasses import dataclass

from inpaint_tf.evaluation.report import tables
from inpaint_tf.evaluation.report.comparison import Comparison
from inpaint_tf.evaluation.report.published_table import comparable, paper_table
from inpaint_tf.evaluation.report.tables import Table


@dataclass(frozen=True)
class TableSet:
    """The tables of one comparison.

    scores: a table of scores for each region and output, then by hole size, then differences.
    confidence: intervals of the means; None for a single picture.
    paper: the paper's own table with the tested methods beneath; None for tests that are not
      `comparable`, unless asked for.
    remarks: lines to read with `scores`; notes: lines to read with `paper`.
    warnings: those of `remarks` without which the scores mislead: they stand beside the headline.
    """

    scores: tuple[Table, ...]
    confidence: Table | None
    paper: Table | None
    remarks: tuple[str, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def all_scores(self) -> tuple[Table, ...]:
        """`scores` and `confidence`."""
        return (*self.scores, *([self.confidence] if self.confidence else []))


def tabulate(
    comparison: Comparison,
    central: bool,
    remarks: Iterable[str] = (),
    beside_paper: bool = False,
    warnings: Iterable[str] = (),
) -> TableSet:
    """The tables of a comparison.

    central: whether the holes are the central half of each side. remarks: more lines to read.
    beside_paper: show the paper's table also for a test that is not `comparable`.
    warnings: more remarks, see `TableSet`.
    """
    warnings = tuple(warnings)
    found = comparison.summaries
    shown = [*tables.score_tables(found), tables.band_table(found)]
    if comparison.differences:
        shown.append(tables.difference_table(comparison.first.name, comparison.differences))
    several = len(comparison.pairs) > 1
    counts = {one.name: len(one.pairs) for one in comparison.tested}
    results = {name: (found[name], comparison.rows[name]) for name in found}
    paper, notes = (None, [])
    if beside_paper or all(comparable(rows) for _, rows in results.values()):
        paper, notes = paper_table(results, central)
    return TableSet(
        scores=tuple(table for table in shown if table),
        confidence=tables.confidence_table(found) if several else None,
        paper=paper,
        remarks=(*warnings, *remarks, *tables.notes(found, counts)),
        notes=tuple(notes),
        warnings=warnings,
    )
