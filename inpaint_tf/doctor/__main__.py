"""Does this machine compute what it should, and with which flags?

    python -m inpaint_tf.doctor             # about two minutes; paste its output into an issue
    python -m inpaint_tf.doctor --audit     # what of the graphs Apple's GPU has no kernel for

Compares each building block, the generator and the training iteration on the device with the CPU,
and ends in a verdict; exit status 1 if something is wrong. On a machine without a GPU it computes,
on the CPU, what Apple's GPU would compute.
"""

import json

from inpaint_tf.errors import UserError, run_command
from inpaint_tf.runtime import DEVICES

GROWTH_ALLOWED = 64 << 20
"""Bytes that 150 small iterations may add to the process: more is a leak."""


def main(_):
    from absl import flags

    args = flags.FLAGS
    from inpaint_tf.doctor import machine

    found = machine.describe()
    complaints = list(machine.pin_complaints(found["packages"]))
    if complaints and found["packages"]["tensorflow-metal"]:
        raise UserError(complaints[0])  # TensorFlow may not even load
    device = _configure(args.device)
    content = audit_graphs() if args.audit else examine(found, device, complaints)
    if args.json:
        from inpaint_tf.files import write_whole

        with write_whole(args.json) as file:
            file.write(json.dumps(content, indent=1).encode())
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


def examine(found, device, complaints):
    """Print the whole examination; what `--json` keeps."""
    from inpaint_tf import metal
    from inpaint_tf.doctor import machine, report, step
    from inpaint_tf.doctor.blocks import BLOCKS
    from inpaint_tf.doctor.comparison import compare

    devices = machine.devices()
    _say(report.machine_lines(found, devices))
    # Without a GPU: what Apple's would compute, the only part that a CPU can tell anything about.
    as_metal = device == "cpu" or metal.is_used()
    _say(["", *report.table_head(device, as_metal)])
    rows = []

    def add(row):
        rows.append(row)
        print(report.table_row(row), flush=True)

    for block in BLOCKS:
        add(compare(block, device, as_metal))
    add(step.compare_generator(device, as_metal))
    iteration, iterations = step.compare_iteration(device, as_metal)
    add(iteration)
    complaints += [sentence for row in rows for sentence in row.complaints()]
    print()
    if device != "cpu":
        _say(report.on_cpu_lines(iterations.on_cpu))
    growth = step.memory_growth(device, as_metal)
    first, last = step.MEMORY_ITERATIONS
    print(f"memory: {growth / 2**20:+.0f} MiB from small iteration {first} to {last}")
    if growth > GROWTH_ALLOWED:
        complaints.append(f"memory grew by {growth >> 20} MiB in {last - first} small iterations")
    _say(["", *verdict(device, complaints, iteration.seconds)])
    return {
        **found,
        "devices": devices,
        "device": device,
        "rows": [{**row._asdict(), "passed": row.passed} for row in rows],
        "on_cpu": dict(iterations.on_cpu) if device != "cpu" else {},
        "memory_growth_bytes": growth,
        "complaints": complaints,
    }


def verdict(device, complaints, seconds):
    """Lines that say what is wrong, and the flags to use."""
    yield from (f"WRONG: {complaint}" for complaint in complaints)
    if complaints and device == "gpu":
        yield "Verdict: do not trust this GPU, use --device=cpu; and send us this report"
    elif complaints:
        yield "Verdict: something is wrong here; send us this report"
    elif device == "gpu":
        here, there = seconds
        faster, times = ("gpu", there / here) if here < there else ("cpu", here / there)
        yield f"Verdict: all is well. Use --device={faster}: {times:.1f} times as fast here"
    else:
        yield "Verdict: all is well. Use --device=cpu, which --device=auto chooses here"


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
