"""LPIPS, FID and KID on features made here, against formulas and SciPy."""

import numpy as np
import pytest

from inpaint_tf.evaluation.scores import feature_distances as distances


def features(count=60, channels=5, seed=0, shift=0.0):
    rng = np.random.default_rng(seed)
    mixing = np.random.default_rng(9).normal(size=(channels, channels))
    return rng.normal(size=(count, channels)) @ mixing + shift


def test_frechet_equals_the_formula_with_scipy():
    linalg = pytest.importorskip("scipy.linalg", reason="SciPy is not installed")
    x, y = features(), features(80, seed=1, shift=0.7)
    product = np.cov(x, rowvar=False) @ np.cov(y, rowvar=False)
    trace = np.trace(np.cov(x, rowvar=False) + np.cov(y, rowvar=False))
    expected = np.sum((x.mean(0) - y.mean(0)) ** 2) + trace
    expected -= 2 * np.trace(linalg.sqrtm(product)).real
    assert distances.frechet(x, y) == pytest.approx(expected, rel=1e-9)


def test_frechet_literally():
    x = np.array([[0.0, 0.0], [2.0, 0.0]])  # mean (1, 0), variance 2 along the first axis
    assert distances.frechet(x, x + np.array([3.0, 4.0])) == pytest.approx(25.0)
    # The same mean, twice as wide: (sqrt(2) - sqrt(8)) ** 2.
    assert distances.frechet(x, [[-1.0, 0.0], [3.0, 0.0]]) == pytest.approx(2.0)
    assert distances.frechet(x, x) == pytest.approx(0.0, abs=1e-12)


def test_frechet_with_fewer_pictures_than_channels():
    x, y = features(6, 40), features(7, 40, seed=1)
    assert 0 < distances.frechet(x, y) < np.inf


def test_kernel_distance_literally():
    x, y = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 1.0], [2.0, 0.0]])
    # Kernel (x.y / 2 + 1) ** 3; within sets the pair of different pictures alone.
    within = (0 / 2 + 1) ** 3 + (2 / 2 + 1) ** 3
    across = np.mean([(1 / 2 + 1) ** 3, (2 / 2 + 1) ** 3, (1 / 2 + 1) ** 3, (0 / 2 + 1) ** 3])
    mean, deviation = distances.kernel_distance(x, y)
    assert mean == pytest.approx(within - 2 * across)
    assert deviation is None  # every subset is the whole


def test_kernel_distance_tells_sets_apart_and_repeats(monkeypatch):
    monkeypatch.setattr(distances, "KID_SIZE", 40)
    same = distances.kernel_distance(features(200), features(200, seed=1))
    other = distances.kernel_distance(features(200), features(200, seed=1, shift=2.0))
    assert abs(same[0]) < other[0] / 5
    assert other[1] > 0
    assert distances.kernel_distance(features(200), features(200, seed=1)) == same


def test_lpips_literally():
    # One layer of one pixel: (3, 4) has the length 5, (1, 0) the length 1.
    x, y = np.array([[[3.0, 4.0]]]), np.array([[[1.0, 0.0]]])
    expected = 2.0 * (0.6 - 1.0) ** 2 + 0.5 * 0.8**2
    assert distances.lpips([x], [y], [np.array([2.0, 0.5])]) == pytest.approx(expected)
    assert distances.lpips([x, x], [x, 7 * x], [np.ones(2)] * 2) == pytest.approx(0, abs=1e-12)
    # A mean over places, a sum over layers.
    wide = np.concatenate([x, x], axis=1), np.concatenate([y, x], axis=1)
    found = distances.lpips([wide[0], x], [wide[1], y], [np.array([2.0, 0.5])] * 2)
    assert found == pytest.approx(1.5 * expected)
