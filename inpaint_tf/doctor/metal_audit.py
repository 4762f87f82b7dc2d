"""The operations of a TensorFlow graph that have no kernel on a Mac's GPU.

TensorFlow silently computes such an operation on the CPU, and copies what it reads and writes
between the two. A file in this folder lists the plugin's kernels, as read from its library, so no
Mac is needed. The running TensorFlow lists its own kernels for devices of any kind.
"""

import functools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

KERNELS = Path(__file__).with_name("metal_kernels.json")

SHAPE_OPERATIONS = ("Shape", "ShapeN", "Size", "Rank")

ARGUED = {
    ("AddV2", "T=int64"): "the optimizers' counts of updates: one number each, kept by the CPU",
}
"""Operations that the CPU may compute while the GPU works, and why nothing waits for them."""


class Lack(NamedTuple):
    """An operation without a kernel.

    operation: its type, such as "Elu".
    types: of its values, see `types_of`.
    maker: its name in the graph, which shows the layer that made it.
    """

    operation: str
    types: str
    maker: str


class Audit(NamedTuple):
    """The operations of a graph, by where they run. A function with several callers counts once.

    lacks: the operations without a kernel on Apple's GPU.
    waits: the operations that the CPU computes on purpose from what the GPU has computed.
    on_gpu: number of operations with a kernel.
    on_host: number of operations that the CPU computes on purpose.
    """

    lacks: list[Lack]
    waits: list[Lack]
    on_gpu: int
    on_host: int


@functools.cache
def plugin_list() -> dict[str, Any]:
    """dict of `metal_kernels.json`: plugin, read (how and when), kernels (types by operation)."""
    return json.loads(KERNELS.read_text(encoding="utf-8"))


def audit(concrete_function: Any) -> Audit:
    """`Audit` of the graph of a `tf.ConcreteFunction` and of the functions that it calls.

    Two groups of operations never run and are left out: those that depend only on constants, which
    TensorFlow computes before the first step, and those that no result depends on.
    """
    graph = concrete_function.graph
    definition = graph.as_graph_def(add_shapes=True)
    functions = {function.signature.name: function for function in definition.library.function}
    wanted = [tensor.op.name for tensor in graph.outputs]
    wanted += [operation.name for operation in graph.control_outputs]
    found, seen = Audit([], [], 0, 0), set()
    waiting = [("", definition.node, wanted)]
    while waiting:
        caller, nodes, wanted = waiting.pop()
        constants, needed = _constants(nodes), _needed(nodes, wanted)
        on_gpu = {node.name for node in nodes if not _may_be_on_host(node)} - constants
        for node in nodes:
            if node.name not in needed:
                continue
            for name in _called_functions(node):
                if name in functions and name not in seen:
                    seen.add(name)
                    body = functions[name]
                    results = [*body.ret.values(), *body.control_ret.values()]
                    waiting.append((f"{caller}{node.name}/", body.node_def, results))
            if node.name in constants:
                continue
            if "CPU" in node.device:
                found = found._replace(on_host=found.on_host + 1)
                read = (_producer(name) for name in node.input if not name.startswith("^"))
                if on_gpu.intersection(read):
                    found.waits.append(Lack(node.op, types_of(node), caller + node.name))
            elif _has_kernel(node):
                found = found._replace(on_gpu=found.on_gpu + 1)
            elif (node.op, types_of(node)) not in ARGUED:
                found.lacks.append(Lack(node.op, types_of(node), caller + node.name))
    return found


def _may_be_on_host(node: Any) -> bool:
    """Whether a node's value may lie in the CPU's memory, as graph arguments and variables may."""
    return "CPU" in node.device or node.op in ("Placeholder", "ReadVariableOp")


def _needed(nodes: Iterable[Any], wanted: Iterable[str]) -> set[str]:
    """Names of the nodes that the wanted ones depend on, and of those that change something."""
    inputs = {node.name: [_producer(name) for name in node.input] for node in nodes}
    waiting = [_producer(name) for name in wanted]
    waiting += [node.name for node in nodes if _is_stateful(node.op)]
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += inputs.get(name, ())
    return needed


def _producer(name: str) -> str:
    """The node of an input such as "^conv1" or "conv1:output:0"."""
    return name.split(":")[0].lstrip("^")


def _called_functions(node: Any) -> Iterator[str]:
    for value in node.attr.values():
        if value.func.name:
            yield value.func.name
        yield from (function.name for function in value.list.func)


def _constants(nodes: Iterable[Any]) -> set[str]:
    """Names of the nodes whose value is known before the first step.

    nodes: in an order in which each comes after its inputs.
    """
    constants: set[str] = set()
    shapes: dict[str, Any] = {}
    for node in nodes:
        shapes[node.name] = node.attr["_output_shapes"].list.shape
        producers = {_producer(name) for name in node.input}
        if (
            node.op == "Const"
            or (node.op in SHAPE_OPERATIONS and all(_is_known(shapes, i) for i in node.input))
            or (producers and producers <= constants and not _is_stateful(node.op))
        ):
            constants.add(node.name)
    return constants


def _is_known(shapes: dict[str, Any], value: str) -> bool:
    """Whether the shape of a value such as "conv1:output:0", "conv1:0" or "conv1" is known."""
    parts = value.split(":")
    index = int(parts[-1]) if len(parts) > 1 else 0
    known = shapes.get(parts[0], ())
    if index >= len(known) or known[index].unknown_rank:
        return False
    return all(dimension.size >= 0 for dimension in known[index].dim)


@functools.cache
def _is_stateful(operation: str) -> bool:
    from tensorflow.python.framework import op_def_registry

    definition = op_def_registry.get(operation)
    return definition is None or definition.is_stateful


def _has_kernel(node: Any) -> bool:
    types = {name: _type_name(value.type) for name, value in node.attr.items() if value.type}
    for words in plugin_list()["kernels"].get(node.op, ()):
        wanted = dict(word.split("=") for word in words.split())
        if all(types.get(name) == dtype for name, dtype in wanted.items()):
            return True
    return any(
        all(types.get(name) in allowed for name, allowed in constraints)
        for constraints in _kernels_for_any_device(node.op)
    )


@functools.cache
def _kernels_for_any_device(operation: str) -> list[tuple[tuple[str, set[str]], ...]]:
    """[((attribute, allowed types), ...), ...] of TensorFlow's kernels for devices of any kind.

    Kernels whose results lie in the CPU's memory are left out, because the CPU computes these.
    """
    from tensorflow.core.framework import types_pb2
    from tensorflow.python.framework import kernels, op_def_registry

    definition = op_def_registry.get(operation)
    results = {
        result.name for result in definition.output_arg if result.type != types_pb2.DT_RESOURCE
    } or {""}
    return [
        tuple(
            (constraint.name, {_type_name(dtype) for dtype in constraint.allowed_values.list.type})
            for constraint in kernel.constraint
        )
        for kernel in kernels.get_registered_kernels_for_op(operation).kernel
        if kernel.device_type == "DEFAULT" and not results <= set(kernel.host_memory_arg)
    ]


@functools.cache
def _type_name(number: int) -> str:
    import tensorflow as tf

    return tf.dtypes.as_dtype(number).name


def types_of(node: Any) -> str:
    """The types of a node's values, such as "T=float32 Tidx=int32"."""
    return " ".join(
        f"{name}={_type_name(value.type)}"
        for name, value in sorted(node.attr.items())
        if value.type
    )
