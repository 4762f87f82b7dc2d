"""The `.keras` file: opened by Keras in a fresh process, any size."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from inference.export.models import check, pictures, small_inpainter

import inpaint_tf
from inpaint_tf.errors import UserError
from inpaint_tf.inference.completing_layer import completing_model
from inpaint_tf.inference.export import keras_file
from inpaint_tf.networks import generators

RUN_WITH_KERAS = """
import sys
import inpaint_tf, keras, numpy as np
data = np.load(sys.argv[2])
model = keras.saving.load_model(sys.argv[1])
np.save(sys.argv[3], model.predict([data["image"], data["mask"]], verbose=0))
"""


@pytest.mark.parametrize(
    ("kind", "engine"),
    [*((kind, "tensorflow") for kind in generators.KINDS), ("contextual_attention", "jax")],
)
def test_opens_after_importing_the_package_alone(kind, engine, tmp_path):
    pytest.importorskip(engine)
    inpainter = small_inpainter(kind)
    path = tmp_path / "model.keras"
    inpaint_tf.export(inpainter, path, "keras")
    images, masks = pictures(2, 67, 77)
    np.savez(tmp_path / "in.npz", image=images, mask=masks)
    paths = [str(path), str(tmp_path / "in.npz"), str(tmp_path / "out.npy")]
    environment = {**os.environ, "KERAS_BACKEND": engine}
    subprocess.run([sys.executable, "-c", RUN_WITH_KERAS, *paths], env=environment, check=True)
    completed = np.load(tmp_path / "out.npy")
    check(lambda image, mask: completed, inpainter, images, masks)


def test_a_clone_completes_too_and_knows_the_kind():
    inpainter = small_inpainter("aot")
    clone = keras.models.clone_model(completing_model(inpainter.generator, "white"))
    clone.set_weights(inpainter.generator.get_weights())
    layer = clone.get_layer("completed")
    assert layer.hole_fill == "white"
    assert generators.kind_of(layer.generator) == "aot"
    with pytest.raises(UserError, match="at least 33 pixels"):
        generators.check_side(layer.generator, 32)
    check(lambda image, mask: clone([image, mask]), inpainter, *pictures(1, 40, 64))


def test_predict_takes_names():
    inpainter = small_inpainter()
    model = completing_model(inpainter.generator, "white")
    images, masks = pictures(3, 32, 40)
    check(
        lambda image, mask: model.predict({"image": image, "mask": mask}, verbose=0),
        inpainter,
        images,
        masks,
    )


def test_a_file_is_kept_unless_it_is_a_model_to_overwrite(tmp_path):
    path = tmp_path / "model.keras"
    path.write_text("years of work")
    with pytest.raises(UserError, match="add --overwrite"):
        keras_file.check_output(path, overwrite=False)
    with pytest.raises(UserError, match="not a Keras model"):
        keras_file.check_output(path, overwrite=True)
    with pytest.raises(UserError, match=r"must end in \.keras"):
        keras_file.check_output(tmp_path / "model.h5", overwrite=False)
