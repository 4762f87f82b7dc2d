import numpy as np
import pytest

import inpaint_tf
from inpaint_tf import compositing
from inpaint_tf.networks import generators
from inpaint_tf.weights import generator_file


@pytest.fixture(scope="module")
def generator():
    return generators.build("partial_convolution", 2)


def noise(height, width, batch=1):
    rng = np.random.default_rng(0)
    masked = rng.uniform(-1, 1, (batch, height, width, 3)).astype("float32")
    mask = np.zeros((batch, height, width, 1), "float32")
    mask[:, 8:60, 20:70] = 1
    return masked, mask


def test_it_has_the_originals_parameters():
    generator = generators.build("partial_convolution", 64)
    assert sum(int(np.prod(v.shape)) for v in generator.trainable_variables) == 25_779_796
    # 14 kernels and a bias; 12 normalisations with scale and shift
    assert len(generator.trainable_variables) == 14 + 1 + 12 * 2
    assert len(generator.non_trainable_variables) == 12 * 2


def test_the_papers_eighth_layer():
    generator = generators.build("partial_convolution", 64, layers=8)
    assert sum(int(np.prod(v.shape)) for v in generator.trainable_variables) == 32_859_732
    assert generators.multiple_of(generator) == 256


def test_any_size_and_batch(generator):
    assert generators.multiple_of(generator) == 128
    for shape in ((1, 128, 256), (3, 256, 128)):
        batch, *size = shape
        found = generator(list(noise(*size, batch)))
        assert set(found) == {"refined"}
        assert found["refined"].shape == (*shape, 3)


def test_what_covers_the_hole_has_no_influence(generator):
    masked, mask = noise(128, 128)
    pictures = [
        np.asarray(generator([compositing.fill_hole(masked, mask, fill), mask])["refined"])
        for fill in ("grey", "white")
    ]
    np.testing.assert_array_equal(*pictures)


def test_a_picture_without_a_known_pixel_is_the_mean_colour(generator):
    masked, mask = noise(128, 128)
    found = np.asarray(generator([masked, np.ones_like(mask)])["refined"])
    # 2 * mean - 1
    np.testing.assert_allclose(found[0, 5, 7], [-0.03, -0.088, -0.188], atol=1e-5)


def test_pictures_are_normalised_as_imagenet_and_back():
    pictures = np.array([[-1.0, 0.0, 1.0]], "float32")
    # (0 - 0.485) / 0.229, (0.5 - 0.456) / 0.224, (1 - 0.406) / 0.225
    normalised = np.asarray(compositing.to_imagenet(pictures))
    np.testing.assert_allclose(normalised, [[-2.117904, 0.196429, 2.64]], rtol=1e-5)
    np.testing.assert_allclose(compositing.from_imagenet(normalised), pictures, atol=1e-6)


def test_only_training_moves_the_statistics(generator):
    inputs = list(noise(128, 128))
    before = [np.array(v) for v in generator.get_weights()]
    generator(inputs)
    generator(inputs, training=False)
    for one, other in zip(before, generator.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    generator(inputs, training=True)
    moved = [
        not np.array_equal(one, other)
        for one, other in zip(before, generator.get_weights(), strict=True)
    ]
    assert sum(moved) == 12 * 2


def test_a_frozen_encoder_keeps_its_statistics():
    generator = generators.build("partial_convolution", 2, freeze_encoder=True)
    generator(list(noise(128, 128)), training=True)
    for layer in generator.layers:
        if layer.name.endswith(".bn"):
            stayed = not np.asarray(layer.get_weights()[2]).any()
            assert stayed == layer.name.startswith("enc_"), layer.name


def test_it_is_saved_loaded_and_completes_photos_of_any_size(generator, tmp_path):
    path = tmp_path / "mine.weights.h5"
    generator(list(noise(128, 128)), training=True)
    generator_file.save_generator(generator, path, {"width": 2, "hole_fill": "grey"})
    loaded, settings = generator_file.load_generator(path)
    assert settings["kind"] == "partial_convolution"
    for one, other in zip(generator.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    image = np.random.default_rng(0).integers(0, 256, (61, 150, 3), np.uint8)
    mask = np.zeros((61, 150), bool)
    mask[10:30, 40:70] = True
    completed = inpaint_tf.Inpainter.load(path, device="cpu").complete(image, mask)
    np.testing.assert_array_equal(completed[~mask], image[~mask])
    assert (completed[mask] != image[mask]).any()
