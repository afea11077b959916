"""What the shell needs to be told by rooms above it, as plain callables with harmless defaults."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask import current_app
from flask.typing import ResponseReturnValue


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in, as far as the header shows it.

    ref: the person's stable reference (an id as text); it leaves the server only as a keyed digest.
    name: as the person wrote it. organisation: None where the header must say nothing of a place.
    has_messages: whether there are any that the person has not read.
    """

    ref: str
    name: str
    organisation: str | None = None
    has_messages: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the menu or the footer. ``href`` is a path on this site.

    ``also``: further paths whose pages, and those below them, belong to this entry of the menu.
    """

    text: str
    href: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignInAgain:
    """What a sign-in page needs to know when somebody has to sign in in the middle of something.

    next: path to open afterwards (no query: a query may hold a name). carried: a signed bundle for a
    hidden input called ``carried``, or None; hand it to ``resend.resume`` after the sign-in.
    notice: a sentence to show, or None.
    """

    next: str
    carried: str | None = None
    notice: str | None = None


def _nobody() -> Visitor | None:
    return None


def _no_menu() -> Sequence[Link]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seams:
    """Callables and addresses that create_app wires in.

    visitor: who is signed in, or None; called often, so it must be cheap within a request.
    menu: the role's menu, in order. sign_in_page: renders the sign-in form for a POST that arrived
    signed out (None: a plain page with a link). sign_in_path, sign_out_path, account_path, help_path,
    home_path: paths on this site. messages_path: the same, or None where there is no such page.
    """

    visitor: Callable[[], Visitor | None] = _nobody
    menu: Callable[[], Sequence[Link]] = _no_menu
    sign_in_page: Callable[[SignInAgain], ResponseReturnValue] | None = None
    service_name: str = "Individual support plans"
    home_path: str = "/"
    sign_in_path: str = "/sign-in"
    sign_out_path: str = "/sign-out"
    account_path: str = "/account"
    help_path: str = "/help"
    messages_path: str | None = None
    footer: Sequence[Link] = field(
        default=(
            Link("Help", "/help"),
            Link("Contact", "/contact"),
            Link("Privacy notice", "/privacy"),
            Link("Accessibility statement", "/accessibility"),
        )
    )


EXTENSION = "isp.web"


def seams() -> Seams:
    """The seams of the running app. Raises KeyError outside an app that went through init_web."""
    found: Seams = current_app.extensions[EXTENSION]
    return found
