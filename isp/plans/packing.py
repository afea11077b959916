"""What is gathered from a plan for paper: the profile, cycles together, packs for a move or a family.

Each version is read through the decision that lets it be printed, and each that is on the paper is an
event. Withdrawn versions are on none. What is made to be handed to others, cycles for a bid and a pack for
the next school, leaves out what an author kept to this school's staff, whoever prints it; the pack leaves
out costs as well, which a bid is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import UUID

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Unit
from isp.kernel.errors import NotFound
from isp.plans import printing, queries
from isp.plans.content import SHAPE
from isp.plans.printing import Wanted, audience_of, pupil_of, record_printed, stamp, version_facts
from isp.plans.queries import Reading
from isp.plans.sentences import tell
from isp.plans.showing import Part, parts
from isp.plans.vocabulary import configuration_on
from isp.records import versions
from isp.records.diff import diff
from isp.records.project import project
from isp.records.shape import Audience
from isp.records.versions import Version
from isp.web.filters import count_of, date_words
from isp.web.print.packs import (
    CycleData,
    CyclesData,
    PackData,
    ProfileData,
    cycles,
    pack,
    profile,
)
from isp.web.print.paper import Paper

CYCLES = 4
"""What a bid for more funding asks for: three or four reviewed cycles."""
TOLD = 25
"""Earlier versions of which a pack tells what they changed."""
_ABOUT = ("preferred_name", "communication", "strengths", "interests", "matters", "aspirations")
_HELPS = ("best_support", "hard", "sensory", "too_much", "masking", "after_school")
_HEADINGS = ("What every adult needs to know", "About me", "How best to support me", "What we are aiming for")
_MOVE = ("transition", "exam_access")


def profile_paper(unit: Unit, record_id: UUID, wanted: Wanted) -> tuple[Paper, Version]:
    """One page: who the child is, what must be known, what helps, what we are aiming for."""
    reading = printing.read_for_paper(unit, record_id, wanted)
    return profile(_profile(unit, reading, audience_of(reading.decision))), reading.version


def cycles_paper(unit: Unit, record_id: UUID, wanted: Wanted) -> tuple[Paper, Version]:
    """The last four cycles, the oldest first: each whole as it stood at its end, and what it changed.

    A small correction is no cycle of its own: it is told with the one that it corrects.
    """
    row, decision, seen = _listed(unit, record_id, wanted)
    chosen = cycles_of(seen)[-CYCLES:]
    if not chosen:
        raise NotFound(queries.NO_VERSION)
    first = seen.index(chosen[0][0])
    # One more, to say what the first of them changed.
    readings = {
        one.number: _for_others(queries.reading_of(unit, row, decision, one.number), cost=True)
        for one in seen[max(0, first - 1) :]
    }
    for cycle in chosen:
        for one in cycle:
            record_printed(unit, decision, one, wanted)
    shown = [[readings[one.number] for one in cycle] for cycle in chosen]
    audience = audience_of(decision)
    newest = shown[-1][-1]
    flat = [one for cycle in chosen for one in cycle]
    numbers = f"{'plan' if audience == 'family' else 'version'}s {_numbers(flat)}"
    word = "Plan" if audience == "family" else "Cycle"
    ends = [readings[seen[first - 1].number] if first else None, *(cycle[-1] for cycle in shown)]
    data = CyclesData(
        kind="Plans so far" if audience == "family" else "Graduated approach: cycles so far",
        caption=pupil_of(newest).full,
        stamp=stamp(unit, newest, audience, which=numbers if len(flat) > 1 else None),
        cycles=tuple(
            CycleData(
                heading=f"{word} {at} of {len(shown)}",
                facts=(*version_facts(unit, cycle[0], audience), *_corrections(cycle[1:], audience)),
                changed=_changed([before, cycle[-1]] if before else [cycle[-1]], cycle[-1], audience),
                parts=_parts(cycle[-1], audience),
            )
            for at, (before, cycle) in enumerate(zip(ends, shown, strict=False), start=1)
        ),
        head=(word, "From", "To", "Why it was made"),
        rows=tuple(_rows(shown, audience)),
    )
    return cycles(data), newest.version


def cycles_of(seen: Sequence[Version]) -> list[list[Version]]:
    """Versions by cycle: one that was finalised or entered, then its corrections."""
    found: list[list[Version]] = []
    for one in seen:
        if one.sort == versions.CORRECTION and found:
            found[-1].append(one)
        else:
            found.append([one])
    return found


def moving_on_paper(unit: Unit, record_id: UUID, wanted: Wanted) -> tuple[Paper, Version]:
    """For the next school: the move and what exams need, the profile, the plan, and how it came to be."""
    row, decision, seen = _listed(unit, record_id, wanted)
    reading = _for_others(printing.read_for_paper(unit, record_id, wanted), cost=False)
    audience = audience_of(decision)
    word = "Plan" if audience == "family" else "Version"
    data = PackData(
        kind="Moving on pack",
        caption=pupil_of(reading).full,
        stamp=stamp(unit, reading, audience),
        facts=version_facts(unit, reading, audience),
        parts=_parts(reading, audience),
        profile=_profile(unit, reading, audience),
        first=_MOVE,
        history_heading="Earlier plans" if audience == "family" else "Versions so far",
        history_head=(word, "From", "Why it was made"),
        history_rows=tuple(_reasons(unit, row, decision, seen, wanted)),
        history_note=_more(seen, audience),
    )
    return pack(data), reading.version


def everything_paper(unit: Unit, record_id: UUID, wanted: Wanted) -> tuple[Paper, Version]:
    """All that a family can read here: the plan in force, and what each plan before it changed."""
    row, decision, seen = _listed(unit, record_id, wanted)
    reading = printing.read_for_paper(unit, record_id, wanted)
    audience = audience_of(decision)
    data = PackData(
        kind="Support plan and earlier plans" if audience == "family" else "Plan and earlier versions",
        caption=pupil_of(reading).full,
        stamp=stamp(unit, reading, audience),
        facts=version_facts(unit, reading, audience),
        parts=_parts(reading, audience),
        history_heading="Earlier plans" if audience == "family" else "Versions so far",
        history=tuple(_summaries(unit, row, decision, seen, wanted, audience)),
        history_note=_more(seen, audience),
    )
    return pack(data), reading.version


def _listed(unit: Unit, record_id: UUID, wanted: Wanted) -> tuple[Any, Decision, list[Version]]:
    """The record, the decision to print, and the versions that stand, the oldest first by when they stood."""
    queries.allowed(unit, record_id, Permission.PLAN_VERSIONS_READ)
    row, decision = printing.allowed(unit, record_id, wanted)
    seen = [one for one in queries.versions_seen(unit, row, decision, limit=10_000) if not one.withdrawn]
    return row, decision, sorted(seen, key=lambda one: (one.stands_from, one.number))


def _numbers(listed: Sequence[Version]) -> str:
    return ", ".join(str(one.number) for one in listed)


def _parts(reading: Reading, audience: Audience) -> list[Part]:
    return parts(reading.content, configuration_on(queries.stood_since(reading.version)), audience)


def _rows(shown: Sequence[Sequence[Reading]], audience: Audience) -> Iterator[tuple[str, ...]]:
    """The table over all cycles: which versions, from when to when, and why."""
    until = [date_words(cycle[0].version.stands_from) for cycle in shown[1:]] + ["in force"]
    for at, (cycle, last) in enumerate(zip(shown, until, strict=True), start=1):
        one, corrected = cycle[0], _numbers([each.version for each in cycle[1:]])
        which = f"{at}" if audience == "family" else f"{at}: version {one.version.number}"
        if corrected and audience == "school":
            which += f", corrected in {corrected}"
        yield (which, date_words(one.version.stands_from), last, one.reason or "–")


def _corrections(made: Sequence[Reading], audience: Audience) -> Iterator[tuple[str, str]]:
    """The small corrections of a cycle, each with its day and what it put right."""
    word = "Plan" if audience == "family" else "Version"
    for one in made:
        told = f"{word} {one.version.number}, {date_words(one.version.recorded_at)}"
        yield "Small correction", f"{told}: {one.reason}" if one.reason else told
        yield f"Code of {word.lower()} {one.version.number}", one.version.code


def _changed(
    readings: Sequence[Reading], one: Reading, audience: Audience
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a version changed since the one that stood before it, in sentences by section."""
    before = next((first for first, second in pairwise(readings) if second is one), None)
    if before is None:
        return ()
    configuration = configuration_on(queries.stood_since(one.version))
    told = tell(diff(before.content, one.content), before.content, one.content, configuration, audience)
    return tuple((each.heading, tuple(sentence.text for sentence in each.sentences)) for each in told)


