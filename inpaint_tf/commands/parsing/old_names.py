"""Modules and commands by their names from before version 0.2; they work until version 0.3.

Each use warns. `install` is called when `inpaint_tf` is imported, and costs nothing until an old
name is asked for.
"""

import importlib
import sys
import warnings
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path

PACKAGE = "inpaint_tf"
UNTIL = "the old name goes in version 0.3"

MODULES = {
    "adam": ("training.optimizers.adam",),
    "autodiff": ("engines.active_engine",),
    "baselines": (
        "evaluation.methods.opencv_fills",
        "evaluation.methods.baselines",
        "evaluation.methods.biharmonic",
    ),
    "checkpoints": ("training.checkpoints",),
    "commands.build": ("training.build_from_config",),
    "commands.check_config": ("training.check_config",),
    "commands.check_test": ("evaluation.settings",),
    "commands.config_arguments": (
        "commands.parsing.config_file",
        "commands.parsing.config_flag",
    ),
    "completion": ("inference.completion",),
    "conformance": ("doctor.conformance",),
    "data.parallel": ("data.streams.threaded_map",),
    "data.pipeline": ("data.streams.picture_batches",),
    "data.readable": ("data.streams.skip_unreadable",),
    "deepfill_v1": ("networks.original_names",),
    "demo": ("commands.demo",),
    "display": ("training.records.pictures", "training.validation"),
    "doctor.report": ("doctor.report_lines",),
    "doctor.step": ("doctor.whole_networks",),
    "event_file": ("training.records.event_file",),
    "feature_distances": ("evaluation.scores.feature_distances",),
    "feature_networks": ("evaluation.scores.feature_networks",),
    "files": ("data.picture_files", "data.atomic_files"),
    "fill_quality": ("evaluation.scores.fill_quality",),
    "halve": ("weights.blend", "commands.weight_files.halve"),
    "images": ("compositing",),
    "inpainter": ("inference.inpainter",),
    "layers": (),
    "layers.attention_blocks": ("networks.layers.attention_blocks",),
    "layers.cells": ("networks.layers.pixel_cells",),
    "layers.contextual_attention": ("networks.layers.contextual_attention",),
    "layers.convolution": ("networks.generators.coarse_to_fine",),
    "layers.dilation": ("networks.layers.dilation",),
    "layers.elu": ("networks.layers.activations",),
    "layers.leaky_relu": ("networks.layers.activations",),
    "layers.resizing": ("networks.layers.nearest_resize",),
    "layers.shifts": ("networks.layers.diagonals",),
    "layers.upsampling": ("networks.layers.upsampling",),
    "learning_rate": ("training.optimizers.learning_rate",),
    "losses": ("training.losses",),
    "lpips_weights": ("commands.lpips_weights",),
    "memory": ("inference.memory", "networks.layers.attention_memory"),
    "metal": ("engines.apple_gpu",),
    "methods": (
        "evaluation.methods.network",
        "evaluation.methods.baselines",
        "evaluation.methods.predictions",
        "evaluation.methods.method_names",
    ),
    "metrics": ("evaluation.scores.psnr_and_ssim",),
    "networks.generator": ("networks.generators.coarse_to_fine",),
    "pack": ("data.pack", "commands.pack"),
    "page": ("evaluation.report.html_page",),
    "pairing": ("evaluation.pairing",),
    "paper_table": ("evaluation.report.published_table",),
    "predictions": ("evaluation.methods.predictions",),
    "publish": ("evaluation.report.write", "evaluation.report.comparison"),
    "randomness": ("engines.step_random",),
    "recognition": ("evaluation.scores.recognition",),
    "records": ("training.run_log",),
    "report": ("evaluation.report.contact_sheet",),
    "results": ("evaluation.results_folder", "data.atomic_files"),
    "run_folder": ("training.run_folder",),
    "runtime": ("engines.runtime", "commands.parsing.flags"),
    "sample_faces": ("data.sample_faces",),
    "scoring": ("evaluation.scores.of_one_picture", "evaluation.scores.view"),
    "set_judge": ("evaluation.scores.of_a_set",),
    "strokes": ("masks.brush_strokes",),
    "summaries": ("evaluation.statistics",),
    "tables": ("evaluation.report.tables",),
    "trainer": ("training.trainer",),
    "validation": ("training.validation",),
}
"""Old module: the modules that have its contents now."""

COMMANDS = {
    "conformance": "conformance",
    "demo": "demo",
    "doctor.__main__": "doctor",
    "export": "export",
    "halve": "halve",
    "lpips_weights": "lpips-weights",
    "pack": "pack",
    "sample_faces.__main__": "sample-faces",
}
"""Old module: the command that `python -m inpaint_tf.MODULE` ran."""


def install() -> None:
    """Let Python find modules by their old names."""
    if not any(isinstance(finder, OldNames) for finder in sys.meta_path):
        sys.meta_path.insert(0, OldNames())


class OldNames(MetaPathFinder, Loader):
    """Finds the modules of `MODULES` and `COMMANDS`.

    It is asked first: an old folder in which only __pycache__ is left would count as a package.
    """

    def find_spec(self, fullname, path=None, target=None):
        del path, target
        name = fullname.removeprefix(f"{PACKAGE}.")
        if name == fullname or (name not in MODULES and name not in COMMANDS):
            return None
        return ModuleSpec(fullname, self, is_package=name in ("layers", "sample_faces"))

    def exec_module(self, module):
        name = module.__name__.removeprefix(f"{PACKAGE}.")
        if name not in MODULES:
            # It would stand in the place of a function of that name.
            raise ImportError(f"{module.__name__} is a command now: inpaint-tf {COMMANDS[name]}")
        now = [f"{PACKAGE}.{place}" for place in MODULES[name]]
        runs = sys.argv[:1] == ["-m"]  # `python -m` looks for a program: `get_code` warns
        if now and not runs:
            message = f"{module.__name__} is now {', '.join(now)}; {UNTIL}"
            warnings.warn(message, FutureWarning, stacklevel=2)  # at the import that asks for it

        def find(attribute):
            for place in now:
                found = importlib.import_module(place)
                if hasattr(found, attribute):
                    return getattr(found, attribute)
            raise AttributeError(f"module {module.__name__!r} has no attribute {attribute!r}")

        module.__getattr__ = find

    def get_code(self, fullname):
        """For `python -m`: a program that runs the command by its new name."""
        name = fullname.removeprefix(f"{PACKAGE}.")
        if name not in COMMANDS:
            return None
        old = f"python -m {fullname.removesuffix('.__main__')}"
        source = f"from {__name__} import run_command; run_command({old!r}, {COMMANDS[name]!r})"
        return compile(source, f"<{fullname}>", "exec")


def console() -> None:
    """Entry point of `inpaint-tf-train` and the other console commands before version 0.2."""
    old = Path(sys.argv[0]).stem
    run_command(old, old.removeprefix("inpaint-tf-"))


def run_command(old: str, name: str) -> None:
    """Warn that the command `old` is now `inpaint-tf NAME`, and run that."""
    from inpaint_tf.__main__ import run

    # A FutureWarning is shown by default, a DeprecationWarning would not be.
    message = f"{old} is now inpaint-tf {name}; {UNTIL}"
    warnings.warn_explicit(message, FutureWarning, f"inpaint-tf {name}", 1)
    run(name, sys.argv[1:])
