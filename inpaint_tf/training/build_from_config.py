"""From a config to the parts of a training run: data, networks, trainer, validation."""

from typing import Any

import numpy as np
from absl import logging

from inpaint_tf.errors import UserError, look_up
from inpaint_tf.masks import KINDS as HOLES


def build_schedule(config: Any) -> Any:
    """The `Schedule` of a config's phases."""
    from inpaint_tf.training.loop import Schedule

    return Schedule(
        config.train.coarse_steps,
        config.train.reconstruction_steps,
        config.train.steps,
        0 if config.train.shared_pictures else config.train.critic_updates,
    )


def build_trainer(config: Any) -> Any:
    """The compiled `InpaintingTrainer` of a config, its weights drawn from the seed."""
    import keras

    from inpaint_tf.networks import generators
    from inpaint_tf.training import critics
    from inpaint_tf.training.generator_loss import LossWeights
    from inpaint_tf.training.terms import features
    from inpaint_tf.training.trainer import InpaintingTrainer

    keras.utils.set_random_seed(config.train.seed)
    kind, width = config.generator.kind, config.generator.width
    options: dict[str, Any] = {}
    if config.generator.freeze_encoder:  # which kinds without norms may not know
        options["freeze_encoder"] = True
    decay = config.train.average_decay
    generator = generators.build(kind, width, **options)
    generators.check_side(generator, config.data.size)
    generators.check_multiple(generator, config.data.size)
    trainer = InpaintingTrainer(
        generator,
        look_up(critics.KINDS, config.critics.kind, "kind of critics")(config),
        build_holes(config),
        average=generators.build(kind, width, name="average") if decay else None,
        hole_fill=config.masks.fill,
        critic_updates=config.train.critic_updates,
        shared_pictures=config.train.shared_pictures,
        weights=LossWeights(**{name: config.losses[name] for name in LossWeights._fields}),
        features=features.build(config),
        average_decay=decay,
        flip=config.data.flip,
        gradient_norms=config.train.histograms,
        seed=config.train.seed,
    )
    if config.train.coarse_steps and "coarse" not in trainer.generator.output:
        raise UserError(
            f"a generator of kind {kind!r} has no coarse network; set --config.train.coarse_steps=0"
        )
    before, adversarial = (
        config.optimizer.learning_rate,
        config.optimizer.adversarial_learning_rate,
    )
    trainer.compile(
        build_optimizer(
            config,
            [
                (config.train.coarse_steps, before),
                (config.train.reconstruction_steps, before),
                (config.train.steps, adversarial),
            ],
            config.optimizer.kind,
        ),
        build_optimizer(
            config,
            [
                (
                    config.train.steps * config.train.critic_updates,
                    config.optimizer.critics_learning_rate or adversarial,
                )
            ],
        ),
    )
    return trainer


def begin_from_weights(config: Any, trainer: Any) -> None:
    """Load the weights that `generator.weights` names into a new trainer, if it names any."""
    from inpaint_tf.weights import generator_file

    if not config.generator.weights:
        return
    generator_file.load_into(trainer.generator, config.generator.weights, config.generator.width)
    if trainer.average is not None:
        trainer.average.set_weights(trainer.generator.get_weights())


def build_optimizer(config: Any, phases: list[tuple[int, float]], kind: str = "adam") -> Any:
    """For networks that get [(updates, learning rate), ...] in the phases of the run.

    kind: a key of `optimizers.KINDS`.
    """
    import keras

    from inpaint_tf.training import optimizers
    from inpaint_tf.training.optimizers.learning_rate import PhasedLearningRate

    settings = config.optimizer
    rate = PhasedLearningRate(phases, settings.schedule)
    optimizer = look_up(optimizers.KINDS, kind, "kind of optimizer")(
        rate, settings.beta_1, settings.beta_2, settings.epsilon
    )
    if keras.config.dtype_policy().name == "mixed_float16":
        return keras.optimizers.LossScaleOptimizer(optimizer)
    return optimizer


def build_holes(config: Any, kind: str | None = None) -> Any:
    """The `HoleDrawer` of training, or of another `kind` with the same settings."""
    from inpaint_tf.masks.hole_drawer import HoleDrawer

    kind = kind or config.masks.kind
    drawn = look_up(HOLES, kind, "kind of hole")
    pictures = read_mask_pictures(config) if drawn.takes_pictures else None
    side = drawn.box_side(config.masks, config.data.size)
    return HoleDrawer(kind, side, config.masks.max_shrink, config.masks.per_image, pictures)


def read_mask_pictures(config: Any) -> np.ndarray:
    """The pictures of `masks.pictures`, resized to the box: uint8 0/1 (count, size, size).

    Those that cannot be read, that have no hole and that are all hole are left out and named.
    Raises `UserError` where none is left.
    """
    from inpaint_tf.data import picture_files
    from inpaint_tf.masks import mask_files

    size, folder = config.masks.size, config.masks.pictures
    rule = mask_files.MaskRule(invert=config.masks.invert)
    found, left_out = [], []
    for path in picture_files.list_images(folder):
        try:
            mask = mask_files.read_mask(path, rule)
            small = picture_files.resize(mask, size, size, nearest=True)
            problem = mask_files.why_useless(mask) or mask_files.why_useless(small)
        except picture_files.UnreadableImage as error:
            problem = error.reason
        if problem:
            left_out.append(f"{path}: {problem}")
            logging.warning("left out, cannot serve as a mask: %s", left_out[-1])
        else:
            found.append(small)
    if not found:
        raise UserError(
            f"--config.masks.pictures={folder}: none of its {len(left_out)} masks can serve, such "
            f"as {left_out[0]}"
        )
    return np.stack(found)


def describe_mask_pictures(config: Any) -> str | None:
    """The number of the pictures of `masks.pictures` and a digest of their names, if in use."""
    from inpaint_tf.data import describe_source, open_source

    kinds = {config.masks.kind, config.train.validation_masks}
    if not any(look_up(HOLES, kind, "kind of hole").takes_pictures for kind in kinds):
        return None
    return describe_source(open_source(config.masks.pictures))


def build_validation(config: Any, source: Any) -> Any:
    """`Validation` on the first pictures of the held-out source, or None without one."""
    if source is None or not config.train.validation_count:
        return None
    from inpaint_tf.data import in_order
    from inpaint_tf.training.validation import Validation

    faces = None
    if config.train.validation_recognition:
        from inpaint_tf.evaluation.scores.face_descriptors.dlib_faces import DlibFaces

        faces = DlibFaces()
    pictures = in_order(
        source, config.data.size, config.data.batch_size, config.train.validation_count
    )
    return Validation(
        [batch for _, batch in pictures],
        build_holes(config, config.train.validation_masks),
        config.masks.fill,
        config.train.picture_rows,
        build_holes(config) if config.masks.kind != config.train.validation_masks else None,
        faces=faces,
    )


def open_sources(config: Any) -> tuple[Any, Any]:
    """(training source, validation source or None)."""
    from inpaint_tf.data import open_train_and_validation

    if not config.data.train:
        raise UserError("no pictures to train on; pass --config.data.train=PATH")
    return open_train_and_validation(
        config.data.train, config.data.validation, config.data.test_count
    )
