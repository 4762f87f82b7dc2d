"""report.html: whole, self-contained, and true to the scores."""

import base64
import math
import re
from html.parser import HTMLParser

import cv2
import numpy as np

from inpaint_tf.evaluation.report import html_page
from inpaint_tf.evaluation.report.tables import Table


def row(name, psnr):
    return {"image": name, html_page.PSNR: psnr}


def build(cases=None, **changes):
    truth = np.full((40, 30, 3), 60, np.uint8)
    case = {
        "group": "Best",
        "name": "a<b>.png",
        "input": truth,
        "truth": truth,
        "outputs": {"ours": (truth + 10, row("a", 20.0)), "telea": (truth, row("a", math.inf))},
    }
    given = {
        "title": "A <test>",
        "subtitle": "2 pictures",
        "tables": [Table("Scores", ["", "PSNR"], [["ours", "20.00"]])],
        "remarks": ["one of two < all"],
        "paper": Table("Table I", ["Method"], [["ours"]]),
        "notes": ["one & two"],
        "rows": {"ours": [row("a", 20.0), row("b", 24.0)], "telea": [row("a", math.inf)]},
        "cases": [case] if cases is None else cases,
        "settings": {"command": "test.py --images=$HOME"},
    } | changes
    return html_page.build_page(**given)


class Checker(HTMLParser):
    """Collects what a page refers to, and sees that its elements are closed."""

    EMPTY = ("meta", "img", "input", "line", "path")

    def __init__(self):
        super().__init__()
        self.open, self.sources, self.ids = [], [], []

    def handle_starttag(self, tag, attributes):
        if tag not in self.EMPTY:
            self.open.append(tag)
        for key, value in attributes:
            if key in ("src", "href"):
                self.sources.append(value)
            if key == "id":
                self.ids.append(value)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_else():
    text = build()
    checker = Checker()
    checker.feed(text)
    assert checker.open == []
    assert len(checker.ids) == len(set(checker.ids))
    assert {"input-0", "output-0-0", "output-0-1", "case", "method", "cut"} <= set(checker.ids)
    assert checker.sources
    assert all(source.startswith("data:image/jpeg;base64,") for source in checker.sources)
    assert "<h2>Beside the paper</h2>" in text
    assert not re.search(r"https?://", text)
    assert "A &lt;test&gt;" in text
    assert "a&lt;b&gt;.png" in text
    assert "one &amp; two" in text
    assert "<p>one of two &lt; all</p>" in text
    assert "--images=$HOME" in text
    assert "20.00 dB" in text


def test_warnings_stand_beside_the_headline():
    text = build(warnings=["trained on 3 < 4 of these"])
    place = text.index("<p><b>trained on 3 &lt; 4 of these</b></p>")
    assert text.index("<h1>") < place < text.index("<h2>")
    assert "<b>trained" not in build()


def test_pictures_are_those_given_and_not_too_large():
    image = np.zeros((100, 2000, 3), np.uint8)
    image[..., 0] = 200
    data = base64.b64decode(html_page.picture(image).split(",")[1])
    shown = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert shown.shape[1] == html_page.SHOWN_SIDE
    np.testing.assert_allclose(shown[5, 100], [0, 0, 200], atol=6)  # OpenCV reads BGR


def test_best_median_and_worst_are_each_shown_once():
    rows = [row(f"{value:02}", float(value)) for value in range(21)]
    chosen = html_page.choose_cases([*rows, row("none", math.nan)])
    assert [(group, int(found["image"])) for group, found in chosen] == [
        *(("Best", value) for value in (20, 19, 18)),
        *(("Median", value) for value in (9, 10, 11)),
        *(("Worst", value) for value in (0, 1, 2)),
    ]
    few = html_page.choose_cases(rows[:4])
    assert sorted(found["image"] for _, found in few) == ["00", "01", "02", "03"]
    assert html_page.choose_cases([]) == []


def test_the_spread_counts_every_finite_picture():
    drawing = html_page.draw_spread({"a & b": [20.0, 20.1, 30.0, math.inf], "other": [25.0]})
    assert drawing.count("<path") == 2
    assert "2 pictures" in drawing  # the highest bar
    assert "a &amp; b" in drawing
    assert "No picture" in html_page.draw_spread({"ours": [math.inf]})
    assert "<svg" in html_page.draw_spread({"ours": [20.0]})


def test_few_pictures_have_no_spread_and_a_single_one_no_table_of_the_paper():
    many = {"ours": [row(f"{value:02}.png", float(value)) for value in range(20, 25)]}
    assert "How the pictures are spread" in build(rows=many)
    assert "How the pictures are spread" not in build()
    assert "Beside the paper" not in build(paper=None, notes=[])


def test_the_heading_names_the_groups_that_are_there():
    truth = np.full((8, 8, 3), 60, np.uint8)

    def heading(*groups):
        outputs = {"ours": (truth, row("a", 20.0))}
        cases = [
            {"group": group, "name": "a", "input": truth, "truth": truth, "outputs": outputs}
            for group in groups
        ]
        found = re.findall("<h2>(.*?)</h2>", build(cases, rows={"ours": [row("a", 20.0)]}))
        return found[1]

    assert heading("Best", "Best", "Median", "Worst") == "Best, median and worst"
    assert heading("Best", "Worst") == "Best and worst"
    assert heading("Best") == "The picture"


def test_a_method_that_failed_on_a_picture_leaves_its_place_empty():
    truth = np.zeros((8, 8, 3), np.uint8)
    case = {"group": "Worst", "name": "a.png", "input": truth, "truth": truth}
    case["outputs"] = {"ours": (truth, row("a", 10.0))}
    assert "not completed" in build([case])
