"""Draws the picture of README that shows what `inpaint-tf complete` does, on drawn faces alone.

  python scripts/drawn_photos.py [--weights=faces256] [--output=docs/drawn_photos.jpg]

Above each face with its hole, painted green; below it completed.
"""

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from inpaint_tf.data.sample_faces.drawing import draw_face  # noqa: E402

SHOWN = ((200001, "mask"), (200003, "nose"), (200004, "glasses"), (200005, "mouth"), (5, "left"))
"""Number of each face, and the shape of its hole."""
SIDE, GAP = 320, 8
GREEN = (0, 255, 0)


def main(argv=None):
    """Exit status 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", default="faces256")
    parser.add_argument("--output", default=str(ROOT / "docs" / "drawn_photos.jpg"))
    options = parser.parse_args(argv)
    columns = list(columns_of(options.weights))
    gap = np.full((2 * SIDE + GAP, GAP, 3), 255, np.uint8)
    joined = [part for column in columns for part in (gap, column)][1:]
    cv2.imwrite(
        options.output, np.concatenate(joined, axis=1)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90]
    )
    print(options.output)
    return 0


def columns_of(weights):
    """Yields each face covered, above the same face completed."""
    from inpaint_tf.inference.inpainter import Inpainter
    from inpaint_tf.inference.photos import shapes
    from inpaint_tf.inference.photos.faces import find_faces

    inpainter = Inpainter.load(weights, device="cpu")
    for seed, name in SHOWN:
        photo = draw_face(seed, SIDE)
        faces = find_faces(photo)
        hole = shapes.on_faces(name, photo, faces=faces) > 0
        completed = inpainter.complete_photo(photo, hole, faces=faces)
        covered = np.where(hole[..., None], np.uint8(GREEN), photo)
        gap = np.full((GAP, SIDE, 3), 255, np.uint8)
        yield np.concatenate([covered, gap, completed])


if __name__ == "__main__":
    sys.exit(main())
