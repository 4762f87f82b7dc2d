"""Where a model is written: what may be replaced, and how it appears whole or not at all."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from inpaint_tf.data.atomic_files import flush_to_disk
from inpaint_tf.data.paths.user_path import user_path
from inpaint_tf.errors import UserError


def check_output(
    output: str | Path, overwrite: bool, is_model: Callable[[Path], bool], name: str
) -> Path:
    """The path `output`, if a model can be written there; its folder is made.

    is_model: whether what is at a path may be replaced. name: of the format, with its article.
    Raises `UserError` if `output` exists (with overwrite: and is no such model).
    """
    output = user_path(output, "--output")
    if output.exists():
        if not overwrite:
            raise UserError(f"--output={output} exists; choose another, or add --overwrite")
        if not is_model(output):
            raise UserError(f"--output={output} is not {name}; it is not overwritten")
    output.parent.mkdir(parents=True, exist_ok=True)
    return output


def check_file(
    output: str | Path, overwrite: bool, is_model: Callable[[Path], bool], name: str, suffix: str
) -> Path:
    """`check_output` for a format of one file, whose name ends in `suffix`."""
    if Path(output).suffix.lower() != suffix:
        raise UserError(f"--output={output} must end in {suffix}: {name} is one file of that name")
    return check_output(output, overwrite, lambda path: path.is_file() and is_model(path), name)


@contextlib.contextmanager
def made_whole(output: Path) -> Iterator[Path]:
    """Context with a path to write a file or a folder to.

    What is there takes the place of `output` when the context ends well; else it is removed. What a
    killed export left is removed by the next one of the same name. An `OSError` names `output`.
    """
    temporary = output.parent / f".{output.name}.unfinished"
    new, old = temporary / f"new{output.suffix}", temporary / "old"
    try:
        if old.exists() and not output.exists():  # a kill while the model was replaced
            os.rename(old, output)
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        yield new
        if new.is_file():
            flush_to_disk(new)
            os.replace(new, output)
            return
        if output.exists():
            os.rename(output, old)
        try:
            os.rename(new, output)
        except OSError:
            if old.exists():
                os.rename(old, output)
            raise
    except OSError as error:
        if str(error.filename).startswith(str(temporary)):
            error.filename, error.filename2 = str(output), None
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
