import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from small import SETTINGS

from inpaint_tf.data.sources import named_items, open_source
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


@pytest.fixture
def packed(tmp_path):
    """Packs files of a folder by their numbers; returns the cache as test.py takes it."""

    def pack(name, numbers, named=True):
        path = tmp_path / f"{name}.npy"
        np.save(path, np.zeros((len(numbers), 8, 8, 3), np.uint8))
        if named:
            names = "".join(f"sub/{number}.jpg\n" for number in numbers)
            Path(f"{path}.names.txt").write_text(names)
        return path

    return pack


def of(cache):
    """The pairs of a test of a packed cache."""
    return [Pair(item) for _, item in named_items(open_source(cache))]


def trained_on(run, cache, *held_out):
    """Have the run's record say that it was trained on a cache but for some rows."""
    (run / "config.json").write_text(json.dumps({"data": {"train": str(cache)}}))
    (run / "held_out.txt").write_text("".join(f"{cache}#{row}\n" for row in held_out))


@pytest.mark.parametrize("named", [True, False])
def test_rows_of_one_cache_are_the_same_pictures(run, packed, named):
    cache = packed("faces", range(5), named)
    trained_on(run, cache, 1, 4)
    [line] = remarks([str(run)], of(cache))
    assert "was trained on 3 of these 5 pictures: its scores are too good; others" in line
    assert list(remarks([str(run)], of(run / "held_out.txt"))) == []


def test_a_run_on_photos_and_a_test_of_a_cache_compare_names(run, packed):
    [line] = remarks([str(run)], of(packed("other", [0, 2, 3, 7])))
    assert "was trained on 2 of these 4 pictures, by their names: if they are the same" in line
    assert list(remarks([str(run)], of(packed("numbers", [0, 2, 3], named=False)))) == []


def test_a_run_on_a_cache_and_a_test_of_photos_or_another_cache_compare_names(
    run, packed, tmp_path
):
    trained_on(run, packed("faces", [0, 1, 2]), 2)
    photos = [Pair(tmp_path / "faces" / f"{index}.png") for index in range(4)]
    for pairs in (photos, of(packed("smaller", [0, 1, 2, 9]))):
        [line] = remarks([str(run)], pairs)
        assert "was trained on 2 of these 4 pictures, by their names: if they" in line
    trained_on(run, packed("numbers", range(4), named=False))
    assert list(remarks([str(run)], photos)) == []


def test_folders_count_where_names_are_used_again(run, tmp_path):
    cache = tmp_path / "people.npy"
    np.save(cache, np.zeros((3, 8, 8, 3), np.uint8))
    Path(f"{cache}.names.txt").write_text("ann/0.jpg\nbob/0.jpg\nbob/1.jpg\n")
    trained_on(run, cache)
    pairs = [Pair(tmp_path / name) for name in ("ann/0.png", "cid/0.png", "bob/1.png")]
    [line] = remarks([str(run)], pairs)
    assert "was trained on 2 of these 3 pictures, by their names" in line


def test_a_run_on_a_list_knows_the_files_of_it(run, tmp_path):
    (tmp_path / "list.txt").write_text("faces/1.png\nfaces/2.png\n")
    (run / "config.json").write_text(json.dumps({"data": {"train": str(tmp_path / "list.txt")}}))
    pairs = [Pair(tmp_path / place) for place in ("faces/1.png", "faces/0.png", "other/2.png")]
    [line] = remarks([str(run)], pairs)
    assert "was trained on 1 of these 3 pictures: its scores" in line
