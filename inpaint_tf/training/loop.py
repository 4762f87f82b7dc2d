"""The training loop: pictures to `train_step`, and everything that happens between two steps.

A loop of our own rather than `fit`: it must measure the wait for data, stop between two steps,
resume at any step and refuse to save a broken network, and `fit` hides the places to do so.
"""

import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from keras import ops
from tqdm import tqdm

from inpaint_tf.engines import apple_gpu, hosts
from inpaint_tf.engines.runtime import compiled
from inpaint_tf.errors import UserError
from inpaint_tf.weights import generator_file

SPEEDS = ("images_per_second", "waiting_share")
"""What the loop itself measures."""

SCORE = "val_psnr"
SHORT = {"g": "g_loss", "d": "d_loss", "l1": "l1_loss", "dB": SCORE, "img/s": SPEEDS[0]}
"""The values beside the progress bar and their names there."""


class Schedule:
    """Which phase each step belongs to, and how many pictures were used before it.

    coarse, reconstruction, adversarial: iterations of each phase, in this order.
    critic_updates: batches that an adversarial iteration takes beside the generator's; 0 where
      the updates share them.
    """

    def __init__(self, coarse: int, reconstruction: int, adversarial: int, critic_updates: int):
        self.parts = (
            ("coarse", coarse, 1),
            ("reconstruction", reconstruction, 1),
            ("adversarial", adversarial, critic_updates + 1),
        )
        self.total = coarse + reconstruction + adversarial

    def stretches(self, step: int) -> Iterator[tuple[str, int, int]]:
        """Yield (phase, first step, last step + 1) of what is left from `step` on."""
        start = 0
        for phase, length, _ in self.parts:
            end = start + length
            if step < end and length:
                yield phase, max(step, start), end
            start = end

    def first_validation(self, step: int, every: int) -> int | None:
        """The first step after `step` with scores and pictures, due every so many; None: none is.

        The phase of the coarse network alone has none, the last step of all has them always.
        """
        before = max(step, self.parts[0][1])
        return min(before + every - before % every, self.total) if before < self.total else None

    def batches_before(self, step: int) -> int:
        """How many batches the steps before `step` used."""
        used = 0
        for _, length, batches in self.parts:
            used += min(step, length) * batches
            step = max(step - length, 0)
        return used


@dataclass(frozen=True)
class Every:
    """After how many steps each of these happens."""

    log: int
    checkpoint: int
    validate: int

    def any_due(self, step: int) -> bool:
        return any(step % period == 0 for period in (self.log, self.checkpoint, self.validate))


@dataclass(frozen=True)
class Run:
    """What a training run is made of.

    trainer: compiled `InpaintingTrainer`, restored. schedule: a `Schedule`.
    open_batches: function (batches per step, batches used before) to an iterable of uint8
      (batches per step, batch, height, width, 3); of several processes each has its share.
    store: `CheckpointStore`. log: `RunLog`. every: `Every`. validation: `Validation` or None.
    histograms: whether to draw the weights' histograms, as often as the validation runs.
    held: None, or all pictures as a `keras.Variable` on the device, uint8 (pictures, size, size,
      3); `open_batches` then gives int32 row numbers (batches per step, batch) in their place.
    """

    trainer: Any
    schedule: Schedule
    open_batches: Callable
    store: Any
    log: Any
    every: Every
    validation: Any = None
    held: Any = None
    histograms: bool = False


def train(run: Run) -> signal.Signals | None:
    """Run what is left of the schedule, from the trainer's own step on.

    Returns None when all is done, or the signal that stopped it (after saving a checkpoint):
    SIGINT, which is Ctrl-C, or SIGTERM.
    Raises `UserError` for a non-finite loss, with the step, the term and the last good checkpoint.
    """
    trainer, schedule = run.trainer, run.schedule
    step = int(trainer.step.numpy())
    with StopSignal() as stop:
        for phase, first, end in schedule.stretches(step):
            with _phase_bar(schedule, phase, end - first) as bar:
                bar.set_postfix_str("the first step builds the graph")
                step_of_batch, variables = _step_of(run, phase)
                run_step = compiled(step_of_batch, variables, batch_axis=1)
                batches = trainer.batches_per_step(phase), schedule.batches_before(first)
                pictures = iter(run.open_batches(*batches))
                window = Window()
                score: dict[str, float] = {}
                for step in range(first + 1, end + 1):
                    batch = window.next_batch(pictures)
                    window.add(step, run_step(batch))
                    if step == first + 1:
                        window.leave_out_time()  # of building the graph
                        bar.set_postfix_str("")
                    bar.update()
                    stopping = stop.agreed()  # read once: what follows must agree on it
                    last = step == end or stopping
                    if last or run.every.any_due(step):
                        values = _between_steps(run, phase, step, window, last, bar)
                        score = {key: values[key] for key in (SCORE,) if key in values} or score
                        bar.set_postfix_str(_short(score | values))
                        window = Window()
                    if stopping:
                        return stopping
    return None


def _phase_bar(schedule, phase, left):
    """A bar of one phase: iterations of another take another time, so each has its own ETA."""
    lengths = {name: length for name, length, _ in schedule.parts if length}
    place = list(lengths).index(phase) + 1
    return tqdm(
        total=lengths[phase],
        initial=lengths[phase] - left,
        desc=f"{phase} ({place} of {len(lengths)})",
        unit="step",
        file=sys.stderr,
        dynamic_ncols=True,
        disable=not hosts.first(),
    )


