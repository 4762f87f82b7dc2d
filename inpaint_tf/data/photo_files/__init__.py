"""Photos that come out as they came in: format, quality, bit depth, metadata, known pixels.

`picture_files` reads what networks and scores need. This reads what a person wants back.
"""

from inpaint_tf.data.photo_files.metadata import Metadata, read_metadata
from inpaint_tf.data.photo_files.photo import Photo, read_photo
from inpaint_tf.data.photo_files.write import output_suffix, write_described_png, write_photo

__all__ = [
    "Metadata",
    "Photo",
    "output_suffix",
    "read_metadata",
    "read_photo",
    "write_described_png",
    "write_photo",
]
