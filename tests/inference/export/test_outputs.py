"""A model appears whole or not at all, and what a kill leaves does not stay."""

import pytest

from inpaint_tf.inference.export.outputs import made_whole


def write(folder, text):
    folder.mkdir()
    (folder / "graph").write_text(text)


def write_and_fail(folder):
    write(folder, "new")
    raise RuntimeError("it is not what it should be")


def read(folder):
    return (folder / "graph").read_text()


def test_what_a_killed_export_left_is_removed_by_the_next(tmp_path):
    killed = made_whole(tmp_path / "model")
    write(killed.__enter__(), "half")  # and never left
    assert len(list(tmp_path.iterdir())) == 1
    with made_whole(tmp_path / "model") as path:
        write(path, "whole")
    assert [found.name for found in tmp_path.iterdir()] == ["model"]
    assert read(tmp_path / "model") == "whole"


def test_a_model_that_was_being_replaced_comes_back(tmp_path):
    write(tmp_path / "model", "old")
    killed = made_whole(tmp_path / "model")
    (tmp_path / "model").rename(killed.__enter__().parent / "old")  # as far as it came
    with pytest.raises(RuntimeError), made_whole(tmp_path / "model"):
        raise RuntimeError("the next one fails")
    assert read(tmp_path / "model") == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["model"]


def test_an_error_leaves_what_is_there(tmp_path):
    write(tmp_path / "model", "old")
    with pytest.raises(RuntimeError), made_whole(tmp_path / "model") as path:
        write_and_fail(path)
    assert read(tmp_path / "model") == "old"


def test_errors_name_the_output(tmp_path):
    with pytest.raises(OSError, match="model"), made_whole(tmp_path / "missing" / "model"):
        pass
