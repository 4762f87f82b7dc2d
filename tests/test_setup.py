"""setup.py asks for packages that work together; make sets up, and repairs, the environment."""

import ast
import os
import runpy
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import inpaint_tf

ROOT = Path(__file__).resolve().parent.parent
SETUP = runpy.run_path(str(ROOT / "setup.py"), run_name="setup_lists")


def requirements_on(system, machine, python, lines=SETUP["REQUIREMENTS"]):
    """{name: version range} of what pip takes there."""
    where = {"sys_platform": system, "platform_machine": machine, "python_version": python}
    taken = [
        requirement
        for requirement in map(Requirement, lines)
        if requirement.marker is None or requirement.marker.evaluate(where)
    ]
    ranges = {requirement.name: requirement.specifier for requirement in taken}
    assert len(ranges) == len(taken), "a package is asked for twice"
    return ranges


@pytest.mark.parametrize("python", ["3.11", "3.12"])
def test_apple_silicon_gets_the_plugin_and_a_tensorflow_it_loads_with(python):
    ranges = requirements_on("darwin", "arm64", python)
    assert str(ranges["tensorflow-metal"]) == "==1.2.0"
    accepted = [v for v in ("2.17.1", "2.18.1", "2.19.1", "2.20.0") if v in ranges["tensorflow"]]
    assert accepted == ["2.18.1", "2.19.1"]


@pytest.mark.parametrize(
    ("system", "machine", "python"),
    [
        ("linux", "x86_64", "3.11"),
        ("linux", "aarch64", "3.12"),
        ("darwin", "arm64", "3.13"),
    ],
)
def test_everywhere_else_gets_newer_tensorflow_alone(system, machine, python):
    ranges = requirements_on(system, machine, python)
    assert "tensorflow-metal" not in ranges
    accepted = [v for v in ("2.17.1", "2.19.1", "2.21.0", "2.22.0") if v in ranges["tensorflow"]]
    assert accepted == ["2.19.1", "2.21.0"]


