"""The whole main job on faces drawn by code: `make demo`, or `inpaint-tf demo`.

Completes drawn faces with the weights that come with the package. Then the whole way: draws faces,
trains the config `quickstart` on them for some minutes, tests held-out ones, exports a SavedModel
and runs it once. The test compares the scores with OpenCV's Telea on the same holes. Each step is
the command that a user would type, and is shown.
"""

import contextlib
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from inpaint_tf.commands.parsing.run_command import run_command
from inpaint_tf.errors import UserError

SHOWN_FACES, SHOWN_SIZE = 8, 256  # of the package's own weights
TRAINING_FACES = 600
TEST_FACES = 48
SIZE = 128  # pixels, that of the quickstart config
RECONSTRUCTION_STEPS, ADVERSARIAL_STEPS = 400, 20
"""What two cores do in some minutes. The quickstart config itself trains for longer."""


def main(argv: Sequence[str]) -> int:
    """Run the command; its flags are defined by `cli`."""
    del argv
    from absl import flags

    return run_demo(Path(flags.FLAGS.workdir))


def run_demo(folder: Path) -> int:
    """All steps, in `folder`. Returns the exit status: 1 if Telea has the better scores."""
    started = time.perf_counter()
    faces, held_out = folder / "faces", folder / "held_out"
    completed, saved_model = folder / "completed", folder / "saved_model"

    say(f"1. {SHOWN_FACES} drawn faces completed by the weights that come with the package")
    drawn = draw(folder / "drawn", SHOWN_FACES, SHOWN_SIZE, first_seed=200_000)
    run("test", f"--images={drawn}", f"--output={folder / 'completed_faces256'}")
    say(f"2. Drawing {TRAINING_FACES} faces to train on and {TEST_FACES} others to test")
    draw(faces, TRAINING_FACES, SIZE, first_seed=0)
    draw(held_out, TEST_FACES, SIZE, first_seed=100_000)
    say("3. Training")
    run(
        "train",
        "--config=quickstart",
        f"--config.data.train={faces}",
        f"--config.data.validation={held_out}",
        "--config.masks.kind=center",  # the paper's task, and the soonest learnt
        f"--config.train.reconstruction_steps={RECONSTRUCTION_STEPS}",
        f"--config.train.steps={ADVERSARIAL_STEPS}",
        "--config.train.log_every=2",  # the few steps with critics make a curve
        f"--workdir={folder}",
    )
    say("4. Testing on the held-out faces, and OpenCV's Telea on the same holes")
    weights = f"--weights={folder}"
    images, results = f"--images={held_out}", f"--output={completed}"
    run("test", images, "--masks=center", weights, "--baseline=telea", results)
    ours, better = compare_with_telea(completed)
    say("5. Exporting a SavedModel and running it once")
    run("export", weights, f"--output={saved_model}", "--overwrite")
    run_saved_model(saved_model, held_out, completed / ours)
    print(
        f"\nbest to look at     {folder / 'completed_faces256' / 'report.html'}: drawn faces, "
        "completed by the weights of the package\n"
        f"trained just now    {completed / ours}, at a glance: {completed / 'report.html'}\n"
        f"TensorBoard         {sys.executable} -m tensorboard.main --logdir={folder}\n"
        f"SavedModel          {saved_model}\n"
        f"time                {(time.perf_counter() - started) / 60:.1f} minutes"
    )
    return 0 if better else 1


def say(headline: str) -> None:
    """Show the headline of a step."""
    print(f"\n=== {headline}", flush=True)


def draw(folder: Path, count: int, size: int, first_seed: int) -> Path:
    """Draw faces into `folder`, and return it."""
    amount = f"--count={count}", f"--size={size}", f"--first_seed={first_seed}"
    run("sample-faces", f"--output={folder}", *amount)
    return folder


def run(*arguments: str) -> None:
    """Show a command of inpaint-tf and run it; `UserError` if it fails: it says why itself."""
    print("inpaint-tf", *arguments, flush=True)
    with subprocess.Popen([sys.executable, "-m", "inpaint_tf", *arguments]) as process:
        while process.poll() is None:
            # Ctrl-C reaches the command too: give it the time to save what it has.
            with contextlib.suppress(KeyboardInterrupt):
                process.wait()
    if process.returncode:
        raise UserError("the demo stopped, see above; the same command goes on from there")


def run_saved_model(saved_model: Path, pictures: Path, completed: Path) -> None:
    """Complete one picture by the exported model; `UserError` unless the test wrote the same."""
    import numpy as np

    from inpaint_tf.data import picture_files
    from inpaint_tf.engines import runtime
    from inpaint_tf.evaluation import pairing

    device, _ = runtime.configure("auto", "float32")
    import tensorflow as tf

    pair = pairing.find_pairs(str(pictures), "center", limit=1)[0]
    image, mask = pair.read()
    model = tf.saved_model.load(str(saved_model)).signatures["serving_default"]
    found = model(image=tf.constant(image[None]), mask=tf.constant(255 * mask[None, :, :, None]))[
        "image"
    ]
    written = picture_files.read_image(completed / pair.name)
    difference = np.abs(found[0].numpy().astype(int) - written.astype(int))
    allowed = 0 if device == "cpu" else 1  # a GPU may round another graph in another way
    different = np.count_nonzero(difference > allowed)
    by = f" by more than {allowed}" if allowed else ""
    print(f"{pair.name}: {different} bytes differ{by} from what the test wrote")
    if different:
        raise UserError(f"the SavedModel at {saved_model} does not compute what the test does")


def compare_with_telea(completed: Path) -> tuple[str, bool]:
    """(our folder's name, whether our PSNR inside the holes is higher), from the test's summary."""
    import json

    methods = json.loads((completed / "summary.json").read_text())["methods"]
    ours = next(iter(methods))
    psnr = {name: methods[name]["hole"]["composite"]["psnr"] for name in (ours, "telea")}
    return ours, psnr[ours] > psnr["telea"]


def cli() -> None:
    """Entry point of `inpaint-tf demo`."""
    from absl import flags

    flags.DEFINE_string("workdir", "logs/demo", "folder for everything the demo makes")
    run_command(main)


if __name__ == "__main__":
    cli()
