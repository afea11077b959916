r"""Sealing events into their chains.

``canon`` is the pre-image: canonical JSON with every field of the event. Its hash is
SHA-256(0x00 | "isp-audit/1\n" | canon), unkeyed so that an outsider can check it; authenticity comes from
the head's MAC. What a change held before and after is committed to by HMAC under a random salt, since a
bare hash of "DLA: yes" could be guessed; salt and content lie sealed beside the event.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from isp.audit.chains import Chain
from isp.audit.events import Event, Grounds
from isp.kernel.actor import Actor
from isp.kernel.canonical import canonical, nfc, of_parsed
from isp.kernel.clock import stamp
from isp.kernel.crypto import Keyring, Place
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyChest

PREFIX = b"\x00isp-audit/1\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """An event waiting for its unit to end; ``payload`` is what only the chain's key opens."""

    chain: Chain
    event: Event
    grounds: Grounds
    object_type: str | None = None
    object_id: UUID | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    payload: Any = None


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands, as read from the database."""

    chain: Chain
    seq: int
    hash: bytes
    at: datetime


def event_hash(canon: bytes) -> bytes:
    """SHA-256 over the domain-separated pre-image (32 bytes)."""
    return hashlib.sha256(PREFIX + canon).digest()


def head_mac(keyring: Keyring, name: str, seq: int, digest: bytes) -> bytes:
    """The MAC stored with a head (32 bytes)."""
    return keyring.ledger_mac(b"isp-head/1\n%s\n%d\n%s" % (name.encode("ascii"), seq, digest))


def commitment(salt: bytes, content: Any) -> bytes:
    """The salted commitment to a payload's content (32 bytes)."""
    return hmac.new(salt, canonical(content), hashlib.sha256).digest()


def answers(salt: bytes, content: Any, told: str) -> bool:
    """Whether a content that was just parsed answers the commitment ``told`` (hexadecimal).

    TypeError or ValueError where the content has no canonical form.
    """
    found = hmac.digest(salt, of_parsed(content), "sha256")
    return found.hex() == told or commitment(salt, content).hex() == told


def payload_place(event_id: UUID) -> Place:
    """Where an event's payload lies."""
    return Place("audit_event", "payload", event_id)


def seal_entries(
    entries: Iterable[Entry], head: Head, actor: Actor, moment: datetime, keys: KeyChest
) -> tuple[list[dict[str, Any]], Head]:
    """The rows for one chain's new events, and the head after them. Pure but for salts and ids."""
    rows = []
    seq, last = head.seq, head.hash
    moment = max(moment, head.at)
    at = stamp(moment)
    for entry in entries:
        seq += 1
        event_id = new_id()
        payload, commit = _payload(entry, event_id, keys)
        canon = canonical(_fields(entry, event_id, seq, last, at, actor, payload, commit))
        last = event_hash(canon)
        rows.append(
            {
                "chain_id": head.chain.id,
                "seq": seq,
                "id": event_id,
                "at": moment,
                "actor": actor.name,
                "act": entry.event.code,
                "object_type": entry.object_type,
                "object_id": entry.object_id,
                "canon": canon,
                "hash": last,
                "payload": payload,
            }
        )
    return rows, Head(head.chain, seq, last, moment)


def _payload(entry: Entry, event_id: UUID, keys: KeyChest) -> tuple[bytes | None, bytes | None]:
    owner = entry.chain.key
    if entry.payload is None or owner is None:
        return None, None
    salt = os.urandom(16)
    content = nfc(entry.payload)
    held = {"salt": base64.b64encode(salt).decode("ascii"), "content": content}
    return keys.seal(owner, payload_place(event_id), held), commitment(salt, content)


def _fields(
    entry: Entry,
    event_id: UUID,
    seq: int,
    last: bytes,
    at: str,
    actor: Actor,
    payload: bytes | None,
    commit: bytes | None,
) -> dict[str, Any]:
    grounds = entry.grounds
    auth = {"method": actor.method, "session": actor.session_ref, "signed_in_at": actor.signed_in_at}
    held: dict[str, Any] = {
        "v": 1,
        "id": str(event_id),
        "chain": entry.chain.name,
        "seq": seq,
        "prev": last.hex(),
        "t": at,
        "act": entry.event.code,
        "actor": actor.name,
        "org": grounds.organisation_id and str(grounds.organisation_id),
        "role": grounds.role,
        "rel": grounds.tie_id and str(grounds.tie_id),
        "on_behalf": actor.on_behalf,
        "auth": {key: value for key, value in auth.items() if value} or None,
        "req": actor.request_id,
        "net": actor.network,
        "obj": {"type": entry.object_type, "id": str(entry.object_id)} if entry.object_id else None,
        "detail": dict(entry.detail) or None,
        "fields": list(entry.fields) or None,
        "policy": {"rule": grounds.rule, "grid": grounds.policy} if grounds.rule else None,
        "purpose": grounds.purpose,
        "commit": commit.hex() if commit else None,
        "pl": hashlib.sha256(payload).hexdigest() if payload else None,
    }
    return {key: value for key, value in held.items() if value is not None}
