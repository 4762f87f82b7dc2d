"""Photos come out as they came in: known samples, format, quality, metadata."""

import io
import os
import shutil
import subprocess

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from inpaint_tf.data import picture_files
from inpaint_tf.data.photo_files import (
    Metadata,
    output_suffix,
    read_photo,
    write_described_png,
    write_photo,
)
from inpaint_tf.data.picture_files import UnreadableImage
from inpaint_tf.errors import UserError

HEIGHT, WIDTH = 40, 56
HOLE = np.zeros((HEIGHT, WIDTH), bool)
HOLE[10:21, 8:30] = True
ORIENTATION = 0x0112


def smooth(channels=3, height=HEIGHT, width=WIDTH, dtype=np.uint8):
    """Samples of a soft picture, which JPEG keeps well."""
    rng = np.random.default_rng(0)
    most = np.iinfo(dtype).max
    coarse = rng.integers(0, most, (5, 7, channels)).astype(np.float32)
    big = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return big.reshape(height, width, channels).astype(dtype)


def exif(orientation=1):
    data = Image.Exif()
    data[ORIENTATION] = orientation
    data[0x010F] = "Maker"
    data.get_ifd(0x8769)[0x9003] = "2020:01:02 03:04:05"
    data[0x8769] = dict(data.get_ifd(0x8769))
    return data


