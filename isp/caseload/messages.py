"""The messages of whoever is signed in: what happened, to whom where she may still know, and where it is.

A message stays when its reader may no longer see the child: then it says what happened and nothing more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from isp.access.listing import grounds_of, record_list
from isp.access.policy import AT_AUTHORITY, GRID, Permission, Standing
from isp.access.recipients import NEEDS
from isp.access.standing import standings
from isp.audit import Unit
from isp.caseload.positions import FAMILY
from isp.escalations.models import AssessmentRequest
from isp.kernel.db import table_of
from isp.notices.kinds import WITH_A_CODE, say
from isp.notices.models import NEW, Notice
from isp.plans.given import where_written
from isp.register import pupils
from isp.web.paging import Window

NOTICES, REQUESTS = table_of(Notice), table_of(AssessmentRequest)
_FIRST = {standing.value: number for number, standing in enumerate((*FAMILY, *Standing))}


@dataclass(frozen=True, slots=True)
class Message:
    """One message as its page shows it. ``name`` and ``href`` only where they open for her."""

    id: UUID
    at: datetime
    text: str
    is_new: bool
    name: str | None = None
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Towards:
    """How the reader stands towards a pupil: the standing that leads her there, and all she has."""

    standing: Standing
    organisation_id: UUID | None
    every: frozenset[Standing]
    case_id: UUID | None = None


Where = Callable[[UUID, Any, Towards], str]
"""The page that a message leads to: the pupil's id, the notice's row, how its reader stands."""


def _of_assessment(pupil_id: UUID, _row: Any, towards: Towards) -> str:
    if towards.case_id is not None:
        return f"/cases/{towards.case_id}"
    return f"/pupils/{pupil_id}/assessment"


def _advice_given(_pupil_id: UUID, row: Any, _towards: Towards) -> str:
    return f"/advice/{row.about}" if row.about else "/advice"


def _advice_in(_pupil_id: UUID, row: Any, _towards: Towards) -> str:
    return f"/cases/advice/{row.about}" if row.about else "/cases/advice"


def _letter(pupil_id: UUID, row: Any, _towards: Towards) -> str:
    return f"/letters/{row.about}" if row.about else f"/pupils/{pupil_id}/letters"


def _documents(pupil_id: UUID, _row: Any, _towards: Towards) -> str:
    return f"/pupils/{pupil_id}/documents"


def _answers(pupil_id: UUID, row: Any, _towards: Towards) -> str:
    return f"/questions/{row.about}" if row.about else f"/pupils/{pupil_id}"


def _to_write(_pupil_id: UUID, _row: Any, _towards: Towards) -> str:
    return "/to-write"


def _review(pupil_id: UUID, row: Any, _towards: Towards) -> str:
    return f"/reviews/{row.about}" if row.about else f"/pupils/{pupil_id}"


def _ehc_plan(pupil_id: UUID, row: Any, _towards: Towards) -> str:
    return f"/ehc-plans/{row.about}/reviews" if row.about else f"/pupils/{pupil_id}"


def _plan_answered(pupil_id: UUID, row: Any, _towards: Towards) -> str:
    return f"/ehc-plans/{row.about}/answers" if row.about else f"/pupils/{pupil_id}"


def _agreement(pupil_id: UUID, row: Any, _towards: Towards) -> str:
    return f"/ehc-plans/{row.about}/edit" if row.about else f"/pupils/{pupil_id}"


def _provision(_pupil_id: UUID, row: Any, _towards: Towards) -> str:
    return f"/ehc-plans/{row.about}/checks" if row.about else "/provision-checks"


def _out_of_school(pupil_id: UUID, row: Any, _towards: Towards) -> str:
    return f"/out-of-school/{row.about}" if row.about else f"/pupils/{pupil_id}"


def _countersigning(pupil_id: UUID, row: Any, _towards: Towards) -> str:
    return f"/plans/{row.about}/countersign" if row.about else f"/pupils/{pupil_id}"


def _consultation(_pupil_id: UUID, row: Any, _towards: Towards) -> str:
    return f"/consultations/{row.about}" if row.about else "/consultations"


WHERE: Mapping[str, Where] = {
    "countersign_asked": _countersigning,
    "countersign_given": _countersigning,
    "countersign_refused": _countersigning,
    "review_invited": _review,
    "review_moved": _review,
    "review_cancelled": _review,
    "review_due": _review,
    "review_overdue": _review,
    "review_closed": _review,
    "section_given": _to_write,
    "section_due": _to_write,
    "questions_asked": _to_write,
    "questions_due": _to_write,
    "questions_answered": _answers,
    "document_sent": _documents,
    "assessment_requested": _of_assessment,
    "assessment_decided": _of_assessment,
    "evidence_released": _of_assessment,
    "assessment_dates_changed": _of_assessment,
    "case_given": _of_assessment,
    "advice_asked": _advice_given,
    "advice_due": _advice_given,
    "advice_soon": _advice_given,
    "advice_overdue": _advice_given,
    "advice_missing": _advice_in,
    "advice_sent_back": _advice_given,
    "agreement_asked": _agreement,
    "advice_in": _advice_in,
    "consulted": _consultation,
    "consultation_due": _consultation,
    "consultation_overdue": _consultation,
    "setting_silent": _of_assessment,
    "case_moved_on": _of_assessment,
    "draft_plan_sent": _of_assessment,
    "letter_served": _letter,
    "ehc_plan_step": _ehc_plan,
    "provision_worry": _provision,
    "provision_check_due": _provision,
    "provision_check_overdue": _provision,
    "review_papers_due": _ehc_plan,
    "review_papers_overdue": _ehc_plan,
    "review_report_due": _ehc_plan,
    "review_report_overdue": _ehc_plan,
    "plan_answered": _plan_answered,
    "out_of_school": _out_of_school,
}
"""Kinds that lead elsewhere than to the pupil's own page."""


