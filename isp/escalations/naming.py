"""Which setting section I of a plan names, from when, and where the child is placed in fact.

A setting that is named has ``entered_on``, the first day for which the plan names it, and ``left_on``, the
last. Where the child is placed is on record beside it, with the days on which it truly began and ended: a
plan names a school long before a child goes there. All of this is part of deeds that ask and record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from isp.access.models import Tie
from isp.access.standing import SCHOOL, live
from isp.audit import Unit
from isp.audit.unit import MOVED_ON
from isp.ehcp import queries as plan_queries
from isp.ehcp.content import items_of
from isp.ehcp.models import PlanSetting
from isp.ehcp.vocabulary import configuration_on
from isp.escalations import assessments, parties, plan_rules, queries
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import Invalid
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.notices.actions import tell
from isp.people.models import Organisation
from isp.people.roles import Role

SETTINGS, ORGANISATIONS = table_of(PlanSetting), table_of(Organisation)
TABLE = "plan_setting"
FREE_TEXT = frozenset({"OTH", "NIEO"})
"""Codes beside which the yearly return has words; the name of any other setting stays here."""
_PLACE = ("name", "urn", "type")
_ASKED = frozenset({"school_id", "urn", "code", "name", "within", "residential", "work_based"})


@dataclass(frozen=True, slots=True)
class Terms:
    """What is said of the place at a setting, as the yearly return asks (items 4.2, 4.3, 4.7, 5.2, 5.3).

    Empty where it is not said, so that it is as it was; NONE where it is not so.
    """

    within: str = ""
    residential: str = ""
    work_based: str = ""

    @property
    def is_said(self) -> bool:
        return bool(self.within or self.residential or self.work_based)


UNSAID = Terms()


@dataclass(frozen=True, slots=True)
class Named:
    """A setting: a school on this system, one elsewhere by its number, or a code; and the place at it."""

    school_id: UUID | None = None
    urn: str | None = None
    code: str | None = None
    name: str = ""
    terms: Terms = UNSAID

    @property
    def is_chosen(self) -> bool:
        """Whether a setting is named, rather than only what kind of place it is."""
        return bool(self.school_id or self.urn or self.code or self.name.strip())


def of_plan(unit: Unit, plan_id: UUID) -> list[Any]:
    """Every setting of a plan, named or placed, the newest first. Says nothing of who may know."""
    c = SETTINGS.c
    query = select(SETTINGS).where(c.plan_id == plan_id)
    return list(unit.connection.execute(query.order_by(c.recorded_at.desc(), c.rank, c.id.desc())))


def said_of(unit: Unit, row: Any) -> str:
    """What was said of a setting beside its number or code."""
    if row.sealed is None:
        return ""
    said = unit.keys.open(KeyOf.pupil(row.pupil_id), Place(TABLE, "sealed", row.id, 1), row.sealed)
    return str(said.get("name") or said.get("words") or "")


def words_for(unit: Unit, row: Any) -> str:
    """What a setting is called: the school here, what was said of it, its number, or its kind."""
    name = said_of(unit, row)
    if row.school_id is not None:
        name = queries.organisation_names(unit, {row.school_id}).get(row.school_id, "")
    number = row.urn or row.ukprn
    kind = plan_rules.PLACED_CODES.get(row.code or "", "")
    return name or (f"School number {number}" if number else kind)


def name_setting(unit: Unit, plan: Any, named: Named, from_on: date) -> UUID | None:
    """The plan names this setting from a day on, and what it named before only until the day before.

    Its id; None where it is the one named already, and the same place at it. The school's SENCOs are told,
    where it is new to them.
    """
    c = SETTINGS.c
    query = select(SETTINGS).where(c.plan_id == plan.id, c.named.is_(True), c.left_on.is_(None))
    before = list(unit.connection.execute(query))
    same = before[0] if len(before) == 1 and is_same(unit, before[0], named) else None
    was = told_of(plan, same)
    if was is not None and not changes(was, named.terms):
        return None
    for row in before:
        where = {"id": row.id, "left_on": None}
        unit.change(PlanSetting, where, MOVED_ON, left_on=from_on - timedelta(days=1))
    made = insert(unit, plan, named, from_on, is_named=True, before=was)
    here = named.school_id if named.school_id != parties.school_of(unit, plan.pupil_id) else None
    if here is not None and same is None:
        told = parties.holders(unit, here, Role.SENCO, Role.DEPUTY_SENCO)
        tell(unit, told, "plan_names_school")
    return made


def asked(values: Mapping[str, Any]) -> tuple[Named, dict[str, Any]]:
    """From the answers of a form: the setting with its place, and the answers to the other questions."""
    terms = Terms(values["within"], values["residential"], values["work_based"])
    one = Named(values["school_id"], values["urn"] or None, values["code"] or None, values["name"], terms)
    return one, {key: value for key, value in values.items() if key not in _ASKED}


def check(named: Named, codes: Mapping[str, str] = plan_rules.SETTING_CODES) -> None:
    """Raise Invalid unless one setting is chosen, and what is said of the place can be."""
    plan_rules.check_named(
        named.urn, named.code, named.name, in_system=named.school_id is not None, codes=codes
    )
    check_place(named)


def check_place(named: Named) -> None:
    """Raise Invalid unless what is said of the place can be said of such a setting."""
    terms = named.terms
    plan_rules.check_place(terms.within, terms.residential, terms.work_based, is_school=not named.code)


def of_row(unit: Unit, row: Any, terms: Terms = UNSAID) -> Named:
    """The setting of a row, to be named or begun again."""
    called = "" if row.school_id is not None else said_of(unit, row)
    urn = None if row.school_id is not None else row.urn
    return Named(row.school_id, urn, row.code, called, terms)


def is_same(unit: Unit, row: Any, named: Named) -> bool:
    """Whether a row is of the setting that was chosen."""
    if named.school_id is not None:
        return bool(row.school_id == named.school_id)
    if named.urn:
        return bool(row.urn == named.urn)
    return bool(row.code == named.code) and said_of(unit, row) == named.name.strip()


def told_of(plan: Any, row: Any | None) -> Any | None:
    """A row, with what a file told of its plan and not of the row."""
    if row is None or row.entered_on is not None:
        return row
    said = {
        "residential": row.residential or plan.residential,
        "work_based": row.work_based or plan.work_based,
    }
    return SimpleNamespace(sen_unit=row.sen_unit, resourced=row.resourced, **said)


def columns_of(terms: Terms, before: Any | None = None) -> dict[str, Any]:
    """What the row of a setting holds of its place: as it is said, else as it was on the row ``before``."""
    columns: dict[str, Any] = {
        "sen_unit": before.sen_unit if before is not None else False,
        "resourced": before.resourced if before is not None else False,
    }
    if terms.within:
        columns = {code: terms.within == code for code in columns}
    for name, said in (("residential", terms.residential), ("work_based", terms.work_based)):
        was = getattr(before, name) if before is not None else None
        columns[name] = (None if said == plan_rules.NONE else said) if said else was
    return columns


def changes(row: Any, terms: Terms) -> dict[str, Any]:
    """What of a row's place is another, as it is said now."""
    return {name: new for name, new in columns_of(terms, row).items() if getattr(row, name) != new}


