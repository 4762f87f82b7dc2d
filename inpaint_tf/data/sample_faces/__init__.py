"""Faces drawn by code: data for trying the whole system without pictures of real people.

A face's number determines everything about it. The two halves of a face agree (irises, lenses,
ears, brows), so a network can learn to infer the covered part from the visible one.
"""

from typing import Any

__all__ = ["draw_face", "write_sample_faces"]


def __getattr__(name: str) -> Any:
    # OpenCV and NumPy are imported with the first face, so that `--help` does not wait for them.
    if name == "draw_face":
        from inpaint_tf.data.sample_faces.drawing import draw_face

        return draw_face
    if name == "write_sample_faces":
        from inpaint_tf.data.sample_faces.folder import write_sample_faces

        return write_sample_faces
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
