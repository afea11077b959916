"""The blueprint, and what several of the room's pages need."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, current_app

from isp.access.gate import Decision
from isp.access.policy import Permission, Standing
from isp.audit import Unit
from isp.documents.intake import Scanner, Taken, take_in
from isp.documents.queries import Listed
from isp.people import directory
from isp.people.directory import NOBODY
from isp.web.forms import Form
from isp.web.shell import FORM_BYTES, belongs_to

pages = Blueprint("documents", __name__)
FAMILY = frozenset({Standing.PARENT, Standing.CARER, Standing.YOUNG_PERSON})


def is_family(decision: Decision) -> bool:
    """Whether somebody meets documents as one of the family."""
    return decision.standing in FAMILY


def layout_of(decision: Decision) -> str:
    """A family's page is one narrow column."""
    return "layouts/family.html" if is_family(decision) else "layouts/form.html"


def home_of(decision: Decision, pupil_id: UUID) -> tuple[str, str]:
    """Where a page about this pupil leads back to, and its words; the menu marks that page's entry."""
    if decision.standing == Standing.YOUNG_PERSON:
        home = "/my-plan", "My plan"
    elif decision.standing in FAMILY:
        home = f"/my-child/{pupil_id}", "My child"
    elif decision.can(Permission.PUPIL_READ):
        home = f"/pupils/{pupil_id}", "The pupil’s page"
    else:
        return "", ""
    belongs_to(home[0])
    return home


def list_page(pupil_id: UUID) -> str:
    """The list of a pupil's documents."""
    return f"/pupils/{pupil_id}/documents"


def most_bytes() -> int:
    """How large a file may be here."""
    return int(current_app.config["MAX_CONTENT_LENGTH"]) - FORM_BYTES


def taken_from(form: Form) -> Taken:
    """The file of a form that is filled in, fit to be kept. Raises Invalid in words."""
    file = form.values["file"]
    return take_in(file.stream, file.filename or "", most_bytes(), Scanner.at(current_app.config["SCANNER"]))


def senders(unit: Unit, listed: Iterable[Listed]) -> dict[UUID, str]:
    """Who made each version, by name and role."""
    people = {version.heading.made_by for one in listed for version in one.versions}
    names = directory.names(unit, people) if people else {}
    return {one: names[one].with_role if one in names else NOBODY for one in people}
