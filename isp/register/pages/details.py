"""A pupil's own details: adding, changing, leaving and coming back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import OrganisationPermission, Permission
from isp.audit import Chain, Event, Unit
from isp.kernel.errors import Invalid
from isp.people import organisations
from isp.people.here import act, look, signed_in
from isp.register import pupils
from isp.register.actions import enrolling
from isp.register.content import SEXES, Details
from isp.register.importing.codes import ETHNICITIES, NEEDS, SEN_STATUSES
from isp.register.pages.blueprint import ask, form_of, pages, school_for
from isp.register.schemas import LeaveSchema, NewPupilSchema, PupilSchema, ReturnSchema
from isp.register.settings import classes_to_choose

ENROLMENT = ("admitted_on", "group_id", "authority_id", "is_another")


def details_from(values: dict[str, Any], before: Details | None = None) -> Details:
    """Details as the form has them; what it does not ask stays as it was."""
    return Details(
        legal_given=values["legal_given"],
        legal_family=values["legal_family"],
        born_on=values["born_on"],
        preferred_given=values.get("preferred_given") or None,
        preferred_family=values.get("preferred_family") or None,
        sex=values.get("sex") or None,
        upn=values.get("upn") or None,
        former_upns=before.former_upns if before else (),
        uln=values["uln"] or None if "uln" in values else before.uln if before else None,
        ethnicity=values.get("ethnicity") or None,
        postcode=values.get("postcode") or None,
        upn_unknown=before.upn_unknown if before else None,
        year_group=values.get("year_group"),
        sen_status=values.get("sen_status") or "N",
        need_primary=values.get("need_primary"),
        need_secondary=values.get("need_secondary"),
    )


@pages.route("/pupils/new", methods=["GET", "POST"])
@signed_in
def new_pupil() -> ResponseReturnValue:
    with look() as unit:
        school_id = school_for(unit, OrganisationPermission.PUPILS_IMPORT)
        gate.require_in_organisation(unit, OrganisationPermission.PUPILS_IMPORT, school_id)
        choices = {
            "group_id": [(str(one), name) for one, name, _ in classes_to_choose(unit, school_id)],
            "authority_id": _authorities(unit),
        }
    form = form_of(NewPupilSchema(), choices=choices, initial={"sen_status": "K", "sex": ""})

    def deed(unit: Unit, values: dict[str, Any]) -> str:
        more = {key: values.get(key) for key in ENROLMENT}
        made = enrolling.add_pupil(
            unit,
            school_id,
            details_from(values),
            admitted_on=more["admitted_on"],
            group_id=more["group_id"],
            authority_id=more["authority_id"],
            is_another=bool(more["is_another"]),
        )
        return f"/pupils/{made}"

    return ask(
        "Add a pupil",
        form,
        deed,
        back=f"/pupils?school={school_id}",
        back_text="Pupils",
        button="Add this pupil",
        done="The pupil is on the school’s roll.",
    )


def _authorities(unit: Unit) -> list[tuple[str, str]]:
    return [(str(one), name) for one, (_, name) in organisations.authorities(unit).items()]


@pages.get("/pupils/<uuid:pupil_id>/details")
@signed_in
def details(pupil_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        decision = gate.require(unit, Permission.PUPIL_WRITE, pupil_id)
        facts = pupils.facts(unit, pupil_id)
        unit.record(decision, Event.PUPIL_VIEWED, Chain.pupil(pupil_id), obj=("pupil", pupil_id))
        school_id = decision.organisation_id
        here = [one for one in facts.enrolments if one.school_id == school_id]
    return render_template(
        "register/details.html",
        facts=facts,
        enrolment=here[0] if here else None,
        caption=facts.name.full,
        pupil_id=pupil_id,
        sexes=SEXES,
        ethnicities=ETHNICITIES,
        sen=SEN_STATUSES,
        needs=NEEDS,
        reasons=enrolling.REASONS,
    )


@pages.route("/pupils/<uuid:pupil_id>/details/change", methods=["GET", "POST"])
@signed_in
def change_details(pupil_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        gate.require(unit, Permission.PUPIL_WRITE, pupil_id)
        facts = pupils.facts(unit, pupil_id)
    held = facts.details
    initial = {name: getattr(held, name) for name in PupilSchema().load_fields}
    form = form_of(PupilSchema(), initial={**initial, "sex": held.sex or ""})
    stood_at = request.form.get("row_version", type=int) or facts.row_version
    namesake = bool(request.form.get("is_another"))
    if form.accepted:
        try:
            with act() as unit:
                changed = enrolling.change_pupil(
                    unit, pupil_id, details_from(form.values, held), stood_at, is_another=namesake
                )
        except Invalid as failure:
            namesake = "is_another" in failure.errors
            form.refuse(failure)
        else:
            flash("The details are saved." if changed else "Nothing was different, so nothing was saved.")
            return redirect(url_for("register.details", pupil_id=pupil_id), 303)
    return (
        render_template(
            "register/change_details.html",
            form=form,
            row_version=stood_at,
            ask_namesake=namesake,
            caption=facts.name.full,
            pupil_id=pupil_id,
        ),
        form.status,
    )


@pages.route("/pupils/<uuid:pupil_id>/leave", methods=["GET", "POST"])
@signed_in
def leave(pupil_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        gate.require(unit, Permission.PUPIL_WRITE, pupil_id)
        name = pupils.name(unit, pupil_id)

    def deed(unit: Unit, values: dict[str, Any]) -> str:
        enrolling.leave(unit, pupil_id, values["on"], values.get("reason"))
        return f"/pupils?school={request.args['school']}" if "school" in request.args else "/pupils"

    return ask(
        "When is the last day here?",
        form_of(LeaveSchema()),
        deed,
        back=url_for("register.details", pupil_id=pupil_id),
        back_text="Details",
        button="Record the last day",
        caption=name.full,
        intro="Staff see the record up to that day. After that the school can only read it.",
        done="The last day is recorded.",
    )


@pages.route("/pupils/<uuid:pupil_id>/return", methods=["GET", "POST"])
@signed_in
def come_back(pupil_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        gate.require(unit, Permission.PUPIL_READ, pupil_id)
        school_id = school_for(unit, OrganisationPermission.PUPILS_IMPORT)
        name = pupils.name(unit, pupil_id)

    def deed(unit: Unit, values: dict[str, Any]) -> None:
        enrolling.come_back(unit, school_id, pupil_id, values["on"])

    return ask(
        "When is the first day back?",
        form_of(ReturnSchema()),
        deed,
        back=f"/pupils/{pupil_id}",
        back_text="Pupil",
        button="Record the first day back",
        caption=name.full,
        done="The pupil is on the school’s roll again.",
    )
