"""Pictures and their files, shared by the tests of data and scores."""

import numpy as np


def noisy_pair(height, width, seed=0):
    rng = np.random.default_rng(seed)
    ramp = np.linspace(0, 255, width)[None, :, None] * np.ones((height, 1, 3))
    truth = np.clip(ramp + rng.normal(0, 20, ramp.shape), 0, 255).astype(np.uint8)
    image = np.clip(truth + rng.normal(0, 15, ramp.shape), 0, 255).astype(np.uint8)
    return image, truth


def centre_hole(height, width):
    mask = np.zeros((height, width), np.uint8)
    mask[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4] = 1
    return mask


def write_shard(path, pictures, key="image", named=False):
    """A TFRecord shard of the encoded pictures. named: with names of different lengths, too."""
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(path)) as writer:
        for number, picture in enumerate(pictures):
            value = tf.train.Feature(bytes_list=tf.train.BytesList(value=[picture.read_bytes()]))
            features = {key: value}
            if named:
                name = tf.train.BytesList(value=[b"n" * (300 * number)])
                features["a name"] = tf.train.Feature(bytes_list=name)
                label = tf.train.Int64List(value=[number, 300])
                features["z label"] = tf.train.Feature(int64_list=label)
            features = tf.train.Features(feature=features)
            writer.write(tf.train.Example(features=features).SerializeToString())
