"""``init_web``: everything a Flask app needs to be this service's shell, in the order that matters."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any, ClassVar

from flask import Flask, g, request
from flask.templating import Environment
from jinja2 import (
    BytecodeCache,
    ChainableUndefined,
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
)
from jinja2.bccache import Bucket
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings
from isp.web.assets import init_assets
from isp.web.errors import init_errors
from isp.web.filters import init_filters
from isp.web.forgery import init_origin, init_token
from isp.web.headers import csp_nonce, init_headers
from isp.web.request_log import init_request_log
from isp.web.resend import init_resend
from isp.web.seams import EXTENSION, Link, Seams, seams
from isp.web.stamps import form_token, new_stamp, secret_key

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
# A whole plan is about 40 KB; a lapsed one comes back inside the sign-in form, up to 1 MB.
FORM_BYTES = 2 * 1024 * 1024
FORM_PARTS = 5_000


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A menu link as the layout draws it; current: this page, active: a page below it."""

    text: str
    href: str
    current: bool
    active: bool


class _Compiled(BytecodeCache):
    """Templates compiled once a process: the tests build hundreds of apps, each 0.2 s without this.

    The bucket's key covers the template's name and source.
    """

    kept: ClassVar[dict[tuple[str, str], CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key, bucket.checksum] = bucket.code


class _Environment(Environment):
    """Flask's, with each template's globals as one plain map.

    At every import of a macro (150 of them draw a section of a plan) the names of all globals of one template
    are looked up in those of the other. Jinja keeps them in a chain of maps, so that globals made later still
    count; here all are made before the first page, and a plain map is asked many times faster.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


def init_web(app: Flask, settings: Settings, wired: Seams | None = None) -> None:
    """Turn a bare app, made with ``static_folder=None`` and a secret key, into the shell.

    Raises RuntimeError without a secret key. Call once, before blueprints are registered.
    """
    app.extensions[EXTENSION] = wired or Seams()
    with app.app_context():
        secret_key()
    _configure(app, settings)
    if settings.trusted_proxies:
        # Only as many hops as are ours: anything further left in the headers is the sender's own claim.
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # how Flask would have it
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_port=0, x_prefix=0
        )
    _init_templates(app, settings)
    init_assets(app)
    # after_request runs the last registered first: the log line is written when all else is done.
    init_request_log(app, trusted_proxies=settings.trusted_proxies)
    init_headers(app, https=settings.https)
    init_errors(app)
    # The order of the three guards: not from elsewhere, not from somebody else's page, with a token.
    init_origin(app, https=settings.https)
    init_resend(app)
    init_token(app)


def client_address() -> str | None:
    """The sender's network address, as far as trusted proxies vouch for it; never to be logged in clear."""
    return request.remote_addr


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SESSION_COOKIE_NAME="__Host-isp" if settings.https else "isp",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=settings.upload_bytes + FORM_BYTES,
        SCANNER=settings.scanner,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        MAX_FORM_PARTS=FORM_PARTS,
    )


def _init_templates(app: Flask, settings: Settings) -> None:
    app.jinja_environment = _Environment
    env = app.jinja_env
    env.loader = ChoiceLoader(
        [
            FileSystemLoader(TEMPLATES),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    # govuk-frontend-jinja reads optional parameters of optional parameters.
    env.undefined = ChainableUndefined
    env.bytecode_cache = _Compiled()
    env.trim_blocks = True
    env.lstrip_blocks = True
    init_filters(app)
    env.globals.update(form_token=form_token, form_stamp=new_stamp, csp_nonce=csp_nonce)

    @app.context_processor
    def shell() -> dict[str, Any]:
        # One lookup a request, however many templates are joined into the page.
        if "shell_context" not in g:
            wired = seams()
            g.shell_context = {
                "shell": wired,
                "visitor": wired.visitor(),
                "menu": _menu(menu_ahead()),
                "demonstration": settings.demonstration,
                "cspNonce": csp_nonce(),
            }
        context: dict[str, Any] = g.shell_context
        return context


def menu_ahead() -> Sequence[Link]:
    """The menu's links, asked for once a request.

    For a page that is rendered before its unit has ended to call beforehand: the menu may take a unit of its
    own, and of many requests that each hold a connection and wait for another none would get it.
    """
    if "menu_links" not in g:
        g.menu_links = seams().menu()
    found: Sequence[Link] = g.menu_links
    return found


def _menu(links: Sequence[Link]) -> list[MenuEntry]:
    """The links with the longest one that leads to this page marked."""
    path: str = g.get("belongs_to") or request.path
    # The home page is above everything; it is marked only when it is the page itself.
    above = [
        (len(root), link.href)
        for link in links
        for root in (link.href, *link.also)
        if path == root or (root != "/" and path.startswith(f"{root}/"))
    ]
    best = max(above, default=(0, None))[1]
    here = request.path
    return [MenuEntry(x.text, x.href, here == x.href, x.href == best and here != x.href) for x in links]


def belongs_to(path: str) -> None:
    """Say under which page the present one lies, where its own address does not: the menu marks that."""
    g.belongs_to = path
