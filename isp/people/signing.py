"""Signing in and out, choosing a password, ending sessions: the deeds on one's own account.

Argon2 takes a tenth of a second on purpose, so it never runs inside a transaction: on SQLite nobody else
could write meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from config import Settings
from isp.audit import Chain, Event, Grounds, Store, looking, transaction
from isp.audit.events import OWN_ACCOUNT
from isp.kernel.actor import Actor
from isp.kernel.db import table_of
from isp.kernel.errors import Gone, Invalid
from isp.people import actions, directory, sessions, throttle
from isp.people.methods import ByPassword, NoProof, Proof
from isp.people.models import Account, Invitation, Membership, Organisation
from isp.people.passwords import Passwords, check_password

ACCOUNTS = table_of(Account)
INVITATIONS = table_of(Invitation)
WRONG = "Your email address or password is not right"
TOO_MANY = (
    "There were too many tries. Wait {minutes} minutes and try again, or ask {support} for a link to choose "
    "a new password."
)
USED_UP = "This link has been used already or has run out. Ask whoever gave it to you for another one."
STRANGER = Grounds(rule="signing-in")


class TooManyTries(Invalid):
    """Tries are counted, and this one is beyond the limit."""

    status = 429


@dataclass(frozen=True, slots=True)
class Desk:
    """What signing in needs to know of the installation."""

    store: Store
    settings: Settings
    passwords: Passwords

    @property
    def window(self) -> timedelta:
        """How long tries are counted together."""
        return timedelta(minutes=self.settings.sign_in_window_minutes)

    @property
    def limits(self) -> sessions.Limits:
        """How long sessions last."""
        return sessions.Limits(
            timedelta(minutes=self.settings.idle_minutes), timedelta(minutes=self.settings.absolute_minutes)
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just begun. ``token`` goes to the browser and nowhere else."""

    token: str
    session_id: UUID
    person_id: UUID


def sign_in(
    desk: Desk,
    actor: Actor,
    email: str,
    password: str,
    *,
    browser: str,
    vouched: str | None = None,
    old_token: str | None = None,
) -> Opened:
    """Sign in by password. ``vouched``: the nonce of this browser's cookie if it vouches for this address.

    Raises TooManyTries, or Invalid with the same sentence for an unknown address, a wrong password, an
    account without one and a closed one.
    """
    index = directory.email_index(desk.store.keyring, email)
    buckets = throttle.buckets_of_sign_in(
        desk.store, index, actor.network, vouched, desk.settings.sign_in_tries
    )
    counted = throttle.count(desk.store, buckets, desk.window)
    if not counted.allowed:
        if counted.first_refusal:
            _remember_failure(desk.store, actor, NoProof(_account_of(desk.store, index), "too-many"))
        raise _too_many(desk)
    proof = ByPassword(desk.passwords).prove(desk.store, {"email": email, "password": password})
    if isinstance(proof, NoProof):
        _remember_failure(desk.store, actor, proof)
        raise Invalid(f"{WRONG}.", {"email": WRONG})
    opened = open_session(desk, actor, proof, browser=browser, old_token=old_token, password=password)
    throttle.forget(desk.store, counted.buckets[:1])
    throttle.remember_network(desk.store, index, actor.network)
    return opened


def open_session(
    desk: Desk,
    actor: Actor,
    proof: Proof,
    *,
    browser: str,
    old_token: str | None,
    password: str | None = None,
) -> Opened:
    """Begin a session for a proof; the session that this browser had before ends.

    password: given where it was what proved it, to be hashed anew if the installation's cost has changed.
    """
    rehashed = _rehash(desk, proof.person_id, password) if password else None
    with transaction(desk.store, replace(actor, person_id=proof.person_id, method=proof.method)) as unit:
        account = unit.connection.execute(
            select(ACCOUNTS.c.closed_at).where(ACCOUNTS.c.person_id == proof.person_id)
        ).first()
        if account is None or account.closed_at is not None:
            raise Invalid(f"{WRONG}.", {"email": WRONG})
        if old_token:
            sessions.end_by_token(unit, old_token)
        if rehashed:
            # Unless it was changed in this very moment: then what was changed to stays.
            before, after = rehashed
            unit.change(Account, {"person_id": proof.person_id, "password_hash": before}, password_hash=after)
        token, session_id = sessions.begin(unit, proof.person_id, proof.method, browser)
        unit.record(OWN_ACCOUNT, Event.SIGNED_IN, Chain.person(proof.person_id), obj=("session", session_id))
    return Opened(token, session_id, proof.person_id)


