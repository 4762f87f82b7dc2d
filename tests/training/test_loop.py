"""The loop: schedule, resuming, stopping, refusing what is not finite."""

import concurrent.futures
import csv
import os
import signal

import keras
import numpy as np
import pytest
from keras import ops
from small import SETTINGS, small_batches, small_trainer

from inpaint_tf.data import batches, open_source
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.scores.of_validation import SCORES
from inpaint_tf.masks.hole_drawer import HoleDrawer
from inpaint_tf.training.checkpoints import CheckpointStore
from inpaint_tf.training.generator_loss import LossWeights
from inpaint_tf.training.loop import SPEEDS, Every, Run, Schedule, _phase_bar, train
from inpaint_tf.training.run_log import RunLog
from inpaint_tf.training.trainer import RATES
from inpaint_tf.training.validation import Validation

EVERY = Every(log=2, checkpoint=2, validate=4)


def start(
    folder, schedule, batches=small_batches, validation=None, every=EVERY, held=None, **settings
):
    """What the same command does each time: (how it ended, trainer, store)."""
    folder.mkdir(exist_ok=True)
    trainer = small_trainer(average=True, **settings)
    store = CheckpointStore(folder, keep=2, settings=SETTINGS)
    step = store.restore(trainer)
    log = RunLog(folder, (*trainer.terms(), *RATES, *SPEEDS, *SCORES), step)
    ended = train(Run(trainer, schedule, batches, store, log, every, validation, held))
    return ended, trainer, store


