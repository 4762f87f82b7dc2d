"""The requirements resolve for machines that are not at hand, and misfits are found."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PINS = runpy.run_path(str(ROOT / "scripts" / "check_pins.py"), run_name="pins")
MAC, LINUX = PINS["TARGETS"][0], PINS["TARGETS"][-1]


def test_markers_are_those_of_the_target():
    lines = [
        "a>=1; sys_platform == 'darwin' and python_version < '3.13'",
        "b<2",
        "c; sys_platform == 'linux'",
    ]
    assert PINS["requirements_on"](MAC, lines) == ["a>=1", "b<2"]
    assert PINS["requirements_on"](LINUX, lines) == ["b<2", "c"]


@pytest.mark.parametrize(
    ("target", "versions", "message"),
    [
        (MAC, {"tensorflow": "2.19.1", "keras": "3.15.1", "tensorflow-metal": "1.2.0"}, None),
        (
            MAC,
            {"tensorflow": "2.20.0", "keras": "3.15.1", "tensorflow-metal": "1.2.0"},
            "tensorflow-metal 1.2.0 does not load with TensorFlow 2.20.0",
        ),
        (MAC, {"tensorflow": "2.19.1", "keras": "3.15.1"}, "no tensorflow-metal"),
        (MAC, {"tensorflow": "2.19.1", "tensorflow-metal": "1.2.0"}, "TensorFlow or Keras"),
        (LINUX, {"tensorflow": "2.21.0", "keras": "3.15.1"}, None),
        (
            LINUX,
            {"tensorflow": "2.19.1", "keras": "3.15.1", "tensorflow-metal": "1.2.0"},
            "for Macs alone",
        ),
    ],
)
def test_what_does_not_load_together_is_told(target, versions, message):
    found = list(PINS["misfits"](target, versions))
    assert len(found) == (message is not None)
    assert not found or message in found[0]


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    """Skips where pip reaches no package registry."""
    asked = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps"]
    folder = tmp_path_factory.mktemp("target")
    done = subprocess.run(
        [*asked, "--retries=1", f"--target={folder}", "tqdm"], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("no package registry answers pip here")


@pytest.mark.parametrize("python", ["3.11", "3.12"])
def test_the_registry_has_what_a_mac_needs(registry, python):
    target = next(t for t in PINS["TARGETS"] if t.system == "darwin" and t.python == python)
    lines = runpy.run_path(str(ROOT / "setup.py"), run_name="setup_lists")["REQUIREMENTS"]
    _, well, text = PINS["check"](target, lines)
    assert well, text


def test_requirements_that_cannot_be_had_fail(registry):
    _, well, text = PINS["check"](MAC, ["tensorflow==2.18.1", "tensorflow-metal==9.9"])
    assert not well
    assert "pip finds no answer" in text
    assert "tensorflow-metal" in text
