"""A small run for a CPU: half the width, 128x128 pictures with a 64x64 hole.

    python train.py --config=configs/quickstart.py \
        --config.data.train=DIR --config.data.test_count=100 --workdir=logs/quickstart

Reconstruction alone first, then Algorithm 1; a hole for each image; a moving average of the
generator.

Time: 60 minutes on two AVX-512 cores in bfloat16, measured beside other work.
Score to expect (15,206 faces to train on, 1,009 others to test, centre hole): 23.4 dB and SSIM 0.82
over the whole picture, 17.4 dB in the hole; `best.weights.h5`, from before the critics, is blurrier
and some 0.4 dB higher.
"""

from inpaint_tf.default_config import default_config


def get_config():
    config = default_config()
    config.data.size = 128
    config.data.batch_size = 8
    config.data.flip = True
    config.masks.size = 64
    config.masks.max_shrink = 8
    config.masks.per_image = True
    config.generator.width = 16
    config.critics.width = 32
    config.optimizer.learning_rate = 4e-4
    config.optimizer.adversarial_learning_rate = 2e-4
    config.optimizer.schedule = "cosine"
    config.train.reconstruction_steps = 3000
    config.train.steps = 300
    config.train.average_decay = 0.98
    config.train.log_every = 20
    config.train.checkpoint_every = 200
    config.train.validate_every = 200
    config.train.validation_count = 64
    return config
