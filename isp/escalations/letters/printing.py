"""A letter as PDF and Word: read through the gate, recorded, and only then typeset."""

from __future__ import annotations

from uuid import UUID

from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.escalations.letters import queries, rules
from isp.escalations.letters.recipients import WORDS, recipients
from isp.kernel.errors import NotFound
from isp.people import directory
from isp.plans.printing import Form, printed_by
from isp.web.filters import date_words, initials
from isp.web.print.letter import LetterData, letter
from isp.web.print.paper import Paper, Stamp

NOT_YET = "This is a draft. It has not been served."


def letter_paper(unit: Unit, letter_id: UUID, form: Form, *, large: bool, to: str = "") -> tuple[Paper, str]:
    """One reader's copy of a letter, and its kind. ``to``: the recipient of the copy, for whoever sends it.

    Each copy names its own recipient and nobody else of the family; copies to others are named by what they
    are.
    """
    found = queries.reading_of(unit, letter_id, Permission.LETTER_READ)
    unit.record(
        found.decision,
        Event.LETTER_PRINTED,
        Chain.pupil(found.row.pupil_id),
        obj=("letter", found.row.id),
        letter=found.row.kind,
        form=form.value,
        size="large" if large else "standard",
    )
    letters = initials(found.child)
    listed = [
        ("From", found.authority),
        ("Our reference", found.reference),
        ("Date", date_words(found.row.dated_on)),
        ("To", _addressee(unit, found, to)),
        ("About", found.child),
    ]
    copies = queries.wording_of(found.row)[1].copies
    if copies:
        listed.append(("Copies go to", "; ".join(WORDS[one].lower() for one in copies)))
    paper = letter(
        LetterData(
            title=found.title,
            caption=found.authority,
            stamp=Stamp(
                initials=letters,
                what=f"{letters}, {found.reference}" + (f", code {found.code}" if found.code else ""),
                by=printed_by(unit, found.decision),
                at=unit.now,
            ),
            facts=tuple(pair for pair in listed if pair[1]),
            parts=found.parts,
            foot="" if not found.gaps else NOT_YET,
        )
    )
    return paper, found.row.kind.replace("_", "-")


def _addressee(unit: Unit, found: queries.Reading, to: str) -> str:
    """Whose copy it is: the reader's own; of whoever sends it the one asked for."""
    if found.side == "family" and found.decision.person_id is not None:
        return directory.name(unit, found.decision.person_id).full
    if found.side == "school":
        return WORDS["head"]
    if not to:
        return WORDS[queries.wording_of(found.row)[1].to] if found.row.state == rules.DRAFT else "Our file"
    if found.row.state == rules.SERVED:
        named = next((one.name for one in found.copies if str(one.row.id) == to), None)
    else:
        letter = queries.wording_of(found.row)[1]
        listed = recipients(unit, found.case, letter, found.words.particulars)
        named = next((one.name or WORDS[one.sort] for one in listed if one.key == to), None)
    if named is None:
        raise NotFound
    return named


__all__ = ["Form", "letter_paper"]
