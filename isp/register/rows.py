"""Writing a school's register: rows and ties for one pupil or ten thousand, in a fixed number of statements.

Nothing here asks who may, and nothing is recorded: deeds and files do both, and hold the school's roll
(``roll.hold``) while they write. Only in a unit that holds its lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, or_, select, update

from isp.access import ties
from isp.access.models import Tie
from isp.access.standing import FORMER_SCHOOL, GROUP, SCHOOL
from isp.audit import Unit
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict
from isp.kernel.ids import new_id
from isp.kernel.keys import CONTACT, GENERAL, RESTRICTED, KeyOf
from isp.people.models import Organisation
from isp.register import pupils, roll
from isp.register.content import Details
from isp.register.deadlines import KEEP_YEARS, keep_until, rights_move_on
from isp.register.models import Enrolment, TeachingGroup

DAY = timedelta(days=1)
ENROLMENTS = table_of(Enrolment)
_AT_ONCE = 500
CHANGED: list[Callable[[Unit, Iterable[UUID]], None]] = []
"""What higher rooms keep beside pupils: called with those who are new, or of whom something changed."""


def create(unit: Unit, school_id: UUID, fresh: Sequence[tuple[UUID, Details]]) -> None:
    """Keys and rows for new pupils. A UPN that some row is found by already stays inside ``sealed`` only."""
    if not fresh:
        return
    unit.session.flush()
    unit.keys.create_many(
        (KeyOf.pupil(pupil_id, part), school_id)
        for pupil_id, _ in fresh
        for part in (GENERAL, RESTRICTED, CONTACT)
    )
    roll.hold_upns(unit)
    taken = set(roll.holding(unit, [details.upn for _, details in fresh if details.upn]))
    years = keep_years(unit, school_id)
    rows = []
    for pupil_id, details in fresh:
        found_by = details.upn if details.upn not in taken else None
        if found_by:
            taken.add(found_by)
        rows.append(
            {
                "id": pupil_id,
                "sealed": pupils.seal(unit, pupil_id, 1, details),
                "row_version": 1,
                "upn_index": pupils.upn_index(unit.keyring, found_by) if found_by else None,
                **details.clear(),
                **_days(details, years),
                "made_at": unit.now,
            }
        )
    unit.connection.execute(insert(pupils.PUPILS), rows)
    tell_changed(unit, (pupil_id for pupil_id, _ in fresh))


def tell_changed(unit: Unit, pupil_ids: Iterable[UUID]) -> None:
    """Have what is kept beside these pupils follow them."""
    ids = list(pupil_ids)
    for changed in CHANGED:
        changed(unit, ids)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """New details for a pupil whose row was read in this unit."""

    pupil_id: UUID
    row_version: int
    before: Details
    after: Details
    had_index: bool


def rewrite(unit: Unit, school_id: UUID, changes: Sequence[Rewrite]) -> None:
    """Write new details over pupils' rows. Conflict where one was changed since it was read."""
    if not changes:
        return
    unit.session.flush()
    renumbered = [c.after.upn for c in changes if c.after.upn and c.after.upn != c.before.upn]
    taken: dict[str, UUID] = {}
    if renumbered:
        roll.hold_upns(unit)
        taken = roll.holding(unit, renumbered)
    years = keep_years(unit, school_id)
    rows = []
    for change in changes:
        upn, version = change.after.upn, change.row_version + 1
        is_found = bool(upn) and (
            change.had_index
            if upn == change.before.upn
            else taken.setdefault(upn or "", change.pupil_id) == change.pupil_id
        )
        rows.append(
            {
                "of_pupil": change.pupil_id,
                "of_version": change.row_version,
                "sealed": pupils.seal(unit, change.pupil_id, version, change.after),
                "row_version": version,
                "upn_index": pupils.upn_index(unit.keyring, upn) if upn and is_found else None,
                **change.after.clear(),
                **_days(change.after, years),
            }
        )
    columns = [name for name in rows[0] if not name.startswith("of_")]
    statement = (
        update(pupils.PUPILS)
        .where(
            pupils.PUPILS.c.id == bindparam("of_pupil"),
            pupils.PUPILS.c.row_version == bindparam("of_version"),
        )
        .values({name: bindparam(name) for name in columns})
    )
    done = unit.connection.execute(statement, rows)
    if done.rowcount not in (-1, len(rows)):
        raise Conflict("Somebody else changed these details at the same moment. Look at them again.")
    tell_changed(unit, (change.pupil_id for change in changes))


def _days(details: Details, years: int) -> dict[str, date]:
    return {
        "rights_move_on": rights_move_on(details.born_on),
        "keep_until": keep_until(details.born_on, years),
    }


def keep_years(unit: Unit, school_id: UUID) -> int:
    """How many years from birth this school keeps a pupil's record (``keep_years`` of its settings)."""
    settings: Any = unit.connection.scalar(select(Organisation.settings).where(Organisation.id == school_id))
    years = (settings or {}).get("keep_years", KEEP_YEARS)
    return years if isinstance(years, int) and years >= KEEP_YEARS else KEEP_YEARS


