"""A small run for a CPU: half the width, 128x128 pictures with a 64x64 hole.

    python train.py --config=configs/quickstart.py --config.data.train=DIR \
        --config.data.test_count=100 --workdir=logs/quickstart
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
    config.train.reconstruction_steps = 300
    config.train.steps = 100
    config.train.average_decay = 0.98
    config.train.log_every = 10
    config.train.checkpoint_every = 100
    config.train.validate_every = 100
    config.train.validation_count = 64
    config.optimizer.learning_rate = 4e-4
    config.optimizer.schedule = "cosine"
    return config
