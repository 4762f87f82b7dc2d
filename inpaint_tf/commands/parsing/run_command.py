"""Runs a command: parses its flags, reports a user's mistake in one line."""

import contextlib
import difflib
import io
import re
import signal
import sys
import threading
from collections.abc import Callable
from logging import WARNING, Formatter
from pathlib import Path

from ml_collections import ConfigDict

from inpaint_tf import __version__
from inpaint_tf.commands.parsing.numbers import describe_bad_number, spell_out
from inpaint_tf.default_config import default_config
from inpaint_tf.errors import Stopped, UserError, describe_os_error

SHORT_HELP = {"-h", "--h", "--help", "-help", "-?", "--helpshort"}
FULL_HELP = {"--helpfull", "-helpfull"}


def run_command(
    main: Callable[[list[str]], int | None],
    check_arguments: Callable[[list[str]], None] | None = None,
    more_help: Callable[[list[str]], str] | None = None,
) -> None:
    """Run `main(argv)` under absl; end a `UserError` as `error: ...` on stderr and its status, 1.

    A mistaken flag, a full disk and a refused file are the user's to fix too: `flags.Error` and
    `OSError` are reported the same way.

    check_arguments: function of argv, called before absl parses it; may raise `UserError`.
    more_help: function of argv, what help says beside the flags.
    """
    from absl import app, flags, logging

    _keep_lines_in_order()
    # People read these lines; date, process and file of the code would hide what they say.
    logging.get_absl_handler().setFormatter(PlainLines())
    # absl shows the flags of the script that was started; the command is defined elsewhere.
    for flag in flags.FLAGS.get_key_flags_for_module(main.__module__):
        flags.FLAGS.register_key_flag_for_module(sys.argv[0], flag)

    def parse(argv):
        _show_help(main, argv, more_help)
        _show_version(argv)
        if check_arguments:
            check_arguments(argv)
        argv = [argv[0], *spell_out(argv[1:], _takes_integer)]
        sys.argv[1:] = argv[1:]  # which the parser of --config reads
        try:
            left = flags.FLAGS(argv)
        except flags.Error as error:
            raise UserError(_describe_flag_error(error)) from None
        if len(left) > 1:
            raise UserError(f"unexpected argument {left[1]!r}; options are given as --name=value")
        _expand_paths()
        return left

    status = UserError.status
    sys.unraisablehook = _without_ctrl_c
    try:
        app.run(main, flags_parser=parse)
    except UserError as error:
        message, status = str(error), error.status
    except OSError as error:
        message = describe_os_error(error)
    except MemoryError:
        message = "the memory is full; close other programs, or ask for fewer or smaller pictures"
    except KeyboardInterrupt:
        message, status = "stopped by Ctrl-C", Stopped.status
    finally:
        _let_ctrl_c_end_python()
    print(f"error: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(status)


def _keep_lines_in_order():
    """Lines of stdout and stderr that go into one file or pipe stay in the order of their time."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # notebooks have others
        sys.stdout.reconfigure(line_buffering=True)


def _without_ctrl_c(unraisable):
    """Show what a finaliser raised, as Python does, but for a Ctrl-C: it is no fault of the code.

    Python cannot raise it there, so that one is lost: the command goes on, or ends as it was about
    to.
    """
    if not issubclass(unraisable.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)


def _let_ctrl_c_end_python():
    """From here on Ctrl-C ends the process at once and without a word.

    The command is over. Python's own end takes seconds with TensorFlow, and an exception in its
    finalisers would be shown as a traceback.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, or none
            stream.flush()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_DFL)


class PlainLines(Formatter):
    """Log lines without a prefix, but for warnings and worse."""

    def format(self, record):
        prefix = f"{record.levelname.lower()}: " if record.levelno >= WARNING else ""
        return prefix + super().format(record)


def _expand_paths():
    """Give the texts of all flags of the command that are paths the home folder for `~`."""
    from absl import flags

    from inpaint_tf.data.paths.user_path import expand  # with OpenCV, which takes a moment

    for flag in flags.FLAGS.get_key_flags_for_module(sys.argv[0]):
        if isinstance(flag.value, str):
            flag.value = expand(flag.value, f"--{flag.name}")


def require_paths(**paths: str | Path) -> None:
    """Raise `UserError` for an empty path, which would mean the current folder."""
    for name, path in paths.items():
        if not str(path).strip():
            raise UserError(f"--{name} is empty; give a path")


def _show_help(main, argv, more_help):
    """Show the command's docstring and flags and exit with 0, if asked for. absl exits with 1."""
    asked = set(argv[1:]) & {*SHORT_HELP, *FULL_HELP}
    if not asked:
        return
    from absl import app

    sys.modules["__main__"].__doc__ = sys.modules[main.__module__].__doc__
    app.usage(shorthelp=bool(asked & SHORT_HELP), writeto_stdout=True)
    if more_help:
        print(more_help(argv))
    sys.exit(0)


def _show_version(argv):
    """Print the version and exit with 0, if asked for."""
    if "--version" in argv[1:]:
        print(f"inpaint-tf {__version__}")
        sys.exit(0)


def _takes_integer(name):
    """Whether the flag `name`, or the setting "config.a.b", holds a whole number."""
    from absl import flags

    if not name.startswith("config."):
        return name in flags.FLAGS and isinstance(flags.FLAGS[name].parser, flags.IntegerParser)
    found = default_config()
    for part in name.split(".")[1:]:
        found = found[part] if isinstance(found, ConfigDict) and part in found else None
    return isinstance(found, int) and not isinstance(found, bool)


def _describe_flag_error(error):
    from absl import flags

    bad_number = describe_bad_number(str(error))
    if bad_number:
        return bad_number
    no_switch = re.search(r"flag (--[\w.]+=.*): \('Non-boolean argument", str(error), re.DOTALL)
    if no_switch:
        return f"{no_switch[1]} is neither true nor false; give one of them"
    missing = re.search(r"flag --(\w+)=None: .* other than None", str(error))
    if missing:
        return f"--{missing[1]} is missing; see --help"
    if isinstance(error, flags.UnrecognizedFlagError):
        own = [flag.name for flag in flags.FLAGS.get_key_flags_for_module(sys.argv[0])]
        near = difflib.get_close_matches(error.flagname, own, n=1)
        hint = f"did you mean --{near[0]}?" if near else "see --help"
        return f"Unknown command line flag {error.flagname!r}; {hint}"
    return f"{error}; see --help"
