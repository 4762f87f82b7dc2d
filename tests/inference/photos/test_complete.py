"""A photo is completed at its own size: only the hole changes, whatever its place and the faces."""

import keras
import numpy as np
import pytest

import inpaint_tf
from inpaint_tf.errors import UserError
from inpaint_tf.inference.photos.complete import Options, complete_photo
from inpaint_tf.inference.photos.faces import Face
from inpaint_tf.inference.photos.framing import Framing
from inpaint_tf.networks.generators.coarse_to_fine import build_generator

SIZE = 64


@pytest.fixture(scope="module")
def small():
    keras.utils.set_random_seed(3)
    inpainter = inpaint_tf.Inpainter(build_generator(width=4))
    inpainter.window_size = SIZE
    return inpainter


def picture(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def boxes(height, width, *corners, side=20):
    mask = np.zeros((height, width), bool)
    for top, left in corners:
        mask[max(top, 0) : top + side, max(left, 0) : left + side] = True
    return mask


LEVEL = Face(np.array([60.0, 50.0]), np.array([90.0, 50.0]))
LEANING = Face(np.array([60.0, 40.0]), np.array([85.0, 60.0]))


@pytest.mark.parametrize("faces", [[], [LEVEL], [LEANING], [LEVEL, LEANING], None])
@pytest.mark.parametrize("corners", [[(45, 60)], [(-5, 70), (100, 180), (60, 90)]])
def test_only_the_hole_changes_and_what_lies_under_it_does_not_matter(small, faces, corners):
    image, mask = picture(110, 190), boxes(110, 190, *corners)
    other = np.where(mask[..., None], np.uint8(255), image)
    completed = small.complete_photo(image, mask, faces=faces)
    assert completed.dtype == np.uint8
    np.testing.assert_array_equal(completed[~mask], image[~mask])
    np.testing.assert_array_equal(completed, small.complete_photo(other, mask, faces=faces))
    assert (completed[mask] != image[mask]).any()


@pytest.mark.parametrize("size", [(1, 2), (2, 2), (9, 1), (5, 130), (40, 41)])
def test_photos_of_any_size(small, size):
    image, mask = picture(*size), np.zeros(size, np.uint8)
    mask[: size[0] // 2 or 1, : size[1] // 2 or 1] = 255
    completed = small.complete_photo(image, mask)
    np.testing.assert_array_equal(completed[mask == 0], image[mask == 0])


def test_a_photo_without_a_hole_stays(small):
    image = picture(50, 60)
    np.testing.assert_array_equal(small.complete_photo(image, np.zeros((50, 60), np.uint8)), image)


def test_a_hole_without_surroundings_is_refused(small):
    with pytest.raises(UserError, match="covers the whole picture"):
        small.complete_photo(picture(8, 9), np.ones((8, 9), bool))


def run(image, hole, network, faces=(), **options):
    return complete_photo(
        image,
        hole,
        network,
        size=SIZE,
        framing=Framing(),
        faces=list(faces),
        options=Options(**options),
    )


def test_the_network_sees_the_face_as_in_training():
    seen = []
    rows, columns = np.mgrid[:220, :260]
    image = np.stack([rows, columns, rows], axis=-1).clip(0, 255).astype(np.uint8)

    def network(pictures, holes):
        seen.append((pictures[0].astype(float), holes[0]))
        return pictures, None

    face = Face(np.array([100.0, 90.0]), np.array([128.0, 90.0]))
    hole = boxes(220, 260, (85, 105))
    run(image, hole, network, [face])
    [(shown, covered)] = seen
    row, column = round(0.439 * SIZE - 0.5), round((0.497 - 0.1115) * SIZE - 0.5)
    assert shown[row, column, :2] == pytest.approx([90, 100], abs=3)  # the left eye
    side = 28 / 0.223
    assert covered.sum() == pytest.approx(400 * (SIZE / side) ** 2, rel=0.15)


def test_what_the_network_gives_comes_back_to_its_place():
    """A network that knows the truth: the filling is the photo, up to its fine detail."""
    rows, columns = np.mgrid[:220, :260] / 20
    wave = (127 + 60 * np.sin(rows) + 60 * np.cos(columns)).astype(np.uint8)
    image = np.repeat(wave[..., None], 3, axis=-1)
    hole = boxes(220, 260, (85, 105), side=30)

    for face in (LEVEL, Face(np.array([100.0, 85.0]), np.array([125.0, 105.0]))):
        truth = run(image, np.zeros_like(hole), None)
        np.testing.assert_array_equal(truth, image)

        def network(pictures, holes, face=face):
            from inpaint_tf.inference.photos import windows

            window = Framing().window(face.left_eye, face.right_eye)
            return windows.to_size(windows.cut(image, window), SIZE)[None], None

        completed = run(image, hole, network, [face], blend=False)
        error = abs(completed.astype(int) - image)[hole]
        assert error.max() < 12
        assert error.mean() < 2


def test_the_blend_takes_a_wrong_tone_away():
    image = np.full((120, 160, 3), 90, np.uint8)
    hole = boxes(120, 160, (50, 60))

    def network(pictures, holes):
        return np.full_like(pictures, 140), None

    np.testing.assert_array_equal(run(image, hole, network), 90)
    plain = run(image, hole, network, blend=False)
    np.testing.assert_array_equal(plain[hole], 140)
    np.testing.assert_array_equal(plain[~hole], 90)


def test_detail_of_a_large_face_is_copied_into_the_filling():
    image = np.random.default_rng(0).integers(90, 110, (400, 400, 3)).astype(np.uint8)
    hole = boxes(400, 400, (150, 150), side=60)

    def network(pictures, holes):
        return np.full_like(pictures, 100), np.full((1, 8, 8, 2), 2)

    face = Face(np.array([150.0, 160.0]), np.array([206.0, 160.0]))
    smooth = run(image, hole, network, [face], detail=False)
    grainy = run(image, hole, network, [face])
    inner = boxes(400, 400, (160, 160), side=40)
    assert smooth[inner].std() < 2.5
    assert grainy[inner].std() == pytest.approx(image[~hole].std(), rel=0.25)
