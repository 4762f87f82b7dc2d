"""Face detectors, one file each. Listing them loads none.

A detector is a class without arguments whose objects take a photo, uint8 (height, width, 3) RGB,
and return a list of (left eye, right eye, score): x and y in pixels of the eyes' middles, (2,)
each, left and right as in the photo, and a number that is higher for surer faces. Its module has a
function `is_installed()`.

Share of faces found under holes (40 held-out faces of 200 to 500 pixels in photos of 900x700, holes
filled by Telea's method first; 2026-11-25): glasses, mouth, surgical mask, left half, lower half,
central box.

    mtcnn, thresholds 0.5       0.97  1.00  0.93  0.90  0.82  0.03
    mtcnn, its own thresholds   0.97  0.97  0.80  0.75  0.65  0.00
    Haar, frontalface_default   0.88  0.93  0.60  0.72  0.72  0.12
    Haar, frontalface_alt2      0.85  0.88  0.65  0.50  0.72  0.03
    dlib's HOG, threshold -0.4  0.95  0.97  0.42  0.85  0.68  0.00
    dlib's HOG, threshold 0     0.93  0.95  0.15  0.65  0.40  0.00
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
