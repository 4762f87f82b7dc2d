"""The whole examination, printed as it proceeds, and its verdict."""

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

GROWTH_ALLOWED = 64 << 20
"""Bytes that 150 small iterations may add to the process: more is a leak."""


def audit_graphs() -> dict[str, Any]:
    """Prints which operations have no kernel on Apple's GPU. Returns the content for `--json`."""
    from inpaint_tf.doctor import report_lines, whole_networks

    content: dict[str, Any] = {"complaints": []}
    for name, take in (
        ("completing a picture, 256x256", whole_networks.audit_inference),
        ("training iteration, 256x256", whole_networks.audit_iteration),
    ):
        audit, for_cpu = take(), take(as_metal=False)
        _say(report_lines.audit_lines(name, audit))
        print(f"  (as built for a CPU: {len(for_cpu.lacks)} without a kernel)", flush=True)
        content[name] = {**audit._asdict(), "lacks_as_built_for_a_cpu": len(for_cpu.lacks)}
        if audit.lacks:
            content["complaints"].append(f"{name}: {len(audit.lacks)} operations without a kernel")
    _say(report_lines.audit_notes())
    return content


def examine(found: dict[str, Any], device: str, notes: Iterable[str] = ()) -> dict[str, Any]:
    """Prints the whole examination. Returns the content for `--json`.

    found: `machine.describe()`.
    device: to examine, "gpu" or "cpu".
    notes: sentences to print after the description of the machine.
    """
    from inpaint_tf.doctor import machine, report_lines, whole_networks
    from inpaint_tf.doctor.building_blocks import BLOCKS
    from inpaint_tf.doctor.comparison import Comparison, attempt, compare
    from inpaint_tf.engines import apple_gpu

    devices = machine.devices()
    _say(report_lines.machine_lines(found, devices))
    _say(f"note: {note}" for note in notes)
    # Without a GPU, the CPU computes the form for Apple's GPU: its own form is the reference.
    as_metal = device == "cpu" or apple_gpu.is_used()
    _say(["", *report_lines.table_head(device, as_metal)])
    rows: list[Comparison] = []
    on_cpu: dict[str, int] = {}

    def add(name: str, compute: Callable[[], Comparison]) -> None:
        print(f"{name:<30}", end="", flush=True)  # before: the device may crash the process
        row, failure = attempt(compute)
        rows.append(row or Comparison(name, (), (), (), failure))
        print(report_lines.table_row(rows[-1]), flush=True)

    def compare_iteration() -> Comparison:
        row, iterations = whole_networks.compare_iteration(device, as_metal)
        if device != "cpu":
            on_cpu.update(iterations.on_cpu or {})
        return row

    for block in BLOCKS:
        add(block.name, functools.partial(compare, block, device, as_metal))
    add(
        f"generator, {whole_networks.SIZE}x{whole_networks.SIZE}",
        lambda: whole_networks.compare_generator(device, as_metal),
    )
    add(f"training iteration, {whole_networks.SIZE}x{whole_networks.SIZE}", compare_iteration)
    complaints = [sentence for row in rows for sentence in row.complaints()]
    print()
    if device != "cpu":
        _say(report_lines.on_cpu_lines(on_cpu))
    growth, failure = attempt(lambda: whole_networks.memory_growth(device, as_metal))
    first, last = whole_networks.MEMORY_ITERATIONS
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


def verdict(
    device: str,
    complaints: Sequence[str],
    seconds: Sequence[float],
    on_cpu: Collection[str] = (),
    has_gpu: bool = False,
) -> Iterator[str]:
    """Lines that say what is wrong, and the flags to use.

    seconds: of an iteration on `device` and on the CPU.
    on_cpu: operations that ran on the CPU although nothing placed them there.
    has_gpu: whether the machine has a GPU, examined or not.
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


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)
