"""Tables as text, Markdown, LaTeX and HTML; the paper's beside ours."""

import pytest

from inpaint_tf.evaluation import statistics
from inpaint_tf.evaluation.report.published_table import PUBLISHED, comparable, paper_table
from inpaint_tf.evaluation.report.tables import (
    Table,
    band_table,
    confidence_table,
    difference_table,
    notes,
    number,
    score_tables,
)
from inpaint_tf.evaluation.scores import table as score_table

OF_A_RECOGNISER = [each for each in score_table.columns() if each.startswith("face_")]


def rows(value, count=3, hole_share=0.25, **scores):
    return [
        {
            "image": f"{index}.png",
            "width": 256,
            "height": 256,
            "hole_share": hole_share,
            **dict.fromkeys(score_table.columns(), value + index),
            **dict.fromkeys(OF_A_RECOGNISER, float("nan")),
            **scores,
        }
        for index in range(count)
    ]


def summary(given):
    return statistics.summarise(given)


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
    fill = ["", "sharpness", "robust sharpness", "specks %", "seam", "face", "eyes"]
    assert tables["The filling"].header == fill
    # Nobody asked a recogniser: it has no table.
    assert "The completed face, by a recogniser" not in tables


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
    table = difference_table("ours", {"telea": statistics.difference(large, small)})
    assert table.rows == [
        ["telea", "3", "+1.00 [1.00, 1.00]", "+1.0000 [1.0000, 1.0000]", *table.rows[0][4:]]
    ]


def test_pictures_equal_to_the_truth_are_told():
    equal = {"full_composite_l2": 0.0, "full_composite_psnr": float("inf")}
    some = summary([*rows(20.0, 2), rows(30.0, 3, **equal)[2]])
    every = summary(rows(30.0, **equal))
    tables = score_tables({"some": some, "every": every})
    whole = next(table for table in tables if table.title == "Whole picture, composite")
    assert [row[1] for row in whole.rows] == ["20.50", "inf"]
    lines = list(notes({"some": some, "every": every}, {"some": 3, "every": 3}))
    assert [line.split(";")[0] for line in lines] == [
        "some: 1 of 3 pictures equal the truth",
        "every: 3 of 3 pictures equal the truth",
    ]


def test_methods_that_completed_different_pictures_are_told():
    both = {"ours": summary(rows(1.0, 2)), "theirs": summary(rows(2.0, 2))}
    [line] = notes(both, {"ours": 3, "theirs": 2})
    assert line == "Scores are of the 2 pictures that every method completed (ours 3, theirs 2)."
    assert list(notes(both, {"ours": 2, "theirs": 2})) == []


def test_numbers_have_no_negative_zero():
    assert number(-0.00001, 2) == "0.00"
    assert number(-0.00001, 2, sign=True) == "+0.00"
    assert number(-0.5, 2) == "-0.50"


def test_the_papers_table_says_what_differs():
    given = rows(25.0, 2)
    table, lines = paper_table({"ours": (summary(given), given)}, central=True)
    assert table.rows[0] == list(PUBLISHED[0])
    assert table.rows[-1] == [
        "ours (this test)",
        "central square",
        "128x128 of 256x256",
        "25.50",
        "25.5000",
    ]
    assert any("2 pictures, not 2,000" in line for line in lines)
    assert not any("other pictures than" in line for line in lines)


def test_another_size_is_marked():
    given = [row | {"width": 64} for row in rows(25.0)]
    table, lines = paper_table({"ours": (summary(given), given)}, central=True)
    assert table.rows[-1][2] == "32x128 of 64x256"
    assert any("other pictures than 256x256" in line for line in lines)


def test_other_holes_are_marked():
    given = rows(25.0)
    table, lines = paper_table({"ours": (summary(given), given)}, central=False)
    assert table.rows[-1][2] == "25 % of the area"
    assert any("holes of mask pictures" in line for line in lines)


@pytest.mark.parametrize(
    ("count", "change", "expected"),
    [(100, {}, True), (99, {}, False), (100, {"width": 64}, False)],
)
def test_only_tests_like_the_papers_stand_beside_it(count, change, expected):
    assert comparable([row | change for row in rows(25.0, count)]) is expected
