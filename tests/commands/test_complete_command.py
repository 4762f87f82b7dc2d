"""`inpaint-tf complete`: what it writes, skips, refuses and reports."""

import cv2
import numpy as np
import pytest
from photo_results import completed, output_of, stop_at_the_second
from PIL import Image

from inpaint_tf.commands.photos.complete import complete_photos
from inpaint_tf.data import picture_files
from inpaint_tf.errors import UserError
from inpaint_tf.inference.photos import faces
from inpaint_tf.masks import face_shapes, mask_files


def test_known_pixels_stay_and_the_hole_is_filled(arguments, capsys):
    assert complete_photos(arguments) == 0
    assert list(completed(arguments)) == ["0.png", "1.png", "2.png"]
    for name in completed(arguments):
        before = picture_files.read_image(f"{arguments.images}/{name}")
        after = picture_files.read_image(f"{arguments.output}/{name}")
        hole = mask_files.read_mask(f"{arguments.masks}/{name}") == 1
        np.testing.assert_array_equal(after[~hole], before[~hole])
        assert (after[hole] != before[hole]).any()
    assert "Completed: 3" in capsys.readouterr().out


def test_the_same_command_does_what_is_missing_and_ends_in_the_same_files(arguments, capsys):
    complete_photos(arguments)
    once = completed(arguments)
    (output_of(arguments) / "1.png").unlink()
    kept = (output_of(arguments) / "0.png").stat().st_mtime_ns
    capsys.readouterr()
    assert complete_photos(arguments) == 0
    assert completed(arguments) == once
    assert (output_of(arguments) / "0.png").stat().st_mtime_ns == kept
    assert "2 of 3 photos are there already" in capsys.readouterr().out


def test_ctrl_c_keeps_what_is_done(arguments, inpainter, monkeypatch):
    stop_at_the_second(arguments, inpainter, monkeypatch)
    assert list(completed(arguments)) == ["0.png"]


def test_a_photo_that_fails_is_named_and_the_others_are_done(arguments, capsys):
    (picture_files.Path(arguments.masks) / "0.png").unlink()
    cv2.imwrite(f"{arguments.masks}/1.png", np.full((64, 64), 255, np.uint8))
    assert complete_photos(arguments) == 1
    assert list(completed(arguments)) == ["2.png"]
    lines = capsys.readouterr().err.splitlines()
    assert sum("0.png: no mask of the name" in line for line in lines) == 1
    assert sum("1.png: the hole covers the whole picture" in line for line in lines) == 1
    assert lines[-1] == "error: 2 photos were not completed"


def test_faces_of_a_file_are_used(arguments, inpainter, monkeypatch, tmp_path):
    seen = []
    monkeypatch.setattr(
        inpainter,
        "complete_photo",
        lambda image, mask, faces, **_: seen.append(faces) or image,
    )
    listed = tmp_path / "faces.csv"
    listed.write_text("image,left,top,width,height\n1.png,5,5,40,40\n")
    arguments.faces = str(listed)
    assert complete_photos(arguments) == 0
    assert [len(faces) for faces in seen] == [0, 1, 0]
    listed.write_text("image,left,top,width,height\nx.png,5,5,40,40\n")
    arguments.overwrite = True
    with pytest.raises(UserError, match=r"lists x\.png, which is not among --images"):
        complete_photos(arguments)


def test_photos_are_never_written_over(arguments):
    arguments.output = arguments.images
    with pytest.raises(UserError, match="would replace"):
        complete_photos(arguments)


def test_a_file_as_output_is_refused(arguments, tmp_path):
    arguments.output = str(tmp_path / "file.png")
    picture_files.Path(arguments.output).touch()
    with pytest.raises(UserError, match="is a file"):
        complete_photos(arguments)


def test_photos_keep_format_and_metadata(arguments):
    path = picture_files.Path(arguments.images) / "1.png"
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker"
    with Image.open(path) as image:
        image.save(path.with_suffix(".jpg"), exif=exif, quality=83)
    path.unlink()
    assert complete_photos(arguments) == 0
    assert list(completed(arguments)) == ["0.png", "1.jpg", "2.png"]
    with (
        Image.open(path.with_suffix(".jpg")) as one,
        Image.open(output_of(arguments) / "1.jpg") as two,
    ):
        assert one.quantization == two.quantization
        assert two.getexif()[0x010F] == "Maker"


def filled_square(arguments, index=0):
    """Where a result differs from its photo: rows and columns, first and last."""
    before = picture_files.read_image(f"{arguments.images}/{index}.png").astype(int)
    after = picture_files.read_image(f"{arguments.output}/{index}.png")
    rows, columns = np.nonzero((before != after).any(axis=2))
    return rows.min(), rows.max(), columns.min(), columns.max()


