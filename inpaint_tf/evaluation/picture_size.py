"""At which size pictures are tested: that of the weights' training, unless the user says otherwise.

A network that was trained on faces of one size completes those of another badly: with
`faces256_first`, 40 faces with a hole of half the side had a hole PSNR of 18.7 dB at 256 pixels,
15.3 at 192 and 15.6 at 512 (2026-11-25).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inpaint_tf.data import picture_files
from inpaint_tf.data.sides import shorter_side
from inpaint_tf.errors import UserError
from inpaint_tf.weights import locate

NATIVE = "native"
"""In place of a size: every picture keeps its own."""


@dataclass(frozen=True)
class ShorterSide:
    """Pictures keep their shape, and their shorter side gets so many pixels."""

    pixels: int

    def __str__(self) -> str:
        return f"shorter side {self.pixels}"


Size = int | str | ShorterSide | None
"""A side to which the central square is brought, `NATIVE`, a `ShorterSide`, or None: native too."""


def resized(pixels: Any, size: Size, nearest: bool = False) -> Any:
    """A picture (height, width, 3) or mask (height, width), uint8, brought to `size`.

    nearest: for masks, which keep their two values.
    """
    if size is None or size == NATIVE:
        return pixels
    if isinstance(size, ShorterSide):
        scale = size.pixels / min(pixels.shape[:2])
        height, width = (max(1, round(length * scale)) for length in pixels.shape[:2])
        return picture_files.resize(pixels, height, width, nearest=nearest)
    square = picture_files.crop_square(pixels)
    return picture_files.resize(square, int(size), int(size), nearest=nearest)


def parse_size(text: Size) -> Size:
    """The size that a user gave: a number of pixels, "native", or None. Raises `UserError`."""
    if text is None or text == NATIVE or isinstance(text, int | ShorterSide):
        return text
    if not str(text).isdigit():
        raise UserError(f"--size={text} must be a number of pixels, or {NATIVE}")
    return int(text)


def settle_size(settings: Any) -> Any:
    """`EvaluationSettings` whose size is that of the weights' training where the user gave none.

    Raises `UserError` where several weights were trained at different sizes: one table of them
    needs one truth.
    """
    if settings.size is not None:
        return settings
    from inpaint_tf.weights.generator_file import read_settings

    sizes = {name: read_settings(locate.find_weights(name))["size"] for name in settings.weights}
    known = {name: size for name, size in sizes.items() if size}
    if len(set(known.values())) > 1:
        each = ", ".join(f"{name} at {size}" for name, size in known.items())
        raise UserError(
            f"these weights were trained at different sizes ({each}): say at which to compare "
            f"them, --size={max(known.values())} or another, or test each by itself"
        )
    if not known:
        return replace(settings, size=NATIVE)
    return replace(settings, size=ShorterSide(next(iter(known.values()))))


def described(rows: Iterable[Mapping[str, Any]]) -> str:
    """The sizes of tested pictures: "256x256", or "64x64 to 512x384" (by area).

    rows: of metrics.csv.
    """
    shapes = sorted({(row["width"], row["height"]) for row in rows}, key=lambda s: s[0] * s[1])
    texts = [f"{width}x{height}" for width, height in shapes]
    return texts[0] if len(texts) == 1 else f"{texts[0]} to {texts[-1]}"


def trained_at(method: Any) -> int | None:
    """The training size of a method that is a network of ours, in pixels; None if unknown."""
    return getattr(getattr(method, "inpainter", None), "size", None)


def remarks(methods: Sequence[Any], rows: Sequence[Mapping[str, Any]], size: Size) -> Iterator[str]:
    """Lines that say what the size of the pictures means for the scores.

    methods: see `evaluation.methods`. rows: of metrics.csv, of the pictures compared.
    size: as it was settled.
    """
    shapes = described(rows)
    tested = {min(row["height"], row["width"]) for row in rows}
    if isinstance(size, ShorterSide):
        yield (
            "Pictures are tested at the size of the training: each is brought to a shorter side "
            f"of {size.pixels} pixels and scored at {shapes} (--size={NATIVE} keeps their own)."
        )
    several = len({trained_at(method) for method in methods} - {None}) > 1
    for method in methods:
        own = trained_at(method)
        if own and tested != {own}:
            yield (
                f"{method.name} was trained at {own} pixels and is tested at {shapes}, where faces "
                f"come out worse{_figures(method)}; "
                + (
                    f"only a test of its own with --size={own} is fair to it."
                    if several
                    else f"leave --size out, or give --size={own}."
                )
            )
        elif own is None and hasattr(method, "inpainter"):
            yield (
                f"{method.name} does not say at which size it was trained: tested at {shapes}; if "
                "that is another size, give it by --size."
            )


def enlargements(pairs: Sequence[Any], size: Size) -> Iterator[str]:
    """A line where `size` enlarges pictures: what they never had cannot be scored.

    pairs: of `evaluation.pairing`, of the pictures compared.
    """
    wanted = size.pixels if isinstance(size, ShorterSide) else size
    if not isinstance(wanted, int):
        return
    sides = [side for pair in pairs if (side := shorter_side(pair.image)) and side < wanted]
    if sides:
        yield (
            f"{len(sides):,} of {len(pairs):,} pictures had to be enlarged to {wanted} pixels, the "
            f"smallest from {min(sides)}: they are blurred, and scores are not those of pictures "
            "that were made at this size."
        )


def _figures(method):
    """How much worse, in brackets, for the networks of which that was measured."""
    if getattr(method, "place", None) not in locate.shipped_names():
        return ""  # another network at other sizes loses more or less
    return " (faces256_first on 40 faces: 18.7 dB in holes at 256, 15.3 at 192, and no eyes there)"
