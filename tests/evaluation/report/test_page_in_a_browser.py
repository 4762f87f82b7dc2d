"""report.html in Chromium: nothing overflows, and every picture can be reached."""

import html
import json
import re
import shutil
import subprocess

import numpy as np
import pytest

from inpaint_tf.evaluation.report import html_page
from inpaint_tf.evaluation.report.tables import Table

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium here")

WIDTHS = (390, 768, 1440)
METHODS = ("faces256", "a-run-with-a-name-that-is-much-longer-than-others", "telea", "ns")
LOOK = """
const inside = frames[FRAME].document, page = inside.documentElement;
const figures = () => [...inside.querySelectorAll("#gallery figcaption")].map(f => f.textContent);
const found = {
  overflow: page.scrollWidth - page.clientWidth,
  wide: [...inside.querySelectorAll("*")]
    .filter(e => e.getBoundingClientRect().right > page.clientWidth + 1)
    .filter(e => !e.closest(".wide, .tables > div")).slice(0, 8)
    .map(e => e.tagName + "." + e.className + "#" + e.id),
  dark: getComputedStyle(inside.body).backgroundColor,
  count: figures().length, first: figures()[0], page: inside.getElementById("page").textContent,
};
inside.getElementById("next").click();
found.second = inside.getElementById("page").textContent;
inside.querySelector(".row button").click();
found.opened = inside.getElementById("viewer").open;
found.large = inside.getElementById("large").src.slice(0, 22);
found.overflow_opened = page.scrollWidth - page.clientWidth;
all.push(found);
"""


def page(pictures):
    name = "a/folder/with/a_name_without_any_place_to_break_{:05}.png".format
    rows = {
        method: [
            {"image": name(i), html_page.PSNR: 10 + i / 100, "hole_composite_ssim": 0.5}
            for i in range(pictures)
        ]
        for method in METHODS
    }
    picture = np.full((40, 40, 3), 90, np.uint8)
    case = {"group": "Best", "name": name(0), "input": picture, "truth": picture}
    case["outputs"] = {method: (picture, rows[method][0]) for method in METHODS}
    scores = Table(
        "Whole picture", ["", *["a long heading"] * 9], [[m, *["20.00"] * 9] for m in METHODS]
    )
    return html_page.build_page(
        title=f"Inpainting test: {', '.join(METHODS)}",
        subtitle=f"{pictures} pictures of /some/where/{'deep/' * 30}",
        tables=[scores, scores],
        remarks=["A line to read. " * 20],
        paper=Table("Table I", ["Method", "Mask type", "Mask size"], [["x" * 60, "y" * 30, "z"]]),
        notes=["A note. " * 30],
        rows=rows,
        cases=[case] * min(pictures, 9),
        settings={"command": "test.py --images=" + "x" * 300, METHODS[1]: "y" * 200},
    )


def look(tmp_path, text):
    """What is found in the page at each of `WIDTHS`."""
    frames = "".join(
        f'<iframe width="{width}" height="900" srcdoc="{html.escape(text)}"></iframe>'
        for width in WIDTHS
    )
    looks = "".join(LOOK.replace("FRAME", str(i)).join("{}") for i in range(len(WIDTHS)))
    wrapper = tmp_path / "wrapper.html"
    wrapper.write_text(
        f"<body>{frames}<pre id='out'></pre><script>onload = () => {{ const all = []; {looks}"
        "document.getElementById('out').textContent = JSON.stringify(all); }</script>"
    )
    shown = subprocess.run(
        [
            *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
            *(f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=10000"),
            wrapper.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    ).stdout
    return json.loads(html.unescape(re.search(r'<pre id="out">(.*?)</pre>', shown)[1]))


@pytest.mark.parametrize("pictures", [1, 2000])
def test_nothing_overflows_and_all_is_reached(tmp_path, pictures):
    for width, found in zip(WIDTHS, look(tmp_path, page(pictures)), strict=True):
        assert found["overflow"] <= 0, (width, found["wide"])
        assert found["overflow_opened"] <= 0, width
        assert found["count"] == min(pictures, 24)
        assert found["first"].startswith("10.00 a/folder")  # the worst
        pages = -(-pictures // 24)
        counted = "1 picture" if pictures == 1 else "2,000 pictures"
        assert found["page"] == f"{counted}, page 1 of {pages}"
        assert found["second"] == f"{counted}, page {min(2, pages)} of {pages}"
        assert found["opened"]
        assert found["large"] == "data:image/jpeg;base64"
