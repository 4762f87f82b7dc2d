"""What holds for every input, tried on many by hypothesis."""

import string
import tempfile
from pathlib import Path, PurePosixPath

import numpy as np
import pytest

hypothesis = pytest.importorskip("hypothesis", reason="the extra 'dev' is not installed")
from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from inpaint_tf.data.paths.user_path import expand  # noqa: E402
from inpaint_tf.data.picture_files import crop_square, encode_png, read_image, resize  # noqa: E402
from inpaint_tf.errors import UserError  # noqa: E402
from inpaint_tf.evaluation.pairing import output_names  # noqa: E402
from inpaint_tf.training.run_log import MetricsFile  # noqa: E402

# The same inputs in every run, and no time limit: machines differ.
settings.register_profile("fixed", derandomize=True, deadline=None, max_examples=60, database=None)
settings.load_profile("fixed")

SIDES = st.integers(1, 40)


@given(SIDES, SIDES, st.integers(0, 2**32 - 1))
def test_a_png_comes_back_byte_for_byte(height, width, seed):
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    np.testing.assert_array_equal(read_image(encode_png(image)), image)


@given(SIDES, SIDES, SIDES, SIDES, st.integers(0, 255), st.booleans())
def test_resizing_gives_the_size_and_keeps_a_flat_colour(height, width, tall, wide, level, nearest):
    image = np.full((height, width, 3), level, np.uint8)
    resized = resize(image, tall, wide, nearest=nearest)
    assert resized.shape == (tall, wide, 3)
    assert (resized == level).all()


@given(SIDES, SIDES)
def test_the_square_is_the_largest_in_the_middle(height, width):
    rows, columns = np.mgrid[:height, :width]
    square = crop_square(np.stack([rows, columns], axis=-1))
    side = min(height, width)
    assert square.shape[:2] == (side, side)
    assert square[0, 0].tolist() == [(height - side) // 2, (width - side) // 2]


NAMES = st.text("aAbé.", min_size=1, max_size=3).filter(lambda name: name.strip("."))
ENDINGS = st.sampled_from([".png", ".PNG", ".jpg", ".webp"])


@given(st.lists(st.builds(str.__add__, NAMES, ENDINGS), unique_by=str.casefold, max_size=8))
def test_results_have_names_of_their_own(names):
    found = output_names([PurePosixPath(name) for name in names])
    assert len({name.casefold() for name in found}) == len(names)
    assert all(name.endswith(".png") for name in found)


@given(st.text(string.printable, max_size=12))
def test_a_path_is_expanded_once_or_refused(text):
    try:
        found = expand(text)
    except UserError:
        assert text.startswith("~") or "://" in text
        return
    assert found == text or text.startswith("~")
    assert expand(found) == found


ROWS = st.lists(st.tuples(st.floats(), st.floats(allow_nan=False)), max_size=5)


@given(ROWS, st.integers(0, 6), st.integers(0, 30))
@settings(max_examples=40)
def test_a_run_that_goes_on_keeps_the_rows_up_to_its_step(rows, step, cut):
    with tempfile.TemporaryDirectory() as folder:
        path, metrics = Path(folder, "metrics.csv"), MetricsFile(folder, ["a", "b"], 0)
        for number, (a, b) in enumerate(rows, 1):
            metrics.append(number, "coarse", {"a": a, "b": b})
        whole = path.read_text().splitlines()
        # A kill cuts the last row at any place behind its step.
        if rows and cut:
            path.write_bytes(path.read_bytes()[: -min(cut, len(whole[-1]) - 2)])
        MetricsFile(folder, ["a", "b"], step)
        kept = path.read_text().splitlines()
        count = min(step, len(rows))
        sure = count if not cut or count < len(rows) else max(count - 1, 0)
        assert kept[: sure + 1] == whole[: sure + 1]
        assert len(kept) <= count + 1
