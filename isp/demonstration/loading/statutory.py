"""What the authorities have beside requests and advice: a draft that is out, plans in force, their upkeep.

Seven children: a draft sent a few days ago (H08), a plan whose review waits for the decision (T33), one with
a notice of amendments out (F21), one whose review is overdue and whose end is considered (M05), a refusal
with a mediation open (T34), advice asked of the psychologist (H09); and the authority's own work.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from isp.access.office import texts
from isp.audit import Unit
from isp.demonstration.loading.journey import Journey, send_letter
from isp.demonstration.loading.steps import Step
from isp.demonstration.loading.world import World, at, weekday_from
from isp.escalations import consulting, disputing, excusing
from isp.escalations.audits import actions as audits
from isp.escalations.audits.actions import Wanted
from isp.escalations.audits.content import DECISIONS
from isp.escalations.deadlines import Circumstance
from isp.escalations.diary import actions as diary
from isp.escalations.disputes import About, Kind
from isp.escalations.upkeep import amending, ceasing, reviewing
from isp.escalations.work import cover
from isp.exchange import actions as sen2
from isp.register import pupils

OFFICER, COLLEAGUE, MANAGER, PSYCHOLOGIST, HEAD = "A1-OF1", "A1-OF2", "A1-MAN", "A1-EP", "H-HEA"
NEIGHBOUR, NEIGHBOURS_MANAGER = "A2-OF1", "A2-MAN"
AGREED = "There are special educational needs, and what the school can make from its own means is used up."
EVERYBODY = ("family", "head", "authority", "health", "social_care")
CONTACTS = {
    "sendiass": "The SENDIASS of this area: 01632 960101, sendiass@demonstration.example",
    "mediation": "Open Door Mediation: 01632 960102, mediation@demonstration.example",
    "disagreement": "Open Door Mediation also settles disagreements: 01632 960102",
    "schools": "The Local Offer, on our website, lists schools and colleges: https://localoffer.example",
}
_WEEK = 7


def statutory(world: World, first: date) -> Iterator[Step]:
    """The steps. ``first``: the first day on which anything is on record."""
    # Everybody has an account by then.
    ready = at(first + timedelta(days=7), 16, 30)
    for manager in (MANAGER, NEIGHBOURS_MANAGER):
        yield Step(ready, _Contacts(manager))
    for story in (_draft_out, _review_to_decide, _notice_out, _ending, _refused, _advice_asked):
        yield from story(world, ready).steps
    yield from _work(world)


class _Contacts:
    """The manager writes what the authority's letters must say about others."""

    def __init__(self, manager: str) -> None:
        self.manager = manager

    def __call__(self, world: World, moment: datetime) -> None:
        with world.unit(moment, world.email(self.manager)) as unit:
            here = world.organisations[world.cast.member(self.manager).place]
            for slug, body in CONTACTS.items():
                texts.save(unit, here, slug, body, edited=0)


def _draft_out(world: World, ready: datetime) -> Journey:
    """Fifteen weeks after the letter of Kai's parents their days to answer the draft run."""
    case = Journey(world, "H08", OFFICER, MANAGER, ready)
    case.requested(
        103, "Kai is sent home twice a week. The school has tried a great deal, and it is not enough."
    )
    _letter(case, 101, "considering")
    _entry(
        case,
        99,
        "call",
        "Kai’s mother",
        "She asked what happens now. Said what the letter says, and by when.",
    )
    case.decided(68, "agree", AGREED)
    _letter(case, 67, "will_assess")
    case.asked(66, "b", of=HEAD)
    case.asked(66, "d", of=PSYCHOLOGIST)
    case.asked(66, "a", whom="Kai’s mother and father, by letter")
    _entry(case, 50, "visit", "Kai and his class", "Saw him in mathematics, and at the workbench afterwards.")
    case.advised(
        37,
        "b",
        HEAD,
        (
            "He is out of class for a third of each week.",
            "A workbench, tasks in steps, an adult beside him.",
            "Fifteen minutes of a task of the class.",
        ),
    )
    case.advice_came(
        35, "a", "His mother", "The parents’ letter", "He wants to be good. He does not know how.\n"
    )
    case.advised(
        30,
        "d",
        PSYCHOLOGIST,
        (
            "Attention and working memory are those of a child of six; reasoning is that of his age.",
            "Ten times 45 minutes a week with a trained assistant, who cuts tasks into steps.",
            "He stays with a task of the class for fifteen minutes.",
        ),
    )
    case.drafted(12)
    case.draft_sent(4)
    _letter(case, 4, "draft_plan", {"enclosed_advice": "The school; the psychologist; the parents’ letter"})
    for school in ("foxglove", "heron"):

        def consult(unit: Unit, day: date, school: str = school) -> None:
            consulting.consult(unit, case.case, sent_on=day, school_id=world.organisations[school])

        case.officer_does(3, consult)
    _entry(
        case, 2, "call", "Kai’s mother", "She has read the draft, and wants to visit a second school first."
    )
    return case


