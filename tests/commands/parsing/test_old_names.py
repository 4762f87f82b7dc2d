"""Names from before version 0.2 still work, and say what to use in their place."""

import importlib
import importlib.util
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from inpaint_tf.__main__ import COMMANDS
from inpaint_tf.commands.parsing import old_names

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def forget(monkeypatch):
    """Each test imports old names as if for the first time, and leaves none behind."""
    for name in old_names.MODULES:
        monkeypatch.delitem(sys.modules, f"inpaint_tf.{name}", raising=False)
    yield
    for name in old_names.MODULES:
        sys.modules.pop(f"inpaint_tf.{name}", None)


@pytest.mark.parametrize(
    ("old", "attribute", "new"),
    [
        ("trainer", "InpaintingTrainer", "training.trainer"),
        ("networks.generator", "build_generator", "networks.generators.coarse_to_fine"),
        ("files", "read_image", "data.picture_files"),
        ("files", "write_whole", "data.atomic_files"),
        ("baselines", "BASELINES", "evaluation.methods.baselines"),
        ("layers.elu", "elu", "networks.layers.activations"),
        ("commands.config_arguments", "load_config", "commands.parsing.config_file"),
    ],
)
def test_an_old_module_gives_what_the_new_one_has(old, attribute, new):
    with pytest.warns(
        FutureWarning, match=rf"inpaint_tf\.{old} is now .*inpaint_tf\.{new}"
    ) as told:
        module = importlib.import_module(f"inpaint_tf.{old}")
    assert len(told) == 1
    expected = getattr(importlib.import_module(f"inpaint_tf.{new}"), attribute)
    assert getattr(module, attribute) is expected


def test_the_warning_points_at_the_import():
    with pytest.warns(FutureWarning) as told:
        import inpaint_tf.files as old
    assert told[0].filename == __file__
    with pytest.raises(AttributeError, match=r"'inpaint_tf\.files' has no attribute 'nothing'"):
        old.nothing  # noqa: B018


def test_weights_are_loaded_by_the_function_that_always_was_there():
    from inpaint_tf.weights import load_generator
    from inpaint_tf.weights.generator_file import load_generator as moved

    assert load_generator is moved


@pytest.mark.parametrize("old", old_names.MODULES)
def test_new_places_exist_and_old_ones_do_not(old):
    places = [f"inpaint_tf.{place}" for place in old_names.MODULES[old]]
    assert all(importlib.util.find_spec(place) for place in places)
    path = ROOT.joinpath("inpaint_tf", *old.split("."))
    assert not path.with_suffix(".py").exists()
    assert not (path / "__init__.py").exists()


@pytest.mark.parametrize(("module", "command"), old_names.COMMANDS.items())
def test_an_old_module_runs_the_command(module, command):
    old = f"python -m inpaint_tf.{module}".removesuffix(".__main__")
    ended = subprocess.run(
        [sys.executable, *old.split()[1:], "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0
    assert ended.stderr.count("\n") == 1
    assert f"FutureWarning: {old} is now inpaint-tf {command}; the old name goes" in ended.stderr
    assert f"inpaint-tf {command}:\n" in ended.stdout


SCRIPTS = runpy.run_path(str(ROOT / "setup.py"), run_name="setup_lists")["COMMANDS"]


@pytest.mark.parametrize("script", [line.split(" = ")[0] for line in SCRIPTS if "old_" in line])
def test_an_old_console_command_runs_the_new_one(monkeypatch, script):
    ran = []
    monkeypatch.setattr(sys, "argv", [f"/usr/bin/{script}", "--help"])
    monkeypatch.setattr("inpaint_tf.__main__.run", lambda *given: ran.append(given))
    name = script.removeprefix("inpaint-tf-")
    with pytest.warns(FutureWarning, match=f"{script} is now inpaint-tf {name}; the old name"):
        old_names.console()
    assert ran == [(name, ["--help"])]
    assert name in COMMANDS


def test_an_old_console_command_warns_in_one_line(tmp_path):
    script = "from inpaint_tf.commands.parsing.old_names import console; console()"
    for name in ("inpaint-tf", "inpaint-tf-pack"):  # side by side, as pip installs them
        (tmp_path / name).write_text(script)
    ended = subprocess.run(
        [sys.executable, tmp_path / "inpaint-tf-pack", "-h"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0
    assert ended.stderr.count("\n") == 1
    assert "inpaint-tf-pack is now inpaint-tf pack; the old name goes" in ended.stderr
    assert "inpaint-tf pack:\n" in ended.stdout


def test_a_module_that_was_a_command_does_not_hide_the_function():
    import inpaint_tf

    with pytest.raises(ImportError, match=r"is a command now: inpaint-tf export"):
        importlib.import_module("inpaint_tf.export")
    assert callable(inpaint_tf.export)