def rows(folder):
    with open(folder / "metrics.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_schedule_divides_steps_and_counts_batches():
    schedule = Schedule(coarse=3, reconstruction=0, adversarial=4, critic_updates=5)
    assert schedule.total == 7
    assert list(schedule.stretches(0)) == [("coarse", 0, 3), ("adversarial", 3, 7)]
    assert list(schedule.stretches(5)) == [("adversarial", 5, 7)]
    assert list(schedule.stretches(7)) == []
    assert [schedule.batches_before(step) for step in (0, 2, 3, 5)] == [0, 2, 3, 3 + 2 * 6]


@pytest.mark.parametrize(
    ("step", "every", "first"),
    [(0, 4, 4), (3, 2, 4), (4, 2, 6), (4, 5, 5), (4, 100, 7), (0, 1, 4), (7, 1, None)],
)
def test_the_first_validation_comes_after_the_coarse_phase(step, every, first):
    schedule = Schedule(coarse=3, reconstruction=2, adversarial=2, critic_updates=5)
    assert schedule.first_validation(step, every) == first


def test_each_phase_has_its_own_bar():
    schedule = Schedule(coarse=0, reconstruction=30, adversarial=4, critic_updates=5)
    bar = _phase_bar(schedule, "adversarial", left=3)
    assert (bar.desc, bar.total, bar.n) == ("adversarial (2 of 2)", 4, 1)
    bar.close()


class Interrupted(Exception):
    """Stands for a kill: nothing gets a chance to save."""


def interrupted_after(count):
    def batches(per_step, used):
        for index, batch in enumerate(small_batches(per_step, used)):
            if index == count:
                raise Interrupted
            yield batch

    return batches


def test_pictures_held_on_the_device_give_the_same_weights(tmp_path):
    schedule = Schedule(coarse=0, reconstruction=1, adversarial=1, critic_updates=2)
    array = np.random.default_rng(0).integers(0, 256, (20, 32, 32, 3), dtype=np.uint8)
    np.save(tmp_path / "packed.npy", array)
    source, held = open_source(tmp_path / "packed.npy"), keras.Variable(array, dtype="uint8")

    def stream(per_step, used):
        return batches(source, 32, (per_step, 2), seed=0, start=2 * used)

    _, expected, _ = start(tmp_path / "streamed", schedule, lambda *place: iter(stream(*place)))
    _, found, _ = start(
        tmp_path / "held", schedule, lambda *place: stream(*place).row_numbers(), held=held
    )
    for ours, theirs in zip(found.variables, expected.variables, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
    assert [row["g_loss"] for row in rows(tmp_path / "held")] == [
        row["g_loss"] for row in rows(tmp_path / "streamed")
    ]


def test_an_interrupted_run_ends_in_the_same_weights(tmp_path):
    schedule = Schedule(coarse=1, reconstruction=2, adversarial=4, critic_updates=2)
    ended, whole, _ = start(tmp_path / "whole", schedule)
    assert ended is None
    for lost_after in (2, 1, 2):
        with pytest.raises(Interrupted):
            start(tmp_path / "parts", schedule, interrupted_after(lost_after))
    _, parts, store = start(tmp_path / "parts", schedule)
    assert store.latest().name == "step_00000007"
    for found, expected in zip(parts.variables, whole.variables, strict=True):
        if "seed_generator" not in expected.path:
            np.testing.assert_array_equal(found.numpy(), expected.numpy())
    steps = [row["step"] for row in rows(tmp_path / "parts")]
    assert (
        steps == [row["step"] for row in rows(tmp_path / "whole")] == ["1", "2", "3", "4", "6", "7"]
    )
    rates = [(row["rate_generator"], row["rate_critics"]) for row in rows(tmp_path / "whole")]
    assert {rate for rate, _ in rates} == {rates[0][0]}
    assert float(rates[0][0]) == pytest.approx(1e-3)
    assert [critics for _, critics in rates] == ["", "", "", *[rates[0][0]] * 3]
    losses = [[row["g_loss"] for row in rows(tmp_path / name)] for name in ("parts", "whole")]
    assert losses[0] == losses[1]


def test_a_signal_saves_after_the_step_and_the_same_command_goes_on(tmp_path):
    schedule = Schedule(0, 5, 0, critic_updates=2)

    def batches(per_step, used):
        for index, batch in enumerate(small_batches(per_step, used)):
            if index == 2:
                os.kill(os.getpid(), signal.SIGTERM)
            yield batch

    before = signal.getsignal(signal.SIGTERM)
    ended, trainer, store = start(tmp_path, schedule, batches)
    assert ended == signal.SIGTERM
    assert int(trainer.step) == 3
    assert store.latest().name == "step_00000003"
    assert signal.getsignal(signal.SIGTERM) is before
    ended, trainer, _ = start(tmp_path, schedule)
    assert ended is None
    assert int(trainer.step) == 5


def test_a_signal_while_validating_stops_after_the_next_step_with_everything_saved(tmp_path):
    class Interrupting:
        def run(self, generator):
            os.kill(os.getpid(), signal.SIGINT)
            return dict.fromkeys(SCORES, 1.0), {}

    every = Every(log=1, checkpoint=1000, validate=2)
    schedule = Schedule(0, 5, 0, critic_updates=2)
    ended, trainer, store = start(tmp_path, schedule, validation=Interrupting(), every=every)
    assert ended == signal.SIGINT
    assert store.latest().name == f"step_{int(trainer.step):08d}" == "step_00000003"


def test_the_bar_says_what_takes_its_time_between_steps(tmp_path, capfd):
    class Scores:
        def run(self, generator):
            return dict.fromkeys(SCORES, 1.0), {}

    every = Every(log=1, checkpoint=1000, validate=1)
    start(tmp_path, Schedule(0, 1, 1, critic_updates=1), validation=Scores(), every=every)
    _, first, second = capfd.readouterr().err.split("the first step builds the graph")
    for phase in (first, second):
        assert 0 < phase.find("validating") < phase.find("saving") < phase.rfind("dB 1")


def test_a_loss_that_is_not_finite_names_step_term_and_checkpoint(tmp_path):
    schedule = Schedule(0, 20, 0, critic_updates=2)
    start(tmp_path, Schedule(0, 2, 0, critic_updates=2))
    with pytest.raises(UserError, match=r"step \d+: \w+ is (nan|inf).*step_00000002.*learning"):
        start(tmp_path, schedule, weights=LossWeights(l1=float("inf")))
    # and nothing broken replaced the good one
    assert CheckpointStore(tmp_path, 2, SETTINGS).latest().name == "step_00000002"


def test_weights_that_are_not_finite_are_not_saved(tmp_path, monkeypatch):
    trainer = small_trainer()
    trainer.generator.trainable_variables[0].assign_add(
        np.full(trainer.generator.trainable_variables[0].shape, np.nan)
    )
    store = CheckpointStore(tmp_path, 2, SETTINGS)
    pictures = next(small_batches(1))
    monkeypatch.setattr(trainer, "step_for", lambda _: lambda _: {"g_loss": ops.sum(pictures)})
    trainer.step.assign(2)
    with pytest.raises(UserError, match="step 3: a generator weight is not finite"):
        train(
            Run(
                trainer,
                Schedule(0, 3, 0, critic_updates=2),
                small_batches,
                store,
                RunLog(tmp_path, ("g_loss", *SPEEDS, *SCORES), 2),
                EVERY,
                Validation([pictures[0]], HoleDrawer("center", size=16), "grey", rows=1),
            )
        )
    assert list(tmp_path.glob("**/*.h5")) == []


def test_validation_scores_pictures_and_keeps_the_best(tmp_path):
    batch = next(small_batches(1))[0]
    validation = Validation([batch, batch], HoleDrawer("center", size=16), "grey", rows=3)
    start(tmp_path, Schedule(0, 4, 0, 2), validation=validation)
    last = rows(tmp_path)[-1]
    assert all(np.isfinite(float(last[name])) for name in SCORES)
    assert float(last["val_psnr"]) > float(last["val_hole_psnr"])
    assert (tmp_path / "best.weights.h5").is_file()
    events = read_events(tmp_path)
    assert {"1_validation/psnr", "2_losses/g_loss", "5_speed/waiting_share"} <= set(events)
    assert events["4_learning_rates/generator"] == pytest.approx(1e-3)
    # 3 faces of 32 pixels, seven times enlarged, with gaps of 4 between
    assert events["7_pictures_center/5_completed"] == (7 * 32, 3 * 7 * 32 + 2 * 4)


def read_events(folder):
    """{tag: value, or (height, width) of a picture} of a run's TensorBoard file."""
    import tensorflow as tf
    from tensorflow.core.util import event_pb2

    found = {}
    for path in folder.glob("events.out.tfevents*"):
        for record in tf.data.TFRecordDataset(str(path)):
            for value in event_pb2.Event.FromString(record.numpy()).summary.value:
                tensor = tf.make_ndarray(value.tensor)
                if tensor.dtype == object and value.metadata.plugin_data.plugin_name == "images":
                    width, height = int(tensor[0]), int(tensor[1])
                    found[value.tag] = (height, width)
                else:
                    found[value.tag] = tensor
    return found


def test_training_runs_in_another_thread(tmp_path):
    """A notebook's executor and a web server have no say over signals."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        ended = pool.submit(start, tmp_path / "run", Schedule(1, 0, 0, 1)).result()
    assert ended[0] is None
