"""Whether a network was trained on the pictures that it is tested on."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from inpaint_tf.errors import UserError
from inpaint_tf.weights import locate


def remarks(weights: Iterable[str], pairs: Iterable[Any]) -> Iterator[str]:
    """A line for each network of a run here whose training folder has tested pictures.

    weights: what the user named. pairs: of `evaluation.pairing`.
    A run on another machine, or on a list or a cache, cannot be asked: it has no line.
    """
    tested = [pair.image.resolve() for pair in pairs]
    for name in weights:
        run = _run_of(name)
        if run is None:
            continue
        folder, held_out = _pictures_of(run)
        trained = [path for path in tested if folder in path.parents and path not in held_out]
        if folder.is_dir() and trained:
            others = f"; others are in {run / locate.HELD_OUT_FILE}" if held_out else ""
            yield (
                f"{name} was trained on {len(trained):,} of these {len(tested):,} pictures: its "
                f"scores are too good{others}."
            )


def _run_of(name):
    """The folder of the run that weights come from, or None."""
    try:
        return locate.run_folder_of(locate.find_weights(name).resolve())
    except UserError:
        return None


def _pictures_of(run):
    """(folder of the training pictures, those of them that were held out)."""
    try:
        train = json.loads((run / locate.RUN_CONFIG).read_text())["data"]["train"]
        held_out = run / locate.HELD_OUT_FILE
        lines = held_out.read_text(errors="surrogateescape") if held_out.is_file() else ""
    except (OSError, ValueError, KeyError, TypeError):
        return Path("nowhere"), frozenset()
    return Path(train).expanduser().resolve(), frozenset(map(Path, lines.splitlines()))
