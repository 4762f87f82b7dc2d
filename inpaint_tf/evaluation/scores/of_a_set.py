"""FID and KID of a test: its composites against the true pictures, as sets."""

import numpy as np
from tqdm import tqdm

from inpaint_tf.data import picture_files
from inpaint_tf.evaluation.scores import feature_distances, table
from inpaint_tf.evaluation.scores.view import SetFeatures

BATCH = 16


def fid(features: SetFeatures) -> float:
    """See `feature_distances.frechet`."""
    return feature_distances.frechet(features.completed, features.truth)


def kid(features: SetFeatures) -> float:
    """See `feature_distances.kernel_distance`."""
    return features.once(_kernel_distance)[0]


def kid_deviation(features: SetFeatures) -> float | None:
    """Standard deviation of `kid` over subsets; None where there is one subset only."""
    return features.once(_kernel_distance)[1]


def _kernel_distance(features):
    return feature_distances.kernel_distance(features.completed, features.truth)


class SetJudge:
    """Distances of sets by a `feature_networks.Inception`; remembers the truth's features.

    size: see `Pair.read`.
    """

    branch = "set"
    """Of summary.json, where its scores go."""

    def __init__(self, inception, size=None):
        self.inception = inception
        self.size = size
        self._truth = {}

    def judge(self, name, pairs, results):
        """{score of `table.SET`: value} of completed pairs, or None where there are under two."""
        if len(pairs) < 2:
            return None
        completed = []
        for start in tqdm(range(0, len(pairs), BATCH), desc=f"{name}: FID", unit="batch"):
            batch = pairs[start : start + BATCH]
            self._look_at_truth(batch)
            pictures = [picture_files.read_image(results.folder / pair.name) for pair in batch]
            completed.append(self.inception.features(pictures))
        completed = np.concatenate(completed)
        truth = np.stack([self._truth[pair.name] for pair in pairs])
        return table.of_set(table.SET, SetFeatures(completed, truth))

    def _look_at_truth(self, pairs):
        new = [pair for pair in pairs if pair.name not in self._truth]
        if new:
            pictures = [pair.read(self.size)[0] for pair in new]
            found = self.inception.features(pictures)
            self._truth |= dict(zip((pair.name for pair in new), found, strict=True))
