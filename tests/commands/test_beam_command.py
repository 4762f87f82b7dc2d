"""`inpaint-tf beam` against `inpaint-tf complete`; the pipeline runs where Apache Beam is."""

import importlib.util
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from inpaint_tf.commands.photos import dead_letters, for_workers, job_files, record
from inpaint_tf.commands.photos.beam import complete_by_beam
from inpaint_tf.commands.photos.complete import complete_photos
from inpaint_tf.commands.photos.jobs import Completer, Job, find_jobs
from inpaint_tf.data.sources import Item
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.pairing import Pair


@pytest.fixture
def arguments(arguments, pictures, tmp_path):
    """Those of `complete`, for three photos of which one is damaged, and one mask for all."""
    damaged = pictures / "1.png"
    damaged.write_bytes(damaged.read_bytes()[:200])
    mask = np.zeros((64, 64), np.uint8)
    mask[20:40, 10:30] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    arguments.masks, arguments.output = str(tmp_path / "mask.png"), str(tmp_path / "beam")
    arguments.beam = ""
    return arguments


@pytest.fixture
def counters(monkeypatch):
    """A function that gives the counters of the pipeline that ran last, {name: number}."""
    beam = pytest.importorskip("apache_beam")
    results, run = [], beam.Pipeline.run

    def remember(pipeline):
        results.append(run(pipeline))
        return results[-1]

    def read():
        found = results[-1].metrics().query()["counters"]
        return {
            m.key.metric.name: m.result for m in found if m.key.metric.namespace == "inpaint_tf"
        }

    monkeypatch.setattr(beam.Pipeline, "run", remember)
    return read


def written(folder):
    return {path.name: path.read_bytes() for path in Path(folder).glob("*.png")}


def test_without_beam_one_line_says_what_to_install(arguments, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'inpaint-tf\[beam\]'"):
        complete_by_beam(arguments)
    assert not Path(arguments.output).exists()


def test_a_dead_letter_is_one_line_with_one_tab_whatever_the_name(tmp_path):
    line = dead_letters.line("a\tb\nc\udcff.png", "no mask for a\nb\rc \udcfe, é")
    assert line == r"a\tb\nc\xff.png" + "\t" + r"no mask for a\nb\rc \xfe, é"
    assert dead_letters.count(tmp_path / dead_letters.FILE) == 0
    (tmp_path / dead_letters.FILE).write_text(f"{line}\nx\u2028\ty\n", encoding="utf-8")
    assert dead_letters.count(tmp_path / dead_letters.FILE) == 2


def test_workers_get_whole_paths(arguments, monkeypatch):
    monkeypatch.chdir(Path(arguments.images).parent)
    arguments.images, arguments.output = os.path.relpath(arguments.images), "completed"
    arguments.masks = os.path.relpath(arguments.masks)
    first = find_jobs(arguments).jobs[0]
    told = for_workers.job(first)
    assert told.pair.image == Path.cwd() / first.pair.image
    assert told.pair.mask == Path.cwd() / arguments.masks
    assert told.target == Path.cwd() / "completed" / "0.png"
    assert told.pair.name == first.pair.name


def test_a_mask_in_a_cache_would_travel_with_each_photo():
    source = SimpleNamespace(entry=lambda index: f"masks.npy#{index}")
    job = Job(Pair("a.png", Path("a.png"), Item(source, 3)), Path("out/a.png"), None)
    with pytest.raises(UserError, match=r"masks\.npy#3 is no file"):
        for_workers.job(job)


def test_workers_take_the_same_weights_and_detector(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert for_workers.settings(arguments).weights == "faces256"
    (tmp_path / "own.weights.h5").touch()
    arguments.weights, arguments.detector = "own.weights.h5", "auto"
    told = for_workers.settings(arguments)
    assert told.weights == str(tmp_path / "own.weights.h5")
    assert told.detector in ("mtcnn", "haar")
    arguments.weights = "nowhere.weights.h5"
    with pytest.raises(UserError, match="no weights at nowhere"):
        for_workers.settings(arguments)


def test_jobs_come_back_from_their_files_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(job_files, "JOBS_PER_FILE", 2)
    jobs = [Job(Pair(f"{i}.png", Path(f"{i}.png"), "center"), Path(str(i)), None) for i in range(5)]
    files = job_files.write_jobs(jobs, tmp_path / "jobs")
    assert len(files) == 3
    assert [job for file in files for job in job_files.read_jobs(file)] == jobs


@pytest.mark.filterwarnings("ignore")  # of Beam's own dependencies
@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ('--x="', r'--beam=--x=": No closing quotation'),
        ("--direct_num_workers=two", "argument --direct_num_workers: invalid int value: 'two'"),
        ("--runner=NoRunner", "Beam: Unexpected pipeline runner: NoRunner"),
    ],
)
def test_flags_that_beam_refuses_are_told_in_one_line(arguments, flags, message):
    pytest.importorskip("apache_beam")
    arguments.beam = flags
    with pytest.raises(UserError, match=message) as caught:
        complete_by_beam(arguments)
    assert "\n" not in str(caught.value)
    assert not list(Path(arguments.output).glob("[!.]*"))


