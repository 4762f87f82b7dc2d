"""What is measured. Each case runs in a process of its own, so that its peak memory is its own.

A case is a function of `quick` that returns rows: dicts with "what", "seconds" (of one image, step
or command) or "per_second", and where they apply "units" (of a float32 convolution, per image),
"arithmetic" (time over that of the published multiplications at the unit's speed in the same
precision), "times" (how often faster than the thing named in "than"), "elsewhere" (it ran in yet
another process, so that the peak memory says nothing), and "target".
"""

import json
import os
import subprocess
import sys
import time

from benchmarks import arithmetic, measuring
from benchmarks.completing import inference, large_picture, raw_output
from benchmarks.material import (
    ROOT,
    SIZE,
    command,
    jpeg_folder,
    packed,
    pictures,
    scratch,
    tfrecord,
)
from benchmarks.rows import configure, row


def iteration(precision, batch, quick):
    """One iteration of Algorithm 1: five critic updates, one of the generator."""
    from inpaint_tf.engines import runtime

    runtime.prefer_onednn()
    fast = configure(precision)
    from configs.yu2018_celebahq import get_config
    from inpaint_tf.training.build_from_config import build_trainer

    trainer = build_trainer(get_config())
    step = runtime.compiled(trainer.train_step, trainer.state)
    batches = pictures(6 * batch).reshape(6, batch, SIZE, SIZE, 3)
    seconds = measuring.best_seconds(lambda: step(batches), repeats=1 if quick or batch > 4 else 3)
    return [
        row(
            f"training iteration, batch {batch}, {fast}",
            seconds[0] / batch,
            fast,
            arithmetic.iteration(),
            target="<= 115 units" if (fast, batch) == ("mixed_bfloat16", 4) else None,
        )
    ]


def attention(batch, quick):
    """Contextual attention of a 64x64x128 feature map, beside the original's loop over images."""
    configure("float32")
    import numpy as np
    import tensorflow as tf

    from benchmarks.attention_loop import attend_image_by_image
    from inpaint_tf.engines import runtime
    from inpaint_tf.networks.layers.contextual_attention import contextual_attention

    features = tf.nn.relu(tf.random.normal((batch, 64, 64, 128), seed=0))
    mask = np.zeros((1, 64, 64, 1), "float32")
    mask[:, 16:48, 16:48] = 1

    def gradient(attend):
        def backward():
            with tf.GradientTape() as tape:
                tape.watch(features)
                output = attend()
            return tape.gradient(output, features)

        return backward

    def ours():
        return contextual_attention(features, features, mask)[0]

    def loop():
        return attend_image_by_image(features, mask)

    difference = np.abs(runtime.compiled(ours, [])() - runtime.compiled(loop, [])()).max()
    if not difference < 1e-2:  # the features are noise of norm 30: both round
        raise AssertionError(f"the loop computes something else: {difference}")
    rows = []
    for what, functions, target in (
        ("forward", (ours, loop), ">= 10 times"),
        ("forward + backward", (gradient(ours), gradient(loop)), ">= 5 times"),
    ):
        compiled = [runtime.compiled(function, []) for function in functions]
        fast, slow = measuring.best_seconds(*compiled, repeats=2 if quick else 5)
        rows.append(
            {
                "what": f"attention, batch {batch}, float32, {what}",
                "seconds": fast / batch,
                "units": fast / batch / measuring.unit_seconds(),
                "times": slow / fast,
                "than": "the loop over images",
                "target": target if batch == 16 else None,
            }
        )
    return rows


