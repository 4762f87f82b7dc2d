"""Which operations of a TensorFlow graph have no kernel on a Mac's GPU.

TensorFlow computes such an operation on the CPU without a word, and copies what it reads and writes
between the two. The plugin's kernels are a list in this folder, read from its library; no Mac is
needed. TensorFlow's own kernels for devices of any kind are asked of the TensorFlow that runs.
"""

import functools
import json
from pathlib import Path
from typing import NamedTuple

KERNELS = Path(__file__).with_name("metal_kernels.json")

SHAPE_OPERATIONS = ("Shape", "ShapeN", "Size", "Rank")

ARGUED = {
    ("AddV2", "T=int64"): "the optimizers' counts of updates: one number each, kept by the CPU",
}
"""Operations that the CPU may compute beside the GPU, and why nothing waits for them."""


class Lack(NamedTuple):
    """An operation without a kernel: its type with the types of its values, and who made it."""

    operation: str
    types: str
    maker: str


class Audit(NamedTuple):
    """lacks: a `Lack` for each operation without a kernel on Apple's GPU.
    waits: likewise for those that the CPU is to compute from what the GPU has computed.
    on_gpu: how many operations have a kernel. on_host: how many the CPU is to compute on purpose.
    A function that is called from several places counts once."""

    lacks: list
    waits: list
    on_gpu: int
    on_host: int


@functools.cache
def plugin_list():
    """dict of `metal_kernels.json`: plugin, read (how and when), kernels (types by operation)."""
    return json.loads(KERNELS.read_text(encoding="utf-8"))


def audit(concrete_function):
    """`Audit` of the graph of a `tf.ConcreteFunction` and of the functions that it calls.

    Left out, because they never run: values that depend on constants alone, which TensorFlow
    computes before the first step, and those that no result depends on.
    """
    graph = concrete_function.graph
    definition = graph.as_graph_def(add_shapes=True)
    functions = {function.signature.name: function for function in definition.library.function}
    wanted = [tensor.op.name for tensor in graph.outputs]
    wanted += [operation.name for operation in graph.control_outputs]
    found, seen, waiting = Audit([], [], 0, 0), set(), [("", definition.node, wanted)]
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


def _may_be_on_host(node):
    """Arguments of the graph come from there, and a variable is read where it lies."""
    return "CPU" in node.device or node.op in ("Placeholder", "ReadVariableOp")


def _needed(nodes, wanted):
    """Names of the nodes that the wanted ones depend on, and of those that change something."""
    inputs = {node.name: [_producer(name) for name in node.input] for node in nodes}
    waiting = [_producer(name) for name in wanted]
    waiting += [node.name for node in nodes if _is_stateful(node.op)]
    needed = set()
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += inputs.get(name, ())
    return needed


def _producer(name):
    """The node of an input such as "^conv1" or "conv1:output:0"."""
    return name.split(":")[0].lstrip("^")


def _called_functions(node):
    for value in node.attr.values():
        if value.func.name:
            yield value.func.name
        yield from (function.name for function in value.list.func)


def _constants(nodes):
    """Names of the nodes whose value is known before the first step: they come in order of need."""
    constants, shapes = set(), {}
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


def _is_known(shapes, value):
    """Whether the shape of a value such as "conv1:output:0", "conv1:0" or "conv1" is."""
    parts = value.split(":")
    index = int(parts[-1]) if len(parts) > 1 else 0
    known = shapes.get(parts[0], ())
    if index >= len(known) or known[index].unknown_rank:
        return False
    return all(dimension.size >= 0 for dimension in known[index].dim)


@functools.cache
def _is_stateful(operation):
    from tensorflow.python.framework import op_def_registry

    definition = op_def_registry.get(operation)
    return definition is None or definition.is_stateful


def _has_kernel(node):
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
def _kernels_for_any_device(operation):
    """[((attribute, allowed types), ...), ...] of TensorFlow's kernels for devices of any kind.

    Not of those whose results lie in the CPU's memory: it is the CPU that computes them.
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
def _type_name(number):
    import tensorflow as tf

    return tf.dtypes.as_dtype(number).name


def types_of(node):
    """The types of a node's values, such as "T=float32 Tidx=int32"."""
    return " ".join(
        f"{name}={_type_name(value.type)}"
        for name, value in sorted(node.attr.items())
        if value.type
    )
