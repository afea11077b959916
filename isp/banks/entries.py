"""The entries of banks: who reads which, and adding, changing and retiring one.

An organisation's staff read its own entries; a school's also read what the authority of its area offers.
What is kept in an entry is the affair of whoever writes from it: here it is words, sealed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import OrganisationPermission as Permission
from isp.audit import Chain, Event, Unit
from isp.banks.models import BankEntry, BankEntryVersion
from isp.kernel.canonical import nfc
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.people.models import Organisation

PROVISION, ADJUSTMENT, TEMPLATE = "provision", "adjustment", "template"
BANKS = (PROVISION, ADJUSTMENT, TEMPLATE)
MOST = 2000
"""Entries of one bank that are opened for one list: many times what a school keeps."""
ENTRIES, ENTRY_VERSIONS = table_of(BankEntry), table_of(BankEntryVersion)
ORGANISATIONS = table_of(Organisation)
MOVED = "Somebody changed this entry after you opened it. Look at what it says now, then change it again."
RETIRED = "This entry has been retired, so it is not changed or used any more."


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as of one version. ``held``: what it says, without costs for those who read none."""

    id: UUID
    organisation_id: UUID
    bank: str
    number: int
    held: Mapping[str, Any]
    changed_at: datetime
    changed_by: UUID
    retired_at: datetime | None = None
    owner: str = ""
    """The name of the organisation whose entry it is."""

    @property
    def name(self) -> str:
        return str(self.held.get("name") or self.held.get("what") or "")

    @property
    def sort_key(self) -> tuple[str, str]:
        return self.name.casefold(), str(self.id)


def banks_of(unit: Unit, permission: Permission = Permission.BANK_READ) -> dict[UUID, str]:
    """The organisations whose banks the actor may read (or do more with), with their names."""
    mine = gate.organisations_where(unit, permission)
    query = select(ORGANISATIONS.c.id, ORGANISATIONS.c.name).where(ORGANISATIONS.c.id.in_(mine))
    named = {row.id: row.name for row in unit.connection.execute(query)}
    return {one: named[one] for one in mine if one in named}


def listed(
    unit: Unit, organisation_id: UUID, bank: str, *, words: str = "", retired: bool = False
) -> tuple[Decision, list[Entry]]:
    """The entries that an organisation's staff may write from, by name: its own, and its authority's.

    ``words``: only those that have every word. ``retired``: its own that are no longer offered.
    """
    decision = gate.require_in_organisation(unit, Permission.BANK_READ, organisation_id)
    owners = {organisation_id} if retired else {organisation_id, *_offering(unit, organisation_id)}
    e = ENTRIES.c
    query = _newest().where(e.organisation_id.in_(sorted(owners)), e.bank == bank)
    query = query.where(e.retired_at.is_not(None) if retired else e.retired_at.is_(None))
    found = _opened(unit, unit.connection.execute(query.limit(MOST)), costs=_costs(unit, organisation_id))
    wanted = words.casefold().split()
    kept = [one for one in found if all(word in _text(one) for word in wanted)]
    return decision, sorted(kept, key=lambda one: one.sort_key)


def read(unit: Unit, entry_id: UUID, *, through: UUID | None = None) -> tuple[Decision, Entry]:
    """One entry as it is now, for somebody who may read that bank; NotFound for anybody else.

    ``through``: the organisation whose bank it is read in; by default any of the actor's own.
    """
    row = unit.connection.execute(_newest().where(ENTRIES.c.id == entry_id)).first()
    for mine in [through] if through is not None else gate.organisations_where(unit, Permission.BANK_READ):
        if row is not None and row.organisation_id in {mine, *_offering(unit, mine)}:
            decision = gate.require_in_organisation(unit, Permission.BANK_READ, mine)
            return decision, _opened(unit, [row], costs=_costs(unit, mine))[0]
    # A stranger is told the same of an entry that is there and of one that is not.
    gate.require_in_organisation(unit, Permission.BANK_READ, row.organisation_id if row else entry_id)
    raise NotFound(gate.NO_PAGE)


def history(unit: Unit, entry: Entry) -> list[Entry]:
    """Every version of an entry that was read, newest first."""
    query = _versions().where(ENTRIES.c.id == entry.id).order_by(ENTRY_VERSIONS.c.number.desc())
    return _opened(unit, unit.connection.execute(query), costs="cost" in entry.held)


def may_write(unit: Unit, organisation_id: UUID) -> bool:
    """Whether to offer changing; the deeds themselves ask the gate."""
    return organisation_id in gate.organisations_where(unit, Permission.BANK_WRITE)


