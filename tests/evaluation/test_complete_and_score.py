"""Batch testing: sizes are kept apart, failures are named, an interrupted test goes on."""

import numpy as np
import pytest

from inpaint_tf.data import photo_files, picture_files
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.complete_and_score import (
    _batches_of_equal_size,
    _read_ahead,
    complete_and_score,
)
from inpaint_tf.evaluation.methods.baselines import BaselineMethod
from inpaint_tf.evaluation.methods.network import NetworkMethod
from inpaint_tf.evaluation.pairing import find_pairs
from inpaint_tf.evaluation.results_folder import Results


class GreyInpainter:
    """Fills every hole with grey and remembers the shapes of its batches."""

    hole_fill = "grey"

    def __init__(self, stop_after=None):
        self.batches = []
        self.stop_after = stop_after

    def complete_with_raw(self, images, masks, batch_size, blend):
        assert not blend
        assert len(images) <= batch_size
        if len(self.batches) == self.stop_after:
            raise KeyboardInterrupt
        self.batches.append(np.stack(images).shape)  # stacks only equal sizes
        if images[0].shape[1] > 100:
            raise UserError("a picture of 120x8 pixels needs more memory")
        raw = [np.full_like(image, 128) for image in images]
        composite = [
            np.where(mask[..., None], 128, image).astype(np.uint8)
            for image, mask in zip(images, masks, strict=True)
        ]
        return composite, raw


@pytest.fixture
def folder(tmp_path):
    source = tmp_path / "in"
    (source / "sub").mkdir(parents=True)
    rng = np.random.default_rng(0)
    for index in range(7):
        size = (16, 16) if index % 2 else (12, 20)
        image = rng.integers(0, 256, (*size, 3), np.uint8)
        picture_files.write_png(source / ("sub" if index > 4 else "") / f"{index}.png", image)
    (tmp_path / "out").mkdir()
    return tmp_path


def run(folder, inpainter, output="out", batch_size=8, **options):
    pairs = find_pairs(folder / "in")
    (folder / output).mkdir(exist_ok=True)
    results = Results(folder / output, {}, dict.fromkeys((pair.name for pair in pairs), ""))
    method = inpainter
    if isinstance(inpainter, GreyInpainter):
        method = NetworkMethod(inpainter, "grey", batch_size)
    complete_and_score(method, pairs, results, batch_size=batch_size, **options)
    return results, [pair.name for pair in pairs]


