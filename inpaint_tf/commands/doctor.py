"""Does this machine compute what it should, and with which flags?

    inpaint-tf doctor             # about two minutes; paste its output into an issue
    inpaint-tf doctor --audit     # what of the graphs Apple's GPU has no kernel for

Compares each building block, the generator and the training iteration on the device with the CPU,
and ends in a verdict; exit status 1 if something is wrong. On a machine without a GPU it computes,
on the CPU, what Apple's GPU would compute.
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path

from inpaint_tf.commands.parsing.run_command import run_command
from inpaint_tf.engines.runtime import DEVICES
from inpaint_tf.errors import UserError


def main(_: Sequence[str]) -> None:
    """Run the command; its flags are defined by `cli`."""
    from absl import flags

    args = flags.FLAGS
    from inpaint_tf.doctor import machine

    if args.json and not Path(args.json).absolute().parent.is_dir():
        raise UserError(f"--json={args.json}: there is no such folder; make it first")
    found = machine.describe()
    unfit = list(machine.pin_complaints(found["packages"]))
    if unfit and found["packages"]["tensorflow-metal"]:
        raise UserError(unfit[0])  # TensorFlow may not even load
    device = _configure(args.device)
    from inpaint_tf.doctor.examine import audit_graphs, examine

    content = audit_graphs() if args.audit else examine(found, device, notes=unfit)
    if args.json:
        from inpaint_tf.data.atomic_files import write_whole

        with write_whole(args.json) as file:
            file.write(json.dumps(_without_infinity(content), indent=1).encode())
    if content["complaints"]:
        raise SystemExit(1)


def _configure(asked):
    from absl import logging

    from inpaint_tf.engines import runtime

    logging.set_verbosity(logging.WARNING)  # the report says it
    device, _ = runtime.configure(asked, "float32")
    import keras

    if keras.backend.backend() != "tensorflow":
        raise UserError("the doctor examines TensorFlow; unset KERAS_BACKEND")
    return device


def _without_infinity(content):
    """`content` with None for infinite numbers, which JSON does not have."""
    if isinstance(content, dict):
        return {key: _without_infinity(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_without_infinity(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content


def cli() -> None:
    """Entry point of `inpaint-tf doctor`."""
    from absl import flags

    flags.DEFINE_bool("audit", False, "List what Apple's GPU has no kernel for, and nothing else.")
    flags.DEFINE_enum("device", "auto", DEVICES, "What to examine.")
    flags.DEFINE_string("json", None, "Write the findings to this file too.")
    run_command(main)


if __name__ == "__main__":
    cli()
