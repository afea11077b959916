"""The evidence of a request as one document with a table of contents, for an authority that is elsewhere.

Everything in it is read from the immutable versions that the request named, through the one lens that an
authority reads with: whatever is written afterwards, and whoever takes the copy, it says the same. What was
withdrawn since, and what the reader may not know of, is named as left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from isp.access.gate import Decision
from isp.access.grants import ANSWERS, DOCUMENT, REVIEW, VERSION
from isp.access.lenses import Lens
from isp.access.policy import LENSES, Permission, Standing
from isp.access.purposes import PURPOSES
from isp.audit import Chain, Event, Unit
from isp.audit.unit import Denial
from isp.escalations import evidence, queries, rules
from isp.escalations.evidence import Item
from isp.escalations.queries import Case
from isp.kernel.errors import Conflict, Gone, Invalid, NotAllowed, NotFound
from isp.people import directory
from isp.plans.printing import printed_by
from isp.plans.releasing import version_blocks
from isp.register import pupils
from isp.reviews import releasing
from isp.web.filters import date_words, initials
from isp.web.print.merging import Beside, lay_in, pages_of, picture_as_page
from isp.web.print.paper import (
    Answers,
    Block,
    Contents,
    Heading,
    NewPage,
    Note,
    Paper,
    Stamp,
    Table,
    Text,
    deeper,
)
from isp.web.print.pdf import as_pdf
from isp.web.print.plan import facts

KIND = "Evidence for a request for an EHC needs assessment"
SCHOOL_PURPOSES: Mapping[str, str] = {
    "elsewhere": "To send to an authority that is not on this service",
    "family": "For the family",
    "meeting": "For a meeting about this request",
    "file": "For the school’s own file",
}
FAMILY_PURPOSES: Mapping[str, str] = {
    "elsewhere": "To send to the council",
    "family": "To keep at home, or for somebody who helps us",
}
MOST = 60_000_000
"""Bytes of documents in one bundle: more is sent beside it, for a bundle is made in memory."""
_LENS: Lens = LENSES[Standing.OFFICER]
_PICTURES = ("jpeg", "png")
_TOO_MUCH = (
    "The documents of this request are too large for one file. Download them one by one from the page of the "
    "request."
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a bundle is made from, read and recorded; its documents' bytes are fetched afterwards."""

    caption: str
    stamp: Stamp
    head: tuple[Block, ...]
    items: tuple[Item, ...]
    blocks: Mapping[UUID, tuple[Block, ...]]
    left_out: tuple[str, ...]
    reference: str


def purposes_for(case: Case) -> Mapping[str, str]:
    """For what a copy may be taken, by code: an authority's is the closed list of regulation 17."""
    if case.side == "authority":
        return PURPOSES
    return FAMILY_PURPOSES if case.side == "family" else SCHOOL_PURPOSES


def may_take(case: Case) -> bool:
    """Whether a reader of a case may take its evidence as one document, for a link.

    Whoever made the request, of a school's the SENCO and her deputy as well, and the officer who has the
    case.
    """
    if case.side == "authority":
        return case.decision.can(Permission.EVIDENCE_PRINT)
    if not case.decision.can(Permission.EVIDENCE_PRINT):
        return False
    if case.side == "school":
        return bool(case.row.source == rules.SCHOOL and case.row.school_id == case.decision.organisation_id)
    return bool(case.row.made_by == case.decision.person_id)


