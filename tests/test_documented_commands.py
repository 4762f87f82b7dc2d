"""Every command that a document shows has the flags, and every setting exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXTS = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "benchmarks/*.md", "inpaint_tf/**/*.md", "configs/*.py")
    for path in ROOT.glob(pattern)
)
COMMAND = re.compile(r"(?:python (train|test)\.py|inpaint-tf ([a-z0-9-]+))(?= -)([^|&;#]*)")
FLAG = re.compile(r"(?<=\s)--([a-z][\w.-]*)")
BEAMS_OWN = {"direct_num_workers"}
"""Options of Apache Beam's runners, which the command hands on."""

LIST_FLAGS = """
import importlib
from absl import flags
from inpaint_tf.__main__ import COMMANDS
from inpaint_tf.default_config import default_config

for name, command in COMMANDS.items():
    module = importlib.import_module(f"inpaint_tf.commands.{command.module}")
    module.run_command = lambda *_: None
    before = set(flags.FLAGS)
    module.cli()
    for flag in sorted(set(flags.FLAGS) - before):
        print(name, flag)
        if flags.FLAGS[flag].boolean:
            print(name, "no" + flag)
        delattr(flags.FLAGS, flag)
for section, settings in default_config().items():
    for setting in settings:
        print("setting", f"config.{section}.{setting}")
"""


def commands_of(text):
    """(command, [flags]) of each command that a Markdown text or a docstring shows."""
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    code = [line.strip() for line in lines if line.startswith("    ")]
    prose = "\n".join("" if line.startswith("    ") else line for line in lines)
    for paragraph in prose.split("\n\n"):
        code += [" ".join(inline.split()) for inline in re.findall(r"`([^`]+)`", paragraph)]
    for piece in code:
        for script, name, rest in COMMAND.findall(piece):
            yield script or name, FLAG.findall(rest)


@pytest.fixture(scope="module")
def known():
    """{command: its flags}; "setting": those of a config."""
    listed = subprocess.run(
        [sys.executable, "-c", LIST_FLAGS], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    found = {}
    for line in listed.splitlines():
        name, flag = line.split()
        found.setdefault(name, {"help", "version"}).add(flag)
    found["beam"] |= BEAMS_OWN
    return found


def test_finds_commands_as_they_are_written():
    text = (
        "Run `inpaint-tf pack --images=A\n--output=B` or\n\n"
        "    python train.py --config=x.py \\\n        --config.train.steps=1 | tee log --not\n"
    )
    assert list(commands_of(text)) == [
        ("train", ["config", "config.train.steps"]),
        ("pack", ["images", "output"]),
    ]


def test_documented_flags_exist(known):
    shown = [
        (path.relative_to(ROOT), command, flag)
        for path in TEXTS
        for command, flags in commands_of(path.read_text(encoding="utf-8"))
        for flag in flags
    ]
    assert len(shown) > 150
    wrong = [
        f"{path}: {command} --{flag}"
        for path, command, flag in shown
        if flag not in (known["setting"] if "." in flag else known.get(command, ()))
    ]
    assert wrong == [], "\n".join(wrong)
