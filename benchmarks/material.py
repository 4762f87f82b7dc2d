"""What the benchmarks work on: noise, JPEG pictures in a folder, a shard and a packed cache."""

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZE = 256


def pictures(count):
    """Noise, uint8 (count, 256, 256, 3)."""
    import numpy as np

    return np.random.default_rng(0).integers(0, 256, (count, SIZE, SIZE, 3), dtype=np.uint8)


@contextlib.contextmanager
def scratch():
    with tempfile.TemporaryDirectory(prefix="inpaint_tf_benchmark_") as folder:
        yield Path(folder)


def jpeg_folder(folder, count=96):
    """192x192 JPEG pictures: the user's faces where INPAINT_TF_FACES is set, or drawn ones."""
    if "INPAINT_TF_FACES" in os.environ:
        return os.path.join(os.environ["INPAINT_TF_FACES"], "train")
    import cv2

    from inpaint_tf.data.sample_faces.drawing import draw_face

    faces = folder / "faces"
    faces.mkdir(exist_ok=True)
    for seed in range(count):
        if not (faces / f"{seed}.jpg").exists():
            cv2.imwrite(str(faces / f"{seed}.jpg"), draw_face(seed, 192)[..., ::-1])
    return str(faces)


def packed(folder, size=SIZE):
    """A packed cache of at most 2,000 of the JPEG pictures."""
    cache, listed = folder / f"faces_{size}.npy", folder / "packed.txt"
    paths = sorted(Path(jpeg_folder(folder)).glob("*.jpg"))[:2000]
    listed.write_text("".join(f"{path}\n" for path in paths))
    command("-m", "inpaint_tf", "pack", f"--images={listed}", f"--output={cache}", f"--size={size}")
    return str(cache)


def tfrecord(folder):
    """A shard of at most 2,000 of the JPEG pictures, each an `image/encoded` feature."""
    import tensorflow as tf

    path = folder / "faces.tfrecord"
    with tf.io.TFRecordWriter(str(path)) as writer:
        for picture in sorted(Path(jpeg_folder(folder)).glob("*.jpg"))[:2000]:
            encoded = tf.train.Feature(bytes_list=tf.train.BytesList(value=[picture.read_bytes()]))
            features = tf.train.Features(feature={"image/encoded": encoded})
            writer.write(tf.train.Example(features=features).SerializeToString())
    return str(path)


def command(*arguments):
    """Run one of the project's commands; its output only where it fails."""
    run = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{run.stdout}{run.stderr}")
