"""Bringing a return's persons into the record: some hundred at a time, each part a transaction of its own.

Whoever is found again (by UPN, by ULN, else by name and date of birth) among the authority's own
records is not
made anew, and what the record has already is not written again, so a part may be done twice. A UPN alone
never leads to another organisation's row. Nothing here asks who may; the job did.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from isp.access import ties
from isp.access.models import Tie
from isp.access.standing import CASE, RESPONSIBLE, live
from isp.audit import Chain, Event, Grounds, Unit
from isp.ehcp.models import CaseStep
from isp.escalations.queries import place as request_place
from isp.exchange import entering
from isp.exchange.entering import NOTHING_KNOWN, Entering, Known, Rows, check_person, details_of
from isp.exchange.models import Sen2Match
from isp.exchange.record_out import (
    ASSESSMENTS,
    DISPUTES,
    ITEMS,
    PLANS,
    REQUESTS,
    REVIEWS,
    SETTINGS,
    setting_place,
)
from isp.exchange.sen2.cleaning import cleaned
from isp.exchange.sen2.message import Person
from isp.exchange.sen2.years import Year
from isp.kernel.db import table_of
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.people.models import Organisation
from isp.people.organisations import SCHOOL
from isp.register import pupils, roll, rows
from isp.register.content import Details, as_told, differences
from isp.register.importing.pupils import name_key

AT_ONCE = 250
GROUNDS = Grounds(rule="sen2-import")
MATCHES, STEPS, TIES = table_of(Sen2Match), table_of(CaseStep), table_of(Tie)
ORGANISATIONS = table_of(Organisation)
_FILLED = (
    "uln",
    "ethnicity",
    "postcode",
    "upn_unknown",
    "sex",
    "need_primary",
    "need_secondary",
    "year_group",
)
"""What a file fills in for a child who is on record already, where nothing stands."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a part: how many persons were new, how many known, how many rows, by code."""

    counts: Counter[str]


def bring_in(
    unit: Unit, authority_id: UUID, year: Year, persons: Sequence[Person], by: UUID, grounds: Grounds
) -> Brought:
    """Bring some persons in. Only in a unit that holds its lock."""
    counts: Counter[str] = Counter()
    able = []
    for person in persons:
        problem = check_person(person)
        if problem is None:
            kept, left = cleaned(person, year)
            able.append(kept)
            counts.update(left)
        else:
            counts[problem] += 1
    roll.hold(unit, authority_id)
    found = _found(unit, authority_id, able)
    known = _known(unit, authority_id, sorted(set(found.values())))
    fresh: list[tuple[UUID, Details]] = []
    matches: list[dict[str, Any]] = []
    made: list[tuple[UUID, Details, Rows]] = []
    again: dict[UUID, Details] = {}
    here: dict[bytes, UUID] = {}
    for person in able:
        marks = _marks(unit, authority_id, person)
        details = details_of(person, unit.today)
        pupil_id = found.get(marks[0]) or here.get(marks[0])
        is_new = pupil_id is None
        if pupil_id is None:
            pupil_id = new_id()
            fresh.append((pupil_id, details))
            matches += [_match(authority_id, pupil_id, mark) for mark in marks]
        elif marks[0] not in here:
            again[pupil_id] = details
        here[marks[0]] = pupil_id
        rows_of = Entering(
            pupil_id, authority_id, year, unit.today, by, known.get(pupil_id, NOTHING_KNOWN)
        ).person(person)
        counts["persons_new" if is_new else "persons_known"] += 1
        counts.update(entering.total([rows_of]))
        if is_new or not rows_of.is_empty():
            made.append((pupil_id, details, rows_of))
    rows.create(unit, authority_id, fresh)
    _insert(unit, made)
    counts["persons_filled"] += _fill(unit, grounds, authority_id, _still_ours(unit, authority_id, again))
    if matches:
        unit.connection.execute(insert(MATCHES), matches)
    _tie(unit, authority_id, made)
    _remember(unit, grounds, year, made, {pupil_id for pupil_id, _ in fresh})
    return Brought(counts)


# -- who is on record --------------------------------------------------------------------------------------


def _marks(unit: Unit, authority_id: UUID, person: Person) -> list[bytes]:
    """By what a person is found again: one digest, of the surest thing that is known."""
    if person.upn:
        said = f"upn {person.upn}"
    elif person.uln:
        said = f"uln {person.uln}"
    else:
        assert person.born_on is not None  # noqa: S101 check_person saw to it
        said = "name " + " ".join(
            map(str, name_key(person.forename or "", person.surname or "", person.born_on))
        )
    return [unit.keyring.blind_index("sen2_match.known_by", f"{authority_id} {said}")]


