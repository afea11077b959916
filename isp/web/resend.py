"""A form sent after the sign-in or its token lapsed loses nothing.

What was typed is carried in a signed bundle inside the sign-in page itself: not in the session, not on
disk. After signing in, the *same* person is shown what it was and where it goes, with a button to send
it; anybody else is told that it was dropped. Only a request that our own page sent is ever carried, and
only with a stamp that was made for a person (``stamps``), so another site cannot have words of its own
put before somebody with a button under them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Flask, Request, current_app, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from isp.kernel.errors import NotAllowed
from isp.web import stamps
from isp.web.forgery import SAFE, TOKEN, fresh_token, sent_from_here
from isp.web.problems import problem, wants_json
from isp.web.seams import SignInAgain, seams

# A browser posts a bundle back inside a form; far above any plan, far below what a form may hold.
LARGEST = 1_000_000
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_OURS = frozenset({TOKEN, stamps.FIELD, "carried"})


class SignedOut(Exception):
    """Raised by a gate when nobody is signed in and somebody must be; answered by ``answer_signed_out``."""

    def __init__(self, notice: str | None = None) -> None:
        super().__init__(notice)
        self.notice = notice


class SomebodyElse(NotAllowed):
    """The page was made for another person than the one signed in now."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody else has signed in on this computer since the page was opened, so we did not act on "
            "what it sent. Nothing was changed. Whoever wrote it needs to sign in and write it again."
        )


@dataclass(frozen=True, slots=True)
class Carried:
    """A form on its way through a sign-in.

    target: path on this site. person: digest of whom the form was made for. what: what it sends, in
    words, or None. fields: name and value, in order, as typed. missing: fields that cannot be carried
    (chosen files, passwords).
    """

    target: str
    person: str
    what: str | None
    fields: tuple[tuple[str, str], ...]
    missing: tuple[str, ...] = ()

    @property
    def told(self) -> list[tuple[str, str]]:
        """The fields that say something to whoever typed them: name in words, and value.

        A name with "_" before it, a revision and a choice that is an id are between page and server.
        """
        return [
            (name.rsplit(".", 1)[-1].replace("_", " ").replace("-", " ").capitalize(), value)
            for name, value in self.fields
            if value.strip() and not name.startswith("_") and name != "revision" and not _ID.match(value)
        ]


def carried_fields(sent: Request) -> Carried | None:
    """What this POST was sending, if it may be carried; None for anything another page may have sent."""
    stamp = stamps.sent_stamp()
    if sent.method != "POST" or stamp is None or not sent_from_here(https=_https()):
        return None
    fields, missing = [], [name for name, file in sent.files.items(multi=True) if file.filename]
    for name, value in sent.form.items(multi=True):
        if name in _OURS:
            continue
        if "password" in name:
            missing.append(name)
        else:
            fields.append((name, value))
    # The query is left behind: our forms have none that matters, and it may hold a name.
    return Carried(sent.path, stamp.person, stamp.what, tuple(fields), tuple(missing))


def bundle(carried: Carried) -> str | None:
    """The signed text for a hidden input named ``carried``, or None where it would be too large."""
    text = str(
        _signer().dumps([carried.target, carried.person, carried.what, carried.fields, carried.missing])
    )
    return text if len(text) <= LARGEST else None


def unbundle(text: str) -> Carried | None:
    """What ``bundle`` signed; None if altered or more than a week old."""
    try:
        target, person, what, fields, missing = _signer().loads(text, max_age=stamps.KEPT_SECONDS)
    except BadData:
        return None
    return Carried(target, person, what, tuple((n, v) for n, v in fields), tuple(missing))


