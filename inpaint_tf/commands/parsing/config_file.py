"""Checks `--config` and its overrides before they are parsed, for errors that say what exists."""

import importlib.util
from pathlib import Path

from ml_collections import ConfigDict

from inpaint_tf.default_config import default_config
from inpaint_tf.errors import UserError


def check_config_arguments(argv):
    """Raise `UserError` for a missing config file or for a setting that the config has not."""
    path, overrides = None, []
    for position, argument in enumerate(argv):
        name, equals, value = argument.lstrip("-").partition("=")
        if name == "config":
            path = value if equals else "".join(argv[position + 1 : position + 2])
        elif name.startswith("config."):
            overrides.append(name.removeprefix("config."))
    if path is None:
        raise UserError(f"no settings; pass --config=FILE, one of {_shipped_configs()}")
    config = load_config(path)
    for override in overrides:
        check_setting(config, override)


def load_config(path):
    """The `ConfigDict` that a config file's get_config() gives; "FILE:WORD" passes it the word."""
    file, colon, word = path, "", ""
    if not Path(path).is_file():
        file, colon, word = path.partition(":")
    if not Path(file).is_file():
        raise UserError(f"no config file {file}; there are {_shipped_configs()}")
    spec = importlib.util.spec_from_file_location("inpaint_tf_config", file)
    if spec is None:
        raise UserError(f"--config={file} is not a Python file; there are {_shipped_configs()}")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        config = module.get_config(*([word] if colon else []))
    except Exception as error:  # whatever is wrong in it, the file is the user's to mend
        raise UserError(f"--config={path}: {type(error).__name__}: {error}") from None
    if not isinstance(config, ConfigDict):
        raise UserError(f"--config={path}: get_config() must return a ConfigDict, as configs/ do")
    for group, fields in default_config().items():
        missing = sorted(set(fields) - set(config.get(group, ())))
        if missing:
            raise UserError(
                f"--config={path} lacks {group}.{missing[0]}; begin its get_config() with "
                "config = default_config()"
            )
    return config


def check_setting(config, name):
    """Raise `UserError`, naming those that exist, if `config` has no setting `name`, "a.b"."""
    found = config
    for part in name.split("."):
        if not isinstance(found, ConfigDict) or part not in found:
            where = f"of {name.rpartition('.')[0]} " if found is not config else ""
            existing = ", ".join(sorted(found)) if isinstance(found, ConfigDict) else "none"
            raise UserError(f"unknown setting --config.{name}; those {where}are: {existing}")
        found = found[part]
    if isinstance(found, ConfigDict):
        raise UserError(f"--config.{name} is a group; set one of: {', '.join(sorted(found))}")


def _shipped_configs():
    return ", ".join(sorted(str(path) for path in Path("configs").glob("*.py"))) or "none here"