def _review_to_decide(world: World, ready: datetime) -> Journey:
    """Will's plan came two weeks late, with an excuse; its first review waits for the decision."""
    case = Journey(world, "T33", OFFICER, MANAGER, ready)
    made, asked = 338, 338 + 22 * _WEEK
    case.requested(
        asked, "Will has been in school for half of the last term. We are afraid for his last years."
    )
    case.decided(asked - 35, "agree", AGREED)
    case.asked(asked - 38, "d", of=PSYCHOLOGIST)
    case.advised(
        asked - 75,
        "d",
        PSYCHOLOGIST,
        (
            "Verbal reasoning is superior; in groups he cannot follow who is speaking.",
            "Teaching in a group of four, twelve times a week.",
            "Forty minutes of work in a group.",
        ),
    )

    def away(unit: Unit, _day: date) -> None:
        told = Circumstance("absent", case.day(asked - 60), case.day(asked - 92))
        excusing.record_circumstance(
            unit,
            case.case,
            told,
            reason="The family was abroad, with a grandmother who was dying. No visit could be made.",
            evidence="The mother’s email, and the school’s register.",
        )

    case.officer_does(made + 40, away)
    case.drafted(made + 30)
    case.draft_sent(made + 24)
    case.answered(made + 12, "We agree. Please say in F that the pause is planned, not earned.")
    case.issued(made)
    case.in_place(made - 20)
    review: list[UUID] = []
    senco = "T-SEN"
    case.does(senco, 45, lambda unit, _: review.append(reviewing.open_review(unit, case.plan_id(unit))))
    case.does(
        senco,
        44,
        lambda unit, day: reviewing.invite(
            unit, review[0], meeting_on=case.day(20), sent_on=day, invited=EVERYBODY
        ),
    )
    case.does(senco, 37, lambda unit, day: reviewing.send_papers(unit, review[0], sent_on=day))
    case.does(
        senco,
        20,
        lambda unit, day: reviewing.hold(
            unit,
            review[0],
            held_on=day,
            attended=("family", "head", "authority"),
            views="Will wants to choose his college himself. His parents see him less tired.",
            progress="Lessons: 3 out of 5. Changes: 8 out of 10. Both outcomes are still right.",
            adulthood="Two visits to the college; the way there by bus is to be practised from January.",
        ),
    )
    case.does(
        senco,
        9,
        lambda unit, day: reviewing.send_report(
            unit,
            review[0],
            sent_on=day,
            recommends="amend",
            report="Name the college from September, and practise the way to it. The rest stays as it is.",
        ),
    )
    return case


def _notice_out(world: World, ready: datetime) -> Journey:
    """Freya's plan was reviewed; the notice of amendments went out a few days ago."""
    case = Journey(world, "F21", NEIGHBOUR, NEIGHBOURS_MANAGER, ready)
    made, asked = 374, 374 + 19 * _WEEK
    case.requested(asked, "Freya cannot hold a pencil, and by noon she is too tired to be taught.")
    case.decided(asked - 38, "agree", AGREED)
    case.drafted(made + 30)
    case.draft_sent(made + 22)
    case.answered(made + 8, "Nothing to add.")
    case.issued(made)
    case.in_place(made - 20)
    review: list[UUID] = []
    senco = "F-SEN"
    case.does(senco, 47, lambda unit, _: review.append(reviewing.open_review(unit, case.plan_id(unit))))
    case.does(
        senco,
        46,
        lambda unit, day: reviewing.invite(
            unit, review[0], meeting_on=case.day(27), sent_on=day, invited=EVERYBODY
        ),
    )
    case.does(senco, 43, lambda unit, day: reviewing.send_papers(unit, review[0], sent_on=day))
    case.does(
        senco,
        27,
        lambda unit, day: reviewing.hold(
            unit,
            review[0],
            held_on=day,
            attended=EVERYBODY,
            views="Freya wants to go to swimming with her class. Her parents ask for more speech therapy.",
            progress="Writing: reached. Talk in her group: 2 out of 4.",
        ),
    )
    case.does(
        senco,
        18,
        lambda unit, day: reviewing.send_report(
            unit,
            review[0],
            sent_on=day,
            recommends="amend",
            report="Therapy each week in place of each second.",
        ),
    )
    case.officer_does(
        11,
        lambda unit, day: reviewing.decide(
            unit,
            review[0],
            outcome="amend",
            reasons="The report shows that her speech needs more than was thought.",
            decided_on=day,
        ),
    )
    case.officer_does(
        5,
        lambda unit, day: amending.send_notice(
            unit,
            review[0],
            notice_on=day,
            changes="Section F: speech and language therapy each week. Evidence: the report of the review.",
        ),
    )
    return case


