"""Our inference and training beside other programs of the same network, in one run: ratios.

    python benchmarks/peers.py [--port=FOLDER --port_python=PYTHON] [--batch=4] [--rounds=3]

OpenVINO (`pip install openvino`) is measured where it is installed: it reads our float32 graph for
one size, so that both take uint8 pictures and masks and give completed uint8 pictures. A PyTorch
port is measured where its folder is named, see `port.py`: inference, and an iteration of Algorithm
1. Each program has a process of its own and all cores; they take turns, and the shortest time of
each counts. Leave the machine alone meanwhile.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PRECISIONS = {"float32": "f32", "mixed_bfloat16": "bf16"}
"""Ours, and what OpenVINO calls them."""
PEERS = {"openvino": ("inference",), "port": ("inference", "iteration")}
"""The other programs, and what is measured of them."""


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", default="faces256")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", help="folder of the PyTorch port")
    parser.add_argument("--port_python", default=sys.executable, help="a Python with PyTorch")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        return run_child(args)
    present = {"openvino": importlib.util.find_spec("openvino"), "port": args.port}
    peers = {peer: tasks for peer, tasks in PEERS.items() if present[peer]}
    if not peers:
        sys.exit("nothing to compare with: pip install openvino, or name --port=FOLDER")
    return compare(args, peers)


def compare(args, peers):
    """Print a table: time a picture, and how many times faster than each peer we are.

    peers: those of `PEERS` that are there.
    """
    tasks = list(dict.fromkeys(task for done in peers.values() for task in done))
    kinds = [(task, precision) for task in tasks for precision in PRECISIONS]
    asked = [
        (who, *kind)
        for kind in kinds
        for who in ("ours", *peers)
        if kind[0] in peers.get(who, tasks)
    ]
    best, versions = dict.fromkeys(asked, float("inf")), {}
    for _ in range(args.rounds):
        for name in asked:
            found = in_child(*name, args)
            best[name] = min(best[name], found["seconds"])
            versions[name[0]] = found["version"]
    print(f"{'; '.join(versions.values())}; batch {args.batch}; milliseconds a picture")
    print(f"{'':10} {'precision':15} {'ours':>8}" + "".join(f"{peer:>10}  times" for peer in peers))
    for task, precision in kinds:
        ours = best["ours", task, precision]
        line = f"{task:10} {precision:15} {1000 * ours:8.1f}"
        for peer in peers:
            theirs = best.get((peer, task, precision))
            line += f"{1000 * theirs:10.1f} {theirs / ours:6.2f}" if theirs else f"{'-':>10}{'':7}"
        print(line)


def in_child(who, task, precision, args):
    """{"seconds": of a picture, "version": ...} of a program in a process of its own."""
    if who == "port":
        script = [args.port_python, str(Path(__file__).with_name("port.py"))]
        asked = [f"--folder={args.port}", f"--what={task}", f"--precision={precision}"]
    else:
        script = [sys.executable, __file__]
        asked = [f"--child={who}:{task}:{precision}", f"--weights={args.weights}"]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
    command = [*script, *asked, f"--batch={args.batch}"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{who}, {task} in {precision} failed:\n{run.stderr[-3000:]}")
    return json.loads(run.stdout.splitlines()[-1])


def run_child(args):
    """Print the seconds a picture of one program in one precision, as JSON."""
    import numpy as np

    from benchmarks.material import SIZE, pictures
    from benchmarks.measuring import best_seconds

    who, task, precision = args.child.split(":")
    if task == "iteration":
        run, version = load_iteration(args, precision)
    else:
        images, masks = pictures(args.batch), np.zeros((args.batch, SIZE, SIZE, 1), np.uint8)
        masks[:, 64:192, 64:192] = 255
        complete, version = {"ours": load_ours, "openvino": load_openvino}[who](args, precision)

        def run():
            return complete(images, masks)

    [seconds] = best_seconds(run, repeats=3 if task == "iteration" else 10)
    print(json.dumps({"seconds": seconds / args.batch, "version": version}))
    return None


def load_iteration(args, precision):
    """(a function of one iteration of Algorithm 1, version), as the 2018 code trains."""
    from inpaint_tf.engines import runtime

    runtime.prefer_onednn()  # before TensorFlow is loaded
    import tensorflow as tf

    from benchmarks.material import SIZE, pictures
    from configs.yu2018_celebahq import get_config
    from inpaint_tf.training.build_from_config import build_trainer

    runtime.configure("cpu", precision)
    trainer = build_trainer(get_config())
    step = runtime.compiled(trainer.train_step, trainer.state)
    batches = pictures(6 * args.batch).reshape(6, args.batch, SIZE, SIZE, 3)
    return lambda: step(batches), f"TensorFlow {tf.__version__}"


def load_ours(args, precision):
    import tensorflow as tf

    from inpaint_tf.inference.inpainter import Inpainter

    inpainter = Inpainter.load(args.weights, device="cpu", precision=precision)
    return inpainter.complete, f"TensorFlow {tf.__version__}"


def load_openvino(args, precision):
    import openvino
    import tensorflow as tf

    from benchmarks.material import SIZE
    from inpaint_tf.inference import completion
    from inpaint_tf.inference.inpainter import Inpainter

    inpainter = Inpainter.load(args.weights, device="cpu")
    shapes = {"image": (args.batch, SIZE, SIZE, 3), "mask": (args.batch, SIZE, SIZE, 1)}

    @tf.function(input_signature=[tf.TensorSpec(shapes[name], tf.uint8, name) for name in shapes])
    def complete(image, mask):
        found, _ = completion.complete(inpainter.generator, inpainter.hole_fill, image, mask)
        return found

    settings = {"INFERENCE_PRECISION_HINT": PRECISIONS[precision], "PERFORMANCE_HINT": "LATENCY"}
    model = openvino.convert_model(complete.get_concrete_function())
    compiled = openvino.compile_model(model, "CPU", settings)
    version = f"OpenVINO {openvino.__version__.split('-')[0]}"
    return lambda image, mask: compiled([image, mask]), version


if __name__ == "__main__":
    main()
