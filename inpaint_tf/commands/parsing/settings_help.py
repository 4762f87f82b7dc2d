"""What each setting of a config means, in the words of `default_config`."""

import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any

from inpaint_tf import default_config, masks
from inpaint_tf.commands.parsing.config_file import load_config
from inpaint_tf.networks import generators
from inpaint_tf.training import critics

_FIELD = re.compile(r"    config\.(\w+\.\w+) = [^#]*(?:# *(.*))?")
_MORE = re.compile(r"    # *(.*)")
WIDTH = 100
"""Characters of a line."""


def setting_texts() -> dict[str, str]:
    """{"data.size": "side of the square pictures trained on", ...}, every field."""
    texts: dict[str, str] = {}
    name = None
    for line in inspect.getsource(default_config).splitlines():
        if field := _FIELD.fullmatch(line):
            name = field[1]
            texts[name] = field[2] or ""
        elif name and (more := _MORE.fullmatch(line)):
            texts[name] += f" {more[1]}"
        else:
            name = None
    return texts


def described(config: Any) -> Iterator[str]:
    """Yield a line or more for each field of a `ConfigDict`: name, value, and what it means."""
    kinds = {
        "masks.kind": masks.KINDS,
        "generator.kind": generators.KINDS,
        "critics.kind": critics.KINDS,
    }
    for name, text in setting_texts().items():
        group, field = name.split(".")
        known = f" ({', '.join(kinds[name])})" if name in kinds else ""
        line = f"{name} = {config[group][field]!r}: {text}{known}"
        yield from textwrap.wrap(line, WIDTH, subsequent_indent="    ")


def settings_help(argv: list[str]) -> str:
    """Every field, as `train.py --help` shows them: with the values of the config that `argv`
    names, or else the defaults. Raises `UserError` for a config that cannot be loaded."""
    named = re.search(r"(?:^|\n)--?config[=\n]([^\n]*)", "\n".join(argv[1:]))
    if named:
        config = load_config(named[1])
        title = f"settings (--config.NAME=VALUE), as {named[1]} has them:"
    else:
        config = default_config.default_config()
        title = "settings (--config.NAME=VALUE), with the defaults that a config file starts from:"
    return "\n".join([title, *(f"  {line}" for line in described(config))])
