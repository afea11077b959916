"""Reading the working document: a version of the plan, and what each side proposes for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.ehcp import queries as plans
from isp.ehcp.content import SHAPE
from isp.ehcp.vocabulary import configuration_on
from isp.escalations import subjects
from isp.escalations.case_models import WordingProposal
from isp.escalations.subjects import CaseFile
from isp.escalations.tribunal.working_document import (
    EntryWords,
    MarkedSection,
    Proposal,
    SectionWords,
    Words,
    blocks_of,
    marked_sections,
)
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.errors import NotFound
from isp.kernel.keys import KeyOf
from isp.plans.printing import printed_by
from isp.plans.showing import say_item
from isp.records.shape import Content
from isp.records.versions import Version
from isp.register import pupils
from isp.web.filters import date_words, initials
from isp.web.print.paper import Paper, Stamp
from isp.web.print.plan import facts

PROPOSALS = table_of(WordingProposal)
APPEAL = "appeal"
"""For mediation or an appeal: the one purpose of this document (``access.purposes``)."""


@dataclass(frozen=True, slots=True)
class Document:
    """The version under appeal with every proposal about it. None of both where no plan is in force."""

    case: CaseFile
    decision: Decision
    version: Version | None
    plan_id: UUID | None
    sections: tuple[MarkedSection, ...]
    proposals: tuple[Proposal, ...]


def place(proposal_id: UUID, row_version: int) -> Place:
    """Where a proposal's words lie."""
    return Place("wording_proposal", "sealed", proposal_id, row_version)


def read_document(unit: Unit, case_id: UUID) -> Document:
    """For the page; the look is recorded."""
    case, decision = subjects.allowed(unit, case_id, Permission.DIARY_READ)
    found = document_of(unit, case, decision)
    unit.record(decision, Event.WORKING_DOCUMENT_VIEWED, Chain.pupil(case.pupil_id), obj=("case", case.id))
    return found


def document_paper(unit: Unit, case_id: UUID) -> Paper:
    """For Word; recorded as printed, for the appeal. NotFound where no plan is in force."""
    case, decision = subjects.allowed(unit, case_id, Permission.DIARY_READ, purpose=APPEAL)
    found = document_of(unit, case, decision)
    if found.version is None:
        raise NotFound(gate.NO_PAGE)
    unit.record(decision, Event.WORKING_DOCUMENT_PRINTED, Chain.pupil(case.pupil_id), obj=("case", case.id))
    name = pupils.name(unit, case.pupil_id)
    letters = initials(name.full)
    about = facts(
        (
            ("Our reference", case.reference),
            ("EHC plan", f"version {found.version.number}, of {date_words(found.version.stands_from)}"),
            ("Code of that version", found.version.code),
            ("As on", date_words(unit.today)),
        )
    )
    stamp = Stamp(
        initials=letters,
        what=f"{letters}, {case.reference}, version {found.version.number}",
        by=printed_by(unit, decision),
        at=unit.now,
    )
    blocks = (about, *blocks_of(found.sections))
    return Paper("Working document", stamp, blocks, caption=name.full)


def document_of(unit: Unit, case: CaseFile, decision: Decision) -> Document:
    """The document for a page or a deed that records itself."""
    plan = next((one for one in case.plans if one.record_id is not None), None)
    if plan is None:
        return Document(case, decision, None, None, (), ())
    row, seen = plans.allowed(unit, plan.id, Permission.EHCP_VERSIONS_READ)
    try:
        reading = plans.reading_of(unit, row, seen, None)
    except NotFound:
        return Document(case, decision, None, plan.id, (), ())
    proposals = proposals_about(unit, case, reading.version.id)
    sections = marked_sections(_words(unit, reading.content), proposals)
    return Document(case, decision, reading.version, plan.id, tuple(sections), tuple(proposals))


def proposals_about(unit: Unit, case: CaseFile, version_id: UUID) -> list[Proposal]:
    """Every proposal about a version, in the order they were made."""
    c = PROPOSALS.c
    ours = (c.pupil_id == case.pupil_id, c.authority_id == case.authority_id)
    query = select(PROPOSALS).where(c.version_id == version_id, *ours)
    return [_proposal(unit, row) for row in unit.connection.execute(query.order_by(c.made_at, c.id))]


def proposal_row(unit: Unit, case: CaseFile, proposal_id: UUID) -> tuple[Any, dict[str, str]]:
    """A proposal's row with its words. NotFound for one of another case."""
    c = PROPOSALS.c
    ours = (c.subject_id.in_(sorted(case.ids)), c.authority_id == case.authority_id)
    query = select(PROPOSALS).where(c.id == proposal_id, *ours)
    row = unit.connection.execute(query).first()
    if row is None:
        raise NotFound(gate.NO_PAGE)
    words: dict[str, str] = unit.keys.open(
        KeyOf.pupil(row.pupil_id), place(row.id, row.row_version), row.sealed
    )
    return row, words


def _proposal(unit: Unit, row: Any) -> Proposal:
    words = unit.keys.open(KeyOf.pupil(row.pupil_id), place(row.id, row.row_version), row.sealed)
    return Proposal(
        row.id,
        row.section,
        row.item_id,
        row.field,
        row.side,
        row.act,
        row.state,
        words["wording"],
        words["note"],
    )


def _words(unit: Unit, content: Content) -> list[SectionWords]:
    """Each section's entries with their answers, as the version says them."""
    configuration = configuration_on(unit.today)
    found = []
    for name, section in content["sections"].items():
        entries = []
        for item in section.get("items", []):
            said = say_item(content, configuration, name, item, shape=SHAPE)
            answers = tuple(Words(one.field, one.label, "\n".join(one.texts)) for one in said.answers)
            entries.append(EntryWords(UUID(item["id"]), answers))
        found.append(SectionWords(name, SHAPE.sections[name].words("school"), tuple(entries)))
    return found