def words_of_place(row: Any) -> tuple[str, ...]:
    """What kind of place a row is of, in words; none where it is an ordinary one by day."""
    codes = [code for code in plan_rules.WITHIN if getattr(row, code, False)]
    said = [plan_rules.WITHIN[code] for code in codes]
    said += [
        plan_rules.RESIDENTIAL.get(row.residential or "", ""),
        plan_rules.WORK_BASED.get(row.work_based or "", ""),
    ]
    return tuple(one for one in said if one)


def insert(
    unit: Unit,
    plan: Any,
    one: Named,
    entered_on: date,
    *,
    is_named: bool,
    rank: int = 1,
    before: Any | None = None,
) -> UUID:
    """Insert a setting; its id. ``before``: whose place it is as far as nothing else is said."""
    made = new_id()
    called = one.name.strip()
    words = {"words" if one.code in FREE_TEXT else "name": called} if called else None
    unit.insert(
        PlanSetting,
        id=made,
        plan_id=plan.id,
        pupil_id=plan.pupil_id,
        named=is_named,
        rank=rank,
        school_id=one.school_id,
        urn=one.urn or parties.urn_of(unit, one.school_id),
        ukprn=None,
        code=one.code or None,
        entered_on=entered_on,
        left_on=None,
        **columns_of(one.terms, before),
        sealed=assessments.seal(unit, plan.pupil_id, TABLE, made, words),
        recorded_at=unit.now,
    )
    return made


