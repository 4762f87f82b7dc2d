"""The commands that write, made small, and what of their output must be the same in the end."""

import csv
import io
import re
from pathlib import Path

import h5py

DRAWN = 6
SIDE = 32

TRAIN = [
    "--config=quickstart",
    f"--config.data.size={SIDE}",
    "--config.data.batch_size=2",
    "--config.data.test_count=2",
    "--config.masks.size=16",
    "--config.masks.max_shrink=2",
    "--config.generator.width=2",
    "--config.critics.width=8",
    "--config.train.critic_updates=1",
    "--config.train.coarse_steps=2",
    "--config.train.reconstruction_steps=2",
    "--config.train.steps=3",
    "--config.train.checkpoint_every=1",
    "--config.train.validate_every=2",
    "--config.train.log_every=1",
    "--device=cpu",
    "--precision=float32",
]


def prepare(folder):
    """Write what the commands read: pictures, and the weights of a tiny generator."""
    from inpaint_tf.data.sample_faces import write_sample_faces
    from inpaint_tf.engines import runtime

    write_sample_faces(folder / "in", DRAWN, SIDE, progress=False)
    runtime.configure("cpu", "float32")
    import keras

    from inpaint_tf.networks.generators.coarse_to_fine import build_generator
    from inpaint_tf.weights.generator_file import save_generator

    keras.utils.set_random_seed(0)
    settings = {"width": 2, "hole_fill": "grey", "step": 1}
    save_generator(build_generator(2), folder / "tiny.weights.h5", settings)


def arguments(name, inputs, output):
    """What is typed after `inpaint-tf`; `output` is a folder that is there already."""
    images, weights = f"--images={inputs / 'in'}", f"--weights={inputs / 'tiny.weights.h5'}"
    return {
        "sample-faces": [f"--output={output}", "--count=4", "--size=32"],
        "pack": [images, f"--output={output / 'a.npy'}", "--size=24", "--overwrite"],
        "test": [
            *(images, weights, "--baseline=telea", "--device=cpu", "--precision=float32"),
            *(f"--output={output / 'out'}", "--batch_size=2"),
        ],
        "halve": [weights, f"--output={output / 'half.weights.h5'}", "--overwrite"],
        "export": [weights, f"--output={output / 'model'}", "--overwrite", "--device=cpu"],
        "train": [
            *(*TRAIN, f"--config.data.train={inputs / 'in'}", f"--workdir={output / 'run'}"),
        ],
    }[name]


COMMANDS = ("sample-faces", "pack", "test", "halve", "export", "train")


def result(output):
    """{path: what it holds} of an output folder, without what tells of times and of starts."""
    return {
        path.relative_to(output).as_posix(): _content(path, output)
        for path in sorted(output.rglob("*"))
        if path.is_file() and not _tells_of_starts(path)
    }


def _tells_of_starts(path):
    """TensorBoard's files and environment.json; the graph of a SavedModel, whose order varies."""
    graph = path.name in ("saved_model.pb", "fingerprint.pb") or path.name.endswith(".index")
    return graph or path.name == "environment.json" or path.name.startswith("events.out.tfevents")


def _content(path: Path, output: Path):
    if path.suffix == ".h5":
        return _arrays(path)
    if path.name == "metrics.csv":
        rows = list(csv.DictReader(io.StringIO(path.read_text())))
        timed = ("seconds", "images_per_second", "waiting_share")
        return [{key: value for key, value in row.items() if key not in timed} for row in rows]
    if path.name == "report.html":
        # It tells the command, with the output's path, and the time that it took.
        return re.sub(r"\d+ s\b", "", path.read_text().replace(str(output), ""))
    return path.read_bytes()


def _arrays(path):
    found = {}
    with h5py.File(path) as file:
        file.visititems(
            lambda name, item: (
                found.update({name: item[()].tobytes()}) if isinstance(item, h5py.Dataset) else None
            )
        )
        return found, sorted((key, str(value)) for key, value in file.attrs.items())
