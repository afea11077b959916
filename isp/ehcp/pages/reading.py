"""Reading an EHC plan: the version in force, any version, two side by side."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.ehcp import agreement, queries, references, sight
from isp.ehcp.content import SHAPE
from isp.ehcp.pages.blueprint import audience_of, home_of, layout_of, names, pages, plan_facts
from isp.ehcp.queries import NO_VERSION, Reading
from isp.ehcp.rules import AGREEMENT_WORDS, CAME_BY, MY_ANSWERS, SORT_WORDS
from isp.ehcp.vocabulary import configuration_on
from isp.kernel.errors import NotFound
from isp.people.here import look, signed_in
from isp.plans.pages.blueprint import spoken
from isp.plans.sentences import Told, tell
from isp.plans.showing import Part, parts
from isp.records.shape import Content
from isp.register import pupils

LISTED = 25


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two contents, told for a reader."""

    told: list[Told]
    unchanged: tuple[Part, ...] = ()


def shown_parts(unit: Unit, content: Content, reading: Reading) -> list[Part]:
    """The sections as this reader meets them."""
    configuration = configuration_on(queries.stood_since(reading.version))
    people = sight.who_said(unit, content, reading.decision)
    return parts(content, configuration, audience_of(reading.decision), shape=SHAPE, people=people)


@pages.get("/pupils/<uuid:pupil_id>/ehc-plan")
@signed_in
def of_pupil(pupil_id: UUID) -> ResponseReturnValue:
    """The child's EHC plan; where there is none, that there is none."""
    with look() as unit:
        decision = gate.require(unit, Permission.EHCP_READ, pupil_id)
        row = queries.plan_of(unit, pupil_id)
        caption, home = pupils.name(unit, pupil_id).full, home_of(decision, pupil_id)
        unit.record(decision, Event.PUPIL_VIEWED, Chain.pupil(pupil_id), obj=("pupil", pupil_id))
    if row is not None:
        return redirect(url_for("ehcp.plan", plan_id=row.id))
    return render_template(
        "ehcp/none.html",
        pupil_id=pupil_id,
        caption=caption,
        home=home,
        may=decision.can,
        Permission=Permission,
        layout=layout_of(decision, "layouts/form.html"),
    )


@pages.get("/ehc-plans/<uuid:plan_id>")
@signed_in
def plan(plan_id: UUID) -> ResponseReturnValue:
    """The plan in force; where none is yet, what there is to do."""
    try:
        with look() as unit:
            reading = queries.read_version(unit, plan_id)
            return _page(unit, reading, in_force=True)
    except NotFound as failure:
        if failure.message != NO_VERSION:
            raise
    with look() as unit:
        row, decision = queries.allowed(unit, plan_id, Permission.EHCP_READ)
        facts = plan_facts(unit, row, decision)
    return render_template("ehcp/not_yet.html", **facts)


@pages.get("/ehc-plans/<uuid:plan_id>/versions/<int:number>")
@signed_in
def version(plan_id: UUID, number: int) -> ResponseReturnValue:
    with look() as unit:
        reading = queries.read_version(unit, plan_id, number)
        record = queries.record_of(unit, reading.row)
        return _page(unit, reading, in_force=record.current == number, by_number=True)


def _page(unit: Unit, reading: Reading, *, in_force: bool, by_number: bool = False) -> ResponseReturnValue:
    row, decision, number = reading.row, reading.decision, reading.version.number
    said = agreement.mine(unit, row, decision, number) if decision.can(Permission.EHCP_AGREE) else None
    answers = agreement.of_version(unit, row, decision, number)
    author = names(unit, [reading.version.author_id])
    return render_template(
        "ehcp/plan.html",
        reading=reading,
        version=reading.version,
        in_force=in_force,
        by_number=by_number,
        parts=shown_parts(unit, reading.content, reading),
        author=author[reading.version.author_id],
        sort_words=SORT_WORDS,
        said=said,
        can_answer=agreement.may_answer(unit, row, decision, reading.version),
        can_file=agreement.may_file(unit, row, decision, reading.version),
        answers=answers,
        broken=references.broken(unit, row, reading.content),
        advice=[
            one
            for one in references.advice_of(unit, row, reading.content)
            if references.may_open(decision, one.kept)
        ],
        people=names(
            unit,
            {one.person_id for one in answers}
            | {one.filed.by for one in (*answers, *([said] if said else [])) if one.filed},
        ),
        ANSWERS=AGREEMENT_WORDS,
        CAME_BY=CAME_BY,
        MY_ANSWERS=MY_ANSWERS,
        **plan_facts(unit, reading.row, reading.decision),
    )


@pages.get("/ehc-plans/<uuid:plan_id>/versions")
@signed_in
def versions(plan_id: UUID) -> ResponseReturnValue:
    before = request.args.get("before", type=int)
    with look() as unit:
        row, decision, listed, reasons = queries.list_versions(unit, plan_id, before=before, limit=LISTED)
        authors = names(unit, [one.author_id for one in listed])
        facts = plan_facts(unit, row, decision)
    return render_template(
        "ehcp/versions.html",
        listed=listed,
        reasons=reasons,
        authors=authors,
        sort_words=SORT_WORDS,
        older=listed[-1].number if len(listed) == LISTED else None,
        **facts,
    )


@pages.get("/ehc-plans/<uuid:plan_id>/compare")
@signed_in
def compare(plan_id: UUID) -> ResponseReturnValue:
    """Two versions; without numbers, the newest two that the reader may see."""
    given = sorted(
        one for name in ("earlier", "later") if (one := request.args.get(name, type=int)) is not None
    )
    with look() as unit:
        if len(given) != 2:
            _, _, listed, _ = queries.list_versions(unit, plan_id, limit=2)
            given = sorted(one.number for one in listed)
        if len(given) != 2:
            flash("There is only one version so far, so there is nothing to compare it with yet.", "note")
            return redirect(url_for("ehcp.versions", plan_id=plan_id))
        found = queries.compare(unit, plan_id, given[0], given[1])
        audience = audience_of(found.later.decision)
        configuration = configuration_on(queries.stood_since(found.later.version))
        told = tell(
            found.difference,
            found.earlier.content,
            found.later.content,
            configuration,
            audience,
            shape=SHAPE,
        )
        broken = references.broken(unit, found.later.row, found.later.content)
        facts = plan_facts(unit, found.later.row, found.later.decision)
    return render_template(
        "ehcp/compare.html",
        earlier=found.earlier,
        later=found.later,
        changes=Changes(told),
        broken=broken,
        spoken=spoken,
        sort_words=SORT_WORDS,
        **facts,
    )
