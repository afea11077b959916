"""GOV.UK Notify as its documentation has it, on this machine: text messages alone.

https://docs.notifications.service.gov.uk/rest-api.html: a bearer token (JWT, HS256 under the key's secret,
the service as ``iss``, ``iat`` within 30 seconds), a JSON body, and errors as a list of kinds and messages.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import jwt

SERVICE, SECRET = str(uuid4()), str(uuid4())
KEY = f"the_name_of_the_key-{SERVICE}-{SECRET}"
TEMPLATE = str(uuid4())


@dataclass
class Notify:
    """What it was sent and took, and what it answers instead."""

    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """What no client should send."""
    refuses: tuple[int, str, str] | None = None
    loses_the_answer: bool = False
    stalls: float = 0.0

    def send(self, sent: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """POST /v2/notifications/sms"""
        if self.refuses:
            return error(*self.refuses)
        if set(sent) - {"phone_number", "template_id", "personalisation", "reference", "sms_sender_id"}:
            return error(400, "ValidationError", "Additional properties are not allowed")
        if sent.get("template_id") != TEMPLATE:
            return error(400, "BadRequestError", "Template not found")
        if set(sent.get("personalisation") or {}) != {"address"}:
            return error(400, "BadRequestError", "Missing personalisation: address")
        if not str(sent.get("phone_number")).startswith("+447"):
            return error(400, "ValidationError", "phone_number Not a UK mobile number")
        self.taken.append(sent)
        made = {"id": str(uuid4()), "reference": sent["reference"]}
        return 201, {**made, "content": {}, "uri": "", "template": {}}

    def list(self, reference: str) -> tuple[int, dict[str, Any]]:
        """GET /v2/notifications?reference=…"""
        self.asked.append(reference)
        found = [{"reference": one["reference"], "status": "delivered"} for one in self.taken]
        return 200, {"notifications": [one for one in found if one["reference"] == reference], "links": {}}

    def check_token(self, header: str) -> str | None:
        """Why the token is none, or None."""
        kind, _, token = header.partition(" ")
        if kind != "Bearer":
            return "no bearer token"
        try:
            held = jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["iss", "iat"]})
        except jwt.InvalidTokenError as problem:
            return f"Invalid token: {problem}"
        UUID(held["iss"])
        return None if held["iss"] == SERVICE and abs(time.time() - held["iat"]) <= 30 else "another service"


class _Server(ThreadingHTTPServer):
    """Clients that hang up are what some tests are about."""

    def handle_error(self, *_: Any) -> None:
        return


def error(code: int, kind: str, message: str) -> tuple[int, dict[str, Any]]:
    return code, {"status_code": code, "errors": [{"error": kind, "message": message}]}


@contextmanager
def notify_double() -> Iterator[Notify]:
    """The double, running; gives what it was told."""
    held = Notify()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(lambda: held.send(body) if self.path == "/v2/notifications/sms" else lost)

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            reference = parse_qs(address.query).get("reference", [""])[0]
            self._answer(lambda: held.list(reference) if address.path == "/v2/notifications" else lost)

        def _answer(self, do: Any) -> None:
            if held.stalls:
                time.sleep(held.stalls)
            wrong = held.check_token(self.headers.get("Authorization", ""))
            if wrong:
                held.wrong.append(wrong)
            code, said = error(403, "AuthError", wrong) if wrong else do()
            if held.loses_the_answer and code == 201:
                self.close_connection = True
                return
            content = json.dumps(said).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            return

    lost = error(404, "NoResultFound", "No result found")
    server = _Server(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    held.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
