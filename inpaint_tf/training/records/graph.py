"""Networks as TensorBoard's graph: a node for each layer, whatever engine computes it."""

from collections.abc import Iterable
from typing import Any


def of_networks(networks: Iterable[Any]) -> bytes:
    """A serialized `GraphDef` of functional Keras models, each in a scope of its name.

    A node has its layer's class, the layers that it reads, and its weights' shapes.
    """
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    graph = GraphDef()
    for network in networks:
        for layer in network.operations:
            node = graph.node.add(name=f"{network.name}/{layer.name}", op=type(layer).__name__)
            node.input.extend(f"{network.name}/{name}" for name in _read_by(layer, network))
            for weight in getattr(layer, "weights", ()):
                shape = "x".join(map(str, weight.shape)) or "1"
                node.attr[weight.name].s = f"{weight.dtype} {shape}".encode()
    return graph.SerializeToString()


def _read_by(layer, network):
    """Names of the layers whose outputs the layer takes within the network, each once."""
    inside = {id(each) for each in network.operations}
    names = [
        tensor._keras_history.operation.name
        for node in layer._inbound_nodes
        for tensor in node.input_tensors
        if id(tensor._keras_history.operation) in inside
    ]
    return list(dict.fromkeys(names))
