"""The SavedModel: the Inpainter's bytes, without Keras or this package at hand."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from inpaint_tf import Inpainter
from inpaint_tf.errors import UserError
from inpaint_tf.inference import export as formats
from inpaint_tf.inference.export.savedmodel import check_output
from inpaint_tf.networks.generators.coarse_to_fine import build_generator

RUN_WITH_TENSORFLOW_ALONE = """
import sys
for name in ("keras", "inpaint_tf", "cv2", "PIL"):
    sys.modules[name] = None  # importing it raises
import numpy as np, tensorflow as tf
data = np.load(sys.argv[2])
serve = tf.saved_model.load(sys.argv[1]).signatures["serving_default"]
outputs = {
    key: serve(image=data[f"image_{key}"], mask=data[f"mask_{key}"])["image"].numpy()
    for key in ("even", "odd")
}
np.savez(sys.argv[3], **outputs)
"""


@pytest.fixture(scope="module")
def generator():
    keras.utils.set_random_seed(5)
    return build_generator(width=8)


def export(generator, hole_fill, output, overwrite=False):
    return formats.export(Inpainter(generator, hole_fill, 64), output, overwrite=overwrite)


def pictures(count, height, width):
    images = np.random.default_rng(height).integers(0, 256, (count, height, width, 3), np.uint8)
    masks = np.zeros((count, height, width, 1), np.uint8)
    masks[:, height // 4 : height // 2, width // 3 :] = 255
    return images, masks


def test_gives_the_bytes_that_testing_gives(generator, tmp_path):
    found = export(generator, "white", tmp_path / "model")
    assert (found.largest, found.equal, found.known_equal) == (0, 1.0, True)
    cases = {"even": pictures(3, 64, 64), "odd": pictures(1, 37, 53)}
    arrays = {}
    for key, (images, masks) in cases.items():
        arrays |= {f"image_{key}": images, f"mask_{key}": masks}
    np.savez(tmp_path / "in.npz", **arrays)
    paths = [str(tmp_path / name) for name in ("model", "in.npz", "out.npz")]
    subprocess.run([sys.executable, "-c", RUN_WITH_TENSORFLOW_ALONE, *paths], check=True)
    inpainter = Inpainter(generator, "white")
    with np.load(tmp_path / "out.npz") as outputs:
        for key, (images, masks) in cases.items():
            assert outputs[key].dtype == np.uint8
            expected, _ = inpainter.complete_with_raw(images, masks)
            np.testing.assert_array_equal(outputs[key], expected)
            known = masks[..., 0] == 0
            np.testing.assert_array_equal(outputs[key][known], images[known])


def test_an_existing_folder_is_kept_unless_it_is_a_saved_model_to_overwrite(generator, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    with pytest.raises(UserError, match="add --overwrite"):
        export(generator, "grey", mine)
    with pytest.raises(UserError, match="not a SavedModel"):
        export(generator, "grey", mine, overwrite=True)
    assert (mine / "thesis.txt").read_text() == "years of work"
    model = tmp_path / "model"
    model.mkdir()
    (model / "saved_model.pb").write_text("an older one")
    assert check_output(model, overwrite=True) == model
    export(generator, "grey", model, overwrite=True)
    assert (model / "saved_model.pb").stat().st_size > 1000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "model"]


def test_a_full_disk_is_told_in_one_line(generator, tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise tf.errors.ResourceExhaustedError(None, None, "variables/part-0; No space left")

    monkeypatch.setattr(tf.saved_model, "save", refuse)
    with pytest.raises(UserError, match=r"could not be written: No space left"):
        export(generator, "grey", tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_export_leaves_nothing(generator, tmp_path):
    with pytest.raises(KeyError):
        export(generator, "no such colour", tmp_path / "model")
    assert list(tmp_path.iterdir()) == []
