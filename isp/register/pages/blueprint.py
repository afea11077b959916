"""The blueprint, and the page that asks one thing, which most of this room's pages are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from isp.access import gate
from isp.access.policy import OrganisationPermission
from isp.audit import Unit
from isp.kernel.errors import Conflict, Invalid, NotAllowed
from isp.people.here import act
from isp.web.forms import Form

pages = Blueprint("register", __name__)


def school_for(unit: Unit, permission: OrganisationPermission) -> UUID:
    """The school this page is about: the one the address names, else the first in which the actor may.

    Raises NotAllowed where there is none; whether the one named is one of them, the gate says.
    """
    allowed = gate.organisations_where(unit, permission)
    named = request.args.get("school", type=UUID) or request.form.get("school", type=UUID)
    if named is not None:
        gate.require_in_organisation(unit, permission, named)
        return named
    if not allowed:
        raise NotAllowed
    return allowed[0]


def form_of(schema: Schema, **more: Any) -> Form:
    """The form as sent, or to be filled in."""
    return Form.sent(schema, **more) if request.method == "POST" else Form(schema, **more)


def ask(
    question: str,
    form: Form,
    deed: Callable[[Unit, dict[str, Any]], str | None],
    *,
    back: str,
    back_text: str,
    button: str = "Save",
    caption: str | None = None,
    intro: str | None = None,
    done: str | None = None,
    warning: str | None = None,
) -> ResponseReturnValue:
    """A page that asks one thing, does ``deed`` with the answers and goes back (or where ``deed`` says)."""
    if form.accepted:
        try:
            with act() as unit:
                onward = deed(unit, form.values)
        except (Invalid, Conflict) as failure:
            form.refuse(failure if isinstance(failure, Invalid) else Invalid(failure.message))
        else:
            if done:
                flash(done)
            return redirect(onward or back, 303)
    return (
        render_template(
            "register/ask.html",
            question=question,
            form=form,
            back_to=back,
            back_text=back_text,
            button=button,
            caption=caption,
            intro=intro,
            warning=warning,
        ),
        form.status,
    )
