"""Trains and tests the systems of the paper's Table I alike, and prints the table anew.

    inpaint-tf table1 --train=FACES --test=OTHER_FACES --pictures=100000 --output=logs/table1

Each row is trained by its config, `table1:NAME`, for the same number of training pictures or for
the same time, and tested on two kinds of holes: the central square, and irregular ones. Runs and
tests are those of `inpaint-tf train` and `inpaint-tf test`. The same command goes on where it was.
Writes OUTPUT/table1.md. A smaller --size is for who has no days to wait: pictures and boxes shrink.
"""

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from inpaint_tf.commands.parsing.run_command import require_paths, run_command
from inpaint_tf.commands.training_clock import Clock
from inpaint_tf.errors import UserError, unknown_name

ROWS = {
    "contextual_attention": "Shah et al. 2022 (the paper)",
    "aot": "AOT-GAN",
    "aot_patchgan": "PatchGAN",
    "aot_hm_patchgan": "HM-PatchGAN",
    "aot_sm_patchgan": "SM-PatchGAN",
    "partial_convolution": "Partial convolutions",
}
"""Configs `table1:NAME`, and what the published table calls them; it lacks the last."""
HOLES = {"central": "central square", "irregular": "irregular"}
SIZE = 256
"""Side of the pictures in pixels, as in the paper."""
SIZE_STEP = 32
"""Sides are multiples of it, for all kinds of generators."""
DRAWN_MASKS = 200
LONGEST = 2**31 // 256 - 1
"""Iterations of a run that a time ends: more than any reaches."""


class Done(NamedTuple):
    """How far a row's training is."""

    iterations: int
    pictures: int


def main(argv: Sequence[str]) -> int:
    """Run the command; its flags are defined by `cli`."""
    del argv
    from absl import flags

    args = flags.FLAGS
    require_paths(train=args.train, test=args.test, output=args.output)
    if (args.pictures is None) == (args.hours is None):
        raise UserError("give one of --pictures=N and --hours=H, for the training of each row")
    rows = list(dict.fromkeys(args.rows)) or list(ROWS)
    for row in rows:
        if row not in ROWS:
            raise UserError(unknown_name(row, ROWS, "row"))
    if args.size % SIZE_STEP:
        raise UserError(f"--size={args.size} must be a multiple of {SIZE_STEP}, such as 128")
    output = Path(args.output)
    trained = [train_row(row, output, args) for row in rows]
    irregular = args.masks or str(draw_masks(output / "masks", args.size))
    masks = {"central": "center", "irregular": irregular}
    score_rows(rows, output, masks, args, overwrite=args.overwrite or any(trained))
    done = {row: done_of(row, output) for row in rows}
    text = report(rows, done, read_results(output), bool(args.masks), args.size)
    from inpaint_tf.data.atomic_files import write_text

    write_text(output / "table1.md", text)
    print(f"\n{text}\nwritten to {output / 'table1.md'}")
    return 0


