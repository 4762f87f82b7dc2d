"""Train the generator and its critics: `python train.py --config=... --workdir=...`.

Running the same command again continues the run, from its latest checkpoint to the same weights.
"""

from absl import flags, logging

from inpaint_tf.errors import UserError, run_command

LEARNING_RATES = ("constant", "cosine")


def main(argv):
    if len(argv) > 1:
        raise UserError(f"unexpected argument {argv[1]!r}; settings are given as --name=value")
    from inpaint_tf import runtime

    values = flags.FLAGS
    config = values.config
    runtime.configure(values.device, values.precision)
    runtime.configure_training()
    check_config(config)
    if values.dry_run:
        return dry_run(config)
    if not values.workdir:
        raise UserError("no folder for the run; pass --workdir=logs/NAME")
    from inpaint_tf.run_folder import open_run_folder

    sources = open_sources(config)
    open_run_folder(values.workdir, config)
    return train(config, values.workdir, *sources)


def train(config, workdir, train_source, validation_source):
    """Join data, networks, trainer and loop, and run what is left of the schedule."""
    from inpaint_tf.checkpoints import CheckpointStore
    from inpaint_tf.data import batches
    from inpaint_tf.records import Records
    from inpaint_tf.training import train as run_training

    schedule = build_schedule(config)
    trainer = build_trainer(config, schedule)
    settings = {
        "width": config.generator.width,
        "hole_fill": config.masks.fill,
        "size": config.data.size,
    }
    store = CheckpointStore(workdir, config.train.keep_checkpoints, settings)
    step = store.restore(trainer)
    if step:
        logging.info("continuing at step %d", step)

    def open_batches(per_step, used):
        return batches(
            train_source,
            config.data.size,
            (per_step, config.data.batch_size),
            config.train.seed,
            start=used * config.data.batch_size,
            crop=config.data.crop,
        ).tensors()

    ended = run_training(
        trainer,
        schedule,
        open_batches,
        store,
        Records(workdir, step),
        build_validation(config, validation_source),
        {
            "log": config.train.log_every,
            "checkpoint": config.train.checkpoint_every,
            "validate": config.train.validate_every,
        },
    )
    if ended == "stopped":
        print(
            f"stopped at step {int(trainer.step.numpy())} and saved; to go on, run the same again"
        )
        return 1
    print(f"finished {schedule.total} steps; weights: {store.latest()}")
    print(
        f"test them:  python test.py --images=DIR --masks=center --weights={workdir} --output=DIR"
    )
    return 0


def build_schedule(config):
    from inpaint_tf.training import Schedule

    return Schedule(
        config.train.coarse_steps,
        config.train.reconstruction_steps,
        config.train.steps,
        config.train.critic_updates,
    )


def build_trainer(config, schedule):
    """The compiled `InpaintingTrainer` of a config, its weights drawn from the seed."""
    import keras

    from inpaint_tf.networks.discriminators import build_global_critic, build_local_critic
    from inpaint_tf.networks.generator import build_generator
    from inpaint_tf.trainer import InpaintingTrainer

    keras.utils.set_random_seed(config.train.seed)
    width, size = config.generator.width, config.data.size
    decay = config.train.average_decay
    trainer = InpaintingTrainer(
        build_generator(width),
        build_local_critic((config.masks.size, config.masks.size), config.critics.width),
        build_global_critic((size, size), config.critics.width),
        build_holes(config),
        average=build_generator(width, name="average") if decay else None,
        hole_fill=config.masks.fill,
        critic_updates=config.train.critic_updates,
        l1_weight=config.losses.l1,
        coarse_weight=config.losses.coarse,
        ae_weight=config.losses.ae,
        adversarial_weight=config.losses.adversarial,
        penalty_weight=config.losses.penalty,
        discount=config.losses.discount,
        average_decay=decay,
        flip=config.data.flip,
        seed=config.train.seed,
    )
    trainer.compile(
        build_optimizer(config, schedule.total),
        build_optimizer(
            config,
            config.train.steps * config.train.critic_updates,
            config.optimizer.critic_factor,
        ),
    )
    return trainer


def build_optimizer(config, updates, factor=1.0):
    """Adam for a network that gets `updates` updates in the whole run."""
    import keras

    rate = config.optimizer.learning_rate * factor
    if config.optimizer.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(rate, max(updates, 1))
    adam = keras.optimizers.Adam(
        rate, config.optimizer.beta_1, config.optimizer.beta_2, config.optimizer.epsilon
    )
    if keras.config.dtype_policy().name == "mixed_float16":
        return keras.optimizers.LossScaleOptimizer(adam)
    return adam


