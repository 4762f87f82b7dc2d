"""A whole training run: data, networks, trainer and loop joined, and what is left of it run."""

from dataclasses import dataclass
from pathlib import Path
from signal import Signals
from typing import Any

from absl import logging

from inpaint_tf.data.paths.user_path import user_path
from inpaint_tf.errors import Stopped, UserError, is_out_of_memory
from inpaint_tf.training.check_config import check_config
from inpaint_tf.weights.locate import HELD_OUT_FILE

FRAMED_PICTURES = 32
"""Of which is measured where faces stand."""


@dataclass(frozen=True)
class TrainingResult:
    """How a run ended.

    stopped_by: the signal that stopped it, after which it was saved; None where all was done.
    begun_at: the iteration that this start went on from.
    step: iterations run, in this and earlier starts. steps: of the whole schedule.
    checkpoint: folder of the latest checkpoint, which is `weights` to the rest of the package.
    held_out: list of the pictures held out, or None where nothing was.
    """

    stopped_by: Signals | None
    begun_at: int
    step: int
    steps: int
    checkpoint: Path
    held_out: Path | None

    @property
    def finished(self) -> bool:
        """Whether the whole schedule is done."""
        return self.stopped_by is None


def train(
    config: Any,
    workdir: str | Path,
    *,
    device: str = "auto",
    precision: str = "auto",
    data_on_device: bool = False,
    data_parallel: str | int = "auto",
    change_settings: bool = False,
    coordinator: str | None = None,
    processes: str | int | None = None,
    process: int | None = None,
) -> TrainingResult:
    """Train by a config, or go on where the run in `workdir` was.

    config: a `ConfigDict` of `default_config`, such as `inpaint_tf.load_config("quickstart")`.
    workdir: the run's folder.
    device, precision: see `engines.runtime.configure`.
    data_on_device: keep all training pictures, a packed cache, in the device's memory.
    data_parallel: how many devices share a batch, see `engines.runtime.share_batches`.
    change_settings: go on with other losses, rates, holes or pictures than the run had so far.
    coordinator, processes, process: of several that train together, see `engines.place.find_place`.
      Only the first of them uses `workdir`.

    Raises `UserError` for a config that cannot work, pictures that cannot be read, losses that are
    no numbers, too little memory, and a lost process. Ctrl-C stops after the step and saves.
    """
    from inpaint_tf.engines import hosts, runtime
    from inpaint_tf.engines.place import find_place

    runtime.prefer_onednn()
    check_config(config)
    place = find_place(coordinator, processes, process)
    workdir = user_path(workdir, "--workdir")
    from inpaint_tf.data.paths.folder_lock import locked
    from inpaint_tf.training.build_from_config import open_sources
    from inpaint_tf.training.checkpoints import describe_latest
    from inpaint_tf.training.run_folder import make_run_folder, open_run_folder
    from inpaint_tf.weights import generator_file, locate

    if config.generator.weights and not locate.has_checkpoint(workdir):
        generator_file.check_width(
            config.generator.weights, config.generator.width, config.generator.kind
        )
    train_source, validation_source = open_sources(config)
    runtime.load_engine()
    with hosts.together(place, device):
        resolved = resolve(
            config, train_source, validation_source, device, precision, data_parallel
        )
        hosts.refuse_unlike(settings=_without_paths(config), pictures_or_devices=resolved)
        sources = train_source, validation_source
        try:
            if not hosts.first():
                return _run(config, workdir, *sources, data_on_device, frozenset())
            make_run_folder(workdir)
            with locked(workdir, "--workdir"):
                changed = open_run_folder(
                    workdir, config, change_settings=change_settings, **resolved
                )
                return _run(config, workdir, *sources, data_on_device, changed)
        except KeyboardInterrupt:  # also while what was saved frees its memory, for seconds
            raise Stopped(f"stopped at once; {describe_latest(workdir)}") from None
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            raise UserError(_too_large(config.data, describe_latest(workdir))) from None


