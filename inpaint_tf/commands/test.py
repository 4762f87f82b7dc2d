"""Completes test pictures and scores them.

  python test.py --images=DIR --masks=center --weights=logs/run1 --output=DIR

Writes completed PNGs under the pictures' names, metrics.csv (a row per picture), summary.json and
contact_sheet.png, and prints the scores beside the paper's. Run it again after an interruption and
it goes on. Exit status 1: some pictures failed; they are named, and the others are done.
"""

import sys
from pathlib import Path

from absl import flags

from inpaint_tf.errors import UserError, require_paths, run_command
from inpaint_tf.runtime import define_attention_flag
from inpaint_tf.runtime import define_flags as define_compute_flags

NAMED_FAILURES = 20
SHEET_ROWS = 8


def define_flags():
    """Define the flags of this command; not at import, for other commands have some of them too."""
    flags.DEFINE_string(
        "images", None, "Pictures: a folder, a glob, a .txt list or one file.", required=True
    )
    flags.DEFINE_string(
        "masks",
        "center",
        "Holes: 'center' (half of each side), a folder of mask pictures named like the pictures, "
        "or one mask for all. White (over 127.5) is hole.",
    )
    flags.DEFINE_bool("invert_masks", False, "Black is hole in the mask pictures.")
    flags.DEFINE_string(
        "weights", "latest", "A run's folder, a checkpoint, a *.weights.h5 file, or 'latest'."
    )
    flags.DEFINE_string("output", None, "Folder for the results.", required=True)
    flags.DEFINE_integer(
        "size",
        None,
        "Cut pictures square and resize them to this many pixels; 256 is the paper's protocol. "
        "Default: as they are.",
        lower_bound=8,
    )
    flags.DEFINE_integer("batch_size", 8, "Pictures completed together.", lower_bound=1)
    flags.DEFINE_integer("limit", None, "Test the first so many pictures.", lower_bound=1)
    flags.DEFINE_bool("overwrite", False, "Do again what the output folder holds already.")
    define_compute_flags("float32")
    define_attention_flag()


def main(argv):
    """Run the test that the flags describe; returns the exit status."""
    del argv
    return run_test(flags.FLAGS)


def run_test(args):
    """Complete, score and report; `args` has an attribute for each flag. Returns the exit status.

    What a user may have mistaken is looked at first, before TensorFlow takes its seconds to load.
    """
    from inpaint_tf import pairing, results, weights

    require_paths(images=args.images, masks=args.masks, weights=args.weights, output=args.output)
    pairs = pairing.find_pairs(args.images, args.masks, args.limit)
    _check_output_apart(args, pairs)
    weights.find_weights(args.weights)
    results.prepare_folder(args.output)
    from inpaint_tf.evaluate import evaluate
    from inpaint_tf.inpainter import Inpainter

    inpainter = Inpainter.load(
        args.weights,
        device=args.device,
        precision=args.precision,
        score_bytes=args.attention_mb << 20,
    )
    names = [pair.name for pair in pairs]
    output = results.Results(args.output, _settings(args, inpainter), names, args.overwrite)
    try:
        evaluate(
            inpainter,
            pairs,
            output,
            size=args.size,
            batch_size=args.batch_size,
            invert_masks=args.invert_masks,
        )
    except KeyboardInterrupt:
        raise UserError(
            "stopped; what is done is kept, and the same command (without --overwrite) goes on"
        ) from None
    summary = output.finish(names)
    done = [pair for pair in pairs if output.is_done(pair.name)]
    if done and not any(output.row(pair.name)["hole_share"] for pair in done):
        raise UserError(
            f"--masks={args.masks}: no mask has a hole (white), so nothing was filled; if black is "
            "hole, add --invert_masks"
        )
    if done:
        _write_contact_sheet(args, done, output, inpainter.hole_fill)
        _print_scores(args, done, output, summary)
    print(f"Results: {output.folder}")
    _print_failures(output)
    return 1 if output.failures else 0


def _settings(args, inpainter):
    """What the results depend on, for `Results` to compare with an earlier run's."""
    return {
        "images": str(Path(args.images).resolve()),
        "masks": args.masks if args.masks == "center" else str(Path(args.masks).resolve()),
        "invert_masks": args.invert_masks,
        "size": args.size,
        "precision": args.precision,
        "weights": inpainter.fingerprint(),
    }


def _check_output_apart(args, pairs):
    """Refuse an output folder whose results would be read as input, or written over it."""
    output = Path(args.output).resolve()
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


def _write_contact_sheet(args, pairs, output, hole_fill):
    from inpaint_tf import files, images, pairing, report

    entries = []
    for pair in report.evenly_spaced(pairs, SHEET_ROWS):
        truth, mask = pair.read(args.size, args.invert_masks)
        completed = files.read_image(output.folder / pair.name)
        row = output.row(pair.name)
        psnr, ssim = row["hole_composite_psnr"], row["hole_composite_ssim"]
        caption = f"{pair.name}   hole PSNR {psnr:.2f} dB, SSIM {ssim:.3f}"
        entries.append((caption, truth, completed, mask))
    fill_level = int(images.to_uint8(images.HOLE_FILLS[hole_fill]))
    sheet = report.contact_sheet(entries, fill_level)
    files.write_png(output.folder / pairing.CONTACT_SHEET, sheet)


def _print_scores(args, pairs, output, summary):
    from inpaint_tf import report

    rows = [output.row(pair.name) for pair in pairs]
    print(f"\n{summary['images']} pictures in {summary['seconds']:.1f} s")
    print(report.score_table(summary))
    identical = output.identical([pair.name for pair in pairs])
    if identical:
        print(f"{identical} pictures equal the truth; no mean holds their infinite PSNR.")
    print(f"\n{report.paper_table(summary, rows, args.masks == 'center')}\n")


def _print_failures(output):
    if not output.failures:
        return
    print(f"failed pictures: {len(output.failures)}", file=sys.stderr)
    for image, reason in sorted(output.failures.items())[:NAMED_FAILURES]:
        print(f"  {image}: {reason}", file=sys.stderr)
    if len(output.failures) > NAMED_FAILURES:
        print(f"  ... all are in {output.folder / 'failed.csv'}", file=sys.stderr)
    print(
        f"error: {len(output.failures)} pictures were not completed, for the reasons above; mend "
        "or remove them and run the same command again",
        file=sys.stderr,
    )


def cli():
    """Entry point of the command."""
    define_flags()
    run_command(main)
