"""The parts of the networks and of the training step, each as a function that can be compared.

A block is built anew for each device, so that it takes its form for that device. Its inputs are
small, of odd sizes where the part allows them, and the same on every machine.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Block(NamedTuple):
    """A part, and how it is compared.

    build: returns the function, of tensors with the shapes `shapes`, to one tensor.
    shapes: of the inputs.
    extra: numbers that the first input begins with.
    allowed: largest error of the function, relative to the largest value; ten times that for
      derivatives.
    differentiable: whether it has derivatives to compare.
    """

    name: str
    build: Callable[[], Callable[..., Any]]
    shapes: tuple[tuple[int, ...], ...]
    extra: tuple[float, ...] = ()
    allowed: float = 1e-5
    differentiable: bool = True

    def inputs(self) -> list[np.ndarray]:
        """The inputs, float32 arrays of normal numbers."""
        rng = np.random.default_rng(len(self.name))
        arrays = [rng.normal(size=shape).astype("float32") for shape in self.shapes]
        arrays[0].reshape(-1)[: len(self.extra)] = self.extra
        return arrays


TAILS = (0.0, -100.0, -20.0, -1e-4, 1e-4)
"""Only small and negative values: errors are measured against the largest value."""
FEATURES = (2, 13, 21, 8)
EVEN_FEATURES = (2, 12, 20, 8)
KERNEL = (3, 3, 8, 6)


def elu() -> Callable[..., Any]:
    from inpaint_tf.networks.layers.activations import elu

    return elu


def leaky_relu() -> Callable[..., Any]:
    from inpaint_tf.networks.layers.activations import LeakyReLU

    return LeakyReLU(0.2)


def convolution(stride: int) -> Callable[[], Callable[..., Any]]:
    def build() -> Callable[..., Any]:
        from keras import ops

        return lambda x, kernel: ops.conv(x, kernel, strides=stride, padding="same")

    return build


def dilated(dilation: int) -> Callable[[], Callable[..., Any]]:
    def build() -> Callable[..., Any]:
        from inpaint_tf.networks.layers.dilation import dilated_convolution

        return lambda x, kernel: dilated_convolution(x, kernel, dilation)

    return build


def upsampling() -> Callable[..., Any]:
    from inpaint_tf.networks.layers.upsampling import UpsampleConv2D

    layer = UpsampleConv2D(KERNEL[-1])
    layer.build(FEATURES)
    return lambda x, kernel, bias: layer.stateless_call([kernel, bias], [], x)[0]


def patches() -> Callable[..., Any]:
    from inpaint_tf.networks.layers import pixel_cells

    return lambda x: pixel_cells.to_pixels(pixel_cells.from_pixels(x) ** 2)


def halving() -> Callable[..., Any]:
    from inpaint_tf.networks.layers.nearest_resize import halve

    return halve


def attention() -> Callable[..., Any]:
    from keras import ops

    from inpaint_tf.networks.layers.contextual_attention import contextual_attention

    mask = np.zeros((1, *EVEN_FEATURES[1:3], 1), "float32")
    mask[:, 2:8, 4:14] = 1
    return lambda x: contextual_attention(x, x, ops.convert_to_tensor(mask))[0]


def cropping() -> Callable[..., Any]:
    from inpaint_tf import compositing

    boxes = np.array([[1, 3], [4, 0]], "int32")
    return lambda x: compositing.crop(x, boxes, (7, 9))


def compositing() -> Callable[..., Any]:
    from keras import ops

    from inpaint_tf import compositing

    mask = ops.convert_to_tensor(np.arange(21)[None, None, :, None] % 2, "float32")
    return lambda x, y: compositing.composite(x, compositing.fill_hole(y, mask), mask)


def losses() -> Callable[..., Any]:
    from inpaint_tf.training import losses

    weights = losses.spatial_discount(13, 21, 0.9)
    mask = np.ones((1, 13, 21, 1), "float32")
    mask[:, 4:9] = 0
    return lambda x, y: losses.weighted_l1(x, y, weights) + losses.known_l1(x, y, mask)


def gradient_penalty() -> Callable[..., Any]:
    """The penalty of a critic of two layers: its value already contains a derivative."""
    from keras import ops

    from inpaint_tf.engines.active_engine import engine
    from inpaint_tf.networks.layers.activations import LeakyReLU
    from inpaint_tf.training import losses

    leaky = LeakyReLU(0.2)

    def penalty(pictures: Any, kernel: Any, last: Any) -> Any:
        def critic(x: Any) -> Any:
            return ops.sum(leaky(ops.conv(x, kernel, strides=2, padding="same")) * last)

        gradients = engine.input_gradient(critic, pictures)
        return losses.gradient_penalty(gradients, ops.ones((1, 13, 21, 1)))

    return penalty


def random_numbers() -> Callable[..., Any]:
    from inpaint_tf.engines.step_random import StepRandom

    random = StepRandom(1)

    def draw(_: Any) -> Any:
        random.restart(5)
        return random.uniform((64,)) + random.uniform((64,))

    return draw


def holes() -> Callable[..., Any]:
    from keras import ops

    from inpaint_tf.engines.step_random import StepRandom
    from inpaint_tf.masks.hole_drawer import HoleDrawer

    random, drawer = StepRandom(2), HoleDrawer("mixed", size=16, max_shrink=3, per_image=True)

    def draw(_: Any) -> Any:
        random.restart(3)
        rows = ops.sum(drawer.draw(random, 8, 33, 29).mask, axis=2)
        return ops.sum(rows, axis=1)  # a pixel at the edge of a stroke may fall on either side

    return draw


def adam() -> Callable[..., Any]:
    """Three updates of one variable, which is reset to zero before them."""
    import keras

    from inpaint_tf.training.optimizers.adam import Adam

    variable, optimizer = keras.Variable(np.zeros(64, "float32")), Adam(0.01, 0.5, 0.9, 1e-8)
    optimizer.build([variable])

    def update(gradient: Any) -> Any:
        for changed in (variable, *optimizer.variables):
            if changed is not optimizer.learning_rate:
                changed.assign(keras.ops.zeros_like(changed))
        for _ in range(3):
            optimizer.apply([gradient], [variable])
        return variable.value

    return update


BLOCKS = (
    Block("ELU", elu, ((64,),), TAILS),
    Block("leaky ReLU", leaky_relu, ((64,),), TAILS[1:]),
    Block("convolution", convolution(1), (FEATURES, KERNEL)),
    Block("convolution, stride 2", convolution(2), (FEATURES, KERNEL)),
    *(Block(f"convolution, dilation {d}", dilated(d), (FEATURES, KERNEL)) for d in (2, 4, 8, 16)),
    Block("convolution, upsampling", upsampling, (FEATURES, KERNEL, (6,))),
    Block("patches", patches, (EVEN_FEATURES,)),
    Block("halving", halving, (EVEN_FEATURES,)),
    Block("contextual attention", attention, (EVEN_FEATURES,), allowed=1e-4),
    Block("cropping", cropping, (FEATURES,)),
    Block("compositing", compositing, (FEATURES, FEATURES)),
    Block("losses", losses, (FEATURES, FEATURES)),
    Block("gradient penalty", gradient_penalty, (FEATURES, KERNEL, (2, 7, 11, 6))),
    Block("random numbers", random_numbers, ((64,),), allowed=0.0, differentiable=False),
    Block("holes", holes, ((1,),), allowed=0.01, differentiable=False),
    Block("Adam", adam, ((64,),), differentiable=False),
)
"""The blocks that `doctor` compares, in order."""