# -- on and off the roll -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Admission:
    """A pupil on the roll from a day; with ``left_on``, also off it again. ``words`` go with the tie."""

    pupil_id: UUID
    admitted_on: date
    left_on: date | None = None
    words: Mapping[str, Any] | None = None


def admit(unit: Unit, school_id: UUID, admissions: Sequence[Admission]) -> None:
    """Enrolments with the ties that rest on them."""
    opened: list[ties.NewTie] = []
    rows = []
    for one in admissions:
        tie = ties.NewTie(
            one.pupil_id,
            SCHOOL,
            one.admitted_on,
            valid_to=one.left_on,
            organisation_id=school_id,
            words=one.words,
        )
        opened.append(tie)
        enrolment_id = new_id()
        rows.append(
            {
                "id": enrolment_id,
                "pupil_id": one.pupil_id,
                "school_id": school_id,
                "admitted_on": one.admitted_on,
                "left_on": one.left_on,
                "left_reason": None,
                "tie_id": tie.id,
                "made_at": unit.now,
            }
        )
        if one.left_on:
            opened.append(_as_former(one.pupil_id, school_id, one.left_on, enrolment_id))
    ties.open_many(unit, opened)
    if rows:
        unit.connection.execute(insert(ENROLMENTS), rows)


def admit_again(unit: Unit, school_id: UUID, admissions: Sequence[Admission]) -> None:
    """Further enrolments of pupils who had left; the tie as a former school ends the day before each."""
    on = {one.pupil_id: one.admitted_on for one in admissions}
    to_end, at_once = [], []
    for former in _former_ties(unit, school_id, list(on)):
        if former.valid_from < on[former.pupil_id]:
            to_end.append((former.id, on[former.pupil_id] - DAY))
        else:
            at_once.append(former.id)
    ties.end_many(unit, to_end)
    ties.end_now(unit, at_once)
    admit(unit, school_id, admissions)


@dataclass(frozen=True, slots=True)
class Leaving:
    """An enrolment that ends on ``on`` (its last day), with its tie and its old last day."""

    pupil_id: UUID
    enrolment_id: UUID
    tie_id: UUID
    was: date | None
    on: date
    reason: str | None = None


def end(unit: Unit, school_id: UUID, leavings: Sequence[Leaving]) -> None:
    """End enrolments and the ties that rest on them; from then on the school is a former one."""
    if not leavings:
        return
    unit.session.flush()
    unit.connection.execute(
        update(ENROLMENTS)
        .where(ENROLMENTS.c.id == bindparam("of_enrolment"))
        .values(left_on=bindparam("to_day"), left_reason=bindparam("because")),
        [{"of_enrolment": one.enrolment_id, "to_day": one.on, "because": one.reason} for one in leavings],
    )
    by_pupil = {one.pupil_id: one for one in leavings}
    to_end = [(one.tie_id, one.on) for one in leavings]
    at_once = [former.id for former in _former_ties(unit, school_id, list(by_pupil))]
    for tie in _group_ties(unit, school_id, list(by_pupil)):
        one = by_pupil[tie.pupil_id]
        # What an earlier leaving date had ended goes on to the new one.
        if not (tie.valid_to is None or tie.valid_to > one.on or tie.valid_to == one.was):
            continue
        if tie.valid_from > one.on:
            at_once.append(tie.id)
        else:
            to_end.append((tie.id, one.on))
    ties.end_many(unit, to_end)
    ties.end_now(unit, at_once)
    ties.open_many(unit, [_as_former(one.pupil_id, school_id, one.on, one.enrolment_id) for one in leavings])


def _as_former(pupil_id: UUID, school_id: UUID, left_on: date, enrolment_id: UUID) -> ties.NewTie:
    return ties.NewTie(
        pupil_id, FORMER_SCHOOL, left_on + DAY, organisation_id=school_id, source_id=enrolment_id
    )


def _group_ties(unit: Unit, school_id: UUID, pupil_ids: Sequence[UUID]) -> Iterable[Any]:
    for part in _parts(pupil_ids):
        query = (
            select(Tie.id, Tie.pupil_id, Tie.valid_from, Tie.valid_to)
            .join(TeachingGroup, TeachingGroup.id == Tie.group_id)
            .where(
                Tie.pupil_id.in_(part),
                Tie.kind == GROUP,
                TeachingGroup.school_id == school_id,
                Tie.ended_at.is_(None),
            )
        )
        yield from unit.connection.execute(query).all()


def _former_ties(unit: Unit, school_id: UUID, pupil_ids: Sequence[UUID]) -> Iterable[Any]:
    for part in _parts(pupil_ids):
        query = select(Tie.id, Tie.pupil_id, Tie.valid_from).where(
            Tie.pupil_id.in_(part),
            Tie.kind == FORMER_SCHOOL,
            Tie.organisation_id == school_id,
            Tie.ended_at.is_(None),
            or_(Tie.valid_to.is_(None), Tie.valid_to >= unit.today),
        )
        yield from unit.connection.execute(query).all()


def _parts(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    listed = sorted(ids)
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))
