"""Critics that look through frozen networks: at the whole picture, the hole, the eyes, the face.

After Sauer et al., "Projected GANs Converge Faster", NeurIPS 2021: features of EfficientNet-Lite0,
fixed random projections, and four small heads a view, trained by hinge losses. Scores count where
the hole is; elsewhere the composite is the truth. They learn in hundreds of steps, and their update
needs no second derivative.

The face is looked at through a network of its own, which knows faces and nothing else; a second
feature network is an idea of Sauer et al., "StyleGAN-XL", SIGGRAPH 2022.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from keras import ops

from inpaint_tf.engines.active_engine import engine
from inpaint_tf.engines.step_random import StepRandom
from inpaint_tf.masks import Hole
from inpaint_tf.networks import efficientnet_lite0, face_landmarks, projected_critic
from inpaint_tf.training.critics import views
from inpaint_tf.training.critics.base import Critics

LEAST_HOLE = 0.25
"""Share of a place that must be hole for its score to count."""
LANDMARKS_SHARE = 0.05
"""Of the picture's side: an error of the landmarks that weighs as much as a distance of 1."""
VIEWS = ("local", "global", "eyes", "face")
WHOLE = "features"
"""Beside the views in what `see` returns: the features of whole pictures."""


class FrozenNetwork(NamedTuple):
    """A frozen network, and random mixtures of its features.

    features: a function of pictures that returns a list of features, by scales.
    projection: of `build_projection`, a function of this list's first `len(PROJECTED)`.
    """

    features: Any
    projection: Any


class View(NamedTuple):
    """One way to look at pictures.

    show: cuts and resizes pictures, or masks: (batch, height, width, channels) to another size.
    """

    name: str
    heads: Any
    network: FrozenNetwork
    show: Callable[[Any], Any]


class Seen(NamedTuple):
    """What frozen networks see in a batch: both updates need it.

    truth, found: of the real and of the completed pictures, {view: mixed features, by scales}; and
      the features of whole pictures at `WHOLE`.
    masks: {view: the hole's mask as the view shows it}.
    pullback: from the gradient for `found` to that for the completed pictures.
    """

    truth: dict[str, list[Any]]
    found: dict[str, list[Any]]
    masks: dict[str, Any]
    pullback: Callable[[dict[str, list[Any]]], Any]

    def value_and_gradient(self, function: Callable[["Seen"], Any]) -> tuple[Any, Any]:
        """A scalar function of what is seen, and its gradient for the completed pictures."""
        (value, _), gradients = engine.value_and_output_gradient(
            lambda found: (function(self._replace(found=found)), ()), self.found
        )
        return value, self.pullback(gradients)


def _terms(names):
    """Names of what the loss of some views returns."""
    each = ("critic", "score_real", "score_completed")
    return ("d_loss", *(f"{term}_{name}" for term in each for name in names))


def build(config: Any) -> "ProjectedCritics":
    """The critics of a config, with new heads. `UserError` without the package of the features."""
    features = efficientnet_lite0.build_features()
    projection = projected_critic.build_projection(features, config.train.seed)
    more = [view for view in ("eyes", "face") if config.critics[view]]
    return ProjectedCritics(
        FrozenNetwork(features, projection),
        {
            view: projected_critic.build_heads(f"{view}_heads", config.critics.width)
            for view in ("local", "global", *more)
        },
        face=_face_network(config) if config.critics.face or config.losses.face else None,
        view_size=views.whole_strides(config.data.size),
        matching=config.losses.matching,
    )


def _face_network(config):
    features = face_landmarks.build_features()
    projection = projected_critic.build_projection(
        features, config.train.seed, face_landmarks.LEVELS
    )
    return FrozenNetwork(features, projection)


