"""Reading a plan: the version in force, any version, two side by side, and as it stood on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.gate import Decision
from isp.access.policy import Permission
from isp.audit import Unit
from isp.kernel.errors import Invalid, NotFound
from isp.people.here import look, signed_in
from isp.plans import queries
from isp.plans.pages.blueprint import Around, around, audience_of, home_of, pages, spoken, versions_words
from isp.plans.queries import Reading
from isp.plans.rules import WITHDRAWAL_REASONS
from isp.plans.schemas import AsOfSchema
from isp.plans.sentences import Told, tell
from isp.plans.showing import Part, parts
from isp.plans.vocabulary import Configuration, configuration_on
from isp.records.diff import Diff
from isp.records.shape import Content
from isp.records.versions import Version
from isp.web.forms import Form
from isp.web.paging import Window, read_page
from isp.web.shell import menu_ahead

LISTED = 25
MOST_VERSIONS = 2**31
"""Above any number a version has, and the highest a column holds."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two contents, told for a reader, and what does not, folded away.

    ``since``: of a draft, the version it is compared with; 0 for none.
    """

    told: list[Told]
    unchanged: list[Part]
    since: int = 0


def changes_of(
    difference: Diff, before: Content, after: Content, configuration: Configuration, decision: Decision
) -> Changes:
    """Changes in the reader's words; an entry of which anything changed is not among the unchanged."""
    audience = audience_of(decision)
    told = tell(difference, before, after, configuration, audience)
    return Changes(told, list(_unchanged(difference, parts(after, configuration, audience))))


def _unchanged(difference: Diff, shown: list[Part]) -> list[Part]:
    kept = []
    for part in shown:
        section = difference.section(part.name)
        fields = {change.field for change in section.fields} if section else set()
        items = {change.id for change in section.items} if section else set()
        same = Part(
            part.name,
            part.heading,
            part.status,
            tuple(answer for answer in part.answers if answer.field not in fields),
            tuple(entry for entry in part.entries if entry.id not in items),
        )
        if not same.is_empty:
            kept.append(same)
    return kept


def template_facts(reading: Reading, surroundings: Around) -> dict[str, Any]:
    """What the plan's templates need of a version that has been read."""
    decision = reading.decision
    audience = audience_of(decision)
    configuration = configuration_on(queries.stood_since(reading.version))
    return {
        "reading": reading,
        "version": reading.version,
        "parts": parts(reading.content, configuration, audience),
        "audience": audience,
        "around": surroundings,
        "caption": surroundings.caption,
        "author": surroundings.name(reading.version.author_id),
        "home": home_of(decision, reading.version.pupil_id),
        "versions_words": versions_words(decision),
        "withdrawals": WITHDRAWAL_REASONS,
        "may": decision.can,
        "Permission": Permission,
        "layout": "layouts/family.html" if audience == "family" else "layouts/page.html",
    }


@pages.get("/plans/<uuid:record_id>")
@signed_in
def plan(record_id: UUID) -> ResponseReturnValue:
    menu_ahead()
    try:
        with look() as unit:
            reading = queries.read_version(unit, record_id)
            facts = template_facts(reading, _around_version(unit, reading))
            draft = reading.draft if reading.decision.can(Permission.DRAFT_READ) else None
            unit.send_ahead()
            return render_template("plans/plan.html", in_force=True, draft=draft, **facts)
    except NotFound as failure:
        if failure.message != queries.NO_VERSION:
            raise
        return _not_yet(record_id)


def _not_yet(record_id: UUID) -> ResponseReturnValue:
    """A plan of which nothing is in force: whoever writes it is led to the draft, others are told."""
    with look() as unit:
        row, decision = queries.allowed(unit, record_id, Permission.PLAN_READ)
        draft = _draft_facts(unit, record_id, decision)
        surroundings = around(unit, row.pupil_id)
    return render_template(
        "plans/not_yet.html",
        record=row,
        draft=draft,
        caption=surroundings.caption,
        audience=audience_of(decision),
        home=home_of(decision, row.pupil_id),
        versions_words=versions_words(decision),
        may=decision.can,
        Permission=Permission,
        layout="layouts/family.html" if audience_of(decision) == "family" else "layouts/form.html",
    )


def _draft_facts(unit: Unit, record_id: UUID, decision: Decision) -> Any | None:
    return queries.draft_facts(unit, record_id) if decision.can(Permission.DRAFT_READ) else None


def _around_version(unit: Unit, reading: Reading) -> Around:
    return around(
        unit, reading.version.pupil_id, [reading.version.author_id], pupil=reading.pupil, known=reading.people
    )


@pages.get("/plans/<uuid:record_id>/versions/<int:number>")
@signed_in
def version(record_id: UUID, number: int) -> ResponseReturnValue:
    menu_ahead()
    with look() as unit:
        reading = queries.read_version(unit, record_id, number)
        in_force = queries.record_of(unit, record_id).current == number
        facts = template_facts(reading, _around_version(unit, reading))
        draft = reading.draft if in_force and reading.decision.can(Permission.DRAFT_READ) else None
        unit.send_ahead()
        return render_template("plans/plan.html", in_force=in_force, draft=draft, **facts)


