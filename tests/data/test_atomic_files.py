"""Files appear whole or not at all, and what a kill left of them does not pile up."""

import errno

import pytest

from inpaint_tf.data.atomic_files import write_text, write_whole
from inpaint_tf.data.paths import file_lock


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_a_kill_left_is_overwritten(tmp_path):
    class Killed(BaseException):
        pass

    path = tmp_path / "a.txt"
    writing = write_whole(path)
    writing.__enter__().write(b"half of a long text")
    [temporary] = names(tmp_path)
    assert not writing.__exit__(Killed, Killed(), None)
    assert names(tmp_path) == []
    (tmp_path / temporary).write_bytes(b"half of a long text")  # as a kill leaves it
    write_text(path, "short")
    assert names(tmp_path) == ["a.txt"]
    assert path.read_text() == "short"


def test_two_writers_of_one_file_do_not_meet(tmp_path):
    path = tmp_path / "a.txt"
    with write_whole(path) as first:
        with write_whole(path) as second:
            assert len(names(tmp_path)) == 2
            second.write(b"second")
        assert path.read_text() == "second"
        first.write(b"first")
    assert path.read_text() == "first"
    assert names(tmp_path) == ["a.txt"]


def test_a_file_system_without_locks_is_written_too(tmp_path, monkeypatch):
    def refuse(descriptor, operation):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(file_lock.fcntl, "flock", refuse)
    write_text(tmp_path / "a.txt", "text")
    assert (tmp_path / "a.txt").read_text() == "text"
    assert names(tmp_path) == ["a.txt"]


def test_an_error_names_the_file(tmp_path):
    with pytest.raises(OSError, match=r"none/a\.txt"):
        write_text(tmp_path / "none" / "a.txt", "text")
