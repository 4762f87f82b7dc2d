"""The table of generators: a new kind is one file and one line, from building to completing."""

import subprocess
import sys

import h5py
import numpy as np
import pytest

import inpaint_tf
from inpaint_tf.errors import UserError
from inpaint_tf.inference import inpainter, memory
from inpaint_tf.networks import generators
from inpaint_tf.weights import blend, generator_file

ONE_STAGE = """
    import keras
    from keras import ops


    class OnlyMultiplesOf16(keras.layers.Layer):
        def call(self, pictures):
            height, width = ops.shape(pictures)[1:3]
            whole = ops.reshape(pictures, (-1, height // 16, 16, width // 16, 16, 3))
            return ops.reshape(whole, (-1, height, width, 3))

        def compute_output_shape(self, input_shape):
            return input_shape


    def build_generator(width, name="generator", **options):
        masked, mask = keras.Input((None, None, 3)), keras.Input((None, None, 1))
        features = ops.concatenate([masked, mask], axis=-1)
        features = keras.layers.Conv2D(width, 3, padding="same", name="first")(features)
        refined = keras.layers.Conv2D(3, 3, padding="same", name="second")(features)
        refined = OnlyMultiplesOf16(name="sixteen")(refined)
        generator = keras.Model([masked, mask], {"refined": refined}, name=name)
        generator.multiple = 16
        return generator
"""


@pytest.fixture
def one_stage(new_file, monkeypatch):
    """A generator with one stage and no attention, in a new file, and its line in the table."""
    new_file("one_stage", ONE_STAGE)
    monkeypatch.setitem(generators.KINDS, "one_stage", "one_stage:build_generator")
    return generators.build("one_stage", 6)


def save(generator, path):
    generator_file.save_generator(generator, path, {"width": 6, "hole_fill": "white", "step": 3})
    return path


def test_a_new_kind_is_saved_loaded_and_completes(one_stage, tmp_path):
    path = save(one_stage, tmp_path / "mine.weights.h5")
    loaded, settings = generator_file.load_generator(path)
    expected = {
        "kind": "one_stage",
        "width": 6,
        "hole_fill": "white",
        "step": 3,
        "size": None,
        "framing": None,
    }
    assert settings == expected
    assert generators.kind_of(loaded) == "one_stage"
    for found, expected in zip(loaded.get_weights(), one_stage.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)
    image = np.random.default_rng(0).integers(0, 256, (21, 40, 3), np.uint8)
    mask = np.zeros((21, 40), bool)
    mask[5:12, 8:20] = True
    completed = inpaint_tf.Inpainter.load(path, device="cpu").complete(image, mask)
    np.testing.assert_array_equal(completed[~mask], image[~mask])
    expected = inpaint_tf.Inpainter(one_stage, "white").complete(image, mask)
    np.testing.assert_array_equal(completed, expected)
    assert (completed[mask] != image[mask]).any()


def test_a_generator_without_attention_needs_no_memory_for_scores(one_stage, monkeypatch):
    monkeypatch.setattr(inpainter, "_runs_on_cpu", lambda: True)
    size = 512
    scores = memory.completion_bytes(size, size) - memory.completion_bytes(
        size, size, score_bytes=None
    )
    free = memory.completion_bytes(size, size, score_bytes=None)
    assert scores > free
    monkeypatch.setattr(memory, "available_bytes", lambda: free)
    image, mask = np.zeros((size, size, 3), np.uint8), np.zeros((size, size), bool)
    inpaint_tf.Inpainter(one_stage).complete(image, mask)
    monkeypatch.setattr(memory, "available_bytes", lambda: free - 1)
    with pytest.raises(UserError, match="512x512 pixels needs about"):
        inpaint_tf.Inpainter(one_stage).complete(image, mask)


def test_weights_of_another_kind_are_rejected(one_stage, tmp_path):
    path = save(one_stage, tmp_path / "mine.weights.h5")
    other = generators.build("contextual_attention", 6)
    with pytest.raises(UserError, match=r"kind one_stage; set --config.generator.kind=one_stage"):
        generator_file.load_into(other, path, 6)
    with pytest.raises(UserError, match="kind one_stage"):
        generator_file.check_width(path, 6, "contextual_attention")
    assert generator_file.check_width(path, 6, "one_stage") == path
    with pytest.raises(UserError, match="different kinds"):
        blend.go_from(other, one_stage, 0.5)


def test_a_file_without_a_kind_holds_contextual_attention(tmp_path):
    generator = generators.build("contextual_attention", 4)
    path = tmp_path / "old.weights.h5"
    generator_file.save_generator(generator, path, {"width": 4, "hole_fill": "grey"})
    with h5py.File(path, "r+") as file:
        assert '"kind": "contextual_attention"' in file.attrs["inpaint_tf"]
        file.attrs["inpaint_tf"] = '{"width": 4}'
    loaded, settings = generator_file.load_generator(path)
    assert settings["kind"] == generators.kind_of(loaded) == "contextual_attention"


def test_a_file_of_an_unknown_kind_is_named(one_stage, tmp_path, monkeypatch):
    path = save(one_stage, tmp_path / "mine.weights.h5")
    monkeypatch.delitem(generators.KINDS, "one_stage")
    with pytest.raises(UserError, match=r"mine\.weights\.h5 holds an unknown kind of generator"):
        generator_file.load_generator(path)


def test_an_unknown_kind_is_a_users_mistake():
    with pytest.raises(UserError, match="did you mean contextual_attention"):
        generators.build("contextual_attenton", 4)


def test_weights_of_one_name_are_not_lost(tmp_path):
    import keras

    inner = keras.Sequential(
        [keras.Input((None, None, 3)), *(keras.layers.Conv2D(3, 1) for _ in "ab")]
    )
    masked, mask = keras.Input((None, None, 3)), keras.Input((None, None, 1))
    nested = keras.Model([masked, mask], {"refined": inner(masked)})
    with pytest.raises(ValueError, match="must differ in their names"):
        generator_file.save_generator(nested, tmp_path / "x.weights.h5", {})


def test_kinds_are_listed_without_keras():
    program = "import sys, inpaint_tf.networks.generators; print('keras' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"
