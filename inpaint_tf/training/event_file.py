"""Writing TensorBoard's event files, by TensorBoard's own message types and without TensorFlow.

Synchronous: what a full disk refuses is an OSError of `flush`.
"""

import os
import socket
import time
from pathlib import Path

import numpy as np


class EventFile:
    """A new event file in `folder`, which is made if missing."""

    def __init__(self, folder: str | os.PathLike[str]):
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        # Names sort by time; the process tells two files of one second apart.
        name = f"events.out.tfevents.{time.time():.0f}.{socket.gethostname()}.{os.getpid()}.v2"
        self._path = folder / name
        self._waiting: list[bytes] = []
        self._add_event(file_version="brain.Event:2")

    def add_scalars(self, step: int, values: dict[str, float]) -> None:
        """values: dict of floats by tag."""
        from tensorboard.compat.proto import types_pb2
        from tensorboard.compat.proto.tensor_pb2 import TensorProto

        for tag, value in values.items():
            tensor = TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[float(value)])
            self._add(step, tag, "scalars", tensor)

    def add_image(self, step: int, tag: str, image: np.ndarray, description: str = "") -> None:
        """image: uint8 RGB (height, width, 3)."""
        from tensorboard.compat.proto import tensor_shape_pb2, types_pb2
        from tensorboard.compat.proto.tensor_pb2 import TensorProto

        from inpaint_tf.data.picture_files import encode_png

        height, width = image.shape[:2]
        strings = [str(width).encode(), str(height).encode(), encode_png(image)]
        shape = tensor_shape_pb2.TensorShapeProto(
            dim=[tensor_shape_pb2.TensorShapeProto.Dim(size=len(strings))]
        )
        tensor = TensorProto(dtype=types_pb2.DT_STRING, string_val=strings, tensor_shape=shape)
        self._add(step, tag, "images", tensor, description)

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
