"""The page in a real browser: draw, complete, download; nothing is asked of other hosts.

Needs Chromium (Debian's chromium) and `pip install playwright`; skipped without them.
"""

import io
import os
import re
import shutil
import threading
from importlib import util
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inpaint_tf.data.photo_files import read_photo, write_photo
from inpaint_tf.inference.web.server import Server
from inpaint_tf.inference.web.studio import Limits

spec = util.spec_from_file_location("studio_parts", Path(__file__).with_name("test_studio.py"))
parts = util.module_from_spec(spec)
spec.loader.exec_module(parts)

SHOTS = os.environ.get("INPAINT_TF_SCREENSHOTS")  # a folder for pictures of the page


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.skip("there is no Chromium; on Debian: apt-get install chromium")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def server():
    studio = parts.new_studio(limits=Limits(40, 30))
    studio.holes = []
    network = studio._load("inverted")

    def remember(image, hole):
        studio.holes.append(hole)
        return network(image, hole)

    studio._networks["inverted"] = remember
    server = Server("127.0.0.1", 0, studio)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
    studio.close()


def open_page(chromium, server):
    page = chromium.new_page(viewport={"width": 1100, "height": 900})
    page.set_default_timeout(30_000)
    page.asked, page.wrong = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("console", lambda line: page.wrong.append(line.text) if line.type == "error" else None)
    page.goto(f"http://127.0.0.1:{server.server_address[1]}/")
    page.wait_for_selector("#samples button img")
    return page


def upload(page, path):
    page.set_input_files("#file", path)
    told = page.locator("#message", has_text=re.compile("found|taken|not a"))
    told.wait_for()
    return told.inner_text()


def stroke(page, start, end):
    box = page.locator("#mask").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=4)
    page.mouse.up()


def complete(page):
    page.click("#complete")
    page.wait_for_selector("#done:not([hidden])")


def download(page, folder):
    with page.expect_download() as waiting:
        page.click("#download")
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_draw_complete_and_download(chromium, server, tmp_path, suffix):
    page = open_page(chromium, server)
    shoot(page, "open")
    source = tmp_path / f"me.{suffix}"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(io.BytesIO(parts.photo(size=(240, 320)))).save(source, exif=exif)
    assert upload(page, source) == "One face was found."
    stroke(page, (0.2, 0.5), (0.5, 0.5))
    stroke(page, (0.7, 0.2), (0.7, 0.8))
    page.click("#undo")
    shoot(page, "drawn")
    complete(page)
    shoot(page, "done")
    path = download(page, tmp_path)
    assert path.name == f"me_completed.{suffix}"
    [hole] = server.studio.holes
    assert hole.shape == (240, 320)
    assert hole[120, 70:150].all()
    assert not hole[:, 200:].any()  # the second stroke was undone
    photo = read_photo(source)
    expected = tmp_path / f"expected.{suffix}"
    write_photo(photo, parts.invert(photo.pixels, hole), hole, expected)
    assert path.read_bytes() == expected.read_bytes()
    own = f"http://127.0.0.1:{server.server_address[1]}/"
    assert len(page.asked) > 10
    assert [url for url in page.asked if not url.startswith((own, "blob:", "data:"))] == []
    assert page.wrong == []
    page.close()


def test_shapes_eraser_and_the_gallery(chromium, server):
    page = open_page(chromium, server)
    page.click("#samples button:nth-child(2)")
    page.wait_for_selector("#work:not([hidden])")
    page.click("#shapes button:text-is('mask')")
    page.locator("#message", has_text=re.compile("^$")).wait_for(state="attached")
    page.click("#eraser")
    stroke(page, (0.0, 0.02), (0.2, 0.02))
    page.click("#brush")
    stroke(page, (0.6, 0.8), (0.8, 0.8))
    complete(page)
    [hole] = server.studio.holes
    assert hole[410, 320:400].all()
    assert hole[:64, :64].any()
    assert not hole[6:14, 10:100].any()
    page.fill("#slider", "900")
    assert (
        page.locator("#after").evaluate("image => image.style.clipPath") == "inset(0px 0px 0px 90%)"
    )
    page.click("#back")
    assert page.is_visible("#mask")
    assert page.wrong == []
    page.close()


def test_two_browsers_at_once(chromium, server, tmp_path):
    pages = [open_page(chromium, server) for _ in range(2)]
    for number, page in enumerate(pages):
        path = tmp_path / f"{number}.png"
        path.write_bytes(parts.photo(size=(200 + 40 * number, 200)))
        upload(page, path)
        stroke(page, (0.3, 0.5), (0.6, 0.5))
    for page in pages:
        page.click("#complete")
    for number, page in enumerate(pages):
        page.wait_for_selector("#done:not([hidden])")
        got = np.asarray(Image.open(download(page, tmp_path)))
        assert got.shape == (200, 200 + 40 * number, 3)
        before = np.asarray(Image.open(tmp_path / f"{number}.png"))
        changed = (got != before).any(axis=2)
        assert changed[100, 80:110].all()
        assert not changed[:40].any()
        page.close()


def test_too_large_a_photo_and_a_text_are_refused_with_a_sentence(chromium, server, tmp_path):
    page = open_page(chromium, server)
    Image.new("1", (7800, 7800)).save(tmp_path / "large.png")
    assert upload(page, tmp_path / "large.png") == (
        "large.png has 60.8 megapixels; up to 40 are taken here"
    )
    page.reload()
    (tmp_path / "notes.txt").write_text("hello, I am text")
    assert upload(page, tmp_path / "notes.txt") == (
        "notes.txt: not a picture, whatever its name says"
    )
    page.reload()
    (tmp_path / "heavy.png").write_bytes(bytes(31_000_000))
    assert upload(page, tmp_path / "heavy.png") == "the file has 31 MB; up to 30 are taken here"
    shoot(page, "refused")
    assert page.is_visible("#drop")
    page.close()
