"""A real mail server on this machine, with manners of its own, and what the tests of this room share."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from sqlalchemy import select, update

from config import Settings
from isp.access.recipients import recipient
from isp.audit import Store
from isp.kernel import clock
from isp.kernel.db import table_of
from isp.notices.actions import tell
from isp.notices.delivering import Delivery, Done
from isp.notices.models import Notice, NoticeText
from isp.notices.smtp import MailServer
from tests.cast import Cast

NOTICES, TEXTS = table_of(Notice), table_of(NoticeText)
STEPS = ("EHLO", "MAIL", "RCPT", "DATA")
PUBLIC = "https://plans.example"


@dataclass
class Manners:
    """What the server does otherwise than it should. ``refuses``: the answer it gives at a step."""

    refuses: dict[str, str] = field(default_factory=dict)
    stalls_at: str | None = None
    drops_at: str | None = None
    takes: float = 0.0
    on_drop: Callable[[], None] | None = None
    """Called before the line is dropped."""


class Handler:
    """Keeps what it said yes to."""

    def __init__(self, manners: Manners) -> None:
        self.manners = manners
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.over = asyncio.Event()

    async def _at(self, step: str, server: SMTP) -> str | None:
        if self.manners.stalls_at == step:
            await self.over.wait()
        if self.manners.drops_at == step:
            if self.manners.on_drop:
                self.manners.on_drop()
            line = server.transport
            assert isinstance(line, asyncio.Transport)
            line.abort()
            return "421 gone"
        if self.manners.takes:
            await asyncio.sleep(self.manners.takes)
        return self.manners.refuses.get(step)

    async def handle_EHLO(  # noqa: N802 aiosmtpd calls it so
        self, server: SMTP, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        wrong = await self._at("EHLO", server)
        return [wrong] if wrong else responses

    async def handle_MAIL(  # noqa: N802 aiosmtpd calls it so
        self, server: SMTP, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        envelope.mail_from = address
        return await self._at("MAIL", server) or "250 OK"

    async def handle_RCPT(  # noqa: N802 aiosmtpd calls it so
        self, server: SMTP, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        wrong = await self._at("RCPT", server)
        if not wrong:
            envelope.rcpt_tos.append(address)
        return wrong or "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802 the same
        wrong = await self._at("DATA", server)
        if wrong:
            return wrong
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.mails.append(found)
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        return "250 Taken"


class Post:
    """The server, running."""

    def __init__(self, handler: Handler, controller: Controller, port: int, **settings: Any) -> None:
        self.handler, self.controller, self.port = handler, controller, port
        self.settings = Settings(
            mail_host="127.0.0.1",
            mail_port=port,
            mail_from="no-reply@plans.example",
            public_url=PUBLIC,
            **{"mail_tls": "none", "mail_seconds": 1, **settings},
        )
        self.settings.check()

    @property
    def mails(self) -> list[EmailMessage]:
        return self.handler.mails

    @property
    def manners(self) -> Manners:
        return self.handler.manners

    @property
    def server(self) -> MailServer:
        found = MailServer.of(self.settings)
        assert found is not None
        return found

    def delivery(self, store: Store) -> Delivery:
        return Delivery(store, recipient, self.server)

    def deliver(self, cast: Cast) -> Done:
        """One run of the job."""
        return self.delivery(cast.store).run()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def post_office(
    manners: Manners | None = None,
    *,
    settings: dict[str, Any] | None = None,
    safe: ssl.SSLContext | None = None,
    from_the_first_byte: bool = False,
    users: dict[str, str] | None = None,
) -> Iterator[Post]:
    """A mail server. ``safe``: its certificate; ``users``: who has to sign in."""
    handler, port = Handler(manners or Manners()), free_port()
    more: dict[str, Any] = {}
    if safe is not None and not from_the_first_byte:
        more |= {"tls_context": safe, "require_starttls": True}
    if users is not None:

        def known(_server: Any, _session: Any, _envelope: Any, _mechanism: Any, data: Any) -> AuthResult:
            right = users.get(data.login.decode()) == data.password.decode()
            return AuthResult(success=right, handled=False)

        more |= {"authenticator": known, "auth_required": True}
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=port,
        ssl_context=safe if from_the_first_byte else None,
        **more,
    )
    controller.start()
    try:
        yield Post(handler, controller, port, **(settings or {}))
    finally:
        controller.loop.call_soon_threadsafe(handler.over.set)
        controller.stop()


@contextmanager
def dripping_server(pause: float) -> Iterator[int]:
    """A server that says one letter of its greeting at a time, for ever; gives its port."""
    over = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(5)

    def drip() -> None:
        line, _ = listening.accept()
        with line:
            while not over.wait(pause):
                try:
                    line.sendall(b"2")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        over.set()
        thread.join(10)
        listening.close()


# -- the outbox ----------------------------------------------------------------------------------------------


def told(
    cast: Cast, name: str, kind: str = "plan_shared", pupil: str | None = "ava", by: str = "sara"
) -> UUID:
    """Put a message into the outbox for somebody; its id."""
    with cast.acting(by) as unit:
        tell(unit, [cast.people[name]], kind, cast.pupils[pupil] if pupil else None)
    with cast.store.database.reading() as connection:
        mine = select(NOTICES.c.id).where(NOTICES.c.person_id == cast.people[name])
        found: UUID = connection.scalars(mine.order_by(NOTICES.c.id.desc()).limit(1)).one()
    return found


def row(cast: Cast, notice_id: UUID) -> Any:
    with cast.store.database.reading() as connection:
        return connection.execute(select(NOTICES).where(NOTICES.c.id == notice_id)).one()


def rows(cast: Cast) -> list[Any]:
    with cast.store.database.reading() as connection:
        return list(connection.execute(select(NOTICES).order_by(NOTICES.c.id)))


def set_back(cast: Cast, **values: datetime) -> None:
    """Move times of all rows that wait: what would take minutes has passed."""
    with cast.store.database.writing() as connection:
        connection.execute(update(NOTICES).where(NOTICES.c.next_at.is_not(None)).values(values))
        texts = {name: value for name, value in values.items() if name in TEXTS.c}
        if texts:
            connection.execute(update(TEXTS).where(TEXTS.c.next_at.is_not(None)).values(texts))


def make_due(cast: Cast) -> None:
    """The time to gather, or the pause after a failure, is over."""
    set_back(cast, next_at=clock.now() - timedelta(seconds=1))


def whole_text(mail: EmailMessage) -> str:
    """Everything of a mail that somebody could read: headers and words."""
    headers = "\n".join(f"{name}: {value}" for name, value in mail.items())
    return f"{headers}\n\n{mail.get_content()}"


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate for 127.0.0.1 that nobody vouches for but its own file."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "server.pem", folder / "server.key"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, secret)
    return context, chain


def seconds_of(do: Callable[[], Any]) -> float:
    began = time.monotonic()
    do()
    return time.monotonic() - began
