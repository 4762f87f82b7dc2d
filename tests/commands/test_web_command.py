"""`inpaint-tf web`: mistakes, and an end that leaves nothing behind."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import inpaint_tf
from inpaint_tf.commands.photos.web import build_server
from inpaint_tf.data.picture_files import encode_png
from inpaint_tf.data.sample_faces.drawing import draw_face
from inpaint_tf.errors import UserError

ROOT = Path(inpaint_tf.__file__).parent.parent


def arguments(**changed):
    fields = {
        "host": "127.0.0.1",
        "port": 0,
        "weights": ["faces256"],
        "megapixels": 40.0,
        "megabytes": 60.0,
        "device": "cpu",
        "precision": "float32",
    }
    return SimpleNamespace(**fields | changed)


def test_a_port_that_is_taken_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UserError, match=r"cannot be had .*; try another --port"):
            build_server(arguments(port=taken.getsockname()[1]))


def test_weights_are_looked_for_before_a_page_is_served():
    with pytest.raises(UserError, match="no weights at nowhere"):
        build_server(arguments(weights=["faces256", "nowhere"]))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_it_ends_and_its_photos_go(tmp_path):
    command = [sys.executable, "-m", "inpaint_tf", "web", "--noopen", "--port=0", "--device=cpu"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment
    ) as started:
        port = int(started.stdout.readline().split(":")[2].partition("/")[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        face = encode_png(draw_face(0, 64))
        connection.request("POST", "/photos?name=a.png", face, {"X-Inpaint-Tf": "1"})
        assert connection.getresponse().status == 200
        connection.close()
        assert len(list(tmp_path.glob("inpaint_tf_*"))) == 1
        started.send_signal(signal.SIGTERM)
        assert started.wait(60) == 0
    assert not list(tmp_path.glob("inpaint_tf_*"))
