"""Settings: the school's own calendar."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access.policy import OrganisationPermission
from isp.audit import Unit
from isp.people.here import act, look, signed_in
from isp.register import terms
from isp.register.actions import calendar as deeds
from isp.register.pages.blueprint import ask, form_of, pages, school_for
from isp.register.schemas import DaysSchema

MAY = OrganisationPermission.CALENDAR_WRITE


@pages.get("/calendar")
@signed_in
def calendar() -> ResponseReturnValue:
    with look() as unit:
        school_id = school_for(unit, MAY)
        listed = terms.entries(unit, school_id)
        known = terms.calendar_of(listed)
    return render_template(
        "register/calendar.html",
        coming=[one for one in listed if one.ends_on >= unit.today],
        past=[one for one in reversed(listed) if one.ends_on < unit.today],
        kinds=terms.KINDS,
        school_id=school_id,
        horizon=known.horizon() if known else None,
        today=unit.today,
    )


@pages.route("/calendar/new", methods=["GET", "POST"])
@signed_in
def new_days() -> ResponseReturnValue:
    with look() as unit:
        school_id = school_for(unit, MAY)

    def deed(unit: Unit, values: dict[str, Any]) -> None:
        deeds.add_entry(
            unit,
            school_id,
            values["kind"],
            values.get("name") or "",
            values["starts_on"],
            values.get("ends_on"),
        )

    return ask(
        "Add days to the calendar",
        form_of(DaysSchema()),
        deed,
        back=f"/calendar?school={school_id}",
        back_text="Calendar",
        button="Add",
        done="The days are in the calendar.",
    )


@pages.post("/calendar/<uuid:entry_id>/remove")
@signed_in
def remove_days(entry_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        deeds.remove_entry(unit, entry_id)
    flash("The days are out of the calendar.")
    school = request.form.get("school", type=UUID)
    return redirect(f"/calendar?school={school}" if school else "/calendar", 303)
