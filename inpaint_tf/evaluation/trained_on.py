"""Whether a network was trained on the pictures that it is tested on.

A picture is known by its file, or by its row of a packed cache. Between a cache and other files it
is known by its name alone: the same names may be those of other pictures.
"""

import functools
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from inpaint_tf.data.picture_files import is_image_name
from inpaint_tf.data.sources import NAMES_SUFFIX, Item, open_source
from inpaint_tf.errors import UserError
from inpaint_tf.weights import locate

PLACE, NAME = "place", "name"
"""By what a picture is known to be one of training."""
PACKED, DOWNLOADED = ".npy", "tfds:"


def remarks(weights: Iterable[str], pairs: Iterable[Any]) -> Iterator[str]:
    """A line for each network of a run here that was trained on tested pictures.

    weights: what the user named. pairs: of `evaluation.pairing`.
    A run whose pictures are not on this machine cannot be asked: it has no line.
    """
    tested = [pair.image for pair in pairs]
    for name in weights:
        run = _run_of(name)
        pictures = run and _pictures_of(run)
        known = [found for found in map(pictures.known_by, tested) if found] if pictures else []
        if known:
            how = ", by their names: if they are the same," if NAME in known else ":"
            others = f"; others are in {run / locate.HELD_OUT_FILE}" if pictures.held_out else ""
            yield (
                f"{name} was trained on {len(known):,} of these {len(tested):,} pictures{how} its "
                f"scores are too good{others}."
            )


class TrainingPictures:
    """The pictures that a run was trained on.

    train: the run's `config.data.train`. held_out: the lines of the list of those held out.
    """

    def __init__(self, train: str, held_out: Iterable[str]):
        self.train = train
        self.held_out = frozenset(map(_place, held_out))
        self._file = Path(train).expanduser().resolve()

    def known_by(self, image: Path | Item) -> str | None:
        """`PLACE` or `NAME`, by which a tested picture is one of them; None: it is not known."""
        place = _place(str(image))
        file = place[0]
        if place in self.held_out:
            return None
        packed = file.suffix == PACKED
        if self._file == file if packed else self._file in file.parents:
            return PLACE
        if not packed and self._file.is_dir():
            return None  # and is not looked through: it may hold very many
        same = self._by_name(image) if not packed or _has_name(file) else None
        if same is None or same in self.held_out:
            return None
        if same == place:
            return PLACE
        return NAME if packed or same[0].suffix == PACKED else None

    def _by_name(self, image):
        """The place of the training picture that is called as a tested one, or None."""
        parts, entries = self._names
        name = image.name if isinstance(image, Item) else str(image.absolute())
        entry = entries.get(_key(name, parts))
        return entry and _place(entry)

    @functools.cached_property
    def _names(self):
        """(parts of a path that tell pictures apart, {their key: entry of the source})."""
        if self.train.startswith(DOWNLOADED):  # whose records have no names
            return 1, {}
        try:
            source = open_source(self.train)
        except (UserError, OSError):
            return 1, {}
        named = [
            (source.name(index), entry)
            for index in range(len(source))
            if _has_name(_file(entry := source.entry(index)))
        ]
        # Folders of many people have a 0001.jpg each: there the folder counts too.
        apart = len({_key(name, 1) for name, _ in named}) == len(named)
        parts = 1 if apart else 2
        return parts, {_key(name, parts): entry for name, entry in named}


def _key(name, parts):
    """The last parts of a picture's path, without its suffix: a cache's source had another."""
    path = Path(name)
    last = path.stem if is_image_name(path.name) else path.name
    return (*path.parts[-parts:-1], last)


def _place(entry):
    """(file, absolute and without links; row or record in it, or None) of a source's entry."""
    number = re.search(r"#(\d+)$", entry)
    return _file(entry).resolve(), number and int(number[1])


def _file(entry):
    return Path(re.sub(r"#\d+$", "", entry))


@functools.lru_cache
def _has_name(file):
    """Whether pictures of a file have names of their own, not numbers."""
    return file.suffix != PACKED or Path(f"{file}{NAMES_SUFFIX}").exists()


def _run_of(name):
    """The folder of the run that weights come from, or None."""
    try:
        return locate.run_folder_of(locate.find_weights(name).resolve())
    except UserError:
        return None


def _pictures_of(run):
    """`TrainingPictures` of a run's folder, or None where they are not here."""
    try:
        train = json.loads((run / locate.RUN_CONFIG).read_text())["data"]["train"]
        held_out = run / locate.HELD_OUT_FILE
        lines = held_out.read_text(errors="surrogateescape") if held_out.is_file() else ""
        return TrainingPictures(train, lines.splitlines())
    except (OSError, ValueError, KeyError, TypeError):
        return None
