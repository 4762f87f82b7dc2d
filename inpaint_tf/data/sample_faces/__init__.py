"""Faces drawn by code: data for trying the whole system without pictures of anybody.

Everything about a face follows from its number. The two halves of a face agree (irises, lenses,
ears, brows), so a network can learn to infer what a hole hides from what it shows.
"""

__all__ = ["draw_face", "write_sample_faces"]


def __getattr__(name):
    # OpenCV and NumPy are loaded with the first face: `--help` should not wait for them.
    if name == "draw_face":
        from inpaint_tf.data.sample_faces.drawing import draw_face

        return draw_face
    if name == "write_sample_faces":
        from inpaint_tf.data.sample_faces.folder import write_sample_faces

        return write_sample_faces
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
