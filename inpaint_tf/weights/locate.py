"""Where weights are: those of the package, runs, checkpoints, files. Needs no Keras."""

from pathlib import Path

from inpaint_tf.errors import UserError, nearest
from inpaint_tf.weights.formats import format_of
from inpaint_tf.weights.formats.hdf5 import SUFFIX

GENERATOR_FILE = "generator" + SUFFIX
BEST_FILE = "best" + SUFFIX
CHECKPOINTS = f"checkpoints/step_*/{GENERATOR_FILE}"
RUN_CONFIG = "config.json"
"""In a run's folder: its settings."""
HELD_OUT_FILE = "held_out.txt"
"""There: the pictures held out of the training pictures, a line each, as a list for a source."""
LATEST = "latest"
LOGS = "logs"
SHIPPED = Path(__file__).parent / "shipped"
"""Weights that come with the package; MODEL_CARD.md beside them says what they are."""
DEFAULT = "faces256"
"""Those used where none are named."""
ACCEPTED = (
    f"'{DEFAULT}', which comes with the package, a run's folder, a checkpoint, a *{SUFFIX} file, "
    "files of other programs (a checkpoint of the 2018 code, gen_*.pt of its PyTorch port, "
    f"DeepFillv1 of mmagic, AOT-GAN's G*.pt), or '{LATEST}': the newest run under {LOGS}/"
)
"""What `find_weights` takes, for help texts."""


def run_folder_of(path: str | Path) -> Path | None:
    """The folder of the run that a file or folder of weights belongs to; None: of none.

    path: a run's folder, RUN/best.weights.h5, RUN/checkpoints/step_* or the generator in it.
    """
    path = Path(path).absolute()
    return next((each for each in (path, *path.parents[:3]) if (each / RUN_CONFIG).is_file()), None)


def find_weights(weights: str | Path) -> Path:
    """The file, or folder of some format, with the generator's weights that `weights` stands for.

    weights: see `load_generator`. Raises `UserError` if there are none.
    """
    from inpaint_tf.data.paths.user_path import user_path  # with OpenCV, which takes a moment

    if str(weights) in shipped_names():
        return SHIPPED / f"{weights}{SUFFIX}"
    path = latest_run() if str(weights) == LATEST else user_path(weights, "--weights")
    if path.is_dir():
        if (path / GENERATOR_FILE).is_file():
            return path / GENERATOR_FILE
        checkpoints = sorted(path.glob(CHECKPOINTS))
        if checkpoints:
            return checkpoints[-1]
    if format_of(path) is not None:
        return path
    if path.is_dir():
        raise UserError(
            f"no {GENERATOR_FILE} in {path}; has its training reached a checkpoint yet?"
        )
    if path.is_file():
        raise UserError(f"{path} is not a *{SUFFIX} file; pass one, or a run folder")
    near = nearest(str(weights), shipped_names())
    raise UserError(
        f"no weights at {path}; {f'{near} Otherwise ' if near else ''}pass a run folder, a "
        f"checkpoint, a *{SUFFIX} file, or a name of those that come with the package: "
        f"{', '.join(shipped_names())}"
    )


def shipped_names() -> list[str]:
    """The names of the weights that come with the package."""
    return sorted(path.name.removesuffix(SUFFIX) for path in SHIPPED.glob(f"*{SUFFIX}"))


def has_checkpoint(run: str | Path) -> bool:
    """Whether a run's folder holds a checkpoint to continue from."""
    return any(Path(run).glob(CHECKPOINTS))


def latest_run() -> Path:
    """The folder of the newest run under logs/. Raises `UserError` if there is none."""
    runs = [
        folder
        for folder in (Path(LOGS).iterdir() if Path(LOGS).is_dir() else ())
        if has_checkpoint(folder)
    ]
    if not runs:
        raise UserError(
            f"no trained run under {LOGS}/; train one first (python train.py) or pass --weights"
        )
    return max(runs, key=lambda folder: (folder / "checkpoints").stat().st_mtime)
