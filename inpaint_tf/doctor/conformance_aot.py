"""Does this package compute the same numbers as AOT-GAN's published PyTorch code?

The checks rebuild the weights and pictures that the goldens were taken with, and run generator,
discriminator, adversarial losses and gradients on them.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from inpaint_tf.doctor.check import Check

MARK = "wG_names"
"""A key that goldens of this system have."""
OUTPUT_TOLERANCE = 2e-4  # of the largest value: each gate divides by a standard deviation
LOSS_TOLERANCE = 1e-4  # relative
# Relative, for each variable. In float32 one of 108 is 3.5e-3 off, for a ReLU that lies within
# rounding of zero; in float64 none is more than 2.5e-4 off. oneDNN's convolutions for AMX and
# AVX-512 move more of them: 1.0e-2 (`runtime.avoid_onednn`).
GRADIENT_TOLERANCE = 5e-3
ZERO_GRADIENT = 1e-9  # of the largest norm; smaller ones count as zero
SIZES = {128: 2, 256: 1}
"""Pictures of each size, in the order in which they were drawn."""
ADVERSARIAL_WEIGHT = 0.01


class Scores(NamedTuple):
    """The discriminator's maps, in the order of its calls, one power iteration before each."""

    with_gradient: Any  # of the composite, for the generator
    completed: Any
    real: Any


def run_checks(goldens: Mapping[str, np.ndarray], seed: int) -> Iterator[Check]:
    """Yields a `Check` for each group of numbers in `goldens`."""
    import keras

    from inpaint_tf.networks.generators.aot import build_generator
    from inpaint_tf.networks.patch_critic import build_patch_critic

    keras.config.set_dtype_policy("float32")
    generator, critic = build_generator(), build_patch_critic()
    assign(generator, goldens["wG_names"], seed)
    pictures = np.random.default_rng(2000 + seed)
    for size, count in SIZES.items():
        real, mask = draw_pictures(pictures, count, size)
        if f"s{size}_pred" in goldens:
            assign(critic, goldens["wD_names"], 1000 + seed)
            values = {
                key.removeprefix(f"s{size}_"): goldens[key]
                for key in goldens
                if key.startswith(f"s{size}_")
            }
            yield from _check_size(f"aot/{size}", values, generator, critic, real, mask, goldens)


