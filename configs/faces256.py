"""The recipe of the weights that come with the package, in three runs.

    F="--config.data.train=FACES/train --config.data.validation=FACES/val"
    python train.py --config=configs/faces256.py:128 --workdir=logs/faces128 $F
    python train.py --config=configs/faces256.py:256 --workdir=logs/faces256 $F \
        --config.generator.weights=logs/faces128
    python train.py --config=configs/faces256.py:critics --workdir=logs/faces256_critics $F \
        --config.generator.weights=logs/faces256

Small pictures first: they show where things are in a face at a quarter of the cost. Then large
ones, then Algorithm 1, for sharpness. Holes of every kind, a hole for each picture.

Time: 25 minutes, 36 minutes and 50 minutes on two cores of a Xeon with AMX, in bfloat16, beside
other work. Scores to expect (15,206 faces to train on, 128 and 64 others to test, central hole,
whole picture): 25.7 dB at 128 pixels, 25.4 dB at 256, and 24.4 dB after the critics, who trade it
for sharpness: 0.16 of the truth's before them, 0.62 after. inpaint_tf/shipped/MODEL_CARD.md has the
scores on all 1,009.
"""

from inpaint_tf.default_config import default_config

STAGES = ("128", "256", "critics")


def get_config(stage="256"):
    if stage not in STAGES:
        raise ValueError(f"the stage is one of {', '.join(STAGES)}, not {stage!r}")
    config = default_config()
    config.data.batch_size = 16 if stage == "128" else 8
    config.data.flip = True
    config.masks.kind = "mixed"
    config.masks.per_image = True
    config.losses.discount = 0.99  # as both papers say; 0.9 leaves the hole's middle to chance
    config.losses.ae = 0.3  # the composite does not show the known pixels
    config.optimizer.schedule = "cosine"
    config.train.average_decay = 0.99
    config.train.checkpoint_every = 100
    config.train.keep_checkpoints = 12
    config.train.validation_count = 64
    if stage == "128":
        config.data.size = 128
        config.masks.size = 64
        config.masks.max_shrink = 8
    if stage == "critics":
        config.optimizer.adversarial_learning_rate = 2e-4
        config.train.critic_updates = 1  # five make an iteration 2.5 times as long
        config.train.steps = 1200
        config.train.validate_every = 100
    else:
        config.optimizer.learning_rate = 5e-4 if stage == "128" else 3e-4
        config.optimizer.beta_1 = 0.9
        config.optimizer.beta_2 = 0.99
        config.train.coarse_steps = 2000 if stage == "128" else 400
        config.train.reconstruction_steps = 1500 if stage == "128" else 1400
        config.train.steps = 0
        config.train.validate_every = 250
    return config
