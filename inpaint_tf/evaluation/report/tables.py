"""The scores of one or more methods as tables, for a terminal, Markdown, LaTeX and HTML."""

import html
from dataclasses import dataclass

from inpaint_tf.evaluation.scores import table as score_table

AREAS = (
    ("Hole, composite", ("hole", "composite")),
    ("Whole picture, composite", ("full", "composite")),
    ("Whole picture, raw output", ("full", "raw")),
    ("Hole, raw output", ("hole", "raw")),
    ("The filling", ("fill",)),
    ("The completed face, by a recogniser", ("face",)),
    ("The completed faces as a set, by a recogniser", ("face_set",)),
    ("The composites as a set", ("set",)),
)
"""Title of each table, and where its scores are in a summary."""

COMPARED = (
    ("PSNR", ("full", "composite", "psnr")),
    ("SSIM", ("full", "composite", "ssim")),
    ("hole PSNR", ("hole", "composite", "psnr")),
    ("hole SSIM", ("hole", "composite", "ssim")),
    ("sharpness", ("fill", "sharpness")),
)
"""Heading and place of the scores in the tables by hole size and of differences."""


@dataclass(frozen=True)
class Table:
    """header: column headings, the first of the rows' names; rows: lists of text."""

    title: str
    header: list
    rows: list

    def as_text(self):
        lines = [self.header, *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.header))]
        aligned = [
            "  ".join(
                cell.ljust(width) if column == 0 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
            for line in lines
        ]
        return "\n".join([self.title, *(f"  {line}".rstrip() for line in aligned)])

    def as_markdown(self):
        escaped = [[cell.replace("|", "\\|") for cell in line] for line in self.rows]
        rule = ["---", *["---:"] * (len(self.header) - 1)]
        lines = ["| " + " | ".join(line) + " |" for line in (self.header, rule, *escaped)]
        return "\n".join([f"**{self.title}**", "", *lines])

    def as_latex(self):
        """A table environment; it needs the package booktabs."""
        columns = "l" + "r" * (len(self.header) - 1)
        lines = [" & ".join(map(_latex, line)) + r" \\" for line in (self.header, *self.rows)]
        return "\n".join(
            [
                r"\begin{table}",
                rf"\caption{{{_latex(self.title)}}}",
                rf"\begin{{tabular}}{{{columns}}}",
                r"\toprule",
                lines[0],
                r"\midrule",
                *lines[1:],
                r"\bottomrule",
                r"\end{tabular}",
                r"\end{table}",
            ]
        )

    def as_html(self):
        def line(cells, tag):
            return "<tr>" + "".join(f"<{tag}>{html.escape(c)}</{tag}>" for c in cells) + "</tr>"

        body = "\n".join(line(row, "td") for row in self.rows)
        return (
            f"<table>\n<caption>{html.escape(self.title)}</caption>\n"
            f"<thead>{line(self.header, 'th')}</thead>\n<tbody>\n{body}\n</tbody>\n</table>"
        )


def score_tables(summaries):
    """A table for each of `AREAS`, with a row for each method.

    summaries: {method's name: summary of `Results.finish`}. Scores that no method has are left out,
    and tables without any; so are raw outputs that are the composites.
    """
    tables = []
    for title, place in AREAS:
        branches = {
            name: _at(summary, place) for name, summary in summaries.items() if place[0] in summary
        }
        if place[-1] == "raw":
            branches = {
                name: branch
                for name, branch in branches.items()
                if branch != summaries[name][place[0]]["composite"]
            }
        if not branches:
            continue
        scores = {
            key: score
            for key, score in score_table.printed().items()
            if any(branch.get(key) is not None for branch in branches.values())
        }
        if not scores:
            continue
        rows = [
            [name, *(_value(summaries[name], branch, key, scores[key].digits) for key in scores)]
            for name, branch in branches.items()
        ]
        tables.append(Table(title, ["", *(score.heading for score in scores.values())], rows))
    return tables


def notes(summaries, images):
    """What a reader of the tables must know, as lines of text.

    images: {method's name: how many pictures it completed}; the tables are of those that all did.
    """
    counts = {name: summary["images"] for name, summary in summaries.items()}
    if set(images.values()) != set(counts.values()):
        each = ", ".join(f"{name} {count:,}" for name, count in images.items())
        shared = next(iter(counts.values()))
        yield f"Scores are of the {shared:,} pictures that every method completed ({each})."
    for name, summary in summaries.items():
        if summary["identical"]:
            yield (
                f"{name}: {summary['identical']:,} of {summary['images']:,} pictures equal the "
                "truth; their infinite PSNR is in no mean, no interval and no difference."
            )


def confidence_table(summaries):
    """95 % intervals of the scores in `COMPARED`."""
    rows = [
        [name, *(_interval(summary["confidence"], place) for _, place in COMPARED)]
        for name, summary in summaries.items()
    ]
    title = "Composite: 95 % bootstrap intervals of the means"
    return Table(title, ["", *(heading for heading, _ in COMPARED)], rows)


def band_table(summaries):
    """The scores in `COMPARED` by share of hole; None where all holes are of one band."""
    bands = {
        (band["from"], band["to"]): f"{100 * band['from']:.0f}-{100 * band['to']:.0f} %"
        for summary in summaries.values()
        for band in summary["bands"]
    }
    if len(bands) < 2:
        return None
    rows = []
    for key in sorted(bands):
        for name, summary in summaries.items():
            band = next((b for b in summary["bands"] if (b["from"], b["to"]) == key), None)
            if band:
                scores = (number(_at(band, place), _digits(place)) for _, place in COMPARED)
                rows.append([bands[key], name, str(band["images"]), *scores])
    header = ["hole", "method", "pictures", *(heading for heading, _ in COMPARED)]
    return Table("Composite, by share of the picture that is hole", header, rows)


def difference_table(name, differences):
    """How far the method `name` lies above each other one.

    differences: {other's name: what `statistics.difference` gives}.
    """
    rows = []
    for other, (means, intervals, count) in differences.items():
        cells = (
            f"{number(_at(means, place), _digits(place), sign=True)} {_interval(intervals, place)}"
            for _, place in COMPARED
        )
        rows.append([other, str(count), *cells])
    header = ["", "pictures", *(heading for heading, _ in COMPARED)]
    return Table(f"{name} less each other, picture by picture, with 95 % intervals", header, rows)


def number(value, digits, sign=False):
    """A number as text, "-" for None."""
    if value is None:
        return "-"
    text = f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}"
    return text if float(text) else text.replace("-", "+" if sign else "")


def _value(summary, branch, key, digits):
    value = branch.get(key)
    if key == "psnr" and value is None and summary["identical"] == summary["images"]:
        return "inf"  # every picture is the truth
    return number(value, digits)


def _interval(intervals, place):
    ends, digits = _at(intervals, place), _digits(place)
    return "-" if ends is None else f"[{ends[0]:.{digits}f}, {ends[1]:.{digits}f}]"


def _digits(place):
    return score_table.SCORES[place[-1]].digits


def _at(tree, place):
    for key in place:
        tree = tree[key]
    return tree


def _latex(text):
    for character in "\\&%_#$":
        replacement = r"\textbackslash{}" if character == "\\" else "\\" + character
        text = text.replace(character, replacement)
    return text
