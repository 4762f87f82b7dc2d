import subprocess
import sys
import textwrap
from itertools import islice

import numpy as np
import pytest

from inpaint_tf.data import batches, in_order, open_source, split_source
from inpaint_tf.data.picture_files import UnreadableImage, write_png
from inpaint_tf.errors import UserError


class Numbers:
    """Pictures that show their number, some unreadable; longer than high by twice."""

    where, paths = "numbers", ()

    def __init__(self, count, bad=()):
        self.count, self.bad = count, set(bad)

    def __len__(self):
        return self.count

    def name(self, index):
        return f"{index}.png"

    def read(self, index):
        if index in self.bad:
            raise UnreadableImage(self.name(index), "damaged")
        columns = np.arange(16, dtype=np.uint8) * 10
        image = np.empty((8, 16, 3), np.uint8)
        image[..., 0], image[..., 1], image[..., 2] = index, columns, 0
        return image


def samples(stream, count):
    """The first `count` samples of a stream: uint8 (count, size, size, 3)."""
    found = []
    for batch in stream:
        found.extend(batch.reshape(-1, *batch.shape[-3:]))
        if len(found) >= count:
            return np.stack(found[:count])


def numbers(stream, count):
    return samples(stream, count)[:, 0, 0, 0].tolist()


def test_batch_has_the_shape_asked_for():
    batch = next(iter(batches(Numbers(9), 8, (6, 4), seed=0)))
    assert batch.shape == (6, 4, 8, 8, 3)
    assert batch.dtype == np.uint8


def test_every_epoch_shows_every_picture_once_in_a_new_order():
    stream = numbers(batches(Numbers(10), 8, (4,), seed=3), 30)
    epochs = [stream[:10], stream[10:20], stream[20:]]
    assert [sorted(epoch) for epoch in epochs] == [list(range(10))] * 3
    assert epochs[0] != epochs[1] != epochs[2]
    assert epochs[1] == np.random.default_rng([3, 1]).permutation(10).tolist()


def test_seed_changes_the_order():
    assert numbers(batches(Numbers(50), 8, (4,), 0), 50) != numbers(
        batches(Numbers(50), 8, (4,), 1), 50
    )


@pytest.mark.parametrize("start", [1, 8, 23, 100])
@pytest.mark.parametrize("crop", ["center", "random"])
def test_resumed_stream_goes_on_exactly(start, crop):
    source = Numbers(20, bad=[7])
    whole = samples(batches(source, 6, (2, 4), 5, crop=crop), start + 24)
    resumed = samples(batches(source, 6, (2, 4), 5, start=start, crop=crop), 24)
    assert np.array_equal(whole[start:], resumed)


def test_threads_do_not_change_the_stream():
    one, many = (
        samples(batches(Numbers(20), 6, (8,), 5, crop="random", parallel=parallel), 64)
        for parallel in (1, 8)
    )
    assert np.array_equal(one, many)


def test_random_crops_differ_from_sample_to_sample():
    left_edges = samples(batches(Numbers(1), 8, (8,), 0, crop="random"), 64)[:, 0, 0, 1]
    assert set(left_edges.tolist()) == {10 * left for left in range(9)}
    assert (samples(batches(Numbers(1), 8, (8,), 0), 8)[:, 0, 0, 1] == 40).all()


@pytest.mark.parametrize("size", [8, 12])
def test_packed_stream_equals_the_unpacked_one(tmp_path, size):
    rng = np.random.default_rng(0)
    array = rng.integers(0, 256, (12, 8, 8, 3), dtype=np.uint8)
    np.save(tmp_path / "a.npy", array)
    for index, image in enumerate(array):
        write_png(tmp_path / f"{index:06d}", image)
        (tmp_path / f"{index:06d}").rename(tmp_path / f"{index:06d}.png")
    packed = open_source(tmp_path / "a.npy")
    (tmp_path / "list.txt").write_text("".join(f"{index:06d}.png\n" for index in range(12)))
    listed = open_source(tmp_path / "list.txt")
    expected = samples(batches(listed, size, (2, 3), 1, start=4), 30)
    assert np.array_equal(samples(batches(packed, size, (2, 3), 1, start=4), 30), expected)
    # Also where the packed source is a part of a cache.
    part = split_source(packed, 4)[0]
    shown = samples(batches(part, 8, (4,), 0), 8)
    assert sorted(map(bytes, shown)) == sorted(bytes(array[i]) for i in part.indices)


