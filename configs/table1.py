"""The systems of the paper's Table I that can be built, each with its own paper's settings.

    python train.py --config=configs/table1.py:aot_sm_patchgan \
        --config.data.train=DIR --config.data.test_count=2000 --workdir=logs/aot_sm_patchgan

Names, and what the row of the table scores (PSNR, SSIM):

    contextual_attention      the paper's proposal, WGAN-GP, central square          26.11  0.85
    aot                       AOT-GAN as its published code has it, irregular holes  24.06  0.834
    aot_patchgan              AOT blocks with PatchGAN, irregular                    24.47  0.849
    aot_hm_patchgan           with HM-PatchGAN, irregular                            24.63  0.853
    aot_sm_patchgan           with SM-PatchGAN, irregular                            24.65  0.852
    partial_convolution       Liu et al. 2018; not in the table, but its first rival of that kind
    partial_convolution_fine  its fine-tuning, from the run before:
                              --config.generator.weights=logs/partial_convolution

Scores to expect, in dB: those of the table, after as many pictures as the papers' own training,
days on a GPU; none of these was trained to its end here. `inpaint-tf table1` trains all for the
same number of pictures. Peng et al. (a VQ-VAE) is the row that cannot be built.

Irregular holes are random strokes over the whole picture. Those of the papers are pictures:
--config.masks.kind=pictures --config.masks.pictures=FOLDER (white = hole), for AOT-GAN
--config.masks.kind=turned_pictures. It trains at 512 pixels; here all are at the table's 256.

The perceptual and the style term look through EfficientNet-Lite0
(pip install 'inpaint-tf[projected]'), whose features are other than VGG's. For the papers' own:
--config.losses.vgg=vgg16-397923af.pth for partial convolutions, vgg19-dcbb9e9d.pth for AOT-GAN,
torchvision's files.
"""

from inpaint_tf import load_config
from inpaint_tf.default_config import default_config

AOT = {
    "aot": "sm_patchgan_as_coded",
    "aot_patchgan": "patchgan",
    "aot_hm_patchgan": "hm_patchgan",
    "aot_sm_patchgan": "sm_patchgan",
}
"""Kinds of critics of the rows with AOT blocks."""
PARTIAL = {"partial_convolution": False, "partial_convolution_fine": True}
"""Whether a run of partial convolutions is the fine-tuning."""
ROWS = ("contextual_attention", *AOT, *PARTIAL)

SPAN = 2.2
"""How much further pictures that are normalised for ImageNet reach than ours in [-1, 1]."""


def get_config(name="contextual_attention"):
    if name not in ROWS:
        raise ValueError(f"the row is one of {', '.join(ROWS)}, not {name!r}")
    if name not in {*AOT, *PARTIAL}:
        return load_config("shah2022_celebahq")
    config = default_config()
    config.data.test_count = 2000
    if name in AOT:
        _aot(config, AOT[name])
    else:
        _partial_convolution(config, PARTIAL[name])
    return config


def _irregular(config):
    config.masks.kind = config.train.validation_masks = "freeform"
    config.masks.size = 256
    config.masks.per_image = True
    config.losses.discount = 1.0
    config.losses.l1 = config.losses.ae = 0.0


def _aot(config, critics):
    """Zeng et al. 2022, published code: L1 of the whole raw output, and both feature terms."""
    _irregular(config)
    config.data.batch_size = 8
    config.data.flip = True
    config.data.crop, config.data.jitter = "part", 0.05
    config.masks.fill = "white"
    config.generator.kind, config.generator.width = "aot", 64
    config.critics.kind = critics
    config.losses.known_mean = config.losses.hole_mean = 1.0
    config.losses.perceptual, config.losses.style = 0.1, 250.0
    config.losses.feature_form = "aot"
    config.losses.adversarial = 0.01
    config.optimizer.beta_2 = 0.999
    config.train.critic_updates, config.train.shared_pictures = 1, True


def _partial_convolution(config, fine):
    """Liu et al. 2018: no critics; a second run with the encoder's statistics frozen."""
    _irregular(config)
    config.data.batch_size = 6
    config.generator.kind, config.generator.width = "partial_convolution", 64
    config.generator.freeze_encoder = fine
    config.critics.kind, config.critics.width = "patchgan", 8  # which train for no step
    config.losses.known_mean, config.losses.hole_mean = 1.0 * SPAN, 6.0 * SPAN
    config.losses.variation = 0.1 * SPAN
    config.losses.perceptual, config.losses.style = 0.05, 120.0
    config.optimizer.learning_rate = 5e-5 if fine else 2e-4
    config.optimizer.beta_1, config.optimizer.beta_2 = 0.9, 0.999
    config.train.reconstruction_steps, config.train.steps = 500_000, 0
