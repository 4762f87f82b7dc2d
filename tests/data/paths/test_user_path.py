"""One reading of the paths that users give, by all commands."""

from pathlib import Path

import pytest

from inpaint_tf.data import open_source, pack
from inpaint_tf.data.paths.user_path import expand, user_path
from inpaint_tf.data.sample_faces import write_sample_faces
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.settings import EvaluationSettings
from inpaint_tf.inference.export import savedmodel
from inpaint_tf.weights.locate import find_weights


def test_the_home_folder_and_nothing_else_is_expanded(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    assert expand("~/faces/*.png") == "/home/me/faces/*.png"
    assert user_path("~") == Path("/home/me")
    for path in ("faces~/x", "./~/x", "a:b/c", "C:/x", "tfds:celeb_a_hq/256", "center", ""):
        assert expand(path) == path


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("gs://bucket/x", "--output=gs://bucket/x is an address, and only"),
        ("s3://bucket/x", "--output=s3://bucket/x is an address, and only"),
        ("~nobody-of-this-name/x", "there is no user nobody-of-this-name; .* ./~nobody"),
    ],
)
def test_what_would_become_an_odd_folder_is_refused(path, message):
    with pytest.raises(UserError, match=message):
        expand(path, "--output")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home folder, and an empty current one in which nothing may appear."""
    (tmp_path / "home").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "here")
    yield tmp_path / "home"
    assert list((tmp_path / "here").iterdir()) == []


def test_every_reader_and_writer_of_paths_takes_the_home_folder(home, pictures):
    write_sample_faces("~/drawn", 1, 16)
    assert [path.name for path in (home / "drawn").iterdir()] == ["face_00000.png"]
    assert pack.check_output("~/x.npy", overwrite=False) == home / "x.npy"
    assert savedmodel.check_output("~/model", overwrite=False) == home / "model"
    (home / "a.weights.h5").touch()
    assert find_weights("~/a.weights.h5") == home / "a.weights.h5"
    assert open_source("~/drawn").paths == [home / "drawn" / "face_00000.png"]
    settings = EvaluationSettings(
        images="~/in",
        output=Path("~/out"),
        masks="~/m",
        predictions="~/p",
        weights="~/w",
        lpips="~/l",
    )
    assert (settings.images, settings.output) == (str(home / "in"), home / "out")
    assert (settings.masks, settings.lpips) == (str(home / "m"), str(home / "l"))
    assert (settings.predictions, settings.weights) == ((str(home / "p"),), (str(home / "w"),))


@pytest.mark.parametrize(
    "use",
    [
        lambda: write_sample_faces("gs://b/x", 1, 16),
        lambda: pack.check_output("gs://b/x.npy", overwrite=False),
        lambda: savedmodel.check_output("gs://b/x", overwrite=False),
        lambda: find_weights("gs://b/x"),
        lambda: open_source("gs://b/x"),
        lambda: EvaluationSettings(images="in", output="gs://b/x"),
    ],
)
def test_every_reader_and_writer_of_paths_refuses_addresses(use, home):
    with pytest.raises(UserError, match=r"gs://b/x.* is an address"):
        use()