def rows_of(unit: Unit, window: Window) -> Sequence[Any]:
    """The actor's own messages, newest first: rows for ``read_page``."""
    n = NOTICES.c
    mine = select(NOTICES, NEW.label("is_new")).where(
        n.person_id == unit.actor.person_id, n.kind.not_in(sorted(WITH_A_CODE))
    )
    if window.position is not None:
        at, last = window.position
        beyond = (n.made_at > at, n.id > last) if window.backwards else (n.made_at < at, n.id < last)
        mine = mine.where(or_(beyond[0], and_(n.made_at == at, beyond[1])))
    order = (n.made_at, n.id) if window.backwards else (n.made_at.desc(), n.id.desc())
    return unit.connection.execute(mine.order_by(*order).limit(window.limit)).all()


def told(unit: Unit, rows: Iterable[Any]) -> list[Message]:
    """The rows as messages. That pupils are named to her is recorded, like any list of them."""
    listed = list(rows)
    towards = _towards(unit, {row.pupil_id for row in listed if row.pupil_id})
    shown = {row.id: towards[row.pupil_id] for row in listed if _opens(row, towards.get(row.pupil_id))}
    named = pupils.names(unit, {row.pupil_id for row in listed if row.id in shown})
    _record(unit, {row.pupil_id: towards[row.pupil_id] for row in listed if row.id in shown})
    sections = where_written(unit, [row.about for row in listed if row.kind == "section_done" and row.about])
    return [_message(row, shown.get(row.id), named, sections) for row in listed]


def _opens(row: Any, towards: Towards | None) -> bool:
    return towards is not None and bool(towards.every & GRID[NEEDS.get(row.kind, Permission.PUPIL_READ)])


def _message(
    row: Any,
    towards: Towards | None,
    named: Mapping[UUID, pupils.PupilName],
    sections: Mapping[UUID, str],
) -> Message:
    if towards is None:
        return Message(row.id, row.made_at, say(row.kind), row.is_new)
    is_family = towards.standing in FAMILY
    return Message(
        id=row.id,
        at=row.made_at,
        text=say(row.kind, plainly=is_family),
        is_new=row.is_new,
        name=None if towards.standing == Standing.YOUNG_PERSON else named[row.pupil_id].full,
        href=sections.get(row.about) or WHERE.get(row.kind, _own_page)(row.pupil_id, row, towards),
    )


def _own_page(pupil_id: UUID, _row: Any, towards: Towards) -> str:
    if towards.standing == Standing.YOUNG_PERSON:
        return "/my-plan"
    if towards.standing in FAMILY:
        return f"/my-child/{pupil_id}"
    return f"/cases/{towards.case_id}" if towards.case_id else f"/pupils/{pupil_id}"


def _towards(unit: Unit, pupil_ids: Collection[UUID]) -> dict[UUID, Towards]:
    if not pupil_ids:
        return {}
    of_all = standings(unit.actor.person_id, unit.today).subquery("standing")
    held = select(of_all).where(of_all.c.pupil_id.in_(sorted(pupil_ids)))
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in unit.connection.execute(held):
        found[row.pupil_id].append(row)
    first = {
        pupil_id: min(rows, key=lambda row: (_FIRST[row.standing], str(row.organisation_id)))
        for pupil_id, rows in found.items()
    }
    cases = _cases(unit, [pupil_id for pupil_id, row in first.items() if row.standing in AT_AUTHORITY])
    return {
        pupil_id: Towards(
            Standing(row.standing),
            row.organisation_id,
            frozenset(Standing(one.standing) for one in found[pupil_id]),
            cases.get((pupil_id, row.organisation_id)),
        )
        for pupil_id, row in first.items()
    }


def _cases(unit: Unit, pupil_ids: list[UUID]) -> dict[tuple[UUID, UUID], UUID]:
    """The newest case of each pupil at each authority."""
    if not pupil_ids:
        return {}
    r = REQUESTS.c
    query = select(r.pupil_id, r.authority_id, r.id).where(r.pupil_id.in_(pupil_ids))
    rows = unit.connection.execute(query.order_by(r.recorded_at, r.id))
    return {(row.pupil_id, row.authority_id): row.id for row in rows}


def _record(unit: Unit, named: Mapping[UUID, Towards]) -> None:
    lists: dict[tuple[Standing, UUID | None], list[UUID]] = defaultdict(list)
    for pupil_id, towards in named.items():
        lists[towards.standing, towards.organisation_id].append(pupil_id)
    for (standing, organisation_id), pupil_ids in lists.items():
        record_list(unit, "messages", pupil_ids, grounds_of(standing, organisation_id))
