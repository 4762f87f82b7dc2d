"""Attention against a slow, literal rendering of its definition, one image at a time."""

import numpy as np
import pytest
from keras import ops

from inpaint_tf.engines.active_engine import engine
from inpaint_tf.networks.layers.contextual_attention import contextual_attention
from inpaint_tf.networks.layers.nearest_resize import halve


def literal_attention(features, mask, fuse):
    """One image (h, w, c), mask (h, w): loops over positions, straight from the definition."""
    height, width, _ = features.shape
    rows = [round_half_up(i, height, height // 2) for i in range(height // 2)]
    columns = [round_half_up(i, width, width // 2) for i in range(width // 2)]
    small, small_mask = features[rows][:, columns], mask[rows][:, columns]
    h, w = small.shape[:2]
    around = np.pad(small, ((1, 1), (1, 1), (0, 0)))
    around_mask = np.pad(small_mask, 1)
    places = [(i, j) for i in range(h) for j in range(w)]
    match = np.stack([around[i : i + 3, j : j + 3].ravel() for i, j in places])
    valid = np.array([around_mask[i : i + 3, j : j + 3].max() == 0 for i, j in places], float)
    lengths = np.maximum(np.linalg.norm(match, axis=1), 1e-4)
    scores = match @ (match / lengths[:, None]).T
    if fuse:
        by_column = [i * w + j for j in range(w) for i in range(h)]
        scores = diagonal_sum(scores)
        scores[np.ix_(by_column, by_column)] = diagonal_sum(scores[np.ix_(by_column, by_column)])
    logits = 10.0 * scores * valid
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True) * valid
    padded = np.pad(features, ((1, 1), (1, 1), (0, 0)))
    paste = np.stack([padded[2 * i : 2 * i + 4, 2 * j : 2 * j + 4] for i, j in places])
    output = np.zeros_like(padded)
    for (i, j), weight in zip(places, weights, strict=True):
        output[2 * i : 2 * i + 4, 2 * j : 2 * j + 4] += np.tensordot(weight, paste, 1)
    return output[1:-1, 1:-1] / 4, weights


def round_half_up(index, full, reduced):
    return int(np.floor(index * (full - 1) / max(reduced - 1, 1) + 0.5))


def diagonal_sum(scores):
    padded = np.pad(scores, 1)
    return scores + padded[:-2, :-2] + padded[2:, 2:]


def example(height, width, seed=0, batch=2, channels=3):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(batch, height, width, channels)).astype("float32")
    masks = np.zeros((batch, height, width, 1), "float32")
    for image, mask in enumerate(masks):
        mask[2 + image : height // 2 + image, 1 : width // 2 + image] = 1
    return features, masks


@pytest.mark.parametrize("fuse", [True, False])
@pytest.mark.parametrize(("height", "width"), [(12, 12), (8, 14), (10, 18)])
def test_equals_the_definition_with_a_mask_per_image(height, width, fuse):
    features, masks = example(height, width)
    output, _ = contextual_attention(features, features, masks, fuse=fuse)
    for image in range(len(features)):
        expected, _ = literal_attention(features[image], masks[image, :, :, 0], fuse)
        np.testing.assert_allclose(output[image], expected, atol=2e-5)


def test_one_mask_serves_the_whole_batch():
    features, masks = example(12, 12)
    shared, _ = contextual_attention(features, features, masks[:1])
    repeated, _ = contextual_attention(features, features, np.repeat(masks[:1], 2, axis=0))
    np.testing.assert_array_equal(shared, repeated)


def test_offsets_point_to_the_best_known_patch():
    features, masks = example(12, 16, batch=1)
    _, offsets = contextual_attention(features, features, masks)
    _, weights = literal_attention(features[0], masks[0, :, :, 0], fuse=True)
    best = weights.argmax(axis=1).reshape(6, 8)
    rows, columns = np.indices((6, 8))
    np.testing.assert_array_equal(offsets[0, :, :, 0], best // 8 - rows)
    np.testing.assert_array_equal(offsets[0, :, :, 1], best % 8 - columns)


def test_nothing_is_copied_where_everything_is_hole():
    features, _ = example(8, 8)
    output, _ = contextual_attention(features, features, np.ones((1, 8, 8, 1), "float32"))
    np.testing.assert_array_equal(output, np.zeros_like(features))


def test_gradient_is_finite_where_features_vanish():
    features, masks = example(8, 8)
    features[:, :4] = 0.0  # all-zero patches, as ReLU makes them
    gradient = engine.input_gradient(
        lambda x: contextual_attention(x, x, masks)[0], ops.convert_to_tensor(features)
    )
    assert np.isfinite(gradient).all()


def test_reduction_takes_the_nearest_of_aligned_corners_not_every_second():
    column = np.arange(64, dtype="float32")[None, :, None, None] * np.ones((1, 1, 2, 1), "float32")
    halved = np.asarray(halve(column))[0, :, 0, 0]
    assert halved.shape == (32,)
    np.testing.assert_array_equal(halved, [round_half_up(i, 64, 32) for i in range(32)])
    assert halved[-1] == 63  # [::2] would end at 62


def test_halves_are_rounded_up_as_tensorflow_1_did():
    # 30 -> 15: output 7 reads 7 * 29 / 14 = 14.5
    row = np.arange(30, dtype="float32")[None, None, :, None] * np.ones((1, 2, 1, 1), "float32")
    assert np.asarray(halve(row))[0, 0, 7, 0] == 15


@pytest.mark.parametrize("fuse", [True, False])
@pytest.mark.parametrize(("height", "width"), [(16, 14), (12, 22), (26, 6)])
@pytest.mark.parametrize("score_bytes", [0, 20_000])
def test_blocks_of_rows_give_the_same_numbers(height, width, fuse, score_bytes):
    features, masks = example(height, width)
    whole = contextual_attention(features, features, masks, fuse=fuse)
    blocks = contextual_attention(features, features, masks, fuse=fuse, score_bytes=score_bytes)
    np.testing.assert_allclose(blocks[0], whole[0], atol=1e-5)
    np.testing.assert_array_equal(blocks[1], whole[1])


def test_blocks_of_rows_are_chosen_by_size_where_the_size_is_known_late():
    import tensorflow as tf

    ran = []

    @tf.function(
        input_signature=[tf.TensorSpec((None, None, None, 3)), tf.TensorSpec((1, None, None, 1))]
    )
    def attend(features, mask):
        ran.append("traced")
        return contextual_attention(features, features, mask, score_bytes=4 * 36**2)

    for height, width in ((12, 12), (16, 20)):  # 36 positions are within the size, 80 are not
        features, masks = example(height, width, batch=1)
        expected = contextual_attention(features, features, masks)
        for found, right in zip(attend(features, masks), expected, strict=True):
            np.testing.assert_allclose(found, right, atol=1e-5)
    assert ran == ["traced"]


def test_gradient_through_blocks_equals_the_whole():
    features, masks = example(12, 12, batch=1)

    def gradient(**options):
        return engine.input_gradient(
            lambda x: contextual_attention(x, x, masks, **options)[0] ** 2,
            ops.convert_to_tensor(features),
        )

    np.testing.assert_allclose(gradient(score_bytes=0), gradient(), rtol=1e-4, atol=1e-4)
