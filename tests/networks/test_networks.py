import keras
import numpy as np
import pytest

from inpaint_tf.networks import original_names
from inpaint_tf.networks.discriminators import build_global_critic, build_local_critic
from inpaint_tf.networks.generators.coarse_to_fine import build_generator


@pytest.fixture(scope="module")
def full_size():
    return build_generator(), build_local_critic(), build_global_critic()


def test_parameter_counts_are_the_original_ones(full_size):
    assert [network.count_params() for network in full_size] == [3_601_542, 4_339_329, 2_733_441]


def test_all_104_variables_are_found_by_their_original_names(full_size):
    variables = original_names.variables_by_original_name(*full_size)
    assert len(variables) == 104  # 2 x (17 coarse + 10 + 8 + 7 refinement) + 2 x (2 x 5 critics)
    assert variables["inpaint_net/xconv2_downsample/kernel"].shape == (3, 3, 32, 32)
    assert variables["inpaint_net/conv2_downsample/kernel"].shape == (3, 3, 32, 64)
    upsampled = "inpaint_net/allconv13_upsample/allconv13_upsample_conv/bias"
    assert variables[upsampled].shape == (64,)
    assert variables["discriminator/dout_local_fc/kernel"].shape == (32768, 1)
    assert variables["discriminator/discriminator_global/conv4/kernel"].shape == (5, 5, 256, 256)


@pytest.mark.parametrize(("batch", "height", "width"), [(1, 8, 8), (2, 24, 40), (1, 72, 16)])
def test_generator_takes_any_multiple_of_8(batch, height, width):
    generator = build_generator(width=8)
    masked = np.zeros((batch, height, width, 3), "float32")
    mask = np.zeros((batch, height, width, 1), "float32")
    mask[:, :4, :4] = 1
    outputs = generator([masked, mask])
    assert outputs["coarse"].shape == outputs["refined"].shape == (batch, height, width, 3)
    assert outputs["offsets"].shape == (batch, height // 8, width // 8, 2)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_outputs_are_float32_and_close_under_mixed_precision(policy):
    rng = np.random.default_rng(0)
    masked = rng.uniform(-1, 1, (1, 32, 32, 3)).astype("float32")
    mask = np.zeros((1, 32, 32, 1), "float32")
    mask[:, 8:24, 8:24] = 1
    exact = build_generator(width=8)
    keras.config.set_dtype_policy(policy)
    try:
        mixed = build_generator(width=8)
    finally:
        keras.config.set_dtype_policy("float32")
    mixed.set_weights(exact.get_weights())
    expected, found = exact([masked, mask]), mixed([masked, mask])
    for stage in ("coarse", "refined"):
        assert keras.backend.standardize_dtype(found[stage].dtype) == "float32"
        np.testing.assert_allclose(found[stage], expected[stage], atol=0.05)
    assert keras.backend.standardize_dtype(mixed.trainable_variables[0].dtype) == "float32"


def test_outputs_are_clipped():
    generator = build_generator(width=8)
    for name in ("conv17", "allconv17"):
        generator.get_layer(name).bias.assign([5.0, -5.0, 0.0])
    outputs = generator([np.zeros((1, 16, 16, 3)), np.ones((1, 16, 16, 1))])
    for stage in ("coarse", "refined"):
        assert np.max(outputs[stage]) == 1.0
        assert np.min(outputs[stage]) == -1.0


@pytest.mark.parametrize("build", [build_local_critic, build_global_critic])
def test_critics_score_each_picture_by_itself(build):
    critic = build((32, 48), width=8)
    pictures = np.random.default_rng(0).uniform(-1, 1, (3, 32, 48, 3)).astype("float32")
    scores = critic(pictures)
    assert scores.shape == (3, 1)
    np.testing.assert_allclose(critic(pictures[1:2]), scores[1:2], atol=1e-5)
