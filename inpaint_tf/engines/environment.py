"""The versions, the machine and the commit that a result comes from."""

import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = ("inpaint-tf", "tensorflow", "jax", "keras", "numpy", "opencv-python-headless")


def describe_environment() -> dict[str, Any]:
    """dict: command, python, platform, packages (None for missing ones) and git_commit."""
    versions: dict[str, str | None] = {}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = None
    return {
        "command": sys.argv,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": versions,
        "git_commit": _git_commit(),
    }


def _git_commit() -> str | None:
    """The commit of the code's checkout, with "-dirty" if changed; None outside a checkout.

    A repository that merely surrounds an installed package does not have this file in it.
    """
    if _git("ls-files", "--error-unmatch", Path(__file__).name) is None:
        return None
    return _git("describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")


def _git(*arguments: str) -> str | None:
    """What git prints in this file's folder; None where it fails or prints nothing."""
    # In a hook, git's variables name the repository of the hook.
    variables = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = ["git", "-C", str(Path(__file__).parent), *arguments]
    try:
        found = subprocess.run(
            command, capture_output=True, text=True, timeout=10, check=False, env=variables
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None if found.returncode == 0 else None
