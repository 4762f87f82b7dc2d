"""Critics that look through frozen networks: at the whole picture, the hole, the eyes, the face.

After Sauer et al., "Projected GANs Converge Faster", NeurIPS 2021: features of EfficientNet-Lite0,
fixed random projections, and four small heads a view, trained by hinge losses. Scores count where
the hole is; elsewhere the composite is the truth. They learn in hundreds of steps, and their update
needs no second derivative.

The face is looked at through a network of its own, which knows faces and nothing else. Two feature
networks are better than one (Sauer et al., "StyleGAN-XL", SIGGRAPH 2022, section 3.2).
"""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import keras
from keras import ops

from inpaint_tf import compositing
from inpaint_tf.engines.active_engine import engine
from inpaint_tf.engines.step_random import StepRandom
from inpaint_tf.masks import Hole
from inpaint_tf.networks import efficientnet_lite0, face_landmarks, projected_critic
from inpaint_tf.training.critics.base import Critics

LEAST_HOLE = 0.25
"""Share of a place that must be hole for its score to count."""
MARGIN = 1 / 8
"""Of the hole's bounding square, that the local view shows on each side of it."""
LEAST_SIDE = 0.3
"""Of the local view, as a share of the picture's."""
LANDMARKS_SHARE = 0.05
"""Of the picture's side: an error of the landmarks that weighs as much as a distance of 1."""
EYES = (0.33, 0.27), (0.20, 0.45)
"""Top and left, height and width of the view of both eyes, as shares of the picture's sides: where
they are in a portrait with the mean face of `masks.face_shapes`, brows and all."""
EYES_SIZE = (0.5, 1.125)
"""Height and width that they are enlarged to, as shares of the other views' sides."""


VIEWS = ("local", "global", "eyes", "face")


class View(NamedTuple):
    """One way to look at pictures.

    show: cuts and resizes pictures, or masks: (batch, height, width, channels) to another size.
    """

    name: str
    heads: Any
    projection: Any
    show: Callable[[Any], Any]


class FaceNetwork(NamedTuple):
    """features: `face_landmarks.build_features()`. projection: of `build_projection`, of them."""

    features: Any
    projection: Any


def _terms(views):
    """Names of what the loss of some views returns."""
    each = ("critic", "score_real", "score_completed")
    return ("d_loss", *(f"{term}_{view}" for term in each for view in views))


def build(config: Any) -> "ProjectedCritics":
    """The critics of a config, with new heads. `UserError` without the package of the features."""
    features = efficientnet_lite0.build_features()
    views = ["local", "global", *(view for view in ("eyes", "face") if config.critics[view])]
    return ProjectedCritics(
        features,
        projected_critic.build_projection(features, config.train.seed),
        {
            view: projected_critic.build_heads(f"{view}_heads", config.critics.width)
            for view in views
        },
        face=_face_network(config) if config.critics.face or config.losses.face else None,
        view_size=_whole_strides(config.data.size),
        matching=config.losses.matching,
    )


def _face_network(config):
    features = face_landmarks.build_features()
    projection = projected_critic.build_projection(
        features, config.train.seed, face_landmarks.LEVELS
    )
    return FaceNetwork(features, projection)


