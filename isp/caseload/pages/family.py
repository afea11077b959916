"""The family's pages: my child, my plan, who can see and who has looked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from isp.audit import Unit
from isp.caseload import child
from isp.caseload.pages.blueprint import pages
from isp.caseload.positions import positions
from isp.kernel.errors import NotFound
from isp.people.here import look, signed_in


@pages.get("/my-child/<uuid:pupil_id>")
@signed_in
def my_child(pupil_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        found = child.child_page(unit, pupil_id)
    return _child(found, pupil_id)


@pages.get("/my-plan")
@signed_in
def my_plan() -> ResponseReturnValue:
    with look() as unit:
        pupil_id = _own(unit)
        found = child.child_page(unit, pupil_id)
    return _child(found, pupil_id)


@pages.get("/my-child/<uuid:pupil_id>/who")
@signed_in
def who(pupil_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        found = child.sight(unit, pupil_id)
    return _who(found, pupil_id)


@pages.get("/my-plan/who")
@signed_in
def who_sees_me() -> ResponseReturnValue:
    with look() as unit:
        pupil_id = _own(unit)
        found = child.sight(unit, pupil_id)
    return _who(found, pupil_id)


def _own(unit: Unit) -> UUID:
    """The young person's own record. NotFound for anybody who is none."""
    own = positions(unit).own
    if not own:
        raise NotFound
    return own[0]


def _child(page: child.ChildPage, pupil_id: UUID) -> ResponseReturnValue:
    return render_template(
        "caseload/child.html",
        page=page,
        pupil_id=pupil_id,
        caption=page.name.full,
        base=_base(page, pupil_id),
    )


def _who(page: child.Sight, pupil_id: UUID) -> ResponseReturnValue:
    return render_template("caseload/who.html", **_facts(page, pupil_id))


def _facts(page: child.ChildPage | child.Sight, pupil_id: UUID) -> dict[str, Any]:
    base = _base(page, pupil_id)
    return {"page": page, "pupil_id": pupil_id, "caption": page.name.full, "base": base}


def _base(page: child.ChildPage | child.Sight, pupil_id: UUID) -> str:
    """Where this family's pages begin: a young person reads of "my plan", not of a child."""
    return "/my-plan" if page.is_me else f"/my-child/{pupil_id}"
