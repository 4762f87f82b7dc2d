"""The whole main job on faces drawn by code: `make demo`, or `python -m inpaint_tf.demo`.

Draws faces, trains configs/quickstart.py on them for some minutes, tests held-out ones, exports a
SavedModel and runs it once, and compares the scores with OpenCV's Telea on the same holes. Each
step is the command that a user would type, and is shown.
"""

import contextlib
import subprocess
import sys
import time
from pathlib import Path

from inpaint_tf.errors import UserError, run_command

TRAINING_FACES = 600
TEST_FACES = 48
SIZE = 128  # pixels, that of the quickstart config
RECONSTRUCTION_STEPS, ADVERSARIAL_STEPS = 400, 20
"""What two cores do in some minutes. The quickstart config itself trains for longer."""
TELEA_RADIUS = 3  # pixels, the usual choice


def main(argv):
    del argv
    from absl import flags

    started = time.perf_counter()
    folder = Path(flags.FLAGS.workdir)
    if not Path("train.py").is_file():
        raise UserError("no train.py here; run the demo from the top of the inpaint_tf checkout")
    faces, held_out = folder / "faces", folder / "held_out"
    completed, saved_model = folder / "completed", folder / "saved_model"

    say(f"1. Drawing {TRAINING_FACES} faces to train on and {TEST_FACES} others to test")
    run("-m", "inpaint_tf.sample_faces", f"--output={faces}", *drawn(TRAINING_FACES, 0))
    run("-m", "inpaint_tf.sample_faces", f"--output={held_out}", *drawn(TEST_FACES, 100_000))
    say("2. Training")
    run(
        "train.py",
        "--config=configs/quickstart.py",
        f"--config.data.train={faces}",
        f"--config.data.validation={held_out}",
        "--config.masks.kind=center",  # the paper's task, and the soonest learnt
        f"--config.train.reconstruction_steps={RECONSTRUCTION_STEPS}",
        f"--config.train.steps={ADVERSARIAL_STEPS}",
        f"--workdir={folder}",
    )
    say("3. Testing on the held-out faces")
    weights = f"--weights={folder}"
    run("test.py", f"--images={held_out}", "--masks=center", weights, f"--output={completed}")
    say("4. Exporting a SavedModel and running it once")
    run("-m", "inpaint_tf.export", weights, f"--output={saved_model}", "--overwrite")
    run_saved_model(saved_model, held_out, completed)
    say("5. The same holes by OpenCV's Telea")
    better = compare_with_telea(held_out, completed)
    print(
        f"\ncompleted pictures  {completed}, at a glance: {completed / 'contact_sheet.png'}\n"
        f"TensorBoard         {sys.executable} -m tensorboard.main --logdir={folder}\n"
        f"SavedModel          {saved_model}\n"
        f"time                {(time.perf_counter() - started) / 60:.1f} minutes"
    )
    return 0 if better else 1


def say(headline):
    print(f"\n=== {headline}", flush=True)


def drawn(count, first_seed):
    return f"--count={count}", f"--size={SIZE}", f"--first_seed={first_seed}"


def run(*arguments):
    """Show a command and run it; `UserError` if it fails, which has then said why itself."""
    print("python", *arguments, flush=True)
    with subprocess.Popen([sys.executable, *arguments]) as process:
        while process.poll() is None:
            # Ctrl-C reaches the command too: give it the time to save what it has.
            with contextlib.suppress(KeyboardInterrupt):
                process.wait()
    if process.returncode:
        raise UserError("the demo stopped, see above; make demo goes on from there")


def run_saved_model(saved_model, pictures, completed):
    """Complete one picture by the exported model; `UserError` unless test.py wrote the same."""
    import numpy as np

    from inpaint_tf import files, pairing, runtime

    runtime.configure("auto", "float32")
    import tensorflow as tf

    pair = pairing.find_pairs(str(pictures), "center", limit=1)[0]
    image, mask = pair.read()
    model = tf.saved_model.load(str(saved_model)).signatures["serving_default"]
    found = model(image=tf.constant(image[None]), mask=tf.constant(255 * mask[None, :, :, None]))[
        "image"
    ]
    different = np.count_nonzero(found[0].numpy() != files.read_image(completed / pair.name))
    print(f"{pair.name}: {different} bytes differ from what test.py wrote")
    if different:
        raise UserError(f"the SavedModel at {saved_model} does not compute what test.py does")


def compare_with_telea(pictures, completed):
    """Print our scores beside Telea's; returns whether our PSNR inside the holes is higher."""
    import json

    import cv2

    from inpaint_tf import metrics, pairing

    ours = json.loads((completed / "summary.json").read_text())
    rows = []
    for pair in pairing.find_pairs(str(pictures), "center", limit=None):
        truth, mask = pair.read()
        filled = cv2.inpaint(truth, mask, TELEA_RADIUS, cv2.INPAINT_TELEA)
        rows.append(metrics.score_completion(truth, filled, filled, mask))
    telea = metrics.average(rows)
    print(f"{'':14}{'hole PSNR':>10}{'hole SSIM':>10}{'PSNR':>10}{'SSIM':>10}")
    for name, scores in (("inpaint_tf", ours), ("Telea", telea)):
        hole, full = scores["hole"]["composite"], scores["full"]["composite"]
        print(
            f"{name:14}{hole['psnr']:>10.2f}{hole['ssim']:>10.3f}"
            f"{full['psnr']:>10.2f}{full['ssim']:>10.3f}"
        )
    return ours["hole"]["composite"]["psnr"] > telea["hole"]["composite"]["psnr"]


def cli():
    from absl import flags

    flags.DEFINE_string("workdir", "logs/demo", "folder for everything the demo makes")
    run_command(main)


if __name__ == "__main__":
    cli()
