"""Reads a photo with all that is needed to write it again."""

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, JpegImagePlugin

from inpaint_tf.data import picture_files
from inpaint_tf.data.photo_files import profiles
from inpaint_tf.data.photo_files.metadata import Metadata, metadata_of
from inpaint_tf.data.picture_files import UnreadableImage

STORED_MODES = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}
"""The channels of a photo's samples: grey or RGB, perhaps with alpha."""


@dataclass(frozen=True)
class Photo:
    """A photo as a person sees it, and as it is stored.

    path: of its file.
    pixels: uint8 (height, width, 3), sRGB, upright, transparency on white: what a network sees.
    stored: upright samples of the file, (height, width, channels): uint8, or uint16 where the file
        has 16 bits; grey, grey and alpha, RGB or RGBA.
    format: Pillow's name of the format: "JPEG", "PNG", "TIFF", "WEBP", "AVIF", "HEIF", ...
    metadata: EXIF, colour profile and more.
    options: how the file was compressed, as arguments of Pillow's `save` in that format.
    orientation: by the file's EXIF data, 1 to 8; 1 where `stored` lies as it does in the file.
    """

    path: Path
    pixels: np.ndarray
    stored: np.ndarray
    format: str
    metadata: Metadata = field(default_factory=Metadata)
    options: Mapping[str, Any] = field(default_factory=dict)
    orientation: int = 1

    @property
    def has_alpha(self) -> bool:
        """Whether the last channel of `stored` is opacity."""
        return self.stored.shape[2] in (2, 4)


def read_photo(path: str | os.PathLike[str]) -> Photo:
    """Reads a photo of any format that Pillow reads, with one frame.

    Raises `UnreadableImage` for what `picture_files.read_image` refuses, for animations and several
    pages, and for colours that are neither grey nor RGB, such as CMYK.
    """
    encoded = picture_files.read_bytes(path)
    return picture_files.read_with(
        lambda image, name: _photo(image, encoded, name, Path(path)), encoded, os.fspath(path)
    )


def _photo(image, encoded, name, path):
    frames = getattr(image, "n_frames", 1)
    format = image.format
    if format == "MPO":  # a phone's JPEG, with a second view behind it
        format = "JPEG"
    elif frames > 1:
        raise UnreadableImage(name, f"has {frames} frames or pages; save one of them as a picture")
    orientation = _orientation(image, encoded)
    stored = _samples(image, encoded, name, orientation)
    metadata = metadata_of(image, encoded)
    return Photo(
        path=path,
        pixels=_seen(stored, metadata.icc),
        stored=stored,
        format=format,
        metadata=metadata,
        options=_options(image, format, encoded),
        orientation=orientation,
    )


def _orientation(image, encoded):
    """As the file has it: some of Pillow's readers turn the picture when they load it."""
    try:
        with Image.open(io.BytesIO(encoded)) as unloaded:
            return picture_files.orientation(unloaded)
    except ValueError:  # its metadata are too large for Pillow, and were left out to read it
        return picture_files.orientation(image)


def _samples(image, encoded, name, orientation):
    """The upright samples of the file, (height, width, channels) of uint8 or uint16."""
    if _bits(image, encoded) != 16:
        return picture_files.upright(_eight_bits(image, name), image)
    # OpenCV turns TIFFs itself, and reads some wrongly, such as those with a plane for each colour:
    # what agrees with Pillow's 8 bits is right.
    seen = _lightness(picture_files.upright(_eight_bits(image, name), image))
    stored = _sixteen_bits(encoded)
    for samples in () if stored is None else (stored, picture_files.turned(stored, orientation)):
        read = _lightness(samples / np.float32(257))
        if read.shape == seen.shape and np.abs(read - seen).max() < 2:
            return samples
    raise UnreadableImage(name, "has 16 bits in a form that is not known; save it with 8 bits")


def _lightness(samples):
    colours = samples[..., : 3 if samples.shape[2] > 2 else 1]
    return np.asarray(colours, np.float32).mean(axis=2)


def _eight_bits(image, name):
    if image.mode.startswith("I;16"):
        return np.rint(np.asarray(image).astype(np.float32) / 257).astype(np.uint8)[..., None]
    if image.mode in ("I", "F"):
        raise UnreadableImage(name, "has 32-bit values; save it with 8 or 16 bits per channel")
    if image.mode in ("CMYK", "LAB", "HSV"):
        raise UnreadableImage(name, f"has {image.mode} colours; save it as RGB")
    mode = image.mode
    if image.has_transparency_data:
        mode = "LA" if mode in ("L", "LA", "La", "1") else "RGBA"
    elif mode not in STORED_MODES:
        mode = "L" if mode == "1" else "RGB"
    pixels = np.asarray(image if image.mode == mode else image.convert(mode))
    return pixels.reshape(*pixels.shape[:2], -1)


def _bits(image, encoded):
    if image.format == "PNG":
        return encoded[24]
    if image.format == "TIFF":
        return max(image.tag_v2.get(258, (8,)))
    return 16 if image.mode.startswith("I;16") else 8


def _sixteen_bits(encoded):
    """As they lie in the file, by OpenCV: Pillow reads 16 bits of grey only. None if it cannot."""
    pixels = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16:
        return None
    if pixels.ndim == 2:
        return pixels[..., None]
    code = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}[pixels.shape[2]]
    return cv2.cvtColor(pixels, code)


def _seen(stored, icc):
    """uint8 sRGB on white, (height, width, 3), of stored samples."""
    if stored.dtype == np.uint16:
        stored = np.rint(stored.astype(np.float32) / 257).astype(np.uint8)
    channels = stored.shape[2]
    has_alpha = channels in (2, 4)
    colours = np.ascontiguousarray(stored[..., : channels - has_alpha])
    rgb = profiles.to_srgb(colours, icc)
    if not has_alpha:
        return rgb
    layer = Image.fromarray(rgb)
    page = Image.new("RGB", layer.size, "white")
    page.paste(layer, mask=Image.fromarray(np.ascontiguousarray(stored[..., -1])))
    return np.asarray(page)


def _options(image, format, encoded):
    """Arguments of Pillow's `save` that compress as this file is compressed."""
    info = image.info
    if format == "JPEG":
        options = {"progressive": bool(info.get("progressive") or info.get("progression"))}
        if tables := getattr(image, "quantization", None):
            options["qtables"] = [list(tables[key]) for key in sorted(tables)]
        sampling = JpegImagePlugin.get_sampling(image) if image.mode == "RGB" else -1
        return options if sampling < 0 else {**options, "subsampling": sampling}
    if format == "WEBP":
        lossless = b"VP8L" in encoded[:4096]
        return {"lossless": True, "exact": True} if lossless else {"quality": 95, "method": 6}
    if format == "TIFF":
        return {"compressed": info.get("compression", "raw") != "raw"}
    if format in ("AVIF", "HEIF"):
        return {"quality": 95}
    return {}
