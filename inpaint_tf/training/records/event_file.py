"""Writing TensorBoard's event files, by TensorBoard's own message types and without TensorFlow.

Synchronous: what a full disk refuses is an OSError of `flush`.
"""

import os
import socket
import time
from pathlib import Path
from typing import Any

import numpy as np

PREFIX, SUFFIX = "events.out.tfevents.", ".v2"
JPEG_QUALITY = 90
BUCKETS = 30


class EventFile:
    """A new event file in `folder`, which is made if missing.

    part: a word in the file's name, for a file beside the main one.
    """

    def __init__(self, folder: str | os.PathLike[str], part: str = ""):
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        # Names sort by time; the process tells two files of one second apart.
        start = f"{PREFIX}{time.time():.0f}.{socket.gethostname()}.{os.getpid()}"
        self._path = folder / f"{start}{f'.{part}' if part else ''}{SUFFIX}"
        self._waiting: list[bytes] = []
        self._add_event(file_version="brain.Event:2")

    def add_scalars(
        self, step: int, values: dict[str, float], descriptions: dict[str, str] | None = None
    ) -> None:
        """values: dict of floats by tag. descriptions: of some or all of them, by tag."""
        from tensorboard.compat.proto import types_pb2
        from tensorboard.compat.proto.tensor_pb2 import TensorProto

        for tag, value in values.items():
            tensor = TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[float(value)])
            self._add(step, tag, "scalars", tensor, (descriptions or {}).get(tag, ""))

    def add_image(self, step: int, tag: str, image: np.ndarray, description: str = "") -> None:
        """image: uint8 RGB (height, width, 3)."""
        from inpaint_tf.data.picture_files import encode_jpeg

        height, width = image.shape[:2]
        # JPEG: a tenth of a PNG's bytes, and a long run draws thousands.
        strings = [str(width).encode(), str(height).encode(), encode_jpeg(image, JPEG_QUALITY)]
        self._add(step, tag, "images", _tensor_of_strings(strings), description)

    def add_text(self, step: int, tag: str, markdown: str) -> None:
        """markdown: shown in TensorBoard's tab of texts."""
        self._add(step, tag, "text", _tensor_of_strings([markdown.encode()]))

    def add_histogram(self, step: int, tag: str, values: np.ndarray) -> None:
        """values: numbers of any shape, shown in `BUCKETS` steps; those not finite are left out."""
        from tensorboard.compat.proto import types_pb2
        from tensorboard.compat.proto.tensor_pb2 import TensorProto

        finite = values[np.isfinite(values)].astype("float64")
        counts, edges = np.histogram(finite, BUCKETS)
        buckets = np.stack([edges[:-1], edges[1:], counts], axis=1)  # (BUCKETS, 3)
        tensor = TensorProto(
            dtype=types_pb2.DT_DOUBLE,
            double_val=buckets.ravel().tolist(),
            tensor_shape=_shape(buckets.shape),
        )
        self._add(step, tag, "histograms", tensor)

    def add_graph(self, graph: bytes) -> None:
        """graph: a serialized `GraphDef`. TensorBoard shows one of a run."""
        self._add_event(graph_def=graph)

    def add_summary(self, step: int, summary: Any) -> None:
        """summary: a `Summary` message that a plugin has made."""
        self._add_event(step=step, summary=summary)

    def flush(self) -> None:
        """Write what was added."""
        from tensorboard.summary.writer.record_writer import RecordWriter

        with open(self._path, "ab") as file:
            for event in self._waiting:
                RecordWriter(file).write(event)
        self._waiting.clear()

    def _add(self, step, tag, plugin, tensor, description=""):
        from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata

        metadata = SummaryMetadata(
            plugin_data=SummaryMetadata.PluginData(plugin_name=plugin),
            summary_description=description,
        )
        value = Summary.Value(tag=tag, tensor=tensor, metadata=metadata)
        self._add_event(step=step, summary=Summary(value=[value]))

    def _add_event(self, **fields):
        from tensorboard.compat.proto.event_pb2 import Event

        self._waiting.append(Event(wall_time=time.time(), **fields).SerializeToString())


def _shape(sizes):
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto

    return TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes])


def _tensor_of_strings(strings):
    from tensorboard.compat.proto import types_pb2
    from tensorboard.compat.proto.tensor_pb2 import TensorProto

    return TensorProto(
        dtype=types_pb2.DT_STRING, string_val=strings, tensor_shape=_shape([len(strings)])
    )
