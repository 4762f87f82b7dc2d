"""Refuses what a user of test.py may have mistaken, before TensorFlow takes its seconds to load."""

import json
from pathlib import Path

from inpaint_tf.errors import UserError

PROTOCOLS = {"shah2022": {"masks": "center", "size": 256, "limit": 2000}}
"""What --protocol sets: of the 2022 paper, section V, 2,000 pictures with 128x128 of 256x256."""
PUBLISHED = ("summary.json", "table.md", "table.tex", "report.html")
"""What is written into the output folder itself, for one method and for several."""
FREE = {"masks": "center", "size": None, "limit": None}
"""The same flags as they are without a protocol."""


def apply_protocol(args):
    """Set the flags that --protocol stands for; one that says otherwise is refused."""
    if args.protocol is None:
        return
    for name, value in PROTOCOLS[args.protocol].items():
        given = getattr(args, name)
        if given not in (FREE[name], value):
            raise UserError(
                f"--protocol={args.protocol} sets --{name}={value}; leave --{name}={given} out"
            )
        setattr(args, name, value)


def listed(flag, values):
    """What a flag lists, with commas or by being given several times."""
    if values is None:
        return []
    values = [values] if isinstance(values, str) else values
    listed = [part.strip() for value in values for part in value.split(",") if part.strip()]
    if not listed:
        raise UserError(f"--{flag} is empty; name one, or leave the flag out")
    return listed


def check_masks(args):
    """Refuse mask flags that would do nothing, and a folder that is not there."""
    if args.masks == "center":
        given = {"invert_masks": args.invert_masks, "mask_pairing": args.mask_pairing == "cycle"}
        for flag, needs_pictures in given.items():
            if needs_pictures:
                raise UserError(f"--{flag} is for mask pictures; give --masks=FOLDER")
    elif not Path(args.masks).exists():
        raise UserError(f"--masks={args.masks}: no such file or folder; 'center' covers the middle")
    elif args.mask_pairing == "cycle" and not Path(args.masks).is_dir():
        raise UserError(f"--mask_pairing=cycle needs a folder of masks, and {args.masks} is none")


def require_files(**paths):
    """Each flag's file must be there, if it is given."""
    for name, path in paths.items():
        if path is not None and not Path(path).is_file():
            raise UserError(f"no file at --{name}={path}; see --help for where to get it")


def check_output_apart(args, pairs, predictions):
    """Refuse an output folder whose results would be read as input, or written over it."""
    output = Path(args.output).resolve()
    for folder in predictions:
        resolved = Path(folder).resolve()
        if output.is_relative_to(resolved) or resolved.is_relative_to(output):
            raise UserError(
                f"--output={args.output} and --predictions={folder} lie in one another; choose an "
                "output folder apart from the predictions"
            )
    inside = next((pair for pair in pairs if pair.image.resolve().is_relative_to(output)), None)
    if inside:
        raise UserError(
            f"the picture {inside.image} lies in --output={args.output}; choose another folder"
        )
    for flag, folder in (("images", Path(args.images)), ("masks", Path(args.masks))):
        if folder.is_dir() and output.is_relative_to(folder.resolve()):
            raise UserError(
                f"--output={args.output} lies in --{flag}={folder}, where the results would be "
                "taken for input; choose a folder outside"
            )


def check_layout(args, methods):
    """One method's results lie in the output folder itself, several have a folder each."""
    output = Path(args.output)
    of_one, of_several = (output / "settings.json").exists(), _is_comparison(output)
    if len(methods) > 1 and of_one:
        raise UserError(f"{output} holds a test of one method; choose another --output for several")
    if len(methods) == 1 and of_several:
        raise UserError(f"{output} holds a test of several methods; choose another --output")
    places = [output, *(output / method.name for method in methods)]
    begun = any((place / "settings.json").exists() for place in places)
    if args.overwrite or of_several or begun:
        return
    taken = next((output / name for name in PUBLISHED if (output / name).exists()), None)
    if taken:
        raise UserError(
            f"{taken} is there already and not from a test; choose another --output, or add "
            "--overwrite"
        )


def _is_comparison(output):
    """Whether a folder holds a test of several methods."""
    try:
        return "methods" in json.loads((output / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False