def answer_signed_out(notice: str | None = None) -> ResponseReturnValue:
    """The answer to a request that needs somebody signed in, when nobody is.

    A page: the sign-in form, which comes back here afterwards. A POST: the sign-in form with what was
    typed inside it. Our scripts: 401 with ``sign_in_url``, so that the page stays as it is.
    """
    shell = seams()
    if wants_json():
        sentence = "You are signed out. Sign in in another tab; nothing on this page is lost."
        return problem(401, sentence, sign_in_url=shell.sign_in_path)
    if request.method in SAFE:
        if request.path == shell.home_path:
            return redirect(shell.sign_in_path)
        return redirect(f"{shell.sign_in_path}?next={request.path}")
    carried = carried_fields(request)
    text = bundle(carried) if carried else None
    if text:
        said = notice or (
            "You were signed out before this was sent. Sign in, and you can send it: what you wrote is kept."
        )
        return ask_to_sign_in(SignInAgain(next=shell.home_path, carried=text, notice=said))
    said = notice or (
        "You were signed out before this was sent. Sign in in another tab, come back to the page with "
        "your browser's Back button, and send it again."
    )
    return ask_to_sign_in(SignInAgain(next=shell.home_path, notice=said))


def ask_to_sign_in(again: SignInAgain) -> Response:
    """The sign-in page with status 401, from the seam, or a plain page with a link where there is none."""
    page = seams().sign_in_page
    body = page(again) if page else render_template("errors/401.html", again=again)
    response = make_response(body)
    response.status_code = 401
    return response


def resume(text: str | None) -> ResponseReturnValue | None:
    """Call after a sign-in succeeded, with the ``carried`` input's value.

    Returns the page that shows what was being sent, with a button, if the same person is back; None
    where there is nothing to resume (a flashed sentence says so where something was dropped).
    """
    if not text:
        return None
    carried = unbundle(text)
    if carried is None:
        flash("What was being sent before you signed in could not be kept. Please write it again.", "notice")
        return None
    if carried.person != stamps.visitor_digest():
        flash(
            "Somebody else was sending something when they were signed out here. It was not sent, and you "
            "were not shown it.",
            "notice",
        )
        return None
    return render_resend(carried)


def render_resend(carried: Carried) -> ResponseReturnValue:
    """The page "Do you want to send this now?": what goes where, a fresh token, one button."""
    fresh_token()
    return render_template("web/resend.html", carried=carried)


def answer_lapsed(_failure: CSRFError) -> ResponseReturnValue:
    """The answer to a change whose token is missing or belongs to an earlier session."""
    shell = seams()
    here = stamps.visitor_digest()
    if here is None and request.path == shell.sign_in_path:
        # The sign-in form itself was open too long: what it carries goes round once more.
        said = "The sign-in page had been open for a while. Nothing is lost: sign in again."
        kept = request.form.get("carried") or None
        return ask_to_sign_in(
            SignInAgain(next=request.form.get("next", shell.home_path), carried=kept, notice=said)
        )
    if here is None:
        return answer_signed_out()
    stamp = stamps.sent_stamp()
    if stamp is not None and stamp.person == here and sent_from_here(https=_https()):
        if wants_json():
            # Same person, same site, new session: the page only needs the new token. Another site
            # could cause this answer at most, never read it.
            said = "You signed in again after this page was opened."
            return problem(403, said, code="token_lapsed", csrf_token=fresh_token())
        carried = carried_fields(request)
        if carried:
            return render_resend(carried)
    if wants_json():
        return problem(403, "Open this page again before you go on: it was opened too long ago.")
    return render_template("errors/lapsed.html"), 403


def refuse_somebody_elses() -> None:
    """Raise SomebodyElse where a change comes from a page that was made for another person."""
    if request.method in SAFE:
        return
    stamp = stamps.sent_stamp()
    if stamp is None:
        return
    here = stamps.visitor_digest()
    if here is not None and stamp.person != here:
        raise SomebodyElse


def _https() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(stamps.secret_key(), salt="isp.carried")


def init_resend(app: Flask) -> None:
    """Refuse pages made for somebody else, and answer lapsed sign-ins and tokens.

    Call before ``forgery.init_token``: somebody else's page has a lapsed token as well, and must be told
    apart from one's own.
    """
    app.before_request(refuse_somebody_elses)
    app.register_error_handler(CSRFError, answer_lapsed)
    app.register_error_handler(SignedOut, lambda failure: answer_signed_out(failure.notice))
