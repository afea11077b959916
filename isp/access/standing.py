"""Standing as SQL: the one rule that lists, pages and searches share.

A person stands towards a pupil through a live tie of the pupil's:

- to an organisation in which the person holds a live role (school, former school, case at an authority);
- to a class or group that the person teaches or assists in, while still holding a role at that school;
- to the person: guardian, the young person herself, the officer or adviser a case was given to.

Towards one's own child a person is a parent only; a restriction that is not lifted denies everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    case,
    exists,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.selectable import CompoundSelect, FromClause

from isp.access.models import GroupStaff, Restriction, Tie
from isp.access.policy import GRID, Permission, Standing
from isp.kernel.db import table_of
from isp.kernel.prepared import Prepared
from isp.people.models import Membership, Person
from isp.people.roles import Role
from isp.people.sessions import ALSO

SCHOOL, FORMER_SCHOOL, GROUP = "school", "former_school", "group"
GUARDIAN, SELF, CASE, CASELOAD, ADVISER = "guardian", "self", "case", "caseload", "adviser"
AUDIT = "audit"
"""Somebody who audits or moderates the case, for the days of the audit."""
CONSULTED = "consulted"
"""A school that was consulted about a draft EHC plan, until it answers."""
RESPONSIBLE = "responsible"
"""The authority where the child lives. It gives nobody sight by itself."""
TIE_KINDS = frozenset(
    {SCHOOL, FORMER_SCHOOL, GROUP, GUARDIAN, SELF, CASE, CASELOAD, ADVISER, AUDIT, CONSULTED, RESPONSIBLE}
)

_AT_SCHOOL = frozenset(
    {
        Role.SENCO,
        Role.DEPUTY_SENCO,
        Role.SEN_ADMINISTRATOR,
        Role.HEAD,
        Role.SAFEGUARDING_LEAD,
        Role.SCHOOL_OFFICE,
        Role.DATA_PROTECTION_OFFICER,
    }
)
_AT_FORMER_SCHOOL = frozenset(
    {Role.SENCO, Role.DEPUTY_SENCO, Role.HEAD, Role.SAFEGUARDING_LEAD, Role.DATA_PROTECTION_OFFICER}
)
_CONSULTED = frozenset({Role.SENCO, Role.DEPUTY_SENCO, Role.HEAD})
_IN_GROUP = {Role.CLASS_TEACHER: Standing.TEACHER, Role.TEACHING_ASSISTANT: Standing.ASSISTANT}
_FAMILY = (Standing.PARENT.value, Standing.CARER.value, Standing.YOUNG_PERSON.value)
_ADVISERS = frozenset({Role.PSYCHOLOGIST_OR_THERAPIST, Role.SOCIAL_WORKER})


def live(table: Any, today: Any) -> ColumnElement[bool]:
    """Whether a dated row holds today and nobody ended it."""
    return and_(
        table.valid_from <= today,
        or_(table.valid_to.is_(None), table.valid_to >= today),
        table.ended_at.is_(None),
    )


def standings(
    person_id: Any,
    today: Any,
    *,
    pupil_id: Any = None,
    wanted: Iterable[Standing] | None = None,
) -> CompoundSelect[Any] | Select[*tuple[Any, ...]]:
    """Rows (pupil_id, standing, tie_id, organisation_id, source_id), one per standing and tie.

    ``wanted`` keeps only the ways that lead to one of these standings: the list of a parent does not ask
    which classes she teaches. ``pupil_id``: of one pupil alone; a column of a statement around this one ties
    the rows to its row, however deep they stand in it.
    """
    asked = frozenset(wanted) if wanted is not None else frozenset(Standing)
    ways = [
        way
        for way in (
            _by_membership(person_id, today, asked),
            _by_group(person_id, today, asked),
            _of_family(person_id, today, asked),
            _at_work(person_id, today, asked),
        )
        if way is not None
    ]
    if not ways:
        return select(
            Tie.pupil_id, literal("").label("standing"), Tie.id, Tie.organisation_id, Tie.source_id
        ).where(literal(1) == literal(0))
    if pupil_id is not None:
        ways = [_towards(way, pupil_id) for way in ways]
    return _allowed(ways, person_id, today)


def _towards(way: Select[*tuple[Any, ...]], pupil_id: Any) -> Select[*tuple[Any, ...]]:
    """The rows of one pupil.

    The ways become a derived table, in which SQLAlchemy ties nothing to the statement around it by itself: it
    would read that column's table a second time, and any one tie of the person's would answer for every row.
    """
    found = way.where(Tie.pupil_id == pupil_id)
    of: FromClause | None = getattr(pupil_id, "table", None)
    return found if of is None else found.correlate(of)


PERSON: Any = bindparam("person", type_=Uuid())
TODAY: Any = bindparam("today", type_=Date())
SCHOOL_ID: Any = bindparam("school", type_=Uuid())
"""What finished statements leave open: who asks, on which day, of which school."""

towards_one = Prepared(lambda: standings(PERSON, TODAY, pupil_id=bindparam("pupil", type_=Uuid())))
"""``standings`` towards one pupil, with the parameters person, pupil and today left open."""


def _has_family(person_id: ColumnElement[UUID], today: ColumnElement[date]) -> ColumnElement[bool]:
    """Whether this person is anybody's family here, or has a plan of her own."""
    mine = table_of(Tie).alias("family_tie")
    return exists(
        select(mine.c.id).where(
            mine.c.person_id == person_id, mine.c.kind.in_((GUARDIAN, SELF)), live(mine.c, today)
        )
    )


