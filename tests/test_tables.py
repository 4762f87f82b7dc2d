"""Tables as text, Markdown, LaTeX and HTML; the paper's beside ours."""

import pytest

from inpaint_tf import summaries
from inpaint_tf.paper_table import PUBLISHED, paper_table
from inpaint_tf.scoring import SCORE_COLUMNS
from inpaint_tf.tables import (
    Table,
    band_table,
    confidence_table,
    difference_table,
    score_tables,
)


def rows(value, count=3, hole_share=0.25, **scores):
    return [
        {
            "image": f"{index}.png",
            "width": 256,
            "height": 256,
            "hole_share": hole_share,
            **dict.fromkeys(SCORE_COLUMNS, value + index),
            **scores,
        }
        for index in range(count)
    ]


def summary(given):
    return {
        "images": len(given),
        **summaries.average(given),
        "confidence": summaries.confidence(given),
        "bands": summaries.by_hole_size(given),
    }


def test_one_table_in_four_forms():
    table = Table("Scores & more", ["", "L1 %"], [["a|b_c", "1.00"], ["d", "12.00"]])
    assert table.as_text().splitlines() == [
        "Scores & more",
        "          L1 %",
        "  a|b_c   1.00",
        "  d      12.00",
    ]
    assert table.as_markdown().splitlines()[2:] == [
        "|  | L1 % |",
        "| --- | ---: |",
        "| a\\|b_c | 1.00 |",
        "| d | 12.00 |",
    ]
    latex = table.as_latex()
    assert r"\caption{Scores \& more}" in latex
    assert r"a|b\_c & 1.00 \\" in latex
    assert r" & L1 \% \\" in latex
    page = table.as_html()
    assert "<caption>Scores &amp; more</caption>" in page
    assert "<td>a|b_c</td><td>1.00</td>" in page


def test_a_row_for_each_method_and_a_column_for_each_score_that_one_has():
    with_raw = summary(rows(0.5, hole_raw_psnr=3.0, fill_identity=float("nan")))
    without = summary(rows(0.25, fill_identity=float("nan")))
    tables = {table.title: table for table in score_tables({"ours": with_raw, "telea": without})}
    whole = tables["Whole picture, composite"]
    assert whole.header == ["", "PSNR", "SSIM", "MS-SSIM", "LPIPS", "L1 %", "L2 %", "TV %"]
    assert [row[:4] for row in whole.rows] == [
        ["ours", "1.50", "1.5000", "1.5000"],
        ["telea", "1.25", "1.2500", "1.2500"],
    ]
    # Raw outputs that are the composites say nothing new.
    assert [row[0] for row in tables["Hole, raw output"].rows] == ["ours"]
    assert "MS-SSIM" not in tables["Hole, composite"].header
    assert tables["The filling"].header == ["", "sharpness", "seam", "face", "eyes"]


def test_intervals_bands_and_differences():
    small, large = rows(1.0, hole_share=0.05), rows(2.0, hole_share=0.35)
    both = summary([*small, *large])
    assert band_table({"ours": summary(small)}) is None
    bands = band_table({"ours": both, "telea": summary(small)})
    assert [row[:4] for row in bands.rows] == [
        ["0-10 %", "ours", "3", "2.00"],
        ["0-10 %", "telea", "3", "2.00"],
        ["30-40 %", "ours", "3", "3.00"],
    ]
    interval = confidence_table({"ours": summary(small)}).rows[0][1]
    low, high = map(float, interval.strip("[]").split(","))
    assert 1.0 <= low < 2.0 < high <= 3.0
    table = difference_table("ours", {"telea": summaries.difference(large, small)})
    assert table.rows == [
        ["telea", "3", "+1.00 [1.00, 1.00]", "+1.0000 [1.0000, 1.0000]", *table.rows[0][4:]]
    ]


def test_the_papers_table_says_what_differs():
    given = rows(25.0, 2)
    table, notes = paper_table({"ours": (summary(given), given)}, central=True)
    assert table.rows[0] == list(PUBLISHED[0])
    assert table.rows[-1] == [
        "ours (this test)",
        "central square",
        "128x128 of 256x256",
        "25.50",
        "25.5000",
    ]
    assert any("2 pictures, not 2,000" in note for note in notes)
    assert not any("other pictures than" in note for note in notes)


@pytest.mark.parametrize(
    ("central", "change", "hole", "note"),
    [
        (True, {"width": 64}, "32x128 of 64x256", "other pictures than 256x256"),
        (False, {}, "25 % of the area", "holes of mask pictures"),
    ],
)
def test_other_protocols_are_marked(central, change, hole, note):
    given = [row | change for row in rows(25.0)]
    table, notes = paper_table({"ours": (summary(given), given)}, central)
    assert table.rows[-1][2] == hole
    assert any(note in line for line in notes)