def train_row(row: str, output: Path, args: Any) -> bool:
    """Train a row for what is left of its pictures or time. Returns whether there was any left."""
    workdir = run_folder(row, output)
    field, per_iteration = cost(row, args.setting)
    iterations = LONGEST if args.hours else -(-args.pictures // per_iteration)
    clock = Clock(output / "seconds.json", row)
    left = None if args.hours is None else 3600 * args.hours - clock.used
    if done_of(row, output).iterations >= iterations or (left is not None and left <= 0):
        return False
    until = "" if left is None else f" for {left / 60:.0f} of {60 * args.hours:.0f} minutes"
    print(f"\n=== training {row}{until}", flush=True)
    with clock:
        run(
            "train",
            f"--config=table1:{row}",
            f"--config.data.train={args.train}",
            "--config.data.test_count=0",
            f"--config.train.{field}={iterations}",
            *sizes(row, args.size),
            *(f"--config.{setting}" for setting in args.setting),
            f"--workdir={workdir}",
            seconds=left,
        )
    return True


def cost(row: str, settings: Sequence[str] = ()) -> tuple[str, int]:
    """(the field of `config.train` with the iterations, pictures of an iteration) of a row.

    settings: such as "data.batch_size=4", of every run.
    """
    from inpaint_tf.commands.parsing.config_file import load_config
    from inpaint_tf.training.build_from_config import build_schedule

    config = load_config(f"table1:{row}")
    for setting in settings:
        name, _, value = setting.partition("=")
        if name == "data.batch_size" and value.isdecimal():
            config.data.batch_size = int(value)
    [(phase, _, batches)] = [part for part in build_schedule(config).parts if part[1]]
    field = "steps" if phase == "adversarial" else "reconstruction_steps"
    return field, batches * config.data.batch_size


def sizes(row: str, size: int) -> list[str]:
    """Flags of a row's training for pictures of another size than `SIZE`: all lengths shrink."""
    if size == SIZE:
        return []
    from inpaint_tf.commands.parsing.config_file import load_config

    masks = load_config(f"table1:{row}").masks
    box, shrink = masks.size * size // SIZE, masks.max_shrink * size // SIZE
    return [
        f"--config.data.size={size}",
        f"--config.masks.size={box}",
        f"--config.masks.max_shrink={shrink}",
    ]


def run_folder(row: str, output: Path) -> Path:
    """The folder of a row's run."""
    return output / "runs" / row


def done_of(row: str, output: Path) -> Done:
    """How far a row is, from its run's folder."""
    folder = run_folder(row, output)
    steps = [int(path.name.removeprefix("step_")) for path in folder.glob("checkpoints/step_*")]
    if not steps:
        return Done(0, 0)
    from inpaint_tf.weights.locate import RUN_CONFIG

    config = json.loads((folder / RUN_CONFIG).read_text())
    settings = [f"data.batch_size={config['data']['batch_size']}"]
    return Done(max(steps), max(steps) * cost(row, settings)[1])


def draw_masks(folder: Path, size: int = SIZE) -> Path:
    """Write random strokes as masks, the same each time, unless they are there; the folder."""
    from inpaint_tf.data import picture_files

    if len(list(folder.glob("*.png"))) == DRAWN_MASKS:
        return folder
    from inpaint_tf.engines import runtime

    runtime.configure("cpu", "float32")
    import numpy as np

    from inpaint_tf.engines.step_random import StepRandom
    from inpaint_tf.masks.hole_drawer import HoleDrawer

    folder.mkdir(parents=True, exist_ok=True)
    drawer, random = HoleDrawer("freeform", size=size, per_image=True), StepRandom(0)
    masks = np.asarray(drawer.draw(random, DRAWN_MASKS, size, size).mask)
    for index, mask in enumerate(masks):
        picture_files.write_png(
            folder / f"{index:03d}.png", np.repeat(255 * mask.astype("uint8"), 3, -1)
        )
    return folder


def score_rows(
    rows: Sequence[str], output: Path, masks: Mapping[str, str], args: Any, overwrite: bool
) -> None:
    """Test all rows on each kind of holes, with OpenCV's Telea beside them."""
    weights = ",".join(str(run_folder(row, output)) for row in rows)
    for holes, where in masks.items():
        print(f"\n=== testing with holes: {HOLES[holes]}", flush=True)
        run(
            "test",
            f"--images={args.test}",
            f"--masks={where}",
            *(["--mask_pairing=cycle"] if holes == "irregular" else []),
            f"--size={args.size}",
            f"--weights={weights}",
            "--baseline=telea",
            *([f"--limit={args.limit}"] if args.limit else []),
            *(["--overwrite"] if overwrite else []),
            f"--output={output / 'tests' / holes}",
        )


def read_results(output: Path) -> dict[str, dict[str, Any]]:
    """{holes: {row: summary}} of the tests."""
    return {
        holes: json.loads((output / "tests" / holes / "summary.json").read_text())["methods"]
        for holes in HOLES
    }


def report(
    rows: Sequence[str],
    done: Mapping[str, Done],
    results: Mapping[str, Mapping[str, Any]],
    masks_given: bool,
    size: int = SIZE,
) -> str:
    """Table I anew as Markdown: published scores, ours, and what differs."""
    from inpaint_tf.evaluation.report.published_table import NOTES, PUBLISHED
    from inpaint_tf.evaluation.report.tables import Table, number

    published = {(name, holes): scores for name, holes, _, *scores in PUBLISHED}
    lines = []
    for row in rows:
        for holes, described in HOLES.items():
            printed = published.get((ROWS[row], described), ["-", "-"])
            scores = results[holes][row]["full"]["composite"]
            ours = number(scores["psnr"], 2), number(scores["ssim"], 4)
            lines.append([ROWS[row], described, *printed, *ours, f"{done[row].pictures:,}"])
    header = ["Method", "Holes", "PSNR printed", "SSIM printed", "PSNR", "SSIM", "Trained on"]
    tested = max(summary["images"] for summary in results["central"].values())
    table = Table("Table I anew", header, lines).as_markdown()
    notes = (*differences(tested, masks_given, size), *NOTES)
    return "\n".join([table, "", *(f"- {note}" for note in notes)]) + "\n"


def differences(tested: int, masks_given: bool, size: int = SIZE) -> Iterator[str]:
    """What sets our rows apart from the printed ones, in lines of text."""
    drawn = "random strokes drawn here, mostly of far less than half the area"
    irregular = "the mask pictures given" if masks_given else drawn
    yield (
        f"Ours: {tested:,} test pictures of {size}x{size} pixels; irregular holes are {irregular}; "
        "the last column counts the pictures that a row was trained on, far fewer than the papers' "
        "unless it says so."
    )
    yield (
        "The printed rows come from each paper's own training, pictures and holes. Ours share all "
        "three but for the training holes, which are those of the row's own paper in kind."
    )
    yield (
        "Perceptual and style terms look through EfficientNet-Lite0 and not the papers' VGG, "
        "unless --setting=losses.vgg=FILE says otherwise."
    )
    yield "Peng et al. is not among our kinds; partial convolutions are not in the printed table."


def run(
    *arguments: str,
    seconds: float | None = None,
    start: Callable[..., Any] = subprocess.Popen,
) -> None:
    """Show a command of inpaint-tf and run it; `UserError` if it fails: it says why itself.

    seconds: after which the command is asked to save and stop; that is no failure. None: never.
    """
    print("inpaint-tf", *arguments, flush=True)
    with start([sys.executable, "-m", "inpaint_tf", *arguments]) as process:
        timed_out = False
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            timed_out = True
            process.send_signal(signal.SIGTERM)
        except KeyboardInterrupt:
            pass  # it reaches the command too: give it the time to save what it has
        while process.poll() is None:
            with contextlib.suppress(KeyboardInterrupt):
                process.wait()
    # -SIGTERM: it was still loading, and had nothing to save.
    stopped = timed_out and process.returncode in (128 + signal.SIGTERM, -signal.SIGTERM)
    if process.returncode and not stopped:
        raise UserError("the table stopped, see above; the same command goes on from there")


def cli() -> None:
    """Entry point of `inpaint-tf table1`."""
    from absl import flags

    flags.DEFINE_string("train", None, "Pictures to train on: what training takes.", required=True)
    flags.DEFINE_string("test", None, "Other pictures, to test on.", required=True)
    flags.DEFINE_string("output", None, "Folder for runs, tests and table1.md.", required=True)
    flags.DEFINE_integer("pictures", None, "Train each row on so many pictures.", lower_bound=1)
    flags.DEFINE_float("hours", None, "Train each row for so long.", lower_bound=0)
    flags.DEFINE_integer(
        "size", SIZE, "Side of the pictures in pixels, trained on and tested.", lower_bound=64
    )
    flags.DEFINE_list("rows", [], f"Rows, with commas: of {', '.join(ROWS)}. Default: all.")
    flags.DEFINE_string("masks", None, "Irregular mask pictures to test on; default: drawn ones.")
    flags.DEFINE_integer("limit", None, "Test on the first so many pictures.", lower_bound=1)
    flags.DEFINE_multi_string(
        "setting", [], "A setting of every run, such as --setting=data.batch_size=4. Repeatable."
    )
    flags.DEFINE_bool("overwrite", False, "Test again what is tested already.")
    run_command(main)


if __name__ == "__main__":
    cli()
