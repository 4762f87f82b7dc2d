"""Run by the case "onednn", in a process with TF_ENABLE_ONEDNN_OPTS=0 or 1: prints {what: seconds}.

Seconds are per picture, of the best of a few repeats, in float32 at 256x256 pixels.
"""

import importlib.util
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def main(quick):
    from benchmarks import measuring
    from benchmarks.material import SIZE, pictures
    from inpaint_tf.engines import runtime

    runtime.configure("cpu", "float32")
    import numpy as np

    from configs import faces256, yu2018_celebahq
    from inpaint_tf.inference import completion
    from inpaint_tf.networks import efficientnet_lite0
    from inpaint_tf.networks.generators.coarse_to_fine import build_generator
    from inpaint_tf.training.build_from_config import build_trainer

    repeats, found = 2 if quick else 5, {}
    complete = completion.compiled(build_generator(), "grey")
    for batch in (1, 4):
        images, masks = pictures(batch), np.zeros((batch, SIZE, SIZE, 1), np.uint8)
        masks[:, 64:192, 64:192] = 255
        best = measuring.best_seconds(lambda i=images, m=masks: complete(i, m), repeats=repeats)
        found[f"inference, batch {batch}"] = best[0] / batch
    configs = {"one critic, one generator update": yu2018_celebahq.get_config()}
    configs["one critic, one generator update"].train.critic_updates = 1
    if importlib.util.find_spec(efficientnet_lite0.PACKAGE):
        configs["step of faces256:projected"] = faces256.get_config("projected")
    for what, config in configs.items():
        trainer = build_trainer(config)
        step = runtime.compiled(trainer.train_step, trainer.state)
        per_step = trainer.batches_per_step()
        batches = pictures(4 * per_step).reshape(per_step, 4, SIZE, SIZE, 3)
        best = measuring.best_seconds(lambda s=step, b=batches: s(b), repeats=repeats)
        found[f"{what}, batch 4"] = best[0] / 4
    print(json.dumps(found))


if __name__ == "__main__":
    main("--quick" in sys.argv)
