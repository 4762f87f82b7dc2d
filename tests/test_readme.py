"""What the documents name exists: files, folders, commands and their configs."""

import re
from pathlib import Path

import pytest

from inpaint_tf.__main__ import COMMANDS
from inpaint_tf.commands.parsing.config_file import find_config

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/photos.md", "docs/protocol.md"]


@pytest.fixture(params=DOCUMENTS)
def document(request):
    """(path, text) of a document."""
    path = ROOT / request.param
    return path, path.read_text(encoding="utf-8")


def test_links_lead_to_files(document):
    path, text = document
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text)
    missing = [target for target in targets if not (path.parent / target).exists()]
    assert [target for target in missing if "://" not in target] == []


def test_no_part_is_there_twice(document):
    path, text = document
    if path.name != "CHANGELOG.md":  # whose versions have the same headings
        headings = re.findall(r"^(?:#+ .*|\*\*.+?\*\*)", text, flags=re.MULTILINE)
        assert len(headings) == len(set(headings))
    long = [line for line in text.splitlines() if len(line) > 80]
    assert [line for line in set(long) if long.count(line) > 1] == []


def test_commands_and_configs_exist(document):
    _, text = document
    named = set(re.findall(r"inpaint-tf ([a-z][a-z-]+)(?= --|`)", text))
    assert named <= set(COMMANDS)
    for config in re.findall(r"--config=([\w./:]*\w)(?=[ `])", text):
        if not config.startswith(("my.py", "NAME")):
            find_config(config)


def test_the_map_of_the_code_names_what_is_there():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = text.partition("## How the code is laid out")[2].partition("\n## ")[0]
    paths = re.findall(r"`((?:inpaint_tf|configs|benchmarks|docs|scripts)/[\w./]*)`", rows)
    assert len(paths) > 12
    assert [path for path in paths if not (ROOT / path).exists()] == []
    rooms = {
        path.name for path in (ROOT / "inpaint_tf").iterdir() if (path / "__init__.py").exists()
    }
    assert rooms == {path.split("/")[1] for path in paths if path.endswith("/") and "tf/" in path}