def gather(unit: Unit, request_id: UUID, purpose: str | None) -> Gathered:
    """Read what a bundle holds; that it was taken, and for what, is recorded.

    Raises Invalid without a purpose, NotAllowed for whoever may not take it.
    """
    row, decision = queries.allowed(unit, request_id, Permission.EVIDENCE_PRINT)
    case = queries.case_of(unit, row, decision)
    if not may_take(case):
        denial = Denial(Permission.EVIDENCE_PRINT.value, "another-requester", ("assessment", request_id))
        raise NotAllowed("Whoever made the request can download its evidence.", denial=denial)
    if purpose is None or purpose not in purposes_for(case):
        raise Invalid("Say what the copy is for.", {"purpose": "Choose what the copy is for."})
    items = evidence.items_of(unit, case)
    name = pupils.name(unit, row.pupil_id)
    letters = initials(name.full)
    blocks: dict[UUID, tuple[Block, ...]] = {}
    left_out = []
    for one in items:
        if one.withdrawn:
            left_out.append(f"{one.title}, {one.which}: withdrawn by the school since (code {one.code}).")
        else:
            blocks[one.id] = blocks_of(unit, one, decision)
    shown = tuple(one for one in items if one.id in blocks)
    unit.record(
        decision,
        Event.EVIDENCE_PRINTED,
        Chain.pupil(row.pupil_id),
        obj=("assessment", request_id),
        payload={"evidence": {str(one.id): one.digest.hex() for one in shown}},
        items=len(shown),
        **{"for": purpose},
    )
    return Gathered(
        caption=name.full,
        stamp=Stamp(letters, f"{letters}, {row.reference}", printed_by(unit, decision), unit.now),
        head=tuple(_head(unit, case, items)),
        items=shown,
        blocks=blocks,
        left_out=tuple(left_out),
        reference=row.reference,
    )


def read_item(unit: Unit, request_id: UUID, item_id: UUID) -> tuple[Case, Item, tuple[Block, ...]]:
    """One review report, or one teacher's answers, as the authority reads it; the look is recorded.

    NotFound for what was not released, and for what this reader may not know of; Gone where it was withdrawn.
    """
    row, decision = queries.allowed(unit, request_id, Permission.ASSESSMENT_READ)
    case = queries.case_of(unit, row, decision)
    found = evidence.named_by(evidence.items_of(unit, case)).get(item_id)
    if found is None or found.sort not in (REVIEW, ANSWERS) or case.side == "family":
        raise NotFound
    if found.withdrawn:
        raise Gone("The school has withdrawn this since, so it can no longer be read.")
    unit.record(
        decision,
        Event.EVIDENCE_VIEWED,
        Chain.pupil(row.pupil_id),
        obj=("assessment", request_id),
        payload={"item": str(found.id), "digest": found.digest.hex()},
        sort=found.sort,
    )
    return case, found, blocks_of(unit, found, decision)


def blocks_of(unit: Unit, item: Item, decision: Decision) -> tuple[Block, ...]:
    """What an item says, its headings from the second level down; of a document that it follows."""
    if item.sort == VERSION:
        return version_blocks(unit, item.source.record_id, item.source.number, _LENS, decision)
    if item.sort == REVIEW:
        none = Stamp("", "", "", unit.now)
        return releasing.report_paper(unit, item.source, _LENS, none, "").blocks
    if item.sort == ANSWERS:
        said = releasing.answers_of(unit, item.source, _LENS)
        return (Answers(said),) if said else (Text("Nothing was answered."),)
    heading = item.source.heading
    return (facts((("Kind of file", item.source.type.words), ("Sent in by", _sender(unit, heading)))),)


def _sender(unit: Unit, heading: Any) -> str:
    return directory.name(unit, heading.made_by).with_role


def _head(unit: Unit, case: Case, items: Sequence[Item]) -> Iterator[Block]:
    row = case.row
    told = "Yes" if case.words.get("told_family") else case.words.get("why_not_told") or "Not said"
    yield facts(
        (
            ("Reference", row.reference),
            ("To", case.authority),
            ("From", case.school or directory.name(unit, row.made_by).with_role),
            ("Requested by", directory.name(unit, row.made_by).with_role),
            ("Received on", date_words(row.received_on)),
            *((("The family knows", told),) if row.source == rules.SCHOOL else ()),
            ("The law", "Section 36(1), Children and Families Act 2014"),
        )
    )
    if case.words.get("reasons"):
        yield Heading("Why an assessment is asked for")
        yield Text(case.words["reasons"])
    results = list(_progress(unit, items))
    if results:
        yield Heading("How far each outcome was reached")
        yield Table(("Outcome", "Result", "Review"), tuple(results), widths=(5, 3, 2))


