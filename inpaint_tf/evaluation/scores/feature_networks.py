"""Networks whose features judge pictures, from weights that the user has: none come with us.

Built with Keras, so that a test needs one engine only, and always in float32.
"""

import math

import numpy as np

from inpaint_tf.data import picture_files
from inpaint_tf.engines import runtime
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.scores import feature_distances
from inpaint_tf.evaluation.scores.view import View

# Layer, channels, kernel, stride, zeros around, pooled (3x3, stride 2) before.
ALEXNET = (
    ("conv1", 64, 11, 4, 2, False),
    ("conv2", 192, 5, 1, 2, True),
    ("conv3", 384, 3, 1, 1, True),
    ("conv4", 256, 3, 1, 1, False),
    ("conv5", 256, 3, 1, 1, False),
)
"""The convolutions of Krizhevsky (2014) that LPIPS looks behind."""

# What LPIPS does to pictures in [-1, 1] first (its `ScalingLayer`).
SHIFT = (-0.030, -0.088, -0.188)
SCALE = (0.458, 0.448, 0.450)

SMALLEST_SIDE = 31
"""Pixels: smaller pictures vanish in AlexNet's layers."""
INCEPTION_SIDE = 299


def lpips(view: View) -> float:
    """LPIPS as a score; NaN without its weights."""
    judge = view.judges.lpips
    return judge.distance(view.image, view.truth) if judge else math.nan


class Lpips:
    """LPIPS with AlexNet, the authors' "alex".

    path: an .npz of `inpaint-tf lpips-weights`. Raises `UserError` for another file.
    """

    def __init__(self, path):
        try:
            with np.load(path) as stored:
                weights = {name: stored[name] for name in stored.files}
            self.heads = [weights[f"head{index}"] for index in range(1, len(ALEXNET) + 1)]
            with runtime.layers_in("float32"):
                self._network = _alexnet()
            for name, *_ in ALEXNET:
                layer = self._network.get_layer(name)
                layer.set_weights([weights[f"{name}/kernel"], weights[f"{name}/bias"]])
        except (OSError, KeyError, ValueError, EOFError):
            raise UserError(
                f"--lpips={path} holds no LPIPS weights; make the file by "
                "inpaint-tf lpips-weights --output=FILE.npz"
            ) from None

    def distance(self, image, reference):
        """LPIPS of two uint8 RGB pictures (height, width, 3); NaN where they are too small."""
        if min(image.shape[:2]) < SMALLEST_SIDE:
            return math.nan
        both = np.stack([image, reference]).astype(np.float32) / 127.5 - 1.0
        layers = [np.asarray(layer) for layer in self._network(both)]
        return feature_distances.lpips(
            [layer[0] for layer in layers], [layer[1] for layer in layers], self.heads
        )


class Inception:
    """Inception-v3's last features, for FID and KID.

    path: Keras' own weights file, inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5. Other
      weights of the same network give other distances. Raises `UserError` for another file.
    """

    def __init__(self, path):
        import keras

        try:
            with runtime.layers_in("float32"):
                self._network = keras.applications.InceptionV3(
                    include_top=False,
                    weights=str(path),
                    input_shape=(INCEPTION_SIDE, INCEPTION_SIDE, 3),
                    pooling="avg",
                )
        except (OSError, ValueError, KeyError):
            raise UserError(
                f"--inception={path} is no weights file of Keras' InceptionV3 without its top"
            ) from None

    def features(self, images):
        """Features (pictures, 2048) of a list of uint8 RGB pictures of any sizes."""
        resized = [picture_files.resize(image, INCEPTION_SIDE, INCEPTION_SIDE) for image in images]
        batch = np.stack(resized).astype(np.float32) / 127.5 - 1.0
        return np.asarray(self._network(batch, training=False))


def _alexnet():
    import keras

    features = pictures = keras.Input((None, None, 3))
    features = (features - np.float32(SHIFT)) / np.float32(SCALE)
    layers = []
    for name, channels, kernel, stride, zeros, pooled in ALEXNET:
        if pooled:
            features = keras.layers.MaxPooling2D(3, 2)(features)
        features = keras.layers.ZeroPadding2D(zeros)(features)
        convolution = keras.layers.Conv2D(channels, kernel, stride, activation="relu", name=name)
        features = convolution(features)
        layers.append(features)
    return keras.Model(pictures, layers, name="alexnet")