def _step_of(run, phase):
    """The step as a function of what the stream gives, and the variables that it uses."""
    step, held = run.trainer.step_for(phase), run.held
    if held is None:
        return step, run.trainer.state

    def step_of_rows(rows):
        with apple_gpu.on_host():
            pictures = ops.take(held, rows, axis=0)
        return step(pictures)

    return step_of_rows, [*run.trainer.state, held]


def _between_steps(run, phase, step, window, last, bar):
    """Log, validate and save what is due after `step`; returns the values logged.

    last: whether this is the last step for now. bar: says what takes its time here.
    """
    values = window.close(run.store) | run.trainer.learning_rates()
    if step % run.every.validate == 0 or step == run.schedule.total:
        bar.set_postfix_str("validating")
        values |= _validate(run, phase, step)
    run.log.write(step, phase, values)
    if last or step % run.every.checkpoint == 0:
        bar.set_postfix_str("saving")
        _refuse_broken(run.trainer, step, run.store)
        run.store.save(run.trainer, step)
    return values


def _validate(run, phase, step):
    if run.histograms:
        run.log.draw_histograms(step, run.trainer.generator, *run.trainer.critics.networks.values())
    # The refinement is untrained while the coarse network trains alone: nothing to look at yet.
    if run.validation is None or phase == "coarse":
        return {}
    _refuse_broken(run.trainer, step, run.store)
    scores, rows = run.validation.run(run.trainer.best_generator())
    run.log.draw(step, rows)
    run.store.save_if_best(run.trainer, step, scores["val_psnr"])
    return scores


def _refuse_broken(trainer, step, store):
    """Raise `UserError` for broken weights: a finite loss may still give an infinite update."""
    if not generator_file.all_finite(trainer.generator):
        raise UserError(_non_finite(step, "a generator weight", "not finite", store))


class Window:
    """The steps since the last log: their losses, and how long they and their data took."""

    def __init__(self) -> None:
        self.results: list[tuple[int, dict[str, Any]]] = []
        self.pictures = 0
        self.waiting = 0.0
        self.started = time.perf_counter()
        self.before: tuple[int, float, float] | None = None

    def next_batch(self, pictures: Iterator[Any]) -> Any:
        asked = time.perf_counter()
        batch = next(pictures)
        self.waiting += time.perf_counter() - asked
        self.pictures += math.prod(batch.shape[:2]) * hosts.count()
        return batch

    def add(self, step: int, results: dict[str, Any]) -> None:
        # Not read here: on a GPU that would make the host wait for every step.
        self.results.append((step, results))

    def leave_out_time(self) -> None:
        """Begin to measure the speed anew, unless nothing comes after."""
        self.before = self.pictures, self.waiting, self.started
        self.pictures, self.waiting, self.started = 0, 0.0, time.perf_counter()

    def close(self, store: Any) -> dict[str, float]:
        """Means of the losses, and the speeds. `UserError` at the first non-finite loss."""
        totals: dict[str, float] = {}
        for step, results in self.results:
            for term, value in results.items():
                value = float(value)
                if not math.isfinite(value):
                    raise UserError(_non_finite(step, term, value, store))
                totals[term] = totals.get(term, 0.0) + value
        if not self.pictures and self.before:  # the first step is all there is
            self.pictures, self.waiting, self.started = self.before
        seconds = time.perf_counter() - self.started
        means = {term: total / len(self.results) for term, total in totals.items()}
        return means | {
            "images_per_second": self.pictures / seconds,
            "waiting_share": self.waiting / seconds,
        }


class StopSignal:
    """Turns Ctrl-C and SIGTERM into a request to stop after the step; a second stops at once.

    Signals belong to a program's main thread: in another one nothing is changed about them.
    """

    def __init__(self) -> None:
        self.requested: signal.Signals | None = None
        self._asked: Any = 0
        self.previous: dict[int, Any] = {}

    def __enter__(self):
        if threading.current_thread() is not threading.main_thread():
            return self
        for number in (signal.SIGINT, signal.SIGTERM):
            self.previous[number] = signal.signal(number, self._request)
        return self

    def __exit__(self, *exception):
        for number, handler in self.previous.items():
            signal.signal(number, handler)

    def agreed(self) -> signal.Signals | None:
        """The signal after which all processes stop now, or None.

        Of several processes each answers what any of them had been asked a step ago: that this
        step's devices have told it by now costs no wait.
        """
        if hosts.count() == 1:
            return self.requested
        before, self._asked = int(self._asked), hosts.largest(self.requested or 0)
        return signal.Signals(before) if before else None

    def _request(self, number, frame):
        if self.requested:
            raise KeyboardInterrupt
        self.requested = signal.Signals(number)
        tqdm.write("stopping after this step; once more to stop at once", file=sys.stderr)


def _non_finite(step, term, value, store):
    return (
        f"step {step}: {term} is {value}; {store.describe_latest()}; lower "
        f"--config.optimizer.learning_rate or use --precision=float32, with another --workdir"
    )


def _short(values):
    return " ".join(f"{name} {values[key]:.3g}" for name, key in SHORT.items() if key in values)