ALSO["family"] = _has_family


def told(pupil_id: Any, today: Any) -> ColumnElement[bool]:
    """Of a tie, whether its person is told of what becomes of the pupil's plan.

    Those are the guardians with parental responsibility, and the young person.
    """
    return and_(
        Tie.pupil_id == pupil_id,
        Tie.person_id.is_not(None),
        or_(Tie.kind == SELF, and_(Tie.kind == GUARDIAN, Tie.has_responsibility)),
        live(Tie, today),
    )


def onlookers(pupil_id: UUID, today: date) -> CompoundSelect[Any] | Select[*tuple[Any, ...]]:
    """Everybody who stands towards one pupil: the columns of ``standings`` and ``person_id``.

    The same rule read the other way round, so that "who can see" can never differ from what opens.
    """
    person = table_of(Person).c.id
    asked = frozenset(Standing)
    ways = [way(person, today, asked) for way in (_by_membership, _by_group, _of_family, _at_work)]
    towards = [
        way.add_columns(person.label("person_id")).where(Tie.pupil_id == pupil_id)
        for way in ways
        if way is not None
    ]
    return _allowed(towards, None, today)


def visible(person_id: Any, permission: Permission, today: Any) -> Select[UUID]:
    """The ids of the pupils towards whom this person has the permission: for ``IN``."""
    rows = standings(person_id, today, wanted=GRID[permission]).subquery("standing")
    return select(rows.c.pupil_id)


def _allowed(
    ways: Sequence[Select[*tuple[Any, ...]]], person_id: Any, today: Any
) -> Select[*tuple[Any, ...]]:
    """The rows of all ways but what is denied. Asked once for the sum of the ways, not in each of them.

    ``person_id`` None: whoever each row is of.
    """
    way = (union_all(*ways) if len(ways) > 1 else ways[0]).subquery("way")
    person_id = way.c.person_id if person_id is None else person_id
    return select(*way.c).where(
        ~_denied(person_id, way.c.pupil_id),
        or_(way.c.standing.in_(_FAMILY), ~_is_own_child(person_id, way.c.pupil_id, today)),
    )


def _row(standing: Any) -> Select[*tuple[Any, ...]]:
    return select(
        Tie.pupil_id.label("pupil_id"),
        standing.label("standing"),
        Tie.id.label("tie_id"),
        Tie.organisation_id.label("organisation_id"),
        Tie.source_id.label("source_id"),
    )


def _by_membership(person_id: Any, today: Any, asked: frozenset[Standing]) -> Select[*tuple[Any, ...]] | None:
    ways: list[ColumnElement[bool]] = []
    at_school = [role for role in _AT_SCHOOL if Standing(role) in asked]
    if at_school:
        ways.append(and_(Tie.kind == SCHOOL, Membership.role.in_(sorted(at_school))))
    if Standing.FORMER_SCHOOL in asked:
        ways.append(and_(Tie.kind == FORMER_SCHOOL, Membership.role.in_(sorted(_AT_FORMER_SCHOOL))))
    if Standing.AUTHORITY_MANAGER in asked:
        ways.append(and_(Tie.kind == CASE, Membership.role == Role.AUTHORITY_MANAGER))
    if Standing.CONSULTED in asked:
        ways.append(and_(Tie.kind == CONSULTED, Membership.role.in_(sorted(_CONSULTED))))
    if not ways:
        return None
    standing = case(
        (Tie.kind == FORMER_SCHOOL, Standing.FORMER_SCHOOL.value),
        (Tie.kind == CONSULTED, Standing.CONSULTED.value),
        else_=Membership.role,
    )
    return (
        _row(standing.cast(String))
        .select_from(Membership)
        .join(Tie, Tie.organisation_id == Membership.organisation_id)
        .where(
            Membership.person_id == person_id,
            live(Membership, today),
            live(Tie, today),
            or_(*ways),
        )
    )


