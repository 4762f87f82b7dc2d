"""What is written down in an output folder: from what, and with which settings, each photo is made.

It is written before the first photo is completed: a kill leaves no photo without its entry, and
workers on other machines have nothing to write down.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from inpaint_tf.data.atomic_files import write_text
from inpaint_tf.data.sources import Item
from inpaint_tf.data.streams.threaded_map import ordered_map
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation import pairing
from inpaint_tf.inference.photos import detectors
from inpaint_tf.masks.mask_files import MaskRule
from inpaint_tf.weights import locate

FILE = ".completed.json"
"""In the output folder. Hidden: people look at photos there."""
WEIGHTS = "weights"
"""A setting of two values, what the user called them and a digest, of which the digest counts."""


class Inputs(NamedTuple):
    """What one photo is completed from; None: that has no file.

    mask: a digest of its mask's file. photo: bytes of its own file, which tell most other photos of
    its name apart without reading them. faces: a digest of those that the user lists.
    """

    mask: str | None
    photo: int | None
    faces: str | None


class Entry(NamedTuple):
    """How a photo is completed.

    settings: their index in the file. inputs: see `Inputs`.
    replaces: the state of the result that was there before, and is so until it is done anew.
    """

    settings: int
    inputs: Inputs
    replaces: str | None


class Record:
    """The entries of the photos in a folder, read and extended.

    settings: what all photos of this command depend on, see `settings_of`.
    unknown: how many results that are there have no entry, as earlier versions left them.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any]):
        self._folder, self._settings = folder, dict(settings)
        self._known, self._entries = _read(folder / FILE)
        self.unknown = 0

    def has(self, name: str) -> bool:
        """Whether a result is there, and is none that was to be done anew when that was stopped."""
        state, entry = _state(self._folder / name), self._entries.get(name)
        return state is not None and (entry is None or entry.replaces != state)

    def check(self, done: Mapping[str, Inputs]) -> None:
        """Raise `UserError` where results that are there were made otherwise; count `unknown`.

        done: by the results' names.
        """
        told = [_changes(settings, self._settings) for settings in self._known]
        changed: dict[str, list[str]] = {}
        for name, inputs in done.items():
            entry = self._entries.get(name)
            if entry is None:
                self.unknown += 1
                continue
            for what in told[entry.settings] or _changed_inputs(entry.inputs, inputs):
                changed.setdefault(what, []).append(name)
        if changed:
            was = ", ".join(what.format(_named(names)) for what, names in changed.items())
            raise UserError(
                f"{self._folder} holds photos completed with other settings: {was}; add "
                "--overwrite to do them anew, remove them, or choose another --output"
            )

    def plan(self, jobs: Mapping[str, Inputs]) -> None:
        """Note what is going to be completed, by the results' names; `write` makes it last."""
        if self._settings not in self._known:
            self._known.append(self._settings)
        index = self._known.index(self._settings)
        for name, inputs in jobs.items():
            self._entries[name] = Entry(index, inputs, _state(self._folder / name))

    def write(self) -> None:
        """Write the file, whole or not at all, and the folder if it is not there."""
        photos = {name: (e.settings, *e.inputs, e.replaces) for name, e in self._entries.items()}
        self._folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"settings": self._known, "photos": photos})
        write_text(self._folder / FILE, text + "\n")


def settings_of(args: Any, masks: str, rule: MaskRule) -> dict[str, Any]:
    """What all photos depend on, JSON-able, by the flags of `complete`.

    masks: `--masks`, or the word that stands for it. Without --device: that changes roundings only.
    Raises `UserError` for weights that are not there and a detector that is not installed.
    """
    weights = locate.find_weights(args.weights)
    name = str(weights if str(args.weights) == locate.LATEST else args.weights)
    return {
        WEIGHTS: [name, _digest(_files(weights))],
        "masks": pairing.hole_word(masks) or "mask pictures",
        "invert_masks": rule.invert,
        "mask_colour": rule.colour,
        "tolerance": rule.changes["tolerance"],
        "grow": rule.grow,
        "faces": "listed" if args.faces else f"found by {detectors.choose(args.detector)}",
        "detail": args.detail,
        "blend": args.blend,
        "precision": args.precision,
    }


def inputs_of(jobs: Sequence[Any]) -> list[Inputs]:
    """The inputs of each of some `Job`s. Reads all masks."""
    masks = list(dict.fromkeys(j.pair.mask for j in jobs if isinstance(j.pair.mask, Path)))
    digests = dict(zip(masks, ordered_map(lambda mask: _digest([mask]), masks), strict=True))
    return [
        Inputs(_mask(j.pair.mask, digests), _bytes(j.pair.image), _faces(j.faces)) for j in jobs
    ]


def _read(path):
    """(settings, entries by name) of a file; empty where there is none, or it is damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        known = [dict(settings) for settings in found["settings"]]
        entries = {
            name: Entry(index, Inputs(mask, photo, faces), replaces)
            for name, (index, mask, photo, faces, replaces) in found["photos"].items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return [], {}
    last = len(known) - 1
    if not all(isinstance(e.settings, int) and 0 <= e.settings <= last for e in entries.values()):
        return [], {}
    return known, entries


def _changes(before, now):
    """A text for each setting that differs, "grow 0 (now 4)", without braces."""
    found = []
    for key, value in now.items():
        was = before.get(key)
        if key == WEIGHTS and isinstance(was, list) and len(was) == 2:
            if was[1] == value[1]:
                continue
            was, value = was[0], value[0]
        elif was == value:
            continue
        text = f"{key} {was} ({'changed since' if was == value else f'now {value}'})"
        found.append(text.replace("{", "{{").replace("}", "}}"))
    return found


def _changed_inputs(before, now):
    """A text for each input of a photo that differs; {} stands for the photo's name."""
    names = ("the mask of {}", "the photo {}", "the faces listed for {}")
    return [
        f"{name} (changed since)"
        for name, was, value in zip(names, before, now, strict=True)
        if None not in (was, value) and was != value
    ]


def _named(names):
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def _mask(mask, digests):
    if isinstance(mask, Item):  # a cache may be large: it is not read for this
        return f"{mask.index} {_state(mask.file())}"
    return digests.get(mask)


def _faces(faces):
    if faces is None:
        return None
    numbers = [[float(x) for eye in (f.left_eye, f.right_eye) for x in eye] for f in faces]
    return hashlib.sha256(repr(numbers).encode()).hexdigest()[:16]


def _files(weights):
    """The files of weights, which may be a folder, or what the names of several begin with."""
    if weights.is_file():
        return [weights]
    found = weights.rglob("*") if weights.is_dir() else weights.parent.glob(f"{weights.name}.*")
    return sorted(path for path in found if path.is_file())


def _digest(paths: Iterable[Path]) -> str | None:
    """Sixteen hexadecimal digits of the contents of files; None if one cannot be read."""
    digest = hashlib.sha256()
    try:
        for path in paths:
            with open(path, "rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    except OSError:
        return None
    return digest.hexdigest()[:16]


def _bytes(path):
    try:
        return os.stat(path).st_size
    except OSError:
        return None


def _state(path):
    """A text that changes with a file; None where there is none."""
    try:
        about = os.stat(path)
    except OSError:
        return None
    return f"{about.st_size} {about.st_mtime_ns}"
