"""The blueprint, and what several of the room's pages need."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, request

from isp.access.gate import Decision
from isp.access.policy import Permission, Standing
from isp.audit import Unit
from isp.escalations import assessments, evidence, family, filing, plainly
from isp.escalations.course import course_of, possible
from isp.escalations.deadlines import EXCUSES, Act, rules_on
from isp.escalations.duty import DUTY_STAGES, NO_DAY, TURN_WORDS, turn_on
from isp.escalations.queries import Case, side_of
from isp.escalations.stages import STAGE_WORDS
from isp.escalations.timeline import KEPT_WORDS, steps
from isp.people import directory
from isp.people.directory import NOBODY
from isp.register import pupils
from isp.web.shell import belongs_to

pages = Blueprint("escalations", __name__)


def shown_version() -> int | None:
    """The row version of what the page showed that was sent; None where it does not say."""
    return request.form.get("shown", type=int)


def layout_of(decision: Decision) -> str:
    """A family's page is one narrow column."""
    return "layouts/family.html" if side_of(decision) == "family" else "layouts/page.html"


def home_of(decision: Decision, pupil_id: UUID) -> tuple[str, str]:
    """Where a page about this pupil leads back to, and its words; the menu marks that page's entry."""
    if decision.standing == Standing.YOUNG_PERSON:
        home = "/my-plan", "My plan"
    elif decision.standing == Standing.PARENT:
        home = f"/my-child/{pupil_id}", "My child"
    else:
        home = f"/pupils/{pupil_id}", "The pupil’s page"
    belongs_to(home[0])
    return home


def about(pupil_id: UUID) -> str:
    """The school's and the family's page of a pupil's requests."""
    return f"/pupils/{pupil_id}/assessment"


def case_page(request_id: UUID) -> str:
    """The authority's page of a case."""
    return f"/cases/{request_id}"


def after(decision: Decision, pupil_id: UUID, request_id: UUID) -> str:
    """Where somebody goes on after a deed about a request."""
    return case_page(request_id) if side_of(decision) == "authority" else about(pupil_id)


def case_facts(unit: Unit, case: Case) -> dict[str, Any]:
    """What a page about one request needs, names included."""
    named = people(
        unit,
        (case.row.officer_id, case.row.made_by, case.row.decided_by, *(one.recorded_by for one in case.told)),
    )
    pupil = pupils.name(unit, case.row.pupil_id)
    if case.side != "authority":
        home_of(case.decision, case.row.pupil_id)
    is_me = case.decision.standing == Standing.YOUNG_PERSON
    return {
        "case": case,
        "help_near": family.help_near(unit, case.row.authority_id) if case.side == "family" else "",
        "items": evidence.items_of(unit, case),
        "row": case.row,
        "caption": pupil.full,
        "pupil": pupil,
        "named": named,
        "steps": steps(
            case.row,
            unit.today,
            [one.held for one in case.told],
            course_of(case.assessment) if case.assessment is not None else None,
        ),
        "test": assessments.words_of(unit, case.assessment) if case.assessment is not None else {},
        "deeds": possible(course_of(case.assessment)) if case.assessment is not None else frozenset(),
        "today": unit.today,
        "may": case.decision.can,
        "layout": layout_of(case.decision),
        "STAGE_WORDS": STAGE_WORDS,
        "KEPT_WORDS": KEPT_WORDS,
        "EXCUSES": EXCUSES,
        "plainly": plainly,
        "is_me": is_me,
        "they": "you" if is_me else pupil.given,
        "TURN_WORDS": TURN_WORDS,
        "Permission": Permission,
        "SOURCES": filing.SOURCES,
        "PROOFS": filing.PROOFS,
        "proofs": {
            code: (noted["seen"], date.fromisoformat(noted["on"]))
            for code, noted in case.words.get("proofs", {}).items()
        },
        "about": about(case.row.pupil_id),
        "href": case_page(case.row.id),
    }


def due_words(today: date) -> dict[str, Any]:
    """The words in which a list of what is due is shown."""
    rules = rules_on(today)
    return {
        "today": today,
        "turn_on": turn_on,
        "NO_DAY": NO_DAY,
        "STAGES": DUTY_STAGES,
        "TURN_WORDS": TURN_WORDS,
        "what_for": {act.value: rules.limit(act, today).what for act in Act},
    }


def people(unit: Unit, ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """People by name and role; an id nobody has any more says so."""
    wanted = {one for one in ids if one is not None}
    found = directory.names(unit, wanted) if wanted else {}
    return {one: found[one].with_role if one in found else NOBODY for one in wanted}
