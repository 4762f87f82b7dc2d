"""Train the generator and its critics: `python train.py --config=... --workdir=...`.

Running the same command again continues the run, from its latest checkpoint to the same weights.
"""

from pathlib import Path

from absl import flags, logging

from inpaint_tf.commands.parsing.flags import define_compute_flags as define_compute_flags
from inpaint_tf.commands.parsing.run import run_command
from inpaint_tf.errors import UserError

HELD_OUT_FILE = "held_out.txt"


def main(argv):
    del argv
    from inpaint_tf.engines import runtime

    values = flags.FLAGS
    config = values.config
    device, precision = runtime.configure(values.device, values.precision)
    from inpaint_tf.training.check_config import check_config

    check_config(config)
    if values.dry_run:
        return dry_run(config)
    if not values.workdir:
        raise UserError("no folder for the run; pass --workdir=logs/NAME")
    from inpaint_tf.data import describe_source
    from inpaint_tf.training.build import open_sources
    from inpaint_tf.training.run_folder import open_run_folder
    from inpaint_tf.weights import generator_file, locate

    if config.generator.weights and not locate.has_checkpoint(values.workdir):
        generator_file.check_width(config.generator.weights, config.generator.width)
    train_source, validation_source = open_sources(config)
    open_run_folder(
        values.workdir,
        config,
        device=device,
        precision=precision,
        training_pictures=describe_source(train_source),
    )
    return train(
        *(config, Path(values.workdir), train_source, validation_source), values.data_on_device
    )


def train(config, workdir, train_source, validation_source, on_device=False):
    """Join data, networks, trainer and loop, and run what is left of the schedule."""
    from inpaint_tf.data import batches
    from inpaint_tf.training import build
    from inpaint_tf.training.checkpoints import CheckpointStore
    from inpaint_tf.training.loop import train as run_training
    from inpaint_tf.training.run_log import Records

    tell_held_out(workdir, config, validation_source)
    schedule = build.build_schedule(config)
    trainer = build.build_trainer(config)
    settings = {"width": config.generator.width, "hole_fill": config.masks.fill}
    store = CheckpointStore(workdir, config.train.keep_checkpoints, settings)
    step = store.restore(trainer)
    if step:
        logging.info("continuing at step %d", step)
    else:
        build.begin_from_weights(config, trainer)
    streams = []
    held = hold_on_device(train_source, config) if on_device else None

    def open_batches(per_step, used):
        stream = batches(
            train_source,
            config.data.size,
            (per_step, config.data.batch_size),
            config.train.seed,
            start=used * config.data.batch_size,
            crop=config.data.crop,
        )
        streams.append(stream)
        return stream.tensors() if held is None else stream.row_numbers()

    records = Records(workdir, step)
    validation = build.build_validation(config, validation_source)
    every = {
        "log": config.train.log_every,
        "checkpoint": config.train.checkpoint_every,
        "validate": config.train.validate_every,
    }
    try:
        ended = run_training(
            trainer, schedule, open_batches, store, records, validation, every, held
        )
    except KeyboardInterrupt:
        raise UserError(
            f"stopped at once; {store.describe_latest()}; the same command goes on from there"
        ) from None
    left_out = set().union(*(stream.pictures.left_out for stream in streams))
    if left_out:
        logging.warning(
            "%d of %d pictures could not be read and were left out",
            *(len(left_out), len(train_source)),
        )
    if ended == "stopped":
        print(f"stopped at step {int(trainer.step.numpy())} and saved; the same command goes on")
        return 1
    print(f"finished {schedule.total} steps; weights: {store.latest()}")
    held_out = workdir / HELD_OUT_FILE
    images = held_out if held_out.exists() else "DIR"
    print(f"test: python test.py --images={images} --masks=center --weights={workdir} --output=DIR")
    return 0


def hold_on_device(source, config):
    """All training pictures as a variable on the device; `UserError` unless they are packed."""
    import keras

    from inpaint_tf.data import batches
    from inpaint_tf.engines import apple_gpu

    size = config.data.size
    array = batches(source, size, (1,), seed=0).packed_array
    if array is None:
        raise UserError(
            f"--data_on_device needs a packed cache of {size}x{size} pictures as data.train; make "
            f"it by: inpaint-tf pack --images=DIR --output=FILE.npy --size={size}"
        )
    logging.info("holding %.1f GB of pictures on the device", array.nbytes / 1e9)
    with apple_gpu.on_host():  # a Mac's GPU has that memory too
        return keras.Variable(array, dtype="uint8", trainable=False, name="pictures")


def tell_held_out(workdir, config, validation_source):
    """List the pictures held out of the training folder, so that test.py can be given them."""
    from inpaint_tf.data import picture_paths
    from inpaint_tf.data.whole_files import write_whole

    paths = picture_paths(validation_source) if config.data.test_count else []
    if paths:
        with write_whole(workdir / HELD_OUT_FILE) as file:
            lines = (str(Path(path).resolve()) for path in paths)
            file.write(("\n".join(lines) + "\n").encode("utf-8", errors="surrogateescape"))


def dry_run(config):
    """Open the data, build the networks and show what a run would do, without running it."""
    from inpaint_tf.training import build

    print(config)
    train_source, validation_source = build.open_sources(config)
    print(f"training pictures: {len(train_source)}")
    print(f"validation pictures: {len(validation_source) if validation_source else 0}")
    trainer = build.build_trainer(config)
    for network in (trainer.generator, trainer.local_critic, trainer.global_critic):
        print(f"{network.name}: {network.count_params():,} parameters")
    for phase, first, end in build.build_schedule(config).stretches(0):
        print(f"{phase}: {end - first} iterations")
    return 0


def define_flags():
    from inpaint_tf.commands.parsing.config_flag import define_config_flag

    define_config_flag()
    flags.DEFINE_string("workdir", None, "the run's folder, for example logs/my_run")
    flags.DEFINE_bool("dry_run", False, "check config and data, show them, and stop")
    flags.DEFINE_bool(
        "data_on_device",
        False,
        "Keep all training pictures, a packed cache, in the device's memory and draw the batches "
        "there: the host only says which.",
    )
    define_compute_flags("auto")


def cli():
    define_flags()
    from inpaint_tf.commands.parsing.config_flag import check_config_given

    run_command(main, check_config_given)


if __name__ == "__main__":
    cli()