def test_a_colour_in_the_photo_is_the_hole(arguments):
    for index in range(3):
        path = f"{arguments.images}/{index}.png"
        pixels = picture_files.read_image(path) // 2
        pixels[20:40, 10:30] = (0, 250, 0)
        picture_files.write_png(path, pixels)
    arguments.masks, arguments.mask_colour, arguments.grow = None, "#00ff00", 2
    assert complete_photos(arguments) == 0
    assert filled_square(arguments) == (18, 41, 8, 31)


def test_an_erased_part_is_the_hole(arguments, capsys):
    path = picture_files.Path(arguments.images) / "0.png"
    pixels = np.full((64, 64, 4), 255, np.uint8)
    pixels[..., :3] = picture_files.read_image(path)
    pixels[20:40, 10:30, 3] = 0
    Image.fromarray(pixels).save(path)
    arguments.masks = "transparency"
    assert complete_photos(arguments) == 1
    assert "1.png: has no transparent part" in capsys.readouterr().err
    with Image.open(output_of(arguments) / "0.png") as image:
        got = np.asarray(image)
    assert (got[..., 3] == 255).all()
    hole = pixels[..., 3] == 0
    np.testing.assert_array_equal(got[~hole], pixels[~hole])
    assert (got[hole] != pixels[hole]).any()


def test_a_shape_lies_on_the_faces_that_are_found(arguments, monkeypatch, capsys):
    face = faces.Face((24.0, 28.0), (40.0, 28.0), 1.0)
    landmarks = face.landmarks
    found = iter([[face], [], []])  # each photo is looked at once, before it is covered
    monkeypatch.setattr(faces, "find_faces", lambda image, detector: next(found))
    arguments.masks = "mouth"
    assert complete_photos(arguments) == 1
    hole = face_shapes.draw("mouth", landmarks, 64, 64)
    rows, columns = np.nonzero(hole)
    top, bottom, left, right = filled_square(arguments)
    assert rows.min() <= top <= bottom <= rows.max()
    assert columns.min() <= left <= right <= columns.max()
    assert capsys.readouterr().err.count("no face found in it, and 'mouth' is drawn on faces") == 2


def test_masks_are_asked_for(arguments):
    arguments.masks = None
    with pytest.raises(UserError, match="--masks is missing"):
        complete_photos(arguments)


@pytest.mark.parametrize(
    ("masks", "hint"),
    [
        ("glases", r"did you mean glasses\?"),
        ("erased/0.png", "masks are files, or one of the words transparency, eyes, glasses"),
    ],
)
def test_masks_that_are_not_there_are_told_as_such(arguments, masks, hint):
    arguments.masks = masks
    with pytest.raises(UserError, match=f"--masks={masks}: no such file or folder; {hint}"):
        complete_photos(arguments)


def test_a_mask_of_the_photos_shape_is_brought_to_its_size(arguments, caplog):
    caplog.set_level("INFO", logger="absl")
    for index, (height, width) in enumerate([(32, 32), (128, 128), (60, 64)]):
        mask = np.zeros((height, width), np.uint8)
        mask[height * 5 // 16 : height * 10 // 16, width * 5 // 32 : width * 15 // 32] = 255
        cv2.imwrite(f"{arguments.masks}/{index}.png", mask)
    assert complete_photos(arguments) == 1
    assert list(completed(arguments)) == ["0.png", "1.png"]
    assert filled_square(arguments, 0) == filled_square(arguments, 1) == (20, 39, 10, 29)
    [line] = [line for line in caplog.messages if "nearest" in line]
    assert line.endswith("0.png, 32x32 pixels to 64x64 pixels")


def test_a_mask_of_another_shape_is_refused_without_flags_that_are_not_there(arguments, capsys):
    image = picture_files.read_image(f"{arguments.images}/0.png")
    picture_files.write_png(f"{arguments.images}/0.png", image[:48])
    assert complete_photos(arguments) == 1
    said = capsys.readouterr().err
    assert "is 64x64 pixels and the picture 64x48 pixels, of another shape" in said
    assert "--size" not in said


def test_a_packed_cache_holds_no_photos(arguments, tmp_path):
    np.save(tmp_path / "faces.npy", np.zeros((2, 8, 8, 3), np.uint8))
    arguments.images, arguments.masks = str(tmp_path / "faces.npy"), "glasses"
    with pytest.raises(UserError, match="holds no files of photos"):
        complete_photos(arguments)