def _rehash(desk: Desk, person_id: UUID, password: str) -> tuple[str, str] | None:
    with desk.store.database.reading() as connection:
        stored = connection.scalar(select(ACCOUNTS.c.password_hash).where(ACCOUNTS.c.person_id == person_id))
    if stored is None or not desk.passwords.is_outdated(stored):
        return None
    return stored, desk.passwords.hash(password)


def _remember_failure(store: Store, actor: Actor, failure: NoProof) -> None:
    chain = Chain.person(failure.person_id) if failure.person_id else Chain.installation()
    with transaction(store, actor) as unit:
        unit.record(STRANGER, Event.SIGN_IN_FAILED, chain, why=failure.why)


def _account_of(store: Store, index: bytes) -> UUID | None:
    with store.database.reading() as connection:
        found: UUID | None = connection.scalar(
            select(directory.PERSONS.c.id).where(directory.PERSONS.c.email_index == index)
        )
    return found


def _too_many(desk: Desk) -> TooManyTries:
    return TooManyTries(
        TOO_MANY.format(minutes=desk.settings.sign_in_window_minutes, support=desk.settings.support_name)
    )


def sign_out(desk: Desk, actor: Actor, token: str) -> None:
    """End this browser's session; nothing happens where it had ended."""
    if actor.person_id is None:
        return
    with transaction(desk.store, actor) as unit:
        if sessions.end_by_token(unit, token):
            unit.record(OWN_ACCOUNT, Event.SIGNED_OUT, Chain.person(actor.person_id))


def end_session(desk: Desk, actor: Actor, session_id: UUID) -> bool:
    """End one of one's own sessions; whether there was one to end."""
    assert actor.person_id is not None  # noqa: S101 pages let only the signed-in come here
    with transaction(desk.store, actor) as unit:
        ended = sessions.end(unit, session_id, actor.person_id)
        if ended:
            _ended(unit, actor.person_id, ended)
    return bool(ended)


def end_other_sessions(desk: Desk, actor: Actor, here: UUID) -> int:
    """End all of one's own sessions but this one; how many ended."""
    assert actor.person_id is not None  # noqa: S101 pages let only the signed-in come here
    with transaction(desk.store, actor) as unit:
        ended = sessions.end_all(unit, actor.person_id, but=here)
        if ended:
            _ended(unit, actor.person_id, ended)
    return ended


def _ended(unit: Any, person_id: UUID, ended: int) -> None:
    unit.record(OWN_ACCOUNT, Event.SESSION_ENDED, Chain.person(person_id), count=ended)


# -- passwords -----------------------------------------------------------------------------------------------


def own_words(desk: Desk, actor: Actor, person_id: UUID) -> list[str]:
    """What this person's password must not be made of: her names, her address, where she works."""
    with looking(desk.store, actor) as unit:
        held = directory.detail(unit, person_id)
        places = unit.connection.scalars(
            select(Organisation.name)
            .join(Membership, Membership.organisation_id == Organisation.id)
            .where(Membership.person_id == person_id)
        ).all()
    return [held.get("given") or "", held.get("family") or "", held.get("email") or "", *places]


