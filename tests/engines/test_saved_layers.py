"""What `import inpaint_tf` tells Keras, and what it does not load."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import inpaint_tf
from inpaint_tf.engines import saved_layers

ROOT = Path(inpaint_tf.__file__).parent
REGISTERED = re.compile(
    r'^@keras\.saving\.register_keras_serializable\("inpaint_tf"\)\n(class|def) (\w+)', re.MULTILINE
)


def test_every_registered_class_is_in_the_table():
    found, with_functions = {}, set()
    for path in ROOT.rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for what, name in REGISTERED.findall(path.read_text(encoding="utf-8")):
            if what == "def":
                with_functions.add(module)
            else:
                found[name] = module
    assert with_functions == {saved_layers.WITH_FUNCTIONS}
    imported = {n for n, module in found.items() if module == saved_layers.WITH_FUNCTIONS}
    assert {n: m for n, m in found.items() if n not in imported} == saved_layers.CLASSES


ORDERS = {
    "the package first": "import inpaint_tf, keras",
    "keras first": "import keras, inpaint_tf",
    "a module of layers": "import inpaint_tf.networks.layers.activations, keras",
    "the engine's module": "import inpaint_tf.engines.apple_gpu, keras",
    "looked for before": (
        "import importlib.util, inpaint_tf; importlib.util.find_spec('keras'); import keras"
    ),
}


@pytest.mark.parametrize("order", ORDERS)
def test_keras_knows_the_classes(order):
    program = f"""{ORDERS[order]}
layer = keras.saving.deserialize_keras_object({{
    "module": "anywhere", "class_name": "UpsampleConv2D",
    "registered_name": "inpaint_tf>UpsampleConv2D",
    "config": {{"filters": 3, "kernel_size": [3, 3], "padding": "same", "activation": {{
        "class_name": "function", "module": "anywhere", "config": "inpaint_tf>elu",
        "registered_name": "inpaint_tf>elu"}}}},
}})
from inpaint_tf.networks.layers import activations, upsampling
assert type(layer) is upsampling.UpsampleConv2D, layer
assert layer.activation is activations.elu, layer.activation
assert type(keras.saving.deserialize_keras_object(
    keras.saving.serialize_keras_object(layer))) is type(layer)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_package_alone_loads_no_keras():
    program = "import sys, inpaint_tf; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
