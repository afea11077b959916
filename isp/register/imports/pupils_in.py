"""Carrying out what a file of pupils would change. The school's roll is held; nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

from isp.access import ties
from isp.access.gate import Decision
from isp.access.standing import GROUP, RESPONSIBLE
from isp.audit import Chain, Event, Unit
from isp.kernel.db import table_of
from isp.kernel.ids import new_id
from isp.people.models import Organisation
from isp.register import rows
from isp.register.actions.enrolling import with_former_upn
from isp.register.actions.groups import group_row
from isp.register.content import LABELS, Details, as_told, differences
from isp.register.importing.groups import group_key
from isp.register.importing.pupil_plan import CreatePupil, PupilLeaves, PupilPlan, UpdatePupil
from isp.register.imports.picture import TEACHING, PupilPicture, authority_ids
from isp.register.models import TeachingGroup

SOURCE = "file"
HOME = "The home authority in the school's file"
GROUPS = table_of(TeachingGroup)
_TIES = ties.TIES
# What a change of one of these is, in the sealed details; the others are ties.
_DETAILS = {
    "upn": "upn",
    "uln": "uln",
    "legal_forename": "legal_given",
    "legal_surname": "legal_family",
    "preferred_forename": "preferred_given",
    "preferred_surname": "preferred_family",
    "born_on": "born_on",
    "year_group": "year_group",
    "sex": "sex",
    "sen_status": "sen_status",
    "primary_need": "need_primary",
    "secondary_need": "need_secondary",
}


@dataclass
class Classes:
    """The school's classes by name; those that a file names first are made."""

    unit: Unit
    school_id: UUID
    decision: Decision
    _known: dict[str, UUID] = field(default_factory=dict)
    _kind: str = "class"

    def __post_init__(self) -> None:
        query = (
            select(GROUPS.c.id, GROUPS.c.name, GROUPS.c.valid_to)
            .where(GROUPS.c.school_id == self.school_id)
            # Where a class and a teaching group share a name, the class is meant.
            .order_by(GROUPS.c.kind != TEACHING, GROUPS.c.valid_from)
        )
        for row in self.unit.connection.execute(query):
            if row.valid_to is None or row.valid_to >= self.unit.today:
                self._known[group_key(row.name)] = row.id
        phase = self.unit.connection.scalar(
            select(Organisation.phase).where(Organisation.id == self.school_id)
        )
        self._kind = "registration" if phase in ("secondary", "all_through", "college") else "class"

    def make(self, names: Iterable[str]) -> None:
        """Make the classes of these names that are not there yet."""
        fresh = {}
        for name in names:
            key = group_key(name)
            if key not in self._known:
                self._known[key] = fresh_id = new_id()
                fresh[fresh_id] = name[:60]
        if not fresh:
            return
        unit = self.unit
        unit.connection.execute(
            insert(GROUPS),
            [
                group_row(unit, self.school_id, group_id, name, self._kind, None)
                for group_id, name in fresh.items()
            ],
        )
        for group_id in fresh:
            unit.record(
                self.decision,
                Event.GROUP_CHANGED,
                Chain.organisation(self.school_id),
                obj=("teaching_group", group_id),
                group=str(group_id),
                opened=0,
                ended=0,
            )

    def id_of(self, name: str) -> UUID:
        """The class of this name, which is there or was made."""
        return self._known[group_key(name)]


def carry_out(
    unit: Unit, school_id: UUID, decision: Decision, plan: PupilPlan, picture: PupilPicture
) -> tuple[int, int, int]:
    """Write what the plan says; how many pupils were created, changed and ended."""
    classes = Classes(unit, school_id, decision)
    classes.make(
        [
            *(one.row.class_name for one in plan.create if one.row.class_name),
            *(str(c.becomes) for one in plan.update for c in one.changes if c.field == "class_name"),
        ]
    )
    authorities = {code: found for code, (found, _) in authority_ids(unit).items()}
    _create(unit, school_id, decision, plan.create, classes, authorities)
    _update(unit, school_id, decision, plan.update, picture, classes, authorities)
    _leave(unit, school_id, decision, plan, picture)
    rows.admit_again(unit, school_id, [rows.Admission(one.pupil_id, one.on) for one in plan.rejoin])
    for back in plan.rejoin:
        unit.record(
            decision,
            Event.PUPIL_RETURNED,
            Chain.pupil(back.pupil_id),
            obj=("pupil", back.pupil_id),
            on=back.on.isoformat(),
        )
    return len(plan.create), len(plan.update) + len(plan.rejoin), len(plan.leave)


