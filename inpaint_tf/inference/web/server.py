"""The page's server: Python's own, on this machine alone unless told."""

import contextlib
import ipaddress
import json
import re
import socket
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from absl import logging

from inpaint_tf.errors import UserError
from inpaint_tf.inference.web.studio import SAMPLES, Studio, too_many_bytes

PAGE = Path(__file__).parent / "page"
FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/app.js": ("app.js", "text/javascript; charset=utf-8"),
    "/style.css": ("style.css", "text/css; charset=utf-8"),
}
POLICY = "default-src 'self'; img-src 'self' blob: data:; frame-ancestors 'none'"
"""The browser itself then refuses whatever is not from here."""
ASKED_BY_PAGE = "X-Inpaint-Tf"
"""Pages of other hosts cannot send this header: they cannot use the server behind a user's back."""
TIMEOUT = 60  # seconds without a byte from a browser


class Server(ThreadingHTTPServer):
    """Serves one `Studio`. Raises `OSError` for an address that is taken."""

    daemon_threads = True

    def __init__(self, host: str, port: int, studio: Studio):
        if ":" in host:
            self.address_family = socket.AF_INET6
        self.studio = studio
        self.only_here = is_loopback(host)
        super().__init__((host, port), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is no error."""
        logging.debug("%s went away", client_address)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT

    def do_GET(self) -> None:
        """The page, its pictures, and what it asks."""
        self._answer("GET")

    def do_POST(self) -> None:
        """A photo, a mask, or a wish."""
        self._answer("POST")

    def log_message(self, *_: Any) -> None:
        """Nothing is written about who looks at what."""

    def _answer(self, method):
        try:
            body = self._body() if method == "POST" else b""
            self._check_origin(method)
            self._route(method, body)
        except _Refused as refused:
            self.close_connection = True
            self._send_error(refused.status, str(refused))
        except UserError as error:
            self._send_error(HTTPStatus.BAD_REQUEST, " ".join(str(error).split()))
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except Exception:
            logging.exception("failed: %s %s", method, self.path)
            self._send_error(
                HTTPStatus.INTERNAL_SERVER_ERROR, "this failed; the terminal shows why"
            )

    def _body(self):
        limit = self.server.studio.limits.megabytes * 1e6
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            raise _Refused(HTTPStatus.LENGTH_REQUIRED, "the request has no length") from None
        if length <= limit:
            return self.rfile.read(length)
        # A browser reads the answer only after it has sent everything, within reason.
        left = int(min(length, 8 * limit))
        while left > 0 and (read := len(self.rfile.read(min(left, 1 << 20)))):
            left -= read
        limits = self.server.studio.limits
        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_many_bytes(length, limits))

    def _check_origin(self, method):
        """Only the page itself asks; a name that leads here by somebody else's DNS does not."""
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        if self.server.only_here and not is_loopback(host):
            raise _Refused(HTTPStatus.FORBIDDEN, "open the page by the address in the terminal")
        if method == "POST" and ASKED_BY_PAGE not in self.headers:
            raise _Refused(HTTPStatus.FORBIDDEN, "only the page itself may do this")

    def _route(self, method, body):
        url = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        for wanted, pattern, act in ROUTES:
            match = re.fullmatch(pattern, url.path)
            if match and wanted == method:
                act(self, query, body, *match.groups())
                return
        raise _Refused(HTTPStatus.NOT_FOUND, "there is nothing at this address")

    def _send_json(self, value, status=HTTPStatus.OK):
        self._send(json.dumps(value).encode(), "application/json", status)

    def _send_error(self, status, message):
        with contextlib.suppress(ConnectionError, TimeoutError):
            self._send_json({"error": message}, status)

    def _send(self, content, kind, status=HTTPStatus.OK, **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def page_file(self, query, body):
        """A file of the page itself."""
        name, kind = FILES[urlsplit(self.path).path]
        self._send((PAGE / name).read_bytes(), kind)

    def settings(self, query, body):
        """What the page has to know."""
        studio = self.server.studio
        self._send_json(
            {
                "weights": studio.weights,
                "shapes": studio.shapes,
                "samples": SAMPLES,
                "megabytes": studio.limits.megabytes,
            }
        )

    def sample(self, query, body, number):
        """A drawn face."""
        if int(number) >= SAMPLES:
            raise _Refused(HTTPStatus.NOT_FOUND, "there is no such face")
        self._send(self.server.studio.sample(int(number)), "image/png")

    def take(self, query, body):
        """A photo comes in."""
        self._send_json(self.server.studio.take(body, unquote(query.get("name", "photo.png"))))

    def view(self, query, body, token):
        """The photo, to look at."""
        self._send(self.server.studio.view(token), "image/jpeg")

    def shape(self, query, body, token, name):
        """A named hole on the photo's faces."""
        self._send(self.server.studio.shape(token, name), "image/png")

    def complete(self, query, body, token):
        """A mask comes in, and is filled."""
        self._send_json(self.server.studio.complete(token, body, query.get("weights", "")))

    def result_view(self, query, body, token, number):
        """A completed photo, to look at."""
        self._send(self.server.studio.result_view(token, int(number)), "image/jpeg")

    def result(self, query, body, token, number):
        """A completed photo, to keep."""
        content = self.server.studio.result(token, int(number))
        name = quote(query.get("name", "completed.png"))
        self._send(
            content,
            "application/octet-stream",
            Content_Disposition=f"attachment; filename*=UTF-8''{name}",
        )


TOKEN = r"([\w-]{10,40})"
ROUTES = (
    ("GET", r"/|/app\.js|/style\.css", Handler.page_file),
    ("GET", r"/settings", Handler.settings),
    ("GET", r"/samples/(\d{1,3})\.png", Handler.sample),
    ("POST", r"/photos", Handler.take),
    ("GET", rf"/photos/{TOKEN}/view", Handler.view),
    ("POST", rf"/photos/{TOKEN}/shapes/(\w+)", Handler.shape),
    ("POST", rf"/photos/{TOKEN}/complete", Handler.complete),
    ("GET", rf"/photos/{TOKEN}/results/(\d{{1,6}})/view", Handler.result_view),
    ("GET", rf"/photos/{TOKEN}/results/(\d{{1,6}})/file", Handler.result),
)


class _Refused(Exception):
    """A request that gets another status than 400."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def is_loopback(host: str) -> bool:
    """Whether an address or name means this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
