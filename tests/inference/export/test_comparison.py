"""The comparison of a written model with the Inpainter."""

import numpy as np
import pytest
from inference.export.models import small_inpainter

from inpaint_tf.errors import UserError
from inpaint_tf.inference.export.comparison import EXACT, ROUNDED, compare, sample


@pytest.fixture(scope="module")
def inpainter():
    return small_inpainter()


def changed(inpainter, pixels, by, where):
    """A model that is off by `by` at the first `pixels` of the hole (or outside of it)."""

    def complete(image, mask):
        completed = inpainter.complete(image, mask)
        at = np.argwhere((mask[0, ..., 0] > 0) == (where == "hole"))[:pixels]
        level = completed[0, at[:, 0], at[:, 1], 1].astype(int)
        completed[0, at[:, 0], at[:, 1], 1] = np.where(level > 127, level - by, level + by)
        return completed

    return complete


def test_the_sample_has_a_hole_inside_and_one_at_the_border():
    image, mask = sample(96, 64)
    assert image.shape == (1, 96, 64, 3)
    assert mask.shape == (1, 96, 64, 1)
    assert image.std() > 20
    assert mask[0, 48, 32, 0] == mask[0, 95, 0, 0] == 255
    assert 0.2 < np.mean(mask > 0) < 0.4


def test_counts_pixels_of_the_hole(inpainter):
    hole = np.count_nonzero(sample(64, 48)[1])
    found = compare(changed(inpainter, 1, 1, "hole"), inpainter, 64, 48, ROUNDED)
    assert (found.largest, found.within, found.known_equal) == (1, 1.0, True)
    assert found.equal == 1 - 1 / hole
    assert "48x64: largest difference 1 of 255" in str(found)
    # One of 864 pixels is more than a thousandth.
    with pytest.raises(UserError, match="largest difference 2 of 255"):
        compare(changed(inpainter, 1, 2, "hole"), inpainter, 64, 48, ROUNDED)
    with pytest.raises(UserError, match="100 % must be within 0"):
        compare(changed(inpainter, 1, 1, "hole"), inpainter, 64, 48, EXACT)


def test_known_pixels_must_stay(inpainter):
    with pytest.raises(UserError, match="known pixels are changed"):
        compare(changed(inpainter, 1, 1, "known"), inpainter, 64, 48, ROUNDED)


def test_another_form_is_refused(inpainter):
    with pytest.raises(UserError, match="returns float32 of shape"):
        compare(lambda image, mask: image.astype("float32"), inpainter, 64, 48, ROUNDED)
