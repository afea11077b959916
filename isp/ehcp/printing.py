"""An EHC plan on paper: read through the reader's lens, recorded, and only then typeset.

Each section is separately identified, in the order of regulation 12(1); the paper names the date, the officer
and, of an amended plan, that it is one. What the reader may not see is not named as empty either.
"""

from __future__ import annotations

from uuid import UUID

from isp.audit import Unit
from isp.ehcp import queries, references, sight
from isp.ehcp.content import SHAPE
from isp.ehcp.queries import Reading
from isp.ehcp.rules import SORT_WORDS
from isp.ehcp.sight import FAMILY
from isp.ehcp.vocabulary import configuration_on
from isp.people import directory
from isp.plans.printing import printed_by
from isp.plans.showing import Part, parts
from isp.records.shape import Audience
from isp.records.versions import DRAFT_SENT
from isp.register import pupils
from isp.web.filters import date_words, initials
from isp.web.print.paper import Block, Heading, Note, Paper, Stamp, Text
from isp.web.print.plan import facts, section

TITLE = "Education, health and care plan"
NONE = "None."
BLANK = "Left blank in a draft: the setting is named when the plan is finalised."


def plan_paper(
    unit: Unit, plan_id: UUID, number: int | None, form: str, *, large: bool, purpose: str | None = None
) -> tuple[Paper, int]:
    """A version as a document, and its number; what ``queries.for_paper`` raises."""
    reading = queries.for_paper(unit, plan_id, number, form, large=large, purpose=purpose)
    return paper_of(unit, reading), reading.version.number


def paper_of(unit: Unit, reading: Reading) -> Paper:
    """A version that has been read, as a document; for letters that carry the plan too."""
    version, decision = reading.version, reading.decision
    audience: Audience = "family" if decision.standing in FAMILY else "school"
    name = pupils.name(unit, reading.row.pupil_id)
    letters = initials(name.full)
    configuration = configuration_on(queries.stood_since(version))
    people = sight.who_said(unit, reading.content, decision)
    shown = parts(reading.content, configuration, audience, shape=SHAPE, people=people)
    blocks: list[Block] = [facts(_facts(unit, reading))]
    blocks += [Note(sentence) for sentence in references.broken(unit, reading.row, reading.content)]
    for part in shown:
        blocks += _section(part, is_draft=version.sort == DRAFT_SENT)
    return Paper(
        TITLE,
        Stamp(
            initials=letters,
            what=f"{letters}, version {version.number}, code {version.code}",
            by=printed_by(unit, decision),
            at=unit.now,
        ),
        tuple(blocks),
        caption=name.full,
    )


def _facts(unit: Unit, reading: Reading) -> tuple[tuple[str, str], ...]:
    version, name = reading.version, pupils.name(unit, reading.row.pupil_id)
    on = date_words(version.happened_on or version.recorded_at)
    dated = {"amended": "Date of this amendment", "draft_sent": "Date of this draft"}
    first = reading.row.first_made_on
    return (
        ("Born", date_words(name.born_on)),
        ("What this is", SORT_WORDS.get(version.sort, "")),
        (dated.get(version.sort, "Date of the plan"), on),
        *((("First made", date_words(first)),) if first and version.sort == "amended" else ()),
        ("Officer", directory.name(unit, version.author_id).with_role),
        ("What changed, and why", reading.reason),
        ("Reference", reading.row.reference),
        ("Code", f"{version.code} (worked out from every word: a copy that was altered has another)"),
    )


def _section(part: Part, *, is_draft: bool) -> list[Block]:
    if not part.is_empty:
        return list(section(part))
    said: Block = Note(BLANK) if is_draft and part.name == "i" else Text(NONE)
    return [Heading(part.heading), said]
