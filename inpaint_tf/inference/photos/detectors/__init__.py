"""Face detectors, one file each. Listing them loads none.

A detector is a class without arguments whose objects take a photo, uint8 (height, width, 3) RGB,
and return a list of (left eye, right eye, score): x and y in pixels of the eyes' middles, (2,) each,
left and right as in the photo, and a number that is higher for surer faces. Its module has
`is_installed()`.
"""

import importlib

from inpaint_tf.errors import UserError, unknown_name

AUTO = "auto"
EXTRA = "faces"
DETECTORS = {
    "mtcnn": "inpaint_tf.inference.photos.detectors.mtcnn:Detector",
    "haar": "inpaint_tf.inference.photos.detectors.haar:Detector",
}
"""Every detector, the best first; see `errors.look_up`."""


def choose(name: str) -> str:
    """The name itself, or for "auto" the first detector that is installed.

    Raises `UserError` for a name that is not in the table, or one that is not installed.
    """
    if name == AUTO:
        return next(known for known in DETECTORS if _is_installed(known))
    if name not in DETECTORS:
        raise UserError(unknown_name(name, [AUTO, *DETECTORS], "face detector"))
    if not _is_installed(name):
        raise UserError(
            f"the face detector {name} is not installed; run: pip install 'inpaint-tf[{EXTRA}]'"
        )
    return name


def _is_installed(name):
    return importlib.import_module(DETECTORS[name].partition(":")[0]).is_installed()
