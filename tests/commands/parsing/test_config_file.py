"""Configs are found by name or path, from any folder, and mistakes in them are told in one line."""

import subprocess
import sys
from pathlib import Path

import pytest

import inpaint_tf
from inpaint_tf.commands.parsing import config_flag
from inpaint_tf.commands.parsing.config_file import check_setting, load_config, shipped_configs
from inpaint_tf.errors import UserError

ROOT = Path(__file__).parents[3]
NAMES = ["faces256", "quickstart", "shah2022_celebahq", "table1", "yu2018_celebahq"]
OWN = """
from __future__ import annotations
import dataclasses
from inpaint_tf.default_config import default_config
@dataclasses.dataclass
class Words:
    size: int = 64
def get_config(size=Words().size):
    config = default_config()
    config.data.size = int(size)
    return config
"""


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """The current folder is an empty one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_package_has_these_configs():
    assert list(shipped_configs()) == NAMES


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ("quickstart", 128),
        ("configs/quickstart.py", 128),
        ("./configs/quickstart.py", 128),
        ("faces256", 256),
        ("faces256:128", 128),
        ("configs/faces256.py:128", 128),
        (ROOT / "configs" / "quickstart.py", 128),
        ("my.py", 64),
        ("my.py:40", 40),
    ],
)
def test_names_and_paths_work_from_any_folder(elsewhere, asked, size):
    (elsewhere / "my.py").write_text(OWN)
    assert load_config(asked).data.size == size


def test_a_users_file_goes_before_the_packages_own(elsewhere):
    (elsewhere / "configs").mkdir()
    (elsewhere / "configs" / "quickstart.py").write_text(OWN)
    assert load_config("configs/quickstart.py").data.size == 64
    assert load_config("quickstart").data.size == 128


def test_a_colon_may_belong_to_the_files_name(elsewhere):
    (elsewhere / "a:8.py").write_text(OWN)
    assert load_config("a:8.py").data.size == 64


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("quikstart", "unknown config 'quikstart'; did you mean quickstart?"),
        ("faces:128", "unknown config 'faces'; did you mean faces256?"),
        ("zzz", f"unknown config 'zzz'; choose from {', '.join(NAMES)}"),
        ("configs/quikstart.py", "no config file configs/quikstart.py; did you mean quickstart?"),
        ("other/zzz.py", f"no config file other/zzz.py; choose from {', '.join(NAMES)}"),
        ("quickstart:128", "--config=quickstart:128: TypeError: get_config() takes 0 positional"),
        ("text.txt", "--config=text.txt is not a Python file; choose from faces256"),
        ("broken.py", "--config=broken.py: SyntaxError"),
        ("no_function.py", "--config=no_function.py: AttributeError"),
        ("none.py", "--config=none.py: get_config() must return a ConfigDict"),
        ("poor.py", "--config=poor.py lacks critics.eyes; begin its get_config() with"),
    ],
)
def test_mistakes_say_what_to_change(elsewhere, asked, message):
    files = {
        "text.txt": "",
        "broken.py": "def",
        "no_function.py": "",
        "none.py": "def get_config(): pass",
        "poor.py": "import ml_collections\nget_config = ml_collections.ConfigDict",
    }
    for name, text in files.items():
        (elsewhere / name).write_text(text)
    with pytest.raises(UserError) as raised:
        load_config(asked)
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("data.sise", "unknown setting --config.data.sise; those of data are: batch_size, crop"),
        ("dat.size", "unknown setting --config.dat.size; those are: critics, data, generator"),
        ("data.size.x", "unknown setting --config.data.size.x; those of data.size are: none"),
        ("data", "--config.data is a group; set one of: batch_size, crop"),
    ],
)
def test_a_setting_that_does_not_exist_is_told(name, message):
    with pytest.raises(UserError) as raised:
        check_setting(load_config("quickstart"), name)
    assert str(raised.value).startswith(message)


def test_load_config_is_public_and_loads_nothing_heavy(tmp_path):
    code = (
        "import inpaint_tf, sys; print(inpaint_tf.load_config('faces256:critics').train.steps);"
        "sys.exit(any(name in sys.modules for name in ('tensorflow', 'keras', 'absl.app')))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout == "900\n"
    assert "load_config" in inpaint_tf.__all__


def test_the_flag_runs_a_config_file_once_and_takes_overrides(tmp_path):
    (tmp_path / "counted.py").write_text(OWN + "print('executed')")
    code = (
        "import sys; from absl import flags;"
        "from inpaint_tf.commands.parsing.config_flag import define_config_flag;"
        "define_config_flag(); flags.FLAGS(sys.argv);"
        "print(flags.FLAGS.config.data.size, flags.FLAGS.config.data.flip)"
    )
    arguments = ["--config=counted.py:48", "--config.data.flip", "--config.data.size=16"]
    shown = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.stdout.splitlines() == ["executed", "16 True"], shown.stderr


def test_a_value_that_looks_like_a_setting_is_none(monkeypatch):
    arguments = ["train", "--config=quickstart", "--workdir", "config.second"]
    monkeypatch.setattr(sys, "argv", arguments)
    assert config_flag.ConfigParser("config").parse("quickstart").data.size == 128
