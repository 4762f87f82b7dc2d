"""Critics of patches: what they call fake, in literal numbers, and a run that is resumed."""

import shutil

import numpy as np
import pytest
from keras import ops

import inpaint_tf
from inpaint_tf.default_config import default_config
from inpaint_tf.errors import look_up
from inpaint_tf.training import critics
from inpaint_tf.training.critics.patchgan import LABELS, PatchCritics, soften

MASK = np.zeros((1, 4, 4, 1), "float32")
MASK[0, :2] = 1  # the upper half
REAL = np.full((1, 2, 2, 1), 0.5, "float32")
COMPLETED = np.full((1, 2, 2, 1), 0.25, "float32")


def losses(kind):
    """(the critic's loss, the generator's) of scores 0.5 for truth and 0.25 for the composite."""
    kind = PatchCritics(None, LABELS[kind])
    real, completed = ops.convert_to_tensor(REAL), ops.convert_to_tensor(COMPLETED)
    total, terms = kind.loss_of_scores(real, completed, ops.convert_to_tensor(MASK))
    assert float(terms["score_real"]) == 0.5
    assert float(terms["score_completed"]) == 0.25
    return float(total), float(kind.adversarial_of_scores(completed, ops.convert_to_tensor(MASK)))


def test_patchgan_calls_every_patch_fake():
    assert losses("patchgan") == pytest.approx((0.25**2 + 0.5**2, 0.75**2))


def test_hm_patchgan_calls_the_hole_fake():
    # In the hole 0.25 shall be 0, elsewhere 1; the generator's mean counts the hole alone.
    expected = (0.25**2 + 0.75**2) / 2 + 0.5**2
    assert losses("hm_patchgan") == pytest.approx((expected, 0.75**2 / 2))


def test_sm_patchgan_softens_the_holes_edge():
    soft = np.asarray(soften(ops.convert_to_tensor(MASK)))
    expected = ((0.25 - (1 - soft)) ** 2).mean() + 0.5**2
    assert losses("sm_patchgan") == pytest.approx((expected, 0.75**2 / 2), rel=1e-5)


def test_the_published_code_has_the_labels_the_other_way_round():
    soft = np.asarray(soften(ops.convert_to_tensor(MASK)))
    expected = ((0.25 - soft) ** 2).mean() + 0.5**2
    assert losses("sm_patchgan_as_coded") == pytest.approx((expected, 0.75**2), rel=1e-5)


def test_a_soft_hole_is_blurred_with_zeros_outside_the_picture():
    mask = np.zeros((1, 101, 121, 1), "float32")
    mask[0, 50, 60] = 1
    soft = np.asarray(soften(ops.convert_to_tensor(mask)))[0, :, :, 0]
    assert soft.sum() == pytest.approx(1, rel=1e-5)
    assert soft[50, 70] / soft[50, 60] == pytest.approx(np.exp(-0.5), rel=1e-4)  # one sigma away
    assert soft[50, 60 - 35] > 0
    assert soft[50, 60 - 36] == 0
    full = np.asarray(soften(ops.ones((1, 101, 121, 1))))[0, :, :, 0]
    assert full[50, 60] == pytest.approx(1, rel=1e-5)
    assert 0.25 < full[0, 0] < 0.3  # a quarter of the Gaussian, and half of its middle row


@pytest.mark.parametrize("kind", LABELS)
def test_every_kind_is_in_the_table(kind):
    config = default_config()
    config.critics.width = 8
    built = look_up(critics.KINDS, kind)(config)
    assert built.labels is LABELS[kind]


def test_aot_gan_trains_and_is_resumed_to_the_bit(tmp_path, pictures):
    config = default_config()
    config.data.train = str(pictures)
    config.data.size, config.data.batch_size = 40, 2
    config.masks.size, config.masks.max_shrink, config.masks.fill = 16, 2, "white"
    config.generator.kind, config.generator.width = "aot", 4
    config.critics.kind, config.critics.width = "sm_patchgan", 8
    config.train.steps, config.train.critic_updates = 3, 1
    config.train.log_every = config.train.checkpoint_every = 1
    run = {"device": "cpu", "precision": "float32"}
    whole = inpaint_tf.train(config, tmp_path / "whole", **run)
    assert whole.step == 3
    parts = tmp_path / "parts"
    shutil.copytree(tmp_path / "whole", parts)
    for step in (2, 3):
        shutil.rmtree(parts / "checkpoints" / f"step_{step:08d}")
    again = inpaint_tf.train(config, parts, **run)
    import h5py

    for name in ("generator.weights.h5", "trainer.weights.h5"):
        with h5py.File(whole.checkpoint / name) as one, h5py.File(again.checkpoint / name) as two:
            found = []
            one.visititems(
                lambda key, item, found=found: (
                    found.append(key) if isinstance(item, h5py.Dataset) else None
                )
            )
            assert found
            for key in found:
                np.testing.assert_array_equal(one[key][()], two[key][()], err_msg=key)
    photo = np.full((1, 50, 61, 3), 128, "uint8")
    mask = np.zeros((1, 50, 61), "uint8")
    mask[:, 10:30, 10:30] = 255
    completed = inpaint_tf.Inpainter.load(whole.checkpoint / "generator.weights.h5").complete(
        photo, mask
    )
    np.testing.assert_array_equal(completed[mask == 0], 128)
