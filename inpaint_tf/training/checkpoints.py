"""Checkpoints by step: each is written whole or not at all; the last few and the best are kept.

RUN/checkpoints/step_00002000/trainer.weights.h5     networks, optimizers, average, step
RUN/checkpoints/step_00002000/generator.weights.h5   what testing and export need
RUN/checkpoints/step_00002000/state.json             step, and the best score so far
RUN/best.weights.h5                                  the generator with the best validation PSNR
"""

import errno
import json
import math
import os
import shutil
from pathlib import Path
from typing import Any

from inpaint_tf.data.atomic_files import flush_to_disk
from inpaint_tf.errors import UserError
from inpaint_tf.weights import generator_file, locate

TRAINER_FILE = "trainer" + locate.SUFFIX
UNFINISHED = ".unfinished"
HDF5_OVERHEAD = 16 * 1024
"""Bytes for each variable, beside its numbers: more than twice what was seen."""


class CheckpointStore:
    """The checkpoints of one run.

    folder: the run's folder. keep: how many of the latest to keep.
    settings: what `weights.save_generator` records beside the weights.
    """

    def __init__(self, folder: str | os.PathLike[str], keep: int, settings: dict[str, Any]):
        self.run = Path(folder)
        self.folder = self.run / "checkpoints"
        self.keep = keep
        self.settings = settings
        self.best: dict[str, Any] | None = None  # {"step": int, "psnr": dB}

    def restore(self, trainer: Any) -> int:
        """Load the latest checkpoint into a compiled trainer; returns its step, 0 if none."""
        shutil.rmtree(self.folder / UNFINISHED, ignore_errors=True)  # left by a kill
        latest = self.latest()
        if latest is None:
            return 0
        try:
            generator_file.load_exactly(trainer, latest / TRAINER_FILE)
            state = json.loads((latest / "state.json").read_text())
            self.best, step = state["best"], state["step"]
        except generator_file.UNREADABLE as error:
            raise UserError(
                f"{latest} is damaged or of other networks ({generator_file.short_reason(error)}); "
                "delete that checkpoint to continue from the one before, or choose another "
                "--workdir"
            ) from None
        self._remove_old()  # a kill may have come between writing and removing
        return step

    def latest(self) -> Path | None:
        """Folder of the latest checkpoint, or None."""
        return max(self.folder.glob("step_*"), default=None)

    def save(self, trainer: Any, step: int) -> None:
        """Write a checkpoint of `step`, then remove the oldest beyond `keep`."""
        target = self.folder / f"step_{step:08d}"
        if target.exists():
            return
        unfinished = self.folder / UNFINISHED
        try:
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True)
            _check_room(unfinished, [*trainer.variables, *trainer.generator.variables])
            trainer.save_weights(unfinished / TRAINER_FILE)
            self._save_generator(trainer, unfinished / locate.GENERATOR_FILE, step)
            (unfinished / "state.json").write_text(json.dumps({"step": step, "best": self.best}))
            for file in unfinished.iterdir():
                flush_to_disk(file)
            os.replace(unfinished, target)
            flush_to_disk(self.folder)
        except (OSError, RuntimeError) as error:  # HDF5 reports a full disk as either
            shutil.rmtree(unfinished, ignore_errors=True)
            raise self._not_written(step, error) from None
        self._remove_old()

    def save_if_best(self, trainer: Any, step: int, psnr: float) -> None:
        """Keep the generator as `best.weights.h5` if no earlier validation had a higher PSNR."""
        if self.best is not None and psnr <= self.best["psnr"]:
            return
        unfinished = self.run / (UNFINISHED + locate.SUFFIX)
        try:
            _check_room(self.run, trainer.generator.variables)
            self._save_generator(trainer, unfinished, step)
            flush_to_disk(unfinished)
            os.replace(unfinished, self.run / locate.BEST_FILE)
        except (OSError, RuntimeError) as error:
            unfinished.unlink(missing_ok=True)
            raise self._not_written(step, error) from None
        self.best = {"step": step, "psnr": psnr}

    def describe_latest(self) -> str:
        """For messages: the latest checkpoint, or that there is none."""
        latest = self.latest()
        return f"last good checkpoint: {latest}" if latest else "no checkpoint was written yet"

    def _remove_old(self):
        for old in sorted(self.folder.glob("step_*"))[: -self.keep]:
            shutil.rmtree(old)

    def _save_generator(self, trainer, path, step):
        generator_file.save_generator(
            trainer.best_generator(), path, {**self.settings, "step": step}
        )

    def _not_written(self, step, error):
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        return UserError(
            f"cannot write the checkpoint of step {step} to {self.run}: {reason}; free some space "
            f"and run the same command again; {self.describe_latest()}"
        )


def describe_latest(run: str | os.PathLike[str]) -> str:
    """Of a run's folder, for who stopped it: what is kept, and how it goes on."""
    found = CheckpointStore(run, keep=1, settings={}).describe_latest()
    return f"{found}; the same command goes on from there"


def _check_room(folder, variables):
    """Raise `OSError` if the variables do not fit on the disk: HDF5 may crash on a full one."""
    numbers = sum(4 * math.prod(variable.shape) for variable in variables)
    needed = 1.05 * numbers + HDF5_OVERHEAD * len(variables) + 2**20
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise OSError(
            errno.ENOSPC,
            f"no space left on the disk ({needed / 2**20:.0f} MiB needed, "
            f"{free / 2**20:.0f} MiB free)",
        )
