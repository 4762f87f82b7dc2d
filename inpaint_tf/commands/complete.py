"""Completes photos: faces of any size, anywhere in them; no scores, no report.

  inpaint-tf complete --images=photo.jpg --masks=hole.png --output=completed
  inpaint-tf complete --images=PHOTOS --masks=MASKS --output=completed

White in a mask is hole; a folder's masks are named like the photos. Results keep the photos'
format, quality, EXIF data and colour profile; known pixels are the very same unless the format is
lossy. Faces are found by a detector: a good one comes with `pip install 'inpaint-tf[faces]'`.
--faces=FILE says where they are instead:
JSON, {"a.jpg": [{"left_eye": [x, y], "right_eye": [x, y]}, {"box": [left, top, width, height]}]},
or CSV with the columns image, left_eye_x, left_eye_y, right_eye_x, right_eye_y, or with image,
left, top, width, height. A box goes from brows to chin, left is left in the photo, and pixels are
those of the upright photo.

Run it again after an interruption and it goes on. Exit status 1: some photos failed; they are
named, and the others are done.
"""

import sys
from collections import Counter
from pathlib import Path

from absl import flags

from inpaint_tf.commands.parsing.flags import define_compute_flags, define_mask_flags
from inpaint_tf.commands.parsing.run_command import require_paths, run_command
from inpaint_tf.data import photo_files
from inpaint_tf.errors import Stopped, UserError
from inpaint_tf.evaluation import pairing
from inpaint_tf.inference.photos.detectors import AUTO, DETECTORS
from inpaint_tf.masks.face_shapes import SHAPES
from inpaint_tf.masks.mask_files import MaskRule
from inpaint_tf.weights.locate import ACCEPTED, DEFAULT


def define_flags():
    """Define the flags of this command; not at import, for other commands have some of them too."""
    flags.DEFINE_string(
        "images", None, "Photos: a folder, a glob, a .txt list or one file.", required=True
    )
    flags.DEFINE_string(
        "masks",
        None,
        "Holes: a folder of masks named like the photos, or one mask; 'transparency': what is "
        f"erased in the photos; a shape on all faces that are found: {', '.join(SHAPES)}. Left "
        "out, with --mask_colour: what has that colour in the photos.",
    )
    flags.DEFINE_string("output", None, "Folder for the completed photos.", required=True)
    flags.DEFINE_alias("image", "images")
    flags.DEFINE_alias("mask", "masks")
    define_mask_flags()
    flags.DEFINE_string("weights", DEFAULT, f"The network: {ACCEPTED}.")
    flags.DEFINE_string("faces", None, "A file that says where the faces are, see above.")
    flags.DEFINE_enum(
        "detector", AUTO, [AUTO, *DETECTORS], "Of faces. auto: the best that is installed."
    )
    flags.DEFINE_bool("detail", True, "Copy fine detail of the photo into enlarged fillings.")
    flags.DEFINE_enum(
        "blend", "membrane", ["membrane", "none"], "How the seam at the hole's edge is taken away."
    )
    flags.DEFINE_bool("overwrite", False, "Do again what the output folder holds already.")
    define_compute_flags("float32")


def main(argv):
    """Complete the photos that the flags name; returns the exit status."""
    del argv
    return complete_photos(flags.FLAGS)


