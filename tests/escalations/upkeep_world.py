"""EHC plans in force: ava's at Oakfield (olli), eli's at Elmfield (otis), finn's in Southshire (sid)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import time_machine
from sqlalchemy import select

from isp.audit import Chain
from isp.audit.queries import Seen, of_chain
from isp.ehcp.models import StatutoryPlan
from isp.ehcp.steps import Happened, steps_of
from isp.escalations.upkeep import amending, ceasing, doors, reviewing
from isp.escalations.upkeep.rules import INVITEES
from isp.kernel.errors import DomainError
from isp.kernel.ids import new_id
from isp.people.roles import Role
from tests.cast import Cast, small_plan, standing_cast
from tests.escalations.world import NOON, on

MADE = date(2026, 1, 12)
DUE = date(2027, 1, 11)
"""Twelve months beginning with the day on which the plan was made."""
NOW = date(2026, 11, 2)
MEETING = date(2026, 11, 23)
BUILT: dict[str, tuple[Cast, UUID, dict[str, UUID]]] = {}


def build(url: str) -> None:
    """Lay out the template: once a process and engine, for every test is given a copy."""
    with time_machine.travel(f"2026-09-07{NOON}", tick=True):
        cast = standing_cast(url)
        isp = cast.plan("ava", "sara", small_plan())
        cast.member("mona", "southshire", Role.AUTHORITY_MANAGER)
        plans = {
            "ava": lay(cast, "ava", "northshire", "olli"),
            "eli": lay(cast, "eli", "northshire", "otis", made=date(2025, 9, 15)),
            "finn": lay(cast, "finn", "southshire", "sid"),
        }
        BUILT[url.partition(":")[0]] = cast, isp, plans
    cast.close()


def lay(
    cast: Cast,
    pupil: str,
    authority: str,
    officer: str,
    *,
    made: date = MADE,
    **given: Any,
) -> UUID:
    """A plan in force with the sight that its authority has of it; gives its id."""
    plan_id = new_id()
    row: dict[str, Any] = dict.fromkeys(
        (
            "record_id",
            "from_authority",
            "transferred_on",
            "draft_sent_on",
            "last_review_on",
            "phase_transfer",
            "phase_transfer_year",
            "residential",
            "work_based",
            "direct_payments",
            "cease_decided_on",
            "ended_on",
            "ended_reason",
            "days_late",
            "days_unexcused",
            "sealed",
        )
    ) | {
        "id": plan_id,
        "reference": f"P-{plan_id.hex[-8:]}",
        "pupil_id": cast.pupils[pupil],
        "authority_id": cast.places[authority],
        "officer_id": cast.people[officer],
        "origin": "here",
        "state": "in_force",
        "first_made_on": made,
        "made_on": made,
        "review_due_on": date(made.year + 1, made.month, made.day - 1),
        "row_version": 1,
    }
    place = cast.places[authority]
    with cast.making() as unit:
        unit.insert(StatutoryPlan, **{**row, **given}, recorded_at=unit.now)
        cast._tie(unit, cast.pupils[pupil], "case", organisation_id=place, source_id=plan_id)
        person = cast.people[officer]
        cast._tie(
            unit, cast.pupils[pupil], "caseload", organisation_id=place, person_id=person, source_id=plan_id
        )
    return plan_id


class Upkeep:
    """Ava's plan in force, and what is done about it."""

    def __init__(self, url: str) -> None:
        laid, self.isp, self.plans = BUILT[url.partition(":")[0]]
        self.cast = Cast(
            url,
            people=dict(laid.people),
            places=dict(laid.places),
            pupils=dict(laid.pupils),
            groups=dict(laid.groups),
        )
        self.plan = self.plans["ava"]

    def does(self, by: str, deed: Callable[..., Any], subject: UUID, day: date = NOW, **values: Any) -> Any:
        """Somebody does something on a day."""
        with on(day), self.cast.acting(by) as unit:
            return deed(unit, subject, **values)

    def reaches(self, by: str, permission: Any, day: date = NOW) -> str:
        """ "yes", or the name of the error that somebody gets who wants this of Ava's plan."""
        try:
            with on(day), self.cast.looking(by) as unit:
                doors.allowed_plan(unit, self.plan, permission)
        except DomainError as failure:
            return type(failure).__name__
        return "yes"

    # -- the steps of a review -------------------------------------------------------------------------

    def opened(self, by: str = "sara", **more: Any) -> UUID:
        found: UUID = self.does(by, reviewing.open_review, self.plan, **more)
        return found

    def invited(self, review_id: UUID, by: str = "sara", day: date = NOW, **more: Any) -> None:
        said: dict[str, Any] = {"meeting_on": MEETING, "sent_on": day, "invited": list(INVITEES)}
        self.does(by, reviewing.invite, review_id, day, **{**said, **more})

    def held(self, review_id: UUID, by: str = "sara", day: date = MEETING, **more: Any) -> None:
        said: dict[str, Any] = {
            "held_on": day,
            "attended": ["family", "head"],
            "views": "Ava likes the maps.",
            "progress": "Two steps out of three.",
        }
        self.does(by, reviewing.hold, review_id, day, **{**said, **more})

    def reported(self, review_id: UUID, by: str = "sara", day: date = date(2026, 12, 1), **more: Any) -> None:
        said: dict[str, Any] = {"sent_on": day, "recommends": "amend", "report": "More time."}
        self.does(by, reviewing.send_report, review_id, day, **{**said, **more})

    def decided(
        self, review_id: UUID, outcome: str, by: str = "olli", day: date = date(2026, 12, 14), **more: Any
    ) -> None:
        said: dict[str, Any] = {"outcome": outcome, "reasons": "As the report says.", "decided_on": day}
        self.does(by, reviewing.decide, review_id, day, **{**said, **more})

    def to_decide(self) -> UUID:
        """A review with its report in, on 1 December."""
        review_id = self.opened()
        self.invited(review_id)
        self.held(review_id)
        self.reported(review_id)
        return review_id

    def noticed(self) -> UUID:
        """An amendment of which the notice went out on 14 December."""
        review_id = self.to_decide()
        self.decided(review_id, "amend")
        self.does(
            "olli",
            amending.send_notice,
            review_id,
            date(2026, 12, 14),
            notice_on=date(2026, 12, 14),
            changes="Section F: three sessions a week.",
        )
        return review_id

    def considered(self, reason: str = "2", day: date = NOW) -> None:
        """The end is being considered, and the family and the school have answered."""
        self.does(
            "olli",
            ceasing.consider,
            self.plan,
            day,
            reason=reason,
            considering_on=day,
            why="The outcomes are reached.",
        )
        for who in ("family", "school"):
            self.does(
                "olli", ceasing.record_answer, self.plan, day, who=who, on=day, said="Nothing against it."
            )

    # -- what is there afterwards ----------------------------------------------------------------------

    def row(self, review_id: UUID) -> Any:
        with self.cast.making() as unit:
            query = select(doors.REVIEWS).where(doors.REVIEWS.c.id == review_id)
            return unit.connection.execute(query).one()

    def plan_row(self, pupil: str = "ava") -> Any:
        with self.cast.making() as unit:
            query = select(doors.PLANS).where(doors.PLANS.c.id == self.plans[pupil])
            return unit.connection.execute(query).one()

    def steps(self, authority: str = "northshire") -> list[Happened]:
        with self.cast.making() as unit:
            return steps_of(unit, self.cast.pupils["ava"], self.cast.places[authority])

    def trail(self, chain: Chain, code: str) -> list[Seen]:
        with self.cast.making() as unit:
            found = of_chain(unit, chain, limit=500, open_payloads=True)
        return [seen for seen in reversed(found) if seen.event.code == code]
