"""Which of these portraits are photographs? Sheets for a blind look, and the count of its answers.

  python scripts/blind_sheet.py draw truth=FACES/val ours=results/ours --each=16 --output=DIR
  python scripts/blind_sheet.py tally DIR

`draw` puts portraits of each NAME=FOLDER in random order on sheets of eight and numbers them. No
face is on the sheets twice. DIR gets sheet_01.png, ..., answers.csv to be filled in, and key.csv,
which whoever answers must not read. In answers.csv, "glance" is the verdict after two seconds and
"close" the one after a long look: "real" or "made". The sheets show people: DIR must lie outside
this repository.
"""

import argparse
import csv
import sys
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from inpaint_tf.data import picture_files  # noqa: E402
from inpaint_tf.data.atomic_files import write_text  # noqa: E402
from inpaint_tf.errors import UserError  # noqa: E402

COLUMNS, ROWS = 4, 2
GAP, CAPTION = 8, 24
VERDICTS = ("real", "made")
LOOKS = ("glance", "close")


def main(argv=None):
    """Exit status 0, or 2 for a mistake of the user, told in one line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    modes = parser.add_subparsers(dest="mode", required=True)
    draw_mode = modes.add_parser("draw", help="sheets and key from folders of portraits")
    draw_mode.add_argument("kinds", nargs="+", metavar="NAME=FOLDER")
    draw_mode.add_argument("--each", type=int, default=16, help="portraits of each kind")
    draw_mode.add_argument("--size", type=int, default=256, help="side of a portrait, pixels")
    draw_mode.add_argument("--seed", type=int, default=0)
    draw_mode.add_argument("--output", type=Path, required=True)
    tally_mode = modes.add_parser("tally", help="how many of each kind were taken for real")
    tally_mode.add_argument("folder", type=Path)
    args = parser.parse_args(argv)
    try:
        if args.mode == "draw":
            draw(args.kinds, args.output, args.each, args.size, args.seed)
        else:
            print(tally(args.folder))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def draw(kinds, output, each, size, seed):
    """Write sheets, key and empty answers into `output`. kinds: "NAME=FOLDER" texts."""
    if output.resolve().is_relative_to(ROOT):
        raise UserError(f"--output={output} lies in the repository, which holds no people's faces")
    if each < 1 or size < 32:
        raise UserError("--each must be at least 1 and --size at least 32")
    if (output / "key.csv").exists():
        raise UserError(f"{output} holds sheets already; choose another --output")
    chosen = choose(read_folders(kinds), each, np.random.default_rng(seed))
    output.mkdir(parents=True, exist_ok=True)
    per_sheet = COLUMNS * ROWS
    for start in range(0, len(chosen), per_sheet):
        part = chosen[start : start + per_sheet]
        portraits = [portrait(path, size) for _, path in part]
        path = output / f"sheet_{start // per_sheet + 1:02d}.png"
        picture_files.write_png(path, sheet(portraits, start + 1))
    lines = [f"{number},{kind},{path.name}" for number, (kind, path) in enumerate(chosen, 1)]
    write_text(output / "key.csv", "\n".join(["number,kind,picture", *lines]) + "\n")
    blank = [f"{number},," for number in range(1, len(chosen) + 1)]
    write_text(output / "answers.csv", "\n".join([",".join(("number", *LOOKS)), *blank]) + "\n")


def read_folders(kinds):
    """{name: {picture's name without ending: path}} of "NAME=FOLDER" texts."""
    found = {}
    for text in kinds:
        name, _, folder = text.partition("=")
        if not name or not folder or name in found or "," in name:
            raise UserError(f"{text!r} is no NAME=FOLDER, or its name is there twice")
        found[name] = {path.stem: path for path in picture_files.list_images(folder)}
    return found


def choose(folders, each, rng):
    """[(kind, path)] in random order: `each` of every kind, of faces that all kinds have."""
    shared = sorted(set.intersection(*(set(pictures) for pictures in folders.values())))
    needed = each * len(folders)
    if len(shared) < needed:
        raise UserError(
            f"the folders share {len(shared)} pictures and {needed} are needed; lower --each"
        )
    faces = iter(rng.permutation(shared)[:needed].tolist())
    chosen = [
        (kind, pictures[next(faces)]) for kind, pictures in folders.items() for _ in range(each)
    ]
    return [chosen[index] for index in rng.permutation(needed)]


def portrait(path, size):
    """A picture cut square and resized as test.py does it: uint8 RGB (size, size, 3)."""
    return picture_files.resize(
        picture_files.crop_square(picture_files.read_image(path)), size, size
    )


def sheet(portraits, first):
    """Up to eight portraits of one size with their numbers, from `first` on, as one picture."""
    size = portraits[0].shape[0]
    cell = size + GAP
    page = np.full((ROWS * (cell + CAPTION) + GAP, COLUMNS * cell + GAP, 3), 255, np.uint8)
    for index, image in enumerate(portraits):
        top = GAP + CAPTION + index // COLUMNS * (cell + CAPTION)
        left = GAP + index % COLUMNS * cell
        page[top : top + size, left : left + size] = image
        cv2.putText(
            page,
            str(first + index),
            (left, top - 6),
            cv2.FONT_HERSHEY_SIMPLEX,
            0.6,
            (0, 0, 0),
            1,
            cv2.LINE_AA,
        )
    return page


def tally(folder):
    """A line of text for each kind: how many were shown, and taken for real at either look."""
    key = {row["number"]: row["kind"] for row in _rows(folder / "key.csv", ("number", "kind"))}
    answers = {row["number"]: row for row in _rows(folder / "answers.csv", ("number", *LOOKS))}
    counts = {kind: dict.fromkeys(("shown", *LOOKS), 0) for kind in key.values()}
    for number, kind in key.items():
        counts[kind]["shown"] += 1
        for look in LOOKS:
            verdict = (answers.get(number, {}).get(look) or "").strip().lower()
            if verdict not in VERDICTS:
                raise UserError(
                    f"answers.csv has {verdict!r} for number {number}, {look}; write "
                    f"{' or '.join(VERDICTS)}"
                )
            counts[kind][look] += verdict == "real"
    width = max(map(len, counts))
    return "\n".join(
        f"{kind:{width}}  of {of['shown']}: real at a glance {of['glance']}, close {of['close']}"
        for kind, of in counts.items()
    )


def _rows(path, columns):
    try:
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; give the folder of `draw`") from None
    if not rows or any(column not in rows[0] for column in columns):
        raise UserError(f"{path} has not the columns {', '.join(columns)}")
    return rows


if __name__ == "__main__":
    sys.exit(main())
