"""Does this package compute the same numbers as the CVPR 2018 graph?

The checks rebuild the weights that the goldens were taken with, and run attention, generator,
critics, losses and gradients on them.
"""

import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from inpaint_tf.doctor import conformance_aot, conformance_partial
from inpaint_tf.doctor.check import Check
from inpaint_tf.errors import UserError

OUTPUT_TOLERANCE = 5e-5  # absolute, for pictures in [-1, 1] and attention outputs
LOSS_TOLERANCE = 1e-4  # relative
GENERATOR_GRADIENT_TOLERANCE = 1e-3  # relative, for each variable's gradient norm
CRITIC_GRADIENT_TOLERANCE = 5e-3  # relative; real and fake scores nearly cancel
ZERO_GRADIENT = 1e-6  # smaller norms count as zero: the critics' last biases have no gradient


def golden_weight(name: str, shape: Sequence[int], seed: int) -> np.ndarray:
    """The weight that an original variable had when the goldens were taken, float32."""
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    if len(shape) == 1:
        return rng.normal(0, 0.05, shape).astype("float32")
    scale = np.sqrt(1.6 / np.prod(shape[:-1]))
    return (rng.normal(0, 1, shape) * scale).astype("float32")


def run_checks(goldens: Mapping[str, np.ndarray], seed: int) -> Iterator[Check]:
    """Yields a `Check` for each group of numbers in `goldens`, of whichever system they are."""
    if conformance_aot.MARK in goldens:
        yield from conformance_aot.run_checks(goldens, seed)
        return
    if conformance_partial.MARK in goldens:
        yield from conformance_partial.run_checks(goldens, seed)
        return
    yield from check_discount(goldens)
    yield from check_attention(goldens)
    trainer, variables = build_golden_trainer(seed)
    if "generator/image" in goldens:
        yield from check_generator(goldens, trainer)
    if "train/images" in goldens:
        yield from check_training(goldens, trainer, variables)


def build_golden_trainer(seed: int) -> tuple[Any, dict[str, Any]]:
    """The full-width networks with golden weights: (trainer, {original name: variable})."""
    import keras

    from inpaint_tf.masks.hole_drawer import HoleDrawer
    from inpaint_tf.networks import original_names
    from inpaint_tf.networks.discriminators import build_global_critic, build_local_critic
    from inpaint_tf.networks.generators.coarse_to_fine import build_generator
    from inpaint_tf.training.critics.wgan_gp import WassersteinCritics
    from inpaint_tf.training.trainer import InpaintingTrainer

    keras.config.set_dtype_policy("float32")
    networks = build_generator(), build_local_critic(), build_global_critic()
    variables = original_names.variables_by_original_name(*networks)
    for name, variable in variables.items():
        variable.assign(golden_weight(name, variable.shape, seed))
    generator, *critics = networks
    return InpaintingTrainer(
        generator, WassersteinCritics(*critics), HoleDrawer("center")
    ), variables


def check_discount(goldens: Mapping[str, np.ndarray]) -> Iterator[Check]:
    from inpaint_tf.training.losses import spatial_discount

    for key in [key for key in goldens if key.startswith("discount/")]:
        expected = goldens[key]
        height, width = expected.shape
        gamma = float(key.removeprefix("discount/gamma_"))
        yield _outputs(key, spatial_discount(height, width, gamma)[0, :, :, 0], expected)


def check_attention(goldens: Mapping[str, np.ndarray]) -> Iterator[Check]:
    from inpaint_tf.networks.layers.contextual_attention import contextual_attention

    cases = sorted({key.split("/")[1] for key in goldens if key.startswith("attention/")})
    for case in cases:
        features = goldens[f"attention/{case}/features"]
        mask = goldens[f"attention/{case}/mask"]
        for kind in ("fused", "unfused"):
            output, _ = contextual_attention(features, features, mask, fuse=kind == "fused")
            key = f"attention/{case}/{kind}"
            yield _outputs(key, output, goldens[key])


def check_generator(goldens: Mapping[str, np.ndarray], trainer: Any) -> Iterator[Check]:
    from keras import ops

    from inpaint_tf import compositing
    from inpaint_tf.masks.hole_drawer import Hole

    # The generator uses only the mask.
    hole = Hole(ops.convert_to_tensor(goldens["generator/mask"]), boxes=None, size=(0, 0))
    outputs = trainer.generate(compositing.to_unit(goldens["generator/image"]), hole)
    for stage in ("coarse", "refined"):
        yield _outputs(f"generator/{stage}", outputs[stage], goldens[f"generator/{stage}"])


