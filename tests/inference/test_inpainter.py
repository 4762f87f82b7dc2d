"""The Python API: forms of input, any size, known pixels kept, the same bytes in any batch."""

import keras
import numpy as np
import pytest

import inpaint_tf
from inpaint_tf.errors import UserError
from inpaint_tf.inference import completion, inpainter, memory
from inpaint_tf.networks.generators.coarse_to_fine import build_generator
from inpaint_tf.networks.layers import attention_memory


@pytest.fixture(scope="module")
def small():
    keras.utils.set_random_seed(3)
    return inpaint_tf.Inpainter(build_generator(width=8), hole_fill="white")


def picture(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def centre_mask(height, width):
    mask = np.zeros((height, width), np.uint8)
    mask[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4] = 1
    return mask


@pytest.mark.parametrize("size", [(64, 64), (37, 53), (8, 8), (1, 9), (2, 2), (5, 130)])
def test_known_pixels_keep_their_bytes_at_any_size(small, size):
    image, mask = picture(*size), np.zeros(size, np.uint8)
    mask[:, : size[1] // 2] = 1  # touches three edges
    completed, raw = small.complete_with_raw(image, mask)
    assert completed.shape == raw.shape == image.shape
    assert completed.dtype == raw.dtype == np.uint8
    np.testing.assert_array_equal(completed[mask == 0], image[mask == 0])
    np.testing.assert_array_equal(completed[mask == 1], raw[mask == 1])
    assert (raw != image).any()


def test_what_lies_under_the_hole_does_not_matter(small):
    image, mask = picture(33, 47), centre_mask(33, 47)
    mask[-5:] = 1  # reaches the bottom edge, where the picture is padded
    other = image.copy()
    other[mask == 1] = 77
    np.testing.assert_array_equal(small.complete(image, mask), small.complete(other, mask))


def test_blended_fillings_meet_the_picture_and_raw_ones_stay(small):
    image, mask = np.full((64, 64, 3), 200, np.uint8), centre_mask(64, 64)
    plain, raw = small.complete_with_raw(image, mask)
    completed, same_raw = small.complete_with_raw(image, mask, blend=True)
    np.testing.assert_array_equal(same_raw, raw)
    np.testing.assert_array_equal(completed[mask == 0], image[mask == 0])
    np.testing.assert_array_equal(small.complete(image, mask, blend=True), completed)
    edge = np.s_[16, 16:48]  # the hole's first row

    def step(picture):
        return abs(picture[edge].astype(float) - 200).mean()

    assert step(completed) < 0.5 * step(plain)


def test_batches_give_the_bytes_of_single_pictures(small):
    images = np.stack([picture(48, 64, seed) for seed in range(5)])
    masks = np.stack([np.roll(centre_mask(48, 64), 4 * shift, axis=1) for shift in range(5)])
    together = small.complete(images, masks, batch_size=3)
    for image, mask, completed in zip(images, masks, together, strict=True):
        np.testing.assert_array_equal(small.complete(image, mask), completed)


def test_forms_of_images_and_masks(small):
    image, mask = picture(16, 24), centre_mask(16, 24)
    expected = small.complete(image, mask)
    batch = np.stack([image, image])
    for form in (mask[..., None], mask.astype(bool), mask * 255, [mask]):
        np.testing.assert_array_equal(small.complete(image, form), expected)
    for form in (mask, mask[..., None], np.stack([mask] * 2), np.stack([mask] * 2)[..., None]):
        np.testing.assert_array_equal(small.complete(batch, form), [expected] * 2)
    rgba = np.zeros((16, 24, 4), np.uint8)
    rgba[..., 3] = mask * 255  # black strokes on a transparent layer
    for form in (
        np.dstack([mask] * 3) * 255,
        rgba,
        mask.astype(np.uint16) * 65535,
        mask.astype(int),
    ):
        np.testing.assert_array_equal(small.complete(image, form), expected)
        np.testing.assert_array_equal(small.complete(batch, form), [expected] * 2)
    other = picture(24, 16)
    several = small.complete([image, other, image], [mask, mask.T, mask * 255])
    assert isinstance(several, list)
    np.testing.assert_array_equal(several[0], expected)
    np.testing.assert_array_equal(several[1], small.complete(other, mask.T))
    np.testing.assert_array_equal(several[2], expected)


def test_mask_pictures_are_hole_over_half(small):
    mask = np.array([0, 1, 127, 128, 255], np.uint8).reshape(1, 1, 5, 1)
    array = np.array([0, 1, 0, 1, 1], np.uint8).reshape(1, 1, 5, 1)
    holes = keras.ops.convert_to_numpy(completion.is_hole(np.concatenate([mask, array])))
    np.testing.assert_array_equal(holes[0].ravel(), [False, False, False, True, True])
    np.testing.assert_array_equal(holes[1].ravel(), [False, True, False, True, True])


def test_no_hole_returns_the_picture(small):
    image = picture(16, 16)
    np.testing.assert_array_equal(small.complete(image, np.zeros((16, 16), bool)), image)


@pytest.mark.parametrize(
    ("image", "mask", "message"),
    [
        (picture(8, 8).astype(np.int32), centre_mask(8, 8), "Received: int32 of shape"),
        (picture(8, 8).astype(np.float32), centre_mask(8, 8), r"must lie in 0\.\.1"),
        (picture(8, 8)[..., :2], centre_mask(8, 8), r"shape \(8, 8, 2\)"),
        ("none.png", centre_mask(8, 8), r"none\.png: No such file"),
        ([3], centre_mask(8, 8), "Received: int"),
        ([], centre_mask(8, 8), "at least one"),
        (picture(8, 8), centre_mask(8, 9), r"shape \(8, 9\)"),
        (picture(8, 8), centre_mask(8, 8).astype(np.complex64), "complex64"),
        (picture(8, 8), [centre_mask(8, 8)] * 2, "Received: 2"),
        (picture(8, 8), None, "Received: NoneType"),
        (picture(8, 8), np.ones((8, 8), bool), "whole picture of 8x8"),
        (picture(8, 8), np.full((8, 8), 255, np.uint8), "whole picture"),
    ],
)
def test_unusable_input_is_named(small, image, mask, message):
    with pytest.raises(UserError, match=message):
        small.complete(image, mask)


def test_too_little_memory_is_told_before_it_runs_out(small, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 10**9)
    monkeypatch.setattr(inpainter, "_runs_on_cpu", lambda: True)
    with pytest.raises(UserError, match=r"3000x2500 pixels needs about .* GB .* 1\.0 GB are free"):
        small.complete(np.zeros((2500, 3000, 3), np.uint8), centre_mask(2500, 3000))


def test_batches_are_halved_to_fit_the_memory():
    one = memory.completion_bytes(64, 64)  # which a batch takes as many times as it has pictures
    assert memory.fitting_batch_size(64, 64, 8, 8 * one) == 8
    assert memory.fitting_batch_size(64, 64, 8, 3 * one) == 2
    assert memory.fitting_batch_size(64, 64, 8, None) == 8


def test_scores_beyond_their_limit_take_no_more_memory():
    def scores(size, **options):
        outside = size * size * memory.ACTIVATION_BYTES
        return memory.completion_bytes(size, size, **options) - outside

    assert scores(512) == 6 * 4 * 64**4  # 64 x 64 positions, each with each
    assert scores(1024) == 6 * attention_memory.SCORE_BYTES
    assert scores(1024, score_bytes=2**40) == 6 * 4 * 128**4
    assert scores(2048) == 6 * (4 + 5) * 4 * 256**3  # a block has 4 rows at least, and 5 around


def test_large_pictures_are_completed_alike_in_blocks(small):
    image, mask = picture(120, 96), centre_mask(120, 96)
    expected = small.complete(image, mask)
    attention = small.generator.get_layer("contextual_attention")
    attention.score_bytes, before = 1, attention.score_bytes
    try:
        in_blocks = inpainter.Inpainter(small.generator, small.hole_fill).complete(image, mask)
    finally:
        attention.score_bytes = before
    np.testing.assert_allclose(in_blocks.astype(int), expected.astype(int), atol=1)


def test_batches_are_halved_when_the_device_runs_out(small, monkeypatch):
    images, mask = np.stack([picture(16, 16, seed) for seed in range(5)]), centre_mask(16, 16)
    expected, run = small.complete(images, mask), small._run
    sizes = []

    def run_with_little_memory(function, images, masks):
        sizes.append(len(images))
        if len(images) > 2:
            raise RuntimeError("RESOURCE_EXHAUSTED: Out of memory")
        return run(function, images, masks)

    monkeypatch.setattr(small, "_run", run_with_little_memory)
    np.testing.assert_array_equal(small.complete(images, mask, batch_size=4), expected)
    assert sizes == [4, 2, 2, 1]


def test_a_container_limits_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "CGROUP", tmp_path)
    (tmp_path / "memory.max").write_text("3000\n")
    (tmp_path / "memory.current").write_text("1000\n")
    assert memory.available_bytes() == 2000
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.available_bytes() > 10**6


def test_what_a_container_can_give_back_counts_as_free(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "CGROUP", tmp_path)
    (tmp_path / "memory.max").write_text("3000\n")
    (tmp_path / "memory.current").write_text("2900\n")  # mostly files that were read
    (tmp_path / "memory.stat").write_text("anon 300\nfile 2600\ninactive_file 2500\n")
    assert memory.available_bytes() == 2600
