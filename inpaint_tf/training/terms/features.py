"""What a frozen network's features say of a picture: the perceptual and the style term.

Two papers state them in two forms. The network is VGG, from a file that the user has, as both have
it; or else EfficientNet-Lite0, whose features differ in size and number: with it the published
weights of the terms are a mere beginning.
"""

from typing import Any, NamedTuple

import keras
from keras import ops

from inpaint_tf.networks import efficientnet_lite0, vgg
from inpaint_tf.training import losses

TERMS = ("perceptual_loss", "style_loss")


class Form(NamedTuple):
    """How a paper takes the terms: from which layers of VGG, and of which pictures.

    composite: whether of the composite too, beside the raw output.
    """

    perceptual: tuple[str, ...]
    style: tuple[str, ...]
    composite: bool


_POOLS = ("pool1", "pool2", "pool3")
FORMS = {
    # Liu et al., ECCV 2018: VGG16; weights 0.05 and 120.
    "partial_convolution": Form(_POOLS, _POOLS, composite=True),
    # Zeng et al., TVCG 2022, published code: VGG19; weights 0.1 and 250.
    "aot": Form(
        ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"),
        ("relu2_2", "relu3_4", "relu4_4", "relu5_2"),
        composite=False,
    ),
}


class FeatureTerms:
    """Computes the terms.

    network: pictures (batch, height, width, 3) in [-1, 1] to a list of features. perceptual, style:
      which of them, by their places in it. composite: see `Form`.
    """

    def __init__(self, network: Any, perceptual: list[int], style: list[int], composite: bool):
        self.network = network
        self.perceptual, self.style = perceptual, style
        self.composite = composite

    @property
    def frozen_variables(self) -> list[Any]:
        """Those that a step reads and that checkpoints leave out."""
        return self.network.variables

    def __call__(self, real: Any, refined: Any, completed: Any) -> dict[str, Any]:
        """{term: scalar} of the raw output and the composite, all (batch, height, width, 3)."""
        truth = [ops.stop_gradient(feature) for feature in self.network(real)]
        pictures = [refined, completed] if self.composite else [refined]
        features = self.network(ops.concatenate(pictures))
        each = [ops.split(feature, len(pictures)) for feature in features]
        terms = {}
        for name, places, loss in (
            (TERMS[0], self.perceptual, losses.feature_l1),
            (TERMS[1], self.style, losses.style_l1),
        ):
            true = [truth[place] for place in places]
            terms[name] = sum(
                loss(true, [each[place][picture] for place in places])
                for picture in range(len(pictures))
            )
        return terms


def build(config: Any) -> FeatureTerms | None:
    """The terms of a config, or None where both weights are 0.

    Raises `UserError` for a file that is no VGG's, or without the package of EfficientNet-Lite0.
    """
    weights = config.losses
    if not (weights.perceptual or weights.style):
        return None
    form = FORMS[weights.feature_form]
    if weights.vgg:
        names = list(dict.fromkeys((*form.perceptual, *form.style)))
        return of_vgg(vgg.read_features(weights.vgg, names), form)
    network = efficientnet_lite0.build_features()
    levelled = [
        feature / level
        for feature, level in zip(network.outputs, efficientnet_lite0.LEVELS, strict=True)
    ]
    network = keras.Model(network.inputs[0], levelled, name="efficientnet_lite0_levelled")
    network.trainable = False
    places = list(range(len(levelled)))
    return FeatureTerms(network, places, places, form.composite)


def of_vgg(network: Any, form: Form) -> FeatureTerms:
    """The terms of a VGG that gives out the layers of `form`, each once, in their order."""
    names = list(dict.fromkeys((*form.perceptual, *form.style)))
    perceptual, style = (
        [names.index(name) for name in wanted] for wanted in (form.perceptual, form.style)
    )
    return FeatureTerms(network, perceptual, style, form.composite)
