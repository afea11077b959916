"""Closed-loop clients over kept-alive connections: each waits for its answer before it asks again.

The requests are bytes made beforehand and the answers are read and no more, since the clients share the
machine with what they measure.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.bench.figures import Timing

TIMEOUT = 30


class Unexpected(AssertionError):
    """An answer of another kind than the deed must have."""


@dataclass
class Answer:
    """Status, headers (lower case) and body."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@dataclass
class Client:
    """One browser: a connection, and its cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _socket: socket.socket | None = None

    def get(self, path: str, expect: int = 200) -> Answer:
        return self.send("GET", path, expect=expect)

    def post(self, path: str, form: dict[str, str], expect: int = 303) -> Answer:
        body = urlencode(form).encode("ascii")
        return self.send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"}, expect)

    def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        expect: int = 200,
    ) -> Answer:
        """Ask and read the answer whole. Unexpected where its status is another than ``expect``."""
        told = {
            "Host": f"127.0.0.1:{self.port}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Origin": f"http://127.0.0.1:{self.port}",
            "Sec-Fetch-Site": "same-origin",
            "User-Agent": "Firefox Linux",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in told.items() if value)
        request = f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body
        answer = self._exchange(request)
        for name, value in answer.headers:
            if name == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if answer.status != expect:
            heading = re.search(r"<h1.*?</h1>", answer.body.decode("utf-8", "replace"), re.DOTALL)
            raise Unexpected(f"{method} {path}: {answer.status} {heading.group() if heading else ''}")
        return answer

    def _exchange(self, request: bytes) -> Answer:
        for attempt in (0, 1):
            if self._socket is None:
                self._socket = socket.create_connection(("127.0.0.1", self.port), TIMEOUT)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                self._socket.sendall(request)
                return self._read(self._socket)
            except (ConnectionError, EOFError):
                # The server closes what was idle for long; what was sent on it was not read.
                self.close()
                if attempt:
                    raise
        raise AssertionError

    def _read(self, source: socket.socket) -> Answer:
        held = b""
        while b"\r\n\r\n" not in held:
            held += self._more(source)
        head, _, body = held.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = [
            (name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)
        ]
        told = dict(headers)
        length = int(told.get("content-length", 0))
        parts, left = [body], length - len(body)
        while left > 0:
            parts.append(self._more(source))
            left -= len(parts[-1])
        if told.get("connection", "").lower() == "close":
            self.close()
        return Answer(int(first.split(" ")[1]), headers, b"".join(parts))

    @staticmethod
    def _more(source: socket.socket) -> bytes:
        part = source.recv(65536)
        if not part:
            raise EOFError("the server closed the connection")
        return part

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


Deed = Callable[[Client, int], float | None]
"""Does it once (its number is given) and says how long the part that counts took; None: all of it."""


def measure(clients: list[Client], deed: Deed, *, seconds: float, most: int | None = None) -> Timing:
    """Every client does the deed again and again for so long, or ``most`` times altogether."""
    took: list[list[float]] = [[] for _ in clients]
    failures: list[BaseException] = []
    numbers = iter(range(most if most is not None else 10**9))
    guard = threading.Lock()
    until = time.perf_counter() + seconds

    def work(client: Client, mine: list[float]) -> None:
        try:
            while time.perf_counter() < until and not failures:
                with guard:
                    number = next(numbers, None)
                if number is None:
                    return
                start = time.perf_counter()
                said = deed(client, number)
                mine.append(said if said is not None else time.perf_counter() - start)
        except BaseException as failure:  # noqa: BLE001 told by the thread that waits
            failures.append(failure)

    start = time.perf_counter()
    threads = [threading.Thread(target=work, args=pair) for pair in zip(clients, took, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return Timing([one for mine in took for one in mine], time.perf_counter() - start, len(clients))
