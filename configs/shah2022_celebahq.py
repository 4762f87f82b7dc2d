"""Settings of "Generative Adversarial Networks for Inpainting Occluded Face Images" (2022).

    python train.py --config=configs/shah2022_celebahq.py \
        --config.data.train=DIR --workdir=logs/shah2022

28,000 CelebA-HQ pictures to train on and 2,000 held out. White hole of 128x128 at the centre
(section IV), discount 0.99 (IV-D), generator loss 1.2 * Lr + G with the critics' term at weight 1
(equation 1), one discounted L1 as reconstruction and so no L1 over known pixels, batch 16 (V).

Where the paper is silent the 2018 value stands: the coarse stage's weight within Lr (1.2), Adam
1e-4 with betas 0.5 and 0.9, penalty weight 10, five critic updates (its Algorithm 1).
Its "10,000 epochs" in 140 hours on an M1 cannot both hold for 28,000 pictures; 10,000 iterations
of Algorithm 1 are the reading taken here.
Score to expect: the paper reports 26.11 dB and SSIM 0.85 on the 2,000, after 140 hours on an M1.
"""

from inpaint_tf.default_config import default_config


def get_config():
    config = default_config()
    config.data.test_count = 2000
    config.masks.kind = "center"
    config.masks.fill = "white"
    config.losses.discount = 0.99
    config.losses.ae = 0.0
    config.losses.adversarial = 1.0
    config.train.steps = 10_000
    config.train.checkpoint_every = 500
    config.train.validate_every = 500
    return config
