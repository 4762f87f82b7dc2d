"""A sheet of pictures to look at after a test."""

import cv2
import numpy as np

from inpaint_tf.data import picture_files
from inpaint_tf.inference.error_map import ERROR_RANGE, error_map

CELL = 224
MARGIN = 8
TITLE_HEIGHT = 28
CAPTION_HEIGHT = 20
COLUMNS = ("input", "completed", "truth", f"error, 0 to {ERROR_RANGE}")


def contact_sheet(entries, hole_value):
    """One row a picture: input with its hole, completed, truth, and where they differ.

    entries: (caption, truth, completed, mask) each: text, twice (height, width, 3) uint8 RGB, and
      (height, width) uint8, 1 = hole. Pictures are brought to fit 224x224.
    hole_value: grey level 0..255 that covers the hole of the input.
    Returns uint8 RGB (rows * 252 + 36, 936, 3).
    """
    row_height = CELL + CAPTION_HEIGHT + MARGIN
    width = len(COLUMNS) * (CELL + MARGIN) + MARGIN
    sheet = np.full((TITLE_HEIGHT + MARGIN + len(entries) * row_height, width, 3), 255, np.uint8)
    for column, title in enumerate(COLUMNS):
        _write(sheet, title, _left(column), TITLE_HEIGHT - 8, scale=0.55)
    for index, (caption, truth, completed, mask) in enumerate(entries):
        top = TITLE_HEIGHT + index * row_height
        covered = np.where(mask[..., None] == 1, np.uint8(hole_value), truth)
        for column, image in enumerate((covered, completed, truth, error_map(completed, truth))):
            fitted = fit(image, CELL)
            height, width = fitted.shape[:2]
            y, x = top + (CELL - height) // 2, _left(column) + (CELL - width) // 2
            sheet[y : y + height, x : x + width] = fitted
        _write(sheet, caption, _left(0), top + CELL + 14, scale=0.42)
    return sheet


def evenly_spaced(items, count):
    """At most `count` of `items`, spread over all of them, first and last included."""
    if len(items) <= count:
        return list(items)
    return [items[round(i * (len(items) - 1) / (count - 1))] for i in range(count)]


def _left(column):
    return MARGIN + column * (CELL + MARGIN)


def fit(image, side):
    """A picture resized so that its longer side has `side` pixels."""
    scale = side / max(image.shape[:2])
    height, width = (max(1, round(length * scale)) for length in image.shape[:2])
    return picture_files.resize(image, height, width)


def _write(sheet, text, x, y, scale):
    # OpenCV's font knows ASCII only and shows "?" for the rest.
    cv2.putText(sheet, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, (40, 40, 40), 1, cv2.LINE_AA)
