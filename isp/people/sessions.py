"""Signed-in browsers: rows that a random token finds, and that end at the next request when they must.

The token (256 bits) is known to the browser alone; the row keeps its SHA-256, which is enough for a
random value. A session ends by signing out, by its owner or a colleague ending it, by a changed password
or a closed account, after a spell without a request (idle), and in any case after some hours (absolute).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, literal, or_, select, update
from sqlalchemy.engine import Connection

from isp.audit import Store, Unit
from isp.kernel import clock
from isp.kernel.crypto import Keyring, Place
from isp.kernel.db import table_of
from isp.kernel.ids import new_id
from isp.kernel.keys import GENERAL, KEYS, KeyChest, KeyOf
from isp.kernel.prepared import Prepared
from isp.notices.models import NEW, Notice
from isp.people import directory
from isp.people.holding import MEMBERSHIPS, held
from isp.people.models import Account, Organisation, Person, SignInSession

SESSIONS = table_of(SignInSession)
ACCOUNTS = table_of(Account)
PERSONS = table_of(Person)
ORGANISATIONS = table_of(Organisation)
NOTICES = table_of(Notice)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session may lie idle, and how long it lasts in any case."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class Held:
    """A role that the signed-in person holds today."""

    membership_id: UUID
    organisation_id: UUID
    organisation_name: str
    organisation_kind: str
    role: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whoever is signed in, as one request sees her. The attributes without comment are Flask-Login's."""

    token: str
    session_id: UUID
    session_ref: str
    """A keyed digest that names the session in the trail and is good for nothing else."""
    person_id: UUID
    method: str
    signed_in_at: str
    given: str
    family: str
    held: tuple[Held, ...]
    is_operator: bool
    also: Mapping[str, bool] = field(default_factory=dict)
    """The answers to ``ALSO``: for the menu, never to decide what may be done."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What Flask-Login keeps in the signed cookie: the token."""
        return self.token

    @property
    def full_name(self) -> str:
        """As the header shows it."""
        return " ".join(part for part in (self.given, self.family) if part)

    @property
    def roles(self) -> frozenset[str]:
        """The roles held today, anywhere: for the menu, never to decide what may be done."""
        return frozenset(each.role for each in self.held)


def digest_of(token: str) -> bytes:
    """What is kept of a token (32 bytes)."""
    return hashlib.sha256(token.encode("utf-8")).digest()


def ref_of(keyring: Keyring, session_id: UUID) -> str:
    """How the trail names a session."""
    return hmac.digest(keyring.web_secret("session-ref"), session_id.bytes, "sha256").hex()[:16]


def place(session_id: UUID) -> Place:
    """Where the browser's description lies."""
    return Place("sign_in_session", "sealed", session_id)


def begin(unit: Unit, person_id: UUID, method: str, browser: str) -> tuple[str, UUID]:
    """A new session: its token, to be given to the browser and to nobody else, and its id."""
    token = secrets.token_urlsafe(32)
    session_id = new_id()
    unit.insert(
        SignInSession,
        id=session_id,
        token_digest=digest_of(token),
        person_id=person_id,
        method=method,
        made_at=unit.now,
        seen_at=unit.now,
        ended_at=None,
        sealed=unit.keys.seal(KeyOf.person(person_id), place(session_id), {"browser": browser}),
    )
    return token, session_id


def _has_unread(person_id: ColumnElement[UUID], _today: ColumnElement[date]) -> ColumnElement[bool]:
    n = NOTICES.c
    return exists(select(literal(1)).where(n.person_id == person_id, NEW))


ALSO: dict[str, Callable[[ColumnElement[UUID], ColumnElement[date]], ColumnElement[bool]]] = {
    "unread": _has_unread
}
"""What rooms above want to know of whoever signs in, asked in the same trip: by name, an expression of the
person's id and the day. Filled when those rooms are imported; ``SignedIn.also`` has the answers."""

# One joined select a request: it is on the way to every page.
_LOOK_UP = (
    select(
        SESSIONS.c.id.label("session_id"),
        SESSIONS.c.method,
        SESSIONS.c.made_at.label("began_at"),
        SESSIONS.c.seen_at,
        SESSIONS.c.ended_at.label("session_ended_at"),
        ACCOUNTS.c.closed_at,
        ACCOUNTS.c.password_at,
        ACCOUNTS.c.is_operator,
        PERSONS.c.id.label("person_id"),
        PERSONS.c.sealed.label("person_sealed"),
        PERSONS.c.row_version,
        MEMBERSHIPS.c.id.label("membership_id"),
        MEMBERSHIPS.c.role,
        ORGANISATIONS.c.id.label("organisation_id"),
        ORGANISATIONS.c.name.label("organisation_name"),
        ORGANISATIONS.c.kind.label("organisation_kind"),
        *KEYS.c,
    )
    .select_from(SESSIONS)
    .join(ACCOUNTS, ACCOUNTS.c.person_id == SESSIONS.c.person_id)
    .join(PERSONS, PERSONS.c.id == SESSIONS.c.person_id)
    .join(KEYS, and_(KEYS.c.owner_id == PERSONS.c.id, KEYS.c.compartment == GENERAL))
    .outerjoin(
        MEMBERSHIPS,
        and_(
            MEMBERSHIPS.c.person_id == PERSONS.c.id,
            held(bindparam("today", type_=MEMBERSHIPS.c.valid_from.type)),
        ),
    )
    .outerjoin(ORGANISATIONS, ORGANISATIONS.c.id == MEMBERSHIPS.c.organisation_id)
    .where(SESSIONS.c.token_digest == bindparam("token_digest"))
    .order_by(MEMBERSHIPS.c.valid_from, MEMBERSHIPS.c.made_at, MEMBERSHIPS.c.id)
)
_TODAY: Any = bindparam("today", type_=MEMBERSHIPS.c.valid_from.type)
_look_up = Prepared(
    lambda: _LOOK_UP.add_columns(
        *(ask(PERSONS.c.id, _TODAY).label(f"also_{name}") for name, ask in ALSO.items())
    )
)