def _match(authority_id: UUID, pupil_id: UUID, mark: bytes) -> dict[str, Any]:
    return {"id": new_id(), "authority_id": authority_id, "pupil_id": pupil_id, "known_by": mark}


def _found(unit: Unit, authority_id: UUID, persons: Sequence[Person]) -> dict[bytes, UUID]:
    """The pupils that the authority has on record, by the first mark of each person."""
    marks = {_marks(unit, authority_id, one)[0]: one for one in persons}
    query = select(MATCHES.c.known_by, MATCHES.c.pupil_id).where(MATCHES.c.known_by.in_(list(marks)))
    found = {bytes(row.known_by): row.pupil_id for row in unit.connection.execute(query)}
    by_upn = {one.upn: mark for mark, one in marks.items() if one.upn and mark not in found}
    if not by_upn:
        return found
    holders = roll.holding(unit, [upn for upn in by_upn if upn])
    if not holders:
        return found
    # A case of this authority's, its sight ended or not, is what makes the row its own; being responsible
    # does not.
    ours: set[UUID] = set()
    wanted = sorted(set(holders.values()))
    for c in (REQUESTS.c, ASSESSMENTS.c, PLANS.c):
        query = select(c.pupil_id).where(c.pupil_id.in_(wanted), c.authority_id == authority_id)
        ours.update(unit.connection.scalars(query))
    t = TIES.c
    tied = select(t.pupil_id).where(t.pupil_id.in_(wanted), t.kind == CASE, t.organisation_id == authority_id)
    ours.update(unit.connection.scalars(tied))
    return found | {by_upn[upn]: pupil_id for upn, pupil_id in holders.items() if pupil_id in ours}


def _known(unit: Unit, authority_id: UUID, pupil_ids: Sequence[UUID]) -> dict[UUID, Known]:
    if not pupil_ids:
        return {}
    requests: defaultdict[UUID, list[Any]] = defaultdict(list)
    assessments: defaultdict[UUID, list[Any]] = defaultdict(list)
    plans: defaultdict[UUID, list[Any]] = defaultdict(list)
    for table, into in ((REQUESTS, requests), (ASSESSMENTS, assessments), (PLANS, plans)):
        for row in unit.connection.execute(select(table).where(table.c.pupil_id.in_(pupil_ids))):
            into[row.pupil_id].append(row)
    return {
        one: Known(
            received=frozenset(r.received_on for r in requests[one] if r.authority_id == authority_id),
            has_open_request=any(
                r.status in ("pending", "agreed") and r.ended_on is None for r in requests[one]
            ),
            outcomes=frozenset(a.outcome_on for a in assessments[one] if a.request_id is None),
            started=frozenset(p.made_on for p in plans[one]),
            has_open_plan=any(
                p.state in ("drafting", "draft_sent", "in_force", "ceasing") for p in plans[one]
            ),
            has_open_assessment=any(
                a.state in ("advising", "drafting", "draft_sent") for a in assessments[one]
            ),
        )
        for one in pupil_ids
    }


# -- writing -----------------------------------------------------------------------------------------------


def _insert(unit: Unit, made: Sequence[tuple[UUID, Details, Rows]]) -> None:
    at = {"recorded_at": unit.now}
    _name_schools(unit, [one for _, _, held in made for one in held.settings])
    tables: list[tuple[Any, list[dict[str, Any]]]] = [
        (REQUESTS, [_asked(unit, one | at) for _, _, held in made for one in held.requests]),
        (PLANS, [one | at for _, _, held in made for one in held.plans]),
        (ASSESSMENTS, [one | at | {"sealed": None} for _, _, held in made for one in held.assessments]),
        (SETTINGS, [_worded(unit, one | at, held) for _, _, held in made for one in held.settings]),
        (REVIEWS, [one | at for _, _, held in made for one in held.reviews]),
        (DISPUTES, [one | at for _, _, held in made for one in held.disputes]),
        (ITEMS, [one | {"made_at": unit.now} for _, _, held in made for one in held.items]),
        (STEPS, [one | at for _, _, held in made for one in held.steps]),
    ]
    for table, found in tables:
        if found:
            unit.connection.execute(insert(table), found)


def _name_schools(unit: Unit, settings: Sequence[dict[str, Any]]) -> None:
    """A setting whose URN is that of a school on this service is that school."""
    urns = sorted({one["urn"] for one in settings if one["urn"]})
    if not urns:
        return
    o = ORGANISATIONS.c
    query = select(o.urn, o.id).where(o.urn.in_(urns), o.kind == SCHOOL)
    here = {row.urn: row.id for row in unit.connection.execute(query)}
    for one in settings:
        one["school_id"] = here.get(one["urn"])


