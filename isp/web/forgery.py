"""Against changes sent from somebody else's page: the token, and what the browser says of the origin.

Two independent guards on every request that may change something: flask-wtf's token, without a time
limit (a form may stay open all day), and the browser's own word (Sec-Fetch-Site, Origin, else Referer).
A third, the stamp (``stamps``), says for whom the page was made.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, g, request, session
from flask_wtf.csrf import CSRFProtect, generate_csrf

from isp.kernel.errors import NotAllowed

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN = "csrf_token"  # noqa: S105 (the name of a field)


class FromElsewhere(NotAllowed):
    """A change that another site's page sent."""

    def __init__(self) -> None:
        super().__init__(
            "This was sent from another website, so we did not act on it. Nothing was changed. "
            "Open the page here and send it from there."
        )


def sent_from_here(*, https: bool) -> bool | None:
    """Whether the browser says that our own page sent this request; None where it says nothing.

    A browser that says two things must say the same in both.
    """
    said: list[bool] = []
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        # "none": typed, bookmarked or reloaded by the person, which no other site can cause.
        said.append(site in {"same-origin", "none"})
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    if origin:
        said.append(_is_ours(origin, {"https"} if https else {"http", "https"}))
    return all(said) if said else None


def _is_ours(origin: str, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:  # "http://[": no browser writes it
        return False
    # "null" (a sandboxed frame, a file) has no host, and so is not ours.
    return parts.netloc == request.host and parts.scheme in schemes


def fresh_token() -> str:
    """A token for the page being made. Call it after a sign-in has changed the session."""
    if TOKEN not in session:
        g.pop(TOKEN, None)
    token: str = generate_csrf()
    return token


def init_origin(app: Flask, *, https: bool) -> None:
    """Refuse changes that the browser says come from elsewhere (FromElsewhere)."""

    @app.before_request
    def refuse_from_elsewhere() -> None:
        if request.method not in SAFE and sent_from_here(https=https) is False:
            raise FromElsewhere


def init_token(app: Flask) -> None:
    """Refuse changes that lack the session's token (CSRFError)."""
    app.config.update(
        WTF_CSRF_TIME_LIMIT=None,
        # Its check of the Referer is stricter than a proxy allows; ours, above, also knows the Origin.
        WTF_CSRF_SSL_STRICT=False,
    )
    CSRFProtect(app)
