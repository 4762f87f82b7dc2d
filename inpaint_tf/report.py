"""What a person looks at after a test: a sheet of pictures, the scores, the paper's table row."""

import cv2
import numpy as np

from inpaint_tf import files

CELL = 224
MARGIN = 8
TITLE_HEIGHT = 28
CAPTION_HEIGHT = 20
ERROR_RANGE = 64
COLUMNS = ("input", "completed", "truth", f"error, 0 to {ERROR_RANGE}")

PAPER_ROW = ("Paper (2022)", "central square", "128x128 of 256x256", 26.11, 0.85)
"""Table I, "Proposed Methodology". Its mask size reads 50 %: of each side, so 25 % of the area."""


def contact_sheet(entries, hole_value):
    """One row a picture: input with its hole, completed, truth, and where they differ.

    entries: (caption, truth, completed, mask) each: text, twice (height, width, 3) uint8 RGB, and
      (height, width) uint8, 1 = hole. Pictures are brought to fit 224x224.
    hole_value: grey level 0..255 that covers the hole of the input.
    Returns uint8 RGB (rows * 252 + 36, 936, 3).
    """
    row_height = CELL + CAPTION_HEIGHT + MARGIN
    width = len(COLUMNS) * (CELL + MARGIN) + MARGIN
    sheet = np.full((TITLE_HEIGHT + MARGIN + len(entries) * row_height, width, 3), 255, np.uint8)
    for column, title in enumerate(COLUMNS):
        _write(sheet, title, _left(column), TITLE_HEIGHT - 8, scale=0.55)
    for index, (caption, truth, completed, mask) in enumerate(entries):
        top = TITLE_HEIGHT + index * row_height
        covered = np.where(mask[..., None] == 1, np.uint8(hole_value), truth)
        for column, image in enumerate((covered, completed, truth, error_map(completed, truth))):
            fitted = _fit(image)
            height, width = fitted.shape[:2]
            y, x = top + (CELL - height) // 2, _left(column) + (CELL - width) // 2
            sheet[y : y + height, x : x + width] = fitted
        _write(sheet, caption, _left(0), top + CELL + 14, scale=0.42)
    return sheet


def error_map(image, truth):
    """Mean absolute difference of the channels as colours: black for none, yellow for 64 or more.

    (height, width, 3) uint8 twice to (height, width, 3) uint8 RGB.
    """
    difference = np.abs(image.astype(np.float32) - truth.astype(np.float32)).mean(axis=2)
    levels = np.clip(difference * (255 / ERROR_RANGE), 0, 255).astype(np.uint8)
    return cv2.cvtColor(cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB)


def evenly_spaced(items, count):
    """At most `count` of `items`, spread over all of them, first and last included."""
    if len(items) <= count:
        return list(items)
    return [items[round(i * (len(items) - 1) / (count - 1))] for i in range(count)]


def score_table(summary):
    """The sixteen means as text, a line for each of region and output."""
    lines = [f"{'':<16}{'PSNR dB':>10}{'SSIM':>9}{'L1':>9}{'L2':>10}"]
    for region in ("full", "hole"):
        for output in ("composite", "raw"):
            scores = summary[region][output]
            lines.append(
                f"{f'{region}, {output}':<16}{_number(scores['psnr'], 2):>10}"
                f"{_number(scores['ssim'], 4):>9}{_number(scores['l1'], 2):>9}"
                f"{_number(scores['l2'], 1):>10}"
            )
    return "\n".join(lines)


def paper_table(summary, rows, central):
    """The paper's row of Table I with this test's beneath it, and what sets them apart.

    summary: of `Results.finish`; its full-picture composite scores are shown. rows: the pictures'
    rows in `Results`. central: whether the holes are the central half of each side.
    """
    sizes = {(row["width"], row["height"]) for row in rows}
    scores = summary["full"]["composite"]
    kind = "central square" if central else "mask pictures"
    ours = ("This test", kind, _hole_size(rows, sizes, central), scores["psnr"], scores["ssim"])
    lines = [f"{'Method':<14}{'Mask type':<20}{'Mask size':<22}{'PSNR':>8}{'SSIM':>8}"]
    for (method, kind, hole, psnr, ssim), digits in ((PAPER_ROW, 2), (ours, 4)):
        lines.append(
            f"{method:<14}{kind:<20}{hole:<22}{_number(psnr, 2):>8}{_number(ssim, digits):>8}"
        )
    differences = [f"{summary['images']} other pictures than its 2,000 of CelebA-HQ"]
    if not central or sizes != {(256, 256)}:
        differences.append("other holes or sizes (its: --masks=center --size=256)")
    lines.append(f"Apart from the paper's: {'; '.join(differences)}.")
    lines.append(
        "PSNR and SSIM are of whole composites here; the paper does not say what it measured."
    )
    return "\n".join(lines)


def _hole_size(rows, sizes, central):
    share = f"{100 * sum(row['hole_share'] for row in rows) / len(rows):.0f} % of area"
    if len(sizes) > 1:
        return f"{share}, mixed"
    [(width, height)] = sizes
    hole = f"{width // 2}x{height // 2}" if central else share.removesuffix(" of area")
    return f"{hole} of {width}x{height}"


def _number(value, digits):
    return "-" if value is None else f"{value:.{digits}f}"


def _left(column):
    return MARGIN + column * (CELL + MARGIN)


def _fit(image):
    scale = CELL / max(image.shape[:2])
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])
    return files.resize(image, height, width)


def _write(sheet, text, x, y, scale):
    # OpenCV's font knows ASCII only and shows "?" for the rest.
    cv2.putText(sheet, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, (40, 40, 40), 1, cv2.LINE_AA)
