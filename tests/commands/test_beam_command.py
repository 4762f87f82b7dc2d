"""`inpaint-tf beam` against `inpaint-tf complete`; the pipeline runs where Apache Beam is."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from inpaint_tf.commands.photos.beam import DEAD_LETTERS, complete_by_beam
from inpaint_tf.commands.photos.complete import complete_photos
from inpaint_tf.errors import UserError


@pytest.fixture
def arguments(pictures, tmp_path):
    """The flags' values, for three photos of which one is damaged."""
    for path in sorted(pictures.glob("*.png"))[3:]:
        path.unlink()
    damaged = pictures / "1.png"
    damaged.write_bytes(damaged.read_bytes()[:200])
    mask = np.zeros((64, 64), np.uint8)
    mask[20:40, 10:30] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    return SimpleNamespace(
        images=str(pictures),
        masks=str(tmp_path / "mask.png"),
        output=str(tmp_path / "beam"),
        invert_masks=False,
        mask_colour=None,
        tolerance=40,
        grow=0,
        weights="faces256",
        faces=None,
        detector="haar",
        detail=True,
        blend="membrane",
        overwrite=False,
        device="cpu",
        precision="float32",
        beam="",
    )


def test_without_beam_one_line_says_what_to_install(arguments, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'inpaint-tf\[beam\]'"):
        complete_by_beam(arguments)
    assert not Path(arguments.output).exists()


@pytest.mark.filterwarnings("ignore")  # of Beam's own dependencies
def test_the_same_bytes_as_complete_and_the_damaged_photo_among_the_dead_letters(
    arguments, tmp_path, capsys
):
    pytest.importorskip("apache_beam")
    with pytest.raises(UserError, match=r"1 photos were not completed; see .*failed\.txt"):
        complete_by_beam(arguments)
    by_beam = Path(arguments.output)
    [line] = (by_beam / DEAD_LETTERS).read_text().splitlines()
    path, reason = line.split("\t")
    assert path == str(Path(arguments.images) / "1.png")
    assert reason
    first = {path.name: path.read_bytes() for path in by_beam.glob("*.png")}
    assert sorted(first) == ["0.png", "2.png"]

    (by_beam / "0.png").unlink()  # as after a kill
    with pytest.raises(UserError, match="1 photos"):
        complete_by_beam(arguments)
    assert "1 of 3 photos are there already" in capsys.readouterr().out

    arguments.output = str(tmp_path / "alone")
    assert complete_photos(arguments) == 1
    alone = {path.name: path.read_bytes() for path in (tmp_path / "alone").glob("*.png")}
    assert alone == first == {path.name: path.read_bytes() for path in by_beam.glob("*.png")}
