"""Completes test pictures and scores them; scores other methods on the same pictures.

  python test.py --images=DIR --masks=center --weights=logs/run1 --output=DIR
  python test.py --images=DIR --predictions=DIR --baseline=telea,ns --output=DIR

Writes completed PNGs under the pictures' names, metrics.csv (a row per picture), summary.json,
contact_sheet.png, table.md, table.tex and report.html, and prints the scores (beside the paper's
for at least 100 pictures of its size, 256x256).
Several methods get a folder each below the output. Run it again after an interruption and it goes
on. Exit status 1: some pictures failed; they are named, and the others are done.
"""

import sys

from absl import flags

from inpaint_tf.__main__ import COMMANDS
from inpaint_tf.commands.parsing.flags import (
    define_attention_flag,
    define_compute_flags,
    define_mask_flags,
)
from inpaint_tf.commands.parsing.run_command import run_command
from inpaint_tf.commands.wording import counted, not_completed
from inpaint_tf.errors import Stopped, UserError
from inpaint_tf.evaluation.picture_size import described, trained_at
from inpaint_tf.evaluation.settings import CHOICES, PROTOCOLS, EvaluationSettings
from inpaint_tf.masks.face_shapes import SHAPES
from inpaint_tf.weights.locate import ACCEPTED, DEFAULT

NAMED_FAILURES = 20


def define_flags():
    """Define the flags of this command; not at import, for other commands have some of them too."""
    flags.DEFINE_string(
        "images",
        None,
        "Pictures: a folder, a glob, a .txt list, one file, a packed cache (.npy), TFRecords or "
        "tfds:NAME.",
        required=True,
    )
    flags.DEFINE_string(
        "masks",
        "center",
        f"Holes: 'center' (half of each side), a shape on the faces ({', '.join(SHAPES)}; where "
        "none is found, on the mean face of square pictures), a folder of masks named like the "
        "pictures, or one mask for all; a list (.txt) or glob of masks is like a folder.",
    )
    define_mask_flags()
    flags.DEFINE_enum(
        "mask_pairing",
        "name",
        ["name", "cycle"],
        "name: a folder's mask for each picture by its name. cycle: the masks by turns, whatever "
        "their names, each resized to its picture.",
    )
    flags.DEFINE_multi_string(
        "weights",
        None,
        f"Our network: {ACCEPTED}. Several, with commas, are compared. Default: {DEFAULT}, unless "
        "other methods are given.",
    )
    flags.DEFINE_multi_string(
        "predictions",
        None,
        "Folders of pictures that other programs completed, named X.png, X_mask001.png, X_pred.png "
        "or X_comp.png for a picture X.jpg. Several with commas.",
    )
    flags.DEFINE_multi_string(
        "baseline",
        None,
        "Methods without learning, with commas: telea, ns (Navier-Stokes), mean, biharmonic; "
        "covered: the grey hole itself.",
    )
    flags.DEFINE_enum(
        "blend",
        "none",
        list(CHOICES["blend"]),
        "membrane: what our networks' fillings lack at the hole's edge is given to them, fading "
        "inwards. none: they are put in as they are, as in the papers.",
    )
    flags.DEFINE_string("output", None, "Folder for the results.", required=True)
    flags.DEFINE_string(
        "size",
        None,
        "Cut pictures square and resize them to this many pixels; 256 is the paper's protocol. "
        "native: they stay as they are, and faces of another size than the weights' come out "
        "worse. Default: the shorter side gets the size that the weights were trained at.",
    )
    flags.DEFINE_enum(
        "protocol",
        None,
        list(PROTOCOLS),
        "shah2022: the paper's, --masks=center --size=256 and the first 2,000 pictures.",
    )
    flags.DEFINE_integer("batch_size", 8, "Pictures completed together.", lower_bound=1)
    flags.DEFINE_integer("limit", None, "Test the first so many pictures.", lower_bound=1)
    flags.DEFINE_string(
        "recogniser",
        None,
        "OpenCV's SFace model, face_recognition_sface_2021dec.onnx from github.com/opencv/"
        "opencv_zoo, to score whether the person is the same.",
    )
    flags.DEFINE_bool(
        "recognition",
        False,
        "Score faces by dlib's landmarks and descriptors: is it the same person, and can completed "
        "faces be told from true ones. Needs: pip install 'inpaint-tf[recognition]'.",
    )
    flags.DEFINE_string("lpips", None, "Weights of LPIPS: inpaint-tf lpips-weights makes the file.")
    flags.DEFINE_string(
        "inception",
        None,
        "Keras' weights inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5, from "
        "storage.googleapis.com/tensorflow/keras-applications/inception_v3/, for FID and KID.",
    )
    flags.DEFINE_bool("overwrite", False, "Do again what the output folder holds already.")
    define_compute_flags("float32")
    define_attention_flag()


