"""What is to be mended for the return: a rule's children, and one child's details."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.exchange import actions, queries
from isp.exchange.pages import places
from isp.exchange.pages.blueprint import authority_here, pages, year_here
from isp.exchange.queries import Mending
from isp.exchange.schemas import ChildSchema
from isp.exchange.sen2.rules import BY_NUMBER
from isp.kernel.errors import Conflict, Invalid, NotFound
from isp.people.here import act, look, person_id, signed_in
from isp.register.importing.codes import NEEDS
from isp.web.forms import Form
from isp.web.paging import Window, read_page
from isp.web.shell import belongs_to


@pages.get("/sen2/<int:year>/<rule>")
@signed_in
def rule(year: int, rule: str) -> ResponseReturnValue:
    with look() as unit:
        authority_id, _ = authority_here(unit)
        of_year = year_here(unit, year)
        if rule not in BY_NUMBER:
            raise NotFound

        def fetch(window: Window) -> list[Mending]:
            place: Any = window.position
            where = {"after" if window.backwards else "before": place[0] if place else None}
            return queries.mending(unit, authority_id, of_year, rule, limit=window.limit, **where)

        page = read_page(
            fetch,
            lambda one: (one.id,),
            scope=f"sen2.{of_year}.{rule}.{person_id()}",
            cursor=request.args.get("from"),
        )
    return render_template(
        "exchange/rule.html", rule=BY_NUMBER[rule], year=of_year, page=page, links=places.links
    )


@pages.route("/sen2/pupils/<uuid:pupil_id>", methods=["GET", "POST"])
@signed_in
def child(pupil_id: UUID) -> ResponseReturnValue:
    belongs_to("/sen2")
    form: Form | None = None
    shown = request.form.get("shown", 0, type=int)
    if request.method == "POST":
        form = Form.sent(ChildSchema())
        if form.accepted:
            # What the page did not ask, as of a child whom a school has, stays as it is.
            said = {name: value for name, value in form.values.items() if name in request.form}
            try:
                with act() as unit:
                    changed = actions.change_details(unit, pupil_id, said, shown)
            except Invalid as failure:
                form.refuse(failure)
            except Conflict as failure:
                form.errors[""] = failure.message
            else:
                flash("The details are saved." if changed else "Nothing was different, so nothing was saved.")
                return redirect(url_for("exchange.child", pupil_id=pupil_id), 303)
    with look() as unit:
        seen = queries.child(unit, pupil_id)
    if form is None:
        held = seen.facts.details
        initial = {name: getattr(held, name) or "" for name in ChildSchema().load_fields}
        form = Form(ChildSchema(), initial=initial)
        shown = seen.facts.row_version
    return (
        render_template(
            "exchange/child.html",
            form=form,
            seen=seen,
            shown=shown,
            caption=seen.facts.name.full,
            needs=NEEDS,
            links=places.links,
        ),
        form.status,
    )
