"""How many multiplications the published networks take: what no implementation of them can avoid,
unless it computes the same result from less, as ours does in attention and after upsampling.
"""

from inpaint_tf.networks.discriminators import GLOBAL_WIDTHS, LOCAL_WIDTHS
from inpaint_tf.networks.generators.coarse_to_fine import (
    AFTER_ATTENTION,
    ATTENTION_BRANCH,
    COARSE,
    CONVOLUTION_BRANCH,
    REFINEMENT_DECODER,
)

WIDTH, SIZE = 32, 256


def generator():
    """Multiplications of one forward pass for one 256x256 picture, attention included."""
    total = 0
    for table, size, channels in (
        (COARSE, SIZE, 5),
        (CONVOLUTION_BRANCH, SIZE, 5),
        (ATTENTION_BRANCH, SIZE, 5),
        (AFTER_ATTENTION, SIZE // 4, 4 * WIDTH),
        (REFINEMENT_DECODER, SIZE // 4, 8 * WIDTH),
    ):
        for layer in table:
            size = size * 2 if layer.upsample else size // layer.stride
            filters = int(layer.width * WIDTH)
            total += size**2 * layer.kernel**2 * channels * filters
            channels = filters
        if table in (COARSE, REFINEMENT_DECODER):
            total += size**2 * 9 * channels * 3  # to RGB
    positions, features = (SIZE // 8) ** 2, 4 * WIDTH
    return total + positions**2 * features * (3 * 3 + 4 * 4)  # match and paste patches


def critics():
    """Of one forward pass of both critics for one picture."""
    total = 0
    for widths, size in ((LOCAL_WIDTHS, SIZE // 2), (GLOBAL_WIDTHS, SIZE)):
        channels = 3
        for filters in widths:
            size //= 2
            total += size**2 * 25 * channels * filters
            channels = filters
        total += size**2 * channels
    return total


def iteration(critic_updates=5):
    """Of one iteration of Algorithm 1 for one picture of each batch.

    A derivative costs a pass for the inputs and one for the weights, each what forward costs.
    A critic update: the generator forward; the critics on real and completed, forward and backward;
    the penalty's gradient, a pass forward and one for the inputs, and the derivative of both.
    """
    penalty = 2 + 2  # the derivative: one pass for the weights, one for the gradient's own inputs
    critic_update = generator() + critics() * (2 * 3 + penalty)
    generator_update = 3 * generator() + critics() * 2
    return critic_updates * critic_update + generator_update
