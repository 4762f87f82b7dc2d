"""Steps of training that `run.py` does not have: reconstruction, and critics on frozen features.

    python benchmarks/steps.py [--precision=auto] [--batch=8]

Milliseconds a picture at 256x256, the shortest of five. Leave the machine alone meanwhile.
"""

import argparse
import importlib.util
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--batch", type=int, default=8)
    args = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from benchmarks import measuring
    from benchmarks.material import SIZE, pictures
    from inpaint_tf.engines import runtime

    runtime.prefer_onednn()
    _, precision = runtime.configure("cpu", args.precision)
    from configs import faces256, yu2018_celebahq
    from inpaint_tf.networks import efficientnet_lite0
    from inpaint_tf.training.build_from_config import build_trainer

    steps = {"reconstruction": (yu2018_celebahq.get_config(), "reconstruction")}
    if importlib.util.find_spec(efficientnet_lite0.PACKAGE):
        name = "projected_again"
        steps[f"faces256:{name}"] = (faces256.get_config(name), "adversarial")
    for what, (config, phase) in steps.items():
        trainer = build_trainer(config)
        step = runtime.compiled(trainer.step_for(phase), trainer.state)
        count = trainer.batches_per_step(phase)
        batches = pictures(count * args.batch).reshape(count, args.batch, SIZE, SIZE, 3)
        [seconds] = measuring.best_seconds(lambda s=step, b=batches: s(b), repeats=5)
        print(f"{what}, batch {args.batch}, {precision}: {1000 * seconds / args.batch:.0f} ms")


if __name__ == "__main__":
    main()
