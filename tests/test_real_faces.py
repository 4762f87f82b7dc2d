"""Every score of 20 real faces against an independent library, within 1e-3."""

import numpy as np
import pytest

from inpaint_tf.data import picture_files
from inpaint_tf.evaluation.methods import opencv_fills
from inpaint_tf.evaluation.pairing import center_mask
from inpaint_tf.evaluation.scores import fill_quality, psnr_and_ssim

SIDE = 256


@pytest.fixture(scope="module")
def completions(faces):
    """20 of (truth, composite), filled by Telea; and the mask of all."""
    mask = center_mask(SIDE, SIDE)
    truths = [
        picture_files.resize(picture_files.read_image(path), SIDE, SIDE)
        for path in picture_files.list_images(faces / "val")[:20]
    ]
    filled = [opencv_fills.telea(truth * (1 - mask[..., None]), mask) for truth in truths]
    return [
        (truth, np.where(mask[..., None] == 1, picture, truth))
        for truth, picture in zip(truths, filled, strict=True)
    ], mask


def test_psnr_ssim_and_l2_equal_scikit_image(completions):
    skimage = pytest.importorskip("skimage.metrics", reason="scikit-image is not installed")
    pairs, mask = completions
    settings = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    for truth, image in pairs:
        ssim, similarity = skimage.structural_similarity(
            truth, image, channel_axis=2, data_range=255, full=True, **settings
        )
        hole = mask == 1
        for found, expected in (
            (psnr_and_ssim.psnr(image, truth), skimage.peak_signal_noise_ratio(truth, image)),
            (
                psnr_and_ssim.psnr(image, truth, mask),
                skimage.peak_signal_noise_ratio(truth[hole], image[hole]),
            ),
            (psnr_and_ssim.ssim(image, truth), ssim),
            (psnr_and_ssim.ssim(image, truth, mask), similarity[hole].mean()),
            (psnr_and_ssim.l2(image, truth), skimage.mean_squared_error(truth, image)),
        ):
            assert found == pytest.approx(expected, abs=1e-3)


def test_ms_ssim_total_variation_and_l1_equal_tensorflow(completions):
    tf = pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
    for truth, image in completions[0]:
        x, y = (tf.cast(each[None], "float32") for each in (image, truth))
        multiscale = tf.image.ssim_multiscale(x, y, max_val=255)[0]
        variation = tf.image.total_variation(x)[0] / image.size
        assert psnr_and_ssim.ms_ssim(image, truth) == pytest.approx(float(multiscale), abs=1e-3)
        assert psnr_and_ssim.total_variation(image) == pytest.approx(float(variation), abs=1e-3)
        difference = float(tf.reduce_mean(tf.abs(x - y)))
        assert psnr_and_ssim.l1(image, truth) == pytest.approx(difference, abs=1e-3)


def test_energy_and_step_equal_tensorflow_gradients(completions):
    tf = pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
    pairs, mask = completions
    hole = mask == 1
    inner = hole & np.roll(hole, -1, 0), hole & np.roll(hole, -1, 1)
    across = hole ^ np.roll(hole, -1, 0), hole ^ np.roll(hole, -1, 1)
    for _, image in pairs:
        gradients = tf.image.image_gradients(tf.cast(image[None], "float32"))
        gradients = [gradient[0].numpy() for gradient in gradients]
        energy = np.concatenate([g[m] for g, m in zip(gradients, inner, strict=True)]) ** 2
        step = np.abs(np.concatenate([g[m] for g, m in zip(gradients, across, strict=True)]))
        found = fill_quality.gradient_energy(image, mask)
        assert found == pytest.approx(energy.mean(), rel=1e-3)
        assert fill_quality.edge_step(image, mask) == pytest.approx(step.mean(), rel=1e-3)
