"""Home: for each thing somebody is here, what there is to do, in order. Nobody finds an empty page."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from isp.access.listing import grounds_of, record_list
from isp.access.models import Tie
from isp.access.policy import OrganisationPermission, Permission, Standing, may_in_organisation
from isp.access.standing import CASE, CASELOAD, SCHOOL, live
from isp.audit import Unit
from isp.caseload.colleagues import WithColleagues, with_colleagues
from isp.caseload.groups import Group, groups_of
from isp.caseload.menus import IN_CLASS, OVERSEERS, PLANNERS
from isp.caseload.positions import Positions, Post
from isp.caseload.to_sign import ToSign, to_sign
from isp.caseload.to_write import Asked, to_write
from isp.caseload.week import Week, week_of
from isp.escalations import consultations
from isp.escalations.consulting import ANSWERING
from isp.people.models import Organisation
from isp.people.roles import Role
from isp.register import pupils
from isp.register.pupils import PupilName
from isp.reviews.lists import Led, led_by_me

AT_SCHOOL = (*PLANNERS, *OVERSEERS, Role.DATA_PROTECTION_OFFICER)
"""Roles that reach every pupil of a school; a data protection officer may be an authority's as well."""
SUPPORT = (Role.PSYCHOLOGIST_OR_THERAPIST, Role.SOCIAL_WORKER)
WRITERS = (*PLANNERS, Role.CLASS_TEACHER, Role.TEACHING_ASSISTANT)
"""Roles that may be asked to write a section, or to answer questions."""


@dataclass(frozen=True, slots=True)
class Office:
    """A post from which nobody writes plans: what it may do here, and how many pupils there are."""

    post: Post
    on_roll: int
    imports: bool
    staff: bool
    history: bool
    reads_pupils: bool


@dataclass(frozen=True, slots=True)
class Authority:
    """A post at an authority: how many cases are given to the person, or are open there."""

    post: Post
    cases: int


@dataclass(frozen=True, slots=True)
class Home:
    """Everything on the page, each part for one thing that the person is."""

    held: Positions
    weeks: tuple[tuple[Post, Week], ...]
    offices: tuple[Office, ...]
    groups: tuple[Group, ...]
    authorities: tuple[Authority, ...]
    children: tuple[PupilName, ...]
    waiting: dict[UUID, WithColleagues]
    """By school, what is still with colleagues there."""
    to_write: tuple[Asked, ...]
    leads: Led | None
    """What a teacher leads; None for whoever has all of a school's reviews before her."""
    to_sign: tuple[ToSign, ...]
    consulted: int
    """How many draft EHC plans the actor's school is asked about."""
    searches: bool
    """Whether there is somebody to search for."""
    installation_is_empty: bool
    """For the operator: whether no organisation has been set up yet."""


def home(unit: Unit, held: Positions) -> Home:
    """The actor's home, who is ``held`` here; every list of names on it is recorded."""
    weeks = tuple((post, _week(unit, post)) for post in held.schools(*PLANNERS, Role.HEAD))
    led = {post.organisation_id for post, _ in weeks}
    offices = tuple(
        _office(unit, post)
        for post in _others(held)
        if post.organisation_id not in led or post.role == Role.DATA_PROTECTION_OFFICER
    )
    groups = tuple(groups_of(unit)) if held.holds(*IN_CLASS) else ()
    authorities = tuple(
        _authority(unit, post)
        for post in held.posts
        if post.kind == "authority" and post.role != Role.DATA_PROTECTION_OFFICER
    )
    children = _children(unit, held) if len(held.children) > 1 or held.posts else ()
    empty = held.is_operator and unit.connection.scalar(select(Organisation.id).limit(1)) is None
    return Home(
        held=held,
        weeks=weeks,
        offices=offices,
        groups=groups,
        authorities=authorities,
        children=children,
        waiting={
            post.organisation_id: with_colleagues(unit, post, week.pupils)
            for post, week in weeks
            if not week.is_first_use
        },
        leads=led_by_me(unit) if held.holds(Role.CLASS_TEACHER) and not weeks else None,
        to_write=to_write(unit, asked_as(held)) if held.holds(*WRITERS) else (),
        to_sign=to_sign(unit) if held.holds(Role.SENCO, Role.HEAD) else (),
        consulted=consultations.count(unit) if held.holds(*ANSWERING) else 0,
        searches=any(not week.is_first_use for _, week in weeks)
        or any(office.reads_pupils and office.on_roll for office in offices),
        installation_is_empty=empty,
    )


def asked_as(held: Positions) -> Standing:
    """As which somebody who holds one of WRITERS is asked to write."""
    return Standing.TEACHER if held.holds(*PLANNERS, Role.CLASS_TEACHER) else Standing.ASSISTANT


def _others(held: Positions) -> tuple[Post, ...]:
    roles = (*OVERSEERS, Role.DATA_PROTECTION_OFFICER)
    return tuple(post for post in held.posts if post.role in roles and post.role != Role.HEAD)


def _week(unit: Unit, post: Post) -> Week:
    week = week_of(unit, post.organisation_id)
    if week.names:
        record_list(unit, "week", week.names, grounds_of(post.role, post.organisation_id))
    return week


def _office(unit: Unit, post: Post) -> Office:
    on_roll = unit.connection.scalar(
        select(func.count(func.distinct(Tie.pupil_id))).where(
            Tie.organisation_id == post.organisation_id, Tie.kind == SCHOOL, live(Tie, unit.today)
        )
    )
    may = OrganisationPermission
    return Office(
        post,
        on_roll or 0,
        imports=may_in_organisation(post.role, may.PUPILS_IMPORT),
        staff=may_in_organisation(post.role, may.STAFF_READ),
        history=may_in_organisation(post.role, may.ORGANISATION_HISTORY_READ),
        reads_pupils=post.kind == "school",
    )


def _authority(unit: Unit, post: Post) -> Authority:
    query = select(func.count(func.distinct(Tie.pupil_id))).where(
        Tie.organisation_id == post.organisation_id, live(Tie, unit.today)
    )
    if post.role == Role.AUTHORITY_MANAGER:
        query = query.where(Tie.kind == CASE)
    else:
        query = query.where(Tie.kind == CASELOAD, Tie.person_id == unit.actor.person_id)
    return Authority(post, unit.connection.scalar(query) or 0)


def _children(unit: Unit, held: Positions) -> tuple[PupilName, ...]:
    found = pupils.names(unit, held.children) if held.children else {}
    if found:
        record_list(unit, "children", found, grounds_of(Standing.PARENT, None, Permission.PUPIL_READ))
    return tuple(sorted(found.values(), key=lambda name: (name.given, name.family)))


def only_advises(held: Positions) -> bool:
    """Whether somebody is here to give advice and for nothing else: her home is what is asked of her."""
    roles = {post.role for post in held.posts}
    return bool(roles) and roles <= set(SUPPORT) and not (held.children or held.own or held.is_operator)


def only_place(held: Positions) -> UUID | None:
    """The one child of somebody who is nothing else here: home is that child's page."""
    if held.posts or held.own or held.is_operator or len(held.children) != 1:
        return None
    return held.children[0]
