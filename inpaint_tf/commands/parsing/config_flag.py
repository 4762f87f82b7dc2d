"""The flag `--config` and its overrides, `--config.data.size=128`, with errors of one line."""

import difflib
import re
import sys

from absl import flags
from ml_collections import config_flags

from inpaint_tf.commands.parsing.config_file import check_setting, load_config, shipped_configs
from inpaint_tf.errors import UserError

flags.disclaim_key_flags()  # --config belongs to the command that asks for it

HELP = "Settings of the run: {names}, or a Python file such as configs/quickstart.py."


class ConfigParser(config_flags.config_flags.ConfigFileFlagParser):
    """Finds configs by name, and checks overrides before ml_collections makes flags of them."""

    def parse(self, path):
        config = load_config(path)
        for argument in sys.argv[1:]:
            override = re.match(r"--?(?:no)?config\.([^=]*)", argument)
            if override:
                check_setting(config, override[1])
        return config.lock()


def define_config_flag() -> None:
    """Define `--config`; its value is a locked `ConfigDict`."""
    names = ", ".join(shipped_configs())
    config_flags.DEFINE_config_file("config", None, HELP.format(names=names))
    flags.FLAGS["config"].parser = ConfigParser("config")


def check_config_given(argv: list[str]) -> None:
    """Raise `UserError` if `argv` has no `--config`. Its overrides mean nothing without it."""
    if not any(re.match(r"--?config(=.|$)", argument) for argument in argv[1:]):
        names = [argument.lstrip("-").partition("=")[0] for argument in argv[1:]]
        near = difflib.get_close_matches("config", names, n=1, cutoff=0.75)
        if near:
            raise UserError(f"Unknown command line flag {near[0]!r}; did you mean --config?")
        files = ", ".join(f"configs/{path.name}" for path in shipped_configs().values())
        raise UserError(f"no settings; pass --config=FILE, one of {files}; or a name: quickstart")
