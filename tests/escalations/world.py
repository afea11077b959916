"""The standing cast with a plan of Ava's in two versions, and the deeds that most tests begin with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

import time_machine
from sqlalchemy import select

from isp.audit import Chain
from isp.audit.models import AuditEvent
from isp.audit.queries import Seen, of_chain
from isp.ehcp.steps import StepCode, Subject, note_step
from isp.escalations import actions, queries
from isp.escalations.queries import Case
from isp.escalations.rules import Limb
from isp.kernel.db import table_of
from isp.kernel.errors import DomainError
from isp.plans import queries as plans
from isp.records import versions
from isp.records.versions import Version
from tests.cast import Cast, small_plan, standing_cast

RECEIVED = date(2026, 11, 2)
"""A Monday. Six weeks on: 14 December. Its decision's two months run into February."""
NOON = "T12:00:00+00:00"
EVENTS = table_of(AuditEvent)


@contextmanager
def on(day: date | str) -> Iterator[None]:
    """The clock stands at noon of a day."""
    with time_machine.travel(f"{day}{NOON}", tick=False):
        yield


BUILT: dict[str, tuple[Cast, UUID, UUID]] = {}
"""What was laid out in each engine's template: its cast, Ava's plan, Ben's plan."""


def build(url: str) -> None:
    """Lay out the template: once a process and engine, for every test is given a copy."""
    # Moving on, so that olli's id is older than otis's: of two equally busy officers he comes first.
    with time_machine.travel(f"2026-09-07{NOON}", tick=True):
        cast = standing_cast(url)
        first, second = small_plan(), small_plan(strengths="Draws maps")
        plan = cast.plan("ava", "sara", first, second)
        BUILT[url.partition(":")[0]] = cast, plan, cast.plan("ben", "sara", small_plan())
    cast.close()


class Affair:
    """Ava's plan and what is asked about her. ``plan`` is the record's id, ``versions`` newest first."""

    def __init__(self, url: str) -> None:
        laid, self.plan, self.other_plan = BUILT[url.partition(":")[0]]
        self.cast = Cast(
            url,
            people=dict(laid.people),
            places=dict(laid.places),
            pupils=dict(laid.pupils),
            groups=dict(laid.groups),
        )
        with self.cast.making() as unit:
            self.versions: list[Version] = versions.page(unit, self.plan)
            self.others: list[Version] = versions.page(unit, self.other_plan)

    @property
    def ava(self) -> UUID:
        return self.cast.pupils["ava"]

    def person(self, name: str) -> UUID:
        return self.cast.people[name]

    def request(self, by: str = "sara", pupil: str = "ava", day: date = RECEIVED, **more: Any) -> UUID:
        """A request made and received on one day, which releases Ava's newest version."""
        release = [self.versions[0].id] if pupil == "ava" else []
        asked: dict[str, Any] = {
            "received_on": day,
            "reasons": "Two cycles did not close the gap.",
            "release": release,
            "told_family": True,
        }
        with on(day), self.cast.acting(by) as unit:
            return actions.request_assessment(unit, self.cast.pupils[pupil], **{**asked, **more})

    def considered(self, request_id: UUID, day: date = RECEIVED) -> UUID:
        """The family and the others have been told that it is considered; gives the request again."""
        row, by = self.row(request_id), self.person("olli")
        with on(day), self.cast.making() as unit:
            told = (row.authority_id, Subject.REQUEST, request_id, StepCode.CONSIDERING_TOLD, day)
            note_step(unit, row.pupil_id, *told, by=by)
        return request_id

    def decide(
        self, request_id: UUID, decision: str = "refuse", by: str = "olli", day: date = RECEIVED, **more: Any
    ) -> None:
        """A decision made and recorded on one day."""
        met = decision == "agree"
        said: dict[str, Any] = {
            "decision": decision,
            "limb_a": True,
            "limb_b": met,
            "reasons": "The school can meet these needs.",
            "decided_on": day,
            "rests_on": {"a": Limb(words="The plan shows it."), "b": Limb(words="The plan shows it.")},
        }
        with on(day), self.cast.acting(by) as unit:
            actions.decide(unit, request_id, **{**said, **more})

    def appeal(self, request_id: UUID, day: date, by: str = "pam") -> None:
        with on(day), self.cast.acting(by) as unit:
            actions.record_appeal(unit, request_id, day)

    def case(self, request_id: UUID, by: str, day: date = RECEIVED) -> Case:
        """The case as somebody sees it; raises what she gets."""
        with on(day), self.cast.looking(by) as unit:
            return queries.read_case(unit, request_id)

    def reads(self, by: str, number: int | None, day: date = RECEIVED, record: UUID | None = None) -> str:
        """ "yes", or the name of the error that somebody gets who opens a version."""
        try:
            with on(day), self.cast.looking(by) as unit:
                plans.read_version(unit, record or self.plan, number)
        except DomainError as failure:
            return type(failure).__name__
        return "yes"

    def sees(self, request_id: UUID, by: str, day: date = RECEIVED) -> str:
        """The same of the case."""
        try:
            self.case(request_id, by, day)
        except DomainError as failure:
            return type(failure).__name__
        return "yes"

    def row(self, request_id: UUID) -> Any:
        with self.cast.making() as unit:
            query = select(queries.REQUESTS).where(queries.REQUESTS.c.id == request_id)
            return unit.connection.execute(query).one()

    def trail(self, chain: Chain, code: str | None = None) -> list[Seen]:
        """A chain's events, oldest first, with what was sealed beside them."""
        with self.cast.making() as unit:
            found = of_chain(unit, chain, limit=500, open_payloads=True)
        return [seen for seen in reversed(found) if code is None or seen.event.code == code]

    def on_pupil(self, code: str, pupil: str = "ava") -> list[Seen]:
        return self.trail(Chain.pupil(self.cast.pupils[pupil]), code)

    def on_authority(self, code: str) -> list[Seen]:
        return self.trail(Chain.organisation(self.cast.places["northshire"]), code)
