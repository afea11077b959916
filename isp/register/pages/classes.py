"""Settings: classes and teaching groups, who teaches them and who is in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from isp.access import gate
from isp.access.listing import record_list
from isp.access.policy import OrganisationPermission
from isp.audit import Unit
from isp.people.here import act, look, signed_in
from isp.register import listing, settings
from isp.register.actions import groups
from isp.register.importing.groups import GROUP_KINDS
from isp.register.pages.blueprint import ask, form_of, pages, school_for
from isp.register.schemas import GroupPupilsSchema, GroupSchema, GroupStaffSchema

MAY = OrganisationPermission.GROUPS_WRITE


@pages.get("/settings/classes")
@signed_in
def classes() -> ResponseReturnValue:
    with look() as unit:
        school_id = school_for(unit, MAY)
        listed = settings.group_lines(unit, school_id)
    return render_template("register/classes.html", listed=listed, school_id=school_id)


@pages.route("/settings/classes/new", methods=["GET", "POST"])
@signed_in
def new_class() -> ResponseReturnValue:
    with look() as unit:
        school_id = school_for(unit, MAY)

    def deed(unit: Unit, values: dict[str, Any]) -> str:
        made = groups.add_group(unit, school_id, values["name"], values["kind"], values.get("subject"))
        return f"/settings/classes/{made}"

    return ask(
        "Add a class or group",
        form_of(GroupSchema(), initial={"kind": "class"}),
        deed,
        back=f"/settings/classes?school={school_id}",
        back_text="Classes and groups",
        button="Add",
    )


@pages.get("/settings/classes/<uuid:group_id>")
@signed_in
def one_class(group_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        row = settings.school_of_group(unit, group_id)
        decision = gate.require_in_organisation(unit, MAY, row.school_id)
        page = settings.group_page(unit, group_id)
        record_list(unit, "class", [name.pupil_id for _, name in page.pupils], decision.grounds)
    return render_template("register/class.html", page=page, kinds=GROUP_KINDS)


@pages.route("/settings/classes/<uuid:group_id>/change", methods=["GET", "POST"])
@signed_in
def change_class(group_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        row = settings.school_of_group(unit, group_id)
        gate.require_in_organisation(unit, MAY, row.school_id)

    def deed(unit: Unit, values: dict[str, Any]) -> None:
        groups.change_group(unit, group_id, values["name"], values["kind"], values.get("subject"))

    return ask(
        "Change this class or group",
        form_of(GroupSchema(), initial={"name": row.name, "kind": row.kind, "subject": row.subject}),
        deed,
        back=f"/settings/classes/{group_id}",
        back_text="Class or group",
    )


@pages.route("/settings/classes/<uuid:group_id>/staff", methods=["GET", "POST"])
@signed_in
def add_staff(group_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        row = settings.school_of_group(unit, group_id)
        gate.require_in_organisation(unit, MAY, row.school_id)
        people = [(str(one), name) for one, name in settings.colleagues(unit, row.school_id)]

    def deed(unit: Unit, values: dict[str, Any]) -> None:
        groups.add_staff(
            unit,
            group_id,
            values["person_id"],
            values["role"],
            valid_from=values.get("valid_from"),
            valid_to=values.get("valid_to"),
        )

    return ask(
        "Who is with this class or group?",
        form_of(GroupStaffSchema(), choices={"person_id": people}),
        deed,
        back=f"/settings/classes/{group_id}",
        back_text="Class or group",
        button="Add",
        intro="They will see the plans of the pupils in it, for as long as they are with it.",
        done="The colleague is with this class or group.",
    )


@pages.route("/settings/classes/<uuid:group_id>/pupils", methods=["GET", "POST"])
@signed_in
def add_pupils(group_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        row = settings.school_of_group(unit, group_id)
        gate.require_in_organisation(unit, MAY, row.school_id)
        school = next(one for one in listing.schools_of(unit) if one.id == row.school_id)
        page = listing.listed(unit, school, listing.Filter("all", request.args.get("year")))
        inside = {name.pupil_id for _, name in settings.group_page(unit, group_id).pupils}
    offered = [
        (str(name.pupil_id), f"{name.family}, {name.given} ({name.year})")
        for name in page.rows
        if name.pupil_id not in inside
    ]
    form = form_of(GroupPupilsSchema(), choices={"pupils": offered})
    if form.accepted:
        with act() as unit:
            number = groups.put_pupils(unit, group_id, form.values["pupils"])
        flash(f"{number} put into this class or group.")
        return redirect(url_for("register.one_class", group_id=group_id), 303)
    return (
        render_template("register/add_pupils.html", form=form, group_id=group_id, page=page, offered=offered),
        form.status,
    )


@pages.post("/settings/classes/<uuid:group_id>/staff/<uuid:row_id>/end")
@signed_in
def end_staff(group_id: UUID, row_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        groups.end_staff(unit, row_id)
    return _back(group_id, "The colleague is with this class or group no longer.")


@pages.post("/settings/classes/<uuid:group_id>/pupils/<uuid:tie_id>/out")
@signed_in
def take_out(group_id: UUID, tie_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        groups.take_out(unit, tie_id)
    return _back(group_id, "The pupil is in this class or group no longer.")


@pages.post("/settings/classes/<uuid:group_id>/end")
@signed_in
def end_class(group_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        groups.end_group(unit, group_id)
    flash("The class or group has ended.")
    return redirect(url_for("register.classes"), 303)


def _back(group_id: UUID, sentence: str) -> Response:
    flash(sentence)
    return redirect(url_for("register.one_class", group_id=group_id), 303)