def _summaries(
    unit: Unit,
    row: Any,
    decision: Decision,
    seen: Sequence[Version],
    wanted: Wanted,
    audience: Audience,
) -> Iterator[CycleData]:
    """Every version, the newest first, with what it changed; recorded as printed: their words are there."""
    readings = [queries.reading_of(unit, row, decision, one.number) for one in seen[-TOLD:]]
    newest = queries.number_in_force(unit, row, decision)
    for one in reversed(readings):
        if one.version.number != newest:
            record_printed(unit, decision, one.version, wanted)
        since = date_words(one.version.stands_from)
        word = "Plan" if audience == "family" else "Version"
        facts = version_facts(unit, one, audience)[1:]
        yield CycleData(
            f"{word} {one.version.number}, from {since}", facts, _changed(readings, one, audience)
        )


def _reasons(
    unit: Unit, row: Any, decision: Decision, seen: Sequence[Version], wanted: Wanted
) -> Iterator[tuple[str, ...]]:
    """Every version in a line, the newest first; recorded as printed, for why it was made is told."""
    newest = queries.number_in_force(unit, row, decision)
    for one in reversed(seen[-TOLD:]):
        if one.number != newest:
            record_printed(unit, decision, one, wanted)
        reason = queries.reading_of(unit, row, decision, one.number).reason
        yield f"{one.number}", date_words(one.stands_from), reason or "–"


