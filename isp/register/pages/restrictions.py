"""Closing a child's record to an adult, and opening it again by two people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import Permission
from isp.audit import Unit
from isp.kernel.errors import NotFound
from isp.people.here import act, look, signed_in
from isp.register.actions import restricting
from isp.register.around import around
from isp.register.pages.blueprint import form_of, pages
from isp.register.pages.people import ask_about, done
from isp.register.schemas import RestrictionSchema, ReviewSchema, WhySchema
from isp.register.settings import colleagues


@pages.route("/pupils/<uuid:pupil_id>/restrict", methods=["GET", "POST"])
@signed_in
def restrict(pupil_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        decision = gate.require(unit, Permission.RESTRICTION_WRITE, pupil_id)
        found = around(unit, pupil_id)
        adults = {str(one.person_id): f"{one.name}, {one.relationship}" for one in found.guardians}
        if decision.organisation_id:
            adults |= {str(one): name for one, name in colleagues(unit, decision.organisation_id)}
        adults.pop(str(decision.person_id), None)

    def deed(unit: Unit, values: dict[str, Any]) -> None:
        restricting.restrict(unit, pupil_id, values.pop("person_id"), **values)

    return ask_about(
        pupil_id,
        "Close this record to an adult",
        form_of(RestrictionSchema(), choices={"person_id": list(adults.items())}),
        deed,
        button="Close it now",
        caption=found.facts.name.full,
        warning="It is closed from the next moment on. Only two people together can open it again.",
        done="The record is closed to this adult.",
    )


@pages.route("/pupils/<uuid:pupil_id>/restrictions/<uuid:restriction_id>/lift", methods=["GET", "POST"])
@signed_in
def ask_to_lift(pupil_id: UUID, restriction_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        gate.require(unit, Permission.RESTRICTION_WRITE, pupil_id)
        caption = around(unit, pupil_id).facts.name.full

    def deed(unit: Unit, values: dict[str, Any]) -> None:
        restricting.ask_to_lift(unit, restriction_id, values["reason"])

    return ask_about(
        pupil_id,
        "Why should it be lifted?",
        form_of(WhySchema()),
        deed,
        button="Ask for it to be lifted",
        caption=caption,
        intro="Nothing opens until a second person has agreed.",
        done="You have asked. A second person has to agree.",
    )


@pages.get("/pupils/<uuid:pupil_id>/restrictions/<uuid:restriction_id>/agree")
@signed_in
def look_before_agreeing(pupil_id: UUID, restriction_id: UUID) -> ResponseReturnValue:
    """What would be agreed to, and who asked for it."""
    with look() as unit:
        gate.require(unit, Permission.RESTRICTION_WRITE, pupil_id)
        found = around(unit, pupil_id)
    one = next((each for each in found.restrictions if each.id == restriction_id), None)
    if one is None:
        raise NotFound
    return render_template(
        "register/agree.html",
        one=one,
        caption=found.facts.name.full,
        pupil_id=pupil_id,
        me=found.decision.person_id,
    )


@pages.post("/pupils/<uuid:pupil_id>/restrictions/<uuid:restriction_id>/agree")
@signed_in
def agree_to_lift(pupil_id: UUID, restriction_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        restricting.agree_to_lift(unit, restriction_id)
    return done("The restriction is lifted.", pupil_id)


@pages.route("/pupils/<uuid:pupil_id>/restrictions/<uuid:restriction_id>/keep", methods=["GET", "POST"])
@signed_in
def keep(pupil_id: UUID, restriction_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        gate.require(unit, Permission.RESTRICTION_WRITE, pupil_id)
        caption = around(unit, pupil_id).facts.name.full

    def deed(unit: Unit, values: dict[str, Any]) -> None:
        restricting.keep(unit, restriction_id, values["review_on"])

    return ask_about(
        pupil_id,
        "When should it be looked at again?",
        form_of(ReviewSchema()),
        deed,
        button="Keep it closed",
        caption=caption,
        done="The record stays closed to this adult.",
    )