def _too_large(data, kept):
    return (
        f"the memory is too small for a batch of {data.batch_size} pictures of {data.size}x"
        f"{data.size} pixels; set a lower --config.data.batch_size (a run that has a checkpoint "
        f"takes it with --change_settings); {kept}"
    )


def _without_paths(config):
    """The settings that hosts with disks of their own have in common."""
    from inpaint_tf.training.records.hyperparameters import HIDDEN, flat_settings

    return {name: value for name, value in flat_settings(config).items() if name not in HIDDEN}


def resolve(
    config: Any,
    train_source: Any,
    validation_source: Any,
    device: str = "auto",
    precision: str = "auto",
    data_parallel: str | int = "auto",
) -> dict[str, Any]:
    """What a run's folder keeps beside its config, for `run_folder.open_run_folder`.

    Configures the engine. The sources are those of `build_from_config.open_sources`.
    """
    from inpaint_tf.data import describe_source, source_bytes
    from inpaint_tf.engines import runtime
    from inpaint_tf.training.build_from_config import describe_mask_pictures

    device, precision = runtime.configure(device, precision)
    return {
        "device": device,
        "precision": precision,
        "devices": runtime.share_batches(data_parallel, config.data.batch_size),
        "training_pictures": describe_source(train_source),
        "training_bytes": source_bytes(train_source),
        "validation_pictures": describe_source(validation_source) if validation_source else None,
        "mask_pictures": describe_mask_pictures(config),
    }


def _run(config, workdir, train_source, validation_source, on_device, changed):
    from inpaint_tf.engines import hosts, runtime
    from inpaint_tf.evaluation.scores.of_validation import FACE_SCORES, SCORES
    from inpaint_tf.training import build_from_config, loop
    from inpaint_tf.training.checkpoints import CheckpointStore
    from inpaint_tf.training.records.first_lines import first_lines
    from inpaint_tf.training.records.first_warnings import first_warnings
    from inpaint_tf.training.records.unwritten import UnwrittenLog, UnwrittenStore
    from inpaint_tf.training.run_log import RunLog
    from inpaint_tf.training.trainer import RATES

    writes = hosts.first()
    held_out = _list_held_out(workdir, config, validation_source) if writes else None
    schedule = build_from_config.build_schedule(config)
    with runtime.on_all_devices():
        trainer = build_from_config.build_trainer(config)
    settings = {
        "kind": config.generator.kind,
        "width": config.generator.width,
        "hole_fill": config.masks.fill,
        "size": config.data.size,
    }
    keep = config.train.keep_checkpoints
    store = (CheckpointStore if writes else UnwrittenStore)(workdir, keep, settings)
    if writes:
        if not store.restore(trainer):
            build_from_config.begin_from_weights(config, trainer)
        settings["framing"] = _framing(store.latest(), train_source, config)
    hosts.take_values_of_first(trainer.state)
    step = int(trainer.step.numpy())
    for line in first_lines(config, train_source, validation_source, schedule, step, held_out):
        logging.info("%s", line)
    for line in first_warnings(config, train_source, validation_source):
        logging.warning("%s", line)
    if step:
        logging.info("continuing at step %d", step)
        _tell_changes(config, store, changed)
    pictures = TrainingPictures(train_source, config, on_device)
    every = loop.Every(
        config.train.log_every, config.train.checkpoint_every, config.train.validate_every
    )
    scores = (*SCORES, *(FACE_SCORES if config.train.validation_recognition else ()))
    columns = (*trainer.terms(), *RATES, *loop.SPEEDS, *scores)
    log = RunLog(workdir, columns, step) if writes else UnwrittenLog()
    validation = build_from_config.build_validation(config, validation_source if writes else None)
    networks = (trainer.generator, *trainer.critics.networks.values())
    log.describe(step, config, scores if validation else (), networks)
    run = loop.Run(
        trainer,
        schedule,
        pictures.open,
        store,
        log,
        every,
        validation,
        pictures.held,
        config.train.histograms and writes,
    )
    stopped_by = loop.train(run)
    pictures.tell_left_out()
    done = int(trainer.step.numpy())
    return TrainingResult(stopped_by, step, done, schedule.total, store.latest(), held_out)


