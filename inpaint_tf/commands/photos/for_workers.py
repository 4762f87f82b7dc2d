"""What workers are told: the same on every machine, wherever its current folder is."""

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from inpaint_tf.commands.photos.jobs import Job
from inpaint_tf.data.sources import Item
from inpaint_tf.errors import UserError
from inpaint_tf.inference.photos import detectors
from inpaint_tf.weights.locate import find_weights, shipped_names

SETTINGS = ("weights", "device", "precision", "faces", "detector", "detail", "blend")
"""The flags that `Completer` asks for."""


def settings(args: Any) -> SimpleNamespace:
    """`SETTINGS` with what every worker must take alike: the weights' file, the detector.

    Raises `UserError` for weights that are not there and a detector that is not installed.
    """
    taken = SimpleNamespace(**{name: getattr(args, name) for name in SETTINGS})
    if taken.weights not in shipped_names():  # which lie elsewhere on other machines
        taken.weights = str(find_weights(taken.weights).absolute())
    if not taken.faces:
        taken.detector = detectors.choose(taken.detector)
    return taken


def job(one: Job) -> Job:
    """The job with whole paths: workers have current folders of their own.

    Raises `UserError` for a mask in a cache, all of which would travel with each photo.
    """
    if isinstance(one.pair.mask, Item):
        raise UserError(f"{one.pair.mask} is no file of its own; give --masks a folder of masks")
    image, mask = one.pair.image, one.pair.mask
    assert isinstance(image, Path)  # `find_jobs` refuses others
    if isinstance(mask, Path):
        mask = mask.absolute()
    pair = dataclasses.replace(one.pair, image=image.absolute(), mask=mask)
    return one._replace(pair=pair, target=one.target.absolute())
