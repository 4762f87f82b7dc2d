import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from small import SETTINGS

from inpaint_tf.evaluation.trained_on import remarks
from inpaint_tf.networks.generators.coarse_to_fine import build_generator
from inpaint_tf.weights.generator_file import save_generator


@dataclass
class Pair:
    image: Path


@pytest.fixture
def run(tmp_path):
    """A run's folder; its pictures 0 to 3 are in "faces", of which 3 was held out."""
    faces, run = tmp_path / "faces", tmp_path / "run"
    checkpoint = run / "checkpoints" / "step_00000002"
    checkpoint.mkdir(parents=True)
    faces.mkdir()
    for index in range(4):
        (faces / f"{index}.png").touch()
    save_generator(build_generator(4), checkpoint / "generator.weights.h5", SETTINGS)
    (checkpoint / "trainer.weights.h5").touch()
    (run / "config.json").write_text(json.dumps({"data": {"train": str(faces)}}))
    (run / "held_out.txt").write_text(f"{faces / '3.png'}\n")
    return run


def test_pictures_that_were_trained_on_are_told(run, tmp_path):
    pairs = [Pair(tmp_path / "faces" / f"{index}.png") for index in range(4)]
    [line] = remarks([str(run)], pairs)
    assert "was trained on 3 of these 4 pictures" in line
    assert f"others are in {run / 'held_out.txt'}" in line
    [line] = remarks([str(run / "checkpoints" / "step_00000002")], pairs)
    assert "trained on 3 of these 4" in line


def test_nothing_is_said_of_others(run, tmp_path):
    held_out, other = tmp_path / "faces" / "3.png", tmp_path / "other" / "0.png"
    assert list(remarks([str(run)], [Pair(held_out), Pair(other)])) == []
    assert list(remarks(["faces256", "nowhere"], [Pair(held_out)])) == []
    (run / "config.json").write_text("{")
    assert list(remarks([str(run)], [Pair(tmp_path / "faces" / "0.png")])) == []