def _progress(unit: Unit, items: Sequence[Item]) -> Iterator[tuple[tuple[str, ...], ...]]:
    """The results that the released reviews gave, cycle by cycle."""
    for one in items:
        if one.sort == REVIEW:
            for aim, result in releasing.results_of(unit, one.source, _LENS):
                yield (aim,), (result,), (date_words(one.on),)


# -- the document ------------------------------------------------------------------------------------------


def make(found: Gathered, body_of: Callable[[Any], bytes]) -> bytes:
    """The bundle as a PDF. ``body_of``: the bytes of a version of a document. Conflict where too many.

    After the unit has ended: nothing here reads the record but the bytes that were allowed.
    """
    size = sum(one.source.heading.size for one in found.items if one.sort == DOCUMENT)
    if size > MOST:
        raise Conflict(_TOO_MUCH)
    files: dict[str, bytes] = {}
    words: dict[str, str] = {}
    beside: list[Beside] = []
    for one in found.items:
        if one.sort != DOCUMENT:
            continue
        kind, body = one.source.heading.type, body_of(one.source)
        if kind == "pdf":
            files[one.anchor] = body
        elif kind in _PICTURES:
            files[one.anchor] = picture_as_page(body)
        elif kind == "txt":
            words[one.anchor] = body.decode("utf-8", "replace")
        else:
            name = f"item-{one.number}-{one.source.file_name}"
            beside.append(Beside(name, one.source.type.mimetype, body))
    counts = {anchor: pages_of(body) for anchor, body in files.items()}
    paper = paper_of(found, counts, words, {one.name for one in beside})
    return lay_in(as_pdf(paper), files, beside)


def paper_of(
    found: Gathered,
    pages: Mapping[str, int],
    words: Mapping[str, str] | None = None,
    beside: set[str] | None = None,
) -> Paper:
    """The bundle before it is typeset: the head, the contents, and every item on pages of its own.

    ``pages``: of files that are laid in, how many each has; ``words``: of text files, what they say;
    ``beside``: the names of those that are attached.
    """
    rows = tuple(
        (
            one.anchor,
            (str(one.number), f"{one.title}\n{one.which}", date_words(one.on), one.code),
        )
        for one in found.items
    )
    blocks: list[Block] = [*found.head, Heading("Contents")]
    if rows:
        blocks.append(Contents(("No.", "What", "Of", "Code"), rows, (2, 10, 5, 6)))
        blocks.append(
            Note(
                "The code is the beginning of a digest that is worked out from every word and byte of an "
                "item: a copy that was altered has another."
            )
        )
    else:
        blocks.append(Text("Nothing was released with this request."))
    if found.left_out:
        blocks += [Heading("Left out"), *(Text(one) for one in found.left_out)]
    for one in found.items:
        blocks += [NewPage(), Heading(f"{one.number}. {one.title}, {one.which}", 2, one.anchor)]
        blocks.append(facts((("Of", date_words(one.on)), ("Digest", one.digest.hex()))))
        blocks += deeper(found.blocks[one.id])
        if one.anchor in (words or {}):
            blocks.append(Text((words or {})[one.anchor]))
        count = pages.get(one.anchor, 0)
        if count:
            blocks.append(Note(f"The document follows on {count} page{'' if count == 1 else 's'}."))
        elif one.sort == DOCUMENT and one.anchor not in (words or {}):
            name = f"item-{one.number}-{one.source.file_name}"
            if beside is None or name in beside:
                blocks.append(Note(f"This file is attached to this PDF, under the name {name}."))
        for number in range(1, count + 1):
            title = f"Item {one.number}, page {number} of {count}"
            blocks += [NewPage(), Heading(title, 3, f"{one.anchor}-{number}")]
    return Paper(KIND, found.stamp, tuple(blocks), caption=found.caption)
