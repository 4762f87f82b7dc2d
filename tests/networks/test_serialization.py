"""Every kind of generator as Keras copies, saves and opens it."""

import keras
import numpy as np
import pytest

from inpaint_tf.networks import generators

SIDE = 128  # which every kind takes
PICTURES = np.random.default_rng(0).uniform(-1, 1, (1, SIDE, SIDE, 3)).astype("float32")
MASK = np.zeros((1, SIDE, SIDE, 1), "float32")
MASK[:, 10:20, 12:30] = 1


@pytest.fixture(params=generators.KINDS)
def generator(request):
    keras.utils.set_random_seed(3)
    return generators.build(request.param, 4)


def check_same(copy, generator):
    found, expected = (network([PICTURES, MASK]) for network in (copy, generator))
    assert found.keys() == expected.keys()
    for name, picture in expected.items():
        np.testing.assert_array_equal(found[name], picture)


def test_a_clone_computes_the_same(generator):
    clone = keras.models.clone_model(generator)
    assert not np.array_equal(
        clone([PICTURES, MASK])["refined"], generator([PICTURES, MASK])["refined"]
    )
    clone.set_weights(generator.get_weights())
    check_same(clone, generator)


def test_a_saved_generator_computes_the_same(generator, tmp_path):
    generator.save(tmp_path / "generator.keras")
    check_same(keras.saving.load_model(tmp_path / "generator.keras"), generator)
