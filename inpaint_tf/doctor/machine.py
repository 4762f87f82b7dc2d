"""What there is to compute with: versions, whether they fit together, and devices."""

import os
import platform
import subprocess
from importlib import metadata

PACKAGES = ("tensorflow", "tensorflow-metal", "keras", "numpy", "opencv-python-headless")

METAL_LOADS_WITH = {"1.2.0": ("2.17", "2.18", "2.19")}
"""TensorFlow releases for which Apple's plugin finds all of its symbols, read from its library."""


def describe():
    """dict: inpaint_tf, python, system, processor, cores, packages (None for what is missing)."""
    from inpaint_tf import __version__

    return {
        "inpaint_tf": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "packages": {name: _version(name) for name in PACKAGES},
    }


def pin_complaints(packages, system=None, machine=None):
    """Sentences on installed versions that do not fit together; none where they do.

    packages: {name: version or None}. Needs no TensorFlow: one that does not fit cannot be loaded.
    """
    system, machine = system or platform.system(), machine or platform.machine()
    tensorflow, plugin = packages["tensorflow"], packages["tensorflow-metal"]
    if system != "Darwin":
        return
    if machine != "arm64":
        yield f"this Python is built for {machine}; on an Apple silicon Mac install an arm64 one"
    elif plugin is None:
        yield "tensorflow-metal is not installed: the GPU stays idle; Python 3.11 and 3.12 have it"
    elif tensorflow is None:
        yield "tensorflow is not installed; run `make demo`, or pip install -e ."
    elif plugin not in METAL_LOADS_WITH:
        known = ", ".join(METAL_LOADS_WITH)
        yield f"tensorflow-metal {plugin} is unknown here; pip install tensorflow-metal=={known}"
    elif not tensorflow.startswith(tuple(f"{v}." for v in METAL_LOADS_WITH[plugin])):
        newest = METAL_LOADS_WITH[plugin][-1]
        yield (
            f"tensorflow-metal {plugin} does not load with TensorFlow {tensorflow}; "
            f'pip install "tensorflow=={newest}.*"'
        )


def devices():
    """["CPU", "GPU: Apple M1", ...] as TensorFlow sees them."""
    import tensorflow as tf

    found = ["CPU"]
    for gpu in tf.config.list_physical_devices("GPU"):
        details = tf.config.experimental.get_device_details(gpu)
        found.append(f"GPU: {details.get('device_name', gpu.name)}")
    return found


def processor():
    """The processor's name as its maker writes it, where the system tells."""
    if platform.system() == "Darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        run = subprocess.run(command, capture_output=True, text=True)
        return run.stdout.strip() or platform.processor()
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="ignore") as lines:
            names = [line.split(":", 1)[1].strip() for line in lines if "model name" in line]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def _version(package):
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