def _framing(checkpoint, source, config):
    """Where faces stand in the training pictures, measured once in a run: a list, or None."""
    from inpaint_tf.data import in_order
    from inpaint_tf.inference.photos import framing
    from inpaint_tf.weights import generator_file, locate

    if checkpoint is not None:
        return generator_file.read_settings(checkpoint / locate.GENERATOR_FILE)["framing"]
    if config.data.size < framing.LEAST_SIDE:
        return None
    pictures = in_order(source, config.data.size, 1, FRAMED_PICTURES)
    found = framing.measured(picture for _, [picture] in pictures)
    return found and list(found)


def _tell_changes(config, store, changed):
    """Say what settings that changed mean for a run that goes on."""
    from inpaint_tf.training.run_folder import LENGTHS, VALIDATION

    if changed & set(LENGTHS) and config.optimizer.schedule == "cosine":
        logging.info("the learning rate follows the cosine of the new length from here")
    if changed & VALIDATION and store.best is not None:
        store.best = None
        logging.info("validation has changed: best.weights.h5 is chosen anew from here")


class TrainingPictures:
    """The stream of training pictures from any place on, and what of them could not be read.

    held: with on_device, all pictures as a variable there; streams then give row numbers.
    """

    def __init__(self, source: Any, config: Any, on_device: bool = False):
        self._source, self._config = source, config
        self._streams: list[Any] = []
        self.held = hold_on_device(source, config) if on_device else None

    def open(self, batches_per_step: int, batches_used: int) -> Any:
        """Iterate over this process' share of each step's batches, those used before left out."""
        from inpaint_tf.data import batches
        from inpaint_tf.engines import hosts

        data = self._config.data
        stream = batches(
            self._source,
            data.size,
            (batches_per_step, data.batch_size),
            self._config.train.seed,
            start=batches_used * data.batch_size,
            crop=data.crop,
            jitter=data.jitter,
            share=(hosts.index(), hosts.count()),
        )
        self._streams.append(stream)
        return stream.tensors() if self.held is None else stream.row_numbers()

    def tell_left_out(self) -> None:
        """Warn of the pictures that could not be read, if there were any."""
        left_out = set().union(*(stream.pictures.left_out for stream in self._streams))
        if left_out:
            logging.warning(
                "%d of %d pictures could not be read and were left out",
                *(len(left_out), len(self._source)),
            )


def hold_on_device(source: Any, config: Any) -> Any:
    """All training pictures as a variable on the device; `UserError` unless they are packed."""
    import keras

    from inpaint_tf.data import batches
    from inpaint_tf.engines import apple_gpu

    size = config.data.size
    if config.data.jitter or config.data.crop == "part":
        raise UserError(
            "--data_on_device takes pictures as they are; set --config.data.jitter=0 and another "
            "--config.data.crop than part"
        )
    array = batches(source, size, (1,), seed=0).packed_array
    if array is None:
        raise UserError(
            f"--data_on_device needs a packed cache of {size}x{size} pictures as data.train; make "
            f"it by: inpaint-tf pack --images=DIR --output=FILE.npy --size={size}"
        )
    logging.info("holding %.1f GB of pictures on the device", array.nbytes / 1e9)
    with apple_gpu.on_host():  # a Mac's GPU has that memory too
        return keras.Variable(array, dtype="uint8", trainable=False, name="pictures")


def _list_held_out(workdir, config, validation_source):
    """List the pictures held out of the training folder, for a test; the list's path or None."""
    from inpaint_tf.data.atomic_files import write_whole

    path = workdir / HELD_OUT_FILE
    count = len(validation_source) if config.data.test_count and validation_source else 0
    found = [validation_source.entry(index) for index in range(count)]
    if found and not config.data.validation:
        with write_whole(path) as file:
            lines = (str(Path(name).resolve()) for name in found)
            file.write(("\n".join(lines) + "\n").encode("utf-8", errors="surrogateescape"))
    return path if path.exists() else None
