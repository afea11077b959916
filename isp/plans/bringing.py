"""Old plans brought in as files: each becomes an earlier cycle of its pupil's, with the file beside it.

A file's name may suggest whose plan it is. It never decides: a person says so for each.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import docx

from isp.access import gate
from isp.access.listing import grounds_of, record_list
from isp.access.policy import OrganisationPermission, Permission
from isp.audit import Unit
from isp.documents import actions as documents
from isp.documents import waiting
from isp.documents.actions import Filing
from isp.documents.intake import Taken
from isp.documents.rules import OLD_PLAN
from isp.documents.waiting import Paper
from isp.kernel.canonical import nfc
from isp.kernel.errors import Invalid, NotFound
from isp.plans import actions, queries
from isp.plans.earlier import content_of
from isp.records.shape import Content
from isp.register import pupils, roll
from isp.register.pupils import PupilName
from isp.register.roll import OnRoll

LABEL = "S1"
"""Of the file: an old plan often holds health and what professionals said."""
MOST_TEXT = 20_000
_MOST_XML = 4 * 1024 * 1024
_LETTERS = re.compile(r"[^\W\d_]+")
_UPN = re.compile(r"[A-Z]\d{11}[0-9A-Z]")
_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class ToMatch:
    """The files that wait, the pupils they may be of, and whom each name suggests."""

    papers: tuple[Paper, ...]
    pupils: tuple[PupilName, ...]
    suggested: dict[UUID, tuple[PupilName, ...]]


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one file."""

    pupil: PupilName
    number: int
    with_text: bool
    started: bool
    """Whether a plan was started for the pupil, who had none."""


def to_match(unit: Unit, school_id: UUID) -> ToMatch:
    """What the matching page needs; that these pupils were shown in a list is recorded."""
    decision = waiting.let_in(unit, school_id)
    papers = tuple(waiting.listed(unit, school_id))
    if unit.actor.person_id is None:
        raise NotFound
    visible = gate.visible_pupils(unit.actor.person_id, Permission.PLAN_PUBLISH, unit.today)
    may = set(unit.connection.scalars(visible))
    here = [one for one in roll.everybody(unit, school_id) if one.left_on is None and one.pupil_id in may]
    names = {one.pupil_id: pupils.name_of(one.pupil_id, one.details) for one in here}
    grounds = grounds_of(decision.standing, school_id, Permission.PLAN_PUBLISH)
    record_list(unit, "old_plans", names, grounds)
    return ToMatch(
        papers,
        tuple(sorted(names.values(), key=lambda name: name.sort_key)),
        {paper.id: tuple(names[one] for one in suggest(paper.name, here)) for paper in papers},
    )


def suggest(file_name: str, here: Iterable[OnRoll]) -> list[UUID]:
    """Whose UPN, else whose forename and surname, the name of a file has in it; none where it is unclear."""
    listed = list(here)
    upns = set(_UPN.findall(file_name.upper()))
    by_upn = [one.pupil_id for one in listed if upns & {one.details.upn, *one.details.former_upns}]
    if by_upn:
        return by_upn[:_SUGGESTED]
    said = _letters(file_name)
    found = [
        one.pupil_id
        for one in listed
        if any(
            given and family and _letters(given) <= said and _letters(family) <= said
            for given, family in (
                (one.details.given, one.details.family),
                (one.details.legal_given, one.details.legal_family),
            )
        )
    ]
    return found if len(found) <= _SUGGESTED else []


def _letters(text: str) -> set[str]:
    """The words of a text without accents and capitals."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return set(_LETTERS.findall(plain.lower()))


def bring_in(
    unit: Unit, school_id: UUID, paper_id: UUID, pupil_id: UUID, happened_on: date, source: str
) -> Brought:
    """One file as an earlier cycle: all of it or nothing. Invalid, Gone or NotAllowed where it cannot be."""
    decision = gate.require_in_organisation(unit, OrganisationPermission.EARLIER_PLANS_BRING, school_id)
    gate.require(unit, Permission.PLAN_PUBLISH, pupil_id)
    paper, taken = waiting.opened(unit, school_id, paper_id)
    plan = queries.open_plan(unit, pupil_id)
    record_id = plan.id if plan is not None else actions.start_plan(unit, pupil_id)
    text = text_of(taken)
    content = _content(happened_on, source, text, paper)
    version = actions.record_earlier(unit, record_id, happened_on, content, source)
    filing = Filing(OLD_PLAN, LABEL, f"The plan of {source}"[:120], happened_on)
    waiting.let_go(unit, decision, [paper_id])
    documents.add(unit, pupil_id, filing, taken)
    return Brought(pupils.name(unit, pupil_id), version.number, bool(text), plan is None)


def _content(happened_on: date, source: str, text: str, paper: Paper) -> Content:
    said = text or (
        f"This plan is kept as it was written, among the pupil’s documents ({paper.type.upper()}). "
        "Its text was not taken over."
    )
    return content_of(happened_on, source, outcomes="", provision="", text=str(nfc(said)))


def text_of(taken: Taken) -> str:
    """What a file says, where that is simple to take over: plain text, and Word's paragraphs and tables.

    Empty where it is not, or says more than fits: then the file alone is kept.
    """
    if taken.type == "txt":
        text = taken.stream.read().decode("utf-8-sig")
    elif taken.type == "docx":
        text = _word_text(taken)
    else:
        return ""
    taken.stream.seek(0)
    text = "\n".join(line.rstrip() for line in text.splitlines()).strip()
    return text if len(text) <= MOST_TEXT else ""


def _word_text(taken: Taken) -> str:
    data = taken.stream.read()
    with zipfile.ZipFile(io.BytesIO(data)) as held:
        if sum(part.file_size for part in held.infolist() if part.filename.endswith(".xml")) > _MOST_XML:
            return ""
    try:
        document = docx.Document(io.BytesIO(data))
        lines = [paragraph.text for paragraph in document.paragraphs]
        for table in document.tables:
            lines += [_row([cell.text for cell in row.cells]) for row in table.rows]
    except (KeyError, ValueError, AttributeError, IndexError, TypeError):
        return ""  # what is sound as a file may still be no document as the reader knows them
    return re.sub("[\x00-\x08\x0b-\x1f\x7f]", " ", "\n".join(lines))


def _row(cells: Sequence[str]) -> str:
    """A row of a table on one line. A cell that spans several comes once for each: it is said once."""
    said = [" ".join(cell.split()) for cell in cells]
    return " | ".join(cell for place, cell in enumerate(said) if cell and cell not in said[:place])


def check_source(source: str) -> str:
    """Where the plans were written. Raises Invalid where it is not said."""
    given = " ".join(source.split())
    if not given or len(given) > 100:
        sentence = "Say where these plans were written." if not given else "Keep this to 100 characters."
        raise Invalid("Some answers need attention.", {"source": sentence})
    return given