def _ending(world: World, ready: datetime) -> Journey:
    """Brandon's review is overdue; he has found paid work, and the end of his plan is being considered."""
    case = Journey(world, "M05", OFFICER, MANAGER, ready)
    made, asked = 396, 396 + 20 * _WEEK
    case.requested(asked, "Brandon needs somebody beside him to learn a job.")
    case.decided(asked - 35, "agree", AGREED)
    case.drafted(made + 32)
    case.draft_sent(made + 25)
    case.answered(made + 10, "Thank you.")
    case.issued(made)
    case.in_place(made - 20)
    case.officer_does(
        13,
        lambda unit, day: ceasing.consider(
            unit,
            case.plan_id(unit),
            reason="4",
            considering_on=day,
            why="The garden centre of his placement has offered him paid work for five days a week.",
        ),
    )
    case.officer_does(
        5,
        lambda unit, day: ceasing.record_answer(
            unit,
            case.plan_id(unit),
            who="school",
            on=day,
            said="The college agrees, once the job has begun and the coach has handed over.",
        ),
    )
    return case


def _refused(world: World, ready: datetime) -> Journey:
    """Grace's parents were refused an assessment, and have asked for mediation."""
    case = Journey(world, "T34", OFFICER, MANAGER, ready)
    case.requested(60, "Grace is in pain by noon, and misses the afternoons of two days in five.")
    refused = (
        "The school’s plan has been in place for two terms and she makes progress with it. Nothing shows "
        "that more is needed than the school can make."
    )
    case.decided(26, "refuse", refused)
    _letter(case, 25, "refuse_assess")
    _entry(
        case, 12, "mail_in", "Open Door Mediation", "The parents have asked for mediation about the refusal."
    )
    case.officer_does(
        12,
        lambda unit, day: disputing.open_dispute(
            unit, case.case, kind=Kind.MEDIATION, about=About.ASSESS, on=day
        ),
    )
    return case


def _advice_asked(world: World, ready: datetime) -> Journey:
    """Ruby is being assessed: the psychologist has been asked, and has three weeks left."""
    case = Journey(world, "H09", OFFICER, MANAGER, ready)
    case.requested(55, "Ruby has not been in school for four weeks.")
    case.decided(24, "agree", AGREED)
    case.asked(21, "d", of=PSYCHOLOGIST)
    case.asked(21, "b", of=HEAD)
    return case


def _letter(case: Journey, days_ago: int, kind: str, particulars: dict[str, str] | None = None) -> None:
    """A letter begun, dated and served on one day: here to who reads here, to others by post."""
    case.officer_does(days_ago, lambda unit, day: send_letter(unit, case.case, kind, day, particulars))


def _entry(case: Journey, days_ago: int, kind: str, who: str, what: str) -> None:
    """A line in the diary of the case."""
    case.officer_does(
        days_ago,
        lambda unit, day: diary.enter(unit, case.case, kind=kind, happened_on=day, who=who, what=what),
    )


def _work(world: World) -> Iterator[Step]:
    """A small audit of decisions; an officer who is away next week; who takes the new requests of a day."""
    today = world.cast.today

    def audit(world: World, moment: datetime) -> None:
        with world.unit(moment, world.email(MANAGER)) as unit:
            asked = Wanted(
                kind=DECISIONS,
                from_on=today - timedelta(days=540),
                to_on=today - timedelta(days=7),
                wanted=2,
                auditor_id=world.member(unit, COLLEAGUE),
                moderator_id=world.member(unit, MANAGER),
                seed="demonstration1",
            )
            audits.hold_audit(unit, world.organisations["815"], asked)

    def away(world: World, moment: datetime) -> None:
        with world.unit(moment, world.email(MANAGER)) as unit:
            here = world.organisations["815"]
            monday = today + timedelta(days=7 - today.weekday())
            away_id, covers_id = world.member(unit, OFFICER), world.member(unit, COLLEAGUE)
            cover.record_absence(unit, here, away_id, covers_id, monday, monday + timedelta(days=4))
            cover.set_duty(unit, here, weekday_from(today + timedelta(days=1)), covers_id)

    recently = at(today - timedelta(days=2), 9, 10)
    yield Step(recently, audit)
    yield Step(recently + timedelta(minutes=30), away)
    for minute, (manager, pupil, ethnicity) in enumerate(_MENDED, 40):
        yield Step(recently + timedelta(minutes=minute), _Mended(manager, pupil, ethnicity))


_MENDED = ((MANAGER, "T33", "WBRI"), (MANAGER, "M05", "WOTH"), (NEIGHBOURS_MANAGER, "F21", "MWAS"))
"""What the SEN2 return asks of those whose plan is in force, and no school’s file told."""
_NOWHERE = "ZZ99 3CZ"
"""The postcode that the health service gives to whoever has none: it is nobody’s street."""


class _Mended:
    """The manager mends what the return’s rules find, so that the return of the demonstration is valid."""

    def __init__(self, manager: str, pupil: str, ethnicity: str) -> None:
        self.manager, self.pupil, self.ethnicity = manager, pupil, ethnicity

    def __call__(self, world: World, moment: datetime) -> None:
        with world.unit(moment, world.email(self.manager)) as unit:
            pupil_id = world.pupil(unit, self.pupil)
            shown = pupils.rows_of(unit, [pupil_id])[0].row_version
            said = {"ethnicity": self.ethnicity, "postcode": _NOWHERE}
            sen2.change_details(unit, pupil_id, said, shown)