def attention_in_blocks(quick):
    """Of a picture of 1024x1024: at once, and in the smallest blocks of rows, by turns."""
    configure("float32")
    import numpy as np
    import tensorflow as tf

    from inpaint_tf.engines import runtime
    from inpaint_tf.networks.layers.attention_memory import LEAST_ROWS
    from inpaint_tf.networks.layers.contextual_attention import contextual_attention

    side = 128 if quick else 256
    features = tf.nn.relu(tf.random.normal((1, side, side, 96), seed=0))
    mask = np.zeros((1, side, side, 1), "float32")
    mask[:, side // 4 : -side // 4, side // 4 : -side // 4] = 1

    def attend(score_bytes):
        def forward():
            return contextual_attention(features, features, mask, score_bytes=score_bytes)[0]

        return runtime.compiled(forward, [])

    whole, blocks = measuring.best_seconds(attend(2**40), attend(1), repeats=2 if quick else 4)
    return [
        {
            "what": f"attention of {4 * side}x{4 * side} in blocks of {LEAST_ROWS} rows",
            "seconds": blocks,
            "times": whole / blocks,
            "than": "all rows at once",
        }
    ]


def reading(quick):
    """uint8 256x256 batches of 16 from 192x192 JPEG pictures, on all cores, nothing else running.

    The pictures are `INPAINT_TF_FACES`/train where that is set, drawn faces otherwise.
    """
    configure("float32")
    from inpaint_tf.data import batches, open_source

    rows = []
    with scratch() as folder:
        for what, source, target in (
            ("JPEG folder", jpeg_folder(folder), ">= 800 per second"),
            ("TFRecord shard", tfrecord(folder), None),
            ("packed cache", packed(folder), ">= 5000 per second"),
        ):
            stream = iter(batches(open_source(source), SIZE, (16,), seed=0).dataset)
            for _ in range(20):
                next(stream)
            count = (500 if what == "packed cache" else 60) // (4 if quick else 1)
            started = time.perf_counter()
            for _ in range(count):
                next(stream)
            speed = 16 * count / (time.perf_counter() - started)
            rows.append({"what": f"reading a {what}", "per_second": speed, "target": target})
    return rows


def waiting(quick):
    """Share of a training step that waits for pictures; the shortest step: 128x128, no critics."""
    rows = []
    with scratch() as folder:
        for what, source in (
            ("JPEG folder", jpeg_folder(folder)),
            ("packed cache", packed(folder, 128)),
        ):
            workdir = folder / what
            steps = 40 if quick else 120
            command(
                "train.py",
                "--config=configs/quickstart.py",
                f"--config.data.train={source}",
                "--config.data.test_count=0",
                f"--config.train.reconstruction_steps={steps}",
                "--config.train.steps=0",
                "--config.train.log_every=20",
                f"--workdir={workdir}",
            )
            lines = (workdir / "metrics.csv").read_text().splitlines()
            column = lines[0].split(",").index("waiting_share")
            shares = [float(line.split(",")[column]) for line in lines[2:]]  # not the first, cold
            rows.append(
                {
                    "what": f"step of 128x128 waiting for a {what}",
                    "share": sum(shares) / len(shares),
                    "elsewhere": True,
                    "target": "< 2 %",
                }
            )
    return rows


def testing(precision, quick):
    """test.py: complete, score by all metrics, write PNG files and results."""
    import numpy as np

    fast = configure(precision)
    from inpaint_tf.evaluation import complete_and_score, pairing, results_folder
    from inpaint_tf.evaluation.methods import network
    from inpaint_tf.inference import inpainter
    from inpaint_tf.networks.generators.coarse_to_fine import build_generator

    painter = inpainter.Inpainter(build_generator())
    with scratch() as folder:
        pairs = pairing.find_pairs(jpeg_folder(folder), "center", 32 if quick else 128)
        painter.complete(np.stack([pairs[0].read(SIZE)[0]] * 8), pairs[0].read(SIZE)[1])
        output = results_folder.prepare_folder(folder / "results") or folder / "results"
        records = results_folder.Results(
            output, {}, dict.fromkeys((pair.name for pair in pairs), "")
        )
        started = time.perf_counter()
        method = network.NetworkMethod(painter, "random", 8)
        complete_and_score.complete_and_score(method, pairs, records, size=SIZE)
        seconds = (time.perf_counter() - started) / len(pairs)
    return [
        row(
            f"test.py, all metrics, {fast}",
            seconds,
            fast,
            arithmetic.generator(),
            per_second=1 / seconds,
            target=">= 12 per second" if precision == "auto" else None,
        )
    ]


def onednn(quick):
    """The same on oneDNN and on TensorFlow's own convolutions, one process after the other."""
    script = [sys.executable, str(ROOT / "benchmarks" / "onednn.py"), *["--quick"] * quick]
    found = {}
    for value in ("0", "1"):
        environment = {**os.environ, "TF_ENABLE_ONEDNN_OPTS": value}
        run = subprocess.run(script, env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True)
        found[value] = json.loads(run.stdout.splitlines()[-1])
    return [
        {
            "what": f"{what}, oneDNN",
            "seconds": seconds,
            "times": found["0"][what] / seconds,
            "than": "TensorFlow's own convolutions",
            "elsewhere": True,
        }
        for what, seconds in found["1"].items()
    ]


def help_text(quick):
    """How long a user waits for --help."""
    rows = []
    for script in ("train.py", "test.py"):
        seconds = measuring.best_seconds(
            lambda script=script: subprocess.run(
                [sys.executable, script, "--help"], cwd=ROOT, stdout=subprocess.DEVNULL
            ),
            repeats=2 if quick else 5,
        )[0]
        rows.append(
            {
                "what": f"{script} --help",
                "seconds": seconds,
                "elsewhere": True,
                "target": "< 0.5 s",
            }
        )
    return rows


CASES = {
    **{
        f"inference-{precision}-{batch}": lambda quick, precision=precision, batch=batch: inference(
            precision, batch, quick
        )
        for precision in ("float32", "auto")
        for batch in (1, 4, 16)
    },
    **{
        f"raw-{precision}-4": lambda quick, precision=precision: raw_output(precision, 4, quick)
        for precision in ("float32", "auto")
    },
    **{
        f"iteration-{precision}-{batch}": lambda quick, precision=precision, batch=batch: iteration(
            precision, batch, quick
        )
        for precision in ("float32", "auto")
        for batch in (4, 16)
    },
    "attention-1": lambda quick: attention(1, quick),
    "attention-16": lambda quick: attention(16, quick),
    "attention-blocks": attention_in_blocks,
    "reading": reading,
    "waiting": waiting,
    "testing-float32": lambda quick: testing("float32", quick),
    "testing-auto": lambda quick: testing("auto", quick),
    "picture-1024": lambda quick: large_picture(1024, "float32", quick),
    "picture-2048": lambda quick: large_picture(2048, "float32", quick),
    "onednn": onednn,
    "help": help_text,
}
"""Name to function of `quick`, in the order of the table."""

SLOW = ("iteration-float32-4", "iteration-float32-16", "iteration-auto-16", "picture-2048")
"""Cases that --quick leaves out: each takes minutes."""
