"""Settings of the published code of Yu et al., CVPR 2018, for CelebA-HQ at 256x256.

    python train.py --config=configs/yu2018_celebahq.py \
        --config.data.train=DIR --config.data.test_count=2000 --workdir=logs/yu2018

Grey hole, a 128x128 box anywhere (one per batch, shrunk by 0-16 px), discount 0.9, adversarial
weight 0.001, batch 16. The original ran for days on one GTX 1080 Ti.
Score to expect (published for this architecture, not measured here): 26.9 dB and SSIM 0.911 over
random boxes after 1.5 M iterations; 25.6 dB with the centre hole.
"""

from inpaint_tf.default_config import default_config


def get_config():
    config = default_config()  # its values are this code's
    config.data.test_count = 2000
    return config
