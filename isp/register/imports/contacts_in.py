"""Carrying out what a file of contacts would change. Nobody is invited by a file.

One person a family: an adult whom the file names for two children, with one address or one telephone
number, is one person. An address that signs somebody in is never changed by a file, nor given to another:
then it stays with the tie, where the school reaches the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import ties
from isp.access.gate import Decision
from isp.access.standing import GUARDIAN
from isp.audit import Chain, Event, Unit
from isp.people import directory
from isp.people.actions import NewPerson, add_people, change_details
from isp.people.models import Account
from isp.register.importing.contacts import ContactRow
from isp.register.importing.plan_contacts import ContactPlan, CreateContact, UpdateContact
from isp.register.imports.picture import ContactPicture
from isp.register.imports.staff_in import split_name

_RIGHTS = frozenset({"relationship", "parental_responsibility", "has_care", "court_order"})
FILE = "The school's file of contacts"


def carry_out(
    unit: Unit, decision: Decision, plan: ContactPlan, picture: ContactPicture
) -> tuple[int, int, int]:
    """Write what the plan says; how many ties were created, changed and ended."""
    _create(unit, decision, plan.create, picture)
    for one in plan.update:
        _update(unit, decision, one, picture)
    early = {end.tie_id for end in plan.end if end.on < picture.ties[end.tie_id].valid_from}
    ties.end_now(unit, sorted(early))
    ties.end_many(unit, [(end.tie_id, end.on) for end in plan.end if end.tie_id not in early])
    for end in plan.end:
        tie = picture.ties[end.tie_id]
        unit.record(
            decision,
            Event.TIE_ENDED,
            Chain.pupil(tie.pupil_id),
            obj=("tie", end.tie_id),
            kind=GUARDIAN,
            why="file",
        )
    return len(plan.create), len(plan.update), len(plan.end)


def _create(unit: Unit, decision: Decision, wanted: Sequence[CreateContact], picture: ContactPicture) -> None:
    known = _Known(unit, picture, [one.row for one in wanted])
    fresh: list[NewPerson] = []
    opened: list[ties.NewTie] = []
    for one in wanted:
        row = one.row
        person_id, keeps_address = known.find(row)
        if person_id is None:
            title, given, family = split_name(row.name)
            person = NewPerson(
                given=given,
                family=family,
                title=title,
                email=row.email if not known.is_taken(row) else None,
                telephone=row.phone,
                address_confidential=bool(row.address_confidential),
            )
            fresh.append(person)
            person_id = person.id
            keeps_address = row.email is not None and person.email is None
            known.add(row, person_id)
        words = {
            "relationship": row.relationship,
            "evidence": FILE,
            "court_order": row.court_order,
            "email": row.email if keeps_address else None,
        }
        opened.append(
            ties.NewTie(
                one.pupil_id,
                GUARDIAN,
                row.from_on or min(unit.today, row.to_on or unit.today),
                valid_to=row.to_on,
                person_id=person_id,
                has_responsibility=bool(row.parental_responsibility),
                has_care=bool(row.has_care),
                words={key: value for key, value in words.items() if value},
            )
        )
    add_people(unit, decision, fresh)
    ties.open_many(unit, opened)
    for tie in opened:
        _record_opened(unit, decision, tie)


def _record_opened(unit: Unit, decision: Decision, tie: ties.NewTie) -> None:
    unit.record(
        decision,
        Event.TIE_OPENED,
        Chain.pupil(tie.pupil_id),
        obj=("tie", tie.id),
        payload={
            "person": str(tie.person_id),
            "has_responsibility": tie.has_responsibility,
            "has_care": tie.has_care,
            **(tie.words or {}),
        },
        kind=GUARDIAN,
        to=tie.valid_to.isoformat() if tie.valid_to else None,
        **{"from": tie.valid_from.isoformat()},
    )


class _Known:
    """Who is on record among the people a file names: by address and name, or by name and telephone."""

    def __init__(self, unit: Unit, picture: ContactPicture, rows: Sequence[ContactRow]) -> None:
        self.by_email: dict[str, UUID] = directory.find_many_by_email(
            unit, {row.email for row in rows if row.email}
        )
        people = directory.details(unit, set(self.by_email.values()))
        self.names = {
            person_id: letters(f"{held.get('given') or ''} {held.get('family') or ''}")
            for person_id, held in people.items()
        }
        self.by_phone: dict[tuple[str, str], UUID] = {}
        for person_id, held in picture.people.items():
            name = letters(f"{held.get('given') or ''} {held.get('family') or ''}")
            self.names[person_id] = name
            if held.get("telephone"):
                self.by_phone[name, digits(held["telephone"])] = person_id
        self.fresh: dict[tuple[str, str], UUID] = {}

    def find(self, row: ContactRow) -> tuple[UUID | None, bool]:
        """The person a row means, or None, and whether the row's address is not that person's own."""
        name = _bare(row.name)
        if row.email:
            person_id = self.by_email.get(row.email)
            if person_id is not None and self.names.get(person_id) == name:
                return person_id, False
            return self.fresh.get((name, row.email)), self.is_taken(row)
        if row.phone:
            return self.by_phone.get((name, digits(row.phone))), False
        return None, False

    def is_taken(self, row: ContactRow) -> bool:
        """Whether the row's address is somebody else's."""
        person_id = self.by_email.get(row.email or "")
        return person_id is not None and self.names.get(person_id) != _bare(row.name)

    def add(self, row: ContactRow, person_id: UUID) -> None:
        """Remember somebody new for the rows that follow."""
        name = _bare(row.name)
        self.names[person_id] = name
        if row.email:
            self.fresh[name, row.email] = person_id
            self.by_email.setdefault(row.email, person_id)
        elif row.phone:
            self.by_phone[name, digits(row.phone)] = person_id


def letters(name: str) -> str:
    """A name for comparing."""
    return "".join(c for c in name.casefold() if c.isalnum())


def _bare(whole: str) -> str:
    _, given, family = split_name(whole)
    return letters(f"{given} {family}")


def digits(phone: str) -> str:
    """A telephone number for comparing; +44 and 0 are one beginning."""
    found = "".join(c for c in phone if c.isdigit())
    return "0" + found[2:] if found.startswith("44") else found


# -- changes -------------------------------------------------------------------------------------------


def _update(unit: Unit, decision: Decision, one: UpdateContact, picture: ContactPicture) -> None:
    tie, words = picture.ties[one.tie_id], dict(picture.words[one.tie_id])
    said: dict[str, Any] = {change.field: change.becomes for change in one.changes}
    details = _about_the_person(said)
    reworded = False
    if email := said.get("email"):
        owner = directory.find_by_email(unit, email)
        if owner in (None, tie.person_id) and not _signs_in(unit, tie.person_id):
            details["email"] = email
            reworded = words.pop("email", None) is not None
        else:
            words["email"] = email
            reworded = True
    if details:
        change_details(unit, decision, tie.person_id, **details)
    if not _RIGHTS & said.keys():
        if reworded:
            ties.reword(unit, tie.pupil_id, tie.id, words)
            _record_changed(unit, decision, tie, {})
        return
    before = {
        "has_responsibility": tie.has_responsibility,
        "has_care": tie.has_care,
        **picture.words[one.tie_id],
    }
    words |= {key: said[key] for key in ("relationship", "court_order") if key in said}
    ties.end_tie(unit, tie.id)
    _record_changed(unit, decision, tie, before)
    fresh = ties.NewTie(
        tie.pupil_id,
        GUARDIAN,
        min(max(unit.today, tie.valid_from), tie.valid_to or max(unit.today, tie.valid_from)),
        valid_to=tie.valid_to,
        person_id=tie.person_id,
        has_responsibility=bool(said.get("parental_responsibility", tie.has_responsibility)),
        has_care=bool(said.get("has_care", tie.has_care)),
        words={**words, "evidence": FILE},
    )
    ties.open_many(unit, [fresh])
    _record_opened(unit, decision, fresh)


def _about_the_person(said: dict[str, Any]) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if "name" in said:
        _, details["given"], details["family"] = split_name(said["name"])
    if "phone" in said:
        details["telephone"] = said["phone"]
    if said.get("address_confidential"):
        details["address_confidential"] = True
    return details


def _record_changed(unit: Unit, decision: Decision, tie: Any, before: dict[str, Any]) -> None:
    unit.record(
        decision,
        Event.TIE_CHANGED,
        Chain.pupil(tie.pupil_id),
        obj=("tie", tie.id),
        payload={"before": before} if before else None,
        kind=GUARDIAN,
    )


def _signs_in(unit: Unit, person_id: UUID) -> bool:
    query = select(Account.person_id).where(
        Account.person_id == person_id, Account.password_hash.is_not(None)
    )
    return unit.connection.scalar(query) is not None
