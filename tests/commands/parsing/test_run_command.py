"""What a command says about mistakes: one line on stderr, exit status 1."""

import os
import signal
import subprocess
import sys
from logging import INFO, WARNING, LogRecord
from pathlib import Path

import pytest

from inpaint_tf.commands.parsing.run_command import PlainLines

COMMAND = """
import sys
from pathlib import Path
from absl import flags
from inpaint_tf.commands.parsing.run_command import run_command
from inpaint_tf.errors import UserError
flags.DEFINE_string("output", None, "Where to.", required=True)
flags.DEFINE_integer("size", 8, "Pixels.", lower_bound=1)
flags.DEFINE_bool("flip", True, "Mirror.")
def main(argv):
    {body}
run_command(main)
"""


def run(body, *arguments):
    code = COMMAND.format(body=body)
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("body", "arguments", "line"),
    [
        ("raise UserError('two\\n lines')", ["--output=x"], "two lines"),
        ("open('/none/at/all', 'w')", ["--output=x"], "/none/at/all: No such file or directory"),
        ("raise MemoryError", ["--output=x"], "the memory is full; close other programs"),
        ("pass", [], "--output is missing; see --help"),
        ("pass", ["--output=x", "--size=0"], "flag --size=0:"),
        ("pass", ["--output=x", "--nope"], "Unknown command line flag 'nope'"),
        ("pass", ["--output=x", "--flip=maybe"], "--flip=maybe is neither true nor false; give"),
        ("pass", ["--output=x", "stray"], "unexpected argument 'stray'"),
    ],
)
def test_mistakes_are_one_line(body, arguments, line):
    ended = run(body, *arguments)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"error: {line}")
    assert ended.stderr.count("\n") == 1


def test_lines_of_both_streams_stay_in_order_in_one_pipe():
    body = "print('table'); sys.stderr.write('why\\n'); print('more', end=''); raise UserError('x')"
    ended = subprocess.run(
        [sys.executable, "-c", COMMAND.format(body=body), "--output=x"],
        env={key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ended.stdout == "table\nwhy\nmoreerror: x\n"


def test_ctrl_c_has_the_status_that_shells_expect():
    ended = run("raise KeyboardInterrupt", "--output=x")
    assert ended.returncode == 130
    assert ended.stderr == "error: stopped by Ctrl-C\n"


def test_the_status_of_main_is_the_commands():
    assert run("return 0", "--output=x").returncode == 0
    assert run("return 3", "--output=x").returncode == 3


def test_other_errors_keep_their_traceback():
    ended = run("1 / 0", "--output=x")
    assert "ZeroDivisionError" in ended.stderr
    assert ended.returncode == 1


def test_help_needs_no_other_flag():
    shown = run("pass", "--help")
    assert "--size" in shown.stdout
    assert "error" not in shown.stderr


def test_log_lines_say_what_they_say_and_no_more():
    def line(level, text):
        record = LogRecord("absl", level, "runtime.py", 42, text, ("it",), None)
        return PlainLines().format(record)

    assert line(INFO, "found %s") == "found it"
    assert line(WARNING, "lost %s") == "warning: lost it"


def test_the_home_folder_is_expanded_in_every_flag(tmp_path):
    print_it = "print(flags.FLAGS.output)"
    assert run(print_it, "--output=~/x").stdout.strip() == str(Path.home() / "x")
    ended = run(print_it, "--output=gs://bucket/x")
    assert ended.stderr.startswith("error: --output=gs://bucket/x is an address")


def test_ctrl_c_in_a_finaliser_shows_no_traceback():
    body = "\n    ".join(
        [
            "class Thing:",
            "    def __del__(self): raise KeyboardInterrupt",
            "thing = Thing()",
            "del thing",
            "print('went on')",
        ]
    )
    ended = run(body, "--output=x")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "went on\n", "")
    other = run(body.replace("KeyboardInterrupt", "ValueError"), "--output=x")
    assert "ValueError" in other.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals there end a process otherwise")
def test_ctrl_c_after_the_command_ends_python_without_a_traceback():
    """As while TensorFlow takes its seconds to end."""
    late = "import atexit, os, signal; atexit.register(os.kill, os.getpid(), signal.SIGINT); "
    ended = run(f"{late}print('saved')", "--output=x")
    assert ended.returncode == -signal.SIGINT
    assert (ended.stdout, ended.stderr) == ("saved\n", "")