def build_holes(config, kind=None):
    """The `HoleDrawer` of training, or of another `kind` with the same box."""
    from inpaint_tf.masks import HoleDrawer

    kind = kind or config.masks.kind
    pictures = read_mask_pictures(config) if kind == "pictures" else None
    return HoleDrawer(
        kind, config.masks.size, config.masks.max_shrink, config.masks.per_image, pictures
    )


def read_mask_pictures(config):
    """The pictures of `masks.pictures`, resized to the box: uint8 0/1 (count, size, size)."""
    import numpy as np

    from inpaint_tf import files

    size = config.masks.size
    return np.stack(
        [
            files.resize(files.read_mask(path, config.masks.invert), size, size, nearest=True)
            for path in files.list_images(config.masks.pictures)
        ]
    )


def build_validation(config, source):
    """`Validation` on the first pictures of the held-out source, or None without one."""
    if source is None or not config.train.validation_count:
        return None
    from inpaint_tf.data import in_order
    from inpaint_tf.validation import Validation

    pictures = in_order(
        source, config.data.size, config.data.batch_size, config.train.validation_count
    )
    return Validation(
        [batch for _, batch in pictures],
        build_holes(config, config.train.validation_masks),
        config.masks.fill,
        config.train.picture_rows,
    )


def open_sources(config):
    """(training source, validation source or None)."""
    from inpaint_tf.data import open_train_and_validation

    if not config.data.train:
        raise UserError("no pictures to train on; pass --config.data.train=PATH")
    return open_train_and_validation(
        config.data.train, config.data.validation, config.data.test_count
    )


def dry_run(config):
    """Open the data, build the networks and show what a run would do, without running it."""
    print(config)
    train_source, validation_source = open_sources(config)
    print(f"training pictures: {len(train_source)}")
    print(f"validation pictures: {len(validation_source) if validation_source else 0}")
    schedule = build_schedule(config)
    trainer = build_trainer(config, schedule)
    for network in (trainer.generator, trainer.local_critic, trainer.global_critic):
        print(f"{network.name}: {network.count_params():,} parameters")
    for phase, first, end in schedule.stretches(0):
        print(f"{phase}: {end - first} iterations")
    return 0


def check_config(config):
    """Raise `UserError` for values that would fail later, and less clearly."""
    from inpaint_tf.images import HOLE_FILLS
    from inpaint_tf.masks import KINDS

    choices = {
        "masks.kind": KINDS,
        "masks.fill": HOLE_FILLS,
        "train.validation_masks": KINDS,
        "optimizer.schedule": LEARNING_RATES,
        "data.crop": ("center", "random"),
    }
    for name, allowed in choices.items():
        group, field = name.split(".")
        if config[group][field] not in allowed:
            raise UserError(
                f"--config.{name} must be one of {', '.join(allowed)}; got {config[group][field]!r}"
            )
    positive = ["data.size", "data.batch_size", "masks.size", "generator.width", "critics.width"]
    positive += [f"train.{period}_every" for period in ("log", "checkpoint", "validate")]
    positive += ["train.critic_updates", "train.keep_checkpoints", "optimizer.learning_rate"]
    for name in positive:
        group, field = name.split(".")
        if config[group][field] <= 0:
            raise UserError(f"--config.{name} must be above 0; got {config[group][field]}")
    if build_schedule(config).total <= 0:
        raise UserError("no step to train; set --config.train.steps above 0")
    if config.data.size % 8:
        raise UserError(f"--config.data.size must be a multiple of 8; got {config.data.size}")
    if config.masks.size > config.data.size:
        raise UserError(
            f"--config.masks.size must not exceed --config.data.size ({config.data.size}); "
            f"got {config.masks.size}"
        )
    if config.masks.kind == "random_box" and 2 * config.masks.max_shrink >= config.masks.size:
        raise UserError(
            f"--config.masks.max_shrink must be below half of --config.masks.size; "
            f"got {config.masks.max_shrink} and {config.masks.size}"
        )
    if config.masks.kind == "pictures" and not config.masks.pictures:
        raise UserError("masks of kind 'pictures' need --config.masks.pictures=FOLDER")


def define_flags():
    from ml_collections import config_flags

    config_flags.DEFINE_config_file(
        "config", None, "settings of the run, a file such as configs/quickstart.py"
    )
    flags.DEFINE_string("workdir", None, "the run's folder, for example logs/my_run")
    flags.DEFINE_bool("dry_run", False, "check config and data, show them, and stop")
    flags.DEFINE_enum("device", "auto", ["auto", "cpu", "gpu"], "where to compute")
    flags.DEFINE_enum(
        "precision",
        "auto",
        ["auto", "float32", "mixed_bfloat16", "mixed_float16"],
        "auto: bfloat16 on a CPU that has it, float32 elsewhere",
    )


def cli():
    define_flags()
    from inpaint_tf.commands.config_arguments import check_config_arguments

    run_command(main, check_config_arguments)
