"""A second case, in which the authority is assessing: advice in every state, a panel behind and ahead."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from isp.access import gate
from isp.access.policy import Permission
from isp.demonstration.loading.steps import Step
from isp.demonstration.loading.world import World, at, weekday_before
from isp.demonstration.plans import plan_stories
from isp.documents import actions as filing
from isp.documents import queries as documents
from isp.documents.actions import Filing
from isp.documents.intake import Taken, take_in
from isp.escalations import actions, advice, advice_in, panels, parties, queries
from isp.escalations.rules import Limb

PUPIL, SCHOOL, AUTHORITY = "F34", "foxglove", "816"
OFFICER, MANAGER, THERAPIST, SOCIAL_WORKER = "A2-OF1", "A2-MAN", "A2-SLT", "A2-SW"
BEGAN = 77
"""Days ago, counted back to a weekday; everything else follows from it."""
REASONS = (
    "Her hearing aids, the radio aid and two years of planned support have not closed the gap in language. "
    "She understands one instruction in three in class, and the difference grows."
)
FAMILY_SAID = "She comes home tired and says that she only pretended to hear. We want her to have friends."
COVERS = ("needs", "provision", "outcomes")


@dataclass
class Affair:
    """What the steps hand on to each other."""

    request_id: UUID | None = None
    paper: UUID | None = None
    panel_id: UUID | None = None
    advice: dict[str, UUID] = field(default_factory=dict)

    @property
    def request(self) -> UUID:
        """The request, once it was made."""
        if self.request_id is None:
            raise LookupError("the request comes first")
        return self.request_id


def advising(world: World) -> Iterator[Step]:
    """The steps, where the plan was there in time; else none."""
    story = next(one for one in plan_stories(world.cast.today) if one.pupil == PUPIL)
    day = weekday_before(world.cast.today - timedelta(days=BEGAN))
    begun = at(day, 10, 20)
    if not story.versions or story.versions[0].published_at >= begun:
        return
    affair = Affair()
    for days, deed in (
        (0, _request),
        (9, _before_a_panel),
        (14, _decided),
        (16, _asked),
        (40, _answered),
        (52, _sent_back),
        (66, _by_mail),
        (70, _chased),
    ):
        yield Step(begun + timedelta(days=days), _With(deed, affair))


Deed = Callable[[World, datetime, Affair], None]


class _With:
    """One of the deeds below, with what the others found."""

    def __init__(self, deed: Deed, affair: Affair) -> None:
        self.deed, self.affair = deed, affair

    def __call__(self, world: World, moment: datetime) -> None:
        self.deed(world, moment, self.affair)


def _paper(text: str) -> Taken:
    return take_in(io.BytesIO(text.encode()), "report.txt", 10_000)


def _request(world: World, moment: datetime, affair: Affair) -> None:
    senco = world.somebody(SCHOOL, "SENCO", on=moment.date())
    with world.unit(moment, senco) as unit:
        pupil_id = world.pupil(unit, PUPIL)
        report = Filing("report", "S1", "Report of the teacher of the deaf", moment.date())
        text = "Her listening age is two years behind. Radio aid in every lesson; a small room for talk.\n"
        document_id = filing.add(unit, pupil_id, report, _paper(text))
    with world.unit(moment + timedelta(minutes=20), senco) as unit:
        decision = gate.require(unit, Permission.ASSESSMENT_REQUEST, pupil_id)
        affair.paper = documents.one(unit, document_id)[1].newest.id
        affair.request_id = actions.request_assessment(
            unit,
            pupil_id,
            received_on=unit.today,
            reasons=REASONS,
            release=[one.id for one in parties.releasable(unit, pupil_id, decision)[:1]],
            documents=[affair.paper],
            told_family=True,
        )
    with world.unit(moment + timedelta(hours=1), world.email(MANAGER)) as unit:
        officer_id = world.member(unit, OFFICER)
        if queries.requests_about(unit, pupil_id)[0].officer_id != officer_id:
            actions.assign(unit, affair.request, officer_id)


def _before_a_panel(world: World, moment: datetime, affair: Affair) -> None:
    """A panel looked at it, whose advice the decision names; another is to come."""
    with world.unit(moment, world.email(MANAGER)) as unit:
        place = world.organisations[AUTHORITY]
        affair.panel_id = panels.plan_panel(unit, place, kind="assess", held_on=moment.date())
    with world.unit(moment + timedelta(minutes=5), world.email(OFFICER)) as unit:
        item_id = panels.put_before(unit, affair.request, affair.panel_id)
    with world.unit(moment + timedelta(hours=3), world.email(OFFICER)) as unit:
        panels.recommend(
            unit,
            affair.panel_id,
            item_id,
            recommendation="assess",
            reasons="The school has done what its own means allow, and the gap grows.",
        )
    with world.unit(moment + timedelta(hours=4), world.email(MANAGER)) as unit:
        panels.hold(unit, affair.panel_id, members=("manager", "psychologist", "health", "senco"))


def _decided(world: World, moment: datetime, affair: Affair) -> None:
    with world.unit(moment, world.email(OFFICER)) as unit:
        actions.decide(
            unit,
            affair.request,
            decision="agree",
            limb_a=True,
            limb_b=True,
            reasons="She has special educational needs, and may need more than the school’s own means.",
            decided_on=unit.today,
            rests_on={
                "a": Limb(words="The plan, and the report"),
                "b": Limb(words="Three cycles of support"),
            },
        )


def _asked(world: World, moment: datetime, affair: Affair) -> None:
    """Of everybody the law names, and of a few more; one says no, one is no longer needed."""
    senco = world.somebody(SCHOOL, "SENCO", on=moment.date())
    with world.unit(moment, world.email(OFFICER)) as unit:
        people = {
            "b": world.person(unit, senco),
            "c": world.member(unit, THERAPIST),
            "e": world.member(unit, SOCIAL_WORKER),
        }
        elsewhere = {
            "a": "Her parents, by letter",
            "d": "Educational psychology service, Wrenmouth",
            "f": "Cochlear implant centre, Wrenmouth hospital",
            "h": "Deaf children’s youth club",
        }
        for kind in sorted({**people, **elsewhere}):
            affair.advice[kind] = advice.ask(
                unit,
                affair.request,
                kind=kind,
                asked_on=unit.today,
                adviser_id=people.get(kind),
                whom=elsewhere.get(kind, ""),
                representations=FAMILY_SAID if kind != "a" else "",
                documents=[affair.paper] if affair.paper else [],
            )
    with world.unit(moment + timedelta(days=6), world.email(OFFICER)) as unit:
        reason = "They assess nobody who wears hearing aids alone. By telephone."
        advice.record_declined(unit, affair.advice["f"], reason=reason)
        advice.withdraw(unit, affair.advice["h"], reason="The family no longer asks for it.")
        if affair.paper:
            day = unit.today
            agreed = dict.fromkeys(("author_agreed_on", "authority_agreed_on", "family_agreed_on"), day)
            advice.let_suffice(
                unit,
                affair.request,
                kind="f",
                document_version_id=affair.paper,
                author="Orla Rowan, teacher of the deaf",
                agreed=agreed,
            )


def _answered(world: World, moment: datetime, affair: Affair) -> None:
    """The school's is in and accepted, the family's letter too; the therapist hands hers in."""
    senco = world.somebody(SCHOOL, "SENCO", on=moment.date())
    written = {
        senco: ("b", "She follows one instruction in three.", "A radio aid, and words taught first.", "Two."),
        world.email(THERAPIST): (
            "c",
            "Her grammar is that of a child of seven.",
            "Weekly therapy.",
            "Tells.",
        ),
    }
    for by, (kind, needs, provision, outcomes) in written.items():
        with world.unit(moment, by) as unit:
            words = {"needs": needs, "provision": provision, "outcomes": outcomes}
            advice_in.save_draft(unit, affair.advice[kind], words)
        with world.unit(moment + timedelta(minutes=30), by) as unit:
            advice_in.hand_in(unit, affair.advice[kind])
    with world.unit(moment + timedelta(hours=2), world.email(OFFICER)) as unit:
        advice_in.check(unit, affair.advice["b"], accept=True, covers=COVERS, qualified=True)
        advice_in.file_received(
            unit,
            affair.advice["a"],
            received_on=unit.today - timedelta(days=3),
            author="Her mother and father",
            title="The parents’ letter",
            written_on=unit.today - timedelta(days=5),
            taken=_paper(FAMILY_SAID + "\n"),
        )
    with world.unit(moment + timedelta(hours=3), world.email(OFFICER)) as unit:
        advice_in.check(unit, affair.advice["a"], accept=True, covers=COVERS)


def _sent_back(world: World, moment: datetime, affair: Affair) -> None:
    with world.unit(moment, world.email(OFFICER)) as unit:
        missing = "How long is each session, who gives it, and what should she be able to do by when?"
        advice_in.check(unit, affair.advice["c"], accept=False, covers=("needs",), missing=missing)
    with world.unit(moment + timedelta(days=1), world.email(SOCIAL_WORKER)) as unit:
        advice_in.save_draft(unit, affair.advice["e"], {"needs": "She is an only child; no cousin near by."})


def _by_mail(world: World, moment: datetime, affair: Affair) -> None:
    """The psychologist's report comes by post, after its last day, and waits to be checked."""
    with world.unit(moment, world.email(OFFICER)) as unit:
        advice_in.file_received(
            unit,
            affair.advice["d"],
            received_on=unit.today - timedelta(days=1),
            author="Dr Ines Larch, educational psychologist",
            title="Psychological advice",
            written_on=unit.today - timedelta(days=6),
            taken=_paper("Her reasoning without words is that of her age; with words it is not.\n"),
        )


def _chased(world: World, moment: datetime, affair: Affair) -> None:
    with world.unit(moment, world.email(OFFICER)) as unit:
        said = "Wrote through the service: it is late, and the draft plan waits for it."
        advice.chase(unit, affair.advice["e"], on=unit.today, said=said)
    with world.unit(moment + timedelta(hours=1), world.email(MANAGER)) as unit:
        place, day = world.organisations[AUTHORITY], world.cast.today + timedelta(days=8)
        panel_id = panels.plan_panel(unit, place, kind="issue", held_on=day)
    with world.unit(moment + timedelta(hours=2), world.email(OFFICER)) as unit:
        panels.put_before(unit, affair.request, panel_id)
