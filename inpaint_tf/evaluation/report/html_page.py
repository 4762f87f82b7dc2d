"""report.html: the scores, their spread and pictures to look at, in one file without a network.

The chosen pictures are in the page itself; all others it loads from the results beside it.
"""

import base64
import html
import math
from importlib import resources
from string import Template
from types import MappingProxyType

import numpy as np

from inpaint_tf.data import picture_files
from inpaint_tf.evaluation.report.contact_sheet import fit
from inpaint_tf.evaluation.report.page_data import page_data
from inpaint_tf.evaluation.report.tables import number
from inpaint_tf.inference.error_map import error_map

SHOWN_SIDE = 512
"""Pixels of the pictures' longer side, at most."""
QUALITY = 88
CASES = 3
"""Pictures of each of best, median and worst."""
BINS = 32
FEWEST_SPREAD = 5
"""Pictures of which the spread is drawn."""
COLOURS = ("#2b6cb0", "#c05621", "#2f855a", "#6b46c1", "#b83280", "#4a5568")
WIDTH, HEIGHT, BORDER = 720, 220, 30
"""Of the drawing of the spread, in its own units."""
PSNR = "hole_composite_psnr"


def choose_cases(rows):
    """[(group, row)] of the best, median and worst pictures by PSNR in the hole; each once."""
    ordered = sorted(
        (row for row in rows if not math.isnan(row[PSNR])),
        key=lambda row: (row[PSNR], row["image"]),
    )
    middle = max((len(ordered) - CASES) // 2, 0)
    groups = {
        "Best": ordered[::-1][:CASES],
        "Worst": ordered[:CASES],
        "Median": ordered[middle : middle + CASES],
    }
    chosen, seen = [], set()
    for group in ("Best", "Worst", "Median"):  # the median of few pictures is one of the others
        fresh = [row for row in groups[group] if row["image"] not in seen]
        seen |= {row["image"] for row in fresh}
        chosen += [(group, row) for row in fresh]
    order = ("Best", "Median", "Worst")
    return sorted(chosen, key=lambda case: order.index(case[0]))


def build_page(
    title,
    subtitle,
    tables,
    remarks,
    paper,
    notes,
    rows,
    cases,
    settings,
    folders=MappingProxyType({}),
    warnings=(),
):
    """The whole page as text.

    tables: `tables.Table`s, and remarks: lines to read with them.
    paper: the table of `paper_table` or None, and notes: its lines.
    rows: {method's name: rows of its `Results`}.
    cases: dicts of group, name, input, truth, mask, and outputs {method's name: (picture, row)};
      pictures are uint8 RGB.
    settings: {what: value}, shown at the end.
    folders: see `page_data`.
    warnings: lines beside the headline.
    """
    names, cases = list(rows), list(cases)
    template = Template(
        resources.files("inpaint_tf.evaluation.report")
        .joinpath("page_template.html")
        .read_text(encoding="utf-8")
    )
    return template.substitute(
        title=html.escape(title),
        subtitle=html.escape(subtitle),
        tables="\n".join(f"<div>{table.as_html()}</div>" for table in tables),
        warnings="\n".join(f"<p><b>{html.escape(line)}</b></p>" for line in warnings),
        remarks="\n".join(f"<p>{html.escape(remark)}</p>" for remark in remarks),
        paper=_beside_the_paper(paper, notes),
        spread=_spread({name: [row[PSNR] for row in rows[name]] for name in names}),
        chosen=_chosen([case["group"] for case in cases]),
        data=page_data(rows, folders),
        options=_options([case["name"] for case in cases]),
        methods=_options(names),
        first=html.escape(names[0]),
        headline=html.escape(_headline(tables[0])),
        cases=_case_rows(cases, names),
        settings="\n".join(
            f"<dt>{html.escape(key)}</dt><dd>{html.escape(str(value))}</dd>"
            for key, value in settings.items()
        ),
    )


def _beside_the_paper(paper, notes):
    if paper is None:
        return ""
    items = "\n".join(f"<li>{html.escape(note)}</li>" for note in notes)
    table = f'<div class="wide texts">\n{paper.as_html()}\n</div>'
    return f"<h2>Beside the paper</h2>\n{table}\n<ul>\n{items}\n</ul>"


def _spread(values):
    """The drawing with its heading; nothing for few pictures, which have no spread to speak of."""
    if max(map(len, values.values())) < FEWEST_SPREAD:
        return ""
    return f"<h2>How the pictures are spread</h2>\n{draw_spread(values)}"


def _chosen(groups):
    """The heading over the chosen pictures: "Best, median and worst"."""
    there = list(dict.fromkeys(groups))
    if len(there) < 2:
        return "The picture" if len(groups) == 1 else "Pictures"
    first, *others = there
    words = [first, *(word.lower() for word in others)]
    return f"{', '.join(words[:-1])} and {words[-1]}"


def draw_spread(values):
    """An SVG of how many pictures have which PSNR, a line for each of {name: values}."""
    finite = {name: [v for v in given if math.isfinite(v)] for name, given in values.items()}
    everything = [value for given in finite.values() for value in given]
    if not everything:
        return "<p>No picture has a finite PSNR in the hole.</p>"
    low, high = math.floor(min(everything)), math.ceil(max(everything))
    edges = np.linspace(low, max(high, low + 1), BINS + 1)
    counts = {name: np.histogram(given, edges)[0] for name, given in finite.items()}
    top = max(count.max() for count in counts.values())

    def x(value):
        return BORDER + (value - edges[0]) / (edges[-1] - edges[0]) * (WIDTH - 2 * BORDER)

    def y(count):
        return HEIGHT - BORDER - count / top * (HEIGHT - 2 * BORDER)

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT + 20}" width="{WIDTH}" role="img" '
        'aria-label="Pictures by PSNR in the hole">',
        f'<line class="axis" x1="{BORDER}" x2="{WIDTH - BORDER}" y1="{y(0)}" y2="{y(0)}"/>',
    ]
    step = max(1, round((edges[-1] - edges[0]) / 10))
    for tick in np.arange(edges[0], edges[-1] + 0.5, step):
        parts.append(
            f'<text x="{x(tick):.1f}" y="{y(0) + 16}" text-anchor="middle">{tick:g}</text>'
        )
    parts.append(
        f'<text x="{WIDTH - BORDER}" y="{HEIGHT + 12}" text-anchor="end">hole PSNR, dB</text>'
    )
    parts.append(f'<text x="{BORDER}" y="{y(top) - 8}">{top} pictures</text>')
    legend = []
    for index, (name, count) in enumerate(counts.items()):
        colour = COLOURS[index % len(COLOURS)]
        steps = [f"M{x(edges[0]):.1f},{y(0):.1f}"]
        for left, right, value in zip(edges[:-1], edges[1:], count, strict=True):
            steps.append(f"L{x(left):.1f},{y(value):.1f}L{x(right):.1f},{y(value):.1f}")
        steps.append(f"L{x(edges[-1]):.1f},{y(0):.1f}")
        parts.append(f'<path d="{"".join(steps)}" fill="none" stroke="{colour}" stroke-width="2"/>')
        legend.append(f'<span style="color:{colour}">&#9644; {html.escape(name)}</span>')
    return "\n".join([f"<p>{' &nbsp; '.join(legend)}</p>", *parts, "</svg>"])


