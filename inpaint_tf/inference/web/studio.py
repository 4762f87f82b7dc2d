"""What the page can do, without a word about HTTP: take photos, draw shapes, complete."""

import contextlib
import io
import re
import secrets
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from inpaint_tf.data import photo_files, picture_files
from inpaint_tf.data.sample_faces.drawing import draw_face
from inpaint_tf.errors import UserError
from inpaint_tf.masks import mask_files

SAMPLES = 8
"""Drawn faces to try the page on."""
SAMPLE_SIZE = 512
KEPT = 24
"""Photos that are remembered with their results: the one that was used longest ago goes first."""


@dataclass(frozen=True)
class Limits:
    """Of what is taken. megapixels: of a photo, once decoded. megabytes: of its file."""

    megapixels: float = 40.0
    megabytes: float = 60.0


@dataclass
class Kept:
    """A photo that a browser brought.

    folder: its files. original: the file. name: as the browser calls it. results: completed files.
    """

    folder: tempfile.TemporaryDirectory
    original: Path
    name: str
    results: list[Path] = field(default_factory=list)


class Studio:
    """Photos of several browsers, told apart by words that nobody can guess, and networks.

    load: function of a name in `weights` to a function (image uint8 (height, width, 3), hole bool
      (height, width)) -> completed image; called once for each name. weights: the names to choose
      from, the first by default.
    find_faces: function of an image to landmarks (68, 2) of each face in it.
    draw_shape: function (name, landmarks, height, width) -> bool (height, width).
    """

    def __init__(
        self,
        load: Callable[[str], Callable[[np.ndarray, np.ndarray], np.ndarray]],
        weights: list[str],
        find_faces: Callable[[np.ndarray], list[np.ndarray]],
        shapes: Mapping[str, Any],
        draw_shape: Callable[[str, np.ndarray, int, int], np.ndarray],
        limits: Limits = Limits(),
    ):
        self.weights, self.limits, self.shapes = weights, limits, list(shapes)
        self._load, self._find_faces, self._draw_shape = load, find_faces, draw_shape
        self._networks: dict[str, Callable] = {}
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()  # the network takes all cores anyway
        self._samples: dict[int, bytes] = {}

    def warm_up(self) -> None:
        """Have detector and first network work once, so that the first photo need not wait."""
        image = draw_face(0, 256)
        hole = np.zeros(image.shape[:2], bool)
        hole[100:140, 80:180] = True
        with self._one_at_a_time, contextlib.suppress(UserError):  # which the first photo tells
            self._find_faces(image)
            self._network(self.weights[0])(image, hole)

    def sample(self, number: int) -> bytes:
        """Drawn face `number` of `SAMPLES`, a PNG."""
        if number not in self._samples:
            drawn = draw_face(1000 + number, SAMPLE_SIZE)
            self._samples[number] = picture_files.encode_png(drawn)
        return self._samples[number]

    def take(self, encoded: bytes, name: str) -> dict[str, Any]:
        """Keep a photo: {token, name, width, height, faces: [[left, top, width, height], ...]}.

        Raises `UserError` for what is no photo or too large.
        """
        self._check_size(encoded, name)
        folder = tempfile.TemporaryDirectory(prefix="inpaint_tf_")
        name = safe_name(name)
        original = Path(folder.name) / f"photo{Path(name).suffix}"
        original.write_bytes(encoded)
        try:
            photo = photo_files.read_photo(original)
        except picture_files.UnreadableImage as error:
            folder.cleanup()
            raise UserError(f"{name}: {error.reason}") from None
        (Path(folder.name) / "view.jpg").write_bytes(_as_jpeg(photo.pixels))
        height, width = photo.pixels.shape[:2]
        with self._one_at_a_time:
            faces = self._find_faces(photo.pixels)
        np.save(Path(folder.name) / "faces.npy", np.array(faces).reshape(-1, 68, 2))
        token = secrets.token_urlsafe(18)
        with self._lock:
            self._kept[token] = Kept(folder, original, name)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)[1].folder.cleanup()
        boxes = [[*face.min(axis=0), *(face.max(axis=0) - face.min(axis=0))] for face in faces]
        return {
            "token": token,
            "name": name,
            "width": width,
            "height": height,
            "faces": [[round(float(value), 1) for value in box] for box in boxes],
        }

    def view(self, token: str) -> bytes:
        """The photo as a JPEG, upright, at its own size."""
        return (Path(self._find(token).folder.name) / "view.jpg").read_bytes()

    def shape(self, token: str, name: str) -> bytes:
        """The hole `name` on all faces of a photo: PNG (height, width), white where hole."""
        kept = self._find(token)
        if name not in self.shapes:
            raise UserError(f"there is no shape {name}")
        faces = np.load(Path(kept.folder.name) / "faces.npy")
        if not len(faces):
            raise UserError("no face was found in this photo; draw with the brush")
        height, width = photo_files.read_photo(kept.original).pixels.shape[:2]
        holes = [self._draw_shape(name, face, height, width) for face in faces]
        return picture_files.encode_png(np.any(holes, axis=0).astype(np.uint8) * 255)

    def complete(self, token: str, mask: bytes, weights: str = "") -> dict[str, Any]:
        """Fill the hole of a photo: {number, name}. `result` and `result_view` have it then.

        mask: a picture of the photo's upright size, read by `mask_files.read_mask`.
        weights: one of `self.weights`; empty: the first. Raises `UserError` for a mask of another
        size, one without a hole or with nothing else, and what the network refuses.
        """
        kept = self._find(token)
        weights = weights or self.weights[0]
        if weights not in self.weights:
            raise UserError(f"there are no weights {weights} here")
        self._check_size(mask, "mask")
        hole = mask_files.read_mask(mask, name="mask")
        photo = photo_files.read_photo(kept.original)
        if hole.shape != photo.pixels.shape[:2]:
            raise UserError("the mask has another size than the photo")
        if problem := mask_files.why_useless(hole):
            raise UserError("draw over something first" if not hole.any() else problem)
        with self._one_at_a_time:
            completed = self._network(weights)(photo.pixels, hole == 1)
        with self._lock:
            number = len(kept.results)
            suffix = photo_files.output_suffix(kept.original)
            kept.results.append(Path(kept.folder.name) / f"completed{number}{suffix}")
        path = kept.results[number]
        photo_files.write_photo(photo, completed, hole, path)
        path.with_name(f"{path.name}.view.jpg").write_bytes(_as_jpeg(completed))
        return {"number": number, "name": f"{Path(kept.name).stem}_completed{suffix}"}

    def result(self, token: str, number: int) -> bytes:
        """The file of a completed photo, in the photo's own format."""
        return self._result(token, number).read_bytes()

    def result_view(self, token: str, number: int) -> bytes:
        """A completed photo as a JPEG, to look at."""
        path = self._result(token, number)
        return path.with_name(f"{path.name}.view.jpg").read_bytes()

    def close(self) -> None:
        """Remove all photos from the disk."""
        with self._lock:
            while self._kept:
                self._kept.popitem()[1].folder.cleanup()

    def _result(self, token, number):
        results = self._find(token).results
        if not 0 <= number < len(results):
            raise UserError("there is no such result")
        return results[number]

    def _find(self, token):
        with self._lock:
            if token not in self._kept:
                raise UserError("this photo is not here any more; open it again")
            self._kept.move_to_end(token)
            return self._kept[token]

    def _network(self, weights):
        if weights not in self._networks:
            self._networks[weights] = self._load(weights)
        return self._networks[weights]

    def _check_size(self, encoded, name):
        """Before it is decoded: a small file may hold a huge picture."""
        if len(encoded) > self.limits.megabytes * 1e6:
            raise UserError(too_many_bytes(len(encoded), self.limits))
        try:
            with Image.open(io.BytesIO(encoded)) as image:
                megapixels = image.width * image.height / 1e6
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
            return  # reading it tells
        except Image.DecompressionBombError:
            raise UserError(f"{name} is far too large") from None
        if megapixels > self.limits.megapixels:
            raise UserError(
                f"{name} has {megapixels:.1f} megapixels; up to {self.limits.megapixels:g} are "
                "taken here"
            )


def too_many_bytes(count: int, limits: Limits) -> str:
    """The message for a file of so many bytes."""
    return f"the file has {count / 1e6:.0f} MB; up to {limits.megabytes:g} are taken here"


def safe_name(name: str) -> str:
    """A file name without folders and without what a header or a system may stumble over."""
    name = re.sub(r"[^\w.()\[\] -]", "_", re.split(r"[/\\]", name)[-1]).strip(". ")[-100:]
    return name or "photo.png"


def _as_jpeg(pixels):
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()