def test_row_numbers_are_those_of_the_stream(tmp_path):
    np.save(tmp_path / "a.npy", np.stack([Numbers(9).read(i)[:, :8] for i in range(9)]))
    part = split_source(open_source(tmp_path / "a.npy"), 3)[0]
    stream = batches(part, 8, (2, 3), 4, start=5)
    for rows, shown in islice(zip(stream.row_numbers(), stream, strict=False), 4):
        assert rows.shape == (2, 3)
        assert np.array_equal(stream.packed_array[rows], shown)
    assert batches(part, 12, (2, 3), 4).packed_array is None  # another size is not packed


@pytest.mark.parametrize("packed", [False, True])
def test_shares_together_are_the_stream(tmp_path, packed):
    np.save(tmp_path / "a.npy", np.stack([Numbers(9).read(i)[:, :8] for i in range(9)]))
    source = open_source(tmp_path / "a.npy") if packed else Numbers(9, bad=[3])
    options = {"start": 5} if packed else {"start": 5, "crop": "random", "jitter": 0.2}
    shares = [batches(source, 8, (2, 6), 4, share=(place, 3), **options) for place in range(3)]
    streams = zip(batches(source, 8, (2, 6), 4, **options), *shares, strict=False)
    for whole, *parts in islice(streams, 4):
        assert np.array_equal(np.concatenate(parts, axis=1), whole)
    if packed:
        rows = zip(batches(source, 8, (2, 6), 4).row_numbers(), strict=True)
        parts = [batches(source, 8, (2, 6), 4, share=(k, 2)).row_numbers() for k in range(2)]
        for [whole], *halves in islice(zip(rows, *parts, strict=False), 4):
            assert np.array_equal(np.concatenate(halves, axis=1), whole)


@pytest.mark.parametrize("packed", [False, True])
def test_tf_dataset_is_the_same_stream(tmp_path, packed):
    np.save(tmp_path / "a.npy", np.stack([Numbers(9).read(i)[:, :8] for i in range(9)]))
    source = open_source(tmp_path / "a.npy") if packed else Numbers(9)
    stream = batches(source, 8, (2, 3), 4, start=5)
    assert stream.dataset.element_spec.shape == (2, 3, 8, 8, 3)
    from_tf = samples(stream.dataset.as_numpy_iterator(), 30)
    assert np.array_equal(from_tf, samples(stream, 30))


def test_unreadable_picture_is_replaced_by_the_next_and_named_once(caplog):
    stream = batches(Numbers(40, bad=[39]), 8, (4,), 0)
    assert sorted(numbers(stream, 80)) == sorted([0, 0, 0, 0, *list(range(1, 39)) * 2])
    assert len(stream.pictures.left_out) == 1
    assert caplog.text.count("39.png: damaged") == 1


@pytest.mark.parametrize(("count", "bad"), [(2, 1), (19, 1), (20, 1), (39, 1), (40, 2)])
def test_few_unreadable_pictures_are_forgiven(count, bad):
    assert len(numbers(batches(Numbers(count, range(bad)), 8, (4,), 0), 2 * count)) == 2 * count


@pytest.mark.parametrize(("count", "bad"), [(1, 1), (2, 2), (19, 2), (39, 2), (60, 4)])
def test_many_unreadable_pictures_stop_the_stream(count, bad):
    source = Numbers(count, range(bad))
    message = rf"{bad} of the {count} pictures in numbers cannot be read.*png: damaged"
    with pytest.raises(UserError, match=message):
        samples(batches(source, 8, (4,), 0), 2 * count)
    with pytest.raises(UserError, match=message):
        list(in_order(source, 8, 4))


