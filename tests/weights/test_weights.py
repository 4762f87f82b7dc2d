import os
import subprocess
import sys

import h5py
import numpy as np
import pytest
from small import SETTINGS

from inpaint_tf.errors import UserError
from inpaint_tf.networks.generators.coarse_to_fine import build_generator
from inpaint_tf.weights import blend, generator_file, locate


@pytest.fixture
def run(tmp_path):
    """A run folder with two checkpoints: (folder, the generator of the later one)."""
    folder = tmp_path / "logs" / "run"
    for step in (1, 2):
        checkpoint = folder / "checkpoints" / f"step_{step:08d}"
        checkpoint.mkdir(parents=True)
        generator = build_generator(4)
        generator_file.save_generator(
            generator, checkpoint / locate.GENERATOR_FILE, {**SETTINGS, "step": step}
        )
    return folder, generator


@pytest.mark.parametrize(
    "name",
    ["", "checkpoints/step_00000002", f"checkpoints/step_00000002/{locate.GENERATOR_FILE}"],
)
def test_a_run_a_checkpoint_and_a_file_name_the_same_weights(run, name):
    folder, generator = run
    loaded, settings = generator_file.load_generator(folder / name)
    assert settings == {**SETTINGS, "step": 2}
    for found, expected in zip(loaded.get_weights(), generator.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_weights_are_found_by_their_original_names(run):
    folder, generator = run
    file = folder / "checkpoints" / "step_00000002" / locate.GENERATOR_FILE
    with h5py.File(file) as stored:
        kernel = stored["allconv13_upsample_conv/kernel"][()]
    layer = generator.get_layer("allconv13_upsample_conv")
    np.testing.assert_array_equal(kernel, layer.kernel.numpy())


def test_half_precision_takes_half_the_bytes(run, tmp_path):
    folder, generator = run
    file, small = folder / "best.weights.h5", tmp_path / "small.weights.h5"
    generator_file.save_generator(generator, file, SETTINGS)
    done = subprocess.run(
        [sys.executable, "-m", "inpaint_tf", "halve", f"--weights={file}", f"--output={small}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded, settings = generator_file.load_generator(small)
    assert settings["width"] == SETTINGS["width"]
    for found, expected in zip(loaded.get_weights(), generator.get_weights(), strict=True):
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, expected.astype("float16"))
    with h5py.File(small) as stored:
        kernels = [stored[f"{layer}/kernel"] for layer in stored]
        bytes_kept = sum(kernel.id.get_storage_size() for kernel in kernels)
        assert bytes_kept < 0.55 * sum(4 * kernel.size for kernel in kernels)


def test_going_further_than_training_went():
    base, trained = build_generator(4), build_generator(4)
    expected = [
        old + 1.5 * (new - old)
        for old, new in zip(base.get_weights(), trained.get_weights(), strict=True)
    ]
    blend.go_from(trained, base, 1.5)
    for found, right in zip(trained.get_weights(), expected, strict=True):
        np.testing.assert_allclose(found, right, atol=1e-6)
    with pytest.raises(UserError, match="different widths"):
        blend.go_from(trained, build_generator(8), 0.5)


def test_the_packages_own_weights_are_what_their_recipe_says():
    default, first, third = (
        generator_file.load_generator(name)[0]
        for name in ("faces256", "faces256_first", "faces256_third")
    )
    blend.go_from(third, first, 0.9)
    for shipped, mixed in zip(default.get_weights(), third.get_weights(), strict=True):
        np.testing.assert_allclose(shipped, mixed, rtol=2**-11, atol=1e-7)  # rounded to float16


def test_the_packages_own_weights_are_the_default():
    path = locate.find_weights("faces256")
    assert path.parent == locate.SHIPPED
    earlier = ["faces256_first", "faces256_second", "faces256_third"]
    assert locate.shipped_names() == ["faces256", *earlier]
    assert path.stat().st_size <= 10e6
    generator, settings = generator_file.load_generator()
    assert settings["width"] == 32
    assert generator.count_params() == 3_601_542
    assert (locate.SHIPPED / "MODEL_CARD.md").is_file()
    with pytest.raises(UserError, match="package: faces256, faces256_first, faces256_second"):
        locate.find_weights("faces512")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda file: file.__delitem__("conv3/bias"), "no conv3/bias"),
        (lambda file: file.create_dataset("conv99/bias", data=[0.0]), "an unknown conv99/bias"),
    ],
)
def test_another_networks_weights_are_refused(run, change, message):
    folder, _ = run
    file = folder / "checkpoints" / "step_00000002" / locate.GENERATOR_FILE
    with h5py.File(file, "r+") as stored:
        change(stored)
    with pytest.raises(UserError, match=message):
        generator_file.load_generator(file)