def place_where_it_is(unit: Unit, plan: Any, named: Named) -> None:
    """Record the placement of a child who is on the roll of the school that is named, since she came there.

    Of one who is not there yet nothing is known: her first day is recorded when it has come.
    """
    c = SETTINGS.c
    known = select(c.id).where(c.plan_id == plan.id, c.named.is_(False))
    if named.school_id is None or unit.connection.execute(known.limit(1)).first() is not None:
        return
    since: date | None = unit.connection.scalar(
        select(func.min(Tie.valid_from)).where(
            Tie.pupil_id == plan.pupil_id,
            Tie.kind == SCHOOL,
            Tie.organisation_id == named.school_id,
            live(Tie, unit.today),
        )
    )
    if since is not None:
        rows = (one for one in of_plan(unit, plan.id) if one.named and one.left_on is None)
        insert(unit, plan, named, since, is_named=False, before=told_of(plan, next(rows, None)))


# -- section I, and what an officer chooses ----------------------------------------------------------------


def section_i(unit: Unit, plan_id: UUID) -> list[tuple[Any, ...]]:
    """What section I of the version in force says, to be compared; empty where no content is kept here."""
    held = plan_queries.content_in_force(unit, assessments.plan_now(unit, plan_id))
    entries = items_of(held[1], "i") if held is not None else ()
    return sorted(tuple(one.get(field) or "" for field in _PLACE) for one in entries)


def check_section_i(unit: Unit, plan_id: UUID, named: Named) -> None:
    """Section I of the version that was made just now is the setting that the authority names."""
    made = plan_queries.content_in_force(unit, assessments.plan_now(unit, plan_id))
    school, urn = named.name, named.urn
    if named.school_id is not None:
        school = queries.organisation_names(unit, {named.school_id}).get(named.school_id, "")
        urn = parties.urn_of(unit, named.school_id)
    field = "school_id" if named.school_id is not None else "urn" if named.urn else "code"
    offered = configuration_on(unit.today).options["ehc_setting_type"]
    plan_rules.check_section_i(
        items_of(made[1], "i") if made is not None else (),
        field=field,
        name=school,
        urn=urn,
        code=named.code,
        types={one.code: one.label for one in offered},
    )


def follow_section_i(
    unit: Unit, plan: Any, named: Named | None, from_on: date, before: list[tuple[Any, ...]]
) -> UUID | None:
    """Of a plan that was amended just now: write which setting it names, where that is another one.

    ``before``: what section I said until now; ``named``: what the officer chose, None for the same. Raises
    Invalid where the words of section I and her choice differ, or section I has changed and she chose none.
    """
    if named is not None and not named.is_chosen:
        named = _as_named(unit, plan.id, named.terms)
    if named is None:
        if section_i(unit, plan.id) != before:
            sentence = "Section I is another now than in the plan before. Say here which setting it names."
            raise Invalid(plan_rules.ATTENTION, {"school_id": sentence})
        return None
    check(named)
    if plan.record_id is not None:
        check_section_i(unit, plan.id, named)
    return name_setting(unit, plan, named, from_on)


def _as_named(unit: Unit, plan_id: UUID, terms: Terms) -> Named:
    """The setting that the plan names already, with another place at it."""
    rows = [one for one in of_plan(unit, plan_id) if one.named and one.left_on is None]
    if len(rows) != 1:
        sentence = "Choose the school or other setting as well of which you say this."
        raise Invalid(plan_rules.ATTENTION, {"school_id": sentence})
    return of_row(unit, rows[0], terms)
