"""docs/serving.md and the Dockerfile, as far as they can be tried without Docker."""

import http.server
import json
import os
import re
import runpy
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import keras
import numpy as np
import pytest

import inpaint_tf
from inpaint_tf import Inpainter, __version__
from inpaint_tf.networks.generators.coarse_to_fine import build_generator

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def instruction(name):
    """What follows an instruction, each time that it is there."""
    joined = DOCKERFILE.replace("\\\n", " ")
    return [match.strip() for match in re.findall(rf"^{name} (.*)$", joined, re.MULTILINE)]


def test_what_the_image_is_made_of_is_there():
    copied = [part for line in instruction("COPY") for part in shlex.split(line)[:-1]]
    assert {"setup.py", "inpaint_tf", "configs", "README.md"} <= set(copied)
    let_in = (ROOT / ".dockerignore").read_text().splitlines()
    for name in copied:
        assert (ROOT / name).exists()
        assert f"!{name}" in let_in
    [extra] = re.findall(r'"\.\[(\w+)\]"', DOCKERFILE)
    assert extra in runpy.run_path(str(ROOT / "setup.py"))["EXTRAS"]


@pytest.mark.skipif(sys.platform == "win32", reason="the image is for Linux")
def test_the_page_runs_without_rights_and_passes_the_health_check(tmp_path):
    """Without a home, in a folder that cannot be written, on a port that the test chooses."""
    entry, arguments = (json.loads(instruction(name)[-1]) for name in ("ENTRYPOINT", "CMD"))
    assert entry == ["inpaint-tf"]
    health = json.loads(instruction("HEALTHCHECK")[0].split("CMD ")[1])
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    environment = {key: value for key, value in os.environ.items() if key != "HOME"}
    variables = dict(part.split("=", 1) for part in instruction("ENV")[0].split())
    variables = {key: value.replace("/tmp", str(tmp_path)) for key, value in variables.items()}
    arguments = [*arguments, "--port=0", "--device=cpu"]
    with subprocess.Popen(
        [sys.executable, "-m", "inpaint_tf", *arguments],
        cwd=locked,
        env=environment | variables | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as page:
        try:
            port = re.search(r":(\d+)/", page.stdout.readline())[1]
            ask = [sys.executable, *(part.replace("7860", port) for part in health[1:])]
            until = time.monotonic() + 60
            while subprocess.run(ask, capture_output=True, check=False).returncode:
                assert time.monotonic() < until
                time.sleep(0.2)
        finally:
            page.send_signal(signal.SIGTERM)
    assert list(locked.iterdir()) == []


class LikeTensorFlowServing(http.server.BaseHTTPRequestHandler):
    """Does with a request what https://www.tensorflow.org/tfx/serving/api_rest says."""

    model = None

    def do_POST(self):
        import tensorflow as tf

        assert self.path == "/v1/models/inpaint:predict"
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        serve = self.model.signatures["serving_default"]
        types = serve.structured_input_signature[1]
        inputs = {
            key: tf.constant(value, types[key].dtype) for key, value in asked["inputs"].items()
        }
        [output] = serve(**inputs).values()
        body = json.dumps({"outputs": output.numpy().tolist()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_the_request_to_tensorflow_serving(tmp_path):
    import tensorflow as tf

    [code] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/serving.md").read_text(), re.DOTALL)
    written = {}
    exec(code, written)
    keras.utils.set_random_seed(1)
    generator = build_generator(4)
    inpainter = Inpainter(generator, "grey")
    inpaint_tf.export(inpainter, tmp_path / "1")
    LikeTensorFlowServing.model = tf.saved_model.load(str(tmp_path / "1"))
    images = np.random.default_rng(0).integers(0, 256, (2, 40, 48, 3), np.uint8)
    masks = np.zeros((2, 40, 48, 1), np.uint8)
    masks[:, 10:25, 12:30] = 255
    with http.server.HTTPServer(("127.0.0.1", 0), LikeTensorFlowServing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/v1/models/inpaint:predict"
        found = written["complete"](address, images, masks)
        server.shutdown()
    np.testing.assert_array_equal(found, inpainter.complete(images, masks))


def test_the_citation_names_this_version():
    assert f'version: "{__version__}"' in (ROOT / "CITATION.cff").read_text()
