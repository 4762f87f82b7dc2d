"""Installs the package with the lowest and with the highest versions that it names, and runs it.

    python scripts/try_versions.py                # both, each in an environment of its own
    python scripts/try_versions.py lowest

Needs uv (pip install uv), which can resolve to the lowest versions of what setup.py names. In each
environment: draws faces, completes one, trains a tiny run for two iterations, tests and exports it.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESOLUTIONS = {"lowest": "lowest-direct", "highest": "highest"}
SHOWN = ("tensorflow", "keras", "numpy", "h5py", "opencv-python-headless", "pillow", "tensorboard")

TRAIN = [
    "--config=quickstart",
    "--config.data.size=32",
    "--config.data.batch_size=2",
    "--config.data.test_count=2",
    "--config.masks.size=16",
    "--config.masks.max_shrink=2",
    "--config.generator.width=4",
    "--config.critics.width=8",
    "--config.train.reconstruction_steps=1",
    "--config.train.steps=1",
    "--config.train.critic_updates=1",
    "--config.train.log_every=1",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("which", nargs="*", choices=[*RESOLUTIONS, []], help="default: both")
    parser.add_argument("--python", default=f"{sys.version_info[0]}.{sys.version_info[1]}")
    args = parser.parse_args()
    for which in args.which or RESOLUTIONS:
        with tempfile.TemporaryDirectory() as folder:
            try_versions(which, Path(folder), args.python)
    return 0


def try_versions(which, folder, python):
    """Install with one resolution and run; an error ends the program with its output."""
    print(f"{which}: installing", flush=True)
    environment = folder / "venv"
    uv("venv", "--quiet", f"--python={python}", str(environment))
    interpreter = environment / "bin" / "python"
    resolution = f"--resolution={RESOLUTIONS[which]}"
    uv("pip", "install", "--quiet", f"--python={interpreter}", resolution, str(ROOT))
    print(f"{which}: {', '.join(versions(interpreter))}", flush=True)
    faces, run = folder / "faces", folder / "run"
    for command in (
        ["sample-faces", f"--output={faces}", "--count=8", "--size=64"],
        ["complete", f"--images={faces / 'face_00000.png'}", "--masks=mouth", f"--output={run}-1"],
        ["train", *TRAIN, f"--config.data.train={faces}", f"--workdir={run}"],
        [
            "test",
            f"--images={faces}",
            f"--weights={run}",
            "--limit=2",
            f"--output={folder / 'out'}",
        ],
        ["export", f"--weights={run}", f"--output={folder / 'model'}"],
    ):
        print(f"{which}: inpaint-tf {command[0]}", flush=True)
        ended = subprocess.run(
            [environment / "bin" / "inpaint-tf", *command],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode:
            raise SystemExit(f"{which}: status {ended.returncode}\n{ended.stdout}\n{ended.stderr}")
    print(f"{which}: all ran", flush=True)


def versions(interpreter):
    """Such as "keras 3.15.1", of what is shown."""
    code = f"from importlib.metadata import version\nfor n in {SHOWN}: print(n, version(n))"
    shown = subprocess.run([interpreter, "-c", code], capture_output=True, text=True, check=True)
    return shown.stdout.split("\n")[:-1]


def uv(*arguments):
    subprocess.run([sys.executable, "-m", "uv", *arguments], check=True)


if __name__ == "__main__":
    sys.exit(main())
