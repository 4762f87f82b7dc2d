"""Does this package compute what the CVPR 2018 graph computed?

    inpaint-tf conformance --goldens=FILE.npz --seed=N

Rebuilds the weights that the goldens were taken with, runs attention, generator, critics, losses
and gradients, prints the largest error of each beside its tolerance, and exits 1 if one is larger.
TensorFlow computes by its own code here, unless TF_ENABLE_ONEDNN_OPTS=1 asks for oneDNN.
"""

from collections.abc import Sequence

from inpaint_tf.commands.parsing.run_command import run_command
from inpaint_tf.doctor.conformance import load_goldens, run_checks
from inpaint_tf.engines.runtime import DEVICES
from inpaint_tf.errors import UserError


def main(argv: Sequence[str]) -> int:
    """Run the command; its flags are defined by `cli`."""
    from absl import flags

    from inpaint_tf.engines import runtime

    del argv
    goldens = load_goldens(flags.FLAGS.goldens)
    runtime.avoid_onednn()
    runtime.configure(flags.FLAGS.device, "float32")
    print(f"{'compared with the original':<48}{'numbers':>9}{'error':>12}{'allowed':>10}")
    checks = 0
    failed = 0
    for check in run_checks(goldens, flags.FLAGS.seed):
        checks += 1
        failed += not check.passed
        verdict = "" if check.passed else "  FAILED"
        print(
            f"{check.name:<48}{check.compared:>9}{check.error:>12.2e}{check.tolerance:>10.0e}"
            f"{verdict}"
        )
    if not checks:
        raise UserError(f"{flags.FLAGS.goldens} has none of the numbers that are compared")
    print("conforms" if not failed else f"does not conform: {failed} of the checks failed")
    return 1 if failed else 0


def cli() -> None:
    """Entry point of `inpaint-tf conformance`."""
    from absl import flags

    flags.DEFINE_string("goldens", None, "goldens taken from the original graph, an .npz file")
    flags.DEFINE_integer("seed", 1, "seed of the weights that the goldens were taken with")
    flags.DEFINE_enum("device", "auto", DEVICES, "Where to compute.")
    flags.mark_flag_as_required("goldens")
    run_command(main)


if __name__ == "__main__":
    cli()
