"""Who is away and who covers, whose day it is, and handing a caseload over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.audit import Unit
from isp.escalations import covering, lists, parties
from isp.escalations.pages.blueprint import pages, people
from isp.escalations.work import cover as deeds
from isp.escalations.work.schemas import AbsenceSchema, DutySchema, HandOverSchema
from isp.kernel.errors import Conflict, Invalid, NotAllowed
from isp.people.here import act, look, signed_in
from isp.web.asking import Choice
from isp.web.filters import count_of
from isp.web.forms import Form


@pages.get("/cases/cover")
@signed_in
def cover() -> ResponseReturnValue:
    """For every officer: she learns who sees her cases while she is away, and whose day it is."""
    with look() as unit:
        places = list(lists.authorities(unit))
        away = [row for place in places for row in covering.absences(unit, place)]
        days = [row for place in places for row in deeds.duty_days(unit, place)]
        named = people(
            unit,
            [one for row in away for one in (row.person_id, row.covered_by)] + [r.person_id for r in days],
        )
        manages = bool(gate.organisations_where(unit, deeds.MANAGE))
        today = unit.today
    return render_template(
        "escalations/cover.html", away=away, days=days, named=named, manages=manages, today=today
    )


@pages.route("/cases/cover/away", methods=["GET", "POST"])
@signed_in
def away() -> ResponseReturnValue:
    def do(unit: Unit, place: UUID, said: dict[str, Any]) -> str:
        deeds.record_absence(unit, place, **said)
        return "The cover is recorded: the colleague sees the cases on those days."

    return _asked(AbsenceSchema(), ("person_id", "covered_by"), do, "away")


@pages.post("/cases/cover/<uuid:absence_id>/end")
@signed_in
def end_cover(absence_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        deeds.end_absence(unit, absence_id)
    flash("The cover has ended.")
    return redirect(url_for("escalations.cover"), 303)


@pages.route("/cases/cover/duty", methods=["GET", "POST"])
@signed_in
def duty() -> ResponseReturnValue:
    def do(unit: Unit, place: UUID, said: dict[str, Any]) -> str:
        deeds.set_duty(unit, place, **said)
        return "The day is given. New requests of that day go to this officer."

    return _asked(DutySchema(), ("person_id",), do, "duty")


@pages.route("/cases/cover/hand-over", methods=["GET", "POST"])
@signed_in
def hand_over_caseload() -> ResponseReturnValue:
    def do(unit: Unit, place: UUID, said: dict[str, Any]) -> str:
        done = deeds.hand_over_caseload(unit, place, **said)
        rest = f" {count_of(done.left, 'case')} could not go to this colleague: give them to somebody else."
        return f"{count_of(done.cases, 'case').capitalize()} handed over.{rest if done.left else ''}"

    return _asked(HandOverSchema(), ("leaver_id", "successor_id"), do, "hand_over_caseload")


def _asked(
    schema: Any, officers: tuple[str, ...], do: Callable[[Unit, UUID, dict[str, Any]], str], name: str
) -> ResponseReturnValue:
    """A form about the officers of the authority that the actor manages; what was typed stays."""
    with look() as unit:
        place = _managed(unit)
        named = people(unit, parties.officers(unit, place))
    offered = sorted((Choice(str(one), text) for one, text in named.items()), key=lambda one: one.text)
    choices = dict.fromkeys(officers, offered)
    form = Form.sent(schema, choices=choices) if request.method == "POST" else Form(schema, choices=choices)
    if form.accepted:
        try:
            with act() as deed:
                said = do(deed, place, form.values)
        except Invalid as failure:
            form.refuse(failure)
        except Conflict as failure:
            form.errors[""] = failure.message
        else:
            flash(said)
            return redirect(url_for("escalations.cover"), 303)
    return render_template(f"escalations/{name}.html", form=form), form.status


def _managed(unit: Unit) -> UUID:
    lists.authorities(unit)
    managed = gate.organisations_where(unit, deeds.MANAGE)
    if not managed:
        raise NotAllowed
    return gate.require_in_organisation(unit, deeds.MANAGE, managed[0]).organisation_id or managed[0]