def wide_profile():
    """An RGB profile that is not sRGB: its red and green are exchanged."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.find(b"rXYZ"), profile.find(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile).replace(b"s\0R\0G\0B", b"o\0d\0d\0!")


def fill(photo, colour=(250, 10, 20)):
    completed = photo.pixels.copy()
    completed[:] = colour  # outside of the hole too, where it must not count
    return completed


def write(photo, path, hole=HOLE):
    write_photo(photo, fill(photo), hole, path)
    return read_photo(path)


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp", "webp", "ppm", "tga", "jp2"])
def test_known_pixels_of_lossless_formats_are_identical(tmp_path, suffix):
    options = {"lossless": True} if suffix == "webp" else {}
    Image.fromarray(smooth()).save(tmp_path / f"a.{suffix}", **options)
    photo = read_photo(tmp_path / f"a.{suffix}")
    np.testing.assert_array_equal(photo.pixels, smooth())
    back = write(photo, tmp_path / f"b{output_suffix(photo.path)}")
    assert back.format == photo.format
    np.testing.assert_array_equal(back.stored[~HOLE], photo.stored[~HOLE])
    assert (back.stored[HOLE] == (250, 10, 20)).all()


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_channels_and_bits_stay(tmp_path, channels, suffix, dtype):
    samples = smooth(channels, dtype=dtype)
    source = tmp_path / f"a.{suffix}"
    if channels == 2 and dtype == np.uint16:
        pytest.skip("nothing here writes grey with alpha in 16 bits")
    if channels == 2:
        Image.fromarray(samples).save(source)
    else:
        codes = {1: None, 3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
        code = codes[channels]
        assert cv2.imwrite(str(source), samples if code is None else cv2.cvtColor(samples, code))
    photo = read_photo(source)
    np.testing.assert_array_equal(photo.stored, samples)
    assert photo.stored.dtype == dtype
    back = write(photo, tmp_path / f"b.{suffix}")
    assert back.stored.dtype == dtype
    np.testing.assert_array_equal(back.stored[~HOLE], samples[~HOLE])
    most = np.iinfo(dtype).max
    if channels in (2, 4):
        assert (back.stored[HOLE, -1] == most).all()
    if channels >= 3:
        assert (back.stored[HOLE][:, :3] == np.array([250, 10, 20]) * (most // 255)).all()
    else:
        assert (back.stored[HOLE, 0] == 83 * (most // 255)).all()  # .299 R + .587 G + .114 B


def test_pixels_are_what_read_image_sees(tmp_path):
    """Without a colour profile, test.py and photos see the same picture."""
    Image.fromarray(smooth(4)).save(tmp_path / "a.png")
    Image.fromarray(smooth(1, dtype=np.uint16)[..., 0]).save(tmp_path / "b.png")
    Image.fromarray(smooth()).save(tmp_path / "c.jpg", exif=exif(6))
    Image.fromarray(smooth()).convert("P").save(tmp_path / "d.png")
    Image.fromarray(smooth()).convert("1").save(tmp_path / "e.png")
    for path in sorted(tmp_path.iterdir()):
        np.testing.assert_array_equal(read_photo(path).pixels, picture_files.read_image(path))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "webp"])
def test_the_orientation_is_applied_once(tmp_path, suffix, orientation):
    options = {"lossless": True} if suffix == "webp" else {}
    Image.fromarray(smooth()).save(tmp_path / f"a.{suffix}", exif=exif(orientation), **options)
    photo = read_photo(tmp_path / f"a.{suffix}")
    upright = picture_files.read_image(tmp_path / f"a.{suffix}")
    np.testing.assert_array_equal(photo.pixels, upright)
    hole = np.zeros(upright.shape[:2], bool)
    hole[:4, :4] = True
    write_photo(photo, photo.pixels, hole, tmp_path / f"b.{suffix}")
    with Image.open(tmp_path / f"b.{suffix}") as written:
        # JPEG stays as it lay in the file, for the sake of its blocks.
        assert written.getexif().get(ORIENTATION, 1) == (orientation if suffix == "jpg" else 1)
        assert written.getexif()[0x010F] == "Maker"
        assert written.getexif().get_ifd(0x8769)[0x9003] == "2020:01:02 03:04:05"
    again = picture_files.read_image(tmp_path / f"b.{suffix}").astype(int)
    assert again.shape == upright.shape
    assert np.abs(again - upright).max() <= (12 if suffix == "jpg" else 0)


def test_an_orientation_in_xmp_is_applied_once(tmp_path):
    from PIL import PngImagePlugin

    xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><a tiff:Orientation="6" b="kept"/></x:xmpmeta>'
    text = PngImagePlugin.PngInfo()
    text.add_itxt("XML:com.adobe.xmp", xmp)
    Image.fromarray(smooth()).save(tmp_path / "a.png", pnginfo=text)
    photo = read_photo(tmp_path / "a.png")
    assert photo.pixels.shape == (WIDTH, HEIGHT, 3)
    back = write(photo, tmp_path / "b.png", np.zeros((WIDTH, HEIGHT), bool))
    np.testing.assert_array_equal(back.pixels, photo.pixels)
    assert b'tiff:Orientation="1" b="kept"' in (tmp_path / "b.png").read_bytes()


def test_the_thumbnail_goes_for_it_shows_what_was_there():
    from inpaint_tf.data.photo_files.metadata import oriented_exif

    with_thumbnail = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\x1athumbnail"
    assert oriented_exif(with_thumbnail) == (
        b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x01\0\0\0\0\0\0thumbnail"
    )
    assert oriented_exif(b"nonsense") == b""
    assert oriented_exif(b"II*\0\xff\xff\0\0") == b""


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "webp"])
def test_colour_profile_and_resolution_stay(tmp_path, suffix):
    options = {"lossless": True} if suffix == "webp" else {}
    profile, path = wide_profile(), tmp_path / f"a.{suffix}"
    Image.fromarray(smooth()).save(path, icc_profile=profile, dpi=(300, 300), **options)
    photo = read_photo(path)
    seen = picture_files.read_image(path)
    expected = seen[..., [1, 0, 2]]  # in sRGB red and green are exchanged
    assert np.abs(photo.pixels.astype(int) - expected).max() <= 2
    back = write(photo, tmp_path / f"b.{suffix}")
    with Image.open(tmp_path / f"b.{suffix}") as written:
        assert written.info["icc_profile"] == profile
        if suffix != "webp":  # which has no room for it
            assert written.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    filled = np.abs(back.stored[16, 16:24].astype(int) - (10, 250, 20))  # in whole blocks
    assert filled.max() <= (20 if suffix == "jpg" else 3)
    if suffix != "jpg":
        np.testing.assert_array_equal(back.stored[~HOLE], seen[~HOLE])


def test_a_profile_of_srgb_changes_nothing(tmp_path):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(smooth()).save(tmp_path / "a.png", icc_profile=profile)
    np.testing.assert_array_equal(read_photo(tmp_path / "a.png").pixels, smooth())
    Image.fromarray(smooth()).save(tmp_path / "b.png", icc_profile=profile[:300])  # damaged
    np.testing.assert_array_equal(read_photo(tmp_path / "b.png").pixels, smooth())


@pytest.mark.parametrize("quality", [60, 92])
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:0"])
def test_a_jpeg_keeps_its_quality(tmp_path, quality, subsampling):
    source, target = tmp_path / "a.jpg", tmp_path / "b.jpeg"
    Image.fromarray(smooth()).save(source, quality=quality, subsampling=subsampling)
    photo = read_photo(source)
    back = write(photo, target)
    with Image.open(source) as one, Image.open(target) as other:
        assert one.quantization == other.quantization
        assert one.layer == other.layer  # with the sampling of each channel
    away = cv2.dilate(HOLE.astype(np.uint8), np.ones((65, 65))) == 0
    far = np.abs(back.pixels.astype(int) - photo.pixels)[~HOLE]
    assert np.median(far) <= 2
    assert away.sum() == 0 or np.abs(back.pixels.astype(int) - photo.pixels)[away].max() <= 8


def test_a_phones_jpeg_with_two_views_is_a_photo(tmp_path):
    views = [Image.fromarray(smooth()), Image.fromarray(255 - smooth())]
    views[0].save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=views[1:], quality=95)
    photo = read_photo(tmp_path / "a.jpg")
    assert photo.format == "JPEG"
    assert np.abs(photo.pixels.astype(int) - smooth()).mean() < 3
    assert write(photo, tmp_path / "b.jpg").format == "JPEG"


def test_lossy_webp_stays_lossy_and_avif_avif(tmp_path):
    Image.fromarray(smooth()).save(tmp_path / "a.webp", quality=80)
    back = write(read_photo(tmp_path / "a.webp"), tmp_path / "b.webp")
    assert b"VP8L" not in (tmp_path / "b.webp").read_bytes()[:40]
    known = np.abs(back.pixels.astype(int) - read_photo(tmp_path / "a.webp").pixels)[~HOLE]
    assert np.median(known) <= 3
    try:
        Image.fromarray(smooth()).save(tmp_path / "a.avif", quality=90)
    except (KeyError, OSError):
        pytest.skip("this Pillow has no AVIF")
    assert write(read_photo(tmp_path / "a.avif"), tmp_path / "b.avif").format == "AVIF"


def test_gif_and_palettes_become_true_colour(tmp_path):
    image = Image.fromarray(smooth()).quantize(17)
    for suffix in ("gif", "png"):
        image.save(tmp_path / f"a.{suffix}")
        photo = read_photo(tmp_path / f"a.{suffix}")
        assert output_suffix(photo.path) == ".png"
        back = write(photo, tmp_path / f"b-{suffix}.png")
        known = np.asarray(image.convert("RGB"))[~HOLE]
        np.testing.assert_array_equal(back.stored[~HOLE], known)


def test_another_ending_is_another_format(tmp_path):
    Image.fromarray(smooth()).save(tmp_path / "a.jpg", exif=exif(), icc_profile=wide_profile())
    photo = read_photo(tmp_path / "a.jpg")
    back = write(photo, tmp_path / "b.png")
    np.testing.assert_array_equal(back.stored[~HOLE], photo.stored[~HOLE])
    assert back.metadata.icc == wide_profile()
    assert b"Maker" in back.metadata.exif
    Image.fromarray(smooth(4)).save(tmp_path / "c.png")
    rgba = read_photo(tmp_path / "c.png")
    assert write(rgba, tmp_path / "d.jpg").stored.shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize(
    ("save", "reason"),
    [
        (
            lambda path: Image.new("L", (9, 9)).save(
                path, "GIF", save_all=True, append_images=[Image.new("L", (9, 9), 99)]
            ),
            "2 frames or pages",
        ),
        (lambda path: Image.new("CMYK", (9, 9)).save(path, "JPEG"), "has CMYK colours"),
        (lambda path: Image.new("F", (9, 9)).save(path, "TIFF"), "32-bit"),
        (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"no" * 99), "Truncated"),
        (lambda path: path.write_bytes(b""), "empty"),
        (lambda path: path.write_bytes(b"hello, I am text" * 9), "not a picture"),
        (lambda path: None, "No such file"),
    ],
)
def test_what_is_no_photo_is_told_in_a_sentence(tmp_path, save, reason):
    path = tmp_path / "a.dat"
    save(path)
    with pytest.raises(UnreadableImage, match=reason) as caught:
        read_photo(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_heic_photo_names_the_plugin(tmp_path, monkeypatch):
    path = tmp_path / "a.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    monkeypatch.setattr(picture_files, "_register_heif", lambda: None)
    with pytest.raises(UnreadableImage, match=r"pip install pillow-heif|damaged"):
        read_photo(path)
    assert picture_files.is_image_name("IMG_0001.HEIC")


def test_heic_comes_back_as_heic(tmp_path):
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    Image.fromarray(smooth()).save(tmp_path / "a.heic", quality=95, exif=exif(6).tobytes())
    photo = read_photo(tmp_path / "a.heic")
    hole = np.zeros(photo.pixels.shape[:2], bool)
    hole[3:9, 3:9] = True
    back = write(photo, tmp_path / "b.heic", hole)
    assert back.format == "HEIF"
    assert back.pixels.shape == photo.pixels.shape
    assert np.median(np.abs(back.pixels.astype(int) - photo.pixels)[~hole]) <= 3
    assert b"Maker" in back.metadata.exif


def test_large_metadata_make_no_photo_damaged(tmp_path):
    Image.fromarray(smooth()).save(tmp_path / "a.png", icc_profile=bytes(80_000_000), exif=exif(3))
    photo = read_photo(tmp_path / "a.png")
    np.testing.assert_array_equal(photo.stored, smooth()[::-1, ::-1])
    back = write(photo, tmp_path / "b.png", np.zeros((HEIGHT, WIDTH), bool))
    np.testing.assert_array_equal(back.stored, photo.stored)


def test_one_pixel(tmp_path):
    Image.new("RGB", (1, 1), (1, 2, 3)).save(tmp_path / "a.png")
    photo = read_photo(tmp_path / "a.png")
    write_photo(photo, photo.pixels, np.zeros((1, 1), bool), tmp_path / "b.png")
    assert read_photo(tmp_path / "b.png").stored.tolist() == [[[1, 2, 3]]]


def test_the_photo_itself_is_not_overwritten_unless_told(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(smooth()).save(path)
    (tmp_path / "link.png").symlink_to(path)
    photo, before = read_photo(path), path.read_bytes()
    for target in (path, tmp_path / "link.png"):
        with pytest.raises(UserError, match="is the photo itself"):
            write_photo(photo, fill(photo), HOLE, target)
    assert path.read_bytes() == before
    write_photo(photo, fill(photo), HOLE, path, replace_input=True)
    assert (read_photo(path).stored[HOLE] == (250, 10, 20)).all()
    with pytest.raises(UserError, match=r"not written as \.gif files"):
        write_photo(photo, fill(photo), HOLE, tmp_path / "b.gif")
    with pytest.raises(UserError, match="Received: uint8"):
        write_photo(photo, fill(photo)[1:], HOLE, tmp_path / "b.png")
    assert sorted(os.listdir(tmp_path)) == ["a.png", "link.png"]


def test_metadata_of_another_file_goes_into_a_png(tmp_path):
    from inpaint_tf.data.photo_files.metadata import with_chunks

    plain = picture_files.encode_png(smooth())
    assert with_chunks(plain, Metadata()) == plain
    Image.fromarray(smooth()).save(tmp_path / "a.jpg", exif=exif(8), icc_profile=wide_profile())
    write_described_png(tmp_path / "b.png", smooth(), tmp_path / "a.jpg")
    with Image.open(tmp_path / "b.png") as image:
        assert image.info["icc_profile"] == wide_profile()
        assert image.getexif()[0x010F] == "Maker"
        assert image.getexif()[ORIENTATION] == 1
        np.testing.assert_array_equal(np.asarray(image), smooth())
    write_described_png(tmp_path / "c.png", smooth(), tmp_path / "none.jpg")
    assert (tmp_path / "c.png").read_bytes() == plain
    tagged = with_chunks(plain, Metadata(icc=wide_profile(), dpi=(72, 72)))
    with Image.open(io.BytesIO(tagged)) as image:
        assert image.info["icc_profile"] == wide_profile()
        np.testing.assert_array_equal(np.asarray(image), smooth())


@pytest.fixture(scope="module")
def convert():
    """ImageMagick's command, which writes what Pillow does not."""
    command = shutil.which("convert")
    version = command and subprocess.run([command, "-version"], capture_output=True, text=True)
    if not command or "ImageMagick" not in version.stdout:
        pytest.skip("ImageMagick's convert is not installed")
    return command