@pages.get("/plans/<uuid:record_id>/versions")
@signed_in
def versions(record_id: UUID) -> ResponseReturnValue:
    menu_ahead()
    with look() as unit:
        page: Any = None

        def fetch(row: Any, decision: Decision) -> list[Version]:
            def window(wanted: Window) -> list[Version]:
                place = int(str(wanted.position[0])) if wanted.position else None
                before, after = (None, place) if wanted.backwards else (place, None)
                return queries.versions_seen(
                    unit, row, decision, before=before, after=after, limit=wanted.limit
                )

            nonlocal page
            page = read_page(
                window,
                lambda one: (one.number,),
                scope=f"versions.{record_id}",
                size=LISTED,
                cursor=request.args.get("from"),
            )
            return list(page.items)

        row, decision, reasons = queries.list_versions(unit, record_id, fetch)
        surroundings = around(unit, row.pupil_id, [one.author_id for one in page.items])
        unit.send_ahead()
        return render_template(
            "plans/earlier_plans.html" if audience_of(decision) == "family" else "plans/versions.html",
            record=row,
            page=page,
            reasons=reasons,
            withdrawals=WITHDRAWAL_REASONS,
            around=surroundings,
            caption=surroundings.caption,
            home=home_of(decision, row.pupil_id),
            released=decision.sources is not None,
            may=decision.can,
            Permission=Permission,
            layout="layouts/page.html",
        )


@pages.get("/plans/<uuid:record_id>/compare")
@signed_in
def compare(record_id: UUID) -> ResponseReturnValue:
    """Two versions; without numbers, the newest two that the reader may see.

    With the later number alone, that one and the one before it that can be read.
    """
    with look() as unit:
        pair = _pair(unit, record_id)
        if pair is None:
            flash(
                "There is nothing earlier to compare it with: what was before it has been withdrawn.", "note"
            )
            return redirect(url_for("plans.versions", record_id=record_id))
        earlier, later = pair
        compared = queries.compare(unit, record_id, earlier, later)
        decision = compared.later.decision
        # One configuration for both: a label that was renamed in between is no change of the plan.
        configuration = configuration_on(queries.stood_since(compared.later.version))
        authors = [compared.earlier.version.author_id, compared.later.version.author_id]
        surroundings = around(unit, compared.later.version.pupil_id, authors, pupil=compared.later.pupil)
    changes = changes_of(
        compared.difference, compared.earlier.content, compared.later.content, configuration, decision
    )
    return render_template(
        "plans/compare.html",
        record_id=record_id,
        earlier=compared.earlier,
        later=compared.later,
        changes=changes,
        spoken=spoken,
        around=surroundings,
        caption=surroundings.caption,
        home=home_of(decision, compared.later.version.pupil_id),
        versions_words=versions_words(decision),
        audience=audience_of(decision),
        layout="layouts/family.html" if audience_of(decision) == "family" else "layouts/page.html",
    )


def _pair(unit: Unit, record_id: UUID) -> tuple[int, int] | None:
    """The numbers to compare; None where everything before the one asked for has been withdrawn."""
    numbers = [request.args.get(name, type=int) for name in ("earlier", "later")]
    given = sorted(number for number in numbers if number is not None)
    if len(given) == 2:
        return given[0], given[1]
    row, decision = queries.allowed(unit, record_id, Permission.PLAN_VERSIONS_READ)
    later = numbers[1]
    if later is not None and not 0 < later < MOST_VERSIONS:
        raise NotFound
    listed = queries.versions_seen(unit, row, decision, before=later, limit=3 if later is None else LISTED)
    seen = [one.number for one in listed if not one.withdrawn]
    if later is not None:
        return (seen[0], later) if seen else None
    if len(seen) < 2:
        one = "plan" if audience_of(decision) == "family" else "version"
        raise Invalid(f"There is only one {one} so far, so there is nothing to compare it with yet.")
    return seen[1], seen[0]


@pages.get("/plans/<uuid:record_id>/as-of")
@signed_in
def as_of(record_id: UUID) -> ResponseReturnValue:
    """The plan as it stood at the end of a day: asks for the day, then shows it in the address."""
    asked = any(name.startswith("on-") for name in request.args)
    form = Form(AsOfSchema(), request.args if asked else None, initial={"on": _day(request.args.get("on"))})
    if form.accepted:
        return redirect(url_for("plans.as_of", record_id=record_id, on=form.values["on"].isoformat()))
    day = form.initial["on"]
    facts: dict[str, Any] = {}
    with look() as unit:
        reading = queries.as_it_stood(unit, record_id, day) if day is not None else None
        if reading is not None:
            decision, surroundings = reading.decision, _around_version(unit, reading)
            facts = template_facts(reading, surroundings)
        else:
            row, decision = queries.allowed(unit, record_id, Permission.PLAN_VERSIONS_READ)
            surroundings = around(unit, row.pupil_id)
            home_of(decision, row.pupil_id)
    layout = "layouts/family.html" if audience_of(decision) == "family" else "layouts/page.html"
    shown = {
        "record_id": record_id,
        "caption": surroundings.caption,
        "layout": layout,
        "audience": audience_of(decision),
    } | facts
    return render_template("plans/as_of.html", form=form, day=day, **shown), form.status


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
