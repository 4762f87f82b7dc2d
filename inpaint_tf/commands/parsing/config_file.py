"""Finds and reads the settings of a training run: a file of configs/, or one of the user's."""

import difflib
import importlib.util
import re
import sys
from pathlib import Path

from ml_collections import ConfigDict

import inpaint_tf
from inpaint_tf.default_config import default_config
from inpaint_tf.errors import UserError, unknown_name


def load_config(name_or_path: str | Path) -> ConfigDict:
    """The settings that `--config` takes, as a `ConfigDict`.

    name_or_path: a config of the package by name ("quickstart"), or the path of a Python file with
        a function `get_config`. A word after a colon is passed to that function: "faces256:128",
        "my.py:WORD". "configs/NAME.py" is the package's own where there is no such file.
    Raises `UserError` for a config that is not found, that fails, or that lacks settings.
    """
    asked = str(name_or_path)
    path, words = find_config(asked)
    config = _execute(path, words, asked)
    if not isinstance(config, ConfigDict):
        raise UserError(f"--config={asked}: get_config() must return a ConfigDict, as configs/ do")
    for group, fields in default_config().items():
        missing = sorted(set(fields) - set(config.get(group, ())))
        if missing:
            raise UserError(
                f"--config={asked} lacks {group}.{missing[0]}; begin its get_config() with "
                "config = default_config()"
            )
    return config


def find_config(asked: str) -> tuple[Path, list[str]]:
    """(file, words for its get_config) of what `--config` names; raises `UserError`."""
    if Path(asked).is_file():
        return Path(asked), []
    file, colon, word = asked.partition(":")
    words = [word] if colon else []
    if Path(file).is_file():
        return Path(file), words
    shipped = shipped_configs()
    for name, path in shipped.items():
        if file == name or Path(file) == Path("configs", path.name):
            return path, words
    if Path(file).name == file and not file.endswith(".py"):
        raise UserError(unknown_name(file, shipped, "config"))
    near = difflib.get_close_matches(Path(file).stem, shipped, n=1)
    hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(shipped)}"
    raise UserError(f"no config file {file}; {hint}")


def shipped_configs() -> dict[str, Path]:
    """{name: file} of the configs that come with the package, by name."""
    package = Path(inpaint_tf.__file__).parent
    installed, checkout = package / "configs", package.parent / "configs"
    folder = installed if installed.is_dir() else checkout
    return {path.stem: path for path in sorted(folder.glob("*.py"))}


def check_setting(config: ConfigDict, name: str) -> None:
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


def _execute(path, words, asked):
    """What the get_config() of a Python file returns for `words`."""
    spec = importlib.util.spec_from_file_location("inpaint_tf_config", path)
    if spec is None:
        names = ", ".join(shipped_configs())
        raise UserError(f"--config={asked} is not a Python file; choose from {names}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # a dataclass looks up the module that it is defined in
    try:
        spec.loader.exec_module(module)
        return module.get_config(*words)
    except Exception as error:  # whatever is wrong in it, the file is the user's to fix
        reason = _unknown_setting(str(error)) or f"{type(error).__name__}: {error}"
        raise UserError(f"--config={asked}: {reason}") from None


def _unknown_setting(message):
    """A short sentence for what ml_collections says of an unknown field, or None."""
    unknown = re.search(r'Key "(\w+)" does not exist', message)
    if not unknown:
        return None
    existing = re.findall(r"'(\w+)\\?':", message)
    return unknown_name(unknown[1], existing, "setting")
