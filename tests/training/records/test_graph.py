"""The graph that TensorBoard shows."""

import keras
from tensorboard.compat.proto.graph_pb2 import GraphDef

from inpaint_tf.networks.generators.coarse_to_fine import build_generator
from inpaint_tf.training.records import graph


def nodes_of(*networks):
    return {node.name: node for node in GraphDef.FromString(graph.of_networks(networks)).node}


def test_a_node_for_each_layer_with_what_it_reads_and_its_weights():
    inputs = keras.Input((8, 8, 3), name="pictures")
    first = keras.layers.Conv2D(4, 3, padding="same", name="first")(inputs)
    both = keras.layers.Add(name="both")([first, first * 2.0])
    nodes = nodes_of(keras.Model(inputs, both, name="net"))
    assert nodes["net/first"].op == "Conv2D"
    assert list(nodes["net/first"].input) == ["net/pictures"]
    assert nodes["net/first"].attr["kernel"].s == b"float32 3x3x3x4"
    assert len(nodes["net/both"].input) == 2
    # pictures, first, the product, both
    assert len(nodes) == 4


def test_every_input_of_the_generator_is_a_node_and_layers_used_elsewhere_do_not_leak():
    generator = build_generator(width=4)
    inner = keras.Model(generator.inputs, generator.output["coarse"], name="coarse")
    nodes = nodes_of(generator, inner)
    assert len(nodes) == len(generator.operations) + len(inner.operations)
    assert {name for node in nodes.values() for name in node.input} <= set(nodes)
    assert nodes["generator/conv1"].op == "Conv2D"
