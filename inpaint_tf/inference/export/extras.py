"""Packages that a format needs and an ordinary installation lacks."""

import importlib.util

from inpaint_tf.errors import UserError


def require(extra: str, *modules: str) -> None:
    """Raise `UserError` unless the modules are installed, without loading them.

    extra: the name in setup.py of what installs them, which is the format's own.
    """
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise UserError(
            f"--format={extra} needs {' and '.join(missing)}; run: "
            f'pip install "inpaint-tf[{extra}]"'
        )
