"""Pages for coming in, going out, and looking after one's own account."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.audit import queries as trail
from isp.kernel.errors import Gone, Invalid
from isp.people import at_the_door, directory, sessions, signing
from isp.people.at_the_door import desk, who
from isp.people.here import actor, look, person_id, signed_in
from isp.people.roles import words
from isp.people.schemas import ChangePasswordSchema, ChoosePasswordSchema, SignInSchema
from isp.web import resend
from isp.web.forms import Form
from isp.web.paging import Window, read_page
from isp.web.seams import SignInAgain, seams

pages = Blueprint("people", __name__)


def local_path(text: str | None) -> str:
    """``text`` if it is a plain path on this site, else the home page: nobody is sent elsewhere by a link."""
    home = seams().home_path
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")):
        return home
    if any(ord(char) < 33 or char == "\\" for char in text):
        return home
    parts = urlsplit(text)
    return parts.path if not parts.scheme and not parts.netloc else home


# -- in and out -------------------------------------------------------------------------------------------


@pages.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    again = SignInAgain(next=local_path(request.args.get("next")))
    if who() is not None:
        return redirect(again.next)
    return sign_in_page(again)


def sign_in_page(again: SignInAgain, form: Form | None = None) -> str:
    """The sign-in form; also the shell's answer to a form that was sent signed out."""
    return render_template("people/sign_in.html", form=form or Form(SignInSchema()), again=again)


@pages.post("/sign-in")
def take_sign_in() -> ResponseReturnValue:
    form = Form.sent(SignInSchema())
    carried = request.form.get("carried") or None
    again = SignInAgain(next=local_path(request.form.get("next")), carried=carried)
    if not form.accepted:
        return sign_in_page(again, form), form.status
    here = desk()
    email = form.values["email"]
    try:
        opened = signing.sign_in(
            here,
            actor(),
            email,
            form.values["password"],
            browser=at_the_door.browser(),
            vouched=at_the_door.vouched_for(here.store, email),
            old_token=at_the_door.token(),
        )
    except Invalid as refusal:
        form.refuse(refusal)
        return sign_in_page(again, form), refusal.status
    at_the_door.let_in(opened)
    response = make_response(resend.resume(carried) or redirect(again.next, 303))
    at_the_door.vouch(response, here.store, email)
    return response


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    token = at_the_door.token()
    if token:
        signing.sign_out(desk(), actor(), token)
    at_the_door.let_out()
    response = redirect(url_for("people.signed_out"), 303)
    # Not "cookies": that would also forget that this browser is known, and flask takes the session's itself.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@pages.get("/signed-out")
def signed_out() -> ResponseReturnValue:
    return render_template("people/signed_out.html")


# -- invitations --------------------------------------------------------------------------------------------


@pages.get("/invitation/<code>")
def invitation(code: str) -> ResponseReturnValue:
    """Names nobody: whoever finds a link in a bin must not learn whose it is."""
    try:
        signing.look_at_invitation(desk(), actor(), code)
    except Gone as gone:
        return render_template("people/invitation_gone.html", sentence=gone.message), gone.status
    return render_template("people/invitation.html", form=Form(ChoosePasswordSchema()))


@pages.post("/invitation/<code>")
def take_invitation(code: str) -> ResponseReturnValue:
    form = Form.sent(ChoosePasswordSchema())
    here = desk()
    try:
        if form.accepted:
            opened = signing.take_invitation(
                here, actor(), code, form.values["password"], browser=at_the_door.browser()
            )
            user = at_the_door.let_in(opened)
            with look() as unit:
                email = directory.detail(unit, user.person_id).get("email") or ""
            flash(f"Your password is set. From now on, sign in with {email} and your password.")
            response = redirect(seams().home_path, 303)
            at_the_door.vouch(response, here.store, email)
            return response
        signing.look_at_invitation(here, actor(), code)
    except Gone as gone:
        return render_template("people/invitation_gone.html", sentence=gone.message), gone.status
    except Invalid as refusal:
        form.refuse(refusal)
    return render_template("people/invitation.html", form=form), form.status


# -- one's own account ---------------------------------------------------------------------------------------


@pages.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    user = _me()
    with look() as unit:
        details = directory.detail(unit, user.person_id)
        mine = sessions.live_sessions(unit, user.person_id, desk().limits)
    return render_template("people/account.html", user=user, details=details, sessions=mine, role_words=words)


@pages.route("/account/password", methods=["GET", "POST"])
@signed_in
def password() -> ResponseReturnValue:
    form = Form.sent(ChangePasswordSchema()) if request.method == "POST" else Form(ChangePasswordSchema())
    if form.accepted:
        try:
            opened = signing.change_password(
                desk(),
                actor(),
                form.values["old_password"],
                form.values["new_password"],
                browser=at_the_door.browser(),
            )
        except Invalid as refusal:
            form.refuse(refusal)
            return render_template("people/password.html", form=form), refusal.status
        at_the_door.let_in(opened)
        flash("Your password is changed. Everywhere else you have been signed out.")
        return redirect(url_for("people.account"), 303)
    return render_template("people/password.html", form=form), form.status


@pages.post("/account/sessions/<uuid:session_id>/end")
@signed_in
def end_session(session_id: UUID) -> ResponseReturnValue:
    if session_id == _me().session_id:
        return sign_out()
    if signing.end_session(desk(), actor(), session_id):
        flash("That browser is signed out.")
    else:
        flash("That browser had been signed out already.", "notice")
    return redirect(url_for("people.account"), 303)


@pages.post("/account/sessions/end-others")
@signed_in
def end_other_sessions() -> ResponseReturnValue:
    ended = signing.end_other_sessions(desk(), actor(), _me().session_id)
    flash("Everywhere else you are signed out." if ended else "You were not signed in anywhere else.")
    return redirect(url_for("people.account"), 303)


@pages.get("/account/what-i-did")
@signed_in
def what_i_did() -> ResponseReturnValue:
    mine = str(person_id())
    with look() as unit:

        def fetch(window: Window) -> list[trail.Seen]:
            place: Any = window.position
            if window.backwards:
                return trail.of_actor(unit, mine, after=place, limit=window.limit)
            return trail.of_actor(unit, mine, before=place, limit=window.limit)

        page = read_page(
            fetch, lambda seen: (seen.at, seen.id), scope=f"mine.{mine}", cursor=request.args.get("from")
        )
    return render_template("people/what_i_did.html", page=page, sentence=own_sentence)


def own_sentence(seen: trail.Seen) -> str:
    """An event of one's own as a sentence: "You signed in"."""
    detail: dict[str, Any] = {key: value if value is not None else "" for key, value in seen.detail.items()}
    text = str(seen.event.value.sentence).format(who="You", **detail)
    return text.replace("You was ", "You were ", 1)


def _me() -> sessions.SignedIn:
    user = who()
    if user is None:
        raise resend.SignedOut
    return user
