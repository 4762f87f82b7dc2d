"""What the trainer asks of critics, whatever their kind."""

from typing import Any

from inpaint_tf.engines.step_random import StepRandom
from inpaint_tf.masks import Hole


class Critics:
    """The critics of a run. A kind is a subclass with `networks`, `terms` and the two losses.

    networks: {name: keras.Model}. The names become attributes of the trainer, and so the places of
      the networks in its checkpoints.
    terms: names of the numbers that `loss` returns, in the order of metrics.csv.
    balanced: whether the generator's adversarial weight is a share of the norm of the
      reconstruction's gradient, rather than a factor. Such critics have `see`, whose result `loss`
      may be given, and `score` and `feature_distance`, which take it (see `projected`).
    frozen_variables: those that a step reads and that checkpoints leave out.

    Pictures are float32 (batch, height, width, 3) in [-1, 1]; `completed` is the composite.
    """

    networks: dict[str, Any]
    terms: tuple[str, ...]
    balanced = False
    frozen_variables: Any = ()

    @property
    def trainable_variables(self) -> list:
        """Those that a critic update changes: of all networks."""
        return [
            variable
            for network in self.networks.values()
            for variable in network.trainable_variables
        ]

    def prepare(self, random: StepRandom, batch: int) -> Any:
        """Called before each critic update, outside its derivative, for `batch` pictures.

        They are those of this device: see `engine.own_share`.

        Moves what the critics keep, and returns what `loss` needs of random numbers.
        """
        del random, batch

    def loss(self, real: Any, completed: Any, hole: Hole, prepared: Any) -> tuple[Any, dict]:
        """(total, {term: scalar}): what a critic update minimises. It changes no variable."""
        raise NotImplementedError

    def adversarial(self, real: Any, completed: Any, hole: Hole) -> Any:
        """A scalar: what the generator minimises of the critics."""
        raise NotImplementedError
