"""The picture in the hole alone: the same pixels as the whole generator's, for less."""

import keras
import numpy as np
import pytest
import small
import tensorflow as tf
from keras import ops
from small import small_batches, small_trainer

from inpaint_tf import compositing
from inpaint_tf.inference import completion
from inpaint_tf.networks import generators
from inpaint_tf.networks.generators import hole_only
from inpaint_tf.networks.layers import attention_blocks

HEIGHT, WIDTH = 104, 136
ROUNDING = 4e-6
"""Of values in [-1, 1], in float32."""
HOLES = {
    "at the boxes' steps": (48, 80, 48, 96),
    "at odd places": (37, 70, 51, 93),
    "one pixel": (53, 54, 71, 72),
    "in a corner": (0, 20, 0, 31),
    "in the other corner": (90, 104, 100, 136),
    "all but a column": (0, 104, 0, 135),
    "none": (0, 0, 0, 0),
}


def pictures(hole, batch=2):
    """(masked, mask) with one hole, top, bottom, left, right, in noise."""
    rng = np.random.default_rng(3)
    images = rng.uniform(-1, 1, (batch, HEIGHT, WIDTH, 3)).astype("float32")
    top, bottom, left, right = hole
    mask = np.zeros((batch, HEIGHT, WIDTH, 1), "float32")
    mask[:, top:bottom, left:right] = 1
    return images * (1 - mask), mask


def compiled(function):
    sizes = [tf.TensorSpec((None, None, None, channels), "float32") for channels in (3, 1)]
    return tf.function(function, input_signature=sizes)


def build(kind="contextual_attention", precision="float32"):
    keras.utils.set_random_seed(1)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        return generators.build(kind, 8)
    finally:
        keras.config.set_dtype_policy(before)


def in_hole(function, masked, mask):
    return np.where(mask > 0, ops.convert_to_numpy(function(masked, mask)), 0)


def assert_equal_to_rounding(found, expected, err_msg=""):
    """For a processor's library may add up in another order for another size."""
    np.testing.assert_allclose(found, expected, rtol=0, atol=ROUNDING, err_msg=err_msg)


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_the_pixels_are_those_of_the_whole_generator(precision):
    generator = build(precision=precision)
    whole = compiled(lambda masked, mask: generator([masked, mask], training=False)["refined"])
    alone = compiled(generators.refined_in_hole(generator))
    for name, hole in HOLES.items():
        masked, mask = pictures(hole)
        expected = in_hole(whole, masked, mask)
        assert name == "none" or 0 < np.abs(expected).max() < 1, name
        found = in_hole(alone, masked, mask)
        if precision == "float32":
            assert_equal_to_rounding(found, expected, name)
        else:  # what is rounded otherwise in float32 may be the next number in bfloat16
            np.testing.assert_allclose(found, expected, rtol=0, atol=0.02, err_msg=name)
            assert np.mean(found != expected) < 0.02, name


@pytest.mark.parametrize("kind", sorted(generators.HOLE_ONLY))
def test_every_dialect(kind):
    generator = build(kind)
    masked, mask = pictures(HOLES["at odd places"])
    whole = compiled(lambda masked, mask: generator([masked, mask], training=False)["refined"])
    alone = compiled(generators.refined_in_hole(generator))
    assert_equal_to_rounding(in_hole(alone, masked, mask), in_hole(whole, masked, mask))


