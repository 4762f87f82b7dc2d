"""Picture files: find, read as a person sees them, resize, crop and write.

Pictures are uint8 (height, width, 3) RGB in 0..255; masks are uint8 (height, width), 1 = hole.
"""

import contextlib
import functools
import io
import os
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from absl import logging
from PIL import Image, UnidentifiedImageError

from inpaint_tf.data.atomic_files import write_whole
from inpaint_tf.data.paths.same_file import files_below
from inpaint_tf.data.paths.user_path import user_path
from inpaint_tf.errors import UserError

IMAGE_SUFFIXES = (
    *(
        ".avif",
        ".bmp",
        ".gif",
        ".heic",
        ".heif",
        ".jfif",
        ".jp2",
        ".jpe",
        ".jpeg",
        ".jpg",
        ".pbm",
        ".pgm",
        ".png",
    ),
    *(".pnm", ".ppm", ".tga", ".tif", ".tiff", ".webp"),
)
HEIF_SUFFIXES = (".heic", ".heif")
_BESIDE_PICTURES = (
    *(".csv", ".db", ".flist", ".h5", ".html", ".ini", ".json", ".mat", ".md", ".npy", ".npz"),
    *(".pkl", ".pt", ".pts", ".py", ".tex", ".tsv", ".txt", ".xml", ".yaml", ".yml", ".zip"),
)
# A picture with more pixels than this counts as a decompression bomb: it would need gigabytes.
MAX_PIXELS = 178_956_970  # above it Pillow raises by default
# Pillow warns about odd metadata and about large pictures, but reads both correctly.
warnings.filterwarnings("ignore", module=r"PIL\.")
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

EXIF_ORIENTATION = 0x0112
_PNG = b"\x89PNG\r\n\x1a\n"
_METADATA = (b"tEXt", b"zTXt", b"iTXt", b"iCCP")
# How to turn a stored array upright, by EXIF orientation (TIFF 6.0, section 8, tag 274).
_UPRIGHT: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: lambda pixels: np.rot90(pixels, 1),
}


class UnreadableImage(UserError):
    """A picture file that cannot be read. `reason` is the message without the file's name."""

    def __init__(self, name: str, reason: object):
        self.reason = " ".join(str(reason).split())
        super().__init__(f"{name}: {self.reason}")


def is_image_name(name: str) -> bool:
    """Whether a file name has the suffix of a picture and is not hidden."""
    suffix = os.path.splitext(name)[1].lower()
    return suffix in IMAGE_SUFFIXES and not os.path.basename(name).startswith(".")


def list_images(folder: str | os.PathLike[str]) -> list[Path]:
    """The picture files in a folder and its subfolders, as sorted paths.

    Names that start with a dot are left out: `._name.jpg` and `.ipynb_checkpoints` are not data.
    Raises `UserError` where the folder is missing, is not a folder, or holds no pictures.
    """
    folder = user_path(folder)
    if not folder.exists():
        kind = "file" if folder.suffix else "folder"
        raise UserError(f"{folder}: no such {kind}; check the path")
    if not folder.is_dir():
        raise UserError(f"{folder} is a file; give the folder that holds the pictures")
    files = list(files_below(folder))
    found = [path for path in files if is_image_name(path.name)]
    left_out = _describe_left_out(files)
    if not found:
        but = f", but {left_out}, which are not read: convert them or" if left_out else ";"
        raise UserError(f"{folder} holds no pictures (.jpg, .png, ...){but} give another folder")
    if left_out and (str(folder), left_out) not in _told:
        _told.add((str(folder), left_out))
        logging.warning("%s: left out, not read as pictures: %s", folder, left_out)
    return sorted(found)


_told: set[tuple[str, str]] = set()
"""Folders whose files of other kinds have been counted in the log: a command lists some twice."""


