"""Masks are read by one rule, whatever file or array they lie in."""

import numpy as np
import pytest
from PIL import Image

from inpaint_tf.data.picture_files import UnreadableImage
from inpaint_tf.errors import UserError
from inpaint_tf.masks import mask_files
from inpaint_tf.masks.mask_files import MaskRule

HOLE = np.zeros((12, 16), np.uint8)
HOLE[4:8, 5:11] = 1
"""24 of 192 pixels."""


def photo(height=12, width=16):
    """A picture of many colours."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (height, width, 3), dtype=np.uint8)


def layer(colour):
    """RGBA strokes of one colour where `HOLE` is, on a transparent layer."""
    pixels = np.zeros((*HOLE.shape, 4), np.uint8)
    pixels[HOLE == 1] = (*colour, 255)
    return Image.fromarray(pixels)


def palette(colours, indices):
    image = Image.fromarray(indices.astype(np.uint8), "L")
    image = Image.frombytes("P", image.size, image.tobytes())
    image.putpalette([value for colour in colours for value in colour])
    return image


FILES = {
    "0/255": (Image.fromarray(HOLE * 255), "png"),
    "0/1": (Image.fromarray(HOLE), "png"),
    "1 bit": (Image.fromarray(HOLE * 255).convert("1"), "png"),
    "1 bit TIFF": (Image.fromarray(HOLE * 255).convert("1"), "tiff"),
    "palette of black and white": (palette([(0, 0, 0), (255, 255, 255)], HOLE), "png"),
    "palette the other way": (palette([(255, 255, 255), (0, 0, 0)], 1 - HOLE), "gif"),
    "palette of labels": (palette([(0, 0, 0), (1, 1, 1)], HOLE), "png"),
    "16 bit": (Image.fromarray(HOLE.astype(np.uint16) * 65535), "png"),
    "16 bit, 0/255": (Image.fromarray(HOLE.astype(np.uint16) * 255), "png"),
    "16 bit, 0/1": (Image.fromarray(HOLE.astype(np.uint16)), "tiff"),
    "floats": (Image.fromarray(HOLE.astype(np.float32)), "tiff"),
    "RGB": (Image.fromarray(HOLE * 255).convert("RGB"), "bmp"),
    "RGB, 0/1": (Image.fromarray(np.dstack([HOLE] * 3)), "png"),
    "RGB, a light colour": (Image.fromarray(HOLE[..., None] * np.uint8([255, 255, 0])), "png"),
    "RGBA, opaque": (Image.fromarray(HOLE * 255).convert("RGBA"), "png"),
    "grey and alpha, opaque": (Image.fromarray(HOLE * 255).convert("LA"), "png"),
    "JPEG": (Image.fromarray(np.kron(HOLE, np.ones((8, 8), np.uint8)) * 255), "jpg"),
    "black strokes on a layer": (layer((0, 0, 0)), "png"),
    "red strokes on a layer": (layer((255, 0, 0)), "png"),
    "white strokes on a layer": (layer((255, 255, 255)), "webp"),
    "strokes on a layer in a palette": (layer((200, 20, 20)).quantize(4), "png"),
    "an erased picture": (Image.fromarray(np.dstack([photo(), 255 - 255 * HOLE])), "png"),
    "an erased grey picture": (
        Image.merge("LA", [Image.fromarray(photo()[..., 0]), Image.fromarray(255 - 255 * HOLE)]),
        "png",
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_every_kind_of_file_has_the_same_hole(tmp_path, kind):
    image, suffix = FILES[kind]
    path = tmp_path / f"m.{suffix}"
    image.save(path, **({"lossless": True, "exact": True} if suffix == "webp" else {}))
    mask = mask_files.read_mask(path)
    assert mask.dtype == np.uint8
    wanted = np.kron(HOLE, np.ones((8, 8), np.uint8)) if suffix == "jpg" else HOLE
    np.testing.assert_array_equal(mask, wanted)
    np.testing.assert_array_equal(mask_files.read_mask(path, MaskRule(invert=True)), 1 - wanted)


@pytest.mark.parametrize(
    "array",
    [
        HOLE,
        HOLE.astype(bool),
        HOLE * 255,
        HOLE.astype(np.float32),
        HOLE.astype(np.float64) * 255,
        HOLE.astype(np.int64),
        HOLE.astype(np.uint16) * 65535,
        HOLE[..., None] * 200,
        np.dstack([HOLE] * 3) * 255,
        np.asarray(layer((0, 0, 0))),
    ],
)
def test_arrays_are_read_like_files(array):
    np.testing.assert_array_equal(mask_files.as_hole(array), HOLE == 1)


def test_grey_edges_end_at_half():
    ramp = np.uint8([[0, 1, 127, 128, 254, 255]])
    assert mask_files.as_hole(ramp).tolist() == [[False, False, False, True, True, True]]
    assert mask_files.as_hole(ramp.astype(np.uint16) * 257).tolist() == [[False] * 3 + [True] * 3]
    assert mask_files.as_hole(np.float32([[0, 0.5, 0.51]])).tolist() == [[False, False, True]]


def test_soft_strokes_end_at_half_of_their_opacity(tmp_path):
    pixels = np.zeros((4, 8, 4), np.uint8)
    pixels[1:3, 2:7, 0] = 255
    pixels[1:3, 2:7, 3] = [10, 40, 80, 40, 10]  # a brush of low opacity
    Image.fromarray(pixels).save(tmp_path / "m.png")
    assert mask_files.read_mask(tmp_path / "m.png")[1].tolist() == [0, 0, 0, 0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    "colours",
    [
        np.full((12, 16, 3), 255, np.uint8),  # a white sheet with an erased part, or a large hole?
        np.uint8([0, 255])[(np.arange(192) % 2).reshape(12, 16, 1)] * np.ones(3, np.uint8),
    ],
)
def test_transparency_that_may_mean_both_is_refused(tmp_path, colours):
    Image.fromarray(np.dstack([colours, 255 - 255 * HOLE])).save(tmp_path / "m.png")
    with pytest.raises(UnreadableImage, match=r"m\.png: its transparency can be read in two ways"):
        mask_files.read_mask(tmp_path / "m.png")


def test_a_layer_without_strokes_is_refused(tmp_path):
    Image.new("RGBA", (8, 8), (255, 255, 255, 0)).save(tmp_path / "m.png")
    with pytest.raises(UnreadableImage, match="transparent everywhere"):
        mask_files.read_mask(tmp_path / "m.png")


def test_a_colour_is_hole_within_the_tolerance(tmp_path):
    pixels = photo() // 2
    pixels[HOLE == 1] = (10, 250, 0)
    Image.fromarray(pixels).save(tmp_path / "painted.png")
    found = mask_files.read_mask(tmp_path / "painted.png", MaskRule(colour="#00ff00"))
    np.testing.assert_array_equal(found, HOLE)
    exact = mask_files.read_mask(tmp_path / "painted.png", MaskRule(colour="lime", tolerance=9))
    assert not exact.any()
    assert "nothing in it has the colour lime" in mask_files.why_useless(
        exact, MaskRule(colour="lime")
    )
    with pytest.raises(UserError, match="--mask_colour=greenish is no colour"):
        MaskRule(colour="greenish")
    with pytest.raises(UserError, match="--tolerance=256"):
        MaskRule(tolerance=256)


def test_holes_grow_on_all_sides():
    dot = np.zeros((7, 7), np.uint8)
    dot[3, 3] = 1
    one = np.pad(np.uint8([[0, 1, 0], [1, 1, 1], [0, 1, 0]]), 2)
    np.testing.assert_array_equal(mask_files.grown(dot, 1), one)
    assert mask_files.as_hole(dot, MaskRule(grow=2)).any(axis=0).sum() == 5
    with pytest.raises(UserError, match="--grow=-1"):
        MaskRule(grow=-1)


def test_masks_that_cannot_serve():
    assert mask_files.why_useless(HOLE) == ""
    assert "has no hole" in mask_files.why_useless(HOLE * 0)
    assert "covers the whole picture of 16x12" in mask_files.why_useless(HOLE * 0 + 1)


def test_a_sideways_mask_is_turned_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(HOLE * 255).save(tmp_path / "m.png", exif=exif)
    np.testing.assert_array_equal(mask_files.read_mask(tmp_path / "m.png"), np.rot90(HOLE, -1))


def test_the_erased_part_of_a_picture(tmp_path):
    flat = np.full((12, 16, 3), 90, np.uint8)
    Image.fromarray(np.dstack([flat, 255 - 255 * HOLE])).save(tmp_path / "a.png")
    np.testing.assert_array_equal(mask_files.transparent_part(tmp_path / "a.png"), HOLE)
    wider = mask_files.transparent_part(tmp_path / "a.png", MaskRule(grow=1))
    assert wider.sum() == 24 + 20
    Image.fromarray(flat).save(tmp_path / "b.png")
    with pytest.raises(UnreadableImage, match="no transparent part"):
        mask_files.transparent_part(tmp_path / "b.png")
