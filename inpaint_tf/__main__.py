"""The command `inpaint-tf`, also `python -m inpaint_tf`: a table of what can be typed after it."""

import importlib
import sys
from typing import NamedTuple

from inpaint_tf import __version__
from inpaint_tf.errors import unknown_name


class Command(NamedTuple):
    """module: the file in `inpaint_tf.commands`, whose `cli()` parses flags and runs.
    summary: one line for the list."""

    module: str
    summary: str


COMMANDS = {
    "complete": Command(
        "photos.complete", "complete photos, with faces of any size anywhere in them"
    ),
    "train": Command("train", "train the generator and its critics"),
    "test": Command("test", "complete test pictures and score them, beside other methods"),
    "table1": Command("table1", "train and test the rows of the paper's Table I alike"),
    "beam": Command("photos.beam", "complete millions of photos by Apache Beam"),
    "web": Command("photos.web", "open a page on which you draw over a photo and have it filled"),
    "pack": Command("pack", "pack pictures into a cache that trains without decoding"),
    "export": Command("export", "write trained weights as a model for other programs"),
    "demo": Command("demo", "complete, train, test and export on drawn faces"),
    "sample-faces": Command("sample_faces", "draw faces to try everything on"),
    "doctor": Command("doctor", "check that this machine computes what it should"),
    "conformance": Command("conformance", "compare with results of the CVPR 2018 graph"),
    "convert": Command(
        "weight_files.convert", "write weights of other systems as files of this one"
    ),
    "halve": Command("weight_files.halve", "write weights in half the bytes, or between two runs"),
    "lpips-weights": Command("lpips_weights", "convert the weights of the LPIPS score"),
}


def main(argv: list[str]) -> int:
    """Run the command that `argv` (the program's name first) names; returns the exit status."""
    name = argv[1] if len(argv) > 1 else "--help"
    if name in ("-h", "--help", "-help", "help"):
        print(usage())
        return 0
    if name == "--version":
        print(f"inpaint-tf {__version__}")
        return 0
    if name not in COMMANDS:
        print(f"error: {unknown_name(name, COMMANDS, 'command')}", file=sys.stderr)
        return 1
    run(name, argv[2:])
    return 0


def run(name: str, arguments: list[str]) -> None:
    """Run one command with its arguments, as if typed; ends in `SystemExit`."""
    sys.argv = [f"inpaint-tf {name}", *arguments]
    importlib.import_module(f"inpaint_tf.commands.{COMMANDS[name].module}").cli()


def usage() -> str:
    """The list of commands, as text."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            "usage: inpaint-tf COMMAND [--flag=value ...]",
            "",
            *lines,
            "",
            "inpaint-tf COMMAND --help shows the flags of one.",
        ]
    )


def cli() -> None:
    """Entry point of `inpaint-tf`."""
    sys.exit(main(sys.argv))


if __name__ == "__main__":
    cli()
