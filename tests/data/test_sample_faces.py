"""Drawn faces: the same number gives the same face, at every size, and on every run."""

import subprocess
import sys

import cv2
import numpy as np
import pytest

from inpaint_tf.data.picture_files import read_image
from inpaint_tf.data.sample_faces import draw_face, write_sample_faces
from inpaint_tf.data.sample_faces.canvas import Canvas
from inpaint_tf.data.sample_faces.traits import STYLES, sample_traits
from inpaint_tf.errors import UserError


def mean_difference(one, other):
    return np.abs(one.astype(float) - other).mean()


def test_a_face_follows_from_its_number():
    face = draw_face(7, 64)
    draw_face(8, 64)
    assert (face.shape, face.dtype) == ((64, 64, 3), np.uint8)
    np.testing.assert_array_equal(draw_face(7, 64), face)


def test_every_number_gives_another_face():
    faces = [draw_face(seed, 48) for seed in range(12)]
    for i, face in enumerate(faces):
        for other in faces[:i]:
            assert mean_difference(face, other) > 8


@pytest.mark.parametrize("seed", [0, 5, 12])
def test_sizes_agree(seed):
    halved = cv2.resize(draw_face(seed, 256), (128, 128), interpolation=cv2.INTER_AREA)
    # Camera grain and the sharpness of lashes differ; what is left without them must not.
    smooth = [cv2.GaussianBlur(face, (0, 0), 1.5) for face in (halved, draw_face(seed, 128))]
    assert mean_difference(*smooth) < 2.5


@pytest.mark.parametrize("size", [16, 61])
def test_any_size(size):
    assert draw_face(3, size).shape == (size, size, 3)


def test_the_face_fills_the_square_as_in_celeba_hq():
    for seed in range(300):
        t = sample_traits(seed)
        assert 0.45 <= t.eye_v <= 0.50
        assert 0.70 <= t.mouth_v <= 0.75
        assert t.nose_v < t.mouth_v - 0.04
        assert t.mouth_v + 0.10 < t.chin < 0.97
        assert 0.45 < 2 * t.head_width < 0.70


def test_traits_vary():
    many = [sample_traits(seed) for seed in range(400)]
    assert {t.glasses for t in many} == {None, "round", "square", "aviator"}
    assert len({id(t.style) for t in many}) == len(STYLES)
    assert any(t.beard for t in many)
    assert any(t.freckles for t in many)
    brightness = [t.skin.mean() for t in many]
    assert min(brightness) < 0.35
    assert max(brightness) > 0.75


def test_a_polygon_covers_its_area_at_any_blur():
    square = np.array([(-0.25, 0.25), (0.25, 0.25), (0.25, 0.75), (-0.25, 0.75)])
    for blur in (0, 0.01, 0.05):  # the last is drawn at reduced resolution
        coverage = Canvas(512).mask(square, blur=blur)
        # OpenCV's anti-aliased edge lies 0.7 pixels outside; here the square has 40 or more.
        assert 0.25 <= coverage.mean() <= 0.25 * (1 + 1.4 / 40) ** 2
        np.testing.assert_allclose(coverage, coverage[:, ::-1], atol=0.05)


def test_paint_outside_the_picture_is_no_error():
    canvas = Canvas(32)
    canvas.fill(np.array([(2.0, 2.0), (3.0, 2.0), (3.0, 3.0)]), (1, 1, 1))
    assert not canvas.pixels.any()


def test_writing_and_skipping(tmp_path):
    folder = tmp_path / "new" / "faces"
    write_sample_faces(folder, 2, 32, first_seed=9, progress=False)
    assert sorted(p.name for p in folder.iterdir()) == ["face_00009.png", "face_00010.png"]
    np.testing.assert_array_equal(read_image(folder / "face_00009.png"), draw_face(9, 32))
    (folder / "face_00009.png").write_bytes(b"kept")
    paths = write_sample_faces(folder, 3, 32, first_seed=9, progress=False)
    assert [path.name for path in paths] == ["face_00009.png", "face_00010.png", "face_00011.png"]
    assert paths[0].read_bytes() == b"kept"
    assert paths[2].exists()


def test_faces_of_another_size_are_not_taken_for_these(tmp_path):
    write_sample_faces(tmp_path, 2, 32, progress=False)
    before = (tmp_path / "face_00001.png").read_bytes()
    with pytest.raises(UserError, match=r"face_00000.png is there with 32x32 pixels"):
        write_sample_faces(tmp_path, 3, 16, progress=False)
    assert (tmp_path / "face_00001.png").read_bytes() == before


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "taken").write_text("not a folder")
    for folder in (tmp_path / "taken", tmp_path / "taken" / "faces"):
        with pytest.raises(UserError, match="taken"):
            write_sample_faces(folder, 1, 32, progress=False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": 0}, "count must be at least 1"),
        ({"size": 8}, "size must be at least 16"),
        ({"first_seed": -1}, "first_seed must be at least 0"),
    ],
)
def test_numbers_out_of_range(tmp_path, change, message):
    with pytest.raises(UserError, match=message):
        write_sample_faces(
            tmp_path, **{"count": 1, "size": 32, "first_seed": 0, **change}, progress=False
        )


def test_command(tmp_path):
    (tmp_path / "taken").write_text("not a folder")
    command = [sys.executable, "-m", "inpaint_tf", "sample-faces", "--count=1", "--size=16"]
    good = subprocess.run([*command, f"--output={tmp_path}/faces"], capture_output=True, text=True)
    assert good.returncode == 0, good.stderr
    assert (tmp_path / "faces" / "face_00000.png").exists()
    bad = subprocess.run([*command, f"--output={tmp_path}/taken"], capture_output=True, text=True)
    assert bad.returncode == 1
    assert bad.stderr.startswith("error: ")
    assert bad.stderr.count("\n") == 1