def test_cuda_extra_asks_for_nothing_where_the_apple_plugin_is():
    assert not requirements_on("darwin", "arm64", "3.12", SETUP["EXTRAS"]["cuda"])
    assert requirements_on("linux", "x86_64", "3.12", SETUP["EXTRAS"]["cuda"])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel's files, unpacked: what `pip install` without -e puts into site-packages."""
    source, folder = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    without = shutil.ignore_patterns("__pycache__")
    for name in ("inpaint_tf", "configs"):
        shutil.copytree(ROOT / name, source / name, ignore=without)
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, source)
    build = f"from setuptools import build_meta; build_meta.build_wheel({str(folder)!r})"
    done = subprocess.run(
        [sys.executable, "-c", build], cwd=source, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    [path] = folder.glob("*.whl")
    with zipfile.ZipFile(path) as file:
        file.extractall(folder / "installed")
    return folder / "installed"


def files_under(folder):
    files = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    return {path.as_posix() for path in files if "__pycache__" not in path.parts}


def test_the_wheel_has_every_file_of_the_package_and_the_configs(wheel):
    configs = {f"configs/{path.name}" for path in (ROOT / "configs").glob("*.py")}
    expected = files_under(ROOT / "inpaint_tf") | configs
    assert "weights/shipped/faces256.weights.h5" in expected
    for name in ("first", "second", "third"):
        assert f"weights/shipped/faces256_{name}.weights.h5" in expected
    assert files_under(wheel / "inpaint_tf") == expected
    assert [path.name for path in wheel.iterdir() if path.suffix != ".dist-info"] == ["inpaint_tf"]


@pytest.mark.parametrize("asked", ["quickstart", "configs/quickstart.py", "faces256:128"])
def test_an_installed_package_finds_its_configs_by_name(wheel, tmp_path, asked):
    code = (
        "import inpaint_tf; from inpaint_tf.commands.parsing.config_file import find_config;"
        f"inpaint_tf.load_config({asked!r}); print(find_config({asked!r})[0])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(wheel)},
        capture_output=True,
        text=True,
        check=False,
    )
    name = "faces256.py" if "faces256" in asked else "quickstart.py"
    assert Path(shown.stdout.strip()) == wheel / "inpaint_tf" / "configs" / name, shown.stderr


def test_the_checkout_has_one_place_for_configs():
    assert not (ROOT / "inpaint_tf" / "configs").exists()


def test_version_is_the_packages_own():
    assert SETUP["read_version"]() == inpaint_tf.__version__


def test_every_folder_with_code_is_a_package():
    folders = {source.parent for source in (ROOT / "inpaint_tf").rglob("*.py")}
    missing = [folder for folder in folders if not (folder / "__init__.py").is_file()]
    assert not missing, "pip leaves these out"


@pytest.mark.parametrize("command", SETUP["COMMANDS"])
def test_commands_name_functions_that_need_no_argument(command):
    module, function = command.split(" = ")[1].split(":")
    source = ROOT.joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8")
    functions = {node.name: node for node in ast.parse(source).body if hasattr(node, "args")}
    assert function in functions
    assert ast.unparse(functions[function].args) == ""


# Answers make's probe with $ANSWER, makes "environments", and logs what runs inside them.
STAND_IN_PYTHON = """#!/bin/sh
case "$*" in
    *find_spec*) echo "$ANSWER" ;;
    *version_info*) echo python3.12-venv ;;
    *"-m venv"*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && echo venv >>calls ;;
    *"pip install"*) echo "$*" | sed 's/.* //' >>calls; exit "$PIP_STATUS" ;;
    *runs*) echo runs ;;
esac
"""


@pytest.fixture
def make(tmp_path):
    """make(target, ANSWER=..., PIP_STATUS=...) in a folder with a Makefile, setup.py, no network.

    Returns (exit status, calls made to the stand-in Python, stderr).
    """
    for name in ("Makefile", "setup.py"):
        shutil.copy2(ROOT / name, tmp_path)
    python = tmp_path / "python"
    python.write_text(STAND_IN_PYTHON)
    python.chmod(0o755)

    def run(target, **environment):
        calls = tmp_path / "calls"
        calls.write_text("")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
        done = subprocess.run(
            ["make", target, f"PYTHON={python}"],
            cwd=tmp_path,
            env={**inherited, "ANSWER": "good", "PIP_STATUS": "0", **environment},
            capture_output=True,
            text=True,
        )
        return done.returncode, calls.read_text().split(), done.stderr

    run.folder = tmp_path
    return run


def test_make_help_is_the_default_and_names_the_targets(make):
    done = subprocess.run(["make"], cwd=make.folder, capture_output=True, text=True, check=True)
    for target in ("demo", "test", "coverage", "clean"):
        assert f"make {target} " in done.stdout


def test_make_installs_once_and_the_tools_only_for_tests(make):
    assert make("demo") == (0, ["venv", "."], "")
    assert make("demo") == (0, [], "")
    assert make("test") == (0, [".[dev]"], "")
    assert make("test") == (0, [], "")
    assert make("demo") == (0, [], "")


def test_make_installs_again_when_setup_changed(make):
    make("demo")
    stamp = make.folder / ".venv" / "installed"
    later = stamp.stat().st_mtime + 5
    os.utime(make.folder / "setup.py", (later, later))
    assert make("demo")[1] == ["."]


def test_make_starts_anew_after_an_installation_that_did_not_end(make):
    status, calls, stderr = make("demo", PIP_STATUS="1")
    assert status != 0
    assert calls == ["venv", "."]
    assert "error: the installation failed" in stderr
    assert make("demo") == (0, ["venv", "."], "")
    # The tools' installation fails in an environment that was whole: it no longer counts as such.
    assert make("test", PIP_STATUS="1")[1] == [".[dev]"]
    assert make("demo") == (0, ["venv", "."], "")


def test_make_starts_anew_when_the_environments_python_is_gone(make):
    make("demo")
    (make.folder / ".venv" / "bin" / "python").unlink()
    assert make("demo") == (0, ["venv", "."], "")


@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        ("old or new", "error: Python 3.11, 3.12 or 3.13 is needed"),
        ("without_venv", "sudo apt install python3.12-venv"),
        ("intel", "install an arm64 Python 3.12"),
    ],
)
def test_make_says_in_one_line_what_is_missing(make, answer, advice):
    status, calls, stderr = make("demo", ANSWER=answer)
    assert status != 0
    assert calls == []
    errors = [line for line in stderr.splitlines() if not line.startswith("make")]
    assert len(errors) == 1
    assert advice in errors[0]