@pytest.mark.filterwarnings("ignore")
def test_the_same_bytes_as_complete_and_the_damaged_photo_among_the_dead_letters(
    arguments, tmp_path, counters, capsys
):
    with pytest.raises(UserError, match=r"1 photo was not completed; see .*failed\.txt"):
        complete_by_beam(arguments)
    assert counters() == {"completed": 2, "failed": 1, "skipped": 0}
    by_beam = Path(arguments.output)
    [line] = (by_beam / dead_letters.FILE).read_text().splitlines()
    path, reason = line.split("\t")
    assert path == str(Path(arguments.images) / "1.png")
    assert reason
    first = written(by_beam)
    assert sorted(first) == ["0.png", "2.png"]

    (by_beam / "0.png").unlink()  # as after a kill
    (by_beam / ".jobs-of-a-killed-run").mkdir()
    with pytest.raises(UserError, match="1 photo was"):
        complete_by_beam(arguments)
    assert "1 of 3 photos is there already" in capsys.readouterr().out
    assert counters() == {"completed": 1, "failed": 1, "skipped": 1}
    there = {"0.png", "2.png", dead_letters.FILE, record.FILE}
    assert {path.name for path in by_beam.iterdir()} == there
    arguments.grow = 3
    with pytest.raises(UserError, match=r"other settings: grow 0 \(now 3\); add --overwrite"):
        complete_by_beam(arguments)
    arguments.grow = 0

    arguments.output = str(tmp_path / "alone")
    assert complete_photos(arguments) == 1
    assert written(tmp_path / "alone") == first == written(by_beam)

    arguments.output = str(by_beam)  # what one of the two began, the other goes on with
    assert complete_photos(arguments) == 1
    assert "2 of 3 photos are there already\n" in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore")
def test_dead_letters_of_an_earlier_run_go_when_all_photos_are_there(arguments, capsys):
    pytest.importorskip("apache_beam")
    output = Path(arguments.output)
    output.mkdir()
    for name in ("0.png", "1.png", "2.png", dead_letters.FILE):
        (output / name).touch()
    assert complete_by_beam(arguments) == 0
    assert "written down for 3, as by earlier versions: add --overwrite" in capsys.readouterr().out
    assert not (output / dead_letters.FILE).exists()


@pytest.mark.skipif(sys.platform == "darwin", reason="its names are UTF-8")
@pytest.mark.filterwarnings("ignore")
def test_neither_odd_names_nor_unknown_errors_nor_files_in_the_way_stop_the_others(
    arguments, monkeypatch
):
    pytest.importorskip("apache_beam")
    images, output = Path(arguments.images), Path(arguments.output)
    damaged, crashing = images / "odd\udcff.png", images / "crash.png"
    (images / "1.png").rename(damaged)
    (images / "0.png").rename(crashing)
    output.mkdir()
    (images / "folder").mkdir()
    (images / "folder" / "a.png").write_bytes((images / "2.png").read_bytes())
    (output / "folder").touch()  # where a folder has to be
    complete = Completer.__call__

    def crash(self, job):
        if job.pair.image.name == crashing.name:
            raise ValueError("never seen\nbefore")
        return complete(self, job)

    monkeypatch.setattr(Completer, "__call__", crash)
    with pytest.raises(UserError, match="3 photos were not completed"):
        complete_by_beam(arguments)
    lines = dict(line.split("\t") for line in (output / dead_letters.FILE).read_text().splitlines())
    assert sorted(lines) == [str(crashing), f"{images}/folder/a.png", f"{images}/odd\\xff.png"]
    assert lines[str(crashing)] == "ValueError: never seen before"
    assert "File exists" in lines[f"{images}/folder/a.png"]
    assert list(written(output)) == ["2.png"]
