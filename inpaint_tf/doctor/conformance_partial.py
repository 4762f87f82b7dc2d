"""Does this package compute the same numbers as the U-Net of partial convolutions in PyTorch?

The original has the authors' layer (NVIDIA/partialconv) in the network and the losses of the port
naoto0804/pytorch-inpainting-with-partial-conv. The checks rebuild the weights and pictures that the
goldens were taken with. A small network with VGG16's layers and random weights stands in for VGG16.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from inpaint_tf.doctor.check import Check

MARK = "recipe_names"
"""A key that goldens of this system have."""
OUTPUT_TOLERANCE = 1e-4  # of the largest value
LOSS_TOLERANCE = 1e-4  # relative
# Relative, for each variable. On TensorFlow none of 39 is more than 6e-4 off. On JAX one is 4.4e-3
# off with the perceptual and style terms, whose ReLUs and absolute values turn on rounding.
GRADIENT_TOLERANCE = 5e-3
SIZE, COUNT, HOLES = 256, 2, 3
WEIGHTS = {"valid": 1.0, "hole": 6.0, "prc": 0.05, "style": 120.0, "tv": 0.1}
"""Of the losses, in the paper and in every port."""
STAND_IN = {"seed": 78, "blocks": (2, 2, 3, 3, 3), "widths": (4, 4, 8, 8, *9 * (16,))}


def run_checks(goldens: Mapping[str, np.ndarray], seed: int) -> Iterator[Check]:
    """Yields a `Check` for each group of numbers in `goldens`."""
    import keras

    from inpaint_tf import compositing
    from inpaint_tf.engines.active_engine import engine
    from inpaint_tf.networks.generators.partial_convolution import build_generator

    keras.config.set_dtype_policy("float32")
    generator = build_generator()
    assign(generator, goldens[MARK], seed)
    real, mask = draw_pictures(np.random.default_rng(2000 + seed))
    # The original's pictures count as normalised already.
    inputs = [compositing.from_imagenet(real * (1.0 - mask)), mask]
    terms_of = _terms()

    def loss(wanted):
        picture = compositing.to_imagenet(generator(inputs, training=True)["refined"])
        terms = terms_of(real, picture, mask)
        total = sum(weight * terms[name] for name, weight in WEIGHTS.items() if name in wanted)
        return total, {**terms, "total": total, "picture": picture}

    start = generator.get_weights()
    variables, moved = generator.trainable_variables, generator.non_trainable_variables
    gradients = {}
    for key, wanted in (("base", ("valid", "hole", "tv")), ("total", tuple(WEIGHTS))):
        generator.set_weights(start)  # so that the moving statistics move once
        (_, terms), gradients[key] = engine.value_and_gradient(
            lambda wanted=wanted: loss(wanted), variables, moved
        )
    known = keras.Model(generator.inputs, generator.get_layer("dec_1").output[1])(inputs)
    mean = float(np.mean(known))
    yield Check("partial/final mask", abs(mean - float(goldens["mask_out_mean"])), 1e-4, 1)
    yield _outputs("partial/generator, in training", terms["picture"], goldens["out"])
    after = compositing.to_imagenet(generator(inputs, training=False)["refined"])
    yield _outputs("partial/generator, after one step", after, goldens["out_eval"])
    for name in (*WEIGHTS, "total"):
        found, expected = [float(terms[name])], [goldens[f"loss_{name}"]]
        yield _relative(f"partial/loss {name}", found, expected, LOSS_TOLERANCE)
    names = [str(name) for name in goldens["param_names"]]
    for key, computed in gradients.items():
        norms = _norms(generator, computed, names)
        original = goldens[f"gradnorm_{key}"]
        yield _relative(f"partial/gradients {key}", norms, original, GRADIENT_TOLERANCE)


def draw_pictures(rng: np.random.Generator) -> tuple[Any, Any]:
    """(pictures, masks) of the goldens: NumPy (2, 256, 256, 3), normalised, and (2, 256, 256, 1).

    The masks are ours: 1 = hole.
    """
    real = rng.uniform(0, 1, (COUNT, 3, SIZE, SIZE)).astype("float32")
    mask = np.zeros((COUNT, SIZE, SIZE, 1), "float32")
    for each in mask:
        for _ in range(HOLES):
            height, width = rng.integers(32, 128), rng.integers(32, 128)
            top, left = rng.integers(0, SIZE - height + 1), rng.integers(0, SIZE - width + 1)
            each[top : top + height, left : left + width] = 1
    return np.ascontiguousarray(real.transpose(0, 2, 3, 1)), mask


def assign(network: Any, names: np.ndarray, seed: int) -> None:
    """Give the network the weights that the original's had, drawn in the order of `names`."""
    rng = np.random.default_rng(seed)
    for name in names:
        variable, is_norm = _variable(network, str(name))
        if len(variable.shape) == 4:
            values = rng.standard_normal([variable.shape[axis] for axis in (3, 2, 0, 1)])
            values *= 1.4142135 / np.sqrt(np.prod(values.shape[1:]))
            values = values.transpose(2, 3, 1, 0)
        else:
            values = 0.1 * rng.standard_normal(variable.shape)
            values += 1.0 if is_norm and name.endswith("weight") else 0.0
        variable.assign(values.astype("float32"))


