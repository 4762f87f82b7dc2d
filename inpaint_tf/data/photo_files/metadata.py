"""What a picture file says beside its pixels: EXIF, colour profile, XMP, resolution."""

import io
import os
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from inpaint_tf.data import picture_files
from inpaint_tf.data.picture_files import EXIF_ORIENTATION

DESCRIBING = (270, 271, 272, 282, 283, 296, 305, 306, 315, 33432, 34665, 34853)
"""Tags of a TIFF that say something about the photo: the others say how its pixels are stored."""
PNG_KEPT = (
    b"iCCP",
    b"sRGB",
    b"gAMA",
    b"cHRM",
    b"cICP",
    b"pHYs",
    b"tEXt",
    b"zTXt",
    b"iTXt",
    b"tIME",
)
PNG_START = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Metadata:
    """For pixels that have been turned upright: the orientation is 1.

    exif: from its byte order on, without a thumbnail, which would show what was there before.
    icc: colour profile. xmp: packet. Empty where there is none.
    dpi: pixels per inch (x, y), or None.
    chunks: of a PNG, (kind, content), but for its EXIF data.
    """

    exif: bytes = b""
    icc: bytes = b""
    xmp: bytes = b""
    dpi: tuple[float, float] | None = None
    chunks: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def rgb_icc(self) -> bytes:
        """The profile, if it is one for RGB values."""
        return self.icc if self.icc[16:20] == b"RGB " else b""


def read_metadata(path: str | os.PathLike[str]) -> Metadata:
    """The metadata of a picture file, without its pixels; none of a file that cannot be read."""
    try:
        encoded = picture_files.read_bytes(path)
        with Image.open(io.BytesIO(encoded)) as image:
            return metadata_of(image, encoded)
    except Exception:
        # Pillow raises almost anything on damaged files; reading their pixels tells.
        return Metadata()


def metadata_of(image: Image.Image, encoded: bytes = b"") -> Metadata:
    """The metadata of a loaded Pillow image. encoded: its file, for the chunks of a PNG."""
    info = image.info
    xmp = info.get("xmp") or info.get("XML:com.adobe.xmp") or b""
    dpi = info.get("dpi")
    return Metadata(
        exif=_exif(image),
        icc=info.get("icc_profile") or b"",
        xmp=oriented_xmp(xmp.encode() if isinstance(xmp, str) else bytes(xmp)),
        dpi=(float(dpi[0]), float(dpi[1])) if dpi and min(dpi) > 0 else None,
        chunks=tuple(_kept_chunks(encoded)),
    )


def oriented_xmp(xmp: bytes, orientation: int = 1) -> bytes:
    """An XMP packet whose orientation, if it has one, is this."""
    xmp = re.sub(rb'(tiff:Orientation=["\'])\d', rb"\g<1>%d" % orientation, xmp)
    return re.sub(rb"(<tiff:Orientation>)\d", rb"\g<1>%d" % orientation, xmp)


def with_chunks(png: bytes, metadata: Metadata) -> bytes:
    """An encoded PNG with the metadata behind its header."""
    chunks = list(metadata.chunks)
    kinds = {kind for kind, _ in chunks}
    if metadata.rgb_icc and not kinds & {b"iCCP", b"sRGB"}:
        chunks.append((b"iCCP", b"ICC profile\0\0" + zlib.compress(metadata.rgb_icc)))
    if metadata.dpi and b"pHYs" not in kinds:
        x, y = (round(dots / 0.0254) for dots in metadata.dpi)
        chunks.append((b"pHYs", struct.pack(">IIB", x, y, 1)))
    if metadata.exif:
        chunks.append((b"eXIf", metadata.exif))
    end = len(PNG_START) + 25  # of the header's chunk
    return png[:end] + b"".join(_chunk(*chunk) for chunk in chunks) + png[end:]


def _chunk(kind, content):
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def _kept_chunks(encoded) -> Iterator[tuple[bytes, bytes]]:
    """(kind, content) of the chunks of a PNG that are worth keeping."""
    if not encoded.startswith(PNG_START):
        return
    place, seen = len(PNG_START), set()
    while place + 12 <= len(encoded):
        length, kind = struct.unpack(">I4s", encoded[place : place + 8])
        content = encoded[place + 8 : place + 8 + length]
        place += 12 + length
        text = kind in (b"tEXt", b"zTXt", b"iTXt")
        if kind in PNG_KEPT and (text or kind not in seen):
            seen.add(kind)
            yield kind, oriented_xmp(content) if text else content


def _exif(image):
    if image.format == "TIFF":  # whose own tags are its EXIF data
        exif = Image.Exif()
        for tag, value in _describing(image):
            exif[tag] = value
        return exif.tobytes().removeprefix(b"Exif\0\0") if len(exif) else b""
    raw = image.info.get("exif") or b""
    return oriented_exif(raw.removeprefix(b"Exif\0\0"))


def _describing(image):
    found = image.getexif()
    for tag in DESCRIBING:
        if tag in (34665, 34853):
            if block := found.get_ifd(tag):
                yield tag, dict(block)
        elif tag in found:
            yield tag, found[tag]


def oriented_exif(exif: bytes, orientation: int = 1) -> bytes:
    """EXIF data with this orientation and without its thumbnail; all else stays as it is.

    exif: from the byte order on. Data without an orientation gets none; what is no EXIF data
    becomes empty.
    """
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    data = bytearray(exif)
    try:
        if order is None:
            return b""
        (start,) = struct.unpack_from(f"{order}I", data, 4)
        (count,) = struct.unpack_from(f"{order}H", data, start)
        for place in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind, length = struct.unpack_from(f"{order}HHI", data, place)
            if (tag, kind, length) == (EXIF_ORIENTATION, 3, 1):
                struct.pack_into(f"{order}H", data, place + 8, orientation)
        struct.pack_into(f"{order}I", data, start + 2 + 12 * count, 0)
    except struct.error:
        return b""
    return bytes(data)


def as_png_bytes(image: Image.Image) -> bytes:
    """A Pillow image as the bytes of a PNG without metadata."""
    file = io.BytesIO()
    clean = image.copy()
    clean.info = {}
    clean.save(file, "PNG")
    return file.getvalue()
