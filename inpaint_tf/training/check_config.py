"""Refuses values of a config that would fail later, and less clearly. Needs no Keras."""

import math
from typing import Any

from inpaint_tf.data.streams.augment import MOST_JITTER
from inpaint_tf.data.streams.picture_batches import CROPS
from inpaint_tf.errors import UserError, look_up
from inpaint_tf.evaluation.scores.face_descriptors import dlib_faces
from inpaint_tf.masks import KINDS as HOLES
from inpaint_tf.networks.generators import KINDS as GENERATORS
from inpaint_tf.networks.generators import WITH_NORMS
from inpaint_tf.training import optimizers
from inpaint_tf.training.critics import KINDS as CRITICS

CHOICES = {
    "generator.kind": GENERATORS,
    "critics.kind": CRITICS,
    "masks.kind": HOLES,
    "masks.fill": ("grey", "white"),  # of images.HOLE_FILLS, which needs Keras: a test compares
    "train.validation_masks": HOLES,
    "losses.feature_form": ("partial_convolution", "aot"),  # of training.terms.features, likewise
    "optimizer.kind": optimizers.KINDS,
    "optimizer.schedule": optimizers.SCHEDULES,
    "data.crop": CROPS,
}

SSIM_WINDOW = 11
"""Side of the window of `losses.structural_dissimilarity`, pixels."""

LOWEST = {
    "data.size": 8,
    "data.batch_size": 1,
    "data.test_count": 0,
    "data.jitter": 0,
    "masks.size": 1,
    "masks.max_shrink": 0,
    "generator.width": 2,  # the last layers have half of it
    "critics.width": 8,
    "losses.parts": 0,
    "losses.face": 0,
    "losses.matching": 0,
    "losses.known_mean": 0,
    "losses.hole_mean": 0,
    "losses.variation": 0,
    "losses.perceptual": 0,
    "losses.style": 0,
    "train.coarse_steps": 0,
    "train.reconstruction_steps": 0,
    "train.steps": 0,
    "train.critic_updates": 1,
    "train.average_decay": 0,
    "train.log_every": 1,
    "train.checkpoint_every": 1,
    "train.validate_every": 1,
    "train.keep_checkpoints": 1,
    "train.validation_count": 0,
    "train.picture_rows": 1,
    "train.seed": 0,
    "optimizer.learning_rate": 0,
    "optimizer.adversarial_learning_rate": 0,
    "optimizer.critics_learning_rate": 0,
}


def check_config(config: Any) -> None:
    """Raise `UserError`, naming the flag to change, for values that cannot work."""
    for name, allowed in CHOICES.items():
        if _value(config, name) not in allowed:
            _refuse(config, name, f"must be one of {', '.join(allowed)}")
    for name, lowest in LOWEST.items():
        if not lowest <= _value(config, name) < math.inf:  # False for NaN
            _refuse(config, name, f"must be at least {lowest}")
    if config.train.average_decay >= 1:
        _refuse(config, "train.average_decay", "must be below 1")
    if config.data.jitter > MOST_JITTER:
        _refuse(config, "data.jitter", f"must be at most {MOST_JITTER}")
    if not config.train.coarse_steps + config.train.reconstruction_steps + config.train.steps:
        raise UserError("no step to train; set --config.train.steps above 0")
    if config.train.shared_pictures and config.train.critic_updates != 1:
        _refuse(config, "train.critic_updates", "must be 1 with --config.train.shared_pictures")
    if config.data.size % 8:
        _refuse(config, "data.size", "must be a multiple of 8")
    if config.train.validation_recognition:
        dlib_faces.check_installed()
    for kind in {config.masks.kind, config.train.validation_masks}:
        look_up(HOLES, kind, "kind of hole").check(config.masks, config.data.size)
    kind = look_up(HOLES, config.masks.kind)
    if config.losses.ssim and kind.box_side(config.masks, config.data.size) < SSIM_WINDOW:
        side = "data.size" if kind.whole_picture else "masks.size"
        _refuse(config, side, f"must be at least {SSIM_WINDOW} with --config.losses.ssim")
    if kind.whole_picture and config.losses.discount != 1:
        reason = f"must be 1 for holes of kind {config.masks.kind!r}, which fill no box"
        _refuse(config, "losses.discount", reason)
    for name in ("features", "parts", "face", "matching"):
        if config.losses[name] and config.critics.kind != "projected":
            reason = "must be 0 for other critics than those of kind 'projected'"
            _refuse(config, f"losses.{name}", reason)
    for name in ("eyes", "face"):
        if config.critics[name] and config.critics.kind != "projected":
            reason = "must be False for other critics than those of kind 'projected'"
            _refuse(config, f"critics.{name}", reason)
    if config.generator.freeze_encoder and config.generator.kind not in WITH_NORMS:
        reason = f"must be False for kinds without batch normalisation; {WITH_NORMS[0]!r} has it"
        _refuse(config, "generator.freeze_encoder", reason)


def _value(config, name):
    group, field = name.split(".")
    return config[group][field]


def _refuse(config, name, reason):
    raise UserError(f"--config.{name} {reason}; got {_value(config, name)!r}")
