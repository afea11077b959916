"""Ava's case in a database of its own: the deeds of the process through the real actions, and what is there.

Who does what is the world's; whether it may be done, and what it leaves, is the model's (``process``).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import time_machine
from sqlalchemy import bindparam, select

from isp.access.models import Grant
from isp.audit import Chain, Unit
from isp.audit.models import AuditEvent, AuditHead
from isp.audit.verify import verify_chain
from isp.ehcp import actions as contents
from isp.ehcp.steps import Happened, steps_of
from isp.escalations import (
    actions,
    advice,
    advice_in,
    advice_queries,
    assessing,
    consulting,
    disputing,
    drafting,
    filing,
    panels,
    queries,
)
from isp.escalations.course import Ending
from isp.escalations.disputed import DISPUTES
from isp.escalations.disputes import About, Kind, Result
from isp.escalations.filing import Filing
from isp.escalations.keeping import DUTIES, keep_missing
from isp.escalations.naming import Named
from isp.escalations.panel_queries import ITEMS
from isp.escalations.rules import Limb
from isp.escalations.upkeep import amending, ceasing, doors, orders, reassessing, reviewing, transferring
from isp.escalations.upkeep.rules import INVITEES
from isp.kernel.db import Base, table_of
from isp.kernel.ids import new_id
from isp.plans import actions as plans
from isp.records import saves
from isp.records.changes import changes_between
from isp.records.sent import Opened
from isp.register.content import Details
from tests.cast import Cast
from tests.ehcp.world import ready_content
from tests.escalations.advice_world import WORDS, paper
from tests.escalations.process import Model
from tests.escalations.world import BUILT, RECEIVED, Affair

EVENTS, HEADS, GRANTS = table_of(AuditEvent), table_of(AuditHead), table_of(Grant)
ALL = [table for table in Base.metadata.sorted_tables if table.name not in ("audit_event", "audit_head")]
LETTER = Details("Ava", "Planted", date(2016, 5, 14))
Laid = tuple[Cast, UUID, UUID]
NOBODY = new_id()
"""What is asked for where there is no such thing."""


class World:
    """The child, who acts for her, and the rows. ``instead``: who tries it in everybody's place."""

    def __init__(
        self, url: str, model: Model | None = None, today: date = RECEIVED, laid: Laid | None = None
    ) -> None:
        """``laid``: the cast of a template other than that of the other tests here."""
        engine = url.partition(":")[0]
        held = BUILT.get(engine)
        if laid is not None:
            BUILT[engine] = laid
        self.affair = Affair(url)
        if laid is not None and held is not None:
            BUILT[engine] = held
        self.cast = self.affair.cast
        self.ava = self.affair.ava
        self.model = model or Model()
        self.today = today
        self.instead: str | None = None
        self.moments = 0
        self.read: dict[Any, Any] = {}
        """What was read since the last deed."""
        if model is None:
            self.model.events = self.events()

    def close(self) -> None:
        self.cast.close()

    @contextmanager
    def by(self, who: str) -> Iterator[Unit]:
        officer = "olli" if self.model.where == "northshire" else "sid"
        name = self.instead or (officer if who == "officer" else who)
        with self.at_once(), self.cast.acting(name) as unit:
            yield unit

    def at_once(self) -> Any:
        """A moment of the day, after every one that was: what is recorded later is later on record."""
        self.moments += 1
        self.read.clear()
        return time_machine.travel(self._morning() + timedelta(seconds=self.moments), tick=False)

    def _morning(self) -> datetime:
        return datetime.combine(self.today, time(9), tzinfo=UTC)

    @contextmanager
    def reading(self) -> Iterator[Unit]:
        with self.cast.store.database.reading() as connection:
            yield Unit(self.cast.store, self.cast.actor("mia"), connection, holds_lock=False)

    def nights_work(self) -> None:
        """What the worker does every night: what has turned with the day is worked out anew."""
        with self.at_once(), self.cast.making() as unit:
            keep_missing(unit)

    # -- which rows are meant --------------------------------------------------------------------------

    def _id(self, query: Any) -> UUID:
        with self.reading() as unit:
            return unit.connection.scalar(query) or NOBODY

    @property
    def request(self) -> UUID:
        """The case that is open, or was the last: of a re-assessment, its own."""
        c = queries.REQUESTS.c
        return self._id(
            select(c.id).where(c.pupil_id == self.ava).order_by(c.recorded_at.desc(), c.id.desc()).limit(1)
        )

    @property
    def plan(self) -> UUID:
        c = doors.PLANS.c
        return self._id(
            select(c.id).where(c.pupil_id == self.ava).order_by(c.recorded_at.desc(), c.id.desc()).limit(1)
        )

    @property
    def review(self) -> UUID:
        c = doors.REVIEWS.c
        return self._id(
            select(c.id).where(c.pupil_id == self.ava).order_by(c.recorded_at.desc(), c.id.desc()).limit(1)
        )

    def advice(self, kind: str) -> UUID:
        c = advice_queries.ADVICE.c
        return self._id(
            select(c.id)
            .where(c.request_id == self.request, c.kind == kind)
            .order_by(c.recorded_at.desc(), c.id.desc())
            .limit(1)
        )

    def dispute(self, kind: Kind, about: About) -> UUID:
        c = DISPUTES.c
        return self._id(
            select(c.id)
            .where(c.pupil_id == self.ava, c.kind == kind.value, c.about == about.value)
            .order_by(c.recorded_at.desc(), c.id.desc())
            .limit(1)
        )

    def consultation(self, school: str) -> UUID:
        c = consulting.CONSULTATIONS.c
        of = c.school_id == self.cast.places["elmfield"] if school == "elmfield" else c.school_id.is_(None)
        return self._id(
            select(c.id)
            .where(c.pupil_id == self.ava, of)
            .order_by(c.recorded_at.desc(), c.id.desc())
            .limit(1)
        )

    def disputed(self, about: About) -> UUID:
        """By what a dispute is reached: the case, or the plan."""
        return self.request if about in (About.ASSESS, About.ISSUE) else self.plan

    # -- the request -----------------------------------------------------------------------------------

    def school_asks(self, day: date) -> None:
        with self.by("sara") as unit:
            actions.request_assessment(
                unit,
                self.ava,
                received_on=day,
                reasons="Two cycles did not close the gap.",
                release=[self.affair.versions[0].id] if self.model.support else [],
                told_family=True,
            )

    def parent_asks(self, day: date) -> None:
        with self.by("pam") as unit:
            actions.request_assessment(
                unit, self.ava, received_on=day, reasons="He is lost.", release=[], told_family=True
            )

    def clinic_writes(self, day: date) -> None:
        came = Filing(LETTER, "health", "Dr Reed", day, "Seen in clinic.", "Letter", "A letter asks")
        with self.by("officer") as unit:
            filing.file_request(unit, self.cast.places[self.model.where], came)

    def takes_it_back(self, day: date) -> None:
        with self.by(self.model.asker) as unit:
            actions.withdraw(unit, self.request)

    def decides(self, day: date, *, agree: bool) -> None:
        with self.by("officer") as unit:
            actions.decide(
                unit,
                self.request,
                decision="agree" if agree else "refuse",
                limb_a=True,
                limb_b=agree,
                reasons="As the evidence has it.",
                decided_on=day,
                rests_on={"a": Limb(words="It shows it."), "b": Limb(words="It shows it.")},
            )

    def ends(self, day: date, why: Ending) -> None:
        to = "330" if why is Ending.MOVED else None
        with self.by("officer") as unit:
            assessing.end(unit, self.request, why, day, moved_to=to)

    # -- the assessment --------------------------------------------------------------------------------

    def tells(self, day: date) -> None:
        with self.by("officer") as unit:
            assessing.tell_begun(unit, self.request, day)

    def asks_advice(self, day: date, kind: str) -> None:
        to = {"adviser_id": self.cast.people["eve"]} if kind == "d" else {"whom": "Dr Sample, the clinic"}
        with self.by("officer") as unit:
            advice.ask(unit, self.request, kind=kind, asked_on=day, **to)

    def chases(self, day: date, kind: str) -> None:
        with self.by("officer") as unit:
            advice.chase(unit, self.advice(kind), on=day, said="Rang; it is being typed.")

    def writes_advice(self, day: date) -> None:
        advice_id = self.advice("d")
        with self.by("eve") as unit:
            advice_in.save_draft(unit, advice_id, WORDS | {"needs": f"Seen for the {self.moments}th time"})
        with self.by("eve") as unit:
            advice_in.hand_in(unit, advice_id)

    def files_advice(self, day: date) -> None:
        with self.by("officer") as unit:
            advice_in.file_received(
                unit,
                self.advice("c"),
                received_on=day,
                author="Dr Sample, paediatrician",
                title="Report of the clinic",
                written_on=day,
                taken=paper(),
            )

    def checks_advice(self, day: date, kind: str, *, accept: bool) -> None:
        with self.by("officer") as unit:
            advice_in.check(
                unit,
                self.advice(kind),
                accept=accept,
                covers=("needs", "provision", "outcomes") if accept else ("needs",),
                missing="" if accept else "Say what is to be provided.",
            )

    def cannot_give(self, day: date, kind: str) -> None:
        with self.by("officer") as unit:
            advice.record_declined(unit, self.advice(kind), reason="Not known to the clinic.")

    def asks_no_longer(self, day: date, kind: str) -> None:
        with self.by("officer") as unit:
            advice.withdraw(unit, self.advice(kind), reason="It is in the other report.")

    def suffices(self, day: date) -> None:
        document = self._id(
            select(GRANTS.c.object_id)
            .where(GRANTS.c.source_id == self.request, GRANTS.c.object_type == "document")
            .limit(1)
        )
        agreed = dict.fromkeys(("author_agreed_on", "authority_agreed_on", "family_agreed_on"), day)
        with self.by("officer") as unit:
            advice.let_suffice(
                unit,
                self.request,
                kind="e",
                document_version_id=document,
                author="Dr Sample",
                agreed=agreed,
            )

    def puts_before_a_panel(self, day: date) -> None:
        place = self.cast.places[self.model.where]
        instead, self.instead = self.instead, None
        with self.by("mia" if self.model.where == "northshire" else "officer") as unit:
            panel = panels.plan_panel(unit, place, kind="other", held_on=day)
        self.instead = instead
        with self.by("officer") as unit:
            panels.put_before(unit, self.request, panel)

    def panel_says(self, day: date) -> None:
        query = (
            select(ITEMS).where(ITEMS.c.pupil_id == self.ava).order_by(ITEMS.c.added_at.desc(), ITEMS.c.id)
        )
        with self.reading() as unit:
            item = unit.connection.execute(query.limit(1)).first()
        with self.by("officer") as unit:
            panels.recommend(
                unit,
                item.panel_id if item else NOBODY,
                item.id if item else NOBODY,
                recommendation="support",
                reasons="The need is plain.",
            )

    def decides_plan(self, day: date, *, issue: bool) -> None:
        with self.by("officer") as unit:
            assessing.decide_plan(
                unit,
                self.request,
                decision="issue" if issue else "no_plan",
                necessary=issue,
                reasons="The advice says so.",
                on=day,
            )

    # -- the draft and the plan ------------------------------------------------------------------------

    def begins_to_write(self, day: date) -> None:
        with self.by("officer") as unit:
            contents.open_content(unit, self.plan)

    def writes_the_plan(self, day: date) -> None:
        """Words that nothing stops, in the draft that is open."""
        plan_id = self.plan
        with self.by("officer") as unit:
            opened: Opened = contents.open_draft(unit, plan_id)
            changes = changes_between(opened.draft.content, ready_content())
            saved = saves.save(unit, opened.draft, opened.draft.revision, changes)
            contents.remember_save(unit, opened.row, opened.decision, saved)

    def starts_the_next_draft(self, day: date) -> None:
        with self.by("officer") as unit:
            contents.start_draft(unit, self.plan)

    def sends_the_draft(self, day: date) -> None:
        with self.by("officer") as unit:
            drafting.send_draft(unit, self.request, day)

    def family_answers(self, day: date) -> None:
        with self.by("pam") as unit:
            drafting.answer_draft(unit, self.request, on=day, said="Section B leaves out his sleep.")

    def answer_comes_by_mail(self, day: date) -> None:
        with self.by("officer") as unit:
            drafting.answer_draft(unit, self.request, on=day, said="A letter: section B lacks sleep.")

    def meets_the_family(self, day: date) -> None:
        with self.by("officer") as unit:
            drafting.meeting_held(unit, self.request, day, "They went through section F.")

    def consults(self, day: date, school: str) -> None:
        whom: dict[str, Any] = {"name": "Beech College"}
        if school == "elmfield":
            whom = {"school_id": self.cast.places["elmfield"]}
        with self.by("officer") as unit:
            consulting.consult(unit, self.request, sent_on=day, **whom)

    def school_answers(self, day: date) -> None:
        with self.by("sena") as unit:
            consulting.answer(unit, self.consultation("elmfield"), said="yes")

    def files_a_schools_answer(self, day: date) -> None:
        with self.by("officer") as unit:
            consulting.file_answer(
                unit, self.request, self.consultation("beech"), said="no", on=day, reasons="It is full."
            )

    def issues(self, day: date) -> None:
        with self.by("officer") as unit:
            drafting.issue(unit, self.request, on=day, named=Named(school_id=self.cast.places["oakfield"]))

    def ends_the_schools_plan(self, day: date) -> None:
        with self.by("sara") as unit:
            plans.end_plan(unit, self.affair.plan, "needs_met", "Reached")

    # -- the reviews of a plan -------------------------------------------------------------------------

    def opens_a_review(self, day: date) -> None:
        with self.by("sara") as unit:
            reviewing.open_review(unit, self.plan)

    def invites(self, day: date) -> None:
        with self.by("sara") as unit:
            reviewing.invite(
                unit,
                self.review,
                meeting_on=day + timedelta(days=14),
                sent_on=day,
                invited=list(INVITEES),
            )

    def sends_papers(self, day: date) -> None:
        with self.by("sara") as unit:
            reviewing.send_papers(unit, self.review, sent_on=day, why_late="They came late.")

    def holds(self, day: date) -> None:
        with self.by("sara") as unit:
            reviewing.hold(
                unit,
                self.review,
                held_on=day,
                attended=["family", "head"],
                views="Ava likes the maps.",
                progress="Two steps out of three.",
            )

    def reports(self, day: date) -> None:
        with self.by("sara") as unit:
            reviewing.send_report(
                unit, self.review, sent_on=day, recommends="amend", report="More time is needed."
            )

    def decides_the_review(self, day: date, outcome: str) -> None:
        with self.by("officer") as unit:
            reviewing.decide(
                unit, self.review, outcome=outcome, reasons="As the report says.", decided_on=day
            )

    def calls_the_review_off(self, day: date) -> None:
        with self.by("officer") as unit:
            reviewing.cancel(unit, self.review, reason="Opened by mistake.")

    def gives_notice(self, day: date) -> None:
        with self.by("officer") as unit:
            amending.send_notice(unit, self.review, notice_on=day, changes="Section F: three sessions.")

    def proposes_a_change(self, day: date) -> None:
        with self.by("officer") as unit:
            amending.propose_change(unit, self.plan, notice_on=day, changes="Section F: three sessions.")

    def sends_the_amended_plan(self, day: date, *, answered: bool) -> None:
        with self.by("officer") as unit:
            amending.send_amended(unit, self.review, on=day, answered=answered)

    def leaves_it_as_it_is(self, day: date) -> None:
        with self.by("officer") as unit:
            amending.leave_as_it_is(unit, self.review, on=day, reasons="The family is content.")

    # -- assessed again, ceasing, moving ---------------------------------------------------------------

    def asks_to_assess_again(self, day: date) -> None:
        with self.by("pam") as unit:
            reassessing.ask(unit, self.plan, received_on=day, reasons="Much has changed.")

    def answers_about_assessing_again(self, day: date, *, agree: bool) -> None:
        with self.by("officer") as unit:
            reassessing.decide(
                unit,
                self.plan,
                decision="agree" if agree else "refuse",
                refusal=None if agree else "unnecessary",
                reasons="As the advice says.",
                decided_on=day,
            )

    def considers_ceasing(self, day: date) -> None:
        with self.by("officer") as unit:
            ceasing.consider(unit, self.plan, reason="2", considering_on=day, why="The outcomes are reached.")

    def hears(self, day: date, who: str) -> None:
        with self.by("officer") as unit:
            ceasing.record_answer(unit, self.plan, who=who, on=day, said="Nothing against it.")

    def decides_to_cease(self, day: date) -> None:
        with self.by("officer") as unit:
            ceasing.decide(unit, self.plan, decided_on=day, reasons="The outcomes are reached.")

    def lets_it_go_on(self, day: date) -> None:
        with self.by("officer") as unit:
            ceasing.drop(unit, self.plan, on=day, reasons="It is needed after all.")

    def ends_the_plan(self, day: date) -> None:
        with self.by("officer") as unit:
            ceasing.end(unit, self.plan, on=day)

    def records_the_death(self, day: date) -> None:
        with self.by("officer") as unit:
            ceasing.record_death(unit, self.plan, on=day)

    def learns_of_a_move(self, day: date, to_la: str) -> None:
        with self.by("officer") as unit:
            transferring.announce(unit, self.plan, to_la=to_la, known_on=day, moves_on=day)

    def calls_the_move_off(self, day: date) -> None:
        with self.by("officer") as unit:
            transferring.call_off(unit, self.plan, reason="They stay.")

    def hands_over(self, day: date) -> None:
        with self.by("officer") as unit:
            transferring.hand_over(unit, self.plan, on=day)

    def tells_that_it_has_the_plan(self, day: date) -> None:
        query = select(doors.PLANS.c.review_due_on).where(doors.PLANS.c.id == self.plan)
        with self.reading() as unit:
            due: date = unit.connection.scalar(query) or day
        with self.by("officer") as unit:
            transferring.tell_family(unit, self.plan, told_on=day, will_assess=False, review_by=due)

    # -- disputes --------------------------------------------------------------------------------------

    def asks_for_mediation(self, day: date, about: About) -> None:
        with self.by("pam") as unit:
            disputing.open_dispute(unit, self.disputed(about), Kind.MEDIATION, about, day)

    def gets_a_certificate(self, day: date, about: About) -> None:
        with self.by("pam") as unit:
            disputing.certificate(unit, self.disputed(about), self.dispute(Kind.MEDIATION, about), day)

    def mediates(self, day: date, about: About) -> None:
        with self.by("pam") as unit:
            disputing.held(unit, self.disputed(about), self.dispute(Kind.MEDIATION, about), day)

    def ends_a_mediation(self, day: date, about: About, result: Result) -> None:
        with self.by("officer") as unit:
            one = self.dispute(Kind.MEDIATION, about)
            disputing.close(unit, self.disputed(about), one, result, day)

    def appeals(self, day: date, about: About) -> None:
        with self.by("pam") as unit:
            if about is About.ASSESS:
                actions.record_appeal(unit, self.request, day)
            else:
                disputing.open_dispute(unit, self.disputed(about), Kind.APPEAL, about, day)

    def ends_an_appeal(self, day: date, about: About, result: Result) -> None:
        with self.by("officer") as unit:
            if about is About.ASSESS:
                said = "allowed" if result is Result.ASSESS else result.value
                actions.close_appeal(unit, self.request, said, day)
            else:
                one = self.dispute(Kind.APPEAL, about)
                disputing.close(unit, self.disputed(about), one, result, day)

    def does_what_was_agreed(self, day: date, about: About) -> None:
        c = DISPUTES.c
        agreed = self._id(
            select(c.id).where(
                c.pupil_id == self.ava,
                c.about == about.value,
                c.order_due_on.is_not(None),
                c.order_done_on.is_(None),
            )
        )
        with self.by("officer") as unit:
            disputing.order_done(unit, self.disputed(about), agreed, day)

    def does_what_was_ordered(self, day: date, act: str) -> None:
        c = orders.DUTIES.c
        owed = self._id(
            select(c.id)
            .where(c.pupil_id == self.ava, c.act == act)
            .order_by(c.done_on.is_(None).desc(), c.recorded_at.desc())
            .limit(1)
        )
        with self.by("officer") as unit:
            orders.done(unit, self.plan, owed, on=day)

    # -- what there is ---------------------------------------------------------------------------------

    def events(self) -> Counter[str]:
        """What the child's chain holds, by kind; of a step, by which."""
        query = select(EVENTS.c.act, EVENTS.c.canon).where(EVENTS.c.chain_id == Chain.pupil(self.ava).id)
        found: Counter[str] = Counter()
        with self.reading() as unit:
            for row in unit.connection.execute(query):
                detail = json.loads(row.canon).get("detail") or {}
                step = detail.get("step") or detail.get("code")
                found[f"{row.act}:{step}" if step else row.act] += 1
        return found

    def steps(self) -> list[Happened]:
        """The chronology with each authority, in the order in which it was recorded."""
        if "steps" not in self.read:
            places = ("northshire", "southshire") if self.model.where == "southshire" else ("northshire",)
            with self.reading() as unit:
                found = [one for place in places for one in steps_of(unit, self.ava, self.cast.places[place])]
            self.read["steps"] = sorted(found, key=lambda one: (one.recorded_at, one.id))
        return list(self.read["steps"])

    def duties(self) -> list[Any]:
        """The stored rows that the trays read."""
        with self.reading() as unit:
            return list(unit.connection.execute(select(DUTIES).where(DUTIES.c.pupil_id == self.ava)))

    def faults(self) -> list[Any]:
        """What ``verify`` finds wrong with the child's chain."""
        report = verify_chain(self.cast.store, Chain.pupil(self.ava))
        assert report is not None
        return list(report.faults)

    def everything(self) -> dict[str, Any]:
        """All rows of all tables but the ledger's, and where the child's chain stands."""
        with self.reading() as unit:
            rows: dict[str, Any] = {
                table.name: sorted(map(str, unit.connection.exec_driver_sql(f"SELECT * FROM {table.name}")))
                for table in ALL
            }
            head = select(HEADS.c.seq).where(HEADS.c.chain_id == Chain.pupil(self.ava).id)
            return rows | {"chain": unit.connection.scalar(head)}

    def rows(self, table: Any) -> list[Any]:
        """The child's rows of a table, oldest first."""
        if table not in self.read:
            if table not in _ROWS:
                order = (table.c.recorded_at,) if "recorded_at" in table.c else ()
                _ROWS[table] = (
                    select(table).where(table.c.pupil_id == bindparam("pupil")).order_by(*order, table.c.id)
                )
            with self.reading() as unit:
                self.read[table] = unit.connection.execute(_ROWS[table], {"pupil": self.ava}).all()
        return list(self.read[table])

    def disputes(self) -> dict[UUID, About]:
        """What each dispute is about."""
        return {row.id: About(row.about) for row in self.rows(DISPUTES)}

    def state(self) -> dict[str, Any]:
        """Where the case and the plan stand by the rows, in the model's words."""
        case, again, request = "none", False, None
        found = self.rows(queries.REQUESTS)
        if found:
            request = found[-1]
            again = request.reassesses is not None
            begun = [row for row in self.rows(doors.ASSESSMENTS) if row.request_id == request.id]
            case = _AS_ASSESSED[begun[-1].state] if begun else _AS_ASKED[request.status]
            if request.status == "refused":
                case = "refused"
        plans_made = [row for row in self.rows(doors.PLANS) if row.state in ("in_force", "ceasing", "ended")]
        plan = plans_made[-1] if plans_made else None
        review = [row for row in self.rows(doors.REVIEWS) if row.state not in ("closed", "cancelled")]
        ending = [row for row in self.rows(ceasing.CEASING) if row.state in ("considering", "decided")]
        moves = [row for row in self.rows(transferring.MOVES) if row.called_off_at is None]
        move = moves[-1] if moves else None
        held = plan is not None and plan.state != "ended"
        open_disputes = [row for row in self.rows(DISPUTES) if row.state == "open"]
        return {
            "case": case,
            "again": again,
            "plan": plan.state if plan is not None else "none",
            "review": ("noticed" if review[0].notice_on else review[0].state) if review else "",
            "ending": ending[0].state if ending else "",
            "heard": {
                who
                for row in ending
                for who in ("family", "school")
                if getattr(row, f"{who}_answered_on") is not None
            },
            "asked again": held and any(row.state == "pending" for row in self.rows(reassessing.REQUESTS)),
            "move": _move(move) if held and move is not None else "",
            "where": next(
                (name for name, place in self.cast.places.items() if plan and place == plan.authority_id),
                "northshire",
            ),
            "advice": {
                row.kind: row.state
                for row in self.rows(advice_queries.ADVICE)
                if request is not None and row.request_id == request.id
            },
            "consulted": {
                "elmfield" if row.school_id else "beech": row.state
                for row in self.rows(consulting.CONSULTATIONS)
                if request is not None and row.request_id == request.id
            },
            "appeals": {About(row.about) for row in open_disputes if row.kind == "appeal"},
            "mediations": {About(row.about) for row in open_disputes if row.kind == "mediation"},
            "owed": {row.act for row in self.rows(orders.DUTIES) if row.done_on is None and held}
            | {
                f"case {row.about}"
                for row in self.rows(DISPUTES)
                if row.order_due_on is not None and row.order_done_on is None
            },
        }


_ROWS: dict[Any, Any] = {}
_AS_ASKED = {"pending": "considering", "refused": "refused", "withdrawn": "ended", "agreed": "assessing"}
_AS_ASSESSED = {
    "advising": "assessing",
    "drafting": "drafting",
    "draft_sent": "draft_issued",
    "final": "final",
    "no_plan": "no_plan",
    "withdrawn": "ended",
    "moved": "ended",
    "ended": "ended",
}


def _move(row: Any) -> str:
    """Which move is known, or that the family is to be told of one that was made."""
    if row.transferred_on is None:
        return str(row.to_la)
    return "moved_in" if row.to_authority_id is not None and row.told_on is None else ""
