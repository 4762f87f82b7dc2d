"""The variables of the published TensorFlow 1 graph, by the names they have there."""

from typing import Any

import numpy as np

FIRST_LAYERS = ("conv1", "xconv1", "pmconv1")
"""They see pictures: the first three of their input channels."""
LAST_LAYERS = ("conv17", "allconv17")
"""They give pictures."""


def variables_by_original_name(
    generator: Any, local_critic: Any, global_critic: Any
) -> dict[str, Any]:
    """{original variable name: `keras.Variable`} for all 104 variables of the three networks."""
    networks = {
        "inpaint_net": generator,
        "discriminator/discriminator_local": local_critic,
        "discriminator/discriminator_global": global_critic,
    }
    return {
        _original_name(scope, *variable.path.split("/")[-2:]): variable
        for scope, network in networks.items()
        for variable in network.trainable_variables
    }


def _original_name(scope: str, layer: str, kind: str) -> str:
    if layer.endswith("_upsample_conv"):  # a scope of its own around upsampling and convolution
        return f"{scope}/{layer.removesuffix('_conv')}/{layer}/{kind}"
    if layer.startswith("dout_"):  # the last layers are outside the critics' scopes
        return f"discriminator/{layer}/{kind}"
    return f"{scope}/{layer}/{kind}"


def as_rgb(layer: str, values: np.ndarray) -> np.ndarray:
    """A layer's kernel or bias for red, green, blue of that for blue, green, red.

    layer: its name. values: (rows, columns, channels, filters) or (filters,).
    """
    if layer in LAST_LAYERS:
        return values[..., ::-1]
    if layer in FIRST_LAYERS and values.ndim == 4:
        return np.concatenate([values[:, :, 2::-1], values[:, :, 3:]], axis=2)
    return values
