"""One's own messages, and how one wants to be told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.caseload import messages as reading
from isp.caseload.pages.blueprint import pages
from isp.caseload.schemas import MessagesSchema
from isp.kernel.errors import Invalid, NotFound
from isp.notices.actions import mark_read
from isp.notices.choices import OPTIONAL, choices_of, choose
from isp.notices.kinds import PLAINLY, say
from isp.people.at_the_door import desk, who
from isp.people.here import act, look, person_id, signed_in
from isp.web.forms import Form
from isp.web.paging import Page, read_page


@pages.get("/messages")
@signed_in
def messages() -> ResponseReturnValue:
    with look() as unit:
        page = read_page(
            lambda window: reading.rows_of(unit, window),
            lambda row: (row.made_at, row.id),
            scope=f"messages.{person_id()}",
            size=20,
            cursor=request.args.get("from"),
        )
        shown = Page(reading.told(unit, page.items), page.earlier, page.later)
    return render_template("caseload/messages.html", page=shown, layout=_layout(), mails=_mails())


@pages.post("/messages/read")
@signed_in
def read_all() -> ResponseReturnValue:
    with act() as unit:
        count = mark_read(unit)
    flash("All your messages are marked as read." if count else "There was nothing new to mark as read.")
    return redirect(url_for("caseload.messages"), 303)


@pages.post("/messages/<uuid:notice_id>/read")
@signed_in
def read_one(notice_id: UUID) -> ResponseReturnValue:
    with act() as unit:
        if not mark_read(unit, notice_id):
            raise NotFound
    return redirect(url_for("caseload.messages"), 303)


@pages.route("/messages/choices", methods=["GET", "POST"])
@signed_in
def choices() -> ResponseReturnValue:
    kinds = _kinds()
    with look() as unit:
        held = choices_of(unit, person_id())
    offered = [(kind, say(kind, plainly=_is_family()).rstrip(".")) for kind in kinds]
    start = {"mail": [kind for kind in kinds if kind not in held.no_mail], "number": held.number or ""}
    more: dict[str, Any] = {"choices": {"mail": offered}, "initial": start}
    form = Form.sent(MessagesSchema(), **more) if request.method == "POST" else Form(MessagesSchema(), **more)
    if form.accepted:
        ticked = set(form.values.get("mail") or ())
        try:
            with act() as unit:
                # What was not on the page stays as it was.
                off = (held.no_mail - set(kinds)) | (set(kinds) - ticked)
                choose(unit, off, form.values.get("number") or None)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash("Your choices are saved.")
            return redirect(url_for("people.account"), 303)
    page = render_template(
        "caseload/message_choices.html",
        form=form,
        layout=_layout(),
        mails=_mails(),
        texts=bool(desk().settings.text_key) or bool(held.number),
    )
    return page, form.status


def _kinds() -> list[str]:
    """The kinds that whoever is signed in may meet, and do without mail of."""
    return [kind for kind in OPTIONAL if not _is_family() or kind in PLAINLY]


def _is_family() -> bool:
    user = who()
    return user is not None and not user.held


def _layout() -> str:
    return "layouts/family.html" if _is_family() else "layouts/page.html"


def _mails() -> bool:
    return bool(desk().settings.mail_host)
