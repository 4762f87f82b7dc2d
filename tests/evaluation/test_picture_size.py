"""At which size pictures are tested."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from small import SETTINGS

from inpaint_tf.data import picture_files
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.pairing import find_pairs
from inpaint_tf.evaluation.picture_size import (
    NATIVE,
    ShorterSide,
    described,
    enlargements,
    parse_size,
    remarks,
    resized,
    settle_size,
)
from inpaint_tf.evaluation.settings import EvaluationSettings
from inpaint_tf.networks.generators.coarse_to_fine import build_generator
from inpaint_tf.weights import generator_file, locate

NETWORK = SimpleNamespace(name="a", inpainter=SimpleNamespace(size=64))
UNKNOWN = SimpleNamespace(name="b", inpainter=SimpleNamespace(size=None))
BASELINE = SimpleNamespace(name="telea")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Weights files trained at 64, at 128, and of unknown size."""
    folder, generator = tmp_path_factory.mktemp("weights"), build_generator(4)
    found = {}
    for size in (64, 128, None):
        found[size] = folder / f"{size}.weights.h5"
        generator_file.save_generator(generator, found[size], {**SETTINGS, "size": size})
    return found


def settled(**fields):
    return settle_size(EvaluationSettings(images="in", output="out", **fields)).size


def test_the_weights_own_size_unless_the_user_says_another(files):
    assert settled(weights=files[64]) == ShorterSide(64)
    assert settled(weights=[files[64], files[None]], baselines="telea") == ShorterSide(64)
    assert settled(weights=files[64], size=96) == 96
    assert settled(weights=files[64], size=NATIVE) == NATIVE
    assert settled(weights=files[None]) == NATIVE
    assert settled(baselines="telea") == NATIVE
    assert settled(weights="faces256") == ShorterSide(256)


def test_weights_of_different_sizes_are_not_compared_without_a_word(files):
    with pytest.raises(UserError, match=r"64\.weights\.h5 at 64.*at 128.*--size=128 or another"):
        settled(weights=[files[64], files[128]])


def test_older_weights_have_the_size_of_their_runs_config(tmp_path, files):
    generator, run = build_generator(4), tmp_path / "run"
    checkpoint = run / "checkpoints" / "step_00000001" / locate.GENERATOR_FILE
    checkpoint.parent.mkdir(parents=True)
    for file in (checkpoint, run / locate.BEST_FILE):
        generator_file.save_generator(generator, file, {"width": 4})
        assert generator_file.read_settings(file)["size"] is None
    (run / "config.json").write_text(json.dumps({"data": {"size": 96}}))
    for file in (checkpoint, run / locate.BEST_FILE):
        assert generator_file.read_settings(file)["size"] == 96
    (run / "config.json").write_text("[]")
    assert generator_file.read_settings(checkpoint)["size"] is None


def test_shorter_sides_keep_the_shape_and_squares_do_not():
    picture = np.zeros((40, 60, 3), np.uint8)
    assert resized(picture, ShorterSide(20)).shape == (20, 30, 3)
    assert resized(picture, 20).shape == (20, 20, 3)
    assert resized(picture, NATIVE) is picture
    assert resized(picture, None) is picture
    mask = np.zeros((40, 60), np.uint8)
    mask[10:30] = 1
    small = resized(mask, ShorterSide(20), nearest=True)
    assert small.shape == (20, 30)
    assert small[5:15].all()
    assert small.sum() == 300


def test_a_square_is_the_same_either_way():
    picture = np.random.default_rng(0).integers(0, 256, (48, 48, 3), np.uint8)
    np.testing.assert_array_equal(resized(picture, ShorterSide(32)), resized(picture, 32))


def test_sizes_are_numbers_or_native():
    assert parse_size("256") == 256
    assert parse_size("native") == NATIVE
    assert parse_size(None) is None
    for wrong in ("big", "-3", "2.5", ""):
        with pytest.raises(UserError, match="must be a number of pixels, or native"):
            parse_size(wrong)


def rows(*shapes):
    return [{"height": height, "width": width} for height, width in shapes]


def test_what_is_said_of_sizes():
    assert described(rows((64, 64), (64, 64))) == "64x64"
    assert described(rows((128, 64), (8, 9), (64, 64))) == "9x8 to 64x128"
    methods = [NETWORK, BASELINE]
    assert list(remarks(methods, rows((64, 64)), 64)) == []
    assert list(remarks([BASELINE], rows((9, 9)), NATIVE)) == []
    [line] = remarks(methods, rows((64, 64)), ShorterSide(64))
    assert "--size=native keeps their own" in line
    [line] = remarks(methods, rows((192, 192)), NATIVE)
    assert line.startswith("a was trained at 64 pixels and is tested at 192x192")
    [line] = remarks([UNKNOWN], rows((192, 192)), NATIVE)
    assert line.startswith("b does not say at which size it was trained: tested at 192x192")


def test_figures_are_quoted_of_the_networks_that_have_them():
    shipped = SimpleNamespace(name="faces256", place="faces256", inpainter=NETWORK.inpainter)
    [line] = remarks([shipped], rows((192, 192)), NATIVE)
    assert "where faces come out worse (faces256_first on 40 faces: 18.7 dB" in line
    own = SimpleNamespace(name="my_run", place="logs/my_run", inpainter=NETWORK.inpainter)
    for method in (own, NETWORK):
        [line] = remarks([method], rows((384, 384)), NATIVE)
        assert "where faces come out worse; leave --size out" in line


def test_enlarged_pictures_are_counted(pictures, tmp_path):
    picture_files.write_png(pictures / "tall.png", np.zeros((300, 32, 3), np.uint8))
    (pictures / "text.jpg").write_text("hello")  # fails by itself
    pairs = find_pairs(pictures)
    for size in (48, ShorterSide(48)):
        [line] = enlargements(pairs, size)
        assert line.startswith(
            "1 of 8 pictures had to be enlarged to 48 pixels, the smallest from 32:"
        )
    [line] = enlargements(pairs, 96)
    assert line.startswith("7 of 8 pictures had to be enlarged to 96 pixels, the smallest from 32")
    for size in (32, NATIVE, None):
        assert list(enlargements(pairs, size)) == []
    np.save(tmp_path / "packed.npy", np.zeros((3, 16, 16, 3), np.uint8))
    [line] = enlargements(find_pairs(tmp_path / "packed.npy"), 24)
    assert line.startswith("3 of 3 pictures had to be enlarged to 24 pixels, the smallest from 16:")