class ProjectedCritics(Critics):
    """Two views of the pictures, or up to four, each with a head a scale.

    frozen: `efficientnet_lite0.build_features()` and mixtures of these features.
    heads: of `build_heads`, by the names of their views: "local" and "global"; perhaps "eyes", of
      both eyes, and "face", of the whole picture through the network of faces. These two are for
      portraits that are framed alike. The eyes count where the hole covers them.
    face: `face_landmarks.build_features()` and mixtures of these, or None where neither a view nor
      `face_distance` needs it.
    view_size: pixels of the first two views' sides, a multiple of 32.
    matching: weight of feature matching in what the generator minimises (Wang et al., "pix2pixHD",
      CVPR 2018, equation 3): the L1 between what the heads' layers see in truth and composite.
    """

    balanced = True
    """The generator's adversarial weight is a share of the reconstruction's gradient."""
    terms = _terms(VIEWS)
    """Those of all views; critics with fewer have fewer."""

    def __init__(
        self,
        frozen: FrozenNetwork,
        heads: dict[str, Any],
        face: FrozenNetwork | None = None,
        view_size: int = 256,
        matching: float = 0.0,
    ):
        self.frozen = frozen
        self.face: Any = face
        self.heads = heads
        self.networks = {f"{view}_heads": network for view, network in heads.items()}
        self.terms = _terms(heads)
        # They follow from the packages of the features and from the seed.
        networks = [*frozen, *face] if face else frozen
        self.frozen_variables = [variable for each in networks for variable in each.variables]
        self.view_size = view_size
        self.matching = matching

    def prepare(self, random: StepRandom, batch: int) -> None:
        """Moves the spectral norms; draws nothing."""
        del random, batch
        for heads in self.networks.values():
            projected_critic.iterate(heads)

    def see(self, real: Any, completed: Any, hole: Hole) -> Seen:
        """What `loss`, `score` and `feature_distance` look at."""
        masks = {view.name: view.show(_masks(hole, real.shape)) for view in self._views(hole)}

        features_of = functools.partial(self._features_of, hole=hole)
        found, pullback = engine.outputs_and_input_pullback(features_of, completed)
        return Seen(features_of(real), found, masks, pullback)

    def _features_of(self, pictures, hole):
        """`Seen.found` of some pictures."""
        whole = self.frozen.features(self._whole(pictures))
        found = {WHOLE: whole}
        for name, _, (features, projection), show in self._views(hole):
            scales = whole if name == "global" else features(show(pictures))
            found[name] = projection(scales[: len(projected_critic.PROJECTED)])
        return found

    def loss(
        self, real: Any, completed: Any, hole: Hole, prepared: None, seen: Seen | None = None
    ) -> tuple[Any, dict]:
        """Hinge losses of all views (Lim and Ye 2017). seen: what `see` returns, if it is known."""
        del prepared
        seen = seen or self.see(real, completed, hole)
        terms: dict[str, Any] = {}
        total = 0.0
        for name, heads in self.heads.items():
            both = [
                ops.concatenate(pair)
                for pair in zip(seen.truth[name], seen.found[name], strict=True)
            ]
            mask = seen.masks[name]
            scores, weights = self._scores(heads, both, ops.concatenate([mask, mask]))
            loss, real_score, fake_score = 0.0, 0.0, 0.0
            for score, weight in zip(scores, weights, strict=True):
                (x, y), (inside, _) = ops.split(score, 2), ops.split(weight, 2)
                hinge = ops.relu(1.0 - x) + ops.relu(1.0 + y)
                loss = loss + _mean(hinge, inside) / len(scores)
                real_score = real_score + _mean(x, inside) / len(scores)
                fake_score = fake_score + _mean(y, inside) / len(scores)
            total = total + loss
            terms |= {
                f"critic_{name}": loss,
                f"score_real_{name}": real_score,
                f"score_completed_{name}": fake_score,
            }
        return total, {"d_loss": total, **terms}

    def adversarial(self, real: Any, completed: Any, hole: Hole) -> Any:
        """The `score` of completed pictures."""
        return self.score(self.see(real, completed, hole))

    def score(self, seen: Seen) -> Any:
        """-mean(score) over the hole, of all views together, and the feature matching."""
        total = 0.0
        for name, heads in self.heads.items():
            features, mask = seen.found[name], seen.masks[name]
            scores, weights = self._scores(heads, features, mask)
            for score, weight in zip(scores, weights, strict=True):
                total = total - _mean(score, weight) / len(scores)
            if self.matching:
                mismatch = self._mismatch(heads, seen.truth[name], features, mask)
                total = total + self.matching * mismatch
        return total

    def _mismatch(self, heads, truth, features, mask):
        """Mean absolute difference of the activations, over the hole and then over the layers."""
        layers = projected_critic.activations(heads)
        true, found = (layers(_with_mask(each, mask)) for each in (truth, features))
        total = 0.0
        for real, completed in zip(true, found, strict=True):
            difference = ops.abs(ops.cast(completed - ops.stop_gradient(real), "float32"))
            counted = _counted(mask, real)
            total = total + _mean(ops.mean(difference, axis=-1, keepdims=True), counted)
        return total / len(true)

    @staticmethod
    def feature_distance(seen: Seen) -> Any:
        """Mean absolute difference of the frozen features of whole pictures, summed over scales.

        Beside the root mean square of the truth's channels at each place. 0 where all are equal.
        """
        return _distance(seen.truth[WHOLE], seen.found[WHOLE])

    def parts_distance(self, real: Any, completed: Any) -> Any:
        """The same of portraits' eyes and of their noses and mouths, enlarged; the sum."""
        total = 0.0
        for show in (views.eyes, views.nose_and_mouth):
            pair = (self.frozen.features(show(each, self.view_size)) for each in (real, completed))
            total = total + _distance(*pair)
        return total

    def face_distance(self, real: Any, completed: Any) -> Any:
        """The same of the network of faces, and the landmarks' mean error in `LANDMARKS_SHARE`."""
        *truth, places = self.face.features(views.face(real))
        *found, found_places = self.face.features(views.face(completed))
        error = ops.mean(ops.abs(found_places[..., :2] - places[..., :2])) / face_landmarks.SIDE
        return _distance(truth, found) + error / LANDMARKS_SHARE

    def _views(self, hole: Hole) -> Iterator[View]:
        shows: dict[str, Callable[[Any], Any]] = {
            "local": functools.partial(views.hole, mask=hole.mask, size=self.view_size),
            "global": self._whole,
            "eyes": functools.partial(views.eyes, size=self.view_size),
            "face": views.face,
        }
        for name, heads in self.heads.items():
            yield View(name, heads, self.face if name == "face" else self.frozen, shows[name])

    def _whole(self, pictures):
        return views.whole(pictures, self.view_size)

    def _scores(self, heads, features, mask):
        """(scores, weights) of each head: weights are 1 where the place counts."""
        scores = heads(_with_mask(features, mask))
        return scores, [_counted(mask, score) for score in scores]


def _distance(truth, found):
    """Mean absolute differences of features, summed over scales.

    Beside the root mean square of the truth's channels at each place.
    """
    total = 0.0
    for true, feature in zip(truth, found, strict=True):
        level = ops.sqrt(ops.mean(ops.square(true), axis=-1, keepdims=True) + 1e-3)
        total = total + ops.mean(ops.abs(feature - true) / level)
    return total


def _with_mask(features, mask):
    """Each feature with the share of hole in its places as one channel more."""
    shares = [projected_critic.pooled(mask, feature) for feature in features]
    return [
        ops.concatenate([feature, ops.cast(share, feature.dtype)], axis=-1)
        for feature, share in zip(features, shares, strict=True)
    ]


def _counted(mask, like):
    """1 at the places of `like` that count, 0 elsewhere."""
    return ops.cast(projected_critic.pooled(mask, like) > LEAST_HOLE, "float32")


def _masks(hole, shape):
    return ops.broadcast_to(hole.mask, (*shape[:3], 1))


def _mean(values, weights):
    """Mean where the weights are 1; 0 where none is."""
    count = engine.mean_over_shares(ops.sum(weights))
    return ops.sum(values * weights) / ops.maximum(count, 1.0)
