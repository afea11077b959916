"""Reviews over the standing cast: the builders and the looks that these tests share."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from isp.access.policy import Permission
from isp.kernel import clock
from isp.kernel.ids import new_id
from isp.notices.models import Notice
from isp.plans import content as plan_content
from isp.records import drafts, saves, versions
from isp.records.changes import Change, Op
from isp.records.models import Record
from isp.records.shape import Content
from isp.register.models import CalendarEntry
from isp.reviews import actions, queries
from isp.reviews.actions import Closed, When, remember_save
from isp.reviews.models import Review
from isp.reviews.saving import open_report
from tests.cast import Cast
from tests.plans import desk as plans_desk


class Desk(plans_desk.Desk):
    """The application with the rooms that reviews touch."""

    def __init__(self, cast: Cast) -> None:
        from tests.guards.reaching import app_over

        self.cast = cast
        self.app = app_over(cast)
        self.app.config["PROPAGATE_EXCEPTIONS"] = True
        self.today = clock.today()

    # -- making ------------------------------------------------------------------------------------

    def planned(
        self, plan: UUID, *, led_by: str | None = "tom", by: str = "sara", on: date | None = None
    ) -> UUID:
        with self.cast.acting(by) as unit:
            leader = self.cast.people[led_by] if led_by else None
            return actions.plan_review(unit, plan, When(on=on or unit.today), leader)

    def open(self, review: UUID, by: str = "tom") -> UUID:
        with self.cast.acting(by) as unit:
            return actions.open_meeting(unit, review)

    def write(self, review: UUID, *changes: Change, by: str = "tom", at: int | None = None) -> drafts.Saved:
        """Write in the report, on the revision as it is or as somebody saw it."""
        with self.cast.acting(by) as unit:
            opened = open_report(unit, review)
            saved = saves.save(unit, opened.draft, opened.draft.revision if at is None else at, changes)
            remember_save(unit, opened.row, opened.decision, saved)
            return saved

    def fill(self, review: UUID, by: str = "tom", *, next: str = "continue", **decided: Any) -> None:  # noqa: A002
        """Say how every outcome went, and what was decided: all that closing asks for."""
        item = self.outcome(review)["id"]
        soon = (clock.today() + timedelta(days=80)).isoformat()
        values = {"decision": "continue_support", "next_review_on": soon} | decided
        self.write(
            review,
            Change(Op.SET, "outcomes", item, "result", "more"),
            Change(Op.SET, "outcomes", item, "next", next),
            *(Change(Op.SET, "decision", None, name, value) for name, value in values.items()),
            by=by,
        )

    def close(self, review: UUID, by: str = "tom") -> Closed:
        with self.cast.acting(by) as unit:
            row = queries.allowed(unit, review, Permission.REVIEW_READ)[0]
            return actions.close_review(unit, review, drafts.read(unit, row.review_record_id).revision)

    def term(self, school: str, starts: date, ends: date, kind: str = "term") -> None:
        """A stretch of a school's calendar."""
        with self.cast.making() as unit:
            unit.session.execute(
                insert(CalendarEntry),
                {
                    "id": new_id(),
                    "school_id": self.cast.places[school],
                    "kind": kind,
                    "name": kind,
                    "starts_on": starts,
                    "ends_on": ends,
                    "removed_at": None,
                    "made_at": unit.now,
                },
            )

    # -- looking -----------------------------------------------------------------------------------

    def row(self, review: UUID) -> Any:
        with self.cast.store.database.reading() as connection:
            return connection.execute(select(queries.REVIEWS).where(queries.REVIEWS.c.id == review)).one()

    def report(self, review: UUID) -> Content:
        """What the report says: its draft, or after closing its version."""
        row = self.row(review)
        with self.cast.acting("sara") as unit:
            if row.status == "closed":
                return versions.read(unit, row.review_record_id, 1).content
            return drafts.read(unit, row.review_record_id).content

    def report_revision(self, review: UUID) -> int:
        with self.cast.acting("sara") as unit:
            return drafts.read(unit, self.row(review).review_record_id).revision

    def outcome(self, review: UUID) -> dict[str, Any]:
        """The first outcome of the report."""
        found: dict[str, Any] = self.report(review)["sections"]["outcomes"]["items"][0]
        return found

    def aims(self, plan: UUID) -> list[dict[str, Any]]:
        """The outcomes of the plan's draft."""
        return list(self.content(plan)["sections"]["outcomes"]["items"])

    def in_force(self, plan: UUID) -> Content:
        with self.cast.acting("sara") as unit:
            number = unit.connection.scalar(select(Record.current).where(Record.id == plan))
            return plan_content.read(versions.read(unit, plan, number or 0).content)

    def notices(self, kind: str) -> set[str]:
        """Who was told of this."""
        names = {person: name for name, person in self.cast.people.items()}
        with self.cast.store.database.reading() as connection:
            rows = connection.execute(select(Notice.person_id).where(Notice.kind == kind))
            return {names[row.person_id] for row in rows}

    def count(self) -> int:
        with self.cast.store.database.reading() as connection:
            return len(connection.execute(select(Review.id)).all())
