"""The tracker, the board of those who change phase, and the lists of a term's reviews to schools."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import OrganisationPermission
from isp.audit import Unit
from isp.escalations import upkeep_clock as clock
from isp.escalations.pages.upkeep.blueprint import pages, plan_page
from isp.escalations.upkeep import boards, due_lists, out_lists, reviewing
from isp.escalations.upkeep.boards import FILTERS, STAGES, Mover, Place, Tracked
from isp.escalations.upkeep.schemas import ListsSchema
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.people.here import act, look, person_id, signed_in
from isp.web.filters import count_of
from isp.web.forms import Form
from isp.web.paging import Window, read_page
from isp.web.shown import an_id


def _id(name: str) -> UUID | None:
    try:
        return UUID(request.args[name])
    except (KeyError, ValueError):
        return None


def _href(path: str, **asked: Any) -> str:
    held = {name: str(value) for name, value in asked.items() if value}
    return f"{path}?{urlencode(held)}" if held else path


def _window(window: Window) -> dict[str, Any]:
    return {"before" if window.backwards else "after": window.position, "limit": window.limit}


@pages.get("/annual-reviews")
@signed_in
def tracker() -> ResponseReturnValue:
    """The plans in force by the day of their review: of an authority, or of a school's pupils."""
    show = request.args.get("show", "all")
    show = show if show in FILTERS else "all"
    school_id = _id("school")
    with look() as unit:
        place, places = boards.place_of(unit, _id("of"))

        def fetch(window: Window) -> list[Tracked]:
            return boards.tracker(unit, place, show=show, school_id=school_id, **_window(window))

        page = read_page(
            fetch,
            lambda one: (one.plan.review_due_on or date(1900, 1, 1), one.plan.id),
            scope=f"annual-reviews.{place.id}.{show}.{person_id()}",
            cursor=request.args.get("from"),
        )
        boards.record_tracker(unit, place, "annual-reviews", page.items)
        counts = boards.counts(unit, place)
        out = out_lists.how_many(unit, place)
        lists = due_lists.lists_of(unit, [place.id]) if place.kind == "school" else []
        sends = OrganisationPermission.EHC_REVIEWS_SEND in _allowed(unit, place)
        today = unit.today
    asked = {"of": place.id if len(places) > 1 else None, "school": school_id}
    return render_template(
        "upkeep/tracker.html",
        page=page,
        place=place,
        places=places,
        show=show,
        filters=[
            (code, words, counts[code], _href("/annual-reviews", show=code, **asked))
            for code, words in FILTERS.items()
        ],
        here=_href("/annual-reviews", show=show, **asked),
        plan_page=plan_page,
        clock=clock,
        lists=lists,
        sends=sends,
        out=out,
        of=place.id,
        today=today,
    )


def _allowed(unit: Unit, place: Place) -> set[OrganisationPermission]:
    wanted = OrganisationPermission.EHC_REVIEWS_SEND
    return {wanted} if place.id in gate.organisations_where(unit, wanted) else set()


@pages.get("/annual-reviews/phase")
@signed_in
def phase() -> ResponseReturnValue:
    """Those who change phase in a year: reviewed, amended, the next setting named, and how long is left."""
    kind = request.args.get("kind", clock.OTHER_PHASE)
    kind = kind if kind in (clock.POST_16, clock.OTHER_PHASE) else clock.OTHER_PHASE
    stage = request.args.get("show", "all")
    stage = stage if stage in STAGES else "all"
    with look() as unit:
        place, places = boards.place_of(unit, _id("of"))
        now = clock.transfer_year(unit.today)
        year = request.args.get("year", now, type=int)
        year = year if now - 5 <= year <= now + 5 else now

        def fetch(window: Window) -> list[Mover]:
            at = window.position[0] if window.position else None
            where: dict[str, Any] = {"before" if window.backwards else "after": at}
            return boards.phase_board(
                unit, place, kind=kind, year=year, stage=stage, limit=window.limit, **where
            )

        page = read_page(
            fetch,
            lambda one: (one.plan.id,),
            scope=f"phase.{place.id}.{kind}.{year}.{stage}.{person_id()}",
            cursor=request.args.get("from"),
        )
        boards.record_tracker(unit, place, "phase-transfers", page.items)
        counts = boards.phase_counts(unit, place, kind=kind, year=year)
        today = unit.today
    asked = {"of": place.id if len(places) > 1 else None, "kind": kind, "year": year}
    return render_template(
        "upkeep/phase.html",
        page=page,
        place=place,
        kind=kind,
        year=year,
        years=range(now - 1, now + 3),
        due=clock.phase_due(kind, year),
        clock=clock,
        stage=stage,
        stages=[
            (code, words, counts[code], _href("/annual-reviews/phase", show=code, **asked))
            for code, words in STAGES.items()
        ],
        here=_href("/annual-reviews/phase", show=stage, **asked),
        href=lambda **more: _href("/annual-reviews/phase", **{**asked, **more}),
        plan_page=plan_page,
        today=today,
    )


@pages.route("/annual-reviews/lists", methods=["GET", "POST"])
@signed_in
def lists() -> ResponseReturnValue:
    """The lists of a term's reviews: which schools have reviews due in it, and sending each its list."""
    with look() as unit:
        authorities = gate.organisations_where(unit, OrganisationPermission.EHC_REVIEWS_SEND)
        if not authorities:
            raise NotFound(gate.NO_PAGE)
        authority_id = next((one for one in authorities if one == _id("of")), authorities[0])
        gate.require_in_organisation(unit, OrganisationPermission.EHC_REVIEWS_SEND, authority_id)
    data = request.form if request.method == "POST" else request.args or None
    form = Form(ListsSchema(), data if data and "term_from" in _names(data) else None)
    if form.accepted and request.method == "POST":
        return _send(form, authority_id)
    schools: list[due_lists.ToSend] = []
    with look() as unit:
        if form.accepted:
            term = form.values["term_from"], form.values["term_to"]
            schools = due_lists.schools(unit, authority_id, *term)
        today = unit.today
    return (
        render_template(
            "upkeep/lists.html",
            form=form,
            schools=schools,
            asked=form.accepted,
            due=clock.list_due(form.values["term_from"]) if form.accepted else None,
            today=today,
            of=authority_id,
            back_to=("/annual-reviews", "Annual reviews"),
        ),
        form.status,
    )


def _names(data: Any) -> set[str]:
    """The fields that were sent, a date's three boxes as one."""
    return {name.rpartition("-")[0] or name for name in data}


MOST_SCHOOLS = 40
"""Lists sent with one press of the button; the rest with the next."""


def _send(form: Form, authority_id: UUID) -> ResponseReturnValue:
    term_from, term_to = form.values["term_from"], form.values["term_to"]
    ids = [an_id(one) for one in request.form.getlist("school_id")]
    chosen = [one for one in ids if one is not None][:MOST_SCHOOLS]
    sent, refused = 0, ""
    for school_id in chosen:
        try:
            with act() as unit:
                reviewing.send_list(unit, authority_id, school_id, term_from, term_to)
            sent += 1
        except (Conflict, Invalid) as failure:
            refused = failure.message
    if sent:
        flash(f"{count_of(sent, 'list').capitalize()} sent. The heads and SENCOs are told.")
    if refused or not chosen:
        flash(refused or "Choose at least one school.", "important")
    asked = {
        f"{name}-{part}": getattr(day, part)
        for name, day in (("term_from", term_from), ("term_to", term_to))
        for part in ("day", "month", "year")
    }
    return redirect(_href("/annual-reviews/lists", of=authority_id, **asked), 303)
