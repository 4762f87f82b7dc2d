"""What the page can do: photos in, shapes, completed photos out, limits."""

import io

import numpy as np
import pytest
from PIL import Image

from inpaint_tf.data.photo_files import read_photo, write_photo
from inpaint_tf.errors import UserError
from inpaint_tf.inference.web import studio as studios
from inpaint_tf.inference.web.studio import Limits, Studio, safe_name
from inpaint_tf.masks import face_shapes

LANDMARKS = face_shapes.MEAN_FACE * 64


def invert(image, hole):
    """In place of a network."""
    return 255 - image


def new_studio(faces=(LANDMARKS,), limits=None):
    """A studio whose networks invert pictures, or darken them."""
    networks = {"inverted": invert, "black": lambda image, hole: image * 0}
    return Studio(
        networks.get,
        list(networks),
        lambda image: list(faces),
        face_shapes.SHAPES,
        face_shapes.draw,
        limits or Limits(1, 1),
    )


@pytest.fixture
def studio():
    studio = new_studio()
    yield studio
    studio.close()


def photo(format="PNG", size=(80, 64), **options):
    rng = np.random.default_rng(0)
    file = io.BytesIO()
    pixels = rng.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(file, format, **options)
    return file.getvalue()


def mask(size=(80, 64)):
    pixels = np.zeros((size[1], size[0]), np.uint8)
    pixels[10:30, 20:50] = 255
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_a_photo_comes_back_completed_in_its_format(studio, tmp_path, format):
    turned = Image.Exif()
    turned[0x0112] = 6
    encoded = photo(format, size=(64, 80), exif=turned)
    suffix = {"JPEG": "jpg"}.get(format, format.lower())
    taken = studio.take(encoded, f"C:\\me\\my photo.{suffix}")
    assert (taken["width"], taken["height"]) == (80, 64)
    assert taken["name"] == f"my photo.{suffix}"
    with Image.open(io.BytesIO(studio.view(taken["token"]))) as view:
        assert view.size == (80, 64)
    done = studio.complete(taken["token"], mask())
    assert done == {"number": 0, "name": f"my photo_completed.{suffix}"}
    (tmp_path / f"in.{suffix}").write_bytes(encoded)
    expected = read_photo(tmp_path / f"in.{suffix}")
    hole = np.asarray(Image.open(io.BytesIO(mask()))) > 0
    write_photo(expected, 255 - expected.pixels, hole, tmp_path / f"out.{suffix}")
    assert studio.result(taken["token"], 0) == (tmp_path / f"out.{suffix}").read_bytes()
    with Image.open(io.BytesIO(studio.result_view(taken["token"], 0))) as view:
        assert view.size == (80, 64)


def test_photos_of_two_browsers_do_not_mix(studio):
    first = studio.take(photo(), "a.png")["token"]
    second = studio.take(photo(size=(40, 32)), "a.png")["token"]
    studio.complete(first, mask(), "black")
    studio.complete(second, mask((40, 32)))
    assert studio.complete(first, mask())["number"] == 1
    results = [studio.result(first, 0), studio.result(first, 1), studio.result(second, 0)]
    sizes = [Image.open(io.BytesIO(result)).size for result in results]
    assert sizes == [(80, 64), (80, 64), (40, 32)]
    assert len(set(results)) == 3
    with pytest.raises(UserError, match="no such result"):
        studio.result(second, 1)
    with pytest.raises(UserError, match="not here any more"):
        studio.view(first[:-1] + ("A" if first[-1] != "A" else "B"))


def test_shapes_lie_on_all_faces():
    studio = new_studio([LANDMARKS, LANDMARKS + np.array([64, 0])], Limits(1, 1))
    taken = studio.take(photo(size=(128, 64)), "two.png")
    assert [box[0] for box in taken["faces"]] == [16.0, 80.0]
    glasses = np.asarray(Image.open(io.BytesIO(studio.shape(taken["token"], "glasses"))))
    assert set(np.unique(glasses)) == {0, 255}
    np.testing.assert_array_equal(glasses[:, :64], glasses[:, 64:])
    with pytest.raises(UserError, match="no shape hat"):
        studio.shape(taken["token"], "hat")
    studio.close()
    nobody = new_studio([])
    token = nobody.take(photo(), "a.png")["token"]
    with pytest.raises(UserError, match="no face was found"):
        nobody.shape(token, "glasses")
    nobody.close()


@pytest.mark.parametrize(
    ("encoded", "reason"),
    [
        (b"hello, I am text\n" * 9, "not a picture"),
        (photo(size=(1200, 1200), format="JPEG"), r"1\.4 megapixels; up to 1 are taken"),
        (b"x" * 1_100_000, "1 MB; up to 1 are taken"),
        (b"", "empty"),
    ],
)
def test_what_is_no_photo_or_too_large_is_refused(studio, encoded, reason):
    with pytest.raises(UserError, match=reason):
        studio.take(encoded, "notes.txt")


def test_a_huge_picture_in_a_small_file_is_not_decoded(studio):
    file = io.BytesIO()
    Image.new("1", (7800, 7800)).save(file, "PNG")
    assert len(file.getvalue()) < 100_000
    with pytest.raises(UserError, match=r"big\.png has 60\.8 megapixels"):
        studio.take(file.getvalue(), "big.png")


def test_masks_that_cannot_be_filled_are_refused(studio):
    token = studio.take(photo(), "a.png")["token"]
    empty = io.BytesIO()
    Image.new("L", (80, 64)).save(empty, "PNG")
    with pytest.raises(UserError, match="draw over something first"):
        studio.complete(token, empty.getvalue())
    full = io.BytesIO()
    Image.new("L", (80, 64), 255).save(full, "PNG")
    with pytest.raises(UserError, match="covers the whole picture"):
        studio.complete(token, full.getvalue())
    with pytest.raises(UserError, match="another size"):
        studio.complete(token, mask((64, 80)))
    with pytest.raises(UserError, match="no weights other"):
        studio.complete(token, mask(), "other")


def test_old_photos_leave_the_disk(studio, monkeypatch):
    monkeypatch.setattr(studios, "KEPT", 2)
    first = studio.take(photo(), "a.png")["token"]
    folder = studio._find(first).original.parent
    second = studio.take(photo(), "a.png")["token"]
    studio.view(first)  # used again: the second one is older now
    studio.take(photo(), "a.png")
    with pytest.raises(UserError, match="not here any more"):
        studio.view(second)
    assert folder.is_dir()
    studio.close()
    assert not folder.exists()


def test_names_are_made_safe():
    assert safe_name("../../etc/passwd") == "passwd"
    assert safe_name('a\r\n"b;.png') == "a__b_.png" or '"' not in safe_name('a\r\n"b;.png')
    assert safe_name("...") == "photo.png"
    assert safe_name("jos\u00e9 (1).jpg") == "jos\u00e9 (1).jpg"
    assert len(safe_name("x" * 300 + ".png")) == 100


def test_drawn_faces_are_drawn_once(studio):
    assert Image.open(io.BytesIO(studio.sample(3))).size == (512, 512)
    assert studio.sample(3) is studio.sample(3)
