"""The files that a comparison leaves for people: contact sheets, tables for a paper, one page."""

import json
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from inpaint_tf.data import picture_files
from inpaint_tf.data.atomic_files import write_text
from inpaint_tf.engines.environment import describe_environment
from inpaint_tf.evaluation import pairing
from inpaint_tf.evaluation.picture_size import ShorterSide
from inpaint_tf.evaluation.report import contact_sheet, html_page
from inpaint_tf.evaluation.report.comparison import Comparison, Tested
from inpaint_tf.evaluation.report.table_set import TableSet
from inpaint_tf.evaluation.settings import EvaluationSettings

SHEET_ROWS = 8


def write_report(comparison: Comparison, tables: TableSet, settings: EvaluationSettings) -> None:
    """Write tables and page into the output folder, and a contact sheet into each method's."""
    folder = Path(settings.output)
    for one in comparison.tested:
        sheet = draw_contact_sheet(one, settings)
        picture_files.write_png(one.results.folder / pairing.CONTACT_SHEET, sheet)
    write_text(folder / "table.md", as_markdown(tables))
    write_text(folder / "table.tex", as_latex(tables))
    write_text(folder / "report.html", as_page(comparison, tables, settings))


def write_comparison(comparison: Comparison, folder: Path) -> None:
    """Write the summary.json of several methods."""
    described = {
        name: {"images": count, **means, "confidence": intervals}
        for name, (means, intervals, count) in comparison.differences.items()
    }
    both = {"methods": comparison.summaries, "differences": described}
    write_text(folder / "summary.json", json.dumps(both, indent=2, allow_nan=False) + "\n")


def as_markdown(tables: TableSet) -> str:
    """Tables and the lines of text with them."""
    parts = [table.as_markdown() for table in tables.all_scores]
    if tables.remarks:
        parts.append("\n".join(f"- {line}" for line in tables.remarks))
    if tables.paper:
        parts.append(tables.paper.as_markdown())
    if tables.paper and tables.notes:
        parts.append("\n".join(f"- {line}" for line in tables.notes))
    return "\n\n".join(parts) + "\n"


def as_latex(tables: TableSet) -> str:
    """Tables alone."""
    return "\n\n".join(table.as_latex() for table in tables.all_scores) + "\n"


def as_page(comparison: Comparison, tables: TableSet, settings: EvaluationSettings) -> str:
    """One HTML page with tables, the spread of PSNR, and pictures."""
    return html_page.build_page(
        title=f"Inpainting test: {', '.join(comparison.summaries)}",
        subtitle=f"{_count(len(comparison.pairs))} of {settings.images}",
        tables=tables.all_scores,
        remarks=tables.remarks,
        warnings=tables.warnings,
        paper=tables.paper,
        notes=tables.notes,
        rows=comparison.rows,
        cases=_cases(comparison, settings),
        settings=_described_settings(comparison.tested, settings),
        folders=_folders(comparison.tested, Path(settings.output)),
    )


def _folders(tested, output):
    """{method's name: the folder of its pictures, as the page in `output` names it}."""
    return {
        one.name: "" if one.results.folder == output else f"{quote(one.results.folder.name)}/"
        for one in tested
    }


def _count(pictures):
    return f"{pictures:,} picture{'' if pictures == 1 else 's'}"


def draw_contact_sheet(one: Tested, settings: EvaluationSettings) -> np.ndarray:
    """Up to `SHEET_ROWS` pictures of one method, uint8 RGB: see `contact_sheet.contact_sheet`."""
    entries = []
    for pair in contact_sheet.evenly_spaced(one.pairs, SHEET_ROWS):
        truth, mask = pair.read(settings.size)
        completed = picture_files.read_image(one.results.folder / pair.name)
        row = one.results.row(pair.name)
        psnr, ssim = row["hole_composite_psnr"], row["hole_composite_ssim"]
        # OpenCV's font knows ASCII only.
        name = pair.name.encode("ascii", "replace").decode()
        caption = f"{name}   hole PSNR {psnr:.2f} dB, SSIM {ssim:.3f}"
        entries.append((caption, truth, completed, mask))
    return contact_sheet.contact_sheet(entries, one.method.fill_level)


def _cases(comparison: Comparison, settings: EvaluationSettings) -> Iterator[dict[str, Any]]:
    """The pictures of the page, chosen by the first method's scores."""
    first = comparison.first
    by_name = {pair.name: pair for pair in first.pairs}
    for group, row in html_page.choose_cases(first.results.rows(by_name)):
        name = row["image"]
        truth, mask = by_name[name].read(settings.size)
        covered = truth.copy()
        covered[mask == 1] = first.method.fill_level
        done = [one for one in comparison.tested if one.results.is_done(name)]
        yield {
            "group": group,
            "name": name,
            "input": covered,
            "truth": truth,
            "outputs": {one.name: _output(one.results, name) for one in done},
        }


def _output(results, name):
    return picture_files.read_image(results.folder / name), results.row(name)


def _described_settings(tested, settings: EvaluationSettings) -> dict[str, str]:
    """What the page says about how it was made."""
    versions = describe_environment()
    shown = {
        "command": " ".join(versions["command"]),
        "images": str(settings.images),
        "masks": str(settings.masks),
        "size": _described_size(settings.size),
    }
    for one in tested:
        about = ", ".join(f"{key} {value}" for key, value in one.method.settings.items())
        shown[one.name] = f"{about}; {_count(len(one.pairs))} in {one.seconds:.0f} s"
    packages = (f"{name} {version}" for name, version in versions["packages"].items() if version)
    shown["versions"] = f"Python {versions['python']}, {', '.join(packages)}"
    shown["machine"] = f"{versions['platform']}, {platform.machine()}"
    if versions["git_commit"]:
        shown["commit"] = versions["git_commit"]
    return shown


def _described_size(size):
    if isinstance(size, int):
        return f"{size}x{size}"
    return str(size) if isinstance(size, ShorterSide) else "as the pictures are"
