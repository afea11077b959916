"""Ava's EHC plan in the making at Northshire: olli writes it, eve and wes their sections, pam her words.

``ready_content()`` is what nothing stops; tests of other rooms that make versions begin with it.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from isp.access import grants
from isp.audit import Chain
from isp.audit.queries import Seen, of_chain
from isp.ehcp import actions, agreeing, content, queries
from isp.ehcp.models import PlanSetting, StatutoryPlan
from isp.ehcp.rules import CARE_PART, HEALTH_PART, Sort
from isp.escalations.advice_models import AdviceRequest
from isp.escalations.models import Assessment, AssessmentRequest
from isp.kernel import clock
from isp.kernel.errors import DomainError
from isp.kernel.ids import new_id
from isp.records import drafts
from isp.records.changes import changes_between
from isp.records.sent import Opened
from isp.records.shape import Content
from isp.records.versions import Version
from tests.cast import Cast, small_plan, standing_cast

MADE_ON = date(2026, 9, 1)
BUILT: dict[str, tuple[Cast, UUID]] = {}
WHAT = (
    "A speech and language programme of two-step instructions, set up by a speech and language therapist, "
    "who looks at the notes of the sessions in the first week of each half term."
)


def ready_content(**settled: list[dict[str, Any]]) -> Content:
    """A plan that nothing stops: matched, specified, quantified; ``settled``: entries instead."""
    need, outcome, provision, setting = (str(new_id()) for _ in range(4))
    sections: dict[str, list[dict[str, Any]]] = {
        "a": [
            {
                "id": str(new_id()),
                "order": "a",
                "whose": "child",
                "about": "interests",
                "words": "I like maps.",
            }
        ],
        "b": [{"id": need, "order": "a", "need": "Ava finds it hard to follow instructions of two steps."}],
        "e": [
            {
                "id": outcome,
                "order": "a",
                "needs": [need],
                "statement": (
                    "By July 2027 Ava will follow instructions of two steps in lessons, "
                    "4 times out of 5, without a repeat."
                ),
                "baseline": "Now once out of 5.",
                "measure": "A tally in 2 lessons a week.",
                "due_on": "2027-07-16",
            }
        ],
        "f": [
            {
                "id": provision,
                "order": "a",
                "needs": [need],
                "outcomes": [outcome],
                "what": WHAT,
                "delivered_by": "Speech and language therapist",
                "group_size": 1,
                "minutes": 20,
                "times": 3,
                "per": "week",
                "weeks": 38,
            }
        ],
        "i": [{"id": setting, "order": "a", "name": "Oakfield School", "type": "mainstream"}],
        **settled,
    }
    made = content.blank()
    for name, items in sections.items():
        made["sections"][name]["items"] = items
        made["sections"][name]["status"] = "in_progress"
    return content.load(made)


def with_health(made: Content) -> Content:
    """The same with a health need and its provision, so that the health body is asked."""
    need = str(new_id())
    sections = dict(made["sections"])
    sections["c"] = {**sections["c"], "items": [{"id": need, "order": "a", "need": "Asthma."}]}
    given = {"id": str(new_id()), "order": "a", "needs": [need], "what": "An inhaler before sport."}
    sections["g"] = {**sections["g"], "items": [given]}
    return content.load({**made, "sections": sections})


def build(url: str) -> None:
    """Lay out the template: once a process and engine, for every test is given a copy."""
    cast = standing_cast(url)
    plan = cast.plan("ava", "sara", small_plan())
    cast.case("ava", "northshire", "olli", {})
    BUILT[url.partition(":")[0]] = cast, plan
    cast.close()


def advised(
    cast: Cast, plan_id: UUID, pupil: str, authority: str = "northshire", **letters: str
) -> dict[str, UUID]:
    """An assessment that led to the plan, in which these were asked for advice, each under a letter.

    Gives the requests for advice by name.
    """
    request_id, assessment_id, day = new_id(), new_id(), clock.today()
    made = {name: new_id() for name in letters}
    whose = {"pupil_id": cast.pupils[pupil], "authority_id": cast.places[authority]}
    with cast.making() as unit:
        common: dict[str, Any] = {**whose, "recorded_at": unit.now, "row_version": 1}
        unit.insert(
            AssessmentRequest, id=request_id, reference=f"EHC-{request_id.hex[-8:]}", source="parent",
            made_by=cast.people["pam"], received_on=day, status="agreed", decided_on=day, ended_on=day,
            sealed=b"\x00", **common,
        )  # fmt: skip
        unit.insert(
            Assessment, id=assessment_id, request_id=request_id, plan_id=plan_id, kind="first",
            clock_from=day, begun_on=day, state="final", **common,
        )  # fmt: skip
        for name, letter in letters.items():
            unit.insert(
                AdviceRequest, id=made[name], request_id=request_id, assessment_id=assessment_id, kind=letter,
                adviser_id=cast.people[name], qualified=False, state="asked", asked_on=day, due_on=day,
                chases=0, number=0, drafted=0, asked_by=cast.people["olli"], sealed=b"\x00", **common,
            )  # fmt: skip
            cast._tie(
                unit, cast.pupils[pupil], "adviser", person_id=cast.people[name],
                organisation_id=cast.places[authority], source_id=made[name],
            )  # fmt: skip
    return made


class Desk:
    """An EHC plan of Ava's whose content is open; ``plan`` is its id, ``isp`` the school's plan's record."""

    def __init__(self, url: str) -> None:
        laid, self.isp = BUILT[url.partition(":")[0]]
        self.cast = Cast(
            url,
            people=dict(laid.people),
            places=dict(laid.places),
            pupils=dict(laid.pupils),
            groups=dict(laid.groups),
        )
        self.plan = self.lay_plan()
        self.advice = advised(self.cast, self.plan, "ava", eve="c", wes="e")

    @property
    def ava(self) -> UUID:
        return self.cast.pupils["ava"]

    def lay_plan(self, pupil: str = "ava", **given: Any) -> UUID:
        """A plan's row, without content."""
        made = new_id()
        row: dict[str, Any] = {
            "id": made,
            "reference": f"P-{made.hex[-8:]}",
            "pupil_id": self.cast.pupils[pupil],
            "authority_id": self.cast.places["northshire"],
            "record_id": None,
            "officer_id": self.cast.people["olli"],
            "origin": "here",
            "from_authority": None,
            "transferred_on": None,
            "state": "drafting",
            "draft_sent_on": None,
            "first_made_on": None,
            "made_on": None,
            "last_review_on": None,
            "review_due_on": None,
            "phase_transfer": None,
            "phase_transfer_year": None,
            "residential": None,
            "work_based": None,
            "direct_payments": None,
            "cease_decided_on": None,
            "ended_on": None,
            "ended_reason": None,
            "days_late": None,
            "days_unexcused": None,
            "sealed": None,
            "row_version": 1,
        }
        with self.cast.making() as unit:
            unit.insert(StatutoryPlan, **{**row, **given}, recorded_at=unit.now)
            sight: dict[str, Any] = {"organisation_id": self.cast.places["northshire"], "source_id": made}
            self.cast._tie(unit, self.cast.pupils[pupil], "case", **sight)
            olli = self.cast.people["olli"]
            self.cast._tie(unit, self.cast.pupils[pupil], "caseload", person_id=olli, **sight)
        return made

    def open(self, written: Content | None = None) -> None:
        """Open the content, as olli, and write this in it."""
        with self.cast.acting("olli") as unit:
            actions.open_content(unit, self.plan)
        if written is not None:
            self.write(written)

    def write(self, written: Content, by: str = "olli") -> None:
        """Make the draft say this, in one save."""
        from isp.records import saves

        with self.cast.acting(by) as unit:
            opened: Opened = actions.open_draft(unit, self.plan)
            changes = changes_between(opened.draft.content, written)
            saved = saves.save(unit, opened.draft, opened.draft.revision, changes)
            actions.remember_save(unit, opened.row, opened.decision, saved)

    def publish(
        self,
        sort: Sort = Sort.FINAL,
        by: str = "olli",
        on: date | None = None,
        reason: str = "The first plan",
    ) -> Version:
        with self.cast.acting(by) as unit:
            return actions.publish(unit, self.plan, sort, on or clock.today(), reason)

    def in_force(self, *, made_on: date = MADE_ON) -> Version:
        """The plan made, and in force."""
        version = self.publish(Sort.FINAL)
        with self.cast.making() as unit:
            unit.change(
                StatutoryPlan,
                {"id": self.plan},
                state="in_force",
                made_on=made_on,
                first_made_on=made_on,
            )
        return version

    def name_setting(self, school: str = "oakfield") -> None:
        """Section I names this school."""
        with self.cast.making() as unit:
            unit.insert(
                PlanSetting,
                id=new_id(),
                plan_id=self.plan,
                pupil_id=self.ava,
                named=True,
                rank=1,
                school_id=self.cast.places[school],
                urn=None,
                ukprn=None,
                code=None,
                entered_on=MADE_ON,
                left_on=None,
                residential=None,
                work_based=None,
                sealed=None,
                recorded_at=unit.now,
            )

    def revision(self) -> int:
        with self.cast.making() as unit:
            row = queries.plan_row(unit, self.plan)
            assert row is not None
            return drafts.read(unit, row.record_id).revision

    def name(self, part: str = HEALTH_PART, who: str = "eve", by: str = "olli", **more: Any) -> None:
        """The authority says who agrees for a body."""
        said: dict[str, Any] = {"person_id": self.cast.people[who], "body": "Northshire ICB", **more}
        with self.cast.acting(by) as unit:
            agreeing.name(unit, self.plan, part, **said)

    def sign(self, part: str = HEALTH_PART, by: str = "eve", **more: Any) -> None:
        said: dict[str, Any] = {"body": "Northshire ICB", "agreed_on": clock.today(), **more}
        shown = said.pop("shown") if "shown" in said else self.revision()
        with self.cast.acting(by) as unit:
            actions.sign_off(unit, self.plan, part, shown, **said)

    def release(self, version: Version) -> None:
        """Whoever was asked for advice may read this version, as it was released for the advice."""
        with self.cast.making() as unit:
            for advice_id in self.advice.values():
                grants.grant(unit, self.ava, advice_id, {version.id: version.digest})

    def sections(self, by: str, number: int | None = None) -> str:
        """The sections that somebody reads, in order; or the name of the error she gets."""
        try:
            with self.cast.looking(by) as unit:
                return " ".join(queries.read_version(unit, self.plan, number).content["sections"])
        except DomainError as failure:
            return type(failure).__name__

    def trail(self, code: str) -> list[Seen]:
        """Ava's events of a kind, oldest first."""
        with self.cast.making() as unit:
            found = of_chain(unit, Chain.pupil(self.ava), limit=500, open_payloads=True)
        return [seen for seen in reversed(found) if seen.event.code == code]


__all__ = ["CARE_PART", "HEALTH_PART", "Desk", "build", "ready_content", "with_health"]
