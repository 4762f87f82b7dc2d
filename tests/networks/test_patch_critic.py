import numpy as np

from inpaint_tf.networks import patch_critic


def test_it_has_the_originals_parameters_and_maps():
    critic = patch_critic.build_patch_critic()
    count = sum(int(np.prod(variable.shape)) for variable in critic.trainable_variables)
    assert count == 2_763_777
    assert critic.compute_output_shape((1, 256, 256, 3)) == (1, 30, 30, 1)
    assert critic.compute_output_shape((1, 128, 64, 3)) == (1, 14, 6, 1)


def test_iterations_find_the_largest_singular_value():
    critic = patch_critic.build_patch_critic(width=8)
    layer = critic.get_layer("conv.2")
    largest = np.linalg.svd(np.asarray(layer.kernel).reshape(-1, 16), compute_uv=False)[0]
    pictures = np.random.default_rng(0).normal(size=(1, 9, 9, 8)).astype("float32")
    for _ in range(200):
        patch_critic.iterate(critic)
    import keras

    plain = keras.layers.Conv2D(16, 4, strides=2, padding="same", use_bias=False)
    plain.build(pictures.shape)
    plain.kernel.assign(np.asarray(layer.kernel) / largest)
    np.testing.assert_allclose(layer(pictures), plain(pictures), rtol=1e-3, atol=1e-4)


def test_a_call_changes_nothing():
    critic = patch_critic.build_patch_critic(width=8)
    before = critic.get_weights()
    critic(np.ones((1, 32, 32, 3), "float32"))
    for old, new in zip(before, critic.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    patch_critic.iterate(critic)
    assert any((a != b).any() for a, b in zip(before, critic.get_weights(), strict=True))