def test_latest_is_the_newest_run_under_logs(run, monkeypatch):
    folder, _ = run
    older = folder.parent / "older"
    folder.joinpath("checkpoints").replace(folder / "kept")
    older.mkdir()
    folder.joinpath("kept").replace(folder / "checkpoints")
    (older / "checkpoints").mkdir()
    os.utime(older / "checkpoints", (1, 1))
    monkeypatch.chdir(folder.parent.parent)
    assert locate.find_weights("latest").parts[1] == "run"


def test_a_file_without_settings_is_taken_for_the_2018_networks(tmp_path):
    generator = build_generator(4)
    generator.save_weights(tmp_path / "plain.weights.h5")
    assert generator_file.read_settings(tmp_path / "plain.weights.h5")["width"] == 32
    with pytest.raises(UserError, match="no generator of width 32"):
        generator_file.load_generator(tmp_path / "plain.weights.h5")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "no weights at"),
        (lambda path: path.mkdir(), "reached a checkpoint"),
        (lambda path: path.write_text("x"), r"not a \*\.weights\.h5 file"),
    ],
)
def test_unusable_weights_are_a_users_mistake(tmp_path, make, message):
    path = tmp_path / "w"
    make(path)
    with pytest.raises(UserError, match=message):
        locate.find_weights(path)


def test_a_misspelt_name_is_answered_with_the_nearest():
    with pytest.raises(UserError, match="no weights at faces512; did you mean faces256"):
        locate.find_weights("faces512")


def test_a_broken_file_and_no_run_at_all(tmp_path, monkeypatch):
    (tmp_path / "x.weights.h5").write_bytes(b"broken")
    with pytest.raises(UserError, match="readable"):
        generator_file.load_generator(tmp_path / "x.weights.h5")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="train one first"):
        generator_file.load_generator("latest")


def test_weights_of_another_width_are_refused(run):
    folder, generator = run
    with pytest.raises(UserError, match="holds a generator of width 4"):
        generator_file.load_into(generator, folder, 8)


@pytest.mark.parametrize(
    "odd",
    [
        {"width": 10**6},
        {"width": "4"},
        {"width": True},
        {"kind": []},
        {"hole_fill": "pink"},
        {"framing": [0.5, 0.4]},
        {"framing": [0.5, 0.4, 1e9]},
        {"framing": "centre"},
    ],
)
def test_a_file_cannot_ask_for_a_network_that_no_memory_holds(tmp_path, odd):
    path = tmp_path / "a.weights.h5"
    generator_file.save_generator(
        build_generator(4), path, {"width": 4, "hole_fill": "grey", "step": 1, **odd}
    )
    with pytest.raises(UserError, match="its settings fit no generator; copy it again"):
        generator_file.load_generator(path)


def test_a_small_file_cannot_unpack_to_more_than_it_holds(tmp_path):
    path = tmp_path / "a.weights.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("conv1/kernel", (10**9, 10**3), "float32", chunks=(1000, 1000))
    assert path.stat().st_size < 10_000
    with pytest.raises(UserError, match="not a readable weights file"):
        generator_file.load_generator(path)
