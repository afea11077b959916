"""The browser's side of being signed in: the session's token, and the cookie by which a browser is known.

Flask-Login keeps the token in Flask's signed cookie (``__Host-``, HttpOnly, Secure, SameSite); everything
else of a session is a row. The second cookie vouches that this browser has signed in to an account before,
so that tries from elsewhere cannot lock its owner out; it opens nothing.
"""

from __future__ import annotations

import secrets
from typing import cast

from flask import current_app, g, request, session
from flask_login import LoginManager, current_user, login_user
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from isp.audit import Store
from isp.people import directory, sessions
from isp.people.browsers import browser_words
from isp.people.sessions import SignedIn
from isp.people.signing import Desk, Opened
from isp.web.seams import Visitor
from isp.web.stamps import person_digest, secret_key

EXTENSION = "isp.people"
KNOWN_SECONDS = 180 * 24 * 60 * 60
# A browser in a staff room is shared; the oldest name drops out.
_MOST_KNOWN = 8


def desk() -> Desk:
    """What signing in needs to know of the running installation."""
    found: Desk = current_app.extensions[EXTENSION]
    return found


class Doorkeeper(LoginManager):  # type: ignore[misc]  # Flask-Login carries no types
    """Flask-Login without its cookie that remembers somebody beyond a session: nobody is given one here.

    Read all the same, one that is not ASCII would break every page of the browser that holds it.
    """

    def _load_user_from_remember_cookie(self, _cookie: str) -> None:
        return None


def init_login(manager: LoginManager) -> None:
    """Tell Flask-Login how a token becomes a person."""
    # Its own protection compares network addresses, which change under a telephone's feet.
    manager.session_protection = None

    @manager.user_loader  # type: ignore[untyped-decorator]  # the same
    def load(token: str) -> SignedIn | None:
        here_desk = desk()
        # An error page asks again who this is: where the note could not be written it must not wait again.
        first = not g.get("use_noted")
        g.use_noted = True
        return sessions.look_up(here_desk.store, token, here_desk.limits, note=first)


def who() -> SignedIn | None:
    """Whoever is signed in, or None."""
    if not current_user.is_authenticated:
        return None
    return cast("SignedIn", current_user._get_current_object())  # noqa: SLF001 no public way behind the proxy


def visitor() -> Visitor | None:
    """The header's view of whoever is signed in. A family's header names no place."""
    user = who()
    if user is None:
        return None
    organisation = user.held[0].organisation_name if user.held else None
    return Visitor(
        ref=str(user.person_id),
        name=user.full_name,
        organisation=organisation,
        has_messages=user.also.get("unread", False),
    )


def browser() -> str:
    """What this browser says it is, in words."""
    return browser_words(request.headers.get("User-Agent", "")[:500])


def token() -> str | None:
    """The token that the browser sent, whether or not it still lives."""
    found: str | None = session.get("_user_id")
    return found


def let_in(opened: Opened) -> SignedIn:
    """Hand the browser its new session: everything of the one before is dropped, the form token included."""
    session.clear()
    g.pop("csrf_token", None)
    g.pop("actor", None)
    g.pop("shell_context", None)
    g.pop("menu_links", None)
    user = sessions.look_up(desk().store, opened.token, desk().limits)
    if user is None:
        raise RuntimeError("a session that was just begun does not live")
    login_user(user)
    return user


def let_out() -> None:
    """Take the session from the browser."""
    session.clear()
    for name in ("csrf_token", "actor", "shell_context", "menu_links", "_login_user"):
        g.pop(name, None)


# -- the browser that is known -----------------------------------------------------------------------------


def _cookie() -> str:
    return "__Host-isp-known" if current_app.config["SESSION_COOKIE_SECURE"] else "isp-known"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key(), salt="isp.known-browser")


def _known() -> tuple[str | None, list[str]]:
    try:
        nonce, accounts = _signer().loads(request.cookies.get(_cookie(), ""), max_age=KNOWN_SECONDS)
    except (BadData, ValueError, TypeError):
        return None, []
    return nonce, accounts


def vouched_for(store: Store, email: str) -> str | None:
    """This browser's nonce if it has signed in to this address before, else None."""
    nonce, accounts = _known()
    return nonce if _mark(store, email) in accounts else None


def vouch(response: Response, store: Store, email: str) -> None:
    """Let this browser be known for this address from now on."""
    nonce, accounts = _known()
    mark = _mark(store, email)
    listed = [mark, *(each for each in accounts if each != mark)][:_MOST_KNOWN]
    response.set_cookie(
        _cookie(),
        str(_signer().dumps([nonce or secrets.token_hex(8), listed])),
        max_age=KNOWN_SECONDS,
        path="/",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def _mark(store: Store, email: str) -> str:
    return person_digest("known:" + directory.email_index(store.keyring, email).hex())[:16]
