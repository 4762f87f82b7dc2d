"""What test.py leaves for people: contact sheets, tables for a paper, one page, printed scores."""

import json
import platform
import sys
from pathlib import Path

from inpaint_tf.data import picture_files
from inpaint_tf.data.whole_files import write_text
from inpaint_tf.engines.environment import describe_environment
from inpaint_tf.evaluation import pairing, statistics
from inpaint_tf.evaluation.report import contact_sheet, html_page, tables
from inpaint_tf.evaluation.report.published_table import paper_table

SHEET_ROWS = 8


class Tested:
    """A method that was tested: its `Results`, and the pairs that were completed."""

    def __init__(self, method, results, pairs):
        self.method, self.results = method, results
        self.pairs = [pair for pair in pairs if results.is_done(pair.name)]

    @property
    def name(self):
        return self.method.name

    def rows(self, names):
        """Rows of the pictures `names`."""
        return self.results.rows(names)


def publish(folder, tested, several, args, set_judge=None):
    """Write everything for the methods of `tested`, first the one that matters, and print scores.

    Tables compare methods over the pictures that all of them completed: one that fails on the hard
    ones must not gain by it.
    folder: where the tables and the page go. several: whether each method has a folder below it.
    args: the flags of test.py. set_judge: a `set_judge.SetJudge`, or None.
    """
    folder = Path(folder)
    shared = [
        pair
        for pair in tested[0].pairs
        if all(one.results.is_done(pair.name) for one in tested[1:])
    ]
    if not shared:
        print("\nNo picture was completed by every method: there is nothing to compare.")
        return
    rows = {one.name: one.rows([pair.name for pair in shared]) for one in tested}
    found = {}
    for one in tested:
        _write_contact_sheet(one, args)
        of_set = set_judge.judge(one.name, shared, one.results) if set_judge else None
        found[one.name] = statistics.summarise(rows[one.name], of_set=of_set)
        if set_judge and not several:
            one.results.finish([pair.name for pair in one.pairs], of_set)
    first = tested[0].name
    differences = {
        name: statistics.difference(rows[first], rows[name]) for name in found if name != first
    }
    if several:
        both = {"methods": found, "differences": _described(differences)}
        write_text(folder / "summary.json", json.dumps(both, indent=2, allow_nan=False) + "\n")
    shown = [
        *tables.score_tables(found),
        tables.band_table(found),
        tables.difference_table(first, differences) if differences else None,
        tables.confidence_table(found),
    ]
    shown = [table for table in shown if table]
    remarks = list(tables.notes(found, {one.name: len(one.pairs) for one in tested}))
    central = args.masks == pairing.CENTER
    paper, notes = paper_table({name: (found[name], rows[name]) for name in found}, central)
    write_text(folder / "table.md", _markdown(shown, remarks, paper, notes))
    write_text(folder / "table.tex", "\n\n".join(table.as_latex() for table in shown) + "\n")
    text = html_page.build_page(
        f"Inpainting test: {', '.join(found)}",
        f"{len(shared):,} pictures of {args.images}",
        *(shown, remarks, paper, notes, rows),
        _cases(tested, args),
        _settings(tested, args),
    )
    write_text(folder / "report.html", text)
    for one in tested:
        seconds = one.results.seconds([pair.name for pair in one.pairs])
        print(f"\n{one.name}: {len(one.pairs):,} pictures in {seconds:.1f} s")
    for table in [*shown[:-1], paper]:
        print(f"\n{table.as_text()}")
    print("\n".join(["", *remarks, *notes, ""]))


def _markdown(shown, remarks, paper, notes):
    parts = [table.as_markdown() for table in shown]
    for lines, table in ((remarks, None), (notes, paper)):
        if table:
            parts.append(table.as_markdown())
        if lines:
            parts.append("\n".join(f"- {line}" for line in lines))
    return "\n\n".join(parts) + "\n"


def _described(differences):
    return {
        name: {"images": count, **means, "confidence": intervals}
        for name, (means, intervals, count) in differences.items()
    }


def _settings(tested, args):
    versions = describe_environment()
    shown = {
        "command": " ".join(sys.argv),
        "images": args.images,
        "masks": args.masks,
        "size": f"{args.size}x{args.size}" if args.size else "as the pictures are",
    }
    for one in tested:
        about = ", ".join(f"{key} {value}" for key, value in one.method.settings.items())
        seconds = one.results.seconds([pair.name for pair in one.pairs])
        shown[one.name] = f"{about}; {len(one.pairs):,} pictures in {seconds:.0f} s"
    packages = (f"{name} {version}" for name, version in versions["packages"].items() if version)
    shown["versions"] = f"Python {versions['python']}, {', '.join(packages)}"
    shown["machine"] = f"{versions['platform']}, {platform.machine()}"
    if versions["git_commit"]:
        shown["commit"] = versions["git_commit"]
    return shown


def _cases(tested, args):
    """The pictures of the page, chosen by the first method's scores."""
    by_name = {pair.name: pair for pair in tested[0].pairs}
    level = tested[0].method.fill_level
    for group, row in html_page.choose_cases(tested[0].rows(by_name)):
        truth, mask = by_name[row["image"]].read(args.size, args.invert_masks)
        yield {
            "group": group,
            "name": row["image"],
            "input": _covered(truth, mask, level),
            "truth": truth,
            "outputs": {
                one.name: (
                    picture_files.read_image(one.results.folder / row["image"]),
                    one.results.row(row["image"]),
                )
                for one in tested
                if one.results.is_done(row["image"])
            },
        }


def _covered(truth, mask, level):
    covered = truth.copy()
    covered[mask == 1] = level
    return covered


def _write_contact_sheet(one, args):
    entries = []
    for pair in contact_sheet.evenly_spaced(one.pairs, SHEET_ROWS):
        truth, mask = pair.read(args.size, args.invert_masks)
        completed = picture_files.read_image(one.results.folder / pair.name)
        row = one.results.row(pair.name)
        psnr, ssim = row["hole_composite_psnr"], row["hole_composite_ssim"]
        # OpenCV's font knows ASCII only.
        name = pair.name.encode("ascii", "replace").decode()
        caption = f"{name}   hole PSNR {psnr:.2f} dB, SSIM {ssim:.3f}"
        entries.append((caption, truth, completed, mask))
    sheet = contact_sheet.contact_sheet(entries, one.method.fill_level)
    picture_files.write_png(one.results.folder / pairing.CONTACT_SHEET, sheet)
