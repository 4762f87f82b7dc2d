"""The formats of `inpaint-tf export` beside each other: differences, file sizes, times on the CPU.

    python benchmarks/formats.py [--weights=faces256] [--only onnx litert ...]

Exports each format, and completes a drawn face at three sizes, once with a hole in the middle and
once with holes at all borders, by the program that the format is for. Prints a line for each:
largest difference from `Inpainter` in the holes, share of their pixels that are equal, size of the
model, and the shortest of some runs. LiteRT's models have one size: there is one for each.
"""

import argparse
import os
import tempfile
from functools import partial
from pathlib import Path

SIZES = ((256, 256), (301, 417), (64, 96))
FORMATS = ("savedmodel", "keras", "onnx", "litert", "litert:float16", "litert:int8")
SUFFIXES = {"savedmodel": "", "keras": ".keras", "onnx": ".onnx", "litert": ".tflite"}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", default="faces256")
    parser.add_argument("--only", nargs="+", default=FORMATS, choices=FORMATS)
    parser.add_argument("--repeats", type=int, default=3)
    args = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    from inpaint_tf.inference.inpainter import Inpainter

    inpainter = Inpainter.load(args.weights)
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("| format | size | hole | largest difference | equal pixels | MB | ms per picture |")
    print("|---|---|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for name in args.only:
            for row in rows(inpainter, name, Path(folder), args.repeats):
                print("| " + " | ".join(row) + " |", flush=True)


def rows(inpainter, name, folder, repeats):
    """The table's lines of one format."""
    from measuring import best_seconds

    complete = None
    for height, width in SIZES:
        if complete is None or name.startswith("litert"):
            complete, megabytes = exported(inpainter, name, folder, height, width)
        for hole, (image, mask) in samples(height, width).items():
            found, expected = complete(image, mask), inpainter.complete(image, mask)
            off = abs(found.astype(int) - expected.astype(int)).max(axis=-1)[mask[..., 0] > 0]
            [seconds] = best_seconds(partial(complete, image, mask), repeats=repeats)
            yield (
                name,
                f"{width}x{height}",
                hole,
                str(off.max()),
                f"{100 * (off == 0).mean():.2f} %",
                f"{megabytes:.1f}",
                f"{1000 * seconds:.0f}",
            )


def exported(inpainter, name, folder, height, width):
    """(the model as a function, its size in MB)."""
    from inpaint_tf.errors import look_up
    from inpaint_tf.inference import export

    kind, _, weights_type = name.partition(":")
    path = folder / f"{name.replace(':', '_')}_{height}x{width}{SUFFIXES[kind]}"
    options = {"height": height, "width": width} if kind == "litert" else {}
    if weights_type:
        options["weights_type"] = weights_type
    export.export(inpainter, path, kind, **options)
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    megabytes = sum(file.stat().st_size for file in files) / 1e6
    return look_up(export.FORMATS, kind).load(path), megabytes


def samples(height, width):
    """A drawn face, and masks of two kinds, as the models take them."""
    import numpy as np

    from inpaint_tf.inference.export.comparison import sample

    image, _ = sample(height, width)
    centre = np.zeros((1, height, width, 1), np.uint8)
    centre[:, height // 4 : -(height // 4), width // 4 : -(width // 4)] = 255
    border = np.full_like(centre, 255)
    border[:, height // 8 : -(height // 8), width // 8 : -(width // 8)] = 0
    return {"centre": (image, centre), "border": (image, border)}


if __name__ == "__main__":
    main()
