"""The completion as a Keras layer and model, which Keras saves and opens with its generator."""

from typing import Any, Self

import keras

from inpaint_tf.inference import completion
from inpaint_tf.networks import generators


@keras.saving.register_keras_serializable("inpaint_tf")
class Completion(keras.layers.Layer):
    """`completion.complete` by a generator, which it contains.

    generator: a model of any kind in `networks.generators`.
    hole_fill: a key of `compositing.HOLE_FILLS`.

    Call arguments: [image, mask], uint8 (batch, height, width, 3) and (batch, height, width, 1).
    Returns the completed uint8 image.
    """

    def __init__(self, generator: Any, hole_fill: str = "grey", **kwargs: Any):
        super().__init__(**kwargs)
        self.generator = generator
        self.hole_fill = hole_fill
        self.built = True  # as the generator is

    def call(self, inputs: Any) -> Any:
        image, mask = inputs
        return completion.complete(self.generator, self.hole_fill, image, mask)[0]

    def compute_output_spec(self, inputs: Any) -> Any:
        return keras.KerasTensor(inputs[0].shape, dtype="uint8")

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "generator": keras.saving.serialize_keras_object(self.generator),
            "hole_fill": self.hole_fill,
            # What `networks.generators` keeps beside the layers.
            "kind": generators.kind_of(self.generator),
            "multiple": generators.multiple_of(self.generator),
            "least_side": getattr(self.generator, "least_side", 1),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        config = dict(config)
        generator = keras.saving.deserialize_keras_object(config.pop("generator"))
        for name in ("kind", "multiple", "least_side"):
            setattr(generator, name, config.pop(name))
        return cls(generator, **config)


def completing_model(generator: Any, hole_fill: str = "grey") -> keras.Model:
    """A model of [image, mask] that fills the holes of pictures of any size; see `Completion`."""
    image = keras.Input((None, None, 3), dtype="uint8", name="image")
    mask = keras.Input((None, None, 1), dtype="uint8", name="mask")
    completed = Completion(generator, hole_fill, name="completed")([image, mask])
    return keras.Model([image, mask], completed, name="inpaint_tf")
