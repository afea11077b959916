"""What History says of a tie, by its kind: who is a parent, which class, which school. No codes, no ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select

from isp.access.models import Tie
from isp.access.standing import GROUP
from isp.audit import Event, Unit
from isp.audit.queries import Seen
from isp.people import directory
from isp.people.models import Organisation
from isp.records.shape import Audience
from isp.register.models import TeachingGroup

EVENTS = (Event.TIE_OPENED, Event.TIE_CHANGED, Event.TIE_ENDED)
Three = tuple[str, str, str]
"""Opened, changed, ended: what comes after the name of who did it."""

SCHOOL: Mapping[str, Three] = {
    "guardian": (
        "recorded that {what} is a parent or carer",
        "changed what is recorded of {what} as a parent or carer",
        "recorded that {what} is no longer to see this as a parent or carer",
    ),
    "self": (
        "recorded that {what} may see this, being the young person",
        "changed what {what} may see, being the young person",
        "recorded that {what} may no longer see this, being the young person",
    ),
    "group": ("recorded a place in {what}", "changed the place in {what}", "ended the place in {what}"),
    "school": ("recorded a place at {what}", "changed the place at {what}", "ended the place at {what}"),
    "former_school": (
        "recorded that {what} may go on reading what it wrote",
        "changed how long {what} may go on reading what it wrote",
        "recorded that {what} may no longer read what it wrote",
    ),
    "case": ("opened a case at {what}", "changed the case at {what}", "ended the case at {what}"),
    "caseload": ("gave the case to {what}", "changed the case of {what}", "took the case from {what}"),
    "audit": (
        "had {what} look at the case for a quality assurance audit",
        "changed how long {what} may look at the case",
        "ended what {what} saw for a quality assurance audit",
    ),
    "adviser": ("asked {what} for advice", "changed what {what} is asked", "ended the advice of {what}"),
    "responsible": (
        "recorded that {what} is the authority responsible",
        "changed what is recorded of {what}, the authority responsible",
        "recorded that {what} is no longer the authority responsible",
    ),
}
FAMILY: Mapping[str, Three] = {
    "group": (
        "noted a place in {what}",
        "changed the place in {what}",
        "noted that the place in {what} ended",
    ),
    "school": (
        "noted a place at {what}",
        "changed the place at {what}",
        "noted that the place at {what} ended",
    ),
    "responsible": (
        "noted that {what} is the council to ask",
        "changed what is noted of {what}, the council to ask",
        "noted that {what} is no longer the council to ask",
    ),
}
"""Kinds that a family is told by name; who else works with the child is on the page of who can see."""
_NAMELESS: Mapping[str, str] = {
    "group": "a class or group",
    "school": "a school",
    "former_school": "a former school",
    "case": "an authority",
    "responsible": "an authority",
}


def sentence(event: Event, kind: object, what: str, audience: Audience) -> str | None:
    """The sentence of a tie with {who} left open; None where this audience has none for the kind."""
    three = (FAMILY if audience == "family" else SCHOOL).get(str(kind))
    if three is None or event not in EVENTS:
        return None
    told = three[EVENTS.index(event)].replace("{what}", what or _NAMELESS.get(str(kind), "somebody"))
    # A name is not a template, whatever it holds.
    return "{who} " + told.replace("{", "(").replace("}", ")")


def named(unit: Unit, events: Iterable[Seen], hidden: frozenset[UUID]) -> dict[UUID, str]:
    """By tie, whom or what each of these events is about. ``hidden``: people never named to this reader."""
    ids = {seen.object_id for seen in events if seen.event in EVENTS and seen.object_id}
    if not ids:
        return {}
    rows = unit.connection.execute(
        select(
            Tie.id,
            Tie.kind,
            Tie.person_id,
            Organisation.name.label("place"),
            TeachingGroup.name.label("group"),
        )
        .join(Organisation, Organisation.id == Tie.organisation_id, isouter=True)
        .join(TeachingGroup, TeachingGroup.id == Tie.group_id, isouter=True)
        .where(Tie.id.in_(sorted(ids)))
    ).all()
    people = directory.names(unit, {row.person_id for row in rows if row.person_id} - hidden)
    found = {}
    for row in rows:
        person = people.get(row.person_id) if row.person_id else None
        what = person.full if person else row.group if row.kind == GROUP else row.place
        if what and not (row.person_id and person is None):
            found[row.id] = what
    return found
