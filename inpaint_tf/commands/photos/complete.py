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

A mask may have another size than its photo, in the same shape.

Run it again after an interruption and it goes on. With other settings, weights or masks it says
what has changed, and does nothing. Exit status 1: some photos failed; they are named, and the
others are done.
"""

import sys
from pathlib import Path

from absl import flags

from inpaint_tf.commands.parsing.flags import define_compute_flags, define_mask_flags
from inpaint_tf.commands.parsing.run_command import run_command
from inpaint_tf.commands.photos.jobs import Completer, find_jobs
from inpaint_tf.commands.wording import counted, not_completed
from inpaint_tf.errors import Stopped
from inpaint_tf.inference.photos.detectors import AUTO, DETECTORS
from inpaint_tf.masks.face_shapes import SHAPES
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
    from tqdm import tqdm

    work = find_jobs(args)
    tell_done_before(work)
    if not work.jobs:
        return 0
    completer, failures = Completer(args), {}
    work.record.write()
    try:
        for job in tqdm(work.jobs, unit="photo", dynamic_ncols=True):
            if reason := completer(job):
                failures[job.pair.image] = reason
    except KeyboardInterrupt:
        raise Stopped(
            "stopped; what is done is kept, and the same command (without --overwrite) goes on"
        ) from None
    return tell_results(len(work.jobs), failures, args.output)


def tell_done_before(work):
    """Print how many photos are there already, if any are. work: see `jobs.Work`."""
    count, unknown = work.done_before, work.record.unknown
    if not count:
        return
    of_all = f"{count} of {counted(count + len(work.jobs), 'photo')}"
    line = f"{of_all} {'is' if count == 1 else 'are'} there already"
    if unknown:
        line += (
            f"; with which settings is not written down for {unknown}, as by earlier versions: add "
            "--overwrite if they have changed"
        )
    print(line)


def tell_results(count, failures, output):
    """Print what was done and what was not; returns the exit status.

    failures: {photo: why}, of `count` photos.
    """
    if done := count - len(failures):
        print(f"Completed: {done} in {Path(output)}")
    for photo, reason in failures.items():
        print(f"{photo}: {reason}", file=sys.stderr)
    if failures:
        print(f"error: {not_completed(len(failures), 'photo')}", file=sys.stderr)
    return 1 if failures else 0


def cli():
    """Entry point of the command."""
    define_flags()
    run_command(main)


if __name__ == "__main__":
    cli()
