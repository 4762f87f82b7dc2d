"""`inpaint-tf`: the table of commands, and what can be asked of each of them."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import inpaint_tf
from inpaint_tf.__main__ import COMMANDS, main

ROOT = Path(inpaint_tf.__file__).parents[1]
FLAGS = {
    "complete": "--[no]detail",
    "train": "--workdir",
    "test": "--predictions",
    "table1": "--hours",
    "beam": "--beam",
    "web": "--megapixels",
    "pack": "--crop",
    "export": "--[no]overwrite",
    "demo": "--workdir",
    "sample-faces": "--first_seed",
    "doctor": "--[no]audit",
    "conformance": "--goldens",
    "convert": "--output",
    "halve": "--strength",
    "lpips-weights": "--output",
}


def python(*arguments):
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


FOLDER = ROOT / "inpaint_tf" / "commands"


def docstring(name):
    path = FOLDER / f"{COMMANDS[name].module.replace('.', '/')}.py"
    return ast.get_docstring(ast.parse(path.read_text()))


def test_each_file_of_the_folder_is_in_the_table():
    with_entry = [path for path in FOLDER.rglob("[!_]*.py") if "\ndef cli()" in path.read_text()]
    files = {".".join(path.relative_to(FOLDER).with_suffix("").parts) for path in with_entry}
    assert {command.module for command in COMMANDS.values()} == files
    assert set(FLAGS) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_a_commands_docstring_and_its_flags(name):
    shown = python("-m", "inpaint_tf", name, "--help")
    assert shown.returncode == 0
    assert shown.stderr == ""
    assert docstring(name).splitlines()[0] in shown.stdout
    assert f"inpaint-tf {name}:\n" in shown.stdout
    assert f"  {FLAGS[name]}:" in shown.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["-m", "inpaint_tf", "test", "-h"],
        ["-m", "inpaint_tf.commands.test", "-h"],
        ["-m", "inpaint_tf.commands.test", "--help"],
        ["test.py", "-help"],
        ["test.py", "--output=x", "--helpfull"],
    ],
)
def test_other_ways_to_the_same_help(arguments):
    shown = python(*arguments)
    assert shown.returncode == 0
    assert shown.stdout.startswith(docstring("test").splitlines()[0])
    assert "  --predictions:" in shown.stdout
    assert ("--verbosity" in shown.stdout) == ("--helpfull" in arguments)


@pytest.mark.parametrize("module", ["inpaint_tf.commands.test", "inpaint_tf test"])
def test_a_module_of_the_folder_runs_like_the_command(module):
    ended = python("-m", *module.split(), "--images=/none", "--output=x")
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: ")
    assert "/none" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "flag", "near"),
    [("test", "--ouput=x", "--output"), ("train", "--work_dir=x", "--workdir")],
)
def test_a_misspelt_flag_names_the_nearest(name, flag, near):
    settings = ["--config=quickstart"] if name == "train" else []
    ended = python("-m", "inpaint_tf", name, *settings, flag)
    assert ended.returncode == 1
    flag = flag.removeprefix("--").partition("=")[0]
    assert ended.stderr == f"error: Unknown command line flag {flag!r}; did you mean {near}?\n"


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["help"]])
def test_the_list_names_each_command(capsys, arguments):
    assert main(["inpaint-tf", *arguments]) == 0
    shown = capsys.readouterr().out
    for name, command in COMMANDS.items():
        assert f"  {name} " in shown
        assert command.summary in shown


def test_version(capsys):
    assert main(["inpaint-tf", "--version"]) == 0
    assert capsys.readouterr().out == f"inpaint-tf {inpaint_tf.__version__}\n"


@pytest.mark.parametrize("command", ["train.py", "test.py", "-m inpaint_tf pack"])
def test_every_command_has_the_version(command):
    shown = python(*command.split(), "--version")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout == f"inpaint-tf {inpaint_tf.__version__}\n"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("trian", "unknown command 'trian'; did you mean train?"),
        ("sample_faces", "unknown command 'sample_faces'; did you mean sample-faces?"),
        ("xyz", f"unknown command 'xyz'; choose from {', '.join(COMMANDS)}"),
    ],
)
def test_an_unknown_command(capsys, name, line):
    assert main(["inpaint-tf", name]) == 1
    assert capsys.readouterr().err == f"error: {line}\n"
