"""What a page needs to know of the present request: the store, and who is acting. Flask lives here.

Other rooms' pages import ``act``, ``look``, ``person_id`` and ``signed_in`` from here and nothing else of
Flask-Login.
"""

from __future__ import annotations

import hmac
import ipaddress
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import current_app, g, jsonify, redirect, request, url_for
from flask_login import current_user

from isp.audit import Store, Unit, looking, transaction
from isp.kernel.actor import Actor
from isp.kernel.errors import NotFound
from isp.web.resend import answer_signed_out
from isp.web.shell import client_address

STORE = "isp.store"
View = TypeVar("View", bound=Callable[..., Any])


def store() -> Store:
    """The installation's store."""
    found: Store = current_app.extensions[STORE]
    return found


def actor() -> Actor:
    """Who is acting in this request; anonymous where nobody is signed in."""
    if "actor" not in g:
        ring = store().keyring
        user = current_user
        signed = user.is_authenticated
        g.actor = Actor(
            person_id=user.person_id if signed else None,
            session_ref=user.session_ref if signed else None,
            method=user.method if signed else None,
            signed_in_at=user.signed_in_at if signed else None,
            network=_network(ring.web_secret("network")),
            request_id=g.get("request_id") or Actor().request_id,
        )
    found: Actor = g.actor
    return found


def _network(key: bytes) -> str | None:
    """A keyed digest of the sender's network (/24 or /48): two events can be compared, nobody is located."""
    address = client_address()
    if not address:
        return None
    try:
        # Most are of this kind, and asked on every page: the library of addresses takes ten times as long.
        network = "{}.{}.{}.0/24".format(*socket.inet_pton(socket.AF_INET, address))
    except (OSError, ValueError):
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return None
        width = 24 if ip.version == 4 else 48
        network = str(ipaddress.ip_network(f"{ip}/{width}", strict=False))
    return hmac.digest(key, network.encode("ascii"), "sha256").hex()[:16]


def person_id() -> UUID:
    """The signed-in person's id. NotFound where there is none: pages guard themselves by ``signed_in``."""
    found = actor().person_id
    if found is None:
        raise NotFound
    return found


def look() -> AbstractContextManager[Unit, None]:
    """A unit for reading: its view events commit when the block ends, before the page leaves."""
    # It lets every error through: so a page may be returned out of the block, and leaves once that has ended.
    return cast("AbstractContextManager[Unit, None]", looking(store(), actor()))


def act() -> AbstractContextManager[Unit]:
    """A unit for a deed."""
    return transaction(store(), actor())


def signed_in(view: View) -> View:
    """Only for people who are signed in; a form sent after the sign-in lapsed comes back filled in."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if current_user.is_authenticated:
            return view(*args, **kwargs)
        if request.is_json or request.accept_mimetypes.best == "application/json":
            return jsonify(sign_in_url=url_for("people.sign_in")), 401
        if request.method == "POST":
            return answer_signed_out()
        return redirect(url_for("people.sign_in", next=request.path))

    return cast("View", guarded)
