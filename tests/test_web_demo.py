"""The page that fills faces in the visitor's browser, in Chromium.

Needs Chromium, playwright, the extra inpaint-tf[onnx], and npm with a registry; skipped without.
"""

import functools
import http.server
import runpy
import shutil
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest
from inference.export.models import small_inpainter

import inpaint_tf
from inpaint_tf.data import picture_files

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "make_web_demo.py"
MAKE = runpy.run_path(str(SCRIPT), run_name="make_web_demo")
COMPLETE = """async (hole) => {
    const mask = Uint8Array.from(hole);
    return Array.from(await demo.complete(demo.picture(), mask));
}"""


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.skip("there is no Chromium; on Debian: apt-get install chromium")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def inpainter():
    return small_inpainter()


@pytest.fixture(scope="module")
def folder(browser, inpainter, tmp_path_factory):
    pytest.importorskip("tf2onnx", reason="the extra inpaint-tf[onnx] is not installed")
    folder = tmp_path_factory.mktemp("web_demo")
    try:
        MAKE["bring_runtime"](folder)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("npm brings no onnxruntime-web here")
    shutil.copy(MAKE["PAGE"], folder)
    MAKE["write_face"](folder / "face.png")
    inpaint_tf.export(inpainter, folder / "model.onnx", "onnx")
    return folder


@pytest.fixture
def address(folder):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_the_browser_completes_like_the_inpainter(browser, address, folder, inpainter):
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_selector("#fill:enabled", timeout=120_000)
    face = picture_files.read_image(folder / "face.png")
    mask = np.zeros((256, 256), np.uint8)
    mask[64:160, 80:200] = mask[200:, :90] = 255
    found = np.uint8(page.evaluate(COMPLETE, mask.ravel().tolist())).reshape(face.shape)
    np.testing.assert_array_equal(found[mask == 0], face[mask == 0])
    off = np.abs(found.astype(int) - inpainter.complete(face, mask).astype(int)).max(axis=-1)
    assert np.mean(off[mask > 0] <= 1) >= 0.99
    assert all(url.startswith(address) for url in asked)
    page.close()


def test_a_painted_hole_is_filled(browser, address):
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector("#fill:enabled", timeout=120_000)
    box = page.locator("#picture").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 120, steps=4)
    page.mouse.up()
    before = page.evaluate("Array.from(demo.picture())")
    page.click("#fill")
    page.wait_for_function("document.getElementById('status').textContent.startsWith('Filled')")
    after = page.evaluate("Array.from(demo.picture())")
    changed = np.not_equal(before, after).reshape(256, 256, 3).any(axis=-1)
    rows, columns = np.nonzero(changed)
    assert changed.sum() > 500
    assert rows.min() > 80
    assert columns.max() < 170
    page.close()
