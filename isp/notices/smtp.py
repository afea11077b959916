"""Handing a mail to the mail server, within a time: one that stalls is left, and never waited for."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import urlsplit

from config import Settings
from isp.notices.letters import Office
from isp.notices.problems import Problem

ALTOGETHER = 4
"""The whole conversation may take so many times what a single answer may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail goes. ``tls``: ``starttls``, ``tls`` (from the first byte) or ``none``."""

    host: str
    port: int
    tls: str
    user: str
    password: str
    ca: str
    seconds: int
    office: Office

    @classmethod
    def of(cls, settings: Settings) -> MailServer | None:
        """The server that the settings name, or None where there is no mail."""
        if not settings.mail_host:
            return None
        return cls(
            host=settings.mail_host,
            port=settings.mail_port,
            tls=settings.mail_tls,
            user=settings.mail_user,
            password=settings.mail_password,
            ca=settings.mail_ca,
            seconds=settings.mail_seconds,
            office=Office(settings.mail_from, settings.public_url),
        )

    def send(self, message: EmailMessage, to: str) -> None:
        """Hand it over; returns once the server said yes, and raises Problem otherwise."""
        content = message.as_bytes()
        with self._connected() as line:
            try:
                line.sendmail(self.office.sender, [to], content)
            except smtplib.SMTPRecipientsRefused as refused:
                code = max(code for code, _ in refused.recipients.values())
                raise _refused(code, "recipient") from refused
            except smtplib.SMTPSenderRefused as refused:
                raise Problem("sender", stops=True) from refused
            except smtplib.SMTPDataError as refused:
                raise _refused(refused.smtp_code, "content") from refused
            except (smtplib.SMTPNotSupportedError, UnicodeError) as refused:
                raise Problem("recipient", for_good=True) from refused
            # It said yes. Nothing after this may take that back, or take time: the row must be told.
            with suppress(OSError, smtplib.SMTPException):
                line.putcmd("quit")

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context(cafile=self.ca or None) if self.tls != "none" else None
        line = _SafeLine(self, context) if self.tls == "tls" and context else _Line(self)
        cut = threading.Timer(self.seconds * ALTOGETHER, line.cut)
        cut.daemon = True
        cut.start()
        try:
            self._greet(line, context)
            yield line
        except Problem as problem:
            # Half a line is no answer: what it seems to say counts for nothing.
            raise (Problem("stalled", stops=True) if line.was_cut else problem) from problem.__cause__
        except ssl.SSLError as problem:
            raise Problem("stalled" if line.was_cut else "tls", stops=True) from problem
        except smtplib.SMTPServerDisconnected as problem:
            late = line.was_cut or isinstance(problem.__context__, TimeoutError)
            raise Problem("stalled" if late else "dropped", stops=True) from problem
        except smtplib.SMTPException as problem:
            raise Problem("no_server", stops=True) from problem
        except OSError as problem:
            late = line.was_cut or isinstance(problem, TimeoutError)
            lost = "dropped" if isinstance(problem, ConnectionResetError | BrokenPipeError) else "no_server"
            raise Problem("stalled" if late else lost, stops=True) from problem
        finally:
            cut.cancel()
            line.close()

    def _greet(self, line: smtplib.SMTP, context: ssl.SSLContext | None) -> None:
        code, _ = line.connect(self.host, self.port)
        if code != 220:
            raise Problem("no_server", stops=True)
        line.ehlo_or_helo_if_needed()
        if self.tls == "starttls":
            try:
                line.starttls(context=context)
            except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException) as refused:
                raise Problem("tls", stops=True) from refused
            line.ehlo_or_helo_if_needed()
        if self.user:
            try:
                line.login(self.user, self.password)
            except smtplib.SMTPServerDisconnected:
                raise
            except smtplib.SMTPException as refused:
                raise Problem("sign_in", stops=True) from refused


class _Line(smtplib.SMTP):
    """A conversation that another thread can cut off, whatever it is waiting for."""

    def __init__(self, server: MailServer) -> None:
        # Our own name is given: to look it up could take longer than all the rest.
        name = urlsplit(server.office.public_url).hostname
        super().__init__(timeout=server.seconds, local_hostname=name)
        self._host = server.host
        self.was_cut = False

    def cut(self) -> None:
        """Close the line under whoever is waiting on it."""
        self.was_cut = True
        if self.sock is not None:
            with suppress(OSError):
                # Past the TLS layer, which would begin to talk.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class _SafeLine(_Line, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""

    def __init__(self, server: MailServer, context: ssl.SSLContext) -> None:
        super().__init__(server)
        # After it: left to itself the library makes one that trusts anybody.
        self.context = context


def _refused(code: int, for_good: str) -> Problem:
    """What a refusal's number says: five hundreds are for good."""
    if code >= 500:
        return Problem(for_good, for_good=True)
    return Problem("later", stops=code == 421)