@pytest.mark.parametrize(
    ("name", "options", "shape", "dtype"),
    [
        ("a.png", ["-depth", "16", "-define", "png:color-type=2"], 3, np.uint16),
        ("a.png", ["-depth", "16", "-alpha", "set", "-define", "png:color-type=6"], 4, np.uint16),
        ("a.png", ["-interlace", "PNG", "-depth", "8"], 3, np.uint8),
        ("a.tif", ["-depth", "16", "-compress", "LZW", "-endian", "MSB"], 3, np.uint16),
        (
            "a.tif",
            ["-depth", "8", "-compress", "zip", "-define", "tiff:tile-geometry=16x16"],
            3,
            np.uint8,
        ),
        ("a.webp", ["-define", "webp:lossless=true"], 3, np.uint8),
        ("a.jpg", ["-colorspace", "Gray", "-quality", "90"], 1, np.uint8),
        ("a.jpg", ["-interlace", "JPEG", "-sampling-factor", "4:2:2"], 3, np.uint8),
    ],
)
def test_files_of_imagemagick(tmp_path, convert, name, options, shape, dtype):
    source = tmp_path / name
    made = [convert, "-size", f"{WIDTH}x{HEIGHT}", "gradient:#102040-#f0c080", *options, source]
    subprocess.run(made, check=True, capture_output=True)
    photo = read_photo(source)
    assert photo.stored.shape == (HEIGHT, WIDTH, shape)
    assert photo.stored.dtype == dtype
    back = write(photo, tmp_path / f"b{source.suffix}")
    assert (back.format, back.stored.dtype, back.stored.shape) == (
        photo.format,
        photo.stored.dtype,
        photo.stored.shape,
    )
    if photo.format != "JPEG":
        np.testing.assert_array_equal(back.stored[~HOLE], photo.stored[~HOLE])
    # What another program reads of it is what it reads of the source.
    for written in (source, tmp_path / f"b{source.suffix}"):
        subprocess.run([convert, written, "-depth", "16", f"rgb:{written}.raw"], check=True)
    raws = [
        np.fromfile(f"{path}.raw", "<u2").reshape(HEIGHT, WIDTH, 3)
        for path in (source, tmp_path / f"b{source.suffix}")
    ]
    if photo.format != "JPEG":
        np.testing.assert_array_equal(raws[0][~HOLE], raws[1][~HOLE])


def test_16_bits_that_would_be_read_wrongly_are_refused(tmp_path, convert):
    path = tmp_path / "a.tif"
    planes = ["-depth", "16", "-compress", "zip", "-interlace", "plane"]
    made = [convert, "-size", "9x9", "gradient:#102040-#f0c080", *planes, path]
    subprocess.run(made, check=True, capture_output=True)
    with pytest.raises(UnreadableImage, match="16 bits in a form that is not known"):
        read_photo(path)


def test_a_turned_tiff_of_16_bits(tmp_path, convert):
    path, samples = tmp_path / "a.tif", smooth(dtype=np.uint16)
    cv2.imwrite(str(tmp_path / "plain.tif"), samples[..., ::-1])
    turn = [convert, tmp_path / "plain.tif", "-orient", "RightTop", path]
    subprocess.run(turn, check=True, capture_output=True)
    photo = read_photo(path)
    np.testing.assert_array_equal(photo.stored, np.rot90(samples, -1))
    np.testing.assert_array_equal(
        write(photo, tmp_path / "b.tif", np.zeros((WIDTH, HEIGHT), bool)).stored, photo.stored
    )
