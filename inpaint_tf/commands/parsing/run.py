"""Runs a command: its flags parsed, a user's mistake told in one line."""

import re
import sys

from inpaint_tf.errors import UserError, describe_os_error


def run_command(main, check_arguments=None):
    """Run `main(argv)` under absl; end a `UserError` as `error: ...` on stderr and exit status 1.

    A mistaken flag, a full disk and a refused file are the user's to mend too: `flags.Error` and
    `OSError` are reported the same way.

    check_arguments: function of argv, called before absl parses it; may raise `UserError`.
    """
    from absl import app, flags

    # --help shows the flags of the script that was started; the command is defined elsewhere.
    for flag in flags.FLAGS.get_key_flags_for_module(main.__module__):
        flags.FLAGS.register_key_flag_for_module(sys.argv[0], flag)

    def parse(argv):
        if check_arguments and not {"--help", "-help", "--helpfull"} & set(argv):
            check_arguments(argv)
        try:
            left = flags.FLAGS(argv)
        except flags.Error as error:
            raise UserError(_describe_flag_error(error)) from None
        if len(left) > 1:
            raise UserError(f"unexpected argument {left[1]!r}; options are given as --name=value")
        return left

    try:
        app.run(main, flags_parser=parse)
    except UserError as error:
        message = str(error)
    except OSError as error:
        message = describe_os_error(error)
    except KeyboardInterrupt:
        message = "stopped by Ctrl-C"
    print(f"error: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(1)


def require_paths(**paths):
    """Raise `UserError` for an empty path, which would mean the current folder."""
    for name, path in paths.items():
        if not str(path).strip():
            raise UserError(f"--{name} is empty; give a path")


def _describe_flag_error(error):
    missing = re.search(r"flag --(\w+)=None: .* other than None", str(error))
    return f"--{missing[1]} is missing; see --help" if missing else f"{error}; see --help"
