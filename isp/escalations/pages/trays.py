"""My cases, and the forecast: by date, a page at a time, with filters that stay in the address."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from isp.audit import Unit
from isp.escalations import duties, lists
from isp.escalations.pages.blueprint import due_words, pages, people
from isp.escalations.work import tray
from isp.escalations.work.schemas import EVERYBODY, ManagersTraySchema, TraySchema
from isp.kernel.errors import NotAllowed
from isp.people.here import look, person_id, signed_in
from isp.register import pupils
from isp.web.forms import Form
from isp.web.paging import Window, read_page

_FILTERS = ("subject", "stage", "turn", "officer", "late")


@pages.get("/cases")
@signed_in
def my_cases() -> ResponseReturnValue:
    """By date, so that what is going out of timescale stands on top."""
    kept = {name: value for name in _FILTERS if (value := request.args.get(name))}
    with look() as unit:
        form = _form(unit, kept)
        asked = _asked(form)
        page = read_page(
            lambda window: tray.tray(unit, asked, limit=window.limit, **_place(window)),
            lambda row: (row.due_on, row.id),
            scope=f"tray.{person_id()}",
            cursor=request.args.get("from"),
        )
        tray.shown(unit, page.items)
        named = pupils.names(unit, {row.pupil_id for row in page.items})
        officers = people(unit, {row.officer_id for row in page.items})
        opens = lists.opens(unit, about=(row.pupil_id for row in page.items))
        today = unit.today
    pressing = [row for row in page.items if duties.is_pressing(row, today)]
    rest = [row for row in page.items if not duties.is_pressing(row, today)]
    return render_template(
        "escalations/cases.html",
        page=page,
        groups=[("Going out of timescale", pressing), ("Later, or waiting for somebody else", rest)],
        form=form,
        kept=kept,
        named=named,
        officers=officers,
        opens=opens,
        others="officer" in kept,
        manages=isinstance(form.schema, ManagersTraySchema),
        **due_words(today),
    )


@pages.get("/cases/whose")
@signed_in
def whose() -> ResponseReturnValue:
    """For a manager: the colleagues whose cases she may look at, by name."""
    with look() as unit:
        lists.authorities(unit)
        if not tray.may_see_everybodys(unit):
            raise NotAllowed
        named = people(unit, tray.colleagues(unit))
    listed = sorted(named.items(), key=lambda pair: pair[1].casefold())
    return render_template("escalations/whose.html", listed=listed, everybody=EVERYBODY)


@pages.get("/cases/forecast")
@signed_in
def forecast() -> ResponseReturnValue:
    """What goes out of timescale within 14 days if nothing happens, and who must act: by reference."""
    with look() as unit:
        page = read_page(
            lambda window: tray.forecast(unit, limit=window.limit, **_place(window)),
            lambda row: (row.due_on, row.id),
            scope=f"forecast.{person_id()}",
            cursor=request.args.get("from"),
        )
        tray.forecast_shown(unit, page.items)
        counts = tray.forecast_counts(unit)
        officers = people(unit, {row.officer_id for row in page.items} | {one.officer_id for one in counts})
        opens = lists.opens(unit, about=(row.pupil_id for row in page.items))
        today = unit.today
    return render_template(
        "escalations/forecast.html",
        page=page,
        counts=counts,
        officers=officers,
        opens=opens,
        **due_words(today),
    )


def _form(unit: Unit, kept: dict[str, str]) -> Form:
    """The filters as the address has them; one that nobody offered narrows nothing, and the page says so."""
    data = MultiDict(kept) if kept else None
    if not tray.may_see_everybodys(unit):
        lists.authorities(unit)
        return Form(TraySchema(), data)
    # Only the one chosen is named: an authority has as many officers as it has work (``whose``).
    chosen = [one for one in tray.colleagues(unit) if str(one) == kept.get("officer")]
    offered = [(EVERYBODY, "Everybody’s"), *((str(one), name) for one, name in people(unit, chosen).items())]
    return Form(ManagersTraySchema(), data, choices={"officer": offered})


def _asked(form: Form) -> tray.Asked:
    if not form.accepted:
        return tray.Asked()
    said = form.values
    officer = said.get("officer")
    return tray.Asked(
        subject=said["subject"],
        stage=said["stage"],
        turn=said["turn"],
        late=said["late"],
        everybody=officer == EVERYBODY,
        officer_id=UUID(officer) if officer and officer != EVERYBODY else None,
    )


def _place(window: Window) -> dict[str, Any]:
    return {"before" if window.backwards else "after": window.position}