def draw_pictures(rng: np.random.Generator, count: int, size: int) -> tuple[Any, Any]:
    """(pictures, masks) of the goldens: NumPy (count, size, size, 3) and (count, size, size, 1)."""
    real = rng.uniform(-1, 1, (count, 3, size, size)).astype("float32")
    mask = np.zeros((count, size, size, 1), "float32")
    for each in mask:
        for _ in range(2):
            height, width = rng.integers(size // 8, size // 2), rng.integers(size // 8, size // 2)
            top, left = rng.integers(0, size - height + 1), rng.integers(0, size - width + 1)
            each[top : top + height, left : left + width] = 1
    return np.ascontiguousarray(real.transpose(0, 2, 3, 1)), mask


def assign(network: Any, names: np.ndarray, seed: int) -> None:
    """Give a network the weights that the original's had, drawn in the order of `names`."""
    rng = np.random.default_rng(seed)
    for name in names:
        layer, weight = str(name).rsplit(".", 1)
        layer = network.get_layer(layer)
        kernel_shape = tuple(layer.kernel.shape)
        if weight == "bias":
            layer.bias.assign(rng.standard_normal(kernel_shape[3]) * 0.01)
        elif weight == "weight_u":
            layer.vector.assign(_unit(rng.standard_normal(kernel_shape[3]))[None])
        elif weight == "weight_v":
            rows, columns, channels, _ = kernel_shape
            vector = _unit(rng.standard_normal(channels * rows * columns))
            vector = vector.reshape(channels, rows, columns).transpose(1, 2, 0)
            layer.left.assign(vector.reshape(1, -1))
        else:
            values = rng.standard_normal([kernel_shape[axis] for axis in (3, 2, 0, 1)])
            values *= 1.25 / np.sqrt(np.prod(kernel_shape[:3]))
            layer.kernel.assign(values.transpose(2, 3, 1, 0))


def _unit(vector):
    return vector / np.sqrt((vector * vector).sum())


def _check_size(name, values, generator, critic, real, mask, goldens):
    from keras import ops

    from inpaint_tf import compositing
    from inpaint_tf.engines.active_engine import engine
    from inpaint_tf.networks import patch_critic
    from inpaint_tf.networks.layers.align_corners import resize_bilinear
    from inpaint_tf.training import losses
    from inpaint_tf.training.critics import patchgan

    kinds = {
        kind: patchgan.PatchCritics(critic, labels) for kind, labels in patchgan.LABELS.items()
    }
    coded = kinds["sm_patchgan_as_coded"]

    def generated():
        predicted = generator([compositing.fill_hole(real, mask, "white"), mask])["refined"]
        return predicted, compositing.composite(predicted, real, mask)

    predicted, completed = generated()
    step = real.shape[1] // values["pred"].shape[2]
    yield _outputs(f"{name}/generator", predicted[:, ::step, ::step], values["pred"])

    patch_critic.iterate(critic)
    generator_variables, critic_variables = (
        generator.trainable_variables,
        critic.trainable_variables,
    )
    gradients = {}

    def l1():
        predicted, _ = generated()
        return losses.region_l1(real, predicted, ops.ones_like(mask)), {}

    def adversarial():
        _, completed = generated()
        scores = critic(completed)
        return ADVERSARIAL_WEIGHT * coded.adversarial_of_scores(scores, mask), {"scores": scores}

    (l1_loss, _), by_l1 = engine.value_and_gradient(l1, generator_variables)
    (_, terms), by_critic = engine.value_and_gradient(adversarial, generator_variables)
    gradients["gradG_L1"], gradients["gradG_adv01"] = by_l1, by_critic
    gradients["gradG_total"] = [a + b for a, b in zip(by_l1, by_critic, strict=True)]
    with_gradient = terms["scores"]
    _, gradients["gradD_leak"] = engine.value_and_gradient(adversarial, critic_variables)

    patch_critic.iterate(critic)
    # The maps of real pictures come after one iteration more; their gradients are taken alone.
    labels = coded.labels
    fake_scores, by_fake = _label_gradient(critic, completed, labels.fake(mask), critic_variables)
    patch_critic.iterate(critic)
    real_scores, by_real = _label_gradient(critic, real, labels.real(mask), critic_variables)
    gradients["gradD_dis"] = [a + b for a, b in zip(by_fake, by_real, strict=True)]
    gradients["gradD_code_total"] = [
        a + b for a, b in zip(gradients["gradD_dis"], gradients["gradD_leak"], strict=True)
    ]
    scores = Scores(with_gradient, fake_scores, real_scores)

    for key, found in zip(("D_gfake", "D_dfake", "D_real"), scores, strict=True):
        yield _outputs(f"{name}/discriminator {key}", found, values[key])
    enlarged = resize_bilinear(scores.with_gradient, *mask.shape[1:3])
    yield _outputs(f"{name}/enlarged scores", enlarged[:, ::4, ::4], values["up_gfake_sub"])
    softened = patchgan.soften(ops.convert_to_tensor(mask))
    yield _outputs(f"{name}/soft hole", softened[:, ::4, ::4], values["blur_mask_sub"])

    found = {"L1": l1_loss}
    for key, kind in (
        ("code_dis", "sm_patchgan_as_coded"),
        ("var_paperSM_dis", "sm_patchgan"),
        ("var_HM_dis", "hm_patchgan"),
        ("var_patch_dis", "patchgan"),
    ):
        found[key], _ = kinds[kind].loss_of_scores(scores.real, scores.completed, mask)
    for key, kind in (
        ("code_gen_unweighted", "sm_patchgan_as_coded"),
        ("var_paperSM_gen", "sm_patchgan"),
        ("var_patch_gen", "patchgan"),
    ):
        found[key] = kinds[kind].adversarial_of_scores(scores.with_gradient, mask)
    for key, value in found.items():
        yield _relative(f"{name}/loss {key}", [float(value)], [values[key]], LOSS_TOLERANCE)
    for key, computed in gradients.items():
        names = [str(each) for each in goldens[f"{key[:5]}_names"]]
        network = generator if key.startswith("gradG") else critic
        norms = _norms(network, computed, names)
        yield _relative(f"{name}/{key}", norms, values[f"{key}_norm"], GRADIENT_TOLERANCE)


def _label_gradient(critic, pictures, label, variables):
    """(scores, gradients) of the mean square of enlarged scores beside a label."""
    from keras import ops

    from inpaint_tf.engines.active_engine import engine
    from inpaint_tf.networks.layers.align_corners import resize_bilinear

    def loss():
        scores = critic(pictures)
        enlarged = resize_bilinear(scores, *pictures.shape[1:3])
        return ops.mean(ops.square(enlarged - label)), {"scores": scores}

    (_, terms), gradients = engine.value_and_gradient(loss, variables)
    return terms["scores"], gradients


def _norms(network, gradients, names):
    """The norms in the order of the original's names."""
    by_variable = {
        id(variable): float(np.linalg.norm(np.asarray(gradient, "float64")))
        for variable, gradient in zip(network.trainable_variables, gradients, strict=True)
    }
    norms = []
    for name in names:
        layer, weight = name.rsplit(".", 1)
        layer = network.get_layer(layer)
        norms.append(by_variable[id(layer.bias if weight == "bias" else layer.kernel)])
    return norms


def _outputs(name, found, expected):
    """The largest error of maps (batch, rows, columns, c) beside (batch, c, rows, columns)."""
    found = np.asarray(found).transpose(0, 3, 1, 2)
    error = np.abs(found - expected).max() / np.abs(expected).max()
    return Check(name, float(error), OUTPUT_TOLERANCE, found.size)


def _relative(name, found, expected, tolerance):
    found, expected = np.asarray(found, "float64"), np.asarray(expected, "float64")
    # The gates' biases have no gradient, for the gates are normalised.
    beside = np.where(expected < ZERO_GRADIENT * expected.max(), expected.max(), expected)
    return Check(name, float((np.abs(found - expected) / beside).max()), tolerance, found.size)
