"""Completes test pictures and scores them; scores other methods on the same pictures.

  python test.py --images=DIR --masks=center --weights=logs/run1 --output=DIR
  python test.py --images=DIR --predictions=DIR --baseline=telea,ns --output=DIR

Writes completed PNGs under the pictures' names, metrics.csv (a row per picture), summary.json,
contact_sheet.png, table.md, table.tex and report.html, and prints the scores beside the paper's.
Several methods get a folder each below the output. Run it again after an interruption and it goes
on. Exit status 1: some pictures failed; they are named, and the others are done.
"""

import importlib.util
import sys
from pathlib import Path

from absl import flags

from inpaint_tf.commands.parsing.flags import define_attention_flag
from inpaint_tf.commands.parsing.flags import define_compute_flags as define_compute_flags
from inpaint_tf.commands.parsing.run import require_paths, run_command
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.settings import (
    PROTOCOLS,
    apply_protocol,
    check_layout,
    check_masks,
    check_output_apart,
    listed,
    require_files,
)
from inpaint_tf.weights.locate import ACCEPTED, DEFAULT

NAMED_FAILURES = 20


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
        "Classic methods, with commas: telea, ns (Navier-Stokes), mean, biharmonic.",
    )
    flags.DEFINE_string("output", None, "Folder for the results.", required=True)
    flags.DEFINE_integer(
        "size",
        None,
        "Cut pictures square and resize them to this many pixels; 256 is the paper's protocol. "
        "Default: as they are.",
        lower_bound=8,
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
    """Complete, score and report; `args` has an attribute for each flag. Returns the exit status.

    What a user may have mistaken is looked at first, before TensorFlow takes its seconds to load.
    """
    from inpaint_tf.evaluation import pairing, results_folder
    from inpaint_tf.evaluation.methods.naming import name_apart

    apply_protocol(args)
    generator_file, predictions = _weights(args), listed("predictions", args.predictions)
    require_paths(images=args.images, masks=args.masks, output=args.output)
    check_masks(args)
    pairs = pairing.find_pairs(args.images, args.masks, args.limit, args.mask_pairing == "cycle")
    check_output_apart(args, pairs, predictions)
    require_files(recogniser=args.recogniser, lpips=args.lpips, inception=args.inception)
    others = [*_predicted(predictions, pairs), *_baselines(args)]
    results_folder.prepare_folder(args.output)
    methods = name_apart([*_networks(args, generator_file), *others])
    several = len(methods) > 1
    check_layout(args, methods)
    judges, set_judge = _judges(args)
    tested, failed = [], False
    for method in methods:
        folder = Path(args.output) / (method.name if several else "")
        one = _test(args, method, folder, pairs, judges)
        _print_failures(one.results, method.name)
        failed = failed or bool(one.results.failures)
        if one.pairs:
            tested.append(one)
    if tested:
        from inpaint_tf.evaluation.report.write import publish

        publish(args.output, tested, several, args, set_judge)
        print(f"Results: {args.output}")
    return 1 if failed else 0


def _test(args, method, folder, pairs, judges):
    """Test one method in `folder`; returns a `publish.Tested`."""
    from inpaint_tf.evaluation.report.write import Tested
    from inpaint_tf.evaluation.results_folder import Results, describe_inputs
    from inpaint_tf.evaluation.runner import evaluate

    folder.mkdir(exist_ok=True)
    inputs = {pair.name: describe_inputs([*pair.files(), method.source(pair)]) for pair in pairs}
    output = Results(folder, _settings(args, method), inputs, args.overwrite)
    try:
        evaluate(
            method,
            pairs,
            output,
            size=args.size,
            batch_size=args.batch_size,
            invert_masks=args.invert_masks,
            judges=judges,
        )
    except KeyboardInterrupt:
        raise UserError(
            "stopped; what is done is kept, and the same command (without --overwrite) goes on"
        ) from None
    output.finish(list(inputs))
    return Tested(method, output, pairs)


def _weights(args):
    """What --weights names: our network is tested if asked for, or if nothing else is."""
    from inpaint_tf.weights import locate

    named = listed("weights", args.weights)
    if args.weights is None and args.predictions is None and args.baseline is None:
        named = [locate.DEFAULT]
    for name in named:
        locate.find_weights(name)
    return named


def _judges(args):
    """(`scoring.Judges`, `set_judge.SetJudge` or None), after the networks: Keras is set up."""
    from inpaint_tf.evaluation.scores import picture_scores

    recogniser = lpips = set_judge = None
    if args.recogniser:
        from inpaint_tf.evaluation.scores.recognition import Recogniser

        recogniser = Recogniser(args.recogniser)
    if args.lpips or args.inception:
        from inpaint_tf.engines import runtime

        runtime.load_engine()
        from inpaint_tf.evaluation.scores.feature_networks import Inception, Lpips
        from inpaint_tf.evaluation.scores.set_scores import SetJudge

        lpips = Lpips(args.lpips) if args.lpips else None
        if args.inception:
            set_judge = SetJudge(Inception(args.inception), args.size, args.invert_masks)
    return picture_scores.Judges(recogniser, lpips), set_judge


def _predicted(folders, pairs):
    from inpaint_tf.evaluation.methods.predictions import Predictions, PredictionsMethod

    return [PredictionsMethod(Predictions(folder, pairs)) for folder in folders]


def _baselines(args):
    from inpaint_tf.evaluation.methods.classic import BASELINES, BaselineMethod

    names = list(dict.fromkeys(listed("baseline", args.baseline)))
    for name in names:
        if name not in BASELINES:
            raise UserError(f"--baseline={name} is none of {', '.join(BASELINES)}")
    if "biharmonic" in names and importlib.util.find_spec("skimage") is None:
        raise UserError("--baseline=biharmonic needs scikit-image; pip install scikit-image")
    return [BaselineMethod(name) for name in names]


def _networks(args, weights):
    if not weights:
        return []
    from inpaint_tf.evaluation.methods.network import NetworkMethod
    from inpaint_tf.inference.inpainter import Inpainter

    compute = {"device": args.device, "precision": args.precision}
    return [
        NetworkMethod(
            Inpainter.load(name, score_bytes=args.attention_mb << 20, **compute),
            name,
            args.batch_size,
        )
        for name in weights
    ]


def _settings(args, method):
    """What the results depend on, for `Results` to compare with an earlier run's."""
    precision = {"precision": args.precision} if method.batched else {}
    return {
        "images": str(Path(args.images).resolve()),
        "masks": args.masks if args.masks == "center" else str(Path(args.masks).resolve()),
        "mask_pairing": args.mask_pairing,
        "invert_masks": args.invert_masks,
        "size": args.size,
        "recogniser": args.recogniser,
        "lpips": args.lpips,
        **precision,
        **method.settings,
    }


def _print_failures(output, name):
    if not output.failures:
        return
    print(f"{name}: failed pictures: {len(output.failures)}", file=sys.stderr)
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


if __name__ == "__main__":
    cli()