def look_up(store: Store, token: str, limits: Limits, *, note: bool = True) -> SignedIn | None:
    """Whoever this token signs in now, or None. Notes, once a minute, that the session was used.

    ``note`` False: notes nothing, where noting has failed in this request already.
    """
    now = clock.now()
    with store.database.reading() as connection:
        parameters = {"token_digest": digest_of(token), "today": clock.civil_day(now)}
        rows = _look_up.all(connection, parameters)
        if not rows or not _is_live(rows[0], now, limits):
            return None
        found = _signed_in(store, connection, token, rows, now)
    if note and now - rows[0].seen_at >= SEEN_EVERY:
        _note_use(store, rows[0], now)
    return found


def _is_live(row: Any, now: datetime, limits: Limits) -> bool:
    return (
        row.session_ended_at is None
        and row.closed_at is None
        and now - row.seen_at < limits.idle
        and now - row.began_at < limits.absolute
        and (row.password_at is None or row.began_at >= row.password_at)
    )


def _signed_in(
    store: Store, connection: Connection, token: str, rows: Sequence[Any], now: datetime
) -> SignedIn:
    first = rows[0]
    keys = KeyChest(store.keyring, connection, now)
    keys.adopt(rows)
    sealed = keys.open(
        KeyOf.person(first.person_id),
        directory.place(first.person_id, first.row_version),
        first.person_sealed,
    )
    # A person with several versions of her key brings each role several times.
    roles = {
        row.membership_id: Held(
            row.membership_id, row.organisation_id, row.organisation_name, row.organisation_kind, row.role
        )
        for row in rows
        if row.membership_id is not None
    }
    return SignedIn(
        token=token,
        session_id=first.session_id,
        session_ref=ref_of(store.keyring, first.session_id),
        person_id=first.person_id,
        method=first.method,
        signed_in_at=clock.stamp(first.began_at),
        given=sealed.get("given") or "",
        family=sealed.get("family") or "",
        held=tuple(roles.values()),
        is_operator=first.is_operator,
        also={name: bool(getattr(first, f"also_{name}")) for name in ALSO},
    )


def _note_use(store: Store, row: Any, now: datetime) -> None:
    with store.database.writing() as connection:
        s = SESSIONS.c
        connection.execute(
            update(SESSIONS)
            .where(s.id == row.session_id, s.seen_at == row.seen_at, s.ended_at.is_(None))
            .values(seen_at=now)
        )


# -- ending -----------------------------------------------------------------------------------------------


def end(unit: Unit, session_id: UUID, person_id: UUID) -> int:
    """End one of a person's sessions; how many ended (0: there was none that lived)."""
    return _end(unit, SESSIONS.c.id == session_id, SESSIONS.c.person_id == person_id)


def end_by_token(unit: Unit, token: str) -> int:
    """End the session of this token, whosever it is: a browser signs in afresh."""
    return _end(unit, SESSIONS.c.token_digest == digest_of(token))


def end_all(unit: Unit, person_id: UUID, *, but: UUID | None = None) -> int:
    """End all of a person's sessions, but for one where she is to keep it."""
    more = [SESSIONS.c.id != but] if but else []
    return _end(unit, SESSIONS.c.person_id == person_id, *more)


def end_lapsed(unit: Unit, limits: Limits) -> int:
    """Mark sessions that nobody has used for too long as ended; they opened nothing any more. How many."""
    s = SESSIONS.c
    return _end(unit, or_(s.seen_at < unit.now - limits.idle, s.made_at < unit.now - limits.absolute))


def _end(unit: Unit, *which: Any) -> int:
    done = unit.connection.execute(
        update(SESSIONS).where(SESSIONS.c.ended_at.is_(None), *which).values(ended_at=unit.now)
    )
    return int(done.rowcount)


# -- what a person sees of her own ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """One of a person's live sessions, as she tells them apart."""

    id: UUID
    browser: str
    method: str
    began_at: datetime
    seen_at: datetime


def live_sessions(unit: Unit, person_id: UUID, limits: Limits) -> list[Shown]:
    """A person's sessions that still live, the one used last first."""
    s = SESSIONS.c
    query = (
        select(SESSIONS)
        .where(
            s.person_id == person_id,
            s.ended_at.is_(None),
            s.seen_at > unit.now - limits.idle,
            s.made_at > unit.now - limits.absolute,
        )
        .order_by(s.seen_at.desc(), s.id.desc())
    )
    owner = KeyOf.person(person_id)
    return [
        Shown(
            id=row.id,
            browser=unit.keys.open(owner, place(row.id), row.sealed)["browser"],
            method=row.method,
            began_at=row.made_at,
            seen_at=row.seen_at,
        )
        for row in unit.connection.execute(query).all()
    ]
