"""Ava's case with an assessment agreed, and the deeds about advice that most tests begin with."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.documents.intake import Taken, take_in
from isp.ehcp.models import CaseStep
from isp.escalations import advice, advice_in, advice_queries
from isp.escalations.advice_models import AdviceVersion
from isp.kernel.db import table_of
from isp.kernel.errors import DomainError
from tests.escalations.world import RECEIVED, Affair, on

AGREED = RECEIVED + timedelta(days=7)
SIX_WEEKS = timedelta(weeks=6)
DAY = timedelta(days=1)
WORDS = {"needs": "He tires after ten minutes", "provision": "Breaks", "outcomes": "Reads for twenty"}


def paper(text: bytes = b"What the report says\n") -> Taken:
    """A small file, fit to be kept."""
    return take_in(BytesIO(text), "report.txt", 10_000)


class Advising:
    """An agreed case of Ava's with olli; eve is a psychologist there, wes a social worker."""

    def __init__(self, affair: Affair, case: UUID | None = None) -> None:
        """``case``: one that was agreed already."""
        self.affair = affair
        self.case = case or affair.request()
        if case is None:
            affair.decide(self.case, "agree", day=AGREED)

    def ask(
        self, kind: str = "d", to: str | None = "eve", by: str = "olli", day: date = AGREED, **more: Any
    ) -> UUID:
        """Advice asked for and recorded on one day."""
        said: dict[str, Any] = {
            "kind": kind,
            "asked_on": day,
            "adviser_id": self.affair.person(to) if to else None,
            "whom": "" if to else "Dr Sample, Northshire Health",
        }
        with on(day), self.affair.cast.acting(by) as unit:
            return advice.ask(unit, self.case, **{**said, **more})

    def save(self, advice_id: UUID, by: str = "eve", day: date = AGREED, **words: str) -> advice_in.Saved:
        with on(day), self.affair.cast.acting(by) as unit:
            return advice_in.save_draft(unit, advice_id, words or WORDS)

    def hand_in(self, advice_id: UUID, by: str = "eve", day: date = AGREED) -> int:
        with on(day), self.affair.cast.acting(by) as unit:
            return advice_in.hand_in(unit, advice_id)

    def file(self, advice_id: UUID, day: date, by: str = "olli", **more: Any) -> int:
        said: dict[str, Any] = {
            "received_on": day,
            "author": "Dr Sample, paediatrician",
            "title": "Report of the clinic",
            "written_on": day,
            "taken": paper(),
        }
        with on(day), self.affair.cast.acting(by) as unit:
            return advice_in.file_received(unit, advice_id, **{**said, **more})

    def check(self, advice_id: UUID, by: str = "olli", day: date = AGREED, **more: Any) -> None:
        said: dict[str, Any] = {"accept": True, "covers": ("needs", "provision", "outcomes")}
        with on(day), self.affair.cast.acting(by) as unit:
            advice_in.check(unit, advice_id, **{**said, **more})

    def row(self, advice_id: UUID) -> Any:
        with self.affair.cast.making() as unit:
            query = select(advice_queries.ADVICE).where(advice_queries.ADVICE.c.id == advice_id)
            return unit.connection.execute(query).one()

    def versions(self, advice_id: UUID) -> list[Any]:
        table = table_of(AdviceVersion)
        with self.affair.cast.making() as unit:
            query = select(table).where(table.c.advice_id == advice_id).order_by(table.c.number)
            return list(unit.connection.execute(query))

    def steps(self) -> list[tuple[str, date]]:
        """The steps of the case about advice: code and day, as they were recorded."""
        table = table_of(CaseStep)
        with self.affair.cast.making() as unit:
            query = select(table).where(table.c.subject_id == self.case, table.c.code.like("advice%"))
            rows = unit.connection.execute(query.order_by(table.c.recorded_at, table.c.id))
            return [(row.code, row.happened_on) for row in rows]

    def own(self, advice_id: UUID, by: str, day: date = AGREED) -> Any:
        """What somebody is asked, as she sees it; the name of the error where she sees nothing."""
        try:
            with on(day), self.affair.cast.looking(by) as unit:
                return advice_queries.read_own(unit, advice_id)
        except DomainError as failure:
            return type(failure).__name__

    def overview(self, by: str = "olli", day: date = AGREED) -> Any:
        with on(day), self.affair.cast.looking(by) as unit:
            return advice_queries.of_case(unit, self.case)