def _for_others(reading: Reading, *, cost: bool) -> Reading:
    """The same without what an author kept to the school's staff: whoever gets this paper is none of them."""
    lens = reading.decision.lens
    outside = replace(lens, staff=False, party=None, cost=lens.cost and cost)
    return replace(reading, content=project(reading.content, outside, SHAPE))


def _more(seen: Sequence[Version], audience: Audience) -> str:
    more = len(seen) - TOLD
    if more <= 0:
        return ""
    one = "plan" if audience == "family" else "version"
    return f"{count_of(more, f'older {one}').capitalize()} can be read on screen."


def _profile(unit: Unit, reading: Reading, audience: Audience) -> ProfileData:
    """In the child's own person for everybody: such a page is hers. What the lens leaves out is not there."""
    configuration = configuration_on(queries.stood_since(reading.version))
    named = {part.name: part for part in parts(reading.content, configuration, "family")}
    answers = {one.field: (one.label, one.texts) for one in _answers(named.get("about_me"))}
    everyday = tuple(entry.title for entry in _entries(named.get("adjustments")))
    return ProfileData(
        kind="One-page profile",
        caption=pupil_of(reading).full,
        stamp=stamp(unit, reading, audience),
        must_know=tuple(entry.title for entry in _entries(named.get("must_know"))),
        about=tuple(answers[name] for name in _ABOUT if name in answers),
        support=(
            *(answers[name] for name in _HELPS if name in answers),
            *((("What adults do every day", everyday),) if everyday else ()),
        ),
        aims=tuple(entry.title for entry in _open(_entries(named.get("outcomes")))),
        headings=_HEADINGS,
    )


def _open(aims: Sequence[Any]) -> Sequence[Any]:
    """What is still aimed for: what has no result yet; all of them where everything has one."""
    still = [one for one in aims if not any(answer.field == "result" for answer in one.answers)]
    return still or aims


def _answers(part: Part | None) -> Sequence[Any]:
    return part.answers if part else ()


def _entries(part: Part | None) -> Sequence[Any]:
    return part.entries if part else ()
