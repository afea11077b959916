"""Who is around a child: seeing it, and adding, changing, ending and inviting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from isp.access import gate
from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.kernel.errors import NotFound
from isp.people import organisations
from isp.people.actions import Invited, NewPerson
from isp.people.at_the_door import desk
from isp.people.here import act, look, signed_in
from isp.register import pupils
from isp.register.actions import families
from isp.register.actions.families import Guardianship
from isp.register.around import Adult, Around, around
from isp.register.pages.blueprint import ask, form_of, pages
from isp.register.schemas import (
    AuthoritySchema,
    GuardianshipSchema,
    NewGuardianSchema,
    OwnSightSchema,
    PersonSchema,
    WhySchema,
)
from isp.web.forms import Form

BACK = "Who is around this pupil"


def back_to(pupil_id: UUID) -> str:
    """The page these deeds start from and come back to."""
    return f"/pupils/{pupil_id}/people"


@pages.get("/pupils/<uuid:pupil_id>/people")
@signed_in
def people(pupil_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        found = around(unit, pupil_id)
        unit.record(found.decision, Event.PUPIL_VIEWED, Chain.pupil(pupil_id), obj=("pupil", pupil_id))
    return render_template(
        "register/people.html",
        around=found,
        caption=found.facts.name.full,
        pupil_id=pupil_id,
        may_write=found.decision.can(Permission.TIES_WRITE),
        me=found.decision.person_id,
        today=unit.today,
    )


def _allowed(unit: Unit, pupil_id: UUID) -> str:
    """The child's name, for whoever may write ties."""
    gate.require(unit, Permission.TIES_WRITE, pupil_id)
    return pupils.name(unit, pupil_id).full


def _adult(unit: Unit, pupil_id: UUID, tie_id: UUID) -> tuple[Around, Adult]:
    gate.require(unit, Permission.TIES_WRITE, pupil_id)
    found = around(unit, pupil_id)
    for one in (*found.guardians, *found.own):
        if one.tie_id == tie_id:
            return found, one
    raise NotFound


def guardianship_from(values: dict[str, Any]) -> Guardianship:
    """What a form says an adult is to a child."""
    return Guardianship(
        relationship=values["relationship"],
        has_responsibility=bool(values.get("has_responsibility")),
        has_care=bool(values.get("has_care")),
        evidence=values.get("evidence") or None,
        court_order=values.get("court_order") or None,
        valid_from=values.get("valid_from"),
    )


def _contact_from(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "email": values.get("email") or None,
        "telephone": values.get("telephone") or None,
        "address": values.get("address") or None,
        "address_confidential": bool(values.get("address_confidential")),
    }


