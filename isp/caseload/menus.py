"""The menu of whoever is signed in: only pages that exist and that open for her."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from isp.access.policy import OrganisationPermission, may_in_organisation
from isp.audit import Unit
from isp.caseload.positions import Positions, positions, positions_known
from isp.kernel.errors import DomainError
from isp.people.at_the_door import who
from isp.people.here import actor, look
from isp.people.roles import Role
from isp.register import pupils
from isp.web.seams import Link

PLANNERS = (Role.SENCO, Role.DEPUTY_SENCO)
OVERSEERS = (Role.HEAD, Role.SAFEGUARDING_LEAD, Role.SEN_ADMINISTRATOR, Role.SCHOOL_OFFICE)
REVIEWERS = (*PLANNERS, Role.HEAD, Role.SEN_ADMINISTRATOR, Role.SAFEGUARDING_LEAD)
IN_CLASS = (Role.CLASS_TEACHER, Role.TEACHING_ASSISTANT)
SETTINGS = (
    OrganisationPermission.STAFF_READ,
    OrganisationPermission.PUPILS_IMPORT,
    OrganisationPermission.CALENDAR_WRITE,
    OrganisationPermission.PAGES_WRITE,
)
_IN_CLASS = ("/classes", "/pupils", "/plans", "/search")
_SET_UP = ("/staff", "/imports", "/calendar", "/banks", "/earlier-plans")
ADVISERS = (Role.PSYCHOLOGIST_OR_THERAPIST, Role.SOCIAL_WORKER)
AT_AUTHORITY = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_MANAGER)


def menu() -> Sequence[Link]:
    """The present visitor's menu; empty for nobody, and where the database does not answer.

    An error page has the menu too, and must not fail for want of it.
    """
    if actor().person_id is None:
        return ()
    signed_in = who()
    if signed_in is not None and (known := positions_known(signed_in)) is not None:
        return entries(known, {})
    try:
        with look() as unit:
            held = positions(unit, signed_in)
            return entries(held, _given_names(unit, held.children))
    except (DomainError, SQLAlchemyError):
        return ()


def entries(held: Positions, children: dict[UUID, str]) -> list[Link]:
    """The entries for what somebody is here. ``children``: how each tab is called."""
    found: list[Link] = []
    officer = any(post.role == Role.DATA_PROTECTION_OFFICER and post.kind == "school" for post in held.posts)
    if officer or held.holds(*PLANNERS, *OVERSEERS):
        found += [Link("Home", "/", also=("/search",)), Link("Pupils", "/pupils", also=("/plans",))]
        if held.holds(*REVIEWERS):
            found.append(Link("Reviews", "/reviews"))
        if may(held, OrganisationPermission.EHC_REVIEWS_READ):
            found.append(Link("EHC plans", "/annual-reviews", also=("/ehc-plans", "/out-of-school")))
        if held.holds(*IN_CLASS):
            found.append(Link("My classes", "/classes"))
    elif held.holds(Role.CLASS_TEACHER):
        found += [
            Link("My classes", "/", also=_IN_CLASS),
            Link("Reviews I lead", "/reviews/led", also=("/reviews",)),
            Link("To write", "/to-write"),
        ]
    elif held.holds(Role.TEACHING_ASSISTANT):
        found += [Link("My groups", "/", also=_IN_CLASS), Link("To write", "/to-write")]
    found += _at_an_authority(held)
    if may(held, OrganisationPermission.ORGANISATION_HISTORY_READ):
        found.append(Link("History", "/history"))
    if any(may(held, permission) for permission in SETTINGS):
        found.append(Link("Settings", "/settings", also=_SET_UP))
    found += [Link(name, f"/my-child/{pupil_id}") for pupil_id, name in children.items()]
    if held.own:
        found += [Link("My plan", "/my-plan"), Link("Who can see it", "/my-plan/who")]
    if found and found[0].href != "/" and held.posts:
        found.insert(0, Link("Home", "/"))
    return found


def _at_an_authority(held: Positions) -> list[Link]:
    found = []
    if held.holds(*AT_AUTHORITY):
        found += [
            Link("My cases", "/cases"),
            Link("All cases (by reference)", "/cases/all"),
            Link("Annual reviews", "/annual-reviews", also=("/ehc-plans", "/out-of-school")),
            Link("Performance", "/performance"),
            Link("QA audit", "/audits"),
            Link("SEN2", "/sen2"),
        ]
    if held.holds(*ADVISERS):
        found.append(Link("Advice asked of me", "/advice", also=("/pupils", "/plans")))
    return found


def may(held: Positions, permission: OrganisationPermission) -> bool:
    """Whether one of the posts allows this in its organisation."""
    return any(may_in_organisation(post.role, permission) for post in held.posts)


def _given_names(unit: Unit, children: Sequence[UUID]) -> dict[UUID, str]:
    if not children:
        return {}
    names = pupils.names(unit, children)
    # Two children of one forename are told apart by the surname.
    given = [name.given for name in names.values()]
    return {
        pupil_id: names[pupil_id].given if given.count(names[pupil_id].given) == 1 else names[pupil_id].full
        for pupil_id in children
        if pupil_id in names
    }
