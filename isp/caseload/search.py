"""Finding a pupil among those one may see, by the names people use and the legal ones.

Names are sealed, so they are compared here and not in the database; a school's roll opens in three
statements.
"""

from __future__ import annotations

import unicodedata
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.listing import grounds_of, record_list
from isp.access.models import Tie
from isp.access.policy import Permission
from isp.access.standing import SCHOOL, live
from isp.audit import Unit
from isp.caseload.positions import Post
from isp.register import pupils
from isp.register.pupils import PupilName

SHORTEST = 2
"""Letters: fewer find half the school."""
MOST = 20


def find(unit: Unit, posts: tuple[Post, ...], words: str) -> list[PupilName]:
    """At most ``MOST`` + 1 pupils of these schools whose name has every word typed, by surname.

    The list is remembered on the chain of each school it names somebody of (with no hit, of the first).
    """
    wanted = _plain(words).split()
    if not wanted or len("".join(wanted)) < SHORTEST or not posts or unit.actor.person_id is None:
        return []
    schools = {post.organisation_id: post for post in posts}
    visible = gate.visible_pupils(unit.actor.person_id, Permission.PUPIL_READ, unit.today)
    rows = unit.connection.execute(
        select(Tie.pupil_id, Tie.organisation_id).where(
            Tie.kind == SCHOOL,
            Tie.organisation_id.in_(sorted(schools)),
            live(Tie, unit.today),
            Tie.pupil_id.in_(visible),
        )
    ).all()
    school_of: dict[UUID, UUID] = {row.pupil_id: row.organisation_id for row in rows}
    named = pupils.names(unit, school_of) if school_of else {}
    hits = sorted((name for name in named.values() if _answers(name, wanted)), key=lambda name: name.sort_key)
    hits = hits[: MOST + 1]
    for number, (school_id, post) in enumerate(schools.items()):
        seen = [hit.pupil_id for hit in hits if school_of[hit.pupil_id] == school_id]
        if seen or (number == 0 and not hits):
            record_list(unit, "search", seen, grounds_of(post.role, school_id))
    return hits


def _answers(name: PupilName, wanted: list[str]) -> bool:
    held = _plain(f"{name.given} {name.family} {name.legal_given} {name.legal_family}").split()
    return all(any(part.startswith(word) for part in held) for word in wanted)


def _plain(text: str) -> str:
    """Lower case, without accents; hyphens and apostrophes part words as a space does."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c if c.isalnum() else "" if unicodedata.combining(c) else " " for c in letters)
