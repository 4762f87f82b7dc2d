"""The record of an output folder: other settings are told, the same ones go on."""

from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from photo_results import completed, output_of, stop_at_the_second

from inpaint_tf.commands.photos import record
from inpaint_tf.commands.photos.complete import complete_photos
from inpaint_tf.data import picture_files
from inpaint_tf.errors import UserError


def rewrite_mask(arguments):
    mask = np.zeros((64, 64), np.uint8)
    mask[30:50, 10:30] = 255
    cv2.imwrite(f"{arguments.masks}/1.png", mask)


def rewrite_photo(arguments):
    path = f"{arguments.images}/1.png"
    picture_files.write_png(path, picture_files.read_image(path) // 2)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"grow": 4, "detail": False}, r"grow 0 \(now 4\), detail True \(now False\); add"),
        ({"blend": "none"}, r"blend membrane \(now none\); add"),
        ({"invert_masks": True}, r"invert_masks False \(now True\); add"),
        ({"masks": "mouth"}, r"masks mask pictures \(now mouth\); add"),
        ({"precision": "auto"}, r"precision float32 \(now auto\); add"),
        ({"weights": "faces256_first"}, r"weights faces256 \(now faces256_first\); add"),
        (rewrite_mask, r"the mask of 1\.png \(changed since\); add"),
        (rewrite_photo, r"the photo 1\.png \(changed since\); add"),
    ],
)
def test_results_of_other_settings_are_told_and_kept(arguments, change, told):
    complete_photos(arguments)
    before = completed(arguments)
    (output_of(arguments) / "2.png").unlink()
    if callable(change):
        change(arguments)
    else:
        vars(arguments).update(change)
    with pytest.raises(UserError, match=f"completed with other settings: {told} --overwrite"):
        complete_photos(arguments)
    assert completed(arguments) == {name: before[name] for name in ("0.png", "1.png")}


def test_other_content_of_the_weights_counts_and_another_name_does_not(arguments, tmp_path):
    one, two = tmp_path / "one.weights.h5", tmp_path / "two.weights.h5"
    one.write_bytes(b"1")
    two.write_bytes(b"1")
    arguments.weights = str(one)
    complete_photos(arguments)
    arguments.weights = str(two)
    assert complete_photos(arguments) == 0
    one.write_bytes(b"2")
    arguments.weights = str(one)
    with pytest.raises(UserError, match=r"weights \S+one\.weights\.h5 \(changed since\); add"):
        complete_photos(arguments)


def test_copied_masks_go_on_and_other_photos_may_have_other_settings(arguments, capsys):
    complete_photos(arguments)
    for path in Path(arguments.masks).iterdir():
        path.write_bytes(path.read_bytes())
    (Path(arguments.masks) / "1.png").rename(f"{arguments.masks}/other.png")
    (Path(arguments.images) / "1.png").rename(f"{arguments.images}/other.png")
    capsys.readouterr()
    assert complete_photos(arguments) == 0
    assert "2 of 3 photos are there already\n" in capsys.readouterr().out
    arguments.images, arguments.grow = f"{arguments.images}/new.png", 3
    for folder in (
        Path(arguments.masks),
        Path(arguments.images).parent,
    ):
        (folder / "0.png").rename(folder / "new.png")
    assert complete_photos(arguments) == 0
    with pytest.raises(UserError, match=r"grow 3 \(now 0\)"):
        complete_photos(SimpleNamespace(**vars(arguments) | {"grow": 0}))


def test_after_a_stopped_overwrite_what_is_left_is_done(arguments, inpainter, monkeypatch, capsys):
    complete_photos(arguments)
    arguments.grow, arguments.output = 3, str(output_of(arguments).with_name("whole"))
    complete_photos(arguments)
    whole = completed(arguments)
    arguments.output = str(output_of(arguments).with_name("completed"))
    first = completed(arguments)
    arguments.overwrite = True
    with monkeypatch.context() as patch:
        stop_at_the_second(arguments, inpainter, patch)
    kept = completed(arguments)
    assert kept == {**first, "0.png": whole["0.png"]}
    arguments.overwrite = False
    capsys.readouterr()
    assert complete_photos(arguments) == 0
    assert "1 of 3 photos is there already\n" in capsys.readouterr().out
    assert completed(arguments) == whole


def test_listed_faces_count_photo_by_photo(arguments, tmp_path):
    listed = tmp_path / "faces.csv"
    listed.write_text("image,left,top,width,height\n1.png,5,5,40,40\n")
    arguments.faces = str(listed)
    complete_photos(arguments)
    (output_of(arguments) / "1.png").unlink()
    listed.write_text("image,left,top,width,height\n1.png,9,5,40,40\n")
    assert complete_photos(arguments) == 0
    listed.write_text("image,left,top,width,height\n1.png,5,5,40,40\n0.png,1,1,9,9\n")
    told = r"the faces listed for 0\.png and 1 more \(changed since\)"
    with pytest.raises(UserError, match=told):
        complete_photos(arguments)
    arguments.faces = None
    with pytest.raises(UserError, match=r"faces listed \(now found by haar\)"):
        complete_photos(arguments)


PHOTO = '{"0.png": [0.0, null, null, null, null]}'


@pytest.mark.parametrize(
    "damaged",
    [
        *(None, "{", "[]", "[" * 100_000),
        '{"settings": [], "photos": {"0.png": [0]}}',
        f'{{"settings": [], "photos": {PHOTO.replace("0.0", "0")}}}',
        f'{{"settings": [{{}}], "photos": {PHOTO}}}',
        f'{{"settings": [{{}}], "photos": {PHOTO.replace("0.0", "[]")}}}',
    ],
    ids=range(8),
)
def test_a_folder_of_an_earlier_version_goes_on_with_a_line(arguments, damaged, capsys):
    complete_photos(arguments)
    path = output_of(arguments) / record.FILE
    path.unlink()
    if damaged:
        path.write_text(damaged)
    (output_of(arguments) / "1.png").unlink()
    capsys.readouterr()
    arguments.grow = 2
    assert complete_photos(arguments) == 0
    said = capsys.readouterr().out
    assert "2 of 3 photos are there already; with which settings is not written down for 2" in said
    arguments.grow = 0
    with pytest.raises(UserError, match=r"grow 2 \(now 0\)"):
        complete_photos(arguments)