def stand_in_weights(
    seed: int, blocks: tuple[int, ...], widths: tuple[int, ...]
) -> dict[str, np.ndarray]:
    """Random weights of a narrow VGG by their PyTorch names: what stood in for the real ones.

    blocks: convolutions of each block. widths: channels of each convolution.
    """
    rng = np.random.default_rng(seed)
    arrays: dict[str, np.ndarray] = {}
    place, before, left = 0, 3, list(widths)
    for count in blocks:
        for _ in range(count):
            width = left.pop(0)
            kernel = rng.standard_normal((width, before, 3, 3)) * np.sqrt(2 / (9 * before))
            arrays[f"features.{place}.weight"] = kernel.astype("float32")
            bias = rng.standard_normal(width) * 0.01
            arrays[f"features.{place}.bias"] = bias.astype("float32")
            place, before = place + 2, width
        place += 1
    return arrays


def _terms():
    """Function of (truth, picture, mask), pictures normalised, that gives the five losses."""
    from keras import ops

    from inpaint_tf import compositing
    from inpaint_tf.networks import vgg
    from inpaint_tf.training import losses
    from inpaint_tf.training.terms import features

    arrays = stand_in_weights(**STAND_IN)
    form = features.FORMS["partial_convolution"]
    of_features = features.of_vgg(vgg.build_features(arrays, form.perceptual), form)

    def terms_of(real, picture, mask):
        completed = compositing.composite(picture, real, mask)
        ours = [compositing.from_imagenet(each) for each in (real, picture, completed)]
        perceptual, style = of_features(*ours).values()
        return {
            "valid": losses.weighted_l1(real, picture, 1.0 - mask),
            "hole": losses.weighted_l1(real, picture, mask),
            "prc": perceptual,
            "style": style,
            # The port's: over the whole composite.
            "tv": losses.total_variation(completed, ops.ones_like(mask)),
        }

    return terms_of


def _variable(network, name):
    """(variable, whether of a batch normalisation) of an original name."""
    layer, part, *_ = name.split(".")
    is_norm = part == "bn"
    layer = network.get_layer(f"{layer}.bn" if is_norm else layer)
    if is_norm:
        return (layer.gamma if name.endswith("weight") else layer.beta), True
    return (layer.kernel if name.endswith("weight") else layer.bias), False


def _norms(network, gradients, names):
    """The norms in the order of the original's names."""
    by_variable = {
        id(variable): float(np.linalg.norm(np.asarray(gradient, "float64")))
        for variable, gradient in zip(network.trainable_variables, gradients, strict=True)
    }
    return [by_variable[id(_variable(network, name)[0])] for name in names]


def _outputs(name, found, expected):
    """The largest error of pictures (batch, rows, columns, c) beside (batch, c, rows, columns)."""
    step = SIZE // expected.shape[2]
    found = np.asarray(found)[:, ::step, ::step].transpose(0, 3, 1, 2)
    error = np.abs(found - expected).max() / np.abs(expected).max()
    return Check(name, float(error), OUTPUT_TOLERANCE, found.size)


def _relative(name, found, expected, tolerance):
    found, expected = np.asarray(found, "float64"), np.asarray(expected, "float64")
    error = float((np.abs(found - expected) / expected).max())
    return Check(name, error, tolerance, found.size)
