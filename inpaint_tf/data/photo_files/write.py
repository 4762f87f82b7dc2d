"""Writes a photo whose hole has been filled."""

import io
import os
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from inpaint_tf.data import picture_files
from inpaint_tf.data.atomic_files import write_whole
from inpaint_tf.data.photo_files import profiles, tiff
from inpaint_tf.data.photo_files.metadata import (
    as_png_bytes,
    oriented_exif,
    oriented_xmp,
    read_metadata,
    with_chunks,
)
from inpaint_tf.data.photo_files.photo import Photo
from inpaint_tf.errors import UserError

LOSSLESS = ("PNG", "TIFF", "BMP", "PPM", "TGA", "JPEG2000")
LOSSY = ("JPEG", "WEBP", "AVIF", "HEIF")
OPAQUE = ("JPEG", "BMP", "PPM", "HEIF")
"""Formats that are written without alpha."""


def output_suffix(path: str | os.PathLike[str]) -> str:
    """The ending of a completed photo's name: the photo's own, or .png where its format cannot."""
    suffix = Path(path).suffix
    return suffix if _format_of(suffix) in (*LOSSLESS, *LOSSY) else ".png"


def write_photo(
    photo: Photo,
    completed: np.ndarray,
    hole: np.ndarray,
    path: str | os.PathLike[str],
    replace_input: bool = False,
) -> None:
    """Writes a photo with its hole filled, whole or not at all.

    photo: as it was read. completed: uint8 (height, width, 3), sRGB. hole: (height, width), bool or
    0/1: where `completed` counts. path: its ending says the format.

    Known pixels keep the very samples of the file, 8 or 16 bits, colour profile, alpha, in PNG,
    TIFF, BMP and lossless WebP. JPEG, AVIF, HEIF and lossy WebP are compressed anew: a JPEG with
    its own tables, so that known pixels away from the hole come out as they were or a few levels
    beside it (the same rounding twice), and those in a block of 8x8 or 16x16 with the hole differ
    as any compression at that quality makes them. The hole is opaque.

    Raises `UserError` for another size, for an ending that is not known, and for the photo's own
    path unless `replace_input`; `OSError` where the disk is full or the folder not writable.
    """
    path = Path(path)
    hole = np.asarray(hole).astype(bool)
    size = photo.pixels.shape[:2]
    if completed.shape != (*size, 3) or completed.dtype != np.uint8 or hole.shape != size:
        raise UserError(
            f"a completed photo must be uint8 {(*size, 3)} and its hole {size}. Received: "
            f"{completed.dtype} {completed.shape} and {hole.shape}"
        )
    if not replace_input and path.exists() and os.path.samefile(path, photo.path):
        raise UserError(f"{path} is the photo itself; choose another name or folder")
    format = _format_of(path.suffix)
    if format not in (*LOSSLESS, *LOSSY):
        raise UserError(
            f"{path}: photos are not written as {path.suffix or 'such'} files; use .png"
        )
    encoded = _encode(photo, merge(photo, completed, hole), format)
    with write_whole(path) as file:
        file.write(encoded)


def write_described_png(
    path: str | os.PathLike[str], pixels: np.ndarray, source: str | os.PathLike[str]
) -> None:
    """Writes a PNG of uint8 RGB (height, width, 3) with EXIF data and colour profile of `source`.

    pixels: upright, in the colours of the source. Raises like `picture_files.write_png`.
    """
    encoded = with_chunks(picture_files.encode_png(pixels), read_metadata(source))
    with write_whole(path) as file:
        file.write(encoded)


def merge(photo: Photo, completed: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Samples like `photo.stored`: `completed` in the hole, and the photo's own elsewhere.

    completed: uint8 (height, width, 3), sRGB. hole: bool (height, width).
    """
    merged = photo.stored.copy()
    channels = merged.shape[2] - photo.has_alpha
    filling = profiles.from_srgb(completed, photo.metadata.icc, channels).astype(merged.dtype)
    most = np.iinfo(merged.dtype).max
    merged[hole, :channels] = filling[hole] * (most // 255)
    if photo.has_alpha:
        merged[hole, -1] = most
    return merged


def _format_of(suffix):
    Image.init()
    format = Image.registered_extensions().get(suffix.lower())
    return "JPEG" if format == "MPO" else format


def _encode(photo, samples, format):
    """The bytes of a file of `samples`, with the photo's metadata."""
    if format == "TIFF":
        compressed = photo.options.get("compressed", True)
        return tiff.encode(samples, photo.metadata, compressed)
    if format == "PNG":
        return with_chunks(_png(samples), photo.metadata)
    return _by_pillow(photo, samples, format)


def _png(samples):
    if samples.dtype == np.uint8:
        return as_png_bytes(_image(samples))
    if samples.shape[2] == 2:  # which OpenCV does not write
        samples = samples[..., [0, 0, 0, 1]]
    codes = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
    if samples.shape[2] in codes:
        samples = cv2.cvtColor(samples, codes[samples.shape[2]])
    return cv2.imencode(".png", samples)[1].tobytes()


def _image(samples):
    flat = samples.ndim == 3 and samples.shape[2] == 1
    return Image.fromarray(samples[..., 0] if flat else samples)


def _by_pillow(photo, samples, format):
    if samples.dtype == np.uint16:
        samples = np.rint(samples.astype(np.float32) / 257).astype(np.uint8)
    image = _image(samples)
    if format in OPAQUE and photo.has_alpha:
        image = Image.alpha_composite(
            Image.new("RGBA", image.size, "white"), image.convert("RGBA")
        ).convert("RGB" if samples.shape[2] == 4 else "L")
    options = dict(photo.options) if format == photo.format else {}
    if not options and format in LOSSY:
        options = {"quality": 95}
    meta = photo.metadata
    if format == photo.format == "JPEG" and photo.orientation != 1 and meta.exif:
        # As it lay in the file: the blocks of the compression stay where they were.
        image = _image(picture_files.turned(np.asarray(image), photo.orientation, back=True))
        exif = oriented_exif(meta.exif, photo.orientation)
        meta = replace(meta, exif=exif, xmp=oriented_xmp(meta.xmp, photo.orientation))
    if format in LOSSY:
        options |= {"exif": b"Exif\0\0" + meta.exif} if meta.exif else {}
        options |= {"icc_profile": meta.icc} if meta.icc else {}
        options |= {"xmp": meta.xmp} if meta.xmp else {}
    if format == "WEBP" and options.get("icc_profile") and image.mode in ("L", "LA"):
        options.pop("icc_profile")  # of grey values: WebP has RGB only
    if meta.dpi and format in ("JPEG", "BMP"):
        options["dpi"] = tuple(round(dots) for dots in meta.dpi)
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()