def complete_photos(args):
    """Complete photos as `args` says, an object with an attribute for each flag.

    Returns the exit status: 1 if some photos failed.
    """
    rule = MaskRule(args.invert_masks, args.mask_colour, args.tolerance, args.grow)
    masks = args.masks
    if masks is None:
        if rule.colour is None:
            raise UserError("--masks is missing; see --help")
        masks = pairing.PAINTED
    require_paths(images=args.images, masks=masks, output=args.output)
    pairs = pairing.find_pairs(args.images, masks, rule=rule)
    if not all(isinstance(pair.image, Path) for pair in pairs):
        raise UserError(f"--images={args.images} holds no files of photos; give a folder of them")
    output = Path(args.output)
    if output.is_file():
        raise UserError(f"--output={output} is a file; give a folder")
    inputs = {path.resolve() for pair in pairs for path in pair.files()}
    targets = {pair: output / name for pair, name in zip(pairs, _own_names(pairs), strict=True)}
    for pair, target in targets.items():
        if target.resolve() in inputs:
            raise UserError(f"--output={output} would replace {pair.image}; give another folder")
    waiting = [pair for pair in pairs if args.overwrite or not targets[pair].exists()]
    if len(waiting) < len(pairs):
        print(f"{len(pairs) - len(waiting)} of {len(pairs)} photos are there already")
    if not waiting:
        return 0
    faces = _listed_faces(args.faces, pairs)
    options = {"detail": args.detail, "blend": args.blend != "none", "detector": args.detector}
    failures = _complete_all(waiting, targets, faces, options, args)
    done = len(waiting) - len(failures)
    if done:
        print(f"Completed: {done} in {output}")
    for pair, reason in failures.items():
        print(f"{pair.image}: {reason}", file=sys.stderr)
    if failures:
        print(f"error: {len(failures)} photos were not completed", file=sys.stderr)
    return 1 if failures else 0


def _own_names(pairs):
    """Names of the results, which keep the photos' formats; all are different."""
    names = []
    for pair in pairs:
        own = Path(pair.name).with_name(pair.image.name)
        names.append(own.with_suffix(photo_files.output_suffix(own)).as_posix())
    uses = Counter(name.casefold() for name in names)
    return [
        name if uses[name.casefold()] == 1 else pair.name
        for pair, name in zip(pairs, names, strict=True)
    ]


def _complete_all(pairs, targets, faces, options, args):
    """Complete and write each pair to its target; returns {pair: why it failed}."""
    from tqdm import tqdm

    from inpaint_tf.inference.inpainter import Inpainter
    from inpaint_tf.inference.photos import detectors
    from inpaint_tf.inference.photos.faces import find_faces

    inpainter = Inpainter.load(args.weights, device=args.device, precision=args.precision)
    if faces is None:
        options = {**options, "detector": detectors.choose(options["detector"])}
    failures = {}
    try:
        for pair in tqdm(pairs, unit="photo", dynamic_ncols=True):
            try:
                photo = photo_files.read_photo(pair.image)
                given = None if faces is None else faces.get(_listed_name(pair), [])
                if given is None and pair.mask in SHAPES:  # seen better uncovered than covered
                    given = find_faces(photo.pixels, options["detector"])
                hole = pair.read_hole(photo.pixels, faces=given)
                completed = inpainter.complete_photo(photo.pixels, hole, faces=given, **options)
                targets[pair].parent.mkdir(parents=True, exist_ok=True)
                photo_files.write_photo(photo, completed, hole, targets[pair])
            except UserError as error:
                reason = " ".join(str(error).split())
                failures[pair] = reason.removeprefix(f"{pair.image}: ")
    except KeyboardInterrupt:
        raise Stopped(
            "stopped; what is done is kept, and the same command (without --overwrite) goes on"
        ) from None
    return failures


def _listed_faces(path, pairs):
    """{name of the photo: faces} of the file `path`, or None without one."""
    if path is None:
        return None
    from inpaint_tf.inference.photos.face_list import read_faces

    if not Path(path).is_file():
        raise UserError(f"--faces={path}: no such file; give a .json or .csv file")
    faces = read_faces(path)
    names = {_listed_name(pair) for pair in pairs}
    unknown = sorted(set(faces) - names)
    if unknown:
        raise UserError(
            f"--faces={path} lists {unknown[0]}, which is not among --images; names are like "
            f"{min(names)}"
        )
    return faces


def _listed_name(pair):
    """The photo's path below its folder: the result's, with the photo's own ending."""
    return (Path(pair.name).parent / pair.image.name).as_posix()


def cli():
    """Entry point of the command."""
    define_flags()
    run_command(main)


if __name__ == "__main__":
    cli()
