"""The pages everybody may read, and where an organisation words them; settings, where it all begins."""

from __future__ import annotations

from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.office import colleagues, texts
from isp.access.office.schemas import TextSchema
from isp.access.pages.blueprint import pages
from isp.access.policy import OrganisationPermission as Permission
from isp.kernel.errors import NotAllowed, NotFound
from isp.people import prose
from isp.people.here import act, look, signed_in
from isp.web.forms import Form


def _public(slug: str) -> ResponseReturnValue:
    with look() as unit:
        editions = texts.worded_for_reader(unit, slug)
    worded = [(each, prose.read(each.body)) for each in editions]
    return render_template(f"pages/{slug}.html", worded=worded)


@pages.get("/help")
def help_page() -> ResponseReturnValue:
    return _public("help")


@pages.get("/contact")
def contact() -> ResponseReturnValue:
    return _public("contact")


@pages.get("/privacy")
def privacy() -> ResponseReturnValue:
    return _public("privacy")


@pages.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    return _public("accessibility")


# -- settings -----------------------------------------------------------------------------------------------

# Pages of rooms above this one are named by their endpoint, and offered where they are there.
SETTINGS: tuple[tuple[Permission, str, str, str], ...] = (
    (Permission.STAFF_READ, "office.staff", "Staff", "Who works here, and in what role."),
    (
        Permission.PUPILS_IMPORT,
        "register.imports",
        "Bring pupils and staff in",
        "From your school system’s files.",
    ),
    (
        Permission.GROUPS_WRITE,
        "register.classes",
        "Classes and groups",
        "Who is in them and who teaches them.",
    ),
    (
        Permission.BANK_READ,
        "plans.banks",
        "Banks and templates",
        "Provision, adjustments and plan templates to write from.",
    ),
    (
        Permission.COUNTERSIGN_RULE_WRITE,
        "plans.countersigning_rule",
        "Countersigning",
        "Whether a plan needs a second person’s agreement before it is shared.",
    ),
    (
        Permission.EARLIER_PLANS_BRING,
        "plans.earlier_files",
        "Bring old plans in",
        "Word or PDF files of earlier plans, each as an earlier cycle of its pupil.",
    ),
    (Permission.CALENDAR_WRITE, "register.calendar", "Calendar", "Terms, training days and closures."),
    (
        Permission.PAGES_WRITE,
        "office.text_list",
        "Your own pages",
        "Help, contact, privacy and accessibility.",
    ),
)

# What else the page of staff is for, to whoever may do it.
STAFF_DEEDS = (
    (Permission.HAND_OVER, "Invite colleagues, change roles, hand over a leaver’s work."),
    (Permission.STAFF_WRITE, "Invite colleagues, change roles."),
)


@pages.get("/settings")
@signed_in
def settings() -> ResponseReturnValue:
    with look() as unit:
        deeds = next((words for may, words in STAFF_DEEDS if gate.organisations_where(unit, may)), None)
        entries = [
            (url_for(endpoint), text, (deeds or hint) if endpoint == "office.staff" else hint)
            for permission, endpoint, text, hint in SETTINGS
            if endpoint in current_app.view_functions and gate.organisations_where(unit, permission)
        ]
    return render_template("office/settings.html", entries=entries)


@pages.get("/settings/pages")
@signed_in
def text_list() -> ResponseReturnValue:
    with look() as unit:
        mine = gate.organisations_where(unit, Permission.PAGES_WRITE)
        if not mine:
            raise NotAllowed
        listed = [
            (
                one,
                colleagues.organisation_name(unit, one),
                [texts.edition(unit, one, slug) for slug in texts.slugs_of(unit, one)],
            )
            for one in mine
        ]
    return render_template("office/texts.html", listed=listed, titles=texts.WORDED)


@pages.route("/settings/pages/<uuid:organisation_id>/<slug>", methods=["GET", "POST"])
@signed_in
def edit_text(organisation_id: UUID, slug: str) -> ResponseReturnValue:
    if slug not in texts.WORDED:
        raise NotFound
    with look() as unit:
        gate.require_in_organisation(unit, Permission.PAGES_WRITE, organisation_id)
        present = texts.edition(unit, organisation_id, slug)
    initial = {"body": present.body, "edited": present.number}
    form = Form.sent(TextSchema()) if request.method == "POST" else Form(TextSchema(), initial=initial)
    if form.accepted:
        with act() as unit:
            texts.save(unit, organisation_id, slug, form.values["body"], edited=form.values["edited"])
        flash("Your page is saved.")
        return redirect(url_for("office.text_list"), 303)
    return (
        render_template(
            "office/text.html",
            form=form,
            title=texts.WORDED[slug],
            organisation=present.organisation_name,
        ),
        form.status,
    )
