"""The documents, as far as they can be checked without building their site."""

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_figure_is_that_of_the_tables():
    draw = runpy.run_path(str(ROOT / "scripts" / "draw_networks.py"))
    assert draw["OUTPUT"].read_text(encoding="utf-8") == draw["drawing"]()
    for name in ("conv1:", "xconv10_atrous:", "contextual attention", "allconv17:"):
        assert f"<title>{name}" in draw["drawing"]()


def test_every_document_is_a_page_of_the_site():
    navigation = (ROOT / "mkdocs.yml").read_text().split("nav:")[1]
    pages = set(re.findall(r": (\w+\.md)", navigation))
    outside = re.search(r"OUTSIDE = \{(.*?)\}", (ROOT / "scripts/docs_site.py").read_text(), re.S)
    moved = re.findall(r'"([^"]+)": "([^"]+)"', outside[1])
    assert all((ROOT / path).is_file() for path, _ in moved)
    written = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert pages == written | {page for _, page in moved}
