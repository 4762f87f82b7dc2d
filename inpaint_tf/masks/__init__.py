"""Where a hole is: drawn on the device, one file for each kind. Imports engines and images.

A new kind is a file with a subclass of `masks.kind.Kind` and a line in `KINDS`.
"""

from inpaint_tf.errors import names_on_demand

KINDS = {
    "center": "inpaint_tf.masks.center:Center",
    "random_box": "inpaint_tf.masks.random_box:RandomBox",
    "freeform": "inpaint_tf.masks.freeform:Freeform",
    "mixed": "inpaint_tf.masks.mixed:Mixed",
    "pictures": "inpaint_tf.masks.mask_pictures:Pictures",
    "turned_pictures": "inpaint_tf.masks.mask_pictures:TurnedPictures",
    "landmarks": "inpaint_tf.masks.landmarks:Landmarks",
    "everyday": "inpaint_tf.masks.everyday:Everyday",
}
"""Every kind of hole and its class; see `errors.look_up`."""

_PUBLIC = {
    "Hole": "inpaint_tf.masks.hole_drawer",
    "HoleDrawer": "inpaint_tf.masks.hole_drawer",
}

__all__ = ["KINDS", "Hole", "HoleDrawer"]


# Lazily: Keras takes seconds to load.
__getattr__ = names_on_demand(__name__, _PUBLIC)
