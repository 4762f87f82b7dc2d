"""The page's server: addresses, limits, and who may ask."""

import http.client
import json
import threading
from importlib import util
from pathlib import Path

import pytest

from inpaint_tf.inference.web.server import PAGE, Server, is_loopback
from inpaint_tf.inference.web.studio import Limits

spec = util.spec_from_file_location("studio_parts", Path(__file__).with_name("test_studio.py"))
parts = util.module_from_spec(spec)
spec.loader.exec_module(parts)

OWN = {"X-Inpaint-Tf": "1"}


@pytest.fixture
def server():
    studio = parts.new_studio(limits=Limits(1, 0.2))
    server = Server("127.0.0.1", 0, studio)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
    studio.close()


def ask(server, method, path, body=None, headers=OWN):
    connection = http.client.HTTPConnection(*server.server_address, timeout=20)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


def told(server, *request, **options):
    answer, content = ask(server, *request, **options)
    return answer.status, json.loads(content)


def test_the_page_and_its_files(server):
    for path, start in (
        ("/", b"<!doctype"),
        ("/app.js", b'"use strict"'),
        ("/style.css", b":root"),
    ):
        answer, content = ask(server, "GET", path)
        assert answer.status == 200
        assert content.startswith(start)
        assert "default-src 'self'" in answer.getheader("Content-Security-Policy")
    assert told(server, "GET", "/settings")[1]["weights"] == ["inverted", "black"]
    assert told(server, "GET", "/server.py")[0] == 404
    assert told(server, "GET", "/../server.py")[0] == 404
    assert told(server, "GET", "/samples/99.png")[0] == 404


def test_the_page_names_no_other_host():
    for path in PAGE.iterdir():
        text = path.read_text()
        for word in ("http://", "https://", "//cdn"):
            assert text.replace("http://www.w3.org/2000/svg", "").count(word) == 0


def test_a_photo_goes_in_and_comes_out(server):
    status, taken = told(server, "POST", "/photos?name=jos%C3%A9.png", parts.photo())
    assert status == 200
    photo = f"/photos/{taken['token']}"
    assert ask(server, "GET", f"{photo}/view")[0].getheader("Content-Type") == "image/jpeg"
    assert ask(server, "POST", f"{photo}/shapes/nose", "")[1].startswith(b"\x89PNG")
    status, done = told(server, "POST", f"{photo}/complete?weights=black", parts.mask())
    assert (status, done["name"]) == (200, "jos\u00e9_completed.png")
    answer, content = ask(server, "GET", f"{photo}/results/0/file?name=jos%C3%A9_completed.png")
    assert content == server.studio.result(taken["token"], 0)
    named = answer.getheader("Content-Disposition")
    assert named == "attachment; filename*=UTF-8''jos%C3%A9_completed.png"
    assert told(server, "GET", f"{photo}/results/1/file")[0] == 400
    assert told(server, "GET", "/photos/nobodysphoto123/view")[1]["error"].startswith("this photo")


def test_mistakes_are_sentences(server):
    status, answer = told(server, "POST", "/photos?name=notes.txt", b"hello, I am text")
    assert status == 400
    assert answer["error"] == "notes.txt: not a picture, whatever its name says"
    status, answer = told(server, "POST", "/photos?name=a.png", b"x" * 300_000)
    assert (status, answer["error"]) == (413, "the file has 0 MB; up to 0.2 are taken here")


def test_a_failure_of_ours_is_told_and_the_server_lives(server, monkeypatch):
    monkeypatch.setattr(server.studio, "take", lambda *_: 1 / 0)
    status, answer = told(server, "POST", "/photos", parts.photo())
    assert (status, answer["error"]) == (500, "this failed; the terminal shows why")
    assert told(server, "GET", "/settings")[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "192.168.1.1", ""])
def test_other_names_for_this_machine_are_refused(server, host):
    status, answer = told(server, "GET", "/settings", headers={"Host": host})
    assert status == 403
    assert "address in the terminal" in answer["error"]


def test_pages_of_other_hosts_cannot_ask(server):
    status, _ = told(server, "POST", "/photos?name=a.png", parts.photo(), headers={})
    assert status == 403


def test_what_is_this_machine():
    assert all(map(is_loopback, ("127.0.0.1", "localhost", "::1", "127.8.8.8")))
    assert not any(map(is_loopback, ("0.0.0.0", "10.0.0.1", "localhost.evil.example", "")))
