"""Do the packages that setup.py asks for fit together, on machines that are not at hand?

  python scripts/check_pins.py            # all targets
  python scripts/check_pins.py "macOS"    # those whose name begins so

Has pip resolve the requirements for each target from the package registry, without installing
anything, and fails if it cannot, or if TensorFlow, Keras and tensorflow-metal would not load
together. pip judges the requirements of those requirements as on this machine: a dependency of
TensorFlow for macOS alone goes unseen.
"""

import json
import runpy
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from inpaint_tf.doctor.machine import METAL_LOADS_WITH  # noqa: E402

AT_ONCE = 2

SHOWN = ("tensorflow", "keras", "tensorflow-metal", "numpy", "opencv-python-headless", "h5py")


@dataclass(frozen=True)
class Target:
    """A kind of machine: what markers see of it, and the wheels that it takes."""

    system: str
    machine: str
    python: str
    wheels: tuple

    def __str__(self):
        system = {"darwin": "macOS", "linux": "Linux"}[self.system]
        return f"{system} {self.machine}, Python {self.python}"


MAC = ("macosx_12_0_arm64", "macosx_11_0_arm64", "macosx_12_0_universal2", "macosx_10_9_universal2")
GLIBC = range(5, 29)  # wheels for 2.5 to 2.28 run on the Linux of 2018 and later
OLD_NAMES = ("manylinux1", "manylinux2010", "manylinux2014")


def _linux(machine):
    return tuple(f"{name}_{machine}" for name in (*(f"manylinux_2_{n}" for n in GLIBC), *OLD_NAMES))


TARGETS = (
    *(Target("darwin", "arm64", python, MAC) for python in ("3.11", "3.12")),
    *(
        Target("linux", machine, python, _linux(machine))
        for machine in ("x86_64", "aarch64")
        for python in ("3.11", "3.12")
    ),
)


def requirements_on(target, lines):
    """Those of the requirement lines that count on the target, without their markers."""
    where = {
        "sys_platform": target.system,
        "platform_machine": target.machine,
        "python_version": target.python,
    }
    wanted = []
    for requirement in map(Requirement, lines):
        if requirement.marker is None or requirement.marker.evaluate(where):
            requirement.marker = None
            wanted.append(str(requirement))
    return wanted


def resolve(target, lines):
    """{package: version} that pip takes on the target; `RuntimeError` where it finds no answer."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed"]
            + ["--disable-pip-version-check", "--only-binary=:all:", f"--report={report}"]
            + [f"--python-version={target.python}", "--implementation=cp", f"--target={folder}"]
            + [f"--platform={wheels}" for wheels in target.wheels]
            + requirements_on(target, lines),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            raise RuntimeError(" ".join(errors) or done.stderr.strip())
        installed = json.loads(report.read_text())["install"]
    return {item["metadata"]["name"].lower(): item["metadata"]["version"] for item in installed}


def misfits(target, versions):
    """What would not load of the resolved versions, as lines of text."""
    tensorflow, metal = versions.get("tensorflow"), versions.get("tensorflow-metal")
    if tensorflow is None or versions.get("keras") is None:
        yield "TensorFlow or Keras is not among the requirements"
        return
    if target.system != "darwin":
        if metal:
            yield "tensorflow-metal is for Macs alone"
        return
    if metal is None:
        yield "no tensorflow-metal: the GPU would not be used"
        return
    minor = ".".join(map(str, Version(tensorflow).release[:2]))
    if minor not in METAL_LOADS_WITH.get(metal, ()):
        yield f"tensorflow-metal {metal} does not load with TensorFlow {tensorflow}"


def check(target, lines):
    """(target, whether it is well, what to print)."""
    try:
        versions = resolve(target, lines)
    except RuntimeError as error:
        return target, False, f"pip finds no answer: {error}"
    wrong = list(misfits(target, versions))
    shown = ", ".join(f"{name} {versions[name]}" for name in SHOWN if name in versions)
    return target, not wrong, "; ".join([*wrong, shown])


def main(prefix=""):
    lines = runpy.run_path(str(ROOT / "setup.py"), run_name="setup_lists")["REQUIREMENTS"]
    targets = [target for target in TARGETS if str(target).startswith(prefix)]
    if not targets:
        print(f"error: no target begins with {prefix!r}; there are: {'; '.join(map(str, TARGETS))}")
        return 1
    failed = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for target, well, text in pool.map(lambda target: check(target, lines), targets):
            print(f"{'fits ' if well else 'FAILS'}  {target}: {text}", flush=True)
            failed += not well
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
