"""The recipe of the weights that come with the package, in eleven runs.

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
    inpaint-tf halve --weights=logs/faces256_sharpen --strength=0.85 \
        --base=logs/faces256_critics/checkpoints/step_00000500 --output=logs/first.weights.h5
    python train.py --config=configs/faces256.py:256_again --workdir=logs/faces256_again $F \
        --config.generator.weights=logs/first.weights.h5
    python train.py --config=configs/faces256.py:critics_again $F \
        --workdir=logs/faces256_critics_again --config.generator.weights=logs/faces256_again
    inpaint-tf halve --output=faces256_first.weights.h5 \
        --weights=logs/faces256_critics_again/checkpoints/step_00000300

These seven give `faces256_first`. The next two have critics on frozen features. Of the first of
them the moving average after 1,192 iterations in batches of 4 is taken, of the second that of its
end, which is `faces256_second` (what was changed on the way: docs/training_log.md):

    P="--config.data.train=FACES/train"
    python train.py --config=configs/faces256.py:projected --workdir=logs/projected $P \
        --config.data.batch_size=4 --config.generator.weights=faces256_first
    python train.py --config=configs/faces256.py:projected_again --workdir=logs/projected_again $P \
        --config.generator.weights=logs/projected/checkpoints/step_00001192

Then reconstruction alone once more, by Muon and stopped after 1,000 iterations, and critics that
also see the eyes, with a loss of eyes, noses and mouths. Half of the way from `faces256_second` to
its average after 1,500 iterations lies `faces256_third`, which has the eyes of the one and the
decibels of the other (rates and weights were changed on the way here too: docs/training_log.md):

    python train.py --config=configs/faces256.py:muon --workdir=logs/muon $P \
        --config.generator.weights=faces256_second
    python train.py --config=configs/faces256.py:parts --workdir=logs/parts $P \
        --config.generator.weights=logs/muon/checkpoints/step_00001000
    inpaint-tf halve --weights=logs/parts/checkpoints/step_00001500 --base=faces256_second \
        --strength=0.5 --output=faces256_third.weights.h5

A tenth of the way from there to `faces256_first` lies `faces256`. That step takes no training:
a mean of weights is calmer than either end, and is believed more often:

    inpaint-tf halve --weights=faces256_third --base=faces256_first --strength=0.9 \
        --output=faces256.weights.h5

Small pictures first: they show where things are in a face at a quarter of the cost. Then large
ones, then Algorithm 1 for sharpness, with an SSIM term that keeps the structure; and large pictures
and Algorithm 1 once more. A strength of 0.85 takes a little of what `sharpen` did back. Of the
other runs with critics the steps named are used, and they may be stopped then: the last one, left
alone, goes on to a sharpness of 1.0 at 24.8 dB (200 faces), and much of that is specks of red and
gold about the eyes.

Time on two cores of a Xeon with AMX, in bfloat16, beside other work: 25, 46, 47, 22, 16, 54 and 12
minutes. Scores to expect (15,206 faces to train on, 128 and 64 others to test, central hole, whole
picture; sharpness is that of the truth times): 25.7 dB and 26.2 dB at 128 pixels; 25.7 dB, SSIM
0.894, sharpness 0.17 at 256; 25.3 dB, 0.891, 0.35 after 500 iterations with critics; 24.7 dB,
0.881, 0.69 after the next; 26.0 dB, 0.898, 0.20 after reconstruction again; 25.2 dB, 0.891, 0.54 at
the end. On all 1,009: see inpaint_tf/weights/shipped/MODEL_CARD.md.
"""

from typing import NamedTuple

from inpaint_tf.default_config import default_config


class Stage(NamedTuple):
    """One run. Its iterations: of the coarse network alone, the generator, and Algorithm 1."""

    coarse: int = 0
    reconstruction: int = 0
    adversarial: int = 0
    size: int = 256  # of the pictures, pixels
    learning_rate: float = 2e-4  # at the beginning
    ssim: float = 0.0  # weight of the SSIM term
    critics: float = 0.001  # weight of the critics
    kind: str = "wgan_gp"  # of the critics
    hole: float = 0.3  # weight of the L1 over the hole, with critics on frozen features
    ring: float = 0.3  # and of that right beside it
    beta_1: float = 0.0  # of Adam, there
    schedule: str = "constant"  # of the learning rate, there
    decay: float = 0.995  # of the moving average, there
    parts: float = 0.0  # weight of the loss of eyes, noses and mouths; more than 0: a view of eyes
    optimizer: str = "adam"  # of the generator
    critics_rate: float = 0.0  # learning rate of critics on frozen features


