"""train.py as a user runs it: its errors, and that a kill loses nothing but time."""

import re
import runpy
import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
SMALL = [
    "--config=configs/quickstart.py",
    "--config.data.size=32",
    "--config.data.batch_size=2",
    "--config.masks.size=16",
    "--config.masks.max_shrink=2",
    "--config.generator.width=4",
    "--config.critics.width=8",
    "--config.train.critic_updates=1",
    "--config.train.reconstruction_steps=2",
    "--config.train.steps=6",
    "--config.train.checkpoint_every=2",
    "--config.train.validate_every=4",
    "--config.train.log_every=1",
    "--device=cpu",
    "--precision=float32",
]


def command(*arguments):
    return [sys.executable, "train.py", *arguments]


def run(*arguments):
    return subprocess.run(
        command(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )


def start(pictures, workdir):
    arguments = [*SMALL, f"--config.data.train={pictures}", "--config.data.test_count=2"]
    return [*arguments, f"--workdir={workdir}"]


def test_only_packed_pictures_can_be_held_on_the_device(pictures, tmp_path):
    finished = run(*start(pictures, tmp_path / "run"), "--data_on_device")
    assert finished.returncode == 1
    assert "error: --data_on_device needs a packed cache of 32x32" in finished.stderr


def test_training_begins_from_given_weights(pictures, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    schedule = ["--config.train.reconstruction_steps=1", "--config.train.steps=0"]
    assert run(*start(pictures, first), *schedule).returncode == 0
    begin = f"--config.generator.weights={first}"
    still = "--config.optimizer.learning_rate=0"
    finished = run(*start(pictures, second), *schedule, begin, still)
    assert finished.returncode == 0, finished.stderr
    files = [
        folder / "checkpoints/step_00000001/generator.weights.h5" for folder in (first, second)
    ]
    with h5py.File(files[0]) as given, h5py.File(files[1]) as kept:
        for layer in given:
            np.testing.assert_allclose(kept[f"{layer}/kernel"], given[f"{layer}/kernel"], atol=1e-7)


def test_weights_to_begin_from_are_looked_at_before_the_run_exists(pictures, tmp_path):
    workdir = tmp_path / "run"
    missing = run(*start(pictures, workdir), "--config.generator.weights=nowhere")
    assert missing.returncode == 1
    assert "error: no weights at nowhere" in missing.stderr
    assert not workdir.exists()


def kill_after(checkpoint, arguments):
    """Start training, and kill -9 it as soon as `checkpoint` exists."""
    with subprocess.Popen(
        command(*arguments), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        wait_for(checkpoint, process)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def wait_for(checkpoint, process):
    """Wait until a training `process` has written its `checkpoint`."""
    until = time.monotonic() + 240
    while not checkpoint.exists():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < until
        time.sleep(0.01)


def arrays(path):
    """{name: array} of an HDF5 file."""
    found = {}
    with h5py.File(path) as file:
        file.visititems(
            lambda name, item: (
                found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None
            )
        )
    return found


def test_a_killed_run_ends_in_the_weights_of_an_uninterrupted_one(tmp_path, pictures):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    finished = run(*start(pictures, whole))
    assert finished.returncode == 0, finished.stderr
    held_out = (whole / "held_out.txt").read_text().split()
    assert f"--images={whole / 'held_out.txt'}" in finished.stdout
    assert len(held_out) == 2
    assert {str(path) for path in pictures.iterdir()} > set(held_out)
    kill_after(parts / "checkpoints" / "step_00000004", start(pictures, parts))
    continued = run(*start(pictures, parts))
    assert continued.returncode == 0, continued.stderr
    assert "continuing at step" in continued.stderr
    for name in ("trainer", "generator"):
        path = Path("checkpoints", "step_00000008", f"{name}.weights.h5")
        expected, found = arrays(whole / path), arrays(parts / path)
        assert expected.keys() == found.keys()
        assert len(expected) > 80
        for key, value in expected.items():
            np.testing.assert_array_equal(found[key], value, err_msg=key)
    best = "best.weights.h5"
    for key, value in arrays(whole / best).items():
        np.testing.assert_array_equal(arrays(parts / best)[key], value)
    assert "finished 8 steps" in continued.stdout
    again = run(*start(pictures, parts))
    assert again.returncode == 0
    assert "nothing was left to do: all 8 steps" in again.stdout
    assert "raise --config.train.steps, now 6" in again.stdout
    longer = [*start(pictures, parts), "--dry_run", "--config.train.steps=9"]
    shown = run(*longer).stdout
    assert f"{parts} holds this run: it would go on at step 8" in shown
    assert "adversarial: 3 iterations more" in shown
    assert "reconstruction:" not in shown
    otherwise = [*longer, "--config.losses.ring=2"]
    assert "add --change_settings" in run(*otherwise).stderr
    assert "with losses.ring = 2.0, so far 0.0" in run(*otherwise, "--change_settings").stdout


def test_ctrl_c_saves_and_ends_as_shells_expect(pictures, tmp_path):
    workdir = tmp_path / "run"
    arguments = [*start(pictures, workdir), "--config.train.steps=100000"]
    with subprocess.Popen(
        command(*arguments), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for(workdir / "checkpoints" / "step_00000004", process)
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "saving" in error[error.index("stopping after this step") :]
    stopped = re.search(r"stopped at step (\d+) and saved", out)
    assert (workdir / "checkpoints" / f"step_{int(stopped[1]):08d}").is_dir()


def test_a_second_ctrl_c_shows_no_traceback(pictures, tmp_path):
    """Not even where it comes while what was saved frees its memory, which takes seconds."""
    workdir = tmp_path / "run"
    arguments = [*start(pictures, workdir), "--config.train.steps=100000"]
    arguments.append("--config.train.checkpoint_every=4")
    with subprocess.Popen(
        command(*arguments), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for(workdir / "checkpoints" / "step_00000004", process)
        process.send_signal(signal.SIGINT)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        error = process.communicate(timeout=120)[1]
    assert process.returncode in (130, -signal.SIGINT)
    assert "Traceback" not in error


def test_help_tells_what_each_setting_means():
    shown = run("--help")
    assert shown.returncode == 0
    assert "data.test_count = 0: pictures held out by a stable hash" in shown.stdout
    assert "generator.kind = 'contextual_attention'" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--config=FILE, one of configs/faces256.py, configs/quickstart.py"),
        (["--confg=quickstart"], "Unknown command line flag 'confg'; did you mean --config?"),
        (["--config=configs/none.py"], "no config file configs/none.py"),
        (
            ["--config=quickstart", "--config.train.steps=ten"],
            "--config.train.steps=ten is no whole number; give one such as 8, 10000 or 10k",
        ),
        (
            ["--config=quickstart", "--config.data.train=/none", "--workdir=x"],
            "/none: no such file or folder",
        ),
        (["--config=quickstart", "--workdir=x"], "no pictures to train on; pass --config.data"),
        (
            ["--config=configs/faces256.py:512"],
            "the stage is one of 128, 128_again, 256, critics, sharpen, 256_again, critics_again, "
            "projected, projected_again, muon, parts, not '512'",
        ),
        (["--config=configs/quickstart.py:128"], "takes 0 positional arguments"),
        (["--config=configs/quickstart.py", "--config.data.sise=8"], "batch_size, crop, flip"),
        (["--config=configs/quickstart.py", "--config.dat.size=8"], "critics, data, generator"),
    ],
)
def test_mistaken_settings_are_named_before_tensorflow_loads(arguments, message):
    started = run(*arguments)
    assert started.returncode == 1
    assert started.stdout == ""
    assert started.stderr.startswith("error: ")
    assert started.stderr.count("\n") == 1
    assert message in started.stderr


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("masks.kind", "circle", "one of center, random_box, freeform, mixed, pictures"),
        ("masks.fill", "pink", "one of grey, white"),
        ("data.size", 100, "multiple of 8"),
        ("data.batch_size", 0, "at least 1"),
        ("masks.size", 128, "below --config.data.size=128"),
        ("train.validation_masks", "pictures", "masks.pictures=FOLDER"),
        ("train.average_decay", 1.0, "below 1"),
        ("train.seed", -1, "at least 0"),
        ("masks.max_shrink", 40, "below half"),
        ("optimizer.schedule", "linear", "one of constant, cosine"),
    ],
)
def test_values_that_cannot_work_are_refused(name, value, message):
    from inpaint_tf.commands.parsing.config_file import load_config
    from inpaint_tf.errors import UserError
    from inpaint_tf.training.check_config import check_config

    config = load_config(ROOT / "configs" / "quickstart.py")
    group, field = name.split(".")
    config[group][field] = value
    with pytest.raises(UserError, match=message):
        check_config(config)


def test_a_missing_folder_and_an_unwritable_workdir(tmp_path, pictures):
    missing = run(*start(tmp_path / "none", tmp_path / "run"))
    assert missing.returncode == 1
    assert "none" in missing.stderr.splitlines()[-1]
    assert not (tmp_path / "run").exists()
    (tmp_path / "file").write_text("")
    refused = run(*start(pictures, tmp_path / "file" / "run"))
    assert refused.returncode == 1
    assert "choose another --workdir" in refused.stderr.splitlines()[-1]
    assert "Traceback" not in missing.stderr + refused.stderr


@pytest.mark.parametrize("name", sorted(p.name for p in (ROOT / "configs").glob("*.py")))
def test_every_config_is_valid_and_documented(name):
    import ast

    from inpaint_tf.commands.parsing.config_file import load_config
    from inpaint_tf.training.check_config import check_config

    check_config(load_config(ROOT / "configs" / name))
    docstring = ast.get_docstring(ast.parse((ROOT / "configs" / name).read_text()))
    assert f"--config=configs/{name}" in docstring
    assert "to expect" in docstring
    assert "dB" in docstring
    assert re.search(r"hour|minutes|days", docstring)


STAGES = runpy.run_path(str(ROOT / "configs" / "faces256.py"))["STAGES"]


@pytest.mark.parametrize("stage", STAGES)
def test_a_config_file_may_take_a_word(stage):
    from inpaint_tf.commands.parsing.config_file import load_config
    from inpaint_tf.training.check_config import check_config

    config = load_config(f"{ROOT}/configs/faces256.py:{stage}")
    check_config(config)
    assert config.data.size == (128 if stage.startswith("128") else 256)
    with_critics = ("critics", "sharpen", "projected", "parts")
    assert (config.train.steps > 0) == stage.startswith(with_critics)


def test_a_misspelt_key_in_a_config_file_names_the_nearest(tmp_path):
    from inpaint_tf.commands.parsing.config_file import load_config
    from inpaint_tf.errors import UserError

    file = tmp_path / "mine.py"
    for wrong, message in (("setps", "'setps'; did you mean steps?"), ("qq", "choose from coarse")):
        file.write_text(
            "from inpaint_tf.default_config import default_config\n"
            f"def get_config():\n    c = default_config()\n    c.train.{wrong} = 1\n    return c\n"
        )
        with pytest.raises(UserError, match=f"mine.py: unknown setting .*{re.escape(message)}"):
            load_config(file)


def test_a_dry_run_shows_and_writes_nothing(tmp_path, pictures):
    shown = run(*start(pictures, tmp_path / "run"), "--dry_run", "--config.train.steps=0.006k")
    assert shown.returncode == 0, shown.stderr
    assert "training pictures: 4" in shown.stdout
    assert "adversarial: 6 iterations" in shown.stdout
    assert not (tmp_path / "run").exists()


def test_help_does_not_load_tensorflow():
    code = (
        "import sys, runpy; sys.argv = ['train.py', '--help']\n"
        "try: runpy.run_path('train.py', run_name='__main__')\n"
        "except SystemExit: pass\n"
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0
    assert "--workdir" in shown.stdout
