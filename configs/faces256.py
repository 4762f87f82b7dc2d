"""The recipe of the weights that come with the package, in five runs and a last touch.

    F="--config.data.train=FACES/train --config.data.validation=FACES/val"
    python train.py --config=configs/faces256.py:128 --workdir=logs/faces128 $F
    python train.py --config=configs/faces256.py:128_again --workdir=logs/faces128_again $F \
        --config.generator.weights=logs/faces128
    python train.py --config=configs/faces256.py:256 --workdir=logs/faces256 $F \
        --config.generator.weights=logs/faces128_again
    python train.py --config=configs/faces256.py:critics --workdir=logs/faces256_critics $F \
        --config.generator.weights=logs/faces256
    python train.py --config=configs/faces256.py:sharpen --workdir=logs/faces256_sharpen $F \
        --config.generator.weights=logs/faces256_critics/checkpoints/step_00000500
    python -m inpaint_tf.halve --weights=logs/faces256_sharpen --strength=0.85 \
        --base=logs/faces256_critics/checkpoints/step_00000500 --output=faces256.weights.h5

Small pictures first: they show where things are in a face at a quarter of the cost. Then large
ones, then Algorithm 1 for sharpness, with an SSIM term that keeps the structure; its first 500
iterations are used, so that it may be stopped then. The last touch takes a little of what the last
run did back. Holes of every kind, a hole for each picture.

Time on two cores of a Xeon with AMX, in bfloat16, beside other work: 25, 46, 47, 22 and 16
minutes. Scores to expect (15,206 faces to train on, 128 and 64 others to test, central hole, whole
picture; sharpness is that of the truth times): 25.7 dB and 26.2 dB at 128 pixels; 25.7 dB, SSIM
0.894, sharpness 0.17 at 256; 25.3 dB, 0.891, 0.35 after 500 iterations with critics; 24.7 dB,
0.881, 0.69 after the last run; 24.9 dB, 0.884, 0.56 after the last touch. On all 1,009: see
inpaint_tf/shipped/MODEL_CARD.md.
"""

from inpaint_tf.default_config import default_config

STAGES = {
    "128": (2000, 1500, 0),
    "128_again": (0, 4000, 0),
    "256": (0, 1700, 0),
    "critics": (0, 0, 900),
    "sharpen": (0, 0, 350),
}
"""Of each run: iterations of the coarse network alone, of the generator, and of Algorithm 1."""


def get_config(stage="256"):
    if stage not in STAGES:
        raise ValueError(f"the stage is one of {', '.join(STAGES)}, not {stage!r}")
    coarse_steps, reconstruction_steps, steps = STAGES[stage]
    small, critics = stage.startswith("128"), steps > 0
    config = default_config()
    config.data.batch_size = 16 if small else 8
    config.data.flip = True
    config.masks.kind = "mixed"
    config.masks.per_image = True
    config.losses.discount = 0.99  # as both papers say; 0.9 leaves the hole's middle to chance
    config.losses.ae = 0.3  # the composite does not show the known pixels
    config.optimizer.schedule = "cosine"
    config.train.coarse_steps = coarse_steps
    config.train.reconstruction_steps = reconstruction_steps
    config.train.steps = steps
    config.train.average_decay = 0.99
    config.train.checkpoint_every = 100
    config.train.keep_checkpoints = 12
    config.train.validation_count = 64
    config.train.validate_every = 100 if critics else 250
    if small:
        config.data.size = 128
        config.masks.size = 64
        config.masks.max_shrink = 8
    if critics:
        config.losses.ssim = 0.4
        config.losses.adversarial = 0.003 if stage == "sharpen" else 0.001
        config.optimizer.adversarial_learning_rate = 2e-4
        config.train.critic_updates = 1  # five make an iteration 2.5 times as long
    else:
        config.optimizer.learning_rate = 5e-4 if small else 3e-4
        config.optimizer.beta_1 = 0.9
        config.optimizer.beta_2 = 0.99
    return config
