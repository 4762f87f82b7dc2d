"""Critics of patches, with least-squares losses, and what they call fake: three kinds.

Zeng et al., TVCG 2022 (AOT-GAN): a patch of a completed picture may lie outside the hole, where it
is real. PatchGAN calls every patch fake. HM-PatchGAN calls those fake that the hole covers, and
SM-PatchGAN softens the hole's edge. One update of the critic goes before one of the generator; in
the published code both follow from the same pictures, and the critic's update also has the
gradient of the generator's loss.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from inpaint_tf.engines.step_random import StepRandom
from inpaint_tf.masks import Hole
from inpaint_tf.networks import patch_critic
from inpaint_tf.networks.layers.align_corners import resize_bilinear
from inpaint_tf.training.critics.base import Critics

BLUR_RADIUS = 35
BLUR_SIGMA = 10.0
"""Of the soft hole, in pixels (published code)."""


class Labels(NamedTuple):
    """What the critic shall say, for a mask (batch, height, width, 1), 1 = hole.

    real, fake: functions of the mask, for patches of real and of completed pictures.
    by_pixel: whether scores are enlarged to the mask's size before they are compared.
    in_hole: whether the generator's loss counts the hole only: a mean over all pixels of those in
      the hole.
    """

    real: Callable[[Any], Any]
    fake: Callable[[Any], Any]
    by_pixel: bool = True
    in_hole: bool = True


def soften(mask: Any) -> Any:
    """The mask blurred by a Gaussian, zeros outside the picture: of the mask's shape."""
    height, width = mask.shape[1:3]
    rows, columns = _blur(height), _blur(width)
    blurred = ops.matmul(rows, mask[..., 0])
    return ops.matmul(blurred, ops.transpose(columns))[..., None]


def _blur(length):
    """Matrix (length, length): each row has the weights of the pixels around one."""
    taps = np.exp(-((np.arange(-BLUR_RADIUS, BLUR_RADIUS + 1) / BLUR_SIGMA) ** 2) / 2)
    taps /= taps.sum()
    distances = np.arange(length)[None, :] - np.arange(length)[:, None]
    inside = np.abs(distances) <= BLUR_RADIUS
    return np.where(inside, taps[np.clip(distances + BLUR_RADIUS, 0, 2 * BLUR_RADIUS)], 0).astype(
        "float32"
    )


LABELS = {
    "patchgan": Labels(ops.ones_like, ops.zeros_like, by_pixel=False, in_hole=False),
    "hm_patchgan": Labels(ops.ones_like, lambda mask: 1.0 - mask),
    "sm_patchgan": Labels(ops.ones_like, lambda mask: 1.0 - soften(mask)),
    # The published code: 1 means fake, and the generator is pulled towards it all the same.
    "sm_patchgan_as_coded": Labels(ops.zeros_like, soften, in_hole=False),
}
"""The paper's three, and what its published code does in place of the third."""


def build_patchgan(config: Any) -> "PatchCritics":
    """Every patch of a completed picture is fake."""
    return _build(config, LABELS["patchgan"])


def build_hm_patchgan(config: Any) -> "PatchCritics":
    """Patches are fake where the hole is."""
    return _build(config, LABELS["hm_patchgan"])


def build_sm_patchgan(config: Any) -> "PatchCritics":
    """Patches are fake where the hole is, with a soft edge."""
    return _build(config, LABELS["sm_patchgan"])


def build_sm_patchgan_as_coded(config: Any) -> "PatchCritics":
    """As AOT-GAN's published code has it: the generator is asked to look more fake."""
    return _build(config, LABELS["sm_patchgan_as_coded"])


def _build(config, labels):
    return PatchCritics(patch_critic.build_patch_critic(config.critics.width), labels)


class PatchCritics(Critics):
    """One critic of the whole picture's patches. critic: of `patch_critic.build_patch_critic`."""

    terms = ("d_loss", "score_real", "score_completed")

    def __init__(self, critic: keras.Model, labels: Labels):
        self.critic = critic
        self.labels = labels
        self.networks = {"patch_critic": critic}

    def prepare(self, random: StepRandom, batch: int) -> None:
        """Moves the spectral norms; draws nothing."""
        del random, batch
        patch_critic.iterate(self.critic)

    def loss(self, real: Any, completed: Any, hole: Hole, prepared: None) -> tuple[Any, dict]:
        """Mean squares of the scores' distances from their labels (Mao et al., ICCV 2017)."""
        del prepared
        scores = self.critic(ops.concatenate([real, completed]))
        real_scores, completed_scores = ops.split(scores, 2)
        return self.loss_of_scores(real_scores, completed_scores, hole.mask)

    def loss_of_scores(self, real: Any, completed: Any, mask: Any) -> tuple[Any, dict]:
        """`loss` from the scores of real and completed pictures' patches."""
        real_map, completed_map = self._placed(real, mask), self._placed(completed, mask)
        labels = mask if self.labels.by_pixel else ops.zeros_like(completed)
        total = ops.mean(ops.square(completed_map - self.labels.fake(labels)))
        total = total + ops.mean(ops.square(real_map - self.labels.real(labels)))
        return total, {
            "d_loss": total,
            "score_real": ops.mean(real),
            "score_completed": ops.mean(completed),
        }

    def adversarial(self, real: Any, completed: Any, hole: Hole) -> Any:
        """The mean square of 1 - score."""
        del real
        return self.adversarial_of_scores(self.critic(completed), hole.mask)

    def adversarial_of_scores(self, completed: Any, mask: Any) -> Any:
        """`adversarial` from the scores of completed pictures' patches."""
        away = ops.square(self._placed(completed, mask) - 1.0)
        return ops.mean(away * mask if self.labels.in_hole else away)

    def _placed(self, scores, mask):
        if not self.labels.by_pixel:
            return scores
        return resize_bilinear(scores, *mask.shape[1:3])
