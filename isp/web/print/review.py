"""The report of a review meeting, and its form for an authority that is not on this system.

Whoever gathers a review fills in ``ReviewData`` with words that have passed the reader's lens; the same
paper then becomes a PDF or a Word file. What is empty is left out, down to the heading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from isp.web.print.paper import Answers, Block, Heading, Inside, Paper, Stamp, Table, Text
from isp.web.print.plan import facts

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OutcomeReviewed:
    """One outcome as the meeting found it.

    ``result``: one of the five results in words. ``heard``: teachers' answers, who and what. ``next``: what
    becomes of it.
    """

    statement: str
    result: str
    baseline: str = ""
    target: str = ""
    evidence: str = ""
    heard: Pairs = ()
    next: str = ""
    is_step: bool = False


@dataclass(frozen=True, slots=True)
class Continues:
    """What becomes of one piece of support: ``decision`` says whether it goes on, changes or stops."""

    what: str
    decision: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing somebody is to do; ``by_when`` is a date in words."""

    what: str
    who: str = ""
    by_when: str = ""


@dataclass(frozen=True, slots=True)
class AnnualReview:
    """What the report to an authority says besides: the school's recommendation and what differs from it.

    ``recommendation``: that the EHC plan be kept as it is, amended or ended, in words. ``amendments``: the
    section and what should change in it. ``differed``: where others at the meeting recommended something
    else, who and what. ``facts``: such as the authority, the date of the plan, the phase transfer. ``sent``:
    whose reports went to everybody two weeks before the meeting, and when.
    """

    recommendation: str
    reasons: str = ""
    amendments: Pairs = ()
    differed: Pairs = ()
    facts: Pairs = ()
    sent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewData:
    """A review.

    ``facts``: when and where it was held, who led it, which version was reviewed. ``attended``: each by
    name and role, and how they took part. ``views``: whose, and what they said. ``decision``: what the
    meeting decided as a whole. ``for_family`` chooses the words of the headings.
    """

    stamp: Stamp
    caption: str
    facts: Pairs
    attended: Pairs = ()
    apologies: tuple[str, ...] = ()
    views: Pairs = ()
    outcomes: tuple[OutcomeReviewed, ...] = ()
    support: tuple[Continues, ...] = ()
    advice: Pairs = ()
    decision: str = ""
    reasons: str = ""
    actions: tuple[Action, ...] = ()
    next_review: str = ""
    annual: AnnualReview | None = None
    for_family: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    kind: str
    attended: str
    views: str
    outcomes: str
    support: str
    advice: str
    decision: str
    actions: str
    next_review: str


_SCHOOL = _Words(
    "Review report", "Who took part", "Views", "Outcomes", "Provision", "Advice received", "Decision",
    "Actions", "Next review",
)  # fmt: skip
_FAMILY = _Words(
    "What we agreed at the review", "Who was there", "What people said", "What we are aiming for",
    "Support", "What specialists say", "What we decided", "Who does what", "When we meet next",
)  # fmt: skip
ANNUAL = "Annual review report"


def review_report(data: ReviewData) -> Paper:
    """The report as a paper; with ``annual``, as it goes to the authority."""
    words = _FAMILY if data.for_family else _SCHOOL
    blocks = [facts((*data.facts, *(data.annual.facts if data.annual else ())))]
    if data.annual:
        blocks += _recommendation(data.annual)
    blocks += _attendance(data, words)
    blocks += _said(words.views, data.views)
    blocks += _outcomes(data, words)
    blocks += _support(data, words)
    blocks += _said(words.advice, data.advice)
    blocks += _decision(data, words)
    kind = ANNUAL if data.annual else words.kind
    return Paper(kind, data.stamp, tuple(blocks), caption=data.caption)


def _recommendation(annual: AnnualReview) -> Iterator[Block]:
    yield Heading("Recommendation to the authority")
    yield Text(annual.recommendation)
    if annual.reasons:
        yield facts((("Reasons", annual.reasons),))
    if annual.amendments:
        yield Heading("Amendments recommended", 3)
        rows = tuple(((section,), (change,)) for section, change in annual.amendments)
        yield Table(("Section", "What should change"), rows, widths=(1, 3))
    if annual.differed:
        yield Heading("What others recommended that differs", 3)
        yield facts(annual.differed)
    if annual.sent:
        yield Heading("Reports sent out before the meeting", 3)
        rows = tuple(((what,), (when,)) for what, when in annual.sent)
        yield Table(("Report", "Sent"), rows, widths=(3, 1))


def _attendance(data: ReviewData, words: _Words) -> Iterator[Block]:
    if not data.attended and not data.apologies:
        return
    yield Heading(words.attended)
    if data.attended:
        rows = tuple(((who,), (how,)) for who, how in data.attended)
        yield Table(("Who", "How"), rows, widths=(3, 2))
    if data.apologies:
        yield Answers((("Could not come" if data.for_family else "Apologies", data.apologies),))


def _said(heading: str, said: Pairs) -> Iterator[Block]:
    if said:
        yield Heading(heading)
        yield facts(said)


def _outcomes(data: ReviewData, words: _Words) -> Iterator[Block]:
    if not data.outcomes:
        return
    family = data.for_family
    yield Heading(words.outcomes)
    for one in data.outcomes:
        answers: Pairs = (
            ("How it went" if family else "Result", one.result),
            ("Where it began" if family else "Baseline", one.baseline),
            ("Where we wanted to get to" if family else "Target", one.target),
            ("How we know" if family else "Evidence", one.evidence),
            *one.heard,
            ("What happens now" if family else "Next", one.next),
        )
        said = tuple(pair for pair in answers if pair[1])
        blocks: tuple[Block, ...] = (Heading(one.statement, 3), *((facts(said),) if said else ()))
        if one.is_step:
            yield Inside(blocks)
        else:
            yield from blocks


def _support(data: ReviewData, words: _Words) -> Iterator[Block]:
    if data.support:
        yield Heading(words.support)
        head = ("What", "What happens now", "Why") if data.for_family else ("Provision", "Decision", "Reason")
        rows = tuple(((one.what,), (one.decision,), (one.why,)) for one in data.support)
        yield Table(head, rows, widths=(4, 2, 4))


def _decision(data: ReviewData, words: _Words) -> Iterator[Block]:
    if data.decision or data.reasons:
        yield Heading(words.decision)
        if data.decision:
            yield Text(data.decision)
        if data.reasons:
            yield facts((("Why" if data.for_family else "Reasons", data.reasons),))
    if data.actions:
        yield Heading(words.actions)
        rows = tuple(((one.what,), (one.who,), (one.by_when,)) for one in data.actions)
        yield Table(("What", "Who", "By when"), rows, widths=(4, 2, 2))
    if data.next_review:
        yield Heading(words.next_review)
        yield Text(data.next_review)


__all__ = ["Action", "AnnualReview", "Continues", "OutcomeReviewed", "ReviewData", "review_report"]
