"""Losses against literal numbers on tiny tensors."""

import numpy as np
import pytest
from keras import ops

from inpaint_tf.engines.active_engine import engine
from inpaint_tf.training import losses


def picture(values):
    return np.asarray(values, "float32").reshape(1, 2, 2, 1)


def test_weighted_l1():
    # (1 * 1 + 2 * 0.5 + 0 + 4 * 0.25) / 4 = 0.75
    found = losses.weighted_l1(
        picture([1, 2, 3, 4]), picture([0, 4, 3, 0]), picture([1, 0.5, 1, 0.25])
    )
    assert float(found) == pytest.approx(0.75)


def test_known_l1_leaves_the_hole_out():
    # two known pixels with errors 1 and 3: mean 2
    found = losses.known_l1(picture([1, 3, 9, 9]), picture([0, 0, 0, 0]), picture([0, 0, 1, 1]))
    assert float(found) == pytest.approx(2.0)
    nothing_known = losses.known_l1(picture([1, 3, 9, 9]), picture([0] * 4), picture([1] * 4))
    assert float(nothing_known) == 0.0


def test_region_l1_is_a_mean_over_the_region():
    # two pixels inside with errors 9 and 5: mean 7
    found = losses.region_l1(picture([1, 3, 9, 5]), picture([0, 0, 0, 0]), picture([0, 0, 1, 1]))
    assert float(found) == pytest.approx(7.0)
    assert float(losses.region_l1(picture([1] * 4), picture([0] * 4), picture([0] * 4))) == 0.0


def test_the_ring_lies_around_the_hole():
    mask = np.zeros((1, 6, 7, 1), "float32")
    mask[0, 2, 3] = 1
    found = np.asarray(losses.ring(ops.convert_to_tensor(mask), width=1))[0, :, :, 0]
    expected = np.zeros((6, 7))
    expected[1:4, 2:5] = 1
    expected[2, 3] = 0
    np.testing.assert_array_equal(found, expected)
    at_the_border = np.asarray(losses.ring(ops.convert_to_tensor(mask), width=3))
    assert at_the_border.sum() == 6 * 7 - 1


def test_total_variation_counts_pairs_inside_the_region():
    pictures = picture([1, 3, 4, 8])
    # in rows |3 - 1| and |8 - 4|, over 2; in columns |4 - 1| and |8 - 3|, over 2
    assert float(losses.total_variation(pictures, picture([1] * 4))) == pytest.approx(3 + 4)
    # the upper row alone: its one pair, over both rows
    assert float(losses.total_variation(pictures, picture([1, 1, 0, 0]))) == pytest.approx(1)


def test_a_dilated_hole_has_its_eight_neighbours():
    mask = np.zeros((1, 4, 5, 1), "float32")
    mask[0, 0, 2] = 1
    found = np.asarray(losses.dilated(ops.convert_to_tensor(mask)))[0, :, :, 0]
    expected = np.zeros((4, 5))
    expected[:2, 1:4] = 1
    np.testing.assert_array_equal(found, expected)


def test_wasserstein_losses():
    real, fake = np.array([[1.0], [3.0]]), np.array([[5.0], [-1.0]])
    assert float(losses.critic_wasserstein(real, fake)) == pytest.approx(2.0 - 2.0)
    assert float(losses.critic_wasserstein(real, fake + 1)) == pytest.approx(1.0)
    assert float(losses.generator_wasserstein(fake)) == pytest.approx(-2.0)


def test_gradient_penalty_counts_only_the_hole():
    gradients = np.zeros((2, 2, 2, 3), "float32")
    gradients[0, 0, 0] = [1, 2, 2]  # norm 3 in the hole
    gradients[0, 1, 1] = [100, 0, 0]  # known: not counted
    gradients[1, 0, 0, 0] = 0.5
    mask = picture([1, 0, 0, 0])
    # ((3 - 1)^2 + (0.5 - 1)^2) / 2
    assert float(losses.gradient_penalty(gradients, mask)) == pytest.approx((4 + 0.25) / 2)


def test_gradient_penalty_of_a_flat_critic_is_one_with_a_finite_derivative():
    gradients = ops.zeros((1, 2, 2, 3))
    mask = np.ones((1, 2, 2, 1), "float32")
    assert float(losses.gradient_penalty(gradients, mask)) == pytest.approx(1.0)
    derivative = engine.input_gradient(lambda g: losses.gradient_penalty(g, mask), gradients)
    assert np.isfinite(derivative).all()


def test_structural_dissimilarity_is_that_of_scikit_image_inside_the_picture():
    from skimage.metrics import structural_similarity

    rng = np.random.default_rng(0)
    real = rng.uniform(-1, 1, (2, 17, 24, 3)).astype("float32")
    prediction = np.clip(real + rng.normal(0, 0.3, real.shape), -1, 1).astype("float32")
    options = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    maps = [
        structural_similarity(*pair, channel_axis=2, data_range=2, full=True, **options)[1]
        for pair in zip(real, prediction, strict=True)
    ]
    expected = 1 - np.mean([ssim[5:-5, 5:-5] for ssim in maps])
    found = losses.structural_dissimilarity(
        ops.convert_to_tensor(real), ops.convert_to_tensor(prediction)
    )
    assert float(found) == pytest.approx(expected, abs=1e-5)
    assert float(losses.structural_dissimilarity(*2 * (ops.convert_to_tensor(real),))) < 1e-6


def test_interpolate_goes_from_real_to_fake():
    real, fake = picture([0, 0, 0, 0]), picture([4, 4, 4, 4])
    found = losses.interpolate(real, fake, np.full((1, 1, 1, 1), 0.25, "float32"))
    np.testing.assert_array_equal(found, picture([1, 1, 1, 1]))


def test_spatial_discount_is_one_at_the_first_and_gamma_at_the_last_border():
    discount = losses.spatial_discount(4, 6, 0.5)[0, :, :, 0]
    assert discount.shape == (4, 6)
    assert discount[0].tolist() == [1.0] * 6
    assert discount[:, 0].tolist() == [1.0] * 4
    # bottom row: distance min(3, 4 - 3) = 1; right column likewise
    assert discount[3, 1:].tolist() == [0.5] * 5
    # row 2, column 3: max(0.5 ** min(2, 2), 0.5 ** min(3, 3)) = 0.25
    assert discount[2, 3] == 0.25
