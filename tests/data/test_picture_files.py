import errno
import os

import cv2
import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from inpaint_tf.data import picture_files
from inpaint_tf.errors import UserError

RED = (200, 40, 30)


def close(image, expected, tolerance=0):
    return np.abs(image.astype(int) - np.asarray(expected)).max() <= tolerance


def test_grey_becomes_three_equal_channels(tmp_path):
    Image.new("L", (5, 3), 77).save(tmp_path / "a.png")
    image = picture_files.read_image(tmp_path / "a.png")
    assert image.shape == (3, 5, 3)
    assert image.dtype == np.uint8
    assert (image == 77).all()
    assert image.flags.writeable


def test_bytes_are_read_like_a_path(tmp_path):
    Image.new("RGB", (5, 3), RED).save(tmp_path / "a.png")
    assert close(picture_files.read_image((tmp_path / "a.png").read_bytes()), RED)


@pytest.mark.parametrize("suffix", ["png", "tiff"])
def test_16_bit_grey_is_scaled(tmp_path, suffix):
    values = np.array([[0, 257 * 100, 65535]], np.uint16)
    cv2.imwrite(str(tmp_path / f"a.{suffix}"), values)
    assert close(picture_files.read_image(tmp_path / f"a.{suffix}")[..., 0], [[0, 100, 255]])


@pytest.mark.parametrize("suffix", ["png", "tiff"])
def test_16_bit_rgb_is_scaled(tmp_path, suffix):
    bgr = np.array([[[257 * 30, 257 * 40, 257 * 200]]], np.uint16)
    cv2.imwrite(str(tmp_path / f"a.{suffix}"), bgr)
    assert close(picture_files.read_image(tmp_path / f"a.{suffix}"), RED)


def test_transparent_parts_show_white(tmp_path):
    Image.fromarray(np.uint8([[[*RED, 255], [*RED, 0], [0, 0, 0, 128]]])).save(tmp_path / "a.png")
    assert close(picture_files.read_image(tmp_path / "a.png"), [[RED, (255,) * 3, (127,) * 3]], 1)


def test_transparent_palette_shows_white(tmp_path):
    image = Image.new("P", (2, 1))
    image.putpalette([*RED, 0, 0, 255])
    image.putpixel((1, 0), 1)
    image.save(tmp_path / "a.png", transparency=1)
    assert close(picture_files.read_image(tmp_path / "a.png"), [[RED, (255, 255, 255)]])


def test_cmyk_jpeg_keeps_its_colour(tmp_path):
    Image.new("RGB", (16, 16), RED).convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    assert close(picture_files.read_image(tmp_path / "a.jpg"), RED, 6)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["png", "tiff"])
def test_exif_orientation_is_applied(tmp_path, orientation, suffix):
    upright = np.zeros((2, 3, 3), np.uint8)
    upright[0, 0], upright[0, 2] = 255, 100
    # How a camera stores it, by the definition of each orientation.
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: np.rot90(upright, 2),
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: np.rot90(upright, 2).transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(stored)).save(tmp_path / f"a.{suffix}", exif=exif)
    assert np.array_equal(picture_files.read_image(tmp_path / f"a.{suffix}"), upright)


def test_rotated_jpeg_swaps_height_and_width(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (20, 10)).save(tmp_path / "a.jpg", exif=exif)
    assert picture_files.read_image(tmp_path / "a.jpg").shape == (20, 10, 3)


def test_damaged_exif_does_not_lose_the_picture(tmp_path):
    Image.new("RGB", (20, 10), RED).save(tmp_path / "a.jpg", exif=b"Exif\0\0garbage")
    assert picture_files.read_image(tmp_path / "a.jpg").shape == (10, 20, 3)


def noise(height, width):
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "bmp", "tiff", "gif"])
@pytest.mark.parametrize("kept", [0.02, 0.5, 0.9])
def test_truncated_picture_is_unreadable(tmp_path, capfd, suffix, kept):
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(noise(64, 64)).save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(picture_files.UnreadableImage) as caught:
        picture_files.read_image(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "empty"), (b"hello, I am text\n" * 9, "not a picture")]
)
def test_text_and_empty_files_are_unreadable(tmp_path, content, reason):
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(picture_files.UnreadableImage, match=reason):
        picture_files.read_image(tmp_path / "a.jpg")


def test_missing_picture_is_unreadable(tmp_path):
    with pytest.raises(picture_files.UnreadableImage, match="No such file"):
        picture_files.read_image(tmp_path / "a.jpg")


def test_decompression_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(picture_files, "MAX_PIXELS", 99)
    Image.new("L", (10, 10)).save(tmp_path / "a.png")
    with pytest.raises(picture_files.UnreadableImage, match="too large"):
        picture_files.read_image(tmp_path / "a.png")


def test_32_bit_values_are_refused(tmp_path):
    Image.new("F", (2, 2), 0.5).save(tmp_path / "a.tiff")
    with pytest.raises(picture_files.UnreadableImage, match="32-bit"):
        picture_files.read_image(tmp_path / "a.tiff")