def test_every_picture_is_written_and_scored(folder):
    inpainter = GreyInpainter()
    results, names = run(folder, inpainter, batch_size=2)
    summary = results.finish(names)
    assert (summary["images"], summary["failed"]) == (7, 0)
    assert sum(shape[0] for shape in inpainter.batches) == 7
    for name in names:
        truth = picture_files.read_image(folder / "in" / name)
        completed = picture_files.read_image(folder / "out" / name)
        height, width = truth.shape[:2]
        known = np.ones((height, width), bool)
        known[height // 4 : height // 4 + height // 2, width // 4 : width // 4 + width // 2] = False
        np.testing.assert_array_equal(completed[known], truth[known])
        assert (completed[~known] == 128).all()
        assert results.row(name)["hole_share"] == 0.25
    psnr = summary["full"]["composite"]["psnr"] - summary["hole"]["composite"]["psnr"]
    assert psnr == pytest.approx(6.02, abs=0.01)  # a quarter of the area


def test_size_brings_all_pictures_into_the_same_batches(folder):
    inpainter = GreyInpainter()
    run(folder, inpainter, batch_size=4, size=8)
    assert inpainter.batches == [(4, 8, 8, 3), (3, 8, 8, 3)]


def test_failures_are_named_and_the_others_go_on(folder):
    (folder / "in" / "bad.jpg").write_text("not a picture")
    picture_files.write_png(folder / "in" / "dot.png", np.zeros((1, 1, 3), np.uint8))
    picture_files.write_png(folder / "in" / "wide.png", np.zeros((8, 120, 3), np.uint8))
    results, names = run(folder, GreyInpainter())
    assert results.finish(names)["images"] == 7
    reasons = {path.rsplit("/", 1)[1]: reason for path, reason in results.failures.items()}
    assert set(reasons) == {"bad.jpg", "dot.png", "wide.png"}
    assert "too small for a centre hole" in reasons["dot.png"]
    assert "memory" in reasons["wide.png"]


def test_the_bar_says_why_the_first_batch_of_a_network_takes_long(folder, capsys):
    run(folder, BaselineMethod("mean"))
    assert "builds the graph" not in capsys.readouterr().err
    run(folder, GreyInpainter(), output="network")
    first, *_, last = capsys.readouterr().err.split("the first batch builds the graph")
    assert " 0/7 " in first
    assert " 7/7 " in last


def test_an_interrupted_test_ends_in_the_bytes_of_one_go(folder):
    whole, names = run(folder, GreyInpainter(), output="whole", batch_size=2)
    with pytest.raises(KeyboardInterrupt):
        run(folder, GreyInpainter(stop_after=2), batch_size=2)
    second = GreyInpainter()
    results, _ = run(folder, second, batch_size=2)
    assert whole.finish(names) == results.finish(names)
    summaries = [(folder / place / "summary.json").read_bytes() for place in ("whole", "out")]
    assert summaries[0] == summaries[1]
    third = GreyInpainter()
    run(folder, third, batch_size=2)
    assert third.batches == []


def test_batches_are_those_of_one_go_whatever_is_done(folder):
    """A network may round differently beside other pictures."""
    whole = GreyInpainter()
    run(folder, whole, output="whole", batch_size=2)
    results, names = run(folder, GreyInpainter(), batch_size=2)
    results.finish(names)
    (folder / "out" / names[1]).unlink()
    again = GreyInpainter()
    run(folder, again, batch_size=2)
    assert len(again.batches) == 1
    assert again.batches[0] in whole.batches
    assert again.batches[0][0] == 2  # the lost picture beside the one it was with


def test_a_baseline_goes_on_with_what_is_missing(folder):
    results, names = run(folder, BaselineMethod("telea"))
    first = results.finish(names)
    assert first["images"] == 7
    (folder / "out" / names[3]).unlink()
    results, _ = run(folder, BaselineMethod("telea"))
    assert results.finish(names) == first
    assert (folder / "out" / names[3]).exists()


def test_a_disk_that_refuses_stops_the_test(folder, monkeypatch):
    def refuse(path, image, source):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(photo_files, "write_described_png", refuse)
    with pytest.raises(OSError, match="No space left"):
        run(folder, GreyInpainter(), batch_size=2)


def test_mixed_sizes_do_not_pile_up():
    loaded = [(index, np.zeros((index % 5 + 1, 1, 3)), None) for index in range(20)]
    held, most = 0, 0

    def counted():
        nonlocal held, most
        for entry in loaded:
            held += 1
            most = max(most, held)
            yield entry

    seen = []
    for batch in _batches_of_equal_size(counted(), batch_size=4, held=6):
        held -= len(batch)
        assert len({entry[1].shape for entry in batch}) == 1
        seen += [entry[0] for entry in batch]
    assert sorted(seen) == list(range(20))
    assert most <= 6


def test_reads_ahead_in_order_and_no_further_than_asked():
    taken, failed = [], []

    def items():
        for item in range(10):
            taken.append(item)
            yield item

    def read(item):
        if item == 5:
            raise UserError("not a picture")
        return "image", "mask"

    reads = _read_ahead(items(), read, 3, lambda item, error: failed.append((item, str(error))))
    assert next(reads) == (0, "image", "mask")
    assert taken == [0, 1, 2, 3]  # the next three are under way
    assert [item for item, *_ in reads] == [1, 2, 3, 4, 6, 7, 8, 9]
    assert failed == [(5, "not a picture")]


def test_a_batch_that_fails_later_fails_only_what_is_not_done(folder):
    results, names = run(folder, GreyInpainter(), batch_size=4)
    results.finish(names)
    lost = next(name for name in names if results.row(name)["width"] == 20)
    (folder / "out" / lost).unlink()

    class Failing(GreyInpainter):
        def complete_with_raw(self, images, masks, batch_size, blend):
            raise UserError("no memory")

    again, _ = run(folder, Failing(), batch_size=4)
    assert again.failures == {str(folder / "in" / lost): "no memory"}
    assert again.finish(names)["images"] == 6


def test_a_name_that_is_too_long_fails_alone(folder):
    long = "x" * 251
    for ending in (".jpg", ".png"):  # results are called x.jpg.png and x.png.png
        picture_files.write_png(folder / "in" / (long + ending), np.zeros((16, 16, 3), np.uint8))
    for method in (GreyInpainter(), BaselineMethod("telea")):
        results, names = run(folder, method)
        assert results.finish(names)["images"] == 7
        assert set(results.failures) == {str(folder / "in" / (long + e)) for e in (".jpg", ".png")}
        assert "too long" in next(iter(results.failures.values()))
