"""A virus scanner beside this service: ClamAV's clamd, where the operator names one.

Nothing waits for it: a file is scanned before it is kept, and where the scanner finds something, or cannot be
asked, it is not kept (https://docs.clamav.net/manual/Usage/ClamdProtocol.html, command INSTREAM).
"""

from __future__ import annotations

import logging
import socket
from dataclasses import dataclass
from typing import IO

from isp.documents.intake.refusing import Refused

log = logging.getLogger("isp.documents")
SECONDS = 60
"""For each answer and each piece sent; clamd itself gives up on a file after two minutes."""
_PIECE = 1 << 16
_LONGEST_ANSWER = 4096
FOUND = (
    "The virus scanner found something harmful in this file, so it was not kept. Tell whoever it comes from, "
    "and whoever looks after the computer that it was on."
)
NOT_NOW = (
    "Files cannot be scanned for viruses just now, so this one was not kept. Try again in a few minutes; if "
    "it goes on, tell whoever runs this service."
)


@dataclass(frozen=True, slots=True)
class Scanner:
    """clamd, by its address: the path of a socket on this machine, or ``host:port``."""

    address: str

    @classmethod
    def at(cls, address: str) -> Scanner | None:
        """The scanner at this address; None where none is named."""
        return cls(address) if address else None

    def check(self, stream: IO[bytes]) -> None:
        """Raise Refused where it finds something, or says nothing that can be relied on."""
        stream.seek(0)
        try:
            said = self._ask(b"zINSTREAM\0", stream)
        except (OSError, ValueError) as problem:
            log.error("the virus scanner cannot be asked: %s", type(problem).__name__)  # noqa: TRY400 names nobody
            raise Refused(NOT_NOW) from problem
        if said == "stream: OK":
            return
        if said.endswith(" FOUND"):
            log.warning("the virus scanner found: %s", said.removeprefix("stream: "))
            raise Refused(FOUND)
        log.error("the virus scanner says: %s", said)
        raise Refused(NOT_NOW)

    def answers(self) -> bool:
        """Whether it is there."""
        try:
            return self._ask(b"zPING\0", None) == "PONG"
        except (OSError, ValueError):
            return False

    def _ask(self, command: bytes, stream: IO[bytes] | None) -> str:
        with self._connected() as line:
            line.sendall(command)
            if stream is not None:
                while piece := stream.read(_PIECE):
                    line.sendall(len(piece).to_bytes(4, "big") + piece)
                line.sendall(bytes(4))
            heard = b""
            while (
                b"\0" not in heard and len(heard) < _LONGEST_ANSWER and (more := line.recv(_LONGEST_ANSWER))
            ):
                heard += more
        answer, ended, _ = heard.partition(b"\0")
        if not ended:
            raise ConnectionError("half an answer")
        return answer.decode("ascii", "replace")

    def _connected(self) -> socket.socket:
        if self.address.startswith("/"):
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(SECONDS)
            try:
                line.connect(self.address)
            except BaseException:
                line.close()
                raise
            return line
        host, _, port = self.address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), SECONDS)