def test_list_images_is_recursive_and_sorted(tmp_path):
    for name in ("b.JPG", "sub/a.png", "a.txt", "._b.jpg", ".hidden/c.png"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert picture_files.list_images(tmp_path) == [tmp_path / "b.JPG", tmp_path / "sub/a.png"]


def test_missing_and_empty_folders_are_named(tmp_path):
    with pytest.raises(UserError, match=r"nowhere.*no such folder"):
        picture_files.list_images(tmp_path / "nowhere")
    with pytest.raises(UserError, match="holds no pictures"):
        picture_files.list_images(tmp_path)
    (tmp_path / "file.txt").touch()
    with pytest.raises(UserError, match="is a file"):
        picture_files.list_images(tmp_path / "file.txt")


@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (300, 7), (64, 64), (20, 20000)])
@pytest.mark.parametrize("channels", [(), (1,), (3,)])
def test_resize_keeps_a_flat_colour(shape, channels):
    image = np.full((*shape, *channels), 90, np.uint8)
    resized = picture_files.resize(image, 32, 48)
    assert resized.shape == (32, 48, *channels)
    assert (resized == 90).all()


def test_resize_does_not_alias():
    stripes = np.tile(np.uint8([[0, 255]]), (64, 32))
    assert close(picture_files.resize(stripes, 64, 16), 127, 1)
    # Shrinking one axis while the other grows.
    assert close(picture_files.resize(stripes, 100, 16), 127, 1)


def test_nearest_keeps_two_values():
    mask = np.random.default_rng(0).integers(0, 2, (37, 53), dtype=np.uint8)
    assert set(np.unique(picture_files.resize(mask, 64, 20, nearest=True))) == {0, 1}


def test_crop_square_takes_the_centre():
    image = np.arange(7)[None, :, None] * np.ones((3, 1, 3), int)
    assert picture_files.crop_square(image)[0, :, 0].tolist() == [2, 3, 4]
    assert picture_files.crop_square(image.swapaxes(0, 1))[:, 0, 0].tolist() == [2, 3, 4]


def test_random_crop_reaches_both_ends():
    image = np.arange(7)[None, :, None] * np.ones((3, 1, 3), int)
    rng = np.random.default_rng(0)
    crops = [picture_files.crop_square(image, rng) for _ in range(200)]
    assert {crop[0, 0, 0] for crop in crops} == {0, 1, 2, 3, 4}
    assert {crop.shape for crop in crops} == {(3, 3, 3)}


def test_png_round_trip(tmp_path):
    for image in (noise(5, 7), noise(5, 7)[..., 0]):
        picture_files.write_png(tmp_path / "a.png", image)
        read = picture_files.read_image(tmp_path / "a.png")
        assert np.array_equal(read, image if image.ndim == 3 else np.dstack([image] * 3))
    assert os.listdir(tmp_path) == ["a.png"]


def test_failed_write_leaves_the_old_file_and_names_it(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(b"old")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(picture_files.os, "replace", full)
    with pytest.raises(OSError, match="No space left") as caught:
        picture_files.write_png(path, noise(4, 4))
    assert caught.value.filename == str(path)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.png"]


def test_refused_place_is_named(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        picture_files.write_png(tmp_path / "nowhere" / "a.png", noise(4, 4))
    assert caught.value.filename == str(tmp_path / "nowhere" / "a.png")


def test_files_that_are_not_read_are_counted_and_named(pictures, caplog):
    for name in ("a.PSD", "b.psd", "c.xyz", "d", ".hidden", "list.txt", "f.tfrecord-0"):
        (pictures / name).touch()
    for _ in range(2):
        assert len(picture_files.list_images(pictures)) == 6
    line = f"{pictures}: left out, not read as pictures: 1 without ending, 2 .psd, 1 .xyz"
    assert [record.getMessage() for record in caplog.records] == [line]
    for index in range(6):
        (pictures / f"{index}.png").unlink()
    with pytest.raises(UserError, match=r"no pictures .*, but 1 without ending, 2 .psd, 1 .xyz"):
        picture_files.list_images(pictures)


@pytest.mark.parametrize("kind", ["text", "profile"])
def test_large_metadata_does_not_make_a_picture_damaged(tmp_path, kind):
    pixels = np.random.default_rng(0).integers(0, 256, (8, 6, 3), np.uint8)
    turned = Image.Exif()
    turned[0x0112] = 3
    extra = {"exif": turned}
    if kind == "text":
        extra["pnginfo"] = PngImagePlugin.PngInfo()
        extra["pnginfo"].add_text("Comment", "x" * 2_000_000, zip=True)
    else:
        extra["icc_profile"] = bytes(80_000_000)
    Image.fromarray(pixels).save(tmp_path / "a.png", **extra)
    assert (tmp_path / "a.png").stat().st_size < 100_000
    assert np.array_equal(picture_files.read_image(tmp_path / "a.png"), pixels[::-1, ::-1])
