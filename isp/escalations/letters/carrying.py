"""What a letter carries out: advice asked of somebody elsewhere, a setting consulted, an appeal answered.

Whoever is on this service is asked in it; for everybody else the request is on record, and the letter is what
reaches her. So each such row is owed a letter until one is served, and the letter begins with what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from isp.audit import Unit
from isp.escalations import advice_queries, advice_rules, consulting, disputes
from isp.escalations.disputes import About
from isp.escalations.letters.wording import DISPUTE
from isp.escalations.subjects import CaseFile

REQUEST, CHASER, CONSULT, ANSWER = "advice_request", "advice_chaser", "consult_setting", "appeal_answer"


@dataclass(frozen=True, slots=True)
class Carried:
    """One thing that a letter carries out. ``by``: the day by which it goes; ``says``: its particulars."""

    kind: str
    about_id: UUID
    words: str
    whom: str
    on: date
    by: date | None
    says: Mapping[str, str] = field(default_factory=dict)
    is_owed: bool = True


def carried(unit: Unit, case: CaseFile) -> list[Carried]:
    """Everything of a case that letters carry out, owed or not: who is here needs none. After the gate."""
    return [*_advice(unit, case), *_consultations(unit, case), *_appeals(case.of(DISPUTE))]


def one_of(unit: Unit, case: CaseFile, kind: str, about_id: UUID | None) -> Carried | None:
    """What a letter of this kind carries out: the row that was asked for, else None."""
    return next((one for one in carried(unit, case) if (one.kind, one.about_id) == (kind, about_id)), None)


def _advice(unit: Unit, case: CaseFile) -> Iterable[Carried]:
    for request in case.requests:
        for row in advice_queries.rows_of_case(unit, request.id):
            if row.asked_on is None or row.state not in advice_rules.WITH_ADVISER:
                continue
            kind = advice_rules.KINDS[row.kind]
            whom = advice_queries.words_of(unit, row).get("whom", "")
            says = {
                "adviser_name": whom,
                "advice_part": f"{kind.title[:1].lower()}{kind.title[1:]}: advice under {kind.source}",
                "asked_on": row.asked_on.isoformat(),
            }
            away = row.adviser_id is None
            yield Carried(REQUEST, row.id, "Advice asked for", whom, row.asked_on, row.asked_on, says, away)
            late = row.due_on is not None and row.due_on < unit.today
            if late:
                yield Carried(CHASER, row.id, "Advice overdue", whom, row.due_on, None, says, away)


def _consultations(unit: Unit, case: CaseFile) -> Iterable[Carried]:
    for assessment in case.assessments:
        for asked in consulting.consultations_of(unit, assessment.id):
            row = asked.row
            if row.state == "open":
                says = {"setting_name": asked.name}
                yield Carried(
                    CONSULT, row.id, "Setting consulted", asked.name, row.sent_on, row.sent_on, says,
                    is_owed=row.school_id is None,
                )  # fmt: skip


def _appeals(rows: Iterable[Any]) -> Iterable[Carried]:
    for row in rows:
        about = disputes.ABOUT_WORDS[About(row.about)]
        says = {"appealed_decision": about, "registered_on": row.asked_on.isoformat()}
        yield Carried(
            ANSWER, row.id, "Appeal registered", about, row.asked_on, row.response_due_on, says,
            is_owed=row.answered_on is None,
        )  # fmt: skip
