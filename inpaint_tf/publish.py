"""What test.py leaves for people: contact sheets, tables for a paper, one page, printed scores."""

import json
import platform
import sys
from pathlib import Path

from inpaint_tf import files, images, page, pairing, report, summaries, tables
from inpaint_tf.paper_table import paper_table
from inpaint_tf.results import write_text
from inpaint_tf.run_folder import describe_environment

SHEET_ROWS = 8


class Tested:
    """A method that was tested: its `Results`, the pairs that were completed, and its summary."""

    def __init__(self, method, results, pairs, summary):
        self.method, self.results, self.summary = method, results, summary
        self.pairs = [pair for pair in pairs if results.is_done(pair.name)]
        self.rows = [results.row(pair.name) for pair in self.pairs]


def publish(folder, tested, args):
    """Write everything for the methods of `tested`, first the one that matters, and print scores.

    folder: where the tables and the page go. args: the flags of test.py.
    """
    folder = Path(folder)
    for one in tested:
        _write_contact_sheet(one, args)
    found = {one.method.name: one.summary for one in tested}
    differences = _differences(tested)
    if len(tested) > 1:
        both = {"methods": found, "differences": _described(differences)}
        write_text(folder / "summary.json", json.dumps(both, indent=2, allow_nan=False) + "\n")
    name = tested[0].method.name
    shown = tables.score_tables(found)
    more = [
        tables.band_table(found),
        tables.confidence_table(found),
        tables.difference_table(name, differences) if differences else None,
    ]
    every = [*shown, *(table for table in more if table)]
    central = args.masks == pairing.CENTER
    paper, notes = paper_table(
        {one.method.name: (one.summary, one.rows) for one in tested}, central
    )
    write_text(
        folder / "table.md",
        "\n\n".join(table.as_markdown() for table in [*every, paper])
        + "\n\n"
        + "\n".join(f"- {note}" for note in notes)
        + "\n",
    )
    write_text(folder / "table.tex", "\n\n".join(table.as_latex() for table in every) + "\n")
    settings = _settings(tested, args)
    text = page.build_page(
        f"Inpainting test: {', '.join(found)}",
        f"{len(tested[0].rows):,} pictures of {args.images}",
        *(every, paper, notes),
        {one.method.name: one.rows for one in tested},
        _cases(tested, args),
        settings,
    )
    write_text(folder / "report.html", text)
    _print_scores(tested, [*shown, *(table for table in more[::2] if table)], paper, notes)


def _differences(tested):
    first = tested[0]
    return {other.method.name: summaries.difference(first.rows, other.rows) for other in tested[1:]}


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
        shown[one.method.name] = f"{about}; {len(one.rows):,} pictures in {seconds:.0f} s"
    packages = (f"{name} {version}" for name, version in versions["packages"].items() if version)
    shown["versions"] = f"Python {versions['python']}, {', '.join(packages)}"
    shown["machine"] = f"{versions['platform']}, {platform.machine()}"
    if versions["git_commit"]:
        shown["commit"] = versions["git_commit"]
    return shown


def _cases(tested, args):
    """The pictures of the page, chosen by the first method's scores."""
    by_name = {pair.name: pair for pair in tested[0].pairs}
    level = images.to_uint8(images.HOLE_FILLS[tested[0].method.hole_fill])
    for group, row in page.choose_cases(tested[0].rows):
        truth, mask = by_name[row["image"]].read(args.size, args.invert_masks)
        yield {
            "group": group,
            "name": row["image"],
            "input": _covered(truth, mask, int(level)),
            "truth": truth,
            "outputs": {
                one.method.name: (
                    files.read_image(one.results.folder / row["image"]),
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
    for pair in report.evenly_spaced(one.pairs, SHEET_ROWS):
        truth, mask = pair.read(args.size, args.invert_masks)
        completed = files.read_image(one.results.folder / pair.name)
        row = one.results.row(pair.name)
        psnr, ssim = row["hole_composite_psnr"], row["hole_composite_ssim"]
        caption = f"{pair.name}   hole PSNR {psnr:.2f} dB, SSIM {ssim:.3f}"
        entries.append((caption, truth, completed, mask))
    fill_level = int(images.to_uint8(images.HOLE_FILLS[one.method.hole_fill]))
    sheet = report.contact_sheet(entries, fill_level)
    files.write_png(one.results.folder / pairing.CONTACT_SHEET, sheet)


def _print_scores(tested, shown, paper, notes):
    for one in tested:
        seconds = one.results.seconds([pair.name for pair in one.pairs])
        print(f"\n{one.method.name}: {len(one.rows):,} pictures in {seconds:.1f} s")
        if one.summary["identical"]:
            print(
                f"{one.summary['identical']} pictures equal the truth; no mean holds their "
                "infinite PSNR."
            )
    for table in [*shown, paper]:
        print(f"\n{table.as_text()}")
    print("\n".join(["", *notes, ""]))
