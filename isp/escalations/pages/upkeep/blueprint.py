"""The blueprint, and what the room's pages share: the page of one deed, and going back from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access.policy import Permission
from isp.audit import Unit
from isp.escalations.pages.blueprint import shown_version
from isp.escalations.upkeep.queries import Standing, Told
from isp.kernel.errors import Conflict, Invalid
from isp.people.here import act
from isp.web.asking import Choice, FormSchema
from isp.web.forms import Form

pages = Blueprint("upkeep", __name__)


@dataclass(frozen=True)
class Ask:
    """The page of one deed: what it asks, and what it does with the answers.

    ``do`` gets the unit, the id in the address, the answers and the row version shown. ``version``: that of
    the row the deed is about. ``when``: whether the deed can be offered as things stand.
    """

    path: str
    link: str
    question: str
    button: str
    said: str
    schema: type[FormSchema]
    permission: Permission
    do: Callable[[Unit, UUID, dict[str, Any], int | None], Any]
    when: Callable[[Any], bool]
    intro: str = ""
    version: Callable[[Any], int | None] = lambda _found: None
    choices: Callable[[Unit, Any], Mapping[str, Sequence[Choice]]] | None = None
    initial: Mapping[str, Any] = field(default_factory=dict)
    offers: Callable[[Any, date], Mapping[str, Any]] = lambda _found, _today: {}
    """Answers that follow from what is on record, with today's day: the form begins with them."""
    today_in: Sequence[str] = ()
    """Which of the days begin with today's."""
    leads: str = ""
    """Where it goes on afterwards, where that is not the page it came from."""


def plan_page(plan_id: UUID) -> str:
    """What becomes of a plan."""
    return f"/ehc-plans/{plan_id}/reviews"


def review_page(review_id: UUID) -> str:
    """One review."""
    return f"/annual-reviews/{review_id}"


def answer(
    ask: Ask,
    subject_id: UUID,
    look_at: Callable[[], tuple[Any, Mapping[str, Any], Any]],
    back: tuple[str, str],
    after: str,
) -> ResponseReturnValue:
    """The page of a deed, or, where it was sent and accepted, the deed.

    ``look_at``: reads the subject under the gate, and what ``choices`` says with it: the subject, the choices
    and today. A refused form goes on carrying the version that it was sent with: who has not seen what
    changed since is refused again, until the page is opened anew.
    """
    status = None
    found, choices, today = look_at()
    initial = dict(ask.initial) | dict.fromkeys(ask.today_in, today) | dict(ask.offers(found, today))
    schema = ask.schema()
    form = Form(schema, choices=choices, initial=initial)
    if request.method == "POST":
        form = Form.sent(schema, choices=choices)
        if form.accepted:
            try:
                with act() as unit:
                    ask.do(unit, subject_id, form.values, shown_version())
            except Invalid as failure:
                form.refuse(failure)
            except Conflict as failure:
                form.errors[""] = failure.message
                status = failure.status
            else:
                flash(ask.said)
                return redirect(ask.leads or after, 303)
    page = render_template(
        "upkeep/deed.html",
        form=form,
        ask=ask,
        caption=found.pupil.full,
        back_to=back,
        changed=status is not None,
        shown=shown_version() if request.method == "POST" else ask.version(found),
        layout="layouts/family.html" if found.side == "family" else "layouts/form.html",
    )
    return page, status or form.status


@dataclass(frozen=True)
class OfReview:
    """A review with its plan, as a deed's page has it."""

    told: Told
    standing: Standing

    @property
    def pupil(self) -> Any:
        return self.standing.pupil

    @property
    def side(self) -> str:
        return self.standing.side
