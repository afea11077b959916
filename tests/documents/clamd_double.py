"""clamd as its documentation has it, on this machine: PING and INSTREAM, on a socket of either kind.

https://docs.clamav.net/manual/Usage/ClamdProtocol.html. What it looks for is EICAR's test file, which is made
for that and harms nothing.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class Clamd:
    """What it was shown, and how it behaves."""

    address: str = ""
    shown: list[bytes] = field(default_factory=list)
    most: int = 25_000_000
    drops: bool = False
    stalls: bool = False
    says: bytes | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    def answer(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as heard:
            command = b""
            while not command.endswith(b"\0"):
                command += heard.read(1)
            if self.stalls:
                self.ended.wait(30)
                return
            if command == b"zPING\0":
                line.sendall(b"PONG\0")
                return
            assert command == b"zINSTREAM\0"
            data = b""
            while size := int.from_bytes(heard.read(4), "big"):
                data += heard.read(size)
                if len(data) > self.most:
                    line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                    return
            self.shown.append(data)
            if self.drops:
                line.sendall(b"stream: O")
                return
            found = b"Eicar-Test-Signature FOUND" if EICAR in data else b"OK"
            line.sendall(self.says or b"stream: %s\0" % found)


@contextmanager
def clamd(path: Path | None = None) -> Iterator[Clamd]:
    """The double, running: on a socket at ``path``, or on a port."""
    held = Clamd()
    if path is not None:
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(path))
        held.address = str(path)
    else:
        server = socket.socket()
        server.bind(("127.0.0.1", 0))
        held.address = f"127.0.0.1:{server.getsockname()[1]}"
    server.listen()

    def serve() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with suppress(OSError):
                held.answer(line)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield held
    finally:
        held.ended.set()
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)
