"""The pages about children who are out of school, or there part of the time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import Permission
from isp.escalations.pages.blueprint import home_of, layout_of
from isp.escalations.pages.upkeep.blueprint import Ask, answer, pages
from isp.escalations.pages.upkeep.listing import _href, _id, _window
from isp.escalations.queries import side_of
from isp.escalations.upkeep import boards, out_lists, out_of_school
from isp.escalations.upkeep.out_lists import SHOWS, Out, OutRead
from isp.escalations.upkeep.schemas import (
    CloseOutSchema,
    LookAgainSchema,
    OutDecisionSchema,
    ReportedOutSchema,
)
from isp.kernel.errors import Invalid
from isp.people.here import act, look, person_id, signed_in
from isp.register import pupils
from isp.web.forms import Form
from isp.web.paging import Window, read_page

P = Permission


def _version(found: OutRead) -> int:
    return int(found.row.row_version)


DEEDS: tuple[Ask, ...] = (
    Ask(
        path="decide",
        link="Record the decision",
        question="What does the authority do?",
        button="Record the decision",
        said="The decision is recorded, and the family and the school are told.",
        schema=OutDecisionSchema,
        permission=P.OUT_OF_SCHOOL_DECIDE,
        do=lambda unit, row_id, values, shown: out_of_school.decide(unit, row_id, **values, shown=shown),
        when=lambda found: found.row.state != out_of_school.CLOSED,
        intro=(
            "Section 19, Education Act 1996: suitable education for a child of compulsory school age who "
            "otherwise would not have any, because of illness, exclusion or otherwise."
        ),
        version=_version,
        today_in=("decided_on",),
    ),
    Ask(
        path="look-again",
        link="Record that it was looked at again",
        question="What was found when this was looked at again?",
        button="Record it",
        said="It is recorded, with the day of the next time.",
        schema=LookAgainSchema,
        permission=P.OUT_OF_SCHOOL_DECIDE,
        do=lambda unit, row_id, values, shown: out_of_school.look_again(unit, row_id, **values, shown=shown),
        when=lambda found: found.row.state == out_of_school.DECIDED,
        version=_version,
        today_in=("on",),
    ),
    Ask(
        path="close",
        link="Record that it is over",
        question="Why is this over?",
        button="Record it",
        said="It is over and closed.",
        schema=CloseOutSchema,
        permission=P.OUT_OF_SCHOOL_DECIDE,
        do=lambda unit, row_id, values, shown: out_of_school.close(unit, row_id, **values, shown=shown),
        when=lambda found: found.row.state != out_of_school.CLOSED,
        version=_version,
        today_in=("on",),
        leads="/out-of-school",
    ),
)


@pages.get("/out-of-school")
@signed_in
def out_listed() -> ResponseReturnValue:
    """Who is out of school or there part of the time, with the decision and when it is looked at again."""
    show = request.args.get("show", "all")
    show = show if show in SHOWS else "all"
    with look() as unit:
        place, places = boards.place_of(unit, _id("of"))

        def fetch(window: Window) -> list[Out]:
            return out_lists.listed(unit, place, show=show, **_window(window))

        page = read_page(
            fetch,
            lambda one: (one.row.since_on, one.row.id),
            scope=f"out-of-school.{place.id}.{show}.{person_id()}",
            cursor=request.args.get("from"),
        )
        out_lists.record_listed(unit, place, page.items)
        today = unit.today
    asked = {"of": place.id if len(places) > 1 else None}
    return render_template(
        "upkeep/out_of_school.html",
        page=page,
        place=place,
        show=show,
        shows=[(code, words, _href("/out-of-school", show=code, **asked)) for code, words in SHOWS.items()],
        here=_href("/out-of-school", show=show, **asked),
        SORTS=out_of_school.SORTS,
        DECISIONS=out_of_school.DECISIONS,
        today=today,
    )


@pages.route("/pupils/<uuid:pupil_id>/out-of-school", methods=["GET", "POST"])
@signed_in
def report_out(pupil_id: UUID) -> ResponseReturnValue:
    """A school tells the authority of a child who is out of school or there part of the time."""
    form = Form.sent(ReportedOutSchema()) if request.method == "POST" else Form(ReportedOutSchema())
    if form.accepted:
        try:
            with act() as deed:
                row_id = out_of_school.report(deed, pupil_id, **form.values)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The authority is told.")
            return redirect(f"/out-of-school/{row_id}", 303)
    with look() as unit:
        decision = gate.require(unit, Permission.OUT_OF_SCHOOL_REPORT, pupil_id)
        known = out_of_school.open_of(unit, pupil_id)
        name = pupils.name(unit, pupil_id)
    if known is not None and request.method == "GET" and decision.can(Permission.OUT_OF_SCHOOL_READ):
        return redirect(f"/out-of-school/{known.id}")
    back = ("/cases", "My cases") if side_of(decision) == "authority" else home_of(decision, pupil_id)
    return render_template("upkeep/report_out.html", form=form, caption=name.full, back_to=back), form.status


@pages.get("/out-of-school/<uuid:out_id>")
@signed_in
def out_of_school_one(out_id: UUID) -> ResponseReturnValue:
    """One of them: what is known, what is decided and why, and when it is looked at again."""
    with look() as unit:
        found = out_lists.read(unit, out_id)
        today = unit.today
    offered = [ask for ask in DEEDS if found.decision.can(ask.permission) and ask.when(found)]
    family = found.side == "family"
    back = (
        home_of(found.decision, found.row.pupil_id)
        if family
        else ("/out-of-school", "Children out of school")
    )
    return render_template(
        "upkeep/out.html",
        found=found,
        row=found.row,
        words=found.words,
        caption=found.pupil.full,
        deeds=[(f"/out-of-school/{out_id}/{ask.path}", ask) for ask in offered],
        SORTS=out_of_school.SORTS,
        DECISIONS=out_of_school.DECISIONS,
        CLOSED_WHY=out_of_school.CLOSED_WHY,
        layout=layout_of(found.decision),
        back_to=back,
        today=today,
    )


def _view(ask: Ask) -> Callable[[UUID], ResponseReturnValue]:
    def view(out_id: UUID) -> ResponseReturnValue:
        def look_at() -> tuple[Any, dict[str, Any], Any]:
            with look() as unit:
                out_of_school.allowed(unit, out_id, ask.permission)
                return out_lists.read(unit, out_id), {}, unit.today

        home = f"/out-of-school/{out_id}"
        return answer(ask, out_id, look_at, (home, "What is known and decided"), home)

    return view


for _ask in DEEDS:
    pages.add_url_rule(
        f"/out-of-school/<uuid:out_id>/{_ask.path}",
        f"out_{_ask.path.replace('-', '_')}",
        signed_in(_view(_ask)),
        methods=["GET", "POST"],
    )
