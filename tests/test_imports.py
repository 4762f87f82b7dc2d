"""Imports go one way through the rooms of the package, and no room is crowded."""

import re
from pathlib import Path

import pytest
from rooms import FLOOR, crowded, undocumented, wrong_imports

import inpaint_tf

PACKAGE = Path(inpaint_tf.__file__).parent


def test_imports_go_down():
    assert list(wrong_imports(PACKAGE)) == []


def test_no_folder_is_crowded():
    assert list(crowded(PACKAGE)) == []


def test_every_folder_says_what_it_is_for():
    assert list(undocumented(PACKAGE)) == []


@pytest.mark.parametrize("room", FLOOR)
def test_every_room_of_the_table_exists(room):
    path = PACKAGE.joinpath(*room.split("."))
    assert path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


# Below: the checks themselves, on a small package that is made up.


def write(folder, files):
    """Write {path: text} with the packages' `__init__.py`; returns the package."""
    package = folder / "inpaint_tf"
    for name, text in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for path in {path.parent for path in package.rglob("*.py")} | {package}:
        if not (path / "__init__.py").exists():
            (path / "__init__.py").write_text('"""A room."""\n')
    return package


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("data/x.py", "from inpaint_tf.errors import UserError"),
        ("data/x.py", "import numpy, inpaint_tf_other.commands"),
        ("data/sample_faces/x.py", "from inpaint_tf.data import picture_files"),
        ("masks/x.py", "from inpaint_tf.masks import drawer"),
        ("training/x.py", "from inpaint_tf.evaluation.scores.psnr_and_ssim import psnr"),
        ("training/x.py", "from inpaint_tf import compositing"),
        ("training/x.py", "from inpaint_tf import __version__"),
        ("networks/x.py", "import inpaint_tf.networks.layers.dilation"),
        ("commands/x.py", "import inpaint_tf"),
        ("masks/x.py", "KINDS = {'box': 'inpaint_tf.masks.box:Box'}"),
        ("__init__.py", "from inpaint_tf.commands import train"),
    ],
)
def test_right_imports_pass(tmp_path, name, line):
    assert list(wrong_imports(write(tmp_path, {name: line}))) == []


WRONG = """
data/x.py: from inpaint_tf.engines import active_engine -> engines.active_engine
data/x.py: from inpaint_tf.data.sample_faces import draw_face -> data.sample_faces
compositing.py: import inpaint_tf.masks.hole_drawer -> masks.hole_drawer
masks/x.py: from inpaint_tf import weights -> weights
masks/x.py: from inpaint_tf import Inpainter -> Inpainter
masks/x.py: import inpaint_tf -> inpaint_tf
masks/x.py: from . import drawer -> .
masks/x.py: KINDS = {'box': 'inpaint_tf.training.box:Box'} -> training.box
networks/layers/x.py: from inpaint_tf.networks import discriminators -> networks.discriminators
evaluation/x.py: from inpaint_tf.training import trainer -> training.trainer
training/x.py: from inpaint_tf.evaluation import runner -> evaluation.runner
evaluation/scores/x.py: import inpaint_tf.evaluation.runner -> evaluation.runner
doctor/x.py: from inpaint_tf.commands.parsing import flags -> commands.parsing.flags
errors.py: def f(): from inpaint_tf.default_config import x -> default_config
"""
"""File, a line in it, and the module that the line must not import."""


@pytest.mark.parametrize("case", WRONG.strip().splitlines())
def test_a_wrong_import_is_found(tmp_path, case):
    name, line, named = re.fullmatch(r"(\S+): (.*) -> (\S+)", case).groups()
    [found] = wrong_imports(write(tmp_path, {name: line}))
    assert found.startswith(f"{name}:1 imports {named}")


def test_a_file_outside_all_rooms_is_found(tmp_path):
    package = write(tmp_path, {"cellar.py": ""})
    assert list(wrong_imports(package)) == ["cellar.py is in no room; add it to the table"]


def test_crowded_and_undocumented_folders_are_found(tmp_path):
    files = {f"data/{index}.py": "" for index in range(13)}
    files["masks/__init__.py"] = "import numpy"
    files |= {f"{index}.txt": "" for index in range(13)}
    package = write(tmp_path, files)
    (package / "__pycache__").mkdir()
    assert list(crowded(package)) == ["inpaint_tf/data has 13 modules"]
    (package / "one_more.txt").touch()
    assert next(crowded(package)) == "inpaint_tf has 17 entries, over 16"
    assert list(undocumented(package)) == ["inpaint_tf/masks"]
