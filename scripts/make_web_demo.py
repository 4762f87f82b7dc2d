"""Makes the folder of the page that fills faces in a visitor's browser.

    python scripts/make_web_demo.py --output=web_demo [--weights=faces256]
    python -m http.server --directory web_demo

Writes the page of docs/web_demo, a drawn face, the weights as model.onnx and the three files of
onnxruntime-web that it needs (14 MB), which npm brings. Any server of plain files can serve it.
"""

import argparse
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "web_demo" / "index.html"
RUNTIME = "onnxruntime-web@1.30.0"
RUNTIME_FILES = (
    "ort.wasm.min.mjs",
    "ort-wasm-simd-threaded.mjs",
    "ort-wasm-simd-threaded.wasm",
)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--weights", default="faces256")
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    shutil.copy(PAGE, args.output)
    bring_runtime(args.output)
    write_face(args.output / "face.png")
    import inpaint_tf

    print(inpaint_tf.export(args.weights, args.output / "model.onnx", "onnx", overwrite=True))
    print(f"Ready: python -m http.server --directory {args.output}")


def bring_runtime(folder):
    """The files of onnxruntime-web, by npm; those that are there are kept."""
    if all((folder / name).is_file() for name in RUNTIME_FILES):
        return
    with tempfile.TemporaryDirectory() as temporary:
        command = ["npm", "pack", "--silent", f"--pack-destination={temporary}", RUNTIME]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        [package] = Path(temporary).glob("*.tgz")
        with tarfile.open(package) as archive:
            for name in RUNTIME_FILES:
                with archive.extractfile(f"package/dist/{name}") as source:
                    (folder / name).write_bytes(source.read())


def write_face(path):
    import cv2

    from inpaint_tf.data.sample_faces import draw_face
    from inpaint_tf.inference.export.comparison import SEED

    cv2.imwrite(str(path), draw_face(SEED, 256)[..., ::-1])


if __name__ == "__main__":
    main()
