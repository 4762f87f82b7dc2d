"""The demo types commands that exist, in the order of the work. All of it takes minutes."""

import subprocess
import sys
from pathlib import Path

import pytest

import inpaint_tf
from inpaint_tf.commands import demo
from inpaint_tf.errors import UserError

ROOT = Path(inpaint_tf.__file__).parents[1]


@pytest.fixture
def typed(monkeypatch, tmp_path):
    """The commands of a demo that runs none of them."""
    commands = []
    monkeypatch.setattr(demo, "run", lambda *arguments: commands.append(arguments))
    monkeypatch.setattr(demo, "run_saved_model", lambda *paths: None)
    monkeypatch.setattr(demo, "compare_with_telea", lambda folder: ("ours", True))
    assert demo.run_demo(tmp_path) == 0
    return commands


def test_the_demo_goes_the_whole_way(typed):
    names = [command[0] for command in typed]
    drawing = ["sample-faces", "sample-faces"]
    assert names == ["sample-faces", "test", *drawing, "train", "test", "export"]
    assert "--config=quickstart" in typed[4]


def test_every_flag_of_the_demo_exists(typed):
    for name in {command[0] for command in typed}:
        shown = subprocess.run(
            [sys.executable, "-m", "inpaint_tf", name, "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        flags = {flag.split("=")[0] for command in typed if command[0] == name for flag in command}
        for flag in flags - {name}:
            flag = "--config" if flag.startswith("--config.") else flag
            assert f"  {flag}:" in shown or f"  --[no]{flag[2:]}:" in shown


def test_a_step_runs_from_any_folder_and_a_failed_one_stops(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert demo.draw(tmp_path / "drawn", 2, 32, first_seed=7) == tmp_path / "drawn"
    assert len(list((tmp_path / "drawn").glob("*.*"))) == 2
    assert "inpaint-tf sample-faces --output=" in capfd.readouterr().out
    with pytest.raises(UserError, match="the demo stopped, see above; the same command goes on"):
        demo.run("sample-faces", "--count=0")
