"""The machine: installed versions, whether they are compatible, and devices."""

import os
import platform
import subprocess
from collections.abc import Iterator, Mapping
from importlib import metadata
from typing import Any

PACKAGES = ("tensorflow", "tensorflow-metal", "keras", "numpy", "opencv-python-headless")

METAL_LOADS_WITH = {"1.2.0": ("2.17", "2.18", "2.19")}
"""TensorFlow releases for which Apple's plugin finds all of its symbols, read from its library."""


def describe() -> dict[str, Any]:
    """dict: inpaint_tf, python, system, processor, cores, packages (None for missing ones)."""
    from inpaint_tf import __version__

    return {
        "inpaint_tf": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "packages": {name: _version(name) for name in PACKAGES},
    }


def pin_complaints(
    packages: Mapping[str, str | None], system: str | None = None, machine: str | None = None
) -> Iterator[str]:
    """Sentences about installed versions that are not compatible; none where all are.

    TensorFlow is not imported, because an incompatible one does not load.

    packages: {name: version or None}.
    system: default: `platform.system()`.
    machine: default: `platform.machine()`.
    """
    system, machine = system or platform.system(), machine or platform.machine()
    tensorflow, plugin = packages["tensorflow"], packages["tensorflow-metal"]
    if system != "Darwin":
        return
    if machine != "arm64":
        yield f"this Python is built for {machine}; on an Apple silicon Mac install an arm64 one"
    elif plugin is None:
        yield "tensorflow-metal is not installed and the GPU stays idle; use Python 3.11 or 3.12"
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


def devices() -> list[str]:
    """["CPU", "GPU: Apple M1", ...] as TensorFlow sees them."""
    import tensorflow as tf

    found = ["CPU"]
    for gpu in tf.config.list_physical_devices("GPU"):
        details = tf.config.experimental.get_device_details(gpu)
        found.append(f"GPU: {details.get('device_name', gpu.name)}")
    return found


def processor() -> str:
    """The processor's name: the maker's where the system knows it, else the architecture."""
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


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