def _describe_left_out(files: Iterable[Path]) -> str:
    """ "12 .heic, 1 without ending": files that may be meant as pictures, and are not read."""
    endings = Counter(
        path.suffix.lower()
        for path in files
        if not (is_image_name(path.name) or path.name.startswith(".") or _goes_along(path.name))
    )
    return ", ".join(f"{count} {end or 'without ending'}" for end, count in sorted(endings.items()))


def _goes_along(name: str) -> bool:
    """Whether a file is one that lies beside pictures and is none: a list, a table, a cache."""
    return ".tfrecord" in name or os.path.splitext(name)[1].lower() in _BESIDE_PICTURES


def read_image(
    path_or_bytes: str | os.PathLike[str] | bytes, name: str | None = None
) -> np.ndarray:
    """Reads a picture as a person sees it: uint8 (height, width, 3) RGB.

    Grey, palette and CMYK become RGB; 16-bit values are scaled to 8 bits; transparent parts become
    white; the EXIF orientation is applied; an animation gives its first frame.

    path_or_bytes: a path, or the encoded picture as bytes.
    name: the picture's name in error messages; default: the path.

    Raises `UnreadableImage` where it is missing, empty, not a picture, truncated, damaged, or too
    large.
    """
    return read_with(lambda image, name: upright(_rgb(image, name), image), path_or_bytes, name)


