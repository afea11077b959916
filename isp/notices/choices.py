"""How a person wants to be told: no mail of some kinds, and a number for text messages. All of it sealed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.audit import Chain, Event, Unit
from isp.audit.events import OWN_ACCOUNT
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Invalid
from isp.kernel.keys import KeyOf
from isp.notices.kinds import ALWAYS, KINDS
from isp.notices.models import NoticeChoice

CHOICES = table_of(NoticeChoice)
OPTIONAL = tuple(kind for kind in KINDS if kind not in ALWAYS)
"""Kinds that somebody may do without mail of."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Unless somebody chose: mail of everything, no texts."""

    no_mail: frozenset[str] = field(default_factory=frozenset)
    number: str | None = None


def _place(person_id: UUID, version: int) -> Place:
    return Place("notice_choice", "sealed", person_id, version)


def choices_of(unit: Unit, person_id: UUID) -> Choices:
    """What this person chose, for herself and for whoever is about to tell her."""
    row = unit.connection.execute(select(CHOICES).where(CHOICES.c.person_id == person_id)).first()
    if row is None:
        return Choices()
    held = unit.keys.open(KeyOf.person(person_id), _place(person_id, row.row_version), row.sealed)
    return Choices(frozenset(held["no_mail"]), held["number"])


def choose(unit: Unit, no_mail: Collection[str], number: str | None) -> None:
    """Choose for oneself. Raises Invalid (field ``number``) where no text could reach that number."""
    person_id = unit.actor.person_id
    assert person_id is not None  # noqa: S101 pages let only the signed-in come here
    before = choices_of(unit, person_id)
    after = Choices(frozenset(no_mail) & frozenset(OPTIONAL), mobile(number) if number else None)
    if after == before:
        return
    row = unit.connection.execute(
        select(CHOICES.c.row_version).where(CHOICES.c.person_id == person_id)
    ).first()
    version = row.row_version + 1 if row else 1
    held = {"no_mail": sorted(after.no_mail), "number": after.number}
    values: dict[str, Any] = {
        "sealed": unit.keys.seal(KeyOf.person(person_id), _place(person_id, version), held),
        "row_version": version,
        "changed_at": unit.now,
    }
    if row is None:
        unit.insert(NoticeChoice, person_id=person_id, **values)
    else:
        unit.change(NoticeChoice, {"person_id": person_id, "row_version": row.row_version}, **values)
    unit.record(
        OWN_ACCOUNT,
        Event.MESSAGES_CHOSEN,
        Chain.person(person_id),
        obj=("person", person_id),
        texts=after.number is not None,
        without_mail=sorted(after.no_mail),
    )


_NOT_MOBILE = "Enter a UK mobile number, like 07700 900 982"


def mobile(text: str) -> str:
    """A UK mobile number in one form (``+447700900982``). Raises Invalid (field ``number``)."""
    digits = "".join(char for char in text if char in "0123456789")
    if text.strip().startswith("+") and not digits.startswith("44"):
        raise Invalid(f"{_NOT_MOBILE}.", {"number": _NOT_MOBILE})
    national = digits.removeprefix("00").removeprefix("44").removeprefix("0")
    if len(national) != 10 or not national.startswith("7") or set(text) - set("0123456789 +()-.\u00a0"):
        raise Invalid(f"{_NOT_MOBILE}.", {"number": _NOT_MOBILE})
    return f"+44{national}"