def picture(image):
    """A data URI of uint8 RGB, made smaller where it is large."""
    if max(image.shape[:2]) > SHOWN_SIDE:
        image = fit(image, SHOWN_SIDE)
    encoded = picture_files.encode_jpeg(image, QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(encoded).decode("ascii")


def _headline(table):
    """The first table's first score of each method, as a sentence."""
    title = table.title[:1].lower() + table.title[1:]
    scores = ", ".join(f"{row[0]} {row[1]}" for row in table.rows)
    return f"{table.header[1]} of the {title}: {scores}."


def _case_rows(cases, names):
    lines = []
    group = None
    for number_, case in enumerate(cases):
        if case["group"] != group and len(cases) > 1:
            group = case["group"]
            lines.append(f"<h3>{group}</h3>")
        cells = [_cell(case["input"], "input", case["name"], f"input-{number_}")]
        for index, name in enumerate(names):
            if name not in case["outputs"]:
                cells.append(f"<figure>{html.escape(name)}: not completed</figure>")
                continue
            output, row = case["outputs"][name]
            caption = f"{number(row[PSNR], 2)} dB"
            cells.append(_cell(output, name, caption, f"output-{number_}-{index}"))
        cells.append(_cell(case["truth"], "truth"))
        error = error_map(case["outputs"][names[0]][0], case["truth"])
        cells.append(_cell(error, f"error of {names[0]}"))
        lines.append('<div class="row">' + "".join(cells) + "</div>")
    return "\n".join(lines)


def _cell(image, what, caption="", identifier=None):
    named = f' id="{identifier}"' if identifier else ""
    what, caption = html.escape(what), html.escape(caption)
    return (
        f'<figure><button type="button"><img{named} src="{picture(image)}" alt="{what}"></button>'
        f"<figcaption><b>{what}</b> {caption}</figcaption></figure>"
    )


def _options(texts):
    return "".join(
        f'<option value="{index}">{html.escape(text)}</option>' for index, text in enumerate(texts)
    )