def main(argv):
    """Run the test that the flags describe; returns the exit status."""
    del argv
    return run_test(flags.FLAGS)


def run_test(args):
    """Evaluate as `args` says, an object with an attribute for each flag, and print what was found.

    Returns the exit status: 1 if some pictures failed.
    """
    settings = settings_from_flags(args)
    from inpaint_tf.evaluation.run import evaluate  # whose imports --help does without

    try:
        found = evaluate(settings)
    except KeyboardInterrupt:
        raise Stopped(
            "stopped; what is done is kept, and the same command"
            f"{' without --overwrite' if settings.overwrite else ''} goes on"
        ) from None
    _print_scores(found)
    if any(one.pairs for one in found.tested):
        print(f"Results: {settings.output}")
    for one in found.tested:  # last, where they are seen
        _print_failures(one)
    return 1 if found.failures else 0


def settings_from_flags(args):
    """The `EvaluationSettings` that the flags stand for."""
    return EvaluationSettings(
        images=args.images,
        output=args.output,
        masks=args.masks,
        mask_pairing=args.mask_pairing,
        invert_masks=args.invert_masks,
        mask_colour=args.mask_colour,
        tolerance=args.tolerance,
        grow=args.grow,
        weights=listed("weights", args.weights),
        predictions=listed("predictions", args.predictions),
        baselines=listed("baseline", args.baseline),
        blend=args.blend,
        size=args.size,
        limit=args.limit,
        protocol=args.protocol,
        batch_size=args.batch_size,
        device=args.device,
        precision=args.precision,
        score_bytes=args.attention_mb << 20,
        lpips=args.lpips,
        inception=args.inception,
        recogniser=args.recogniser,
        recognition=args.recognition,
        overwrite=args.overwrite,
    )


def listed(flag, values):
    """What a flag lists, with commas or by being given several times."""
    if values is None:
        return []
    values = [values] if isinstance(values, str) else values
    listed = [part.strip() for value in values for part in value.split(",") if part.strip()]
    if not listed:
        raise UserError(f"--{flag} is empty; name one, or leave the flag out")
    return listed


def _print_scores(found):
    """Tables as text, and the notes to them."""
    if found.comparison is None:
        if any(one.pairs for one in found.tested):
            print("\nNo picture was completed by every method: there is nothing to compare.")
        return
    for one in found.comparison.tested:
        size = described(one.results.rows([pair.name for pair in one.pairs]))
        trained = trained_at(one.method)
        own = f", trained at {trained}x{trained}," if trained else ""
        count = counted(len(one.pairs), "picture")
        print(f"\n{one.name}: {count} at {size}{own} in {one.seconds:.1f} s")
    tables = found.tables
    for table in (*tables.scores, *([tables.paper] if tables.paper else [])):
        print(f"\n{table.as_text()}")
    print("\n".join(["", *tables.remarks, *tables.notes, *_hints(found), ""]))


def _hints(found):
    """What a user may have meant otherwise."""
    settings = found.settings
    if settings.masks == "centre":
        yield (
            "Holes: the shape 'centre' on each face. The central half of both sides, the paper's "
            "hole, is --masks=center."
        )
    if settings.baselines and not settings.weights and not settings.predictions:
        yield f"No network was tested; to set one beside: --weights={DEFAULT}."
    if len(found.comparison.pairs) == 1 and not found.settings.central and "complete" in COMMANDS:
        yield (
            "These are scores against the picture under the mask. To complete a photo whose "
            f"covered part nobody knows: inpaint-tf complete --images={found.settings.images} "
            f"--masks={found.settings.masks} --output=DIR"
        )


def _print_failures(one):
    """Name the first pictures that one method did not complete."""
    if not one.failures:
        return
    print(f"{one.name}: failed pictures: {len(one.failures)}", file=sys.stderr)
    for image, reason in sorted(one.failures.items())[:NAMED_FAILURES]:
        print(f"  {image}: {reason}", file=sys.stderr)
    if len(one.failures) > NAMED_FAILURES:
        print(f"  ... all are in {one.results.folder / 'failed.csv'}", file=sys.stderr)
    several = len(one.failures) > 1
    print(
        f"error: {not_completed(len(one.failures), 'picture')}, for the "
        f"{'reasons' if several else 'reason'} above; mend or remove {'them' if several else 'it'} "
        "and run the same command again",
        file=sys.stderr,
    )


def cli():
    """Entry point of the command."""
    define_flags()
    run_command(main)


if __name__ == "__main__":
    cli()
