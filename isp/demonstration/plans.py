"""The plans of the demonstration: for each pupil who has one, its versions, drafts and earlier cycles.

A later step loads them through the actions that people use, acting as each version's author on its day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from isp.demonstration import heavy, timing
from isp.demonstration.cast import cast
from isp.demonstration.chance import seeded
from isp.demonstration.document import Brief, Cycle, Document, author_on
from isp.demonstration.earlier import EarlierPlan, earlier_plan
from isp.demonstration.profiles import Voice, passages, prose_name
from isp.demonstration.reasons import first_reason, review_reason
from isp.demonstration.shapes import Cast, Pupil
from isp.demonstration.writing import write
from isp.records.shape import Content


@dataclass(frozen=True)
class PlanVersion:
    """A published version. `parties` says whose words a family item holds (item id to guardian id): the
    content cannot, since people get their ids when they are loaded.
    """

    number: int
    content: Content
    author: str
    """Id of the member of staff."""
    published_at: datetime
    """Aware, UTC; on a school day, in the afternoon, before today."""
    reason: str
    parties: Mapping[str, str]


@dataclass(frozen=True)
class PlanDraft:
    """A draft that somebody has begun and not finished."""

    content: Content
    author: str
    started_on: date
    parties: Mapping[str, str]


@dataclass(frozen=True)
class PlanEnd:
    """The end of a plan; `why` is a code of the plans' rules."""

    why: str
    reason: str
    on: date
    by: str


@dataclass(frozen=True)
class PlanStory:
    """Everything that happened to one pupil's plan up to today, in order of time."""

    pupil: str
    earlier: EarlierPlan | None
    versions: tuple[PlanVersion, ...]
    draft: PlanDraft | None
    end: PlanEnd | None


_VERSIONS = {"many": 3, "many-earlier": 3, "heavy": 4, "ended-met": 2, "ended-left": 2, "redraft": 2}


@lru_cache(maxsize=4)
def plan_stories(today: date) -> tuple[PlanStory, ...]:
    """The plans of `cast(today)`, in the order of the pupils' list."""
    everybody = cast(today)
    turns: Counter[str] = Counter()
    stories = []
    for pupil in everybody.pupils:
        if not pupil.profile:
            continue
        stories.append(_story(everybody, pupil, turns[pupil.profile]))
        turns[pupil.profile] += 1
    return tuple(stories)


def _story(everybody: Cast, pupil: Pupil, index: int) -> PlanStory:
    today = everybody.today
    wanted = 0 if pupil.story == "draft" else _VERSIONS.get(pupil.story, 1)
    # A pupil's plan goes on being written until he leaves.
    until = min(today, pupil.leaves_on or today)
    if pupil.story == "redraft":
        # The former SENCO wrote both and began the draft before she left.
        until = min(until, everybody.member("H-OLD").ends_on or until)
    cycles = timing.cycles(pupil, until, wanted)
    versions: list[PlanVersion] = []
    for number in range(1, len(cycles) + 1):
        brief = _brief(everybody, pupil, index, cycles[:number])
        document = _document(brief, index)
        before = versions[-1].content if versions else None
        versions.append(
            PlanVersion(
                number=number,
                content=document.finish(),
                author=brief.author.id,
                published_at=_afternoon(pupil, brief.cycle.on),
                reason=review_reason(brief, before, document.content) if before else first_reason(brief),
                parties=document.parties,
            )
        )
    return PlanStory(
        pupil=pupil.id,
        earlier=earlier_plan(everybody, pupil, index) if "earlier" in pupil.story else None,
        versions=tuple(versions),
        draft=_draft(everybody, pupil, index, cycles, until),
        end=_end(everybody, pupil, cycles),
    )


def _document(brief: Brief, index: int) -> Document:
    document = write(brief)
    if brief.pupil.story == "heavy":
        heavy.add_years(document, brief, Voice(brief.pupil, index))
    return document


def _brief(everybody: Cast, pupil: Pupil, index: int, cycles: tuple[Cycle, ...]) -> Brief:
    return Brief(everybody, pupil, index, cycles, author_on(everybody, pupil, cycles[-1].on))


def _afternoon(pupil: Pupil, day: date) -> datetime:
    minute = seeded(f"hour {pupil.id} {day.isoformat()}").randrange(0, 120)
    local = datetime.combine(day, time(14, 30), ZoneInfo("Europe/London")) + timedelta(minutes=minute)
    return local.astimezone(UTC)


def _draft(
    everybody: Cast, pupil: Pupil, index: int, cycles: tuple[Cycle, ...], until: date
) -> PlanDraft | None:
    """The draft in progress: a first one, half written, or the next version, begun and left lying."""
    first = not cycles
    if not (
        pupil.story in ("draft", "redraft") or (first and pupil.story not in ("ended-met", "ended-left"))
    ):
        return None
    started = timing.draft_day(pupil, until, after=cycles[-1].on if cycles else None)
    begun = (*cycles, timing.cycle_on(pupil, started))
    brief = _brief(everybody, pupil, index, begun)
    document = write(brief)
    # Begun: what comes late in the writing is not there yet, and a need is not yet linked to an outcome.
    later = ("transition", "exam_access", "review", "layer") if first else ("review", "provision")
    for section in later if not first else (*later, "advice"):
        document.content["sections"][section]["fields"] = {}
        if section != "provision" and "items" in document.content["sections"][section]:
            document.content["sections"][section]["items"] = []
    if first:
        document.add(
            "needs", "noticed", barrier=f"{prose_name(pupil)} tires early in the day; to be looked at."
        )
    return PlanDraft(
        content=document.finish(unfinished=(*later, "needs", "outcomes")),
        author=brief.author.id,
        started_on=started,
        parties=document.parties,
    )


def _end(everybody: Cast, pupil: Pupil, cycles: tuple[Cycle, ...]) -> PlanEnd | None:
    why = {"ended-met": "needs_met", "ended-left": "left"}.get(pupil.story)
    if why is None or not cycles:
        return None
    if why == "left":
        on = pupil.leaves_on or everybody.today
    else:
        on = timing.end_day(pupil, everybody.today, cycles[-1].on)
    reason = passages()["reason"]["ended_met" if why == "needs_met" else "ended_left"]
    return PlanEnd(why, reason, on, author_on(everybody, pupil, on).id)