def _by_group(person_id: Any, today: Any, asked: frozenset[Standing]) -> Select[*tuple[Any, ...]] | None:
    roles = [role.value for role, standing in _IN_GROUP.items() if standing in asked]
    if not roles:
        return None
    at_the_school = exists(
        select(Membership.id).where(
            Membership.person_id == person_id,
            Membership.organisation_id == GroupStaff.organisation_id,
            live(Membership, today),
        )
    )
    return (
        _row(GroupStaff.role.cast(String))
        .select_from(GroupStaff)
        .join(Tie, Tie.group_id == GroupStaff.group_id)
        .where(
            GroupStaff.person_id == person_id,
            GroupStaff.role.in_(sorted(roles)),
            live(GroupStaff, today),
            Tie.kind == GROUP,
            live(Tie, today),
            at_the_school,
        )
    )


def _of_family(person_id: Any, today: Any, asked: frozenset[Standing]) -> Select[*tuple[Any, ...]] | None:
    cases: list[tuple[ColumnElement[bool], Any]] = []
    if Standing.PARENT in asked:
        cases.append((and_(Tie.kind == GUARDIAN, Tie.has_responsibility), literal(Standing.PARENT.value)))
    if Standing.CARER in asked:
        carer = and_(Tie.kind == GUARDIAN, ~Tie.has_responsibility, Tie.has_care)
        cases.append((carer, literal(Standing.CARER.value)))
    if Standing.YOUNG_PERSON in asked:
        cases.append((Tie.kind == SELF, literal(Standing.YOUNG_PERSON.value)))
    if not cases:
        return None
    return (
        _row(case(*cases, else_=null()).cast(String))
        .select_from(Tie)
        .where(
            Tie.person_id == person_id,
            live(Tie, today),
            or_(*(condition for condition, _ in cases)),
        )
    )


def _at_work(person_id: Any, today: Any, asked: frozenset[Standing]) -> Select[*tuple[Any, ...]] | None:
    ways: list[ColumnElement[bool]] = []
    if Standing.OFFICER in asked:
        officers = (Role.AUTHORITY_MANAGER.value, Role.AUTHORITY_OFFICER.value)
        ways.append(and_(Tie.kind == CASELOAD, Membership.role.in_(officers)))
    if Standing.AUDITOR in asked:
        at_work = (Role.AUTHORITY_MANAGER.value, Role.AUTHORITY_OFFICER.value)
        ways.append(and_(Tie.kind == AUDIT, Membership.role.in_(at_work)))
    advisers = sorted(role.value for role in _ADVISERS if Standing(role) in asked)
    if advisers:
        ways.append(and_(Tie.kind == ADVISER, Membership.role.in_(advisers)))
    if not ways:
        return None
    standing = case(
        (Tie.kind == CASELOAD, Standing.OFFICER.value),
        (Tie.kind == AUDIT, Standing.AUDITOR.value),
        else_=Membership.role,
    )
    # Somebody who holds two of these roles in one place stands there once.
    return (
        _row(standing.cast(String))
        .distinct()
        .select_from(Tie)
        .join(Membership, Membership.organisation_id == Tie.organisation_id)
        .where(
            Tie.person_id == person_id,
            Membership.person_id == person_id,
            live(Tie, today),
            live(Membership, today),
            or_(*ways),
        )
    )


def _is_own_child(person_id: Any, pupil_id: Any, today: Any) -> ColumnElement[bool]:
    mine = Tie.__table__.alias("own_child")
    return exists(
        select(literal(1)).where(
            mine.c.person_id == person_id,
            mine.c.kind == GUARDIAN,
            mine.c.pupil_id == pupil_id,
            mine.c.valid_from <= today,
            or_(mine.c.valid_to.is_(None), mine.c.valid_to >= today),
            mine.c.ended_at.is_(None),
        )
    )


def _denied(person_id: Any, pupil_id: Any) -> ColumnElement[bool]:
    return exists(
        select(Restriction.id).where(
            Restriction.person_id == person_id,
            Restriction.pupil_id == pupil_id,
            Restriction.lifted_at.is_(None),
        )
    )
