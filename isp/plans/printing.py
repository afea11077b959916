"""A plan on paper: read through the gate and the reader's lens, recorded, and only then typeset.

What is printed leaves the service, so each document is an event of its own on the pupil's chain, with which
version, in which form and size. A withdrawn version is printed for nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from isp.access.gate import Decision
from isp.access.policy import Permission, Standing
from isp.access.purposes import PURPOSES
from isp.audit import Chain, Event, Unit
from isp.kernel.errors import Gone, Invalid, NotFound
from isp.people import directory
from isp.people.roles import words as role_words
from isp.plans import queries
from isp.plans.queries import Reading
from isp.plans.showing import parts
from isp.plans.vocabulary import configuration_on
from isp.records import versions
from isp.records.shape import Audience
from isp.records.versions import Version
from isp.register.pupils import PupilName
from isp.web.filters import date_words, initials
from isp.web.print.paper import Paper, Stamp
from isp.web.print.plan import PlanData, plan

FAMILY = frozenset({Standing.PARENT, Standing.CARER, Standing.YOUNG_PERSON})
_KIND: dict[Audience, str] = {"school": "Individual support plan", "family": "Support plan"}


class Form(StrEnum):
    """What kind of file."""

    PDF = "pdf"
    WORD = "docx"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants on paper. ``number``: a version, None for the one in force.

    ``purpose``: of what was released to an authority, the code of ``access.purposes`` that it is for.
    """

    document: str
    form: Form = Form.PDF
    large: bool = False
    number: int | None = None
    purpose: str | None = None


def audience_of(decision: Decision) -> Audience:
    """In whose words a paper is written: by the standing that lets it be printed."""
    return "family" if decision.standing in FAMILY else "school"


def allowed(unit: Unit, record_id: UUID, wanted: Wanted) -> tuple[Any, Decision]:
    """The record and the decision to print it. Invalid where a purpose must be told and is none."""
    row, decision = queries.allowed(unit, record_id, Permission.PLAN_PRINT)
    if decision.sources is None:
        return row, decision
    if wanted.purpose not in PURPOSES:
        raise Invalid("Say what the copy is for.", {"purpose": "Choose what the copy is for."})
    return row, replace(decision, purpose=wanted.purpose)


def read_for_paper(unit: Unit, record_id: UUID, wanted: Wanted) -> Reading:
    """The version, projected through the lens of those standings that may print; recorded as printed."""
    row, decision = allowed(unit, record_id, wanted)
    number = wanted.number
    if number is None:
        number = queries.number_in_force(unit, row, decision)
    if number is None:
        raise NotFound(queries.NO_VERSION)
    reading = queries.reading_of(unit, row, decision, number)
    if reading.version.withdrawn:
        raise Gone(versions.WITHDRAWN)
    record_printed(unit, reading.decision, reading.version, wanted)
    return reading


def record_printed(unit: Unit, decision: Decision, version: Version, wanted: Wanted) -> None:
    """The event, on the pupil's own chain."""
    unit.record(
        decision,
        Event.PLAN_PRINTED,
        Chain.pupil(version.pupil_id),
        obj=("record", version.record_id),
        version=version.number,
        document=wanted.document,
        form=wanted.form.value,
        size="large" if wanted.large else "standard",
    )


def plan_paper(unit: Unit, record_id: UUID, wanted: Wanted) -> tuple[Paper, Version]:
    """The plan as a document."""
    reading = read_for_paper(unit, record_id, wanted)
    audience = audience_of(reading.decision)
    configuration = configuration_on(queries.stood_since(reading.version))
    name = pupil_of(reading)
    data = PlanData(
        kind=_KIND[audience],
        caption=name.full,
        facts=version_facts(unit, reading, audience),
        parts=parts(reading.content, configuration, audience),
        stamp=stamp(unit, reading, audience),
        nothing_under=audience == "school",
    )
    return plan(data), reading.version


def pupil_of(reading: Reading) -> PupilName:
    """Whose plan it is."""
    if reading.pupil is None:
        raise NotFound
    return reading.pupil


def printed_by(unit: Unit, decision: Decision) -> str:
    """Who prints, by name and by the standing that lets it: nobody's other roles are told on paper."""
    if unit.actor.person_id is None:
        raise NotFound
    return f"{directory.name(unit, unit.actor.person_id).full}, {role_words(decision.standing)}"


def stamp(unit: Unit, reading: Reading, audience: Audience, *, which: str | None = None) -> Stamp:
    """What stands at the foot of each page.

    ``which``: of several versions, their numbers; each tells its code where it stands, the foot the newest's.
    """
    letters = initials(pupil_of(reading).full)
    numbered = f"{'plan' if audience == 'family' else 'version'} {reading.version.number}"
    code = f"code {reading.version.code}"
    return Stamp(
        initials=letters,
        what=f"{letters}, {which}, {code} of {numbered}" if which else f"{letters}, {numbered}, {code}",
        by=printed_by(unit, reading.decision),
        at=unit.now,
    )


def version_facts(unit: Unit, reading: Reading, audience: Audience) -> tuple[tuple[str, str], ...]:
    """Which version it is, from when, by whom and why; as the page says it."""
    version = reading.version
    author = directory.name(unit, version.author_id).with_role
    family, recorded = audience == "family", date_words(version.recorded_at)
    if version.happened_on:
        happened = date_words(version.happened_on)
        where = "somewhere else" if family else "elsewhere"
        when = f"{version.number}, from {happened}. Written {where}, put in here on {recorded}"
        labels = ("Put in by", "Where it comes from") if family else ("Entered by", "From")
    else:
        when = f"{version.number}, {'from' if family else 'finalised on'} {recorded}"
        labels = ("Written by", "What changed, and why")
    return (
        ("Plan" if family else "Version", when),
        (labels[0], author),
        *(((labels[1], reading.reason),) if reading.reason else ()),
        ("Code", f"{version.code} (worked out from every word: a copy that was altered has another)"),
    )
