"""Sides of pictures in pixels, as far as they are known without decoding any."""

from pathlib import Path

from PIL import Image

from inpaint_tf.data.sources import Item, PackedSource, Source, Subset


def packed_side(source: Source | None) -> int | None:
    """The pictures' side where `source` is a packed cache or a part of one, else None."""
    while isinstance(source, Subset):
        source = source.source
    return source.array.shape[1] if isinstance(source, PackedSource) else None


def shorter_side(image: Path | Item) -> int | None:
    """Of a picture, by the header of its file; None where that does not tell it.

    A record's is not looked for: it lies in its shard.
    """
    if isinstance(image, Item):
        return packed_side(image.source)
    try:
        with Image.open(image) as opened:
            return min(opened.size)
    except Exception:  # Pillow raises almost anything on damaged files, and reading tells it
        return None
