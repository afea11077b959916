"""The evidence of a request: what can be released with it, what was, and each item by version and digest.

Four sorts: published versions of the plan, reports of closed reviews, documents, and what teachers answered
in rounds that are over. Each is named by one immutable version, so that a later one changes nothing here.
Callers have passed the gate; whoever shows words records the look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from isp.access import grants
from isp.access.gate import Decision
from isp.access.grants import ANSWERS, DOCUMENT, REVIEW, VERSION
from isp.access.policy import Permission
from isp.audit import Unit
from isp.documents import queries as documents
from isp.documents.queries import Version as DocumentVersion
from isp.documents.rules import KINDS
from isp.escalations import parties, queries
from isp.escalations.queries import Case
from isp.kernel.clock import civil_day
from isp.records.versions import Version
from isp.reviews import releasing
from isp.reviews.releasing import Answered, ClosedReview
from isp.web.filters import date_words


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody may let the authority read, each sort with the newest first."""

    versions: tuple[Version, ...]
    reviews: tuple[ClosedReview, ...]
    documents: tuple[DocumentVersion, ...]
    answers: tuple[Answered, ...]

    @property
    def digests(self) -> dict[str, dict[UUID, bytes]]:
        """The digest of each item by sort and id."""
        return {
            VERSION: {one.id: one.digest for one in self.versions},
            REVIEW: {one.version_id: one.digest for one in self.reviews},
            DOCUMENT: {one.id: one.digest for one in self.documents},
            ANSWERS: {one.answer_id: one.digest for one in self.answers},
        }


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a request's evidence. ``source``: the row or version that it was read from.

    ``withdrawn``: the school has taken it back since, and nobody reads it any more.
    """

    number: int
    sort: str
    id: UUID
    digest: bytes
    title: str
    which: str
    on: date
    source: Any
    withdrawn: bool = False

    @property
    def code(self) -> str:
        """The short form of the digest, as every paper of this service prints it."""
        return code_of(self.digest)

    @property
    def anchor(self) -> str:
        """Where it begins in a bundle."""
        return f"item-{self.number}"


def code_of(digest: bytes) -> str:
    """The short form of a digest, as papers print it."""
    text = digest.hex()[:12].upper()
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def offer(unit: Unit, pupil_id: UUID, decision: Decision) -> Offer:
    """What the holder of this decision may release: nobody releases what she cannot read herself."""
    reads_reviews = decision.can(Permission.REVIEW_READ)
    reads_answers = decision.can(Permission.ANSWERS_READ)
    return Offer(
        tuple(parties.releasable(unit, pupil_id, decision)),
        tuple(releasing.closed_reviews(unit, pupil_id)) if reads_reviews else (),
        tuple(parties.releasable_documents(unit, pupil_id, decision)),
        tuple(releasing.answers_given(unit, pupil_id)) if reads_answers else (),
    )


def digests(unit: Unit, sort: str, ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """The digest of each of these items of a sort that there is, as it stands."""
    wanted = set(ids)
    if not wanted:
        return {}
    if sort == DOCUMENT:
        return documents.digests(unit, wanted)
    if sort == ANSWERS:
        return releasing.digests_of_answers(unit, wanted)
    return queries.digests(unit, wanted)


def items_of(unit: Unit, case: Case) -> list[Item]:
    """What a request released, in the order of a bundle, as far as this reader may know of it.

    The order and the numbers are the same for whoever may read all of it.
    """
    given: dict[str, dict[UUID, bytes]] = {sort: {} for sort in grants.SORTS}
    for one in grants.all_granted_by(unit, case.row.id):
        given[one.object_type][one.object_id] = one.digest
    pupil_id = case.row.pupil_id
    found: list[Item] = []

    def add(
        sort: str, named: UUID, title: str, which: str, on: date, source: Any, gone: bool = False
    ) -> None:
        digest = given[sort][named]
        found.append(Item(len(found) + 1, sort, named, digest, title, which, on, source, gone))

    for version in sorted(case.released, key=lambda one: (one.stands_from, one.number)):
        on = civil_day(version.stands_from)
        add(VERSION, version.version_id, "Plan", f"Version {version.number}", on, version, version.withdrawn)
    if given[REVIEW] and reads_reviews(case):
        for review in releasing.closed_reviews(unit, pupil_id, given[REVIEW])[::-1]:
            which = f"Cycle {review.row.cycle}, of version {review.row.plan_version}"
            add(REVIEW, review.version_id, "Review report", which, review.closed_on, review)
    for paper in sorted(case.documents, key=lambda one: (one.heading.happened_on, one.made_at)):
        which = f"{KINDS[paper.heading.kind]}, version {paper.heading.number}"
        add(DOCUMENT, paper.id, paper.heading.title, which, paper.heading.happened_on, paper)
    if given[ANSWERS] and reads_answers(case):
        for answer in releasing.answers_given(unit, pupil_id, given[ANSWERS])[::-1]:
            asked = date_words(answer.round.due_on)
            which = f"Answers for the round due on {asked}, version {answer.row.number}"
            add(ANSWERS, answer.answer_id, f"Answers of {answer.who}", which, answer.on, answer)
    return found


def reads_reviews(case: Case) -> bool:
    """Whether a reader of a case may know what a review found: the grid says which of the school's people."""
    return case.side == "authority" or case.decision.can(Permission.REVIEW_READ)


def reads_answers(case: Case) -> bool:
    """Whether a reader of a case may know what teachers answered: never a family, by its own standing."""
    return case.side == "authority" or case.decision.can(Permission.ANSWERS_READ)


def named_by(items: Iterable[Item]) -> Mapping[UUID, Item]:
    """Items by id."""
    return {one.id: one for one in items}
