"""What is fuzzed: good files of each kind, and what the program does with a damaged one.

A target is a class. `examples` gives {name: bytes} of good files. `use(path)` gives a damaged one
to the program, and raises what is not right: any exception but `UserError` and `OSError`, which
commands tell in one line, and an `AssertionError` for a lost or wrong result.
"""

import io
import json
import shutil
import struct
import warnings
from pathlib import Path

import numpy as np
from PIL import Image

from inpaint_tf.errors import UserError

FORMATS = {
    "png": ".png",
    "jpeg": ".jpg",
    "webp": ".webp",
    "gif": ".gif",
    "tiff": ".tif",
    "bmp": ".bmp",
    "ppm": ".ppm",
    "tga": ".tga",
    "jpeg2000": ".jp2",
    "avif": ".avif",
}


def picture(side=24, seed=0):
    """A smooth picture, uint8 (side, side, 3)."""
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return np.kron(coarse, np.ones((side // 4, side // 4, 1), np.uint8))


def encoded(format, mode="RGB", **options):
    file = io.BytesIO()
    Image.fromarray(picture()).convert(mode).save(file, format, **options)
    return file.getvalue()


class Pictures:
    """Picture files of every format and colour model: the array of a picture, or a reason."""

    def examples(self):
        from fuzz.mutations import png_bomb

        turned = Image.Exif()
        turned[0x0112] = 6
        found = {f"a{ending}": encoded(name) for name, ending in FORMATS.items()}
        for mode in ("1", "L", "LA", "P", "RGBA", "I;16"):
            found[f"{mode.replace(';', '')}.png"] = encoded("png", mode)
        found["turned.jpg"] = encoded("jpeg", exif=turned)
        found["profile.png"] = encoded("png", icc_profile=bytes(500), exif=turned)
        found["cmyk.jpg"] = encoded("jpeg", "CMYK")
        found["lzw.tif"] = encoded("tiff", compression="tiff_lzw")
        found["bomb.png"] = png_bomb(20_000)
        return found

    def __init__(self, folder):
        self.folder = folder

    def use(self, path):
        from inpaint_tf.data.picture_files import read_image

        pixels = read_image(path)
        assert pixels.dtype == np.uint8
        assert pixels.ndim == 3
        assert pixels.shape[2] == 3
        assert pixels.size > 0


class Masks(Pictures):
    """Masks: a hole of the picture's size, or a reason."""

    def __init__(self, folder):
        super().__init__(folder)
        (folder / "in").mkdir()
        Image.fromarray(picture()).save(folder / "in" / "face.png")

    def use(self, path):
        from inpaint_tf.evaluation.pairing import find_pairs

        for pair in find_pairs(self.folder / "in", path):
            image, mask = pair.read()
            assert mask.dtype == np.uint8
            assert mask.shape == image.shape[:2]
            assert 0 < mask.mean() < 1


class Sources:
    """Everything that holds many pictures: they are read, or reasons given, and the split works."""

    def __init__(self, folder):
        self.folder = folder
        for index in range(4):
            Image.fromarray(picture(seed=index)).save(folder / f"{index}.png")

    def use(self, path):
        from inpaint_tf.data import describe_source, open_source, split_source

        source = open_source(path)
        describe_source(source)
        for index in range(min(len(source), 20)):
            try:
                assert source.read(index).dtype == np.uint8
            except UserError:
                continue
        if len(source) > 1:
            split_source(source, 1)


class Lists(Sources):
    """Lists of pictures."""

    def examples(self):
        lines = "".join(f"{index}.png\r\n" for index in range(4))
        return {"a.txt": lines.encode(), "b.txt": b"\xef\xbb\xbf" + lines.encode("utf-16")}


class Records(Sources):
    """TFRecord shards."""

    def examples(self):
        from pictures import write_shard

        write_shard(self.folder / "s.tfrecord", sorted(self.folder.glob("*.png")))
        return {"a.tfrecord": (self.folder / "s.tfrecord").read_bytes()}


class Caches(Sources):
    """Packed caches."""

    def examples(self):
        np.save(self.folder / "s.npy", np.stack([picture(seed=index) for index in range(4)]))
        return {"a.npy": (self.folder / "s.npy").read_bytes()}


class Configs:
    """Config files: settings, or a reason."""

    def __init__(self, folder):
        self.folder = folder

    def examples(self):
        from inpaint_tf.commands.parsing.config_file import shipped_configs

        return {path.name: path.read_bytes() for path in shipped_configs().values()}

    def use(self, path):
        from inpaint_tf.commands.parsing.config_file import load_config
        from inpaint_tf.training.check_config import check_config

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Python, about odd literals
            check_config(load_config(path))


class RunFolders:
    """config.json, environment.json and metrics.csv of a run: it goes on, or a reason is given."""

    def __init__(self, folder):
        self.folder = folder

    def examples(self):
        run = self.folder / "good"
        self._start(run)
        return {name.name: name.read_bytes() for name in run.iterdir()}

    def _start(self, run):
        from inpaint_tf.default_config import default_config
        from inpaint_tf.training.run_folder import open_run_folder
        from inpaint_tf.training.run_log import MetricsFile

        open_run_folder(run, default_config(), precision="float32")
        metrics = MetricsFile(run, ["loss"], step=7)
        metrics.append(8, "coarse", {"loss": 0.5})

    def use(self, path):
        run = self.folder / "run"
        shutil.rmtree(run, ignore_errors=True)
        shutil.copytree(self.folder / "good", run)
        shutil.copy(path, run / path.name)
        before = self._kept(run)
        try:
            self._start(run)
        except UserError:
            assert before == self._kept(run)

    def _kept(self, run):
        """What a start that is refused must not change: all but the list of starts."""
        return {p.name: p.read_bytes() for p in run.iterdir() if p.name != "environment.json"}


class TestResults:
    """metrics.csv and settings.json of a test: it goes on, or a reason is given."""

    NAMES = ("a.png", "sub/b.png")

    def __init__(self, folder):
        self.folder = folder

    def examples(self):
        from inpaint_tf.evaluation.results_folder import Results
        from inpaint_tf.evaluation.scores import table

        good = self.folder / "good"
        (good / "sub").mkdir(parents=True)
        results = Results(good, {"size": 8}, dict.fromkeys(self.NAMES, "x"))
        for name in self.NAMES:
            (good / name).write_bytes(b"png")
            sizes = {"height": 8, "width": 8, "hole_share": 0.25, "seconds": 1.0}
            results.add({"image": name, **sizes, **dict.fromkeys(table.columns(), 0.5)})
        results.finish(self.NAMES)
        return {name: (good / name).read_bytes() for name in ("metrics.csv", "settings.json")}

    def use(self, path):
        from inpaint_tf.evaluation.results_folder import Results

        output = self.folder / "out"
        shutil.rmtree(output, ignore_errors=True)
        shutil.copytree(self.folder / "good", output)
        shutil.copy(path, output / path.name)
        results = Results(output, {"size": 8}, dict.fromkeys(self.NAMES, "x"))
        results.finish(self.NAMES)
        json.loads((output / "summary.json").read_text())
        again = Results(output, {"size": 8}, dict.fromkeys(self.NAMES, "x"))
        assert [again.is_done(name) for name in self.NAMES] == [
            results.is_done(name) for name in self.NAMES
        ]
        assert all((output / name).read_bytes() == b"png" for name in self.NAMES)


class TestFolders:
    """A damaged picture beside a good one: the good one is tested, the other tested or named."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "in").mkdir()
        Image.fromarray(picture()).save(folder / "in" / "good.png")

    def examples(self):
        return {f"a{ending}": encoded(name) for name, ending in FORMATS.items()}

    def use(self, path):
        import inpaint_tf

        damaged = self.folder / "in" / path.name
        shutil.copy(path, damaged)
        try:
            shutil.rmtree(self.folder / "out", ignore_errors=True)
            found = inpaint_tf.evaluate(
                images=self.folder / "in", output=self.folder / "out", baselines="mean"
            )
        finally:
            damaged.unlink()
        assert (self.folder / "out" / "good.png").is_file()
        done, failed = found.tested[0].pairs, found.failures.get("mean", {})
        assert len(done) + len(failed) == 2
        assert set(failed) <= {str(damaged)}
        assert json.loads((self.folder / "out" / "summary.json").read_text())["failed"] == len(
            failed
        )


class PyTorchFiles:
    """PyTorch files, of both layouts: arrays, or a reason."""

    def __init__(self, folder):
        self.folder = folder

    def examples(self):
        import zipfile

        pickled = (
            b"\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storage"
            b"ctorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x06tQK\x00K\x02K\x03\x86"
            b"K\x03K\x01\x86\x89ccollections\nOrderedDict\n)RtRs."
        )
        numbers = struct.pack("<6f", *range(6))
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a/data.pkl", pickled)
            archive.writestr("a/data/0", numbers)
        return {"new.pt": file.getvalue()}

    def use(self, path):
        from inpaint_tf.data.pytorch_file import read_arrays

        for array in read_arrays(path).values():
            assert isinstance(array, np.ndarray)


class Weights:
    """Weights files: a generator, or a reason."""

    def __init__(self, folder):
        self.folder = folder

    def examples(self):
        from inpaint_tf.engines import runtime

        runtime.configure("cpu", "float32")
        from inpaint_tf.networks.generators.coarse_to_fine import build_generator
        from inpaint_tf.weights import generator_file

        self.generator = build_generator(2)
        settings, path = {"width": 2, "hole_fill": "grey", "step": 1}, self.folder / "s.weights.h5"
        generator_file.save_generator(self.generator, path, settings)
        half = self.folder / "half.weights.h5"
        generator_file.save_generator(self.generator, half, settings, half=True)
        return {"a.weights.h5": path.read_bytes(), "half.weights.h5": half.read_bytes()}

    def use(self, path):
        from inpaint_tf.weights import generator_file

        generator_file.load_into(self.generator, path, 2)
        assert generator_file.all_finite(self.generator)


class Checkpoints(Weights):
    """A run's checkpoint: training goes on from it, or a reason is given."""

    def examples(self):
        from small import SETTINGS, small_trainer

        from inpaint_tf.training.checkpoints import CheckpointStore

        self.trainer = small_trainer()
        self.run = self.folder / "run"
        store = CheckpointStore(self.run, keep=2, settings=SETTINGS)
        store.save(self.trainer, 3)
        self.good = {path.name: path.read_bytes() for path in store.latest().iterdir()}
        return {name: data for name, data in self.good.items() if not name.startswith("generator")}

    def use(self, path):
        from small import SETTINGS

        from inpaint_tf.training.checkpoints import CheckpointStore

        store = CheckpointStore(self.run, keep=2, settings=SETTINGS)
        damaged = store.latest() / path.name
        shutil.copy(path, damaged)
        try:
            step = store.restore(self.trainer)
            assert isinstance(step, int)
        finally:
            damaged.write_bytes(self.good[path.name])


TARGETS = {
    "pictures": Pictures,
    "masks": Masks,
    "lists": Lists,
    "caches": Caches,
    "configs": Configs,
    "run_folders": RunFolders,
    "test_results": TestResults,
    "test_folders": TestFolders,
    "pytorch_files": PyTorchFiles,
    "records": Records,
    "weights": Weights,
    "checkpoints": Checkpoints,
}
"""Every kind of file. The last three load TensorFlow."""
WITHOUT_TENSORFLOW = tuple(TARGETS)[:-3]


def suffix_of(name):
    return "".join(Path(name).suffixes)