@pytest.mark.parametrize("hole", ["at odd places", "in a corner", "in the other corner"])
@pytest.mark.parametrize("rows", [4, 5])
def test_attention_in_blocks_leaves_out_those_that_the_hole_does_not_need(hole, rows, monkeypatch):
    keras.utils.set_random_seed(1)
    columns, height = WIDTH // 8, HEIGHT // 8
    least = 2 * columns**2 * height * 4 * (rows + 5.5)  # bytes of scores; 5 rows are extra
    generator = generators.build("contextual_attention", 8, score_bytes=int(least))
    computed = []
    whole_block = attention_blocks._paste_rows

    def count(attention, copies, dtype):
        computed.append(attention.shape[2] - 1)
        return whole_block(attention, copies, dtype)

    monkeypatch.setattr(attention_blocks, "_paste_rows", count)
    masked, mask = (ops.convert_to_tensor(array) for array in pictures(HOLES[hole]))
    expected = in_hole(
        lambda masked, mask: generator([masked, mask], training=False)["refined"], masked, mask
    )
    everywhere = len(computed)
    assert set(computed) == {rows}
    assert everywhere == -(-(height + 1) // rows)
    found = in_hole(generators.refined_in_hole(generator), masked, mask)
    assert_equal_to_rounding(found, expected)
    if "corner" in hole:
        assert len(computed) - everywhere < everywhere


def test_a_smaller_margin_would_not_do(monkeypatch):
    generator = build()
    masked, mask = pictures(HOLES["at the boxes' steps"])
    expected = in_hole(compiled(generators.refined_in_hole(generator)), masked, mask)
    monkeypatch.setattr(hole_only, "MARGIN", hole_only.MARGIN - 1)
    monkeypatch.setattr(hole_only, "STEP", 1)
    found = in_hole(compiled(generators.refined_in_hole(generator)), masked, mask)
    assert np.abs(found - expected).max() > 10 * ROUNDING


def test_a_box_holds_the_holes_of_all_pictures():
    mask = np.zeros((2, 128, 128, 1), "float32")
    mask[0, 40:44, 64] = mask[1, 60, 100] = 1
    box = hole_only.Box(ops.convert_to_tensor(mask))
    sides = (int(side) for side in (box.top, box.bottom, box.left, box.right))
    # Features 10 to 15 and 16 to 25, four more on either side, then the next multiples of four.
    assert tuple(sides) == (4, 20, 12, 32)


def test_less_is_computed():
    """The box's part of the features is what the decoders see."""
    mask = np.zeros((1, 256, 256, 1), "float32")
    mask[:, 64:192, 64:192] = 1
    features = ops.zeros((1, 64, 64, 8))
    assert hole_only.Box(ops.convert_to_tensor(mask)).cut(features).shape == (1, 40, 40, 8)


@pytest.mark.parametrize("kind", ["aot", "partial_convolution", None])
def test_other_generators_compute_all(kind):
    masked, mask = (ops.convert_to_tensor(array[:, :64, :64]) for array in pictures((9, 40, 9, 30)))
    if kind is None:  # of a kind that nobody named
        generator = build()
        del generator.kind
    else:
        generator = generators.build(kind, 8, **small.KINDS.get(kind, (0, {}))[1])
    expected = generator([masked, mask], training=False)["refined"]
    found = generators.refined_in_hole(generator)(masked, mask)
    np.testing.assert_array_equal(ops.convert_to_numpy(found), ops.convert_to_numpy(expected))


def test_the_completed_picture_is_the_same():
    generator = build()
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (2, 61, 83, 3), dtype="uint8")
    mask = np.zeros((2, 61, 83, 1), "uint8")
    mask[0, 20:40, 30:50] = mask[1, 50:61, 70:83] = 255
    alone = completion.compiled(generator, "grey", completion.complete_alone)
    [completed] = alone(image, mask)
    expected, _ = completion.compiled(generator, "grey")(image, mask)
    off = np.abs(np.subtract(completed, expected, dtype=int))
    assert off.max() <= 1
    assert np.mean(off > 0) < 1e-3
    known = np.broadcast_to(mask == 0, image.shape)
    np.testing.assert_array_equal(np.array(completed)[known], image[known])


def test_critics_learn_the_same(monkeypatch):
    def losses_of_two_iterations():
        trainer = small_trainer()
        batches = small_batches(trainer.batches_per_step())
        step = tf.function(trainer.train_step, autograph=False)
        results = [step(ops.convert_to_tensor(next(batches))) for _ in range(2)]
        return [{name: float(value) for name, value in terms.items()} for terms in results]

    cut = []
    monkeypatch.setattr(
        hole_only.Box,
        "cut",
        lambda box, features, cut_=hole_only.Box.cut: (cut.append(box), cut_(box, features))[1],
    )
    alone = losses_of_two_iterations()
    assert cut
    monkeypatch.setattr(generators, "HOLE_ONLY", {})
    whole = losses_of_two_iterations()
    for one, other in zip(alone, whole, strict=True):
        assert one == pytest.approx(other, rel=1e-4, abs=1e-5)


def test_known_pixels_keep_their_values():
    masked, mask = pictures(HOLES["at odd places"])
    refined = compiled(generators.refined_in_hole(build()))(masked, mask)
    completed = compositing.composite(refined, masked, mask)
    np.testing.assert_array_equal(np.where(mask > 0, 0, completed), masked)
