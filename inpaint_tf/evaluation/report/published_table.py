"""Table I of the paper with a test's own rows beneath it, and what sets them apart."""

from inpaint_tf.evaluation.report.tables import Table, number

PUBLISHED = (
    ("Shah et al. 2022 (the paper)", "central square", "50 %", "26.11", "0.85"),
    ("Peng et al.", "central square, grey", "50 %", "24.56", "0.867"),
    ("AOT-GAN", "irregular", "50 %", "24.06", "0.834"),
    ("PatchGAN", "irregular", "50 %", "24.47", "0.849"),
    ("HM-PatchGAN", "irregular", "50 %", "24.63", "0.853"),
    ("SM-PatchGAN", "irregular", "50 %", "24.65", "0.852"),
)
"""The rows as printed. The paper's own 50 % is of each side, 128 of 256 pixels."""

PICTURES = 2000
SIDE = 256
LEAST_PICTURES = 100
"""Fewer say too little to stand beside a published mean."""
NOTES = (
    "The published rows are copied from Table I: 2,000 pictures of CelebA-HQ (Peng et al.: 1,000).",
    "50 % is of each side for the central square, 25 % of the area; the irregular rows may be 50 %"
    " of the area: they are not like for like.",
    "It does not say whether its scores are of composites or raw outputs, nor which SSIM window;"
    " ours are of whole composites.",
)


def paper_table(results, central):
    """(table, notes): the published rows and ours.

    results: {method's name: (summary, rows)} as `Results` has them. central: whether the holes are
      the central half of each side. The notes are lines of text.
    """
    lines = []
    for name, (summary, rows) in results.items():
        scores = summary["full"]["composite"]
        kind = "central square" if central else "mask pictures"
        psnr, ssim = number(scores["psnr"], 2), number(scores["ssim"], 4)
        lines.append([f"{name} (this test)", kind, hole_size(rows, central), psnr, ssim])
    table = Table(
        "Table I of the paper, and this test",
        ["Method", "Mask type", "Mask size", "PSNR", "SSIM"],
        [*map(list, PUBLISHED), *lines],
    )
    return table, [*NOTES, *_differences(results, central)]


def comparable(rows):
    """Whether a test of these rows may stand beside the paper: pictures of its size, and enough."""
    sizes = {(row["width"], row["height"]) for row in rows}
    return len(rows) >= LEAST_PICTURES and sizes == {(SIDE, SIDE)}


def hole_size(rows, central):
    """Such as "128x128 of 256x256", or "31 % of the area"."""
    sizes = {(row["width"], row["height"]) for row in rows}
    share = f"{100 * sum(row['hole_share'] for row in rows) / len(rows):.0f} % of the area"
    if len(sizes) == 1 and central:
        [(width, height)] = sizes
        return f"{width // 2}x{height // 2} of {width}x{height}"
    return share


def _differences(results, central):
    """What of the paper's protocol this test did not follow."""
    rows = next(iter(results.values()))[1]
    sizes = {(row["width"], row["height"]) for row in rows}
    if sizes != {(SIDE, SIDE)}:
        yield f"This test: other pictures than {SIDE}x{SIDE}; add --size={SIDE}."
    if len(rows) != PICTURES:
        yield f"This test: {len(rows):,} pictures, not {PICTURES:,}."
    if not central:
        yield "This test: holes of mask pictures, not the central square; use --masks=center."
    yield "This test: whether these are the paper's pictures of CelebA-HQ, only you know."
