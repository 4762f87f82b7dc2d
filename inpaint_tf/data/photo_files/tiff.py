"""TIFF files of 8 or 16 bits: Pillow writes their tags, but 16 bits of grey only."""

import io
import zlib

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from inpaint_tf.data.photo_files.metadata import Metadata

DEFLATE, NO_COMPRESSION = 8, 1
GREY, RGB = 1, 2
UNASSOCIATED_ALPHA = 2


def encode(samples: np.ndarray, metadata: Metadata, compressed: bool) -> bytes:
    """The bytes of a TIFF, all pixels in one strip.

    samples: uint8 or uint16 (height, width, 1 to 4): grey or RGB, perhaps with alpha.
    """
    height, width, channels = samples.shape
    has_alpha = channels in (2, 4)
    strip = np.ascontiguousarray(samples, samples.dtype.newbyteorder("<")).tobytes()
    strip = zlib.compress(strip) if compressed else strip
    tags = ImageFileDirectory_v2(prefix=b"II")
    for tag, value in _described(metadata):
        tags[tag] = value
    tags[256], tags[257] = width, height
    tags[258] = (samples.dtype.itemsize * 8,) * channels
    tags[259] = DEFLATE if compressed else NO_COMPRESSION
    tags[262] = GREY if channels < 3 else RGB
    tags[277], tags[278], tags[284] = channels, height, 1
    tags[273], tags[279] = 0, len(strip)
    if has_alpha:
        tags[338] = UNASSOCIATED_ALPHA
    if metadata.dpi:
        tags[282], tags[283], tags[296] = *metadata.dpi, 2
    if metadata.icc:
        tags[34675] = metadata.icc
    if metadata.xmp:
        tags[700] = metadata.xmp
    file = io.BytesIO()
    tags.save(file)
    file.write(strip)
    return file.getvalue()


def _described(metadata):
    """(tag, value) of the EXIF data."""
    exif = Image.Exif()
    if metadata.exif:
        exif.load(metadata.exif)
    for tag in exif:
        yield tag, exif.get_ifd(tag) if tag in (34665, 34853) else exif[tag]
