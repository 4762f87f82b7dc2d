"""FID and KID of a test: its composites against the true pictures, as sets."""

import numpy as np
from tqdm import tqdm

from inpaint_tf.data import picture_files
from inpaint_tf.evaluation.scores import feature_distances

BATCH = 16


class SetJudge:
    """Distances of sets by a `feature_networks.Inception`; remembers the truth's features.

    size, invert_masks: see `Pair.read`.
    """

    def __init__(self, inception, size=None, invert_masks=False):
        self.inception = inception
        self.size, self.invert_masks = size, invert_masks
        self._truth = {}

    def judge(self, name, pairs, results):
        """{"fid", "kid", "kid_deviation"} of completed pairs, or None where there are under two."""
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
        mean, deviation = feature_distances.kernel_distance(completed, truth)
        fid = feature_distances.frechet(completed, truth)
        return {"fid": fid, "kid": mean, "kid_deviation": deviation}

    def _look_at_truth(self, pairs):
        new = [pair for pair in pairs if pair.name not in self._truth]
        if new:
            pictures = [pair.read(self.size, self.invert_masks)[0] for pair in new]
            found = self.inception.features(pictures)
            self._truth |= dict(zip((pair.name for pair in new), found, strict=True))
