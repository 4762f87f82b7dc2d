"""Pictures on disk -> uint8 batches.

A source is indexable. A stream of batches is a pure function of (source, seed, position), so a
resumed run continues with exactly the pictures that it would have had.
"""

from inpaint_tf.data.sources import Source, open_source
from inpaint_tf.data.split import (
    describe_source,
    open_train_and_validation,
    source_bytes,
    split_source,
)
from inpaint_tf.data.streams.picture_batches import Batches, batches, in_order

__all__ = [
    "Batches",
    "Source",
    "batches",
    "describe_source",
    "in_order",
    "open_source",
    "open_train_and_validation",
    "source_bytes",
    "split_source",
]
