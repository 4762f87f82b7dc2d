"""Parts of pictures and other colours."""

import numpy as np
import pytest

from inpaint_tf.data import batches, open_source
from inpaint_tf.data.streams import augment
from inpaint_tf.default_config import default_config
from inpaint_tf.errors import UserError
from inpaint_tf.training import check_config


def test_parts_have_areas_shapes_and_places_in_their_ranges():
    rows, columns = np.meshgrid(np.arange(90), np.arange(120), indexing="ij")
    image, rng = np.stack([rows, columns], axis=-1), np.random.default_rng(0)
    parts = [augment.random_part(image, rng) for _ in range(400)]
    shares = np.array([part.shape[0] * part.shape[1] / (90 * 120) for part in parts])
    ratios = np.array([part.shape[1] / part.shape[0] for part in parts])
    assert 0.07 < shares.min() < 0.12
    assert shares.max() > 0.85
    assert 0.72 < ratios.min() < 0.8
    assert 1.25 < ratios.max() < 1.37
    assert np.abs(np.median(np.log(ratios))) < 0.1
    assert {part[0, 0, 0] for part in parts} > set(range(40))  # tops


def test_the_middle_is_taken_where_no_part_fits():
    image = np.broadcast_to(np.arange(300)[None, :], (3, 300))
    part = augment.random_part(image, np.random.default_rng(0))
    assert part.shape == (3, 4)  # 4:3
    assert part[0, 0] == 148


def test_colours_change_by_no_more_than_asked():
    rng = np.random.default_rng(0)
    image = rng.integers(60, 190, (16, 16, 3), dtype=np.uint8)
    still = augment.jitter_colours(image, 0.0, np.random.default_rng(1))
    assert np.abs(still.astype(int) - image).max() <= 3  # through hue and back
    levels = [augment.jitter_colours(image, 0.2, rng).mean() / image.mean() for _ in range(60)]
    assert 0.78 < min(levels) < 0.87
    assert 1.13 < max(levels) < 1.22
    assert augment.jitter_colours(image, 0.2, rng).dtype == np.uint8


def test_hues_turn_by_shares_of_their_circle():
    red = np.full((2, 2, 3), (200, 0, 0), np.uint8)
    turned = np.asarray(augment._turn_hues(augment.Image.fromarray(red), 1 / 3))
    assert np.abs(turned.astype(int) - (0, 200, 0)).max() <= 5


def test_a_stream_of_parts_goes_on_anywhere(pictures):
    whole = iter(batches(open_source(pictures), 16, (2,), 3, crop="part", jitter=0.1))
    first, second = next(whole), next(whole)
    later = next(
        iter(batches(open_source(pictures), 16, (2,), 3, start=2, crop="part", jitter=0.1))
    )
    np.testing.assert_array_equal(later, second)
    assert first.shape == (2, 16, 16, 3)
    plain = next(iter(batches(open_source(pictures), 16, (2,), 3)))
    assert (first != plain).any()


def test_a_packed_cache_is_cut_and_coloured_too(tmp_path):
    np.save(tmp_path / "a.npy", np.random.default_rng(0).integers(0, 256, (4, 16, 16, 3), "uint8"))
    source = open_source(tmp_path / "a.npy")
    [plain, parts, coloured] = [
        next(iter(batches(source, 16, (4,), 0, **options)))
        for options in ({}, {"crop": "part"}, {"jitter": 0.3})
    ]
    assert (plain != parts).any()
    assert (plain != coloured).any()


def test_too_much_jitter_is_refused():
    config = default_config()
    config.data.jitter = 0.6
    with pytest.raises(UserError, match=r"data\.jitter must be at most 0\.5; got 0\.6"):
        check_config.check_config(config)