def add(unit: Unit, organisation_id: UUID, bank: str, held: Mapping[str, Any]) -> UUID:
    """Add an entry; its id."""
    decision = gate.require_in_organisation(unit, Permission.BANK_WRITE, organisation_id)
    if bank not in BANKS:
        raise NotFound(gate.NO_PAGE)
    entry_id = new_id()
    unit.insert(
        BankEntry,
        id=entry_id,
        organisation_id=organisation_id,
        bank=bank,
        number=1,
        made_at=unit.now,
        made_by=unit.actor.person_id,
        retired_at=None,
        retired_by=None,
    )
    _keep(unit, organisation_id, entry_id, 1, held)
    unit.record(
        decision,
        Event.BANK_ENTRY_ADDED,
        Chain.organisation(organisation_id),
        obj=("bank_entry", entry_id),
        bank=bank,
    )
    return entry_id


def change(unit: Unit, entry_id: UUID, shown_number: int, held: Mapping[str, Any]) -> int:
    """Make the next version of an entry, whose number it gives. Conflict where it moved on, or is retired."""
    row, decision = _mine(unit, entry_id)
    if row.number != shown_number:
        raise Conflict(MOVED)
    number: int = row.number + 1
    unit.change(BankEntry, {"id": entry_id, "number": row.number, "retired_at": None}, MOVED, number=number)
    _keep(unit, row.organisation_id, entry_id, number, held)
    unit.record(
        decision,
        Event.BANK_ENTRY_CHANGED,
        Chain.organisation(row.organisation_id),
        obj=("bank_entry", entry_id),
        bank=row.bank,
        number=number,
    )
    return number


def retire(unit: Unit, entry_id: UUID) -> None:
    """Offer an entry no longer. Plans that took it keep what they took."""
    row, decision = _mine(unit, entry_id)
    unit.change(
        BankEntry,
        {"id": entry_id, "number": row.number},
        MOVED,
        retired_at=unit.now,
        retired_by=unit.actor.person_id,
    )
    unit.record(
        decision,
        Event.BANK_ENTRY_RETIRED,
        Chain.organisation(row.organisation_id),
        obj=("bank_entry", entry_id),
        bank=row.bank,
    )


def _mine(unit: Unit, entry_id: UUID) -> tuple[Any, Decision]:
    query = select(ENTRIES).where(ENTRIES.c.id == entry_id)
    row = unit.connection.execute(query.with_for_update(key_share=True)).first()
    owner = row.organisation_id if row is not None else entry_id
    decision = gate.require_in_organisation(unit, Permission.BANK_WRITE, owner)
    if row is None:
        raise NotFound(gate.NO_PAGE)
    if row.retired_at is not None:
        raise Conflict(RETIRED)
    return row, decision


def _keep(unit: Unit, organisation_id: UUID, entry_id: UUID, number: int, held: Mapping[str, Any]) -> None:
    version_id = new_id()
    key = KeyOf.organisation(organisation_id)
    unit.insert(
        BankEntryVersion,
        entry_id=entry_id,
        number=number,
        id=version_id,
        made_at=unit.now,
        made_by=unit.actor.person_id,
        sealed=unit.keys.seal(key, _place(version_id), nfc(dict(held))),
    )


def _place(version_id: UUID) -> Place:
    return Place("bank_entry_version", "sealed", version_id)


def _offering(unit: Unit, organisation_id: UUID) -> list[UUID]:
    """The authority of a school's area, whose entries the school reads; none for an authority."""
    school, authority = ORGANISATIONS.alias("school"), ORGANISATIONS.alias("authority")
    query = (
        select(authority.c.id)
        .join(school, and_(school.c.la_code == authority.c.la_code, school.c.kind == "school"))
        .where(school.c.id == organisation_id, authority.c.kind == "authority")
    )
    return list(unit.connection.scalars(query))


def _costs(unit: Unit, organisation_id: UUID) -> bool:
    return organisation_id in gate.organisations_where(unit, Permission.COSTS_READ)


def _versions() -> Select[Any]:
    v, e = ENTRY_VERSIONS.c, ENTRIES.c
    wanted = (e.id, e.organisation_id, e.bank, v.number, v.id.label("version_id"), v.made_at, v.made_by)
    return (
        select(*wanted, v.sealed, e.retired_at, ORGANISATIONS.c.name.label("owner"))
        .select_from(ENTRIES)
        .join(ENTRY_VERSIONS, v.entry_id == e.id)
        .join(ORGANISATIONS, ORGANISATIONS.c.id == e.organisation_id)
    )


def _newest() -> Select[Any]:
    return _versions().where(ENTRY_VERSIONS.c.number == ENTRIES.c.number)


def _opened(unit: Unit, rows: Iterable[Any], *, costs: bool) -> list[Entry]:
    found = []
    for row in rows:
        key = KeyOf.organisation(row.organisation_id)
        held = unit.keys.open(key, _place(row.version_id), row.sealed)
        if not costs:
            held.pop("cost", None)
        found.append(
            Entry(
                id=row.id,
                organisation_id=row.organisation_id,
                bank=row.bank,
                number=row.number,
                held=held,
                changed_at=row.made_at,
                changed_by=row.made_by,
                retired_at=row.retired_at,
                owner=row.owner,
            )
        )
    return found


def _text(entry: Entry) -> str:
    return " ".join(str(value) for value in entry.held.values() if isinstance(value, str)).casefold()