def change_password(desk: Desk, actor: Actor, old: str, new: str, *, browser: str) -> Opened:
    """Choose another password. All other sessions end, and this browser's is begun anew.

    Raises Invalid (fields ``old_password``, ``new_password``) or TooManyTries.
    """
    person_id = actor.person_id
    assert person_id is not None  # noqa: S101 pages let only the signed-in come here
    bucket = throttle.Bucket(
        throttle.key_of(desk.store.keyring, "change-password", person_id.bytes), desk.settings.sign_in_tries
    )
    if not throttle.count(desk.store, [bucket], desk.window).allowed:
        raise _too_many(desk)
    with desk.store.database.reading() as connection:
        stored = connection.scalar(select(ACCOUNTS.c.password_hash).where(ACCOUNTS.c.person_id == person_id))
    if not desk.passwords.verify(stored, old):
        sentence = "This is not your present password"
        raise Invalid(f"{sentence}.", {"old_password": sentence})
    check_password(new, own_words(desk, actor, person_id), "new_password")
    fresh = desk.passwords.hash(new)
    with transaction(desk.store, actor) as unit:
        ended = sessions.end_all(unit, person_id)
        unit.change(
            Account,
            {"person_id": person_id, "password_hash": stored, "closed_at": None},
            password_hash=fresh,
            password_at=unit.now,
        )
        actions.cancel_invitations(unit, person_id)
        token, session_id = sessions.begin(unit, person_id, actor.method or ByPassword.name, browser)
        unit.record(OWN_ACCOUNT, Event.PASSWORD_CHANGED, Chain.person(person_id))
        if ended > 1:
            _ended(unit, person_id, ended - 1)
    throttle.forget(desk.store, [bucket])
    return Opened(token, session_id, person_id)


def look_at_invitation(desk: Desk, actor: Actor, code: str) -> UUID:
    """Whose invitation this is, for choosing a password only: no page may show it. Raises Gone, TooManyTries.

    A live code costs no try; a wrong one is counted against the network it came from.
    """
    with looking(desk.store, actor) as unit:
        row = unit.connection.execute(
            select(INVITATIONS).where(INVITATIONS.c.code_digest == actions.digest_of(code))
        ).first()
        now = unit.now
    if row is not None and row.used_at is None and row.cancelled_at is None and row.expires_at > now:
        person_id: UUID = row.person_id
        return person_id
    network = (actor.network or "").encode("ascii")
    bucket = throttle.Bucket(
        throttle.key_of(desk.store.keyring, "invitation", network),
        desk.settings.sign_in_tries * throttle.NETWORK_FACTOR,
    )
    if not throttle.count(desk.store, [bucket], desk.window).allowed:
        raise _too_many(desk)
    raise Gone(USED_UP)


def take_invitation(desk: Desk, actor: Actor, code: str, password: str, *, browser: str) -> Opened:
    """Choose a password with an invitation, which is thereby used up, and be signed in.

    Raises Gone, TooManyTries, or Invalid (field ``password``). Sessions from before end.
    """
    person_id = look_at_invitation(desk, actor, code)
    check_password(password, own_words(desk, actor, person_id))
    fresh = desk.passwords.hash(password)
    with transaction(desk.store, replace(actor, person_id=person_id, method=ByPassword.name)) as unit:
        row = unit.connection.execute(
            select(INVITATIONS)
            .where(INVITATIONS.c.code_digest == actions.digest_of(code))
            .with_for_update(key_share=True)
        ).one()
        if row.used_at is not None or row.cancelled_at is not None or row.expires_at <= unit.now:
            raise Gone(USED_UP)
        unit.change(
            Invitation, {"id": row.id, "used_at": None, "cancelled_at": None}, USED_UP, used_at=unit.now
        )
        unit.change(
            Account,
            {"person_id": person_id, "closed_at": None},
            USED_UP,
            password_hash=fresh,
            password_at=unit.now,
        )
        sessions.end_all(unit, person_id)
        unit.record(
            OWN_ACCOUNT,
            Event.INVITATION_TAKEN,
            Chain.person(person_id),
            obj=("invitation", row.id),
            purpose=row.purpose,
        )
        token, session_id = sessions.begin(unit, person_id, ByPassword.name, browser)
        unit.record(OWN_ACCOUNT, Event.SIGNED_IN, Chain.person(person_id), obj=("session", session_id))
    return Opened(token, session_id, person_id)
