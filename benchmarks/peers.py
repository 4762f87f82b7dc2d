"""Our inference beside OpenVINO's, on the same frozen generator, in one run: ratios.

    python benchmarks/peers.py [--weights=faces256] [--batch=4] [--rounds=3]

Needs `pip install openvino`. OpenVINO reads our float32 graph for one size, so that both take uint8
pictures and masks and give completed uint8 pictures. Each program has a process of its own and all
cores; they take turns, and the shortest time of each counts. Leave the machine alone meanwhile.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PRECISIONS = {"float32": "f32", "mixed_bfloat16": "bf16"}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", default="faces256")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        return run_child(args)
    return compare(args)


def compare(args):
    """Print a table: milliseconds a picture, and how many times faster than OpenVINO we are."""
    names = [f"{who}:{precision}" for precision in PRECISIONS for who in ("ours", "openvino")]
    best, answers = dict.fromkeys(names, float("inf")), {}
    for _ in range(args.rounds):
        for name in names:
            found = in_child(name, args)
            best[name] = min(best[name], found["seconds"])
            answers[name] = found["version"]
    print(f"{answers['ours:float32']}; {answers['openvino:float32']}; batch {args.batch}")
    print(f"{'precision':16} {'ours':>9} {'OpenVINO':>9} {'times faster':>13}")
    for precision in PRECISIONS:
        ours, theirs = best[f"ours:{precision}"], best[f"openvino:{precision}"]
        milliseconds = [f"{1000 * seconds:.1f} ms" for seconds in (ours, theirs)]
        print(f"{precision:16} {milliseconds[0]:>9} {milliseconds[1]:>9} {theirs / ours:>13.2f}")


def in_child(name, args):
    command = [sys.executable, __file__, f"--child={name}"]
    options = [f"--weights={args.weights}", f"--batch={args.batch}"]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
    run = subprocess.run([*command, *options], env=environment, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{name} failed:\n{run.stderr[-3000:]}")
    return json.loads(run.stdout.splitlines()[-1])


def run_child(args):
    """Print the seconds a picture of one program in one precision, as JSON."""
    import numpy as np

    from benchmarks.material import SIZE, pictures
    from benchmarks.measuring import best_seconds

    who, precision = args.child.split(":")
    images, masks = pictures(args.batch), np.zeros((args.batch, SIZE, SIZE, 1), np.uint8)
    masks[:, 64:192, 64:192] = 255
    load = {"ours": load_ours, "openvino": load_openvino}[who]
    complete, version = load(args, precision)
    [seconds] = best_seconds(lambda: complete(images, masks), repeats=10)
    print(json.dumps({"seconds": seconds / args.batch, "version": version}))
    return None


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