def read_with(
    use: Callable[[Image.Image, str], Any],
    path_or_bytes: str | os.PathLike[str] | bytes,
    name: str | None = None,
) -> Any:
    """What `use` makes of the loaded Pillow image, and of its name for messages.

    path_or_bytes, name: see `read_image`; it raises `UnreadableImage` like that.
    """
    if not name:
        name = "picture" if isinstance(path_or_bytes, bytes) else os.fspath(path_or_bytes)
    try:
        if not isinstance(path_or_bytes, bytes):
            path_or_bytes = read_bytes(path_or_bytes)
        return _decode(path_or_bytes, name, use)
    except UserError:
        raise
    except UnidentifiedImageError:
        reason = "not a picture, whatever its name says"
        if Path(name).suffix.lower() in HEIF_SUFFIXES:
            reason = "HEIC pictures need a plugin: pip install pillow-heif"
        raise UnreadableImage(name, reason) from None
    except OSError as error:
        raise UnreadableImage(name, error.strerror or error) from None
    except Exception as error:
        # Pillow's decoders raise almost anything on damaged files: SyntaxError, struct.error, ...
        raise UnreadableImage(name, f"damaged ({error})") from None


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """All of a file. Raises `UnreadableImage` where there is none to read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UnreadableImage(os.fspath(path), error.strerror or error) from None


def _decode(encoded: bytes, name: str, use: Callable[[Image.Image, str], Any]) -> Any:
    if not encoded:
        raise UnreadableImage(name, "the file is empty")
    if encoded[4:8] == b"ftyp":
        _register_heif()
    # Pillow, because OpenCV returns a truncated picture half grey and without an error.
    try:
        return _decode_with(encoded, name, use)
    except ValueError as error:
        # Pillow refuses texts and colour profiles that grow large: the picture does without.
        if not (encoded.startswith(_PNG) and "too large" in str(error).lower()):
            raise
        return _decode_with(_without_metadata(encoded), name, use)


def _decode_with(encoded: bytes, name: str, use: Callable[[Image.Image, str], Any]) -> Any:
    with Image.open(io.BytesIO(encoded)) as image:
        if image.width * image.height > MAX_PIXELS:
            raise UnreadableImage(name, f"too large ({image.width}x{image.height} pixels)")
        image.load()
        return use(image, name)


@functools.cache
def _register_heif():
    """Pillow reads HEIC by a plugin, which is an extra."""
    with contextlib.suppress(ImportError):
        import pillow_heif

        pillow_heif.register_heif_opener()


def upright(pixels: np.ndarray, image: Image.Image) -> np.ndarray:
    """Stored pixels (height, width, ...) of a Pillow image, turned as its EXIF data says."""
    return turned(pixels, orientation(image))


def turned(pixels: np.ndarray, orientation: int, back: bool = False) -> np.ndarray:
    """An array (height, width, ...) turned upright from an EXIF orientation, or back to it."""
    if back:
        orientation = {6: 8, 8: 6}.get(orientation, orientation)
    return np.array(_UPRIGHT.get(orientation, np.asarray)(pixels), order="C")


def _without_metadata(png: bytes) -> bytes:
    """A PNG without the chunks that may hold compressed texts or a colour profile.

    A chunk is a length of 4 bytes, a name of 4, that many bytes and a checksum of 4
    (https://www.w3.org/TR/png-3/#5Chunk-layout).
    """
    kept, position = [_PNG], len(_PNG)
    while position < len(png):
        end = position + 12 + int.from_bytes(png[position : position + 4], "big")
        if png[position + 4 : position + 8] not in _METADATA:
            kept.append(png[position:end])
        position = end
    return b"".join(kept)


def _rgb(image: Image.Image, name: str) -> np.ndarray:
    """Pixels of a loaded Pillow image as uint8 (height, width, 3)."""
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format in ("PNG", "PPM")):
        # 16-bit grey: Pillow's own conversion clips at 255 instead of scaling.
        grey = np.rint(np.asarray(image).astype(np.float32) / 257.0).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=-1)
    if image.mode in ("I", "F"):
        raise UnreadableImage(name, "has 32-bit values; save it with 8 or 16 bits per channel")
    if image.has_transparency_data:
        layers = image.convert("RGBA")
        image = Image.new("RGB", image.size, "white")
        image.paste(layers, mask=layers.getchannel("A"))
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def orientation(image: Image.Image) -> Any:
    """The EXIF orientation, 1 to 8; 1, upright, where there is none."""
    try:
        return image.getexif().get(EXIF_ORIENTATION, 1)
    except Exception:
        # Damaged EXIF data raises almost anything, but the pixels may still be good.
        return 1


def resize(image: np.ndarray, height: int, width: int, nearest: bool = False) -> np.ndarray:
    """Resizes an array (H, W) or (H, W, C) to (height, width), without aliasing.

    An axis that shrinks is averaged over areas; an axis that grows is interpolated by cubics.

    nearest: take the nearest pixel instead, so that a mask keeps its two values.
    """
    if image.shape[:2] == (height, width):
        return image
    if nearest:
        resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_NEAREST_EXACT)
    else:
        # One pass shrinks, the next enlarges: OpenCV's area method cannot do both together.
        small = (min(width, image.shape[1]), min(height, image.shape[0]))
        resized = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
        resized = cv2.resize(resized, (width, height), interpolation=cv2.INTER_CUBIC)
    return resized.reshape((height, width, *image.shape[2:]))


def crop_square(image: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
    """Cuts the largest square out of an array (H, W, ...).

    rng: draws the square's place along the longer side; None: the centre.
    """
    side = min(image.shape[:2])
    spare = np.array(image.shape[:2]) - side
    top, left = spare // 2 if rng is None else rng.integers(0, spare + 1)
    return image[top : top + side, left : left + side]


def write_png(path: str | os.PathLike[str], image: np.ndarray) -> None:
    """Writes uint8 (H, W, 3) RGB or (H, W) grey as a PNG, whole or not at all.

    Raises `OSError` where the disk is full or the folder not writable; its `filename` is `path`.
    """
    with write_whole(path) as file:
        file.write(encode_png(image))


def encode_jpeg(image: np.ndarray, quality: int) -> bytes:
    """The bytes of a JPEG of uint8 (H, W, 3) RGB. quality: 1 to 100."""
    bgr = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def encode_png(image: np.ndarray) -> bytes:
    """The bytes of a PNG of uint8 (H, W, 3) RGB or (H, W) grey."""
    bgr = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".png", bgr)[1].tobytes()
