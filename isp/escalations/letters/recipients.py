"""To whom a letter goes: each of the family by the ties of today, and whoever the law sends it or a copy.

Callers have passed the gate. An adult from whom the record is closed is nowhere among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from isp.access.models import Restriction, Tie
from isp.access.standing import SELF, told
from isp.audit import Unit
from isp.escalations.letters.wording import FAMILY, Letter
from isp.escalations.parties import school_of
from isp.escalations.subjects import CaseFile
from isp.people import directory
from isp.people.models import Account, Organisation

WORDS: Mapping[str, str] = {
    FAMILY: "Parent",
    "head": "Head of the school, college or nursery",
    "health": "Responsible health body",
    "social_care": "Officer who looks after social care",
    "setting": "School or other institution",
    "adviser": "Whoever is asked for advice",
    "tribunal": "First-tier Tribunal (Special Educational Needs and Disability)",
}
"""As what each is named where the letter says to whom copies go."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to whom a letter goes. ``key``: of the form's fields; ``here``: reads it in this service."""

    key: str
    sort: str
    name: str
    person_id: UUID | None = None
    organisation_id: UUID | None = None
    here: bool = False
    is_copy: bool = False

    @property
    def label(self) -> str:
        """How the page that serves it names this recipient."""
        words = "Young person" if self.key.startswith("self") else WORDS[self.sort]
        return f"{words}: {self.name}" if self.name else words


def recipients(
    unit: Unit, case: CaseFile, letter: Letter, named: Mapping[str, str] | None = None
) -> list[Recipient]:
    """Everybody to whom this letter goes, the addressees first. ``named``: names that the letter gives."""
    found: list[Recipient] = []
    for sort in (letter.to, *letter.copies):
        is_copy = sort != letter.to
        if sort == FAMILY:
            found += _family(unit, case.pupil_id)
        elif sort == "head":
            found.append(_head(unit, case, is_copy))
        else:
            told_name = {"setting": "setting_name", "adviser": "adviser_name"}.get(sort, "")
            name = WORDS[sort] if sort == "tribunal" else (named or {}).get(told_name, "")
            found.append(Recipient(sort, sort, name, is_copy=is_copy))
    return found


def _family(unit: Unit, pupil_id: UUID) -> list[Recipient]:
    """Parents with parental responsibility and the young person: each a copy of her own; none restricted."""
    barred = select(Restriction.person_id).where(
        Restriction.pupil_id == pupil_id, Restriction.lifted_at.is_(None)
    )
    query = (
        select(Tie.person_id, Tie.kind)
        .where(told(pupil_id, unit.today), Tie.person_id.not_in(barred))
        .order_by(Tie.made_at, Tie.id)
    )
    kinds = {row.person_id: row.kind for row in unit.connection.execute(query)}
    named = directory.names(unit, kinds)
    account = select(Account.person_id).where(
        Account.person_id.in_(sorted(kinds)), Account.closed_at.is_(None), Account.password_hash.is_not(None)
    )
    here = set(unit.connection.scalars(account)) if kinds else set()
    return [
        Recipient(
            f"{'self' if kind == SELF else 'family'}_{person.hex}",
            FAMILY,
            named[person].full if person in named else "",
            person_id=person,
            here=person in here,
        )
        for person, kind in kinds.items()
    ]


def _head(unit: Unit, case: CaseFile, is_copy: bool) -> Recipient:
    school_id = school_of(unit, case.pupil_id) or case.school_id
    name = None
    if school_id is not None:
        name = unit.connection.scalar(select(Organisation.name).where(Organisation.id == school_id))
    return Recipient(
        "head", "head", name or "", organisation_id=school_id, here=school_id is not None, is_copy=is_copy
    )
