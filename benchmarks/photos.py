"""Completing photos against two other ways to use the network, on photos of one's own.

    python benchmarks/photos.py --photos=PHOTOS --output=photos.csv

PHOTOS: a folder of uncovered photos, each with a face from the front. The face is found in the
uncovered photo, and five holes are drawn on it: glasses, mouth, surgical mask, central box and a
scratch. What lies under a hole is painted green first, so that no method can see it.

    photo      `Inpainter.complete_photo`, which has to find the face in the covered photo
    given      the same, told where the face is
    nodetail, noblend, plain    `given` without fine detail, without blending, without both
    crop       by hand: the face's window at 256 pixels, completed, enlarged and pasted back
    whole      the whole photo through the network (slow)

Writes a row for each photo, hole and method: PSNR in the hole, sharpness and seam of filling and
truth (see docs/protocol.md), seconds. Run again, it does what is missing. Prints the means.
"""

import argparse
import csv
import os
import time
from collections import defaultdict
from pathlib import Path

METHODS = ("photo", "given", "nodetail", "noblend", "plain", "crop", "whole")
HOLES = ("glasses", "mouth", "mask", "centre", "scratch")
FIELDS = ("hole", "photo", "method", "psnr", "sharpness", "true_sharpness", "seam", "true_seam")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True, help="a .csv file")
    parser.add_argument("--methods", default=",".join(METHODS[:-1]), help=",".join(METHODS))
    parser.add_argument("--holes", default=",".join(HOLES))
    parser.add_argument("--weights", default="faces256")
    parser.add_argument("--scale", type=float, default=1.0, help="enlarge the photos first")
    args = parser.parse_args()
    measure(args)
    print_means(args.output)


def measure(args):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from inpaint_tf.data import picture_files
    from inpaint_tf.inference.inpainter import Inpainter
    from inpaint_tf.inference.photos.faces import find_faces

    inpainter = Inpainter.load(args.weights)
    done = {tuple(row[name] for name in FIELDS[:3]) for row in read_rows(args.output)}
    photos = {
        path: picture_files.read_image(path) for path in picture_files.list_images(args.photos)
    }
    for hole_name in args.holes.split(","):
        for path, photo in sorted(photos.items(), key=lambda item: item[1].size):
            height, width = (round(args.scale * side) for side in photo.shape[:2])
            photo = picture_files.resize(photo, height, width)
            face = find_faces(photo)[0]
            hole = draw_hole(hole_name, face, height, width)
            for method in args.methods.split(","):
                if (hole_name, path.name, method) not in done:
                    row = [hole_name, path.name, method]
                    add_row(args.output, row + scores(inpainter, photo, hole, face, method))


def draw_hole(name, face, height, width):
    """bool (height, width)."""
    import cv2
    import numpy as np

    from inpaint_tf.masks import face_shapes

    if name != "scratch":
        return face_shapes.draw(name, face.landmarks, height, width)
    hole = np.zeros((height, width), np.uint8)
    points = face.landmarks[[17, 19, 28, 31, 48, 6]]
    points[0] -= face.eye_distance * np.array([0.3, 0.8])
    thickness = max(round(0.08 * face.eye_distance), 2)
    cv2.polylines(hole, [points.round().astype(np.int32)], False, 1, thickness)
    return hole > 0


def scores(inpainter, photo, hole, face, method):
    import numpy as np

    from inpaint_tf.evaluation.scores.fill_quality import edge_step, gradient_energy

    covered = np.where(hole[..., None], np.uint8([0, 255, 0]), photo)
    started = time.perf_counter()
    completed = complete(inpainter, covered, hole, face, method)
    seconds = time.perf_counter() - started
    difference = completed[hole].astype(float) - photo[hole]
    numbers = [10 * np.log10(255**2 / (difference**2).mean())]
    for score in (gradient_energy, edge_step):
        numbers += [score(picture, hole.astype(np.uint8)) for picture in (completed, photo)]
    return [f"{number:.4f}" for number in [*numbers, seconds]]


def complete(inpainter, covered, hole, face, method):
    if method == "whole":
        return inpainter.complete(covered, hole)
    if method == "crop":
        return crop_by_hand(inpainter, covered, hole, face)
    return inpainter.complete_photo(
        covered,
        hole,
        faces=None if method == "photo" else [face],
        detail=method in ("photo", "given", "noblend"),
        blend=method in ("photo", "given", "nodetail"),
    )


def crop_by_hand(inpainter, covered, hole, face):
    """What a careful user of an image editor does: crop, shrink, complete, enlarge, paste."""
    import numpy as np

    from inpaint_tf.inference.photos import windows

    window = inpainter.framing.window(face.left_eye, face.right_eye)
    size = inpainter.window_size
    small = windows.to_size(windows.cut(covered, window), size)
    share = windows.cut(hole.astype(np.float32), window, nearest=True)
    filled = inpainter.complete(small, windows.to_size(share, size) > 0)
    large = windows.put_back(windows.to_size(filled, window.side), window, *hole.shape)
    completed = covered.copy()
    box = window.box(*hole.shape)
    completed[box][hole[box]] = large[hole[box]]
    return completed


def read_rows(path):
    if not path.is_file():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def add_row(path, row):
    is_new = not path.is_file()
    with path.open("a", newline="") as file:
        writer = csv.writer(file)
        if is_new:
            writer.writerow([*FIELDS, "seconds"])
        writer.writerow(row)


def print_means(path):
    """By hole and over all holes; sharpness and seam as shares of the truth's."""
    groups = defaultdict(list)
    for row in read_rows(path):
        for hole in (row["hole"], "all"):
            groups[hole, row["method"]].append(row)
    print("| hole | method | photos | PSNR | sharpness | seam | seconds |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for (hole, method), rows in groups.items():
        mean = {
            name: sum(float(row[name]) for row in rows) / len(rows)
            for name in rows[0]
            if name not in FIELDS[:3]
        }
        print(
            f"| {hole} | {method} | {len(rows)} | {mean['psnr']:.2f} | "
            f"{mean['sharpness'] / mean['true_sharpness']:.2f} | "
            f"{mean['seam'] / mean['true_seam']:.2f} | {mean['seconds']:.1f} |"
        )


if __name__ == "__main__":
    main()
