"""The doctor's findings, as text that fits a terminal and an issue."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inpaint_tf.doctor import comparison
from inpaint_tf.doctor.metal_audit import ARGUED, Audit, plugin_list


def machine_lines(machine: Mapping[str, Any], devices: Sequence[str]) -> Iterator[str]:
    packages = machine["packages"]
    versions = ", ".join(f"{name} {version or '-'}" for name, version in packages.items())
    yield f"inpaint_tf {machine['inpaint_tf']} on Python {machine['python']}; {versions}"
    yield f"{machine['system']}; {machine['processor']}, {machine['cores']} cores"
    yield f"devices: {', '.join(devices)}"


def table_head(device: str, as_metal: bool) -> Iterator[str]:
    form = "in the form for Apple's GPU, " if as_metal else ""
    yield f"Differences from the CPU, {form}computed on the {device.upper()}; * marks large ones"
    orders = "".join(f"{order.split()[0]:>10}" for order in comparison.ORDERS)
    yield f"{'':30}{orders}{'ms here':>11}{'ms on CPU':>11}"


def table_row(row: comparison.Comparison) -> str:
    """The columns after the name, which is printed before the block is computed."""
    if row.failure:
        return f"{row.failure}*"
    errors = ""
    for error, allowed in zip(row.errors, row.allowed, strict=True):
        errors += f"{error:.0e}{' ' if error <= allowed else '*'}".rjust(10)
    here, there = (f"{1000 * seconds:.1f}" for seconds in row.seconds)
    return f"{errors:<30}{here:>11}{there:>11}"


def audit_lines(name: str, audit: Audit) -> Iterator[str]:
    plugin = plugin_list()
    yield (
        f"{name}: {len(audit.lacks)} operations without a kernel in {plugin['plugin']}, "
        f"{audit.on_gpu} with one, {audit.on_host} for the CPU on purpose "
        f"(waiting for the GPU: {len(audit.waits)})"
    )
    makers: dict[tuple[str, str], list[str]] = {}
    for lack in audit.lacks:
        makers.setdefault((lack.operation, lack.types), []).append(lack.maker)
    for (operation, types), found in sorted(makers.items(), key=lambda item: -len(item[1])):
        yield f"  {len(found):4} {operation} ({types}), such as {found[0]}"


def audit_notes() -> Iterator[str]:
    plugin = plugin_list()
    yield f"kernels: {plugin['plugin']}, read {plugin['read']}"
    for (operation, types), reason in ARGUED.items():
        yield f"not counted: {operation} ({types}), {reason}"


def on_cpu_lines(operations: Mapping[str, int]) -> Iterator[str]:
    """operations: numbers of those that TensorFlow placed on the CPU on its own, by type."""
    if not operations:
        yield "TensorFlow moved no operation of the iteration to the CPU on its own."
        return
    moved = sum(operations.values())
    yield f"TensorFlow moved {moved} operations of the iteration to the CPU on its own:"
    for operation, count in Counter(operations).most_common(12):
        yield f"  {count:4} {operation}"
