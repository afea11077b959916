"""What of a pupil's reviews and rounds of questions can be handed to an authority, and how it reads there.

The report of a closed review and what a teacher answered in a round that is over are immutable, each under a
digest of its own. Outside the school nobody reads what an author kept to its staff, so everything here goes
through a lens that the caller gives. Callers have passed the gate and record the look.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from isp.access.lenses import Lens
from isp.audit import Unit
from isp.kernel.clock import civil_day
from isp.people import directory
from isp.plans import content as plan_content
from isp.plans.names import name_of
from isp.plans.vocabulary import configuration_on
from isp.records import versions
from isp.records.models import RecordVersion
from isp.records.project import project
from isp.reviews import printing, rules
from isp.reviews import rounds_queries as rounds
from isp.reviews.content import SHAPE
from isp.reviews.models import Review
from isp.reviews.queries import REVIEWS
from isp.reviews.rounds_rules import CLOSED, GOING, TEXT
from isp.web.print.paper import Paper, Stamp
from isp.web.print.review import review_report

_LABEL = {GOING: "How it is going", TEXT: "In words"}


@dataclass(frozen=True, slots=True)
class ClosedReview:
    """A closed review by its report: ``version_id`` and ``digest`` name the words."""

    version_id: UUID
    digest: bytes
    row: Any

    @property
    def closed_on(self) -> date:
        """The day from which the report has stood."""
        return civil_day(self.row.closed_at)


@dataclass(frozen=True, slots=True)
class Answered:
    """What one person answered in a round that is over: the answer's id and digest, who and when."""

    answer_id: UUID
    digest: bytes
    row: Any
    round: Any
    who: str

    @property
    def on(self) -> date:
        """The day of the answer."""
        return civil_day(self.row.at)


def closed_reviews(
    unit: Unit, pupil_id: UUID, version_ids: Iterable[UUID] | None = None
) -> list[ClosedReview]:
    """The pupil's closed reviews, the newest first; of ``version_ids`` only those, where it is given."""
    query = (
        select(REVIEWS, RecordVersion.id.label("version_id"), RecordVersion.digest)
        .join(
            RecordVersion,
            and_(RecordVersion.record_id == Review.review_record_id, RecordVersion.number == 1),
        )
        .where(Review.pupil_id == pupil_id, Review.status == rules.CLOSED)
        .order_by(Review.closed_at.desc(), Review.id)
    )
    if version_ids is not None:
        query = query.where(RecordVersion.id.in_(sorted(version_ids)))
    return [ClosedReview(row.version_id, row.digest, row) for row in unit.connection.execute(query)]


def answers_given(unit: Unit, pupil_id: UUID, answer_ids: Iterable[UUID] | None = None) -> list[Answered]:
    """What was answered in rounds that are over, the newest first.

    Of each person only what she had answered at the end; of ``answer_ids`` only those, where it is given.
    """
    a, q, r = rounds.ANSWERS.c, rounds.ASKED.c, rounds.ROUNDS.c
    query = (
        select(rounds.ANSWERS)
        .join(
            rounds.ASKED,
            and_(q.round_id == a.round_id, q.person_id == a.person_id, q.number == a.number),
        )
        .join(rounds.ROUNDS, r.id == a.round_id)
        .where(r.pupil_id == pupil_id, r.status == CLOSED)
        .order_by(a.at.desc(), a.id)
    )
    if answer_ids is not None:
        query = query.where(a.id.in_(sorted(answer_ids)))
    rows = list(unit.connection.execute(query))
    if not rows:
        return []
    wanted = sorted({row.round_id for row in rows})
    by_id = {row.id: row for row in unit.connection.execute(select(rounds.ROUNDS).where(r.id.in_(wanted)))}
    named = directory.names(unit, {row.person_id for row in rows})
    return [
        Answered(
            row.id,
            row.digest,
            row,
            by_id[row.round_id],
            named[row.person_id].with_role if row.person_id in named else directory.NOBODY,
        )
        for row in rows
    ]


def digests_of_answers(unit: Unit, answer_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """The digest of each of these answers that there is, as it stands."""
    a = rounds.ANSWERS.c
    query = select(a.id, a.digest).where(a.id.in_(sorted(answer_ids)))
    return {row.id: row.digest for row in unit.connection.execute(query)}


def report_paper(unit: Unit, one: ClosedReview, lens: Lens, stamp: Stamp, caption: str) -> Paper:
    """The report of a closed review through a lens, as a paper; nothing of the plan that was reviewed."""
    held = versions.read(unit, one.row.review_record_id, 1)
    content = project(held.content, lens, SHAPE)
    return review_report(
        printing.data_of(
            content,
            configuration_on(one.closed_on),
            "school",
            stamp=stamp,
            caption=caption,
            facts=printing.facts_of(unit, one.row, content, held.version.code, "school"),
            plan=plan_content.blank(),
        )
    )


def results_of(unit: Unit, one: ClosedReview, lens: Lens) -> list[tuple[str, str]]:
    """Each outcome that a review looked at, and how far it was reached, in words."""
    content = project(versions.read(unit, one.row.review_record_id, 1).content, lens, SHAPE)
    configuration = configuration_on(one.closed_on)
    return [
        (item.get("aim") or "–", configuration.words("result", item["result"], "school"))
        for item in content["sections"]["outcomes"]["items"]
        if item.get("result")
    ]


def answers_of(unit: Unit, one: Answered, lens: Lens) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What was asked and what was answered; of an outcome the words that the lens shows."""
    given = rounds.opened(unit, one.round.pupil_id, one.row)
    asked = rounds.questions_of(unit, one.round)
    names = _outcomes(unit, one.round, lens)
    configuration = configuration_on(one.on)
    found: list[tuple[str, tuple[str, ...]]] = []
    for box, text in given.items():
        if not text:
            continue
        kind, key, *rest = box.split(".")
        if kind == "outcome":
            if key not in names:
                continue
            said = configuration.words("result", text, "school") if rest == [GOING] else text
            found.append((f"{names[key]} ({_LABEL.get(rest[0], rest[0]).lower()})", (said,)))
        else:
            number = int(key)
            label = asked[number - 1] if 0 < number <= len(asked) else "Answer"
            found.append((label, (text,)))
    return tuple(found)


def _outcomes(unit: Unit, row: Any, lens: Lens) -> dict[str, str]:
    words = versions.read(unit, row.record_id, row.version, withdrawn_too=True)
    if words.version.withdrawn:
        return {}
    content = project(plan_content.read(words.content), lens, plan_content.SHAPE)
    shape, configuration = plan_content.SHAPE.sections["outcomes"], configuration_on(civil_day(row.asked_at))
    items = content["sections"].get("outcomes", {}).get("items", ())
    return {one["id"]: one.get("statement") or name_of(shape, one, configuration, "school") for one in items}
