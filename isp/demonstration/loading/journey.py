"""One case from its request to an EHC plan: what an officer does on the way, each deed on its day.

A day before the child is on record here is recorded later with its own date, as an authority does that
brings an older case in: so a plan can be older than the demonstration's first school year.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from isp.access.policy import Permission
from isp.audit import Unit
from isp.demonstration.loading.steps import Step
from isp.demonstration.loading.world import World, at, weekday_before, weekday_from
from isp.demonstration.statutory import plan_content, statutory
from isp.documents.intake import take_in
from isp.ehcp import actions as contents
from isp.ehcp import checks
from isp.ehcp.rules import IN_PLACE, PARTS
from isp.escalations import (
    actions,
    advice,
    advice_in,
    assessing,
    assessments,
    drafting,
    filing,
    queries,
)
from isp.escalations.letters import actions as letters
from isp.escalations.letters import queries as letters_read
from isp.escalations.letters.content import Words
from isp.escalations.letters.recipients import recipients
from isp.escalations.letters.rules import HERE, Sending
from isp.escalations.naming import Named
from isp.escalations.rules import Limb
from isp.records import saves
from isp.records.changes import changes_between
from isp.register.content import Details

Deed = Callable[[Unit, date], Any]
_COVERS = ("needs", "provision", "outcomes")
_BODIES = {"health": "Humber and North Yorkshire ICB", "care": "Children’s social care, by its team manager"}


@dataclass
class Journey:
    """A case and who has it; ``steps`` grows as its days are told, in the order of time."""

    world: World
    pupil: str
    officer: str
    manager: str
    ready: datetime
    """The first school year's start."""
    steps: list[Step] = field(default_factory=list)
    request_id: UUID | None = None
    advice: dict[str, UUID] = field(default_factory=dict)

    @property
    def case(self) -> UUID:
        """The request, once it is on record."""
        if self.request_id is None:
            raise LookupError("the request comes first")
        return self.request_id

    @property
    def school(self) -> str:
        """The key of the child's school."""
        return self.world.cast.pupil(self.pupil).school

    @property
    def authority(self) -> str:
        """The code of the officer's authority."""
        return self.world.cast.member(self.officer).place

    def day(self, days_ago: int) -> date:
        """The weekday so long ago, or the one before it."""
        return weekday_before(self.world.cast.today - timedelta(days=days_ago - 1))

    # -- the deeds -------------------------------------------------------------------------------------

    def requested(self, days_ago: int, reasons: str) -> None:
        """A letter of the parents came, and the officer filed it."""

        def do(unit: Unit, day: date) -> None:
            child = self.world.cast.pupil(self.pupil)
            details = Details(child.forename, child.surname, child.born_on, upn=child.upn)
            filed = filing.Filing(
                details,
                source="parent",
                asked_by="Both parents",
                received_on=day,
                reasons=reasons,
                how="By post",
                why_looked="A letter of the parents came in",
            )
            self.request_id = filing.file_request(unit, self.world.organisations[self.authority], filed)

        self.officer_does(days_ago, do)
        self.assigned(days_ago)

    def assigned(self, days_ago: int) -> None:
        """The manager gives it to this officer, where chance gave it to another."""

        def do(unit: Unit, _day: date) -> None:
            officer_id = self.world.member(unit, self.officer)
            if queries.requests_about(unit, self.world.pupil(unit, self.pupil))[0].officer_id != officer_id:
                actions.assign(unit, self.case, officer_id)

        self.does(self.manager, days_ago, do)

    def decided(self, days_ago: int, decision: str, reasons: str) -> None:
        """Whether to assess."""

        def do(unit: Unit, day: date) -> None:
            actions.decide(
                unit,
                self.case,
                decision=decision,
                limb_a=True,
                limb_b=decision == "agree",
                reasons=reasons,
                decided_on=day,
                rests_on={
                    "a": Limb(words="What the school and the family wrote"),
                    "b": Limb(words="What the school has done, and what came of it"),
                },
            )

        self.officer_does(days_ago, do)

    def asked(self, days_ago: int, kind: str, *, of: str = "", whom: str = "") -> None:
        """Advice is asked for: of a member of staff of the cast, or of somebody elsewhere."""

        def do(unit: Unit, day: date) -> None:
            person = self.world.member(unit, of) if of else None
            self.advice[kind] = advice.ask(
                unit, self.case, kind=kind, asked_on=day, adviser_id=person, whom=whom
            )

        self.officer_does(days_ago, do)

    def advised(self, days_ago: int, kind: str, by: str, words: tuple[str, str, str]) -> None:
        """The adviser writes and hands in, and the officer accepts it."""
        typed = dict(zip(_COVERS, words, strict=True))
        self.does(by, days_ago, lambda unit, _: advice_in.save_draft(unit, self.advice[kind], typed))
        self.does(by, days_ago, lambda unit, _: advice_in.hand_in(unit, self.advice[kind]))
        self.accepted(days_ago, kind)

    def advice_came(self, days_ago: int, kind: str, author: str, title: str, text: str) -> None:
        """It came by mail; the officer files and accepts it."""

        def do(unit: Unit, day: date) -> None:
            advice_in.file_received(
                unit,
                self.advice[kind],
                received_on=day,
                author=author,
                title=title,
                written_on=day - timedelta(days=3),
                taken=take_in(io.BytesIO(text.encode()), "advice.txt", 10_000),
            )

        self.officer_does(days_ago, do)
        self.accepted(days_ago, kind)

    def accepted(self, days_ago: int, kind: str) -> None:
        """The officer looked it over."""
        self.officer_does(
            days_ago,
            lambda unit, _: advice_in.check(unit, self.advice[kind], accept=True, covers=_COVERS),
        )

    def drafted(self, days_ago: int) -> None:
        """There is to be a plan, and its content is written in one go."""
        self.officer_does(
            days_ago,
            lambda unit, day: assessing.decide_plan(
                unit,
                self.case,
                decision="issue",
                necessary=True,
                reasons=statutory()[self.pupil]["why"],
                on=day,
            ),
        )
        self.officer_does(days_ago, self._write)

    def _write(self, unit: Unit, day: date) -> None:
        plan_id = self.plan_id(unit)
        schools = {one.key: one.name for one in self.world.cast.schools}
        opened = contents.open_draft(unit, plan_id)
        written = plan_content(self.pupil, day, schools)
        saved = saves.save(
            unit, opened.draft, opened.draft.revision, changes_between(opened.draft.content, written)
        )
        contents.remember_save(unit, opened.row, opened.decision, saved)

    def draft_sent(self, days_ago: int) -> None:
        """The draft goes to the family, whose fifteen days begin."""
        self.officer_does(days_ago, lambda unit, day: drafting.send_draft(unit, self.case, day))

    def answered(self, days_ago: int, said: str) -> None:
        """The family's answer to the draft came by mail."""
        self.officer_does(
            days_ago, lambda unit, day: drafting.answer_draft(unit, self.case, on=day, said=said)
        )

    def signed_off(self, days_ago: int, part: str) -> None:
        """A body agreed to its sections in a letter, which the officer filed."""

        def do(unit: Unit, day: date) -> None:
            plan_id = self.plan_id(unit)
            draft = contents.open_draft(unit, plan_id).draft
            contents.sign_off(unit, plan_id, part, draft.revision, body=_BODIES[part], agreed_on=day)

        self.officer_does(days_ago, do)

    def issued(self, days_ago: int) -> None:
        """The final plan, which names the child's school."""
        words = statutory()[self.pupil]
        for part, sections in PARTS.items():
            if any(one in words for one in sections):
                self.signed_off(days_ago + 1, part)

        def do(unit: Unit, day: date) -> None:
            named = Named(school_id=self.world.organisations[self.school])
            drafting.issue(unit, self.case, on=day, named=named)

        self.officer_does(days_ago, do)

    def in_place(self, days_ago: int) -> None:
        """Somebody has looked: all that section F promises is given."""

        def do(unit: Unit, _day: date) -> None:
            found = checks.overview(unit, self.plan_id(unit))
            for check in (one for one in found.checks if one.row.state == "open"):
                for promised in found.promises:
                    seen = "Seen in the lessons of that week."
                    checks.record_finding(unit, check.row.id, promised.item_id, IN_PLACE, None, seen)
                checks.close_check(unit, check.row.id)

        self.officer_does(days_ago, do)

    # -- who does what ---------------------------------------------------------------------------------

    def officer_does(self, days_ago: int, do: Deed) -> None:
        """The officer, on that day."""
        self.does(self.officer, days_ago, do)

    def does(self, member: str, days_ago: int, do: Deed) -> None:
        """A member of staff of the cast; recorded then, or as soon as the child is on record here."""
        day, number = self.day(days_ago), len(self.steps)
        came = at(weekday_from(self.world.cast.pupil(self.pupil).entered_on), 16)
        first = max(self.ready, came) + timedelta(days=1, minutes=number)
        moment = max(at(day, 10, 15) + timedelta(minutes=number), first)

        def step(world: World, moment: datetime) -> None:
            with world.unit(moment, world.email(member)) as unit:
                do(unit, day)

        self.steps.append(Step(moment, step))

    def plan_id(self, unit: Unit) -> UUID:
        """The plan of the case. Raises LookupError before there is one."""
        row = assessments.needed(unit, self.case)
        if row.plan_id is None:
            raise LookupError("no plan yet")
        found: UUID = row.plan_id
        return found


def send_letter(
    unit: Unit, case_id: UUID, kind: str, day: date, particulars: dict[str, str] | None = None
) -> None:
    """A letter begun, dated and served on one day: here to who reads here, to others by post."""
    letter_id = letters.begin(unit, case_id, kind, dated_on=day, particulars=particulars)
    found = letters_read.reading_of(unit, letter_id, Permission.LETTER_WRITE)
    words = found.words
    closing = "Please ring or write where anything is unclear."
    letters.write(
        unit,
        letter_id,
        Words(words.opening, words.reasons, closing, words.particulars),
        dated_on=day,
    )
    to = recipients(unit, found.case, letters_read.wording_of(found.row)[1], words.particulars)
    sent = {one.key: Sending(HERE if one.here else "post", "By office") for one in to}
    proof = "Posted by the office, first class, with a certificate of posting."
    letters.serve(unit, letter_id, served_on=day, sent=sent, proof=proof)