@pages.route("/pupils/<uuid:pupil_id>/people/new", methods=["GET", "POST"])
@signed_in
def new_guardian(pupil_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        caption = _allowed(unit, pupil_id)

    def deed(unit: Unit, values: dict[str, Any]) -> None:
        person = NewPerson(given=values["given"], family=values["family"], **_contact_from(values))
        families.add_guardian(unit, pupil_id, person, guardianship_from(values))

    return ask_about(
        pupil_id,
        "Add a parent or carer",
        form_of(NewGuardianSchema()),
        deed,
        button="Add",
        caption=caption,
        done="The parent or carer is recorded.",
    )


@pages.route("/pupils/<uuid:pupil_id>/people/<uuid:tie_id>", methods=["GET", "POST"])
@signed_in
def change_guardian(pupil_id: UUID, tie_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        found, adult = _adult(unit, pupil_id, tie_id)
    initial = {
        "relationship": adult.relationship,
        "has_responsibility": adult.has_responsibility,
        "has_care": adult.has_care,
        "court_order": adult.court_order,
    }

    def deed(unit: Unit, values: dict[str, Any]) -> None:
        families.change_guardian(unit, tie_id, guardianship_from(values))

    return ask_about(
        pupil_id,
        "What has changed?",
        form_of(GuardianshipSchema(), initial=initial),
        deed,
        caption=found.facts.name.full,
        intro=f"{adult.name}: the history keeps what is recorded now; what you enter holds from now on.",
        done="What this adult is to the child is recorded anew.",
    )


@pages.route("/pupils/<uuid:pupil_id>/people/<uuid:tie_id>/contact", methods=["GET", "POST"])
@signed_in
def change_contact(pupil_id: UUID, tie_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        found, _ = _adult(unit, pupil_id, tie_id)
        held = families.contact_of(unit, tie_id)

    def deed(unit: Unit, values: dict[str, Any]) -> None:
        said = {"given": values["given"], "family": values["family"], **_contact_from(values)}
        families.change_contact(unit, tie_id, **said)

    return ask_about(
        pupil_id,
        "How is this adult reached?",
        form_of(PersonSchema(), initial=held),
        deed,
        caption=found.facts.name.full,
        done="The details are saved.",
    )


@pages.route("/pupils/<uuid:pupil_id>/people/<uuid:tie_id>/end", methods=["GET", "POST"])
@signed_in
def end_tie(pupil_id: UUID, tie_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        found, adult = _adult(unit, pupil_id, tie_id)
    is_own = adult in found.own

    def deed(unit: Unit, values: dict[str, Any]) -> None:
        end = families.end_own_sight if is_own else families.end_guardian
        end(unit, tie_id, values["reason"])

    return ask_about(
        pupil_id,
        "Why does this end?",
        form_of(WhySchema()),
        deed,
        button="End this now",
        caption=found.facts.name.full,
        intro=f"{adult.name} sees nothing of this record from now on. The history keeps what was.",
        done="It has ended.",
    )


@pages.post("/pupils/<uuid:pupil_id>/people/<uuid:tie_id>/invite")
@signed_in
def invite(pupil_id: UUID, tie_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        found, adult = _adult(unit, pupil_id, tie_id)
    with act() as unit:
        if adult in found.own:
            invited = families.invite_young_person(unit, tie_id)
        else:
            invited = families.invite_guardian(unit, tie_id)
    return _link_page(pupil_id, tie_id, found.facts.name.full, adult.name, invited)


@pages.post("/pupils/<uuid:pupil_id>/people/<uuid:tie_id>/mail-invitation")
@signed_in
def mail_invitation(pupil_id: UUID, tie_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        found, adult = _adult(unit, pupil_id, tie_id)
    with act() as unit:
        families.mail_invitation(unit, tie_id, is_own=adult in found.own)
    flash("A link goes to their own email address in the next minutes. A link you were shown works no more.")
    return redirect(url_for("register.people", pupil_id=pupil_id), 303)


def _link_page(
    pupil_id: UUID, tie_id: UUID, caption: str, name: str, invited: Invited
) -> ResponseReturnValue:
    """Shown once: only a digest of the code is kept."""
    return render_template(
        "register/invited.html",
        link=url_for("people.invitation", code=invited.code, _external=True),
        name=name,
        caption=caption,
        pupil_id=pupil_id,
        tie_id=tie_id,
        mails=bool(desk().settings.mail_host),
    )


@pages.route("/pupils/<uuid:pupil_id>/people/own-account", methods=["GET", "POST"])
@signed_in
def own_account(pupil_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        caption = _allowed(unit, pupil_id)

    def deed(unit: Unit, values: dict[str, Any]) -> None:
        families.give_own_sight(unit, pupil_id, values["email"])

    return ask_about(
        pupil_id,
        "Where can the young person be reached?",
        form_of(OwnSightSchema()),
        deed,
        button="Make the account",
        caption=caption,
        intro="The young person will be able to read the plan and its history. Then make the invitation.",
        done="The account is made. Now make the invitation and hand it over.",
    )


@pages.route("/pupils/<uuid:pupil_id>/people/authority", methods=["GET", "POST"])
@signed_in
def authority(pupil_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        caption = _allowed(unit, pupil_id)
        listed = [(str(one), name) for one, (_, name) in organisations.authorities(unit).items()]

    def deed(unit: Unit, values: dict[str, Any]) -> None:
        families.set_authority(
            unit,
            pupil_id,
            values["authority_id"],
            values["reason"],
            from_on=values.get("from_on"),
        )

    return ask_about(
        pupil_id,
        "Which local authority is responsible?",
        form_of(AuthoritySchema(), choices={"authority_id": listed}),
        deed,
        caption=caption,
        intro="It follows where the child lives, not where the school is.",
        done="The local authority is recorded.",
    )


def ask_about(
    pupil_id: UUID, question: str, form: Form, deed: Callable[[Unit, dict[str, Any]], None], **more: Any
) -> ResponseReturnValue:
    """``ask``, on a page that leads back to who is around this child."""
    return ask(question, form, deed, back=back_to(pupil_id), back_text=BACK, **more)


def done(sentence: str, pupil_id: UUID) -> Response:
    """Back to who is around the child, with a word about what was done."""
    flash(sentence)
    return redirect(back_to(pupil_id), 303)
