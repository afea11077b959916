"""Pages about an organisation's staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.office import colleagues, handing_over, staffing
from isp.access.office.schemas import DaysSchema, HandOverSchema, InviteSchema, RoleSchema
from isp.access.pages.blueprint import may, pages
from isp.access.policy import OrganisationPermission as Permission
from isp.audit import Unit
from isp.kernel.errors import Conflict, Invalid, NotAllowed
from isp.people.at_the_door import desk
from isp.people.here import act, look, person_id, signed_in
from isp.people.roles import AUTHORITY_ROLES, SCHOOL_ROLES, Role, words
from isp.web.filters import count_of, listed
from isp.web.forms import Form


@pages.get("/staff")
@signed_in
def staff() -> ResponseReturnValue:
    """Straight to the one organisation whose staff the person may see, or a choice of several."""
    with look() as unit:
        mine = gate.organisations_where(unit, Permission.STAFF_READ)
        named = [(one, colleagues.organisation_name(unit, one)) for one in mine]
    if not named:
        raise NotAllowed
    if len(named) == 1:
        return redirect(url_for("office.staff_of", organisation_id=named[0][0]))
    return render_template("office/choose.html", organisations=named)


@pages.get("/staff/<uuid:organisation_id>")
@signed_in
def staff_of(organisation_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        _, members = colleagues.staff_of(unit, organisation_id)
        name = colleagues.organisation_name(unit, organisation_id)
        may_write = may(unit, Permission.STAFF_WRITE, organisation_id)
    return render_template(
        "office/staff.html",
        organisation_id=organisation_id,
        organisation=name,
        members=members,
        may_write=may_write,
        way_in=colleagues.WAY_IN,
    )


def _role_choices(unit: Unit, organisation_id: UUID) -> list[tuple[str, str]]:
    kind = colleagues.organisation_kind(unit, organisation_id)
    there = SCHOOL_ROLES if kind == "school" else AUTHORITY_ROLES
    mine = staffing.giving(unit, organisation_id)
    return [(role.value, words(role)) for role in Role if role in there and role.value in mine]


def _form(schema: Any, **more: Any) -> Form:
    return Form.sent(schema, **more) if request.method == "POST" else Form(schema, **more)


@pages.route("/staff/<uuid:organisation_id>/invite", methods=["GET", "POST"])
@signed_in
def invite(organisation_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        gate.require_in_organisation(unit, Permission.STAFF_WRITE, organisation_id)
        choices = _role_choices(unit, organisation_id)
    form = _form(InviteSchema(), choices={"role": choices})
    if form.accepted:
        try:
            with act() as unit:
                made = staffing.invite_colleague(unit, organisation_id, **form.values)
        except Conflict as failure:
            form.refuse(Invalid(failure.message, {"email": failure.message.rstrip(".")}))
        except Invalid as failure:
            form.refuse(failure)
        else:
            # Not redirected: the code is in this answer and nowhere else.
            return _link_page(organisation_id, made.person_id, made.code, "invitation")
    return render_template("office/invite.html", organisation_id=organisation_id, form=form), form.status


def _link_page(organisation_id: UUID, colleague: UUID, code: str | None, what: str) -> ResponseReturnValue:
    link = url_for("people.invitation", code=code, _external=True) if code else None
    return render_template(
        "office/link.html",
        organisation_id=organisation_id,
        person_id=colleague,
        link=link,
        what=what,
        mails=bool(desk().settings.mail_host),
    )


@pages.get("/staff/<uuid:organisation_id>/<uuid:colleague>")
@signed_in
def member(organisation_id: UUID, colleague: UUID) -> ResponseReturnValue:
    with look() as unit:
        _, found = colleagues.member(unit, organisation_id, colleague)
        work = colleagues.work_of(unit, organisation_id, colleague)
        giving = staffing.giving(unit, organisation_id)
        mine = all(role.role in giving for role in found.roles) and colleague != person_id()
        may_write = may(unit, Permission.STAFF_WRITE, organisation_id)
        may_hand_over = may(unit, Permission.HAND_OVER, organisation_id)
    return render_template(
        "office/member.html",
        organisation_id=organisation_id,
        member=found,
        work=work,
        giving=giving,
        may_write=may_write and mine,
        may_give=may_write,
        may_hand_over=may_hand_over and mine,
        is_me=colleague == person_id(),
        way_in=colleagues.WAY_IN,
    )


@pages.post("/staff/<uuid:organisation_id>/<uuid:colleague>/reset")
@signed_in
def reset(organisation_id: UUID, colleague: UUID) -> ResponseReturnValue:
    with act() as unit:
        code = staffing.reset(unit, organisation_id, colleague)
    return _link_page(organisation_id, colleague, code, "reset")


@pages.post("/staff/<uuid:organisation_id>/<uuid:colleague>/mail-link")
@signed_in
def mail_link(organisation_id: UUID, colleague: UUID) -> ResponseReturnValue:
    with act() as unit:
        staffing.mail_link(unit, organisation_id, colleague)
    flash("A link goes to their own email address in the next minutes. A link you were shown works no more.")
    return _back(organisation_id, colleague)


@pages.route("/staff/<uuid:organisation_id>/<uuid:colleague>/roles", methods=["GET", "POST"])
@signed_in
def give_role(organisation_id: UUID, colleague: UUID) -> ResponseReturnValue:
    with look() as unit:
        gate.require_in_organisation(unit, Permission.STAFF_WRITE, organisation_id)
        _, found = colleagues.member(unit, organisation_id, colleague)
        has = {role.role for role in found.roles}
        choices = [each for each in _role_choices(unit, organisation_id) if each[0] not in has]
    form = _form(RoleSchema(), choices={"role": choices})
    if form.accepted:
        try:
            with act() as unit:
                staffing.give_another_role(unit, organisation_id, colleague, **form.values)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The role is given.")
            return _back(organisation_id, colleague)
    return (
        render_template("office/role.html", organisation_id=organisation_id, member=found, form=form),
        form.status,
    )


@pages.route("/staff/<uuid:organisation_id>/roles/<uuid:membership_id>", methods=["GET", "POST"])
@signed_in
def role_days(organisation_id: UUID, membership_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        gate.require_in_organisation(unit, Permission.STAFF_WRITE, organisation_id)
        row = staffing.membership(unit, organisation_id, membership_id)
        _, found = colleagues.member(unit, organisation_id, row.person_id)
    initial = {"valid_from": row.valid_from, "valid_to": row.valid_to}
    form = _form(DaysSchema(), initial=initial)
    if form.accepted:
        try:
            with act() as unit:
                staffing.change_role_dates(unit, organisation_id, membership_id, **form.values)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("The days are changed.")
            return _back(organisation_id, row.person_id)
    return (
        render_template(
            "office/days.html",
            organisation_id=organisation_id,
            member=found,
            role=words(row.role),
            form=form,
        ),
        form.status,
    )


@pages.post("/staff/<uuid:organisation_id>/roles/<uuid:membership_id>/end")
@signed_in
def end_role(organisation_id: UUID, membership_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        colleague = staffing.end_role(unit, organisation_id, membership_id)
        remains = bool(staffing.open_memberships(unit, organisation_id, colleague))
    flash("The role is ended.")
    if remains:
        return _back(organisation_id, colleague)
    return redirect(url_for("office.staff_of", organisation_id=organisation_id), 303)


@pages.route("/staff/<uuid:organisation_id>/<uuid:colleague>/deactivate", methods=["GET", "POST"])
@signed_in
def deactivate(organisation_id: UUID, colleague: UUID) -> ResponseReturnValue:
    if request.method == "POST":
        with act() as unit:
            closed = staffing.deactivate(unit, organisation_id, colleague)
        flash("Their roles here are ended" + (" and their account is closed." if closed else "."))
        return redirect(url_for("office.staff_of", organisation_id=organisation_id), 303)
    with look() as unit:
        gate.require_in_organisation(unit, Permission.STAFF_WRITE, organisation_id)
        _, found = colleagues.member(unit, organisation_id, colleague)
        work = colleagues.work_of(unit, organisation_id, colleague)
        may_hand_over = may(unit, Permission.HAND_OVER, organisation_id)
    return render_template(
        "office/deactivate.html",
        organisation_id=organisation_id,
        member=found,
        work=work,
        may_hand_over=may_hand_over,
    )


@pages.route("/staff/<uuid:organisation_id>/<uuid:colleague>/hand-over", methods=["GET", "POST"])
@signed_in
def hand_over(organisation_id: UUID, colleague: UUID) -> ResponseReturnValue:
    with look() as unit:
        gate.require_in_organisation(unit, Permission.HAND_OVER, organisation_id)
        _, found = colleagues.member(unit, organisation_id, colleague)
        work = colleagues.work_of(unit, organisation_id, colleague)
        _, members = colleagues.staff_of(unit, organisation_id)
    others = [
        (str(one.person_id), f"{one.name}, {', '.join(role.words for role in one.roles)}")
        for one in members
        if one.person_id != colleague
    ]
    form = _form(HandOverSchema(), choices={"successor": others})
    if form.accepted:
        with act() as unit:
            done = handing_over.hand_over(unit, organisation_id, colleague, form.values["successor"])
        counted = (
            (done.roles, "role", "roles"),
            (done.groups, "class or group", "classes and groups"),
            (done.cases, "case", "cases"),
        )
        passed = listed([count_of(number, one, many) for number, one, many in counted if number])
        flash(
            (f"Handed over: {passed}." if passed else "There was nothing to hand over.")
            + (" Their account is closed." if done.closed else "")
        )
        return redirect(url_for("office.staff_of", organisation_id=organisation_id), 303)
    return (
        render_template(
            "office/hand_over.html", organisation_id=organisation_id, member=found, work=work, form=form
        ),
        form.status,
    )


def _back(organisation_id: UUID, colleague: UUID) -> ResponseReturnValue:
    return redirect(url_for("office.member", organisation_id=organisation_id, colleague=colleague), 303)