def _create(
    unit: Unit,
    school_id: UUID,
    decision: Decision,
    wanted: tuple[CreatePupil, ...],
    classes: Classes,
    authorities: Mapping[str, UUID],
) -> None:
    fresh = [(new_id(), _details(one), one.row) for one in wanted]
    rows.create(unit, school_id, [(pupil_id, details) for pupil_id, details, _ in fresh])
    admissions, opened = [], []
    for pupil_id, _, row in fresh:
        day = row.admitted_on or min(unit.today, row.left_on or unit.today)
        words = _leaving_words(row.leaving_reason, row.destination) if row.left_on else None
        admissions.append(rows.Admission(pupil_id, day, row.left_on, words))
        if row.class_name:
            # Nobody taught in this class before the file said so.
            since = max(day, min(unit.today, row.left_on or unit.today))
            group_id = classes.id_of(row.class_name)
            opened.append(ties.NewTie(pupil_id, GROUP, since, valid_to=row.left_on, group_id=group_id))
        if authority_id := authorities.get(row.home_authority or ""):
            opened.append(_home(pupil_id, authority_id, unit.today))
    rows.admit(unit, school_id, admissions)
    ties.open_many(unit, opened)
    for (pupil_id, details, row), admission in zip(fresh, admissions, strict=True):
        told: dict[str, Any] = {
            "after": as_told(details, tuple(LABELS)),
            "admitted_on": admission.admitted_on.isoformat(),
            "class_name": row.class_name,
            "home_authority": row.home_authority,
        }
        obj = ("pupil", pupil_id)
        unit.record(decision, Event.PUPIL_ADDED, Chain.pupil(pupil_id), obj=obj, payload=told, source=SOURCE)


def _details(one: CreatePupil) -> Details:
    row = one.row
    return Details(
        legal_given=row.legal_forename,
        legal_family=row.legal_surname,
        born_on=row.born_on,
        preferred_given=row.preferred_forename if row.preferred_forename != row.legal_forename else None,
        preferred_family=row.preferred_surname if row.preferred_surname != row.legal_surname else None,
        sex=row.sex,
        upn=row.upn,
        former_upns=(row.former_upn,) if row.former_upn else (),
        uln=row.uln,
        year_group=row.year_group,
        sen_status=row.sen_status or "N",
        need_primary=row.primary_need,
        need_secondary=row.secondary_need,
    )


def _home(pupil_id: UUID, authority_id: UUID, day: date) -> ties.NewTie:
    return ties.NewTie(pupil_id, RESPONSIBLE, day, organisation_id=authority_id, words={"reason": HOME})


def _leaving_words(reason: str | None, destination: str | None) -> dict[str, str] | None:
    said = {"leaving_reason": reason, "destination": destination}
    return {key: value for key, value in said.items() if value} or None


# -- changes -------------------------------------------------------------------------------------------