class ProjectedCritics(Critics):
    """Two views of the pictures, or up to four, each with a head a scale.

    features: `efficientnet_lite0.build_features()`. projection: of `build_projection`, from these.
    heads: of `build_heads`, by the names of their views: "local" and "global"; perhaps "eyes", of
      both eyes, and "face", of the whole picture through the network of faces. These two are for
      portraits that are framed alike. The eyes count where the hole covers them.
    face: the network of faces, or None where neither a view nor `face_distance` needs it.
    view_size: pixels of the first two views' sides, a multiple of 32.
    matching: weight of feature matching in what the generator minimises (Wang et al., "pix2pixHD",
      CVPR 2018, equation 3): the L1 between what the heads' layers see in truth and composite.
    """

    balanced = True
    """The generator's adversarial weight is a share of the reconstruction's gradient."""
    terms = _terms(VIEWS)
    """Those of all views; one without a view of the eyes has fewer."""

    def __init__(
        self,
        features: keras.Model,
        projection: keras.Model,
        heads: dict[str, Any],
        face: FaceNetwork | None = None,
        view_size: int = 256,
        matching: float = 0.0,
    ):
        self.features = features
        self.projection = projection
        self.face: Any = face
        self.heads = heads
        self.networks = {f"{view}_heads": network for view, network in heads.items()}
        self.terms = _terms(heads)
        # The projections follow from the seed.
        frozen = [projection, face.projection] if face else [projection]
        self.frozen_variables = [variable for each in frozen for variable in each.variables]
        self.view_size = view_size
        self.matching = matching

    def prepare(self, random: StepRandom, batch: int) -> None:
        """Moves the spectral norms; draws nothing."""
        del random, batch
        for heads in self.networks.values():
            projected_critic.iterate(heads)

    def loss(self, real: Any, completed: Any, hole: Hole, prepared: None) -> tuple[Any, dict]:
        """Hinge losses of all views (Lim and Ye 2017)."""
        del prepared
        terms: dict[str, Any] = {}
        total = 0.0
        for name, heads, projection, show in self._views(hole, real.shape):
            both, mask = show(ops.concatenate([real, completed])), show(_masks(hole, real.shape))
            features = projection(both)
            scores, weights = self._scores(heads, features, ops.concatenate([mask, mask]))
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
        """-mean(score) over the hole, of all views together, and the feature matching."""
        total = 0.0
        for _, heads, projection, show in self._views(hole, real.shape):
            mask = show(_masks(hole, real.shape))
            features = projection(show(completed))
            scores, weights = self._scores(heads, features, mask)
            for score, weight in zip(scores, weights, strict=True):
                total = total - _mean(score, weight) / len(scores)
            if self.matching:
                truth = projection(show(real))
                total = total + self.matching * self._mismatch(heads, truth, features, mask)
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

    def feature_distance(self, real: Any, completed: Any) -> Any:
        """Mean absolute difference of the frozen features of whole pictures, summed over scales.

        Beside the root mean square of the truth's channels at each place. 0 where all are equal.
        """
        return _distance(self.features(self._whole(real)), self.features(self._whole(completed)))

    def face_distance(self, real: Any, completed: Any) -> Any:
        """The same of the network of faces, and the landmarks' mean error in `LANDMARKS_SHARE`."""
        *truth, places = self.face.features(_face(real))
        *found, found_places = self.face.features(_face(completed))
        error = ops.mean(ops.abs(found_places[..., :2] - places[..., :2])) / face_landmarks.SIDE
        return _distance(truth, found) + error / LANDMARKS_SHARE

    def _views(self, hole: Hole, shape: tuple) -> Iterator[View]:
        size = self.view_size
        starts, sides = bounding_squares(hole.mask)

        def local(pictures):
            repeats = pictures.shape[0] // sides.shape[0] if sides.shape[0] > 1 else 1
            return compositing.enlarge(
                pictures, ops.tile(starts, (repeats, 1)), ops.tile(sides, (repeats,)), size
            )

        shows = {"local": local, "global": self._whole, "eyes": self._eyes, "face": _face}
        for name, heads in self.heads.items():
            projection = self.face.projection if name == "face" else self.projection
            yield View(name, heads, projection, shows[name])

    def _eyes(self, pictures):
        starts, sides = (
            ops.convert_to_tensor([[share * pictures.shape[1] for share in shares]], "float32")
            for shares in EYES
        )
        height, width = (_whole_strides(share * self.view_size) for share in EYES_SIZE)
        return compositing.enlarge(pictures, starts, sides, (height, width))

    def _whole(self, pictures):
        size = (self.view_size, self.view_size)
        if pictures.shape[1:3] == size:
            return pictures
        return ops.image.resize(pictures, size, interpolation="bilinear")

    def _scores(self, heads, features, mask):
        """(scores, weights) of each head: weights are 1 where the place counts."""
        scores = heads(_with_mask(features, mask))
        return scores, [_counted(mask, score) for score in scores]


def bounding_squares(mask: Any) -> tuple[Any, Any]:
    """What the local view shows: (starts, sides), float32 (batch or 1, 2) and (batch or 1,).

    The square around the hole and `MARGIN`, moved into the picture; pixels, not always whole ones.
    mask: (batch or 1, height, width, 1), square pictures. Without a hole: the picture's middle.
    """
    length = mask.shape[1]
    lows, highs = [], []
    for axis in (2, 1):
        covered = ops.max(mask[..., 0], axis=axis) > 0  # rows, then columns
        positions = ops.arange(length, dtype="float32")[None, :]
        low = ops.min(ops.where(covered, positions, float(length)), axis=1)
        high = ops.max(ops.where(covered, positions + 1.0, 0.0), axis=1)
        lows.append(low)
        highs.append(high)
    low, high = ops.stack(lows, axis=1), ops.stack(highs, axis=1)
    sides = ops.max(high - low, axis=1) * (1 + 2 * MARGIN)
    sides = ops.clip(sides, LEAST_SIDE * length, float(length))
    starts = (low + high - sides[:, None]) / 2
    return ops.clip(starts, 0.0, length - sides[:, None]), sides


def _face(pictures):
    """The whole picture, which is a portrait, in the size of the network of faces."""
    start, side = ops.zeros((1, 2)), ops.full((1,), float(pictures.shape[1]))
    return compositing.enlarge(pictures, start, side, face_landmarks.SIDE)


def _distance(truth, found):
    """Mean absolute differences of features, summed over scales.

    Beside the root mean square of the truth's channels at each place.
    """
    total = 0.0
    for true, feature in zip(truth, found, strict=True):
        level = ops.sqrt(ops.mean(ops.square(true), axis=-1, keepdims=True) + 1e-3)
        total = total + ops.mean(ops.abs(feature - true) / level)
    return total


def _whole_strides(pixels):
    """The next number of pixels that the coarsest features divide."""
    stride = efficientnet_lite0.STRIDES[-1]
    return math.ceil(pixels / stride) * stride


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