STAGES = {
    "128": Stage(coarse=2000, reconstruction=1500, size=128, learning_rate=5e-4),
    "128_again": Stage(reconstruction=4000, size=128, learning_rate=5e-4),
    "256": Stage(reconstruction=1700, learning_rate=3e-4),
    "critics": Stage(adversarial=900, ssim=0.4),
    "sharpen": Stage(adversarial=350, ssim=0.4, critics=0.003),
    "256_again": Stage(reconstruction=2400, learning_rate=4e-4, ssim=0.4),
    "critics_again": Stage(adversarial=650, ssim=0.8, critics=0.004),
    "projected": Stage(
        adversarial=4000,
        ssim=0.4,
        critics=1.0,
        learning_rate=1e-4,
        kind="projected",
        critics_rate=4e-4,
    ),
    "projected_again": Stage(
        adversarial=1550,
        ssim=0.4,
        critics=1.0,
        learning_rate=1.6e-4,
        kind="projected",
        hole=1.0,
        ring=1.5,
        beta_1=0.5,
        schedule="cosine",
        decay=0.998,
        critics_rate=6.4e-4,
    ),
    "muon": Stage(
        reconstruction=1300,
        ssim=0.4,
        learning_rate=4e-4,
        kind="projected",
        hole=1.0,
        ring=1.5,
        beta_1=0.9,
        schedule="cosine",
        decay=0.99,
        optimizer="muon",
    ),
    "parts": Stage(
        adversarial=2500,
        ssim=0.4,
        critics=2.0,
        learning_rate=3e-4,
        kind="projected",
        hole=1.0,
        ring=1.5,
        beta_1=0.5,
        schedule="cosine",
        parts=0.1,
        optimizer="muon",
        critics_rate=4e-4,
    ),
}


def get_config(name="256"):
    if name not in STAGES:
        raise ValueError(f"the stage is one of {', '.join(STAGES)}, not {name!r}")
    stage = STAGES[name]
    config = default_config()
    config.data.size = stage.size
    config.data.batch_size = 16 if stage.size == 128 else 8
    config.data.flip = True
    config.masks.kind = "mixed"
    config.masks.size = stage.size // 2
    config.masks.max_shrink = stage.size // 16
    config.masks.per_image = True
    config.losses.discount = 0.99  # as both papers say; 0.9 leaves the hole's middle to chance
    config.losses.ae = 0.3  # the composite does not show the known pixels
    config.losses.ssim = stage.ssim
    config.losses.adversarial = stage.critics
    config.optimizer.kind, config.optimizer.schedule = stage.optimizer, "cosine"
    config.train.coarse_steps = stage.coarse
    config.train.reconstruction_steps = stage.reconstruction
    config.train.steps = stage.adversarial
    config.train.average_decay = 0.99
    config.train.checkpoint_every = 100
    config.train.keep_checkpoints = 12
    config.train.validation_count = 64
    config.train.validate_every = 100 if stage.adversarial else 250
    if stage.adversarial:
        config.optimizer.adversarial_learning_rate = stage.learning_rate
        config.train.critic_updates = 1  # five make an iteration 2.5 times as long
        config.train.shared_pictures = stage.kind == "projected"
    else:
        config.optimizer.learning_rate = stage.learning_rate
        config.optimizer.beta_1 = 0.9
        config.optimizer.beta_2 = 0.99
    if stage.kind == "projected":
        config.critics.kind = stage.kind
        config.masks.kind, config.losses.discount = "everyday", 1.0
        config.losses.l1, config.losses.coarse = 0.0, 1.0
        config.losses.hole, config.losses.ring = stage.hole, stage.ring
        config.losses.features, config.losses.parts = 0.5, stage.parts
        config.critics.eyes = stage.parts > 0
        config.optimizer.critics_learning_rate = stage.critics_rate
        config.optimizer.beta_1, config.optimizer.beta_2 = stage.beta_1, 0.99
        config.optimizer.schedule = stage.schedule
        config.train.average_decay = stage.decay
        config.data.test_count = 500  # to choose on; the test pictures are looked at once
    return config
