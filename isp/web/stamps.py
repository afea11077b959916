"""For whom a form was made: a signed mark in every form, beside the token.

It lets a page that was left open outlive its session: when the same person signs in again, what they
typed may be sent; when somebody else has signed in on that computer, it may not. The mark names the
person only as a keyed digest.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from functools import lru_cache

from flask import current_app, g, request
from itsdangerous import BadData, URLSafeTimedSerializer
from markupsafe import Markup

from isp.web.forgery import TOKEN, fresh_token
from isp.web.seams import seams

FIELD = "form_stamp"
HEADER = "X-Form-Stamp"
KEPT_SECONDS = 7 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Stamp:
    """person: digest of the person the form was made for. what: what it sends, in words, or None."""

    person: str
    what: str | None


def secret_key() -> bytes:
    """The app's secret, as bytes. Raises RuntimeError where there is none."""
    key = current_app.secret_key
    if not key:
        raise RuntimeError("The app needs a secret key.")
    return key.encode() if isinstance(key, str) else key


def person_digest(ref: str) -> str:
    """A person's reference under the app's key: 32 hex digits."""
    key = hmac.digest(secret_key(), b"isp.person-digest", "sha256")
    return hmac.digest(key, ref.encode(), "sha256").hex()[:32]


def visitor_digest() -> str | None:
    """The digest of whoever is signed in, or None."""
    visitor = seams().visitor()
    return person_digest(visitor.ref) if visitor else None


def _signer() -> URLSafeTimedSerializer:
    return _signer_with(secret_key())


@lru_cache(maxsize=4)
def _signer_with(key: bytes) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="isp.form-stamp")


def new_stamp(what: str | None = None) -> str | None:
    """A stamp for a form made now, or None where nobody is signed in."""
    visitor = seams().visitor()
    if visitor is None:
        return None
    # The forms of one page that say no more than for whom they were made share one.
    made: dict[tuple[str, str | None], str] = g.setdefault("form_stamps", {})
    asked = (visitor.ref, what)
    if asked not in made:
        made[asked] = str(_signer().dumps([person_digest(visitor.ref), what]))
    return made[asked]


def sent_stamp() -> Stamp | None:
    """The stamp that came with this request, by field or header; None if absent, altered or a week old."""
    text = request.form.get(FIELD) or request.headers.get(HEADER)
    if not text:
        return None
    try:
        person, what = _signer().loads(text, max_age=KEPT_SECONDS)
    except BadData:
        return None
    return Stamp(person, what)


def form_token(what: str | None = None) -> Markup:
    """The hidden inputs that every ``method="post"`` form starts with: the token and the stamp.

    what: what sending the form does, in a few words and without a name ("Tell the school"); shown if it
    has to be sent again after a lapsed sign-in.
    """
    token = Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN, fresh_token())
    stamp = new_stamp(what)
    if stamp:
        token += Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, stamp)
    return token
