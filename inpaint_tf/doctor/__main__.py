"""Does this machine compute what it should, and with which flags?

    python -m inpaint_tf.doctor             # about two minutes; paste its output into an issue
    python -m inpaint_tf.doctor --audit     # what of the graphs Apple's GPU has no kernel for

Compares each building block, the generator and the training iteration on the device with the CPU,
and ends in a verdict; exit status 1 if something is wrong. On a machine without a GPU it computes,
on the CPU, what Apple's GPU would compute.
"""

import json
import math
from pathlib import Path

from inpaint_tf.errors import UserError, run_command
from inpaint_tf.runtime import DEVICES

GROWTH_ALLOWED = 64 << 20
"""Bytes that 150 small iterations may add to the process: more is a leak."""


def main(_):
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
    content = audit_graphs() if args.audit else examine(found, device, notes=unfit)
    if args.json:
        from inpaint_tf.files import write_whole

        with write_whole(args.json) as file:
            file.write(json.dumps(_without_infinity(content), indent=1).encode())
    if content["complaints"]:
        raise SystemExit(1)


def _configure(asked):
    from absl import logging

    from inpaint_tf import runtime

    logging.set_verbosity(logging.WARNING)  # the report says it
    device, _ = runtime.configure(asked, "float32")
    import keras

    if keras.backend.backend() != "tensorflow":
        raise UserError("the doctor examines TensorFlow; unset KERAS_BACKEND")
    return device


def audit_graphs():
    """Print which operations have no kernel on Apple's GPU; what `--json` keeps."""
    from inpaint_tf.doctor import report, step

    content = {"complaints": []}
    for name, take in (
        ("completing a picture, 256x256", step.audit_inference),
        ("training iteration, 256x256", step.audit_iteration),
    ):
        audit, for_cpu = take(), take(as_metal=False)
        _say(report.audit_lines(name, audit))
        print(f"  (as built for a CPU: {len(for_cpu.lacks)} without a kernel)", flush=True)
        content[name] = {**audit._asdict(), "lacks_as_built_for_a_cpu": len(for_cpu.lacks)}
        if audit.lacks:
            content["complaints"].append(f"{name}: {len(audit.lacks)} operations without a kernel")
    _say(report.audit_notes())
    return content


def _without_infinity(content):
    """JSON has no number for it: None."""
    if isinstance(content, dict):
        return {key: _without_infinity(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_without_infinity(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content


def examine(found, device, notes=()):
    """Print the whole examination; what `--json` keeps.

    found: `machine.describe()`. notes: sentences to tell beside it.
    """
    from inpaint_tf import metal
    from inpaint_tf.doctor import machine, report, step
    from inpaint_tf.doctor.blocks import BLOCKS
    from inpaint_tf.doctor.comparison import Comparison, attempt, compare

    devices = machine.devices()
    _say(report.machine_lines(found, devices))
    _say(f"note: {note}" for note in notes)
    # Without a GPU: what Apple's would compute, the only part that a CPU can tell anything about.
    as_metal = device == "cpu" or metal.is_used()
    _say(["", *report.table_head(device, as_metal)])
    rows, on_cpu = [], {}

    def add(name, compute):
        print(f"{name:<30}", end="", flush=True)  # before, lest the device take the process down
        row, failure = attempt(compute)
        rows.append(row or Comparison(name, (), (), (), failure))
        print(report.table_row(rows[-1]), flush=True)

    def compare_iteration():
        row, iterations = step.compare_iteration(device, as_metal)
        if device != "cpu":
            on_cpu.update(iterations.on_cpu)
        return row

    for block in BLOCKS:
        add(block.name, lambda block=block: compare(block, device, as_metal))
    add(f"generator, {step.SIZE}x{step.SIZE}", lambda: step.compare_generator(device, as_metal))
    add(f"training iteration, {step.SIZE}x{step.SIZE}", compare_iteration)
    complaints = [sentence for row in rows for sentence in row.complaints()]
    print()
    if device != "cpu":
        _say(report.on_cpu_lines(on_cpu))
    growth, failure = attempt(lambda: step.memory_growth(device, as_metal))
    first, last = step.MEMORY_ITERATIONS
    if failure:
        complaints.append(f"memory: {failure}")
    else:
        print(f"memory: {growth / 2**20:+.0f} MiB from small iteration {first} to {last}")
    if not failure and growth > GROWTH_ALLOWED:
        complaints.append(f"memory grew by {growth >> 20} MiB in {last - first} small iterations")
    _say(["", *verdict(device, complaints, rows[-1].seconds, on_cpu, len(devices) > 1)])
    return {
        **found,
        "devices": devices,
        "device": device,
        "rows": [{**row._asdict(), "passed": row.passed} for row in rows],
        "on_cpu": on_cpu,
        "memory_growth_bytes": growth,
        "complaints": complaints,
    }


def verdict(device, complaints, seconds, on_cpu=(), has_gpu=False):
    """Lines that say what is wrong, and the flags to use.

    seconds: of an iteration here and on the CPU. on_cpu: operations that ran there unasked.
    has_gpu: whether there is one, examined or not.
    """
    yield from (f"WRONG: {complaint}" for complaint in complaints)
    if complaints and device == "gpu":
        yield "Verdict: do not trust this GPU, use --device=cpu; and send us this report"
    elif complaints:
        yield "Verdict: something is wrong here; send us this report"
    elif device == "gpu":
        here, there = seconds
        faster, times = ("gpu", there / here) if here < there else ("cpu", here / there)
        slowed = ", though some of it runs on the CPU: send us this report" if on_cpu else ""
        yield f"Verdict: all is well{slowed}. Use --device={faster}: {times:.1f} times as fast here"
    else:
        unseen = "; the GPU was not examined" if has_gpu else ", which --device=auto chooses here"
        yield f"Verdict: all is well. Use --device=cpu{unseen}"


def _say(lines):
    for line in lines:
        print(line, flush=True)


def cli():
    from absl import flags

    flags.DEFINE_bool("audit", False, "List what Apple's GPU has no kernel for, and nothing else.")
    flags.DEFINE_enum("device", "auto", DEVICES, "What to examine.")
    flags.DEFINE_string("json", None, "Write the findings to this file too.")
    run_command(main)


if __name__ == "__main__":
    cli()