def _asked(unit: Unit, row: dict[str, Any]) -> dict[str, Any]:
    words = {"reasons": "", "told_family": False}
    if row["decided_on"] is not None:
        words |= {"decision_reasons": ""}
    sealed = unit.keys.seal(KeyOf.pupil(row["pupil_id"]), request_place(row["id"], 1), words)
    return row | {"sealed": sealed}


def _worded(unit: Unit, row: dict[str, Any], held: Rows) -> dict[str, Any]:
    words = held.words.get(row["id"])
    if words is None:
        return row
    place = setting_place(row["id"])
    return row | {"sealed": unit.keys.seal(KeyOf.pupil(row["pupil_id"]), place, {"words": words})}


def _still_ours(unit: Unit, authority_id: UUID, again: dict[UUID, Details]) -> dict[UUID, Details]:
    """Those of them whom the authority sees or is responsible for today, before anything is brought in.

    A case that is over is found again, so that its rows are not written twice; the child may be another
    authority's by now, and this one then writes nothing in the child's details.
    """
    t = TIES.c
    query = select(t.pupil_id).where(
        t.pupil_id.in_(list(again)),
        t.kind.in_((CASE, RESPONSIBLE)),
        t.organisation_id == authority_id,
        live(t, unit.today),
    )
    ours = set(unit.connection.scalars(query)) if again else set()
    return {one: details for one, details in again.items() if one in ours}


def _fill(unit: Unit, grounds: Grounds, authority_id: UUID, again: dict[UUID, Details]) -> int:
    """What stands nowhere yet of children who are on record already; what is there stays as it is."""
    if not again:
        return 0
    changes = []
    for row in pupils.rows_of(unit, again):
        before, said = pupils.open_row(unit, row), again[row.id]
        more = {
            name: getattr(said, name) for name in _FILLED if not getattr(before, name) and getattr(said, name)
        }
        if more.get("need_secondary") and more["need_secondary"] == (
            before.need_primary or more.get("need_primary")
        ):
            del more["need_secondary"]
        if before.upn or before.uln:
            more.pop("upn_unknown", None)
        if more:
            after = replace(before, **more)
            changes.append(rows.Rewrite(row.id, row.row_version, before, after, row.upn_index is not None))
    rows.rewrite(unit, authority_id, changes)
    for one in changes:
        names = differences(one.before, one.after)
        unit.record(
            grounds,
            Event.PUPIL_CHANGED,
            Chain.pupil(one.pupil_id),
            obj=("pupil", one.pupil_id),
            fields=names,
            payload={"before": as_told(one.before, names), "after": as_told(one.after, names)},
            source="sen2-import",
        )
    return len(changes)


def _tie(unit: Unit, authority_id: UUID, made: Sequence[tuple[UUID, Details, Rows]]) -> None:
    """The authority's sight of each case that is not over, by the request or the plan it comes from.

    It is responsible for a child with a plan in force, unless another one is: a file does not move a child.
    """
    planned = [pupil_id for pupil_id, _, held in made if any(one["ended_on"] is None for one in held.plans)]
    t = TIES.c
    query = select(t.pupil_id).where(t.pupil_id.in_(planned), t.kind == RESPONSIBLE, live(t, unit.today))
    elsewhere = set(unit.connection.scalars(query)) if planned else set()
    opened = []
    for pupil_id, _, held in made:
        opened += [
            ties.NewTie(
                pupil_id, CASE, unit.today, valid_to=until, organisation_id=authority_id, source_id=source_id
            )
            for source_id, until in held.sights.items()
        ]
    for pupil_id in sorted(set(planned) - elsewhere):
        opened.append(ties.NewTie(pupil_id, RESPONSIBLE, unit.today, organisation_id=authority_id))
    ties.open_many(unit, opened)


def _remember(
    unit: Unit,
    grounds: Grounds,
    year: Year,
    made: Sequence[tuple[UUID, Details, Rows]],
    fresh: set[UUID],
) -> None:
    for pupil_id, details, held in made:
        told = {"after": as_told(details, _TOLD)} if pupil_id in fresh else None
        unit.record(
            grounds,
            Event.SEN2_BROUGHT_IN,
            Chain.pupil(pupil_id),
            obj=("pupil", pupil_id),
            payload=told,
            year=year.year,
            requests=len(held.requests),
            plans=len(held.plans),
        )


_TOLD = (
    "legal_given",
    "legal_family",
    "born_on",
    "sex",
    "upn",
    "uln",
    "ethnicity",
    "postcode",
    "upn_unknown",
    "need_primary",
    "need_secondary",
)