def test_no_thread_of_tf_data_keeps_a_program_waiting():
    stream = batches(Numbers(10), 8, (3,), 0)
    assert not stream.dataset.options().autotune.enabled  # its thread sleeps for up to a minute


def test_tf_dataset_ends_where_pictures_are_unreadable(capfd):
    stream = batches(Numbers(40, range(3)), 8, (1,), 0)
    assert len(list(stream.dataset.as_numpy_iterator())) < 40
    assert isinstance(stream.error, UserError)
    assert "Traceback" not in capfd.readouterr().err


def test_tensors_raise_what_iterating_raises():
    stream = batches(Numbers(40, range(3)), 8, (1,), 0)
    with pytest.raises(UserError, match="3 of the 40 pictures"):
        list(stream.tensors())


def test_other_errors_reach_the_caller():
    source = Numbers(4)
    source.read = lambda index: 1 / 0
    with pytest.raises(ZeroDivisionError):
        next(iter(batches(source, 8, (4,), 0)))


def test_unknown_crop_and_negative_seed_are_refused():
    with pytest.raises(UserError, match="crop=middle must be one of: center, random"):
        batches(Numbers(4), 8, (4,), 0, crop="middle")
    with pytest.raises(UserError, match="at least 0, but is -1"):
        batches(Numbers(4), 8, (4,), -1)


def test_in_order_shows_readable_pictures_once():
    found = list(in_order(Numbers(10, bad=[3]), 8, 4))
    assert [name for part, _ in found for name in part] == [f"{i}.png" for i in range(10) if i != 3]
    assert [images.shape for _, images in found] == [(4, 8, 8, 3), (4, 8, 8, 3), (1, 8, 8, 3)]
    assert [int(image[0, 0, 0]) for _, images in found for image in images] == [
        *(0, 1, 2, 4, 5, 6, 7, 8, 9)
    ]


@pytest.mark.parametrize(
    ("limit", "lengths"), [(None, [4, 4, 2]), (5, [4, 1]), (4, [4]), (99, [4, 4, 2])]
)
def test_in_order_stops_at_the_limit(limit, lengths):
    assert [len(names) for names, _ in in_order(Numbers(10), 8, 4, limit)] == lengths


def test_extreme_pictures_are_resized(tmp_path):
    write_png(tmp_path / "dot.png", np.full((1, 1, 3), 9, np.uint8))
    write_png(tmp_path / "line.png", np.full((20, 20000, 3), 9, np.uint8))
    ((_, images),) = in_order(open_source(tmp_path), 16, 4)
    assert images.shape == (2, 16, 16, 3)
    assert (images == 9).all()


def test_program_ends_while_tf_data_reads_ahead(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((9, 64, 64, 3), np.uint8))
    script = f"""
        from inpaint_tf.data import batches, open_source
        stream = batches(open_source({str(tmp_path / "a.npy")!r}), 64, (8,), 0)
        iterator = stream.dataset.as_numpy_iterator()
        next(iterator)
        """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, timeout=60)


def test_iterating_needs_no_tensorflow(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((9, 8, 8, 3), np.uint8))
    script = f"""
        import sys
        sys.modules["tensorflow"] = None
        from inpaint_tf.data import batches, open_source
        next(iter(batches(open_source({str(tmp_path / "a.npy")!r}), 8, (8,), 0)))
        """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, timeout=60)


def test_stream_of_real_faces(faces):
    source = open_source(faces / "val")
    batch = next(iter(batches(source, 256, (2, 4), 0)))
    assert batch.shape == (2, 4, 256, 256, 3)
    assert 40 < batch.mean() < 200
    names, _ = next(in_order(source, 256, 4))
    assert names[0] == sorted(path.name for path in (faces / "val").iterdir())[0]