def _update(
    unit: Unit,
    school_id: UUID,
    decision: Decision,
    wanted: tuple[UpdatePupil, ...],
    picture: PupilPicture,
    classes: Classes,
    authorities: Mapping[str, UUID],
) -> None:
    rewrites: list[rows.Rewrite] = []
    to_end: list[UUID] = []
    opened: list[ties.NewTie] = []
    admitted: dict[UUID, date] = {}
    for one in wanted:
        on_roll = picture.by_id[one.pupil_id]
        after = _changed(on_roll.details, one)
        if after != on_roll.details:
            rewrites.append(
                rows.Rewrite(one.pupil_id, on_roll.row_version, on_roll.details, after, on_roll.has_index)
            )
        said = {change.field: change.becomes for change in one.changes}
        if class_name := said.get("class_name"):
            was = {change.was for change in one.changes if change.field == "class_name"}
            to_end += [tie.id for tie in picture.class_ties.get(one.pupil_id, []) if tie.name in was]
            since = min(unit.today, on_roll.left_on or unit.today)
            opened.append(
                ties.NewTie(
                    one.pupil_id,
                    GROUP,
                    max(since, on_roll.admitted_on) if not on_roll.left_on else since,
                    valid_to=on_roll.left_on,
                    group_id=classes.id_of(str(class_name)),
                )
            )
        if (code := str(said.get("home_authority"))) in authorities:
            to_end += [tie.id for tie in picture.authority_ties.get(one.pupil_id, [])]
            opened.append(_home(one.pupil_id, authorities[code], unit.today))
        if isinstance(day := said.get("admitted_on"), date):
            admitted[one.pupil_id] = day
        names = [_DETAILS.get(change.field, change.field) for change in one.changes]
        if after.former_upns != on_roll.details.former_upns:
            names.append("former_upns")
        unit.record(
            decision,
            Event.PUPIL_CHANGED,
            Chain.pupil(one.pupil_id),
            obj=("pupil", one.pupil_id),
            fields=names,
            payload={
                "before": {change.field: _plain(change.was) for change in one.changes},
                "after": {change.field: _plain(change.becomes) for change in one.changes},
            },
            source=SOURCE,
        )
    rows.rewrite(unit, school_id, rewrites)
    ties.end_now(unit, to_end)
    ties.open_many(unit, opened)
    _readmit(unit, admitted, picture)


def _changed(details: Details, one: UpdatePupil) -> Details:
    said: dict[str, Any] = {
        _DETAILS[change.field]: change.becomes for change in one.changes if change.field in _DETAILS
    }
    after = replace(details, **said)
    if after.need_primary and after.need_primary == after.need_secondary:
        after = replace(after, need_secondary=None)
    return with_former_upn(details, after) if "upn" in differences(details, after) else after


def _plain(value: object) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _readmit(unit: Unit, admitted: Mapping[UUID, date], picture: PupilPicture) -> None:
    """Correct days of admission; the tie to the school holds from the same day."""
    found = [(picture.by_id[pupil_id], day) for pupil_id, day in admitted.items()]
    # A day of admission after the last day is the day of a return, which the plan has as such.
    found = [(one, day) for one, day in found if one.left_on is None or day <= one.left_on]
    if not found:
        return
    enrolments, school_ties = rows.ENROLMENTS.c, _TIES.c
    unit.connection.execute(
        update(rows.ENROLMENTS)
        .where(enrolments.id == bindparam("of_row"))
        .values(admitted_on=bindparam("on_day")),
        [{"of_row": one.enrolment_id, "on_day": day} for one, day in found],
    )
    unit.connection.execute(
        update(_TIES).where(school_ties.id == bindparam("of_row")).values(valid_from=bindparam("on_day")),
        [{"of_row": one.tie_id, "on_day": day} for one, day in found],
    )


# -- leaving -------------------------------------------------------------------------------------------


def _leave(unit: Unit, school_id: UUID, decision: Decision, plan: PupilPlan, picture: PupilPicture) -> None:
    admitted = {
        one.pupil_id: change.becomes
        for one in plan.update
        for change in one.changes
        if isinstance(change.becomes, date) and change.field == "admitted_on"
    }
    leavings = []
    for one in plan.leave:
        on_roll = picture.by_id[one.pupil_id]
        last = max(one.on, admitted.get(one.pupil_id, on_roll.admitted_on))
        leavings.append(
            rows.Leaving(one.pupil_id, on_roll.enrolment_id, on_roll.tie_id, on_roll.left_on, last)
        )
        _say_why(unit, on_roll.tie_id, one)
        unit.record(
            decision,
            Event.PUPIL_LEFT,
            Chain.pupil(one.pupil_id),
            obj=("pupil", one.pupil_id),
            payload=_leaving_words(one.reason, one.destination),
            on=last.isoformat(),
        )
    rows.end(unit, school_id, leavings)


def _say_why(unit: Unit, tie_id: UUID, one: PupilLeaves) -> None:
    words = _leaving_words(one.reason, one.destination)
    if words:
        ties.reword(unit, one.pupil_id, tie_id, words)
