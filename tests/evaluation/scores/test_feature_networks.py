"""Networks that judge pictures: built as their authors did, and told apart from other files."""

import numpy as np
import pytest

from inpaint_tf.data import picture_files
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.pairing import find_pairs
from inpaint_tf.evaluation.scores.feature_networks import ALEXNET, Inception, Lpips
from inpaint_tf.evaluation.scores.of_a_set import SetJudge


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Random weights in the form of `inpaint_tf.commands.lpips_weights`."""
    rng, arrays, before = np.random.default_rng(0), {}, 3
    for index, (name, channels, kernel, *_) in enumerate(ALEXNET):
        shape = (kernel, kernel, before, channels)
        scale = np.sqrt(2 / (kernel * kernel * before))
        arrays[f"{name}/kernel"] = rng.normal(0, scale, shape).astype("float32")
        arrays[f"{name}/bias"] = rng.normal(0, 0.1, channels).astype("float32")
        arrays[f"head{index + 1}"] = rng.random(channels).astype("float32")
        before = channels
    path = tmp_path_factory.mktemp("weights") / "lpips.npz"
    np.savez(path, **arrays)
    return path


def pictures(seed=0, size=(96, 80)):
    return np.random.default_rng(seed).integers(0, 256, (2, *size, 3), np.uint8)


def test_lpips_grows_with_the_difference(weights):
    network = Lpips(weights)
    image, noise = pictures()
    slightly = (0.9 * image + 0.1 * noise).astype(np.uint8)
    # Two equal pictures of a batch may round apart, by the processor.
    assert network.distance(image, image) == pytest.approx(0, abs=1e-9)
    assert np.isnan(network.distance(image[:30], image[:30]))  # vanishes in the layers
    assert network.distance(image[:31, :31], image[:31, :31]) == pytest.approx(0, abs=1e-9)
    assert 0 < network.distance(slightly, image) < network.distance(noise, image)
    assert network.distance(noise, image) == pytest.approx(network.distance(image, noise), rel=1e-5)


def test_lpips_equals_its_authors_package(weights):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    lpips = pytest.importorskip("lpips", reason="lpips is not installed")
    from inpaint_tf.commands.lpips_weights import convert

    torch.manual_seed(0)
    theirs = lpips.LPIPS(net="alex", pretrained=True, pnet_rand=True, verbose=False)
    np.savez(weights.with_name("theirs.npz"), **convert(theirs))
    ours = Lpips(weights.with_name("theirs.npz"))
    for seed in range(20):
        image, reference = pictures(seed, (256, 256))
        given = [
            torch.tensor(each.transpose(2, 0, 1)[None] / 127.5 - 1, dtype=torch.float32)
            for each in (image, reference)
        ]
        with torch.no_grad():
            expected = float(theirs(*given))
        assert ours.distance(image, reference) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("content", [b"", b"hello", None])
def test_another_file_is_no_lpips_weights(tmp_path, content):
    path = tmp_path / "x.npz"
    if content is None:
        np.savez(path, something=np.ones(3))
    else:
        path.write_bytes(content)
    with pytest.raises(UserError, match=r"inpaint-tf lpips-weights --output"):
        Lpips(path)


def test_another_file_is_no_inception(tmp_path):
    path = tmp_path / "x.h5"
    path.write_bytes(b"hello")
    with pytest.raises(UserError, match="no weights file of Keras' InceptionV3"):
        Inception(path)


class MeanColours:
    """In the place of Inception: a picture's features are its mean colour."""

    def __init__(self):
        self.seen = 0

    def features(self, images):
        self.seen += len(images)
        return np.stack([image.mean(axis=(0, 1)) for image in images])


class Folder:
    def __init__(self, folder):
        self.folder = folder


def test_sets_are_of_composites_and_truths(tmp_path):
    rng = np.random.default_rng(0)
    for place, shift in (("in", 0), ("out", 50)):
        (tmp_path / place).mkdir()
        for index in range(20):
            grey = np.full((8, 8, 3), rng.integers(0, 100) + shift, np.uint8)
            picture_files.write_png(tmp_path / place / f"{index}.png", grey)
    pairs, network = find_pairs(tmp_path / "in"), MeanColours()
    judge = SetJudge(network)
    same = judge.judge("truth", pairs, Folder(tmp_path / "in"))
    other = judge.judge("brighter", pairs, Folder(tmp_path / "out"))
    assert set(same) == {"fid", "kid", "kid_deviation"}
    assert same["fid"] == pytest.approx(0, abs=1e-6)
    assert other["fid"] > 3 * 40**2
    assert network.seen == 3 * 20  # the truth once
    assert judge.judge("one", pairs[:1], Folder(tmp_path / "in")) is None