def check_training(
    goldens: Mapping[str, np.ndarray], trainer: Any, variables: Mapping[str, Any]
) -> Iterator[Check]:
    """Checks the outputs, losses and gradient norms of one generator and one critic update."""
    from keras import ops

    from inpaint_tf import compositing
    from inpaint_tf.engines.active_engine import engine
    from inpaint_tf.masks.hole_drawer import Hole

    real = compositing.to_unit(goldens["train/images"])
    top, left, height, width = (int(n) for n in goldens["train/box_top_left_height_width"])
    mask = np.zeros((1, *real.shape[1:3], 1), "float32")
    mask[:, top : top + height, left : left + width] = 1.0
    hole = Hole(ops.convert_to_tensor(mask), ops.convert_to_tensor([[top, left]]), (height, width))
    alpha = ops.convert_to_tensor(goldens["train/interpolation_alpha"][:, :, None, None])

    # Training itself uses `generate`, `generator_loss` and the critics' `loss`.
    outputs = trainer.generate(real, hole)
    for stage in ("coarse", "refined"):
        key = f"train/{stage}_every_8th_pixel"
        yield _outputs(key, outputs[stage][:, 4::8, 4::8], goldens[key])
    completed = compositing.composite(outputs["refined"], real, hole.mask)

    (_, terms), generator_gradients = engine.value_and_gradient(
        lambda: trainer.generator_loss(real, hole), trainer.generator.trainable_variables
    )
    (_, critic_terms), critic_gradients = engine.value_and_gradient(
        lambda: trainer.critics.loss(real, completed, hole, ops.stack([alpha, alpha])),
        trainer.critics.trainable_variables,
    )
    terms = {**terms, **critic_terms}
    terms["gp_loss"] = trainer.critics.penalty_weight * (
        terms["penalty_local"] + terms["penalty_global"]
    )
    for loss in ("l1_loss", "ae_loss", "g_loss", "d_loss", "gp_loss"):
        expected = float(np.squeeze(goldens[f"train/loss/{loss}"]))
        error = abs(float(terms[loss]) - expected) / abs(expected)
        yield Check(f"train/loss/{loss} (relative)", error, LOSS_TOLERANCE, 1)

    names = {id(variable): name for name, variable in variables.items()}
    for loss, owners, gradients, tolerance in (
        (
            "g_loss",
            trainer.generator.trainable_variables,
            generator_gradients,
            GENERATOR_GRADIENT_TOLERANCE,
        ),
        (
            "d_loss",
            trainer.critics.trainable_variables,
            critic_gradients,
            CRITIC_GRADIENT_TOLERANCE,
        ),
    ):
        found = {names[id(v)]: g for v, g in zip(owners, gradients, strict=True)}
        yield _gradient_norms(f"train/gradient_norm_of_{loss}/", found, goldens, tolerance)


def _gradient_norms(
    prefix: str,
    gradients: Mapping[str, Any],
    goldens: Mapping[str, np.ndarray],
    tolerance: float,
) -> Check:
    expected = {
        key.removeprefix(prefix): float(np.squeeze(goldens[key]))
        for key in goldens
        if key.startswith(prefix)
    }
    if expected.keys() != gradients.keys():
        raise UserError(
            "the goldens and the networks differ in their variables: "
            f"{sorted(expected.keys() ^ gradients.keys())}; were they taken with this graph?"
        )
    errors = []
    for name, norm in expected.items():
        found = float(np.linalg.norm(np.asarray(gradients[name], "float64")))
        errors.append(found if norm < ZERO_GRADIENT else abs(found - norm) / norm)
    return Check(f"{prefix}* (relative)", float(np.max(errors)), tolerance, len(errors))


def _outputs(name: str, found: Any, expected: np.ndarray) -> Check:
    error = np.max(np.abs(np.asarray(found, "float64") - expected))
    return Check(name, float(error), OUTPUT_TOLERANCE, int(np.size(expected)))


def load_goldens(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Reads a goldens file into a dict of arrays. Raises `UserError` where it is not one."""
    try:
        with zipfile.ZipFile(path), np.load(path) as archive:
            return {key: archive[key] for key in archive.files}
    except FileNotFoundError:
        raise UserError(f"no goldens at {path}; pass --goldens=FILE.npz") from None
    except (ValueError, OSError, zipfile.BadZipFile) as error:
        raise UserError(f"{path} is not an .npz of goldens: {error}") from None
