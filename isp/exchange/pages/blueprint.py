"""The blueprint, and what several of the return's pages need."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, request

from isp.audit import Unit
from isp.exchange.queries import authority_of
from isp.exchange.sen2.years import year_for, years
from isp.kernel.errors import NotFound
from isp.people import organisations
from isp.web.shell import belongs_to

pages = Blueprint("exchange", __name__)
KIND_WORDS = {
    "check": "Checking the record",
    "return": "Making the return",
    "children": "Making the list of children",
    "look": "Reading the file",
    "import": "Bringing the file in",
}
FILE_WORDS = {
    "xml": "The return (XML)",
    "csv": "The tables (CSV, one for each module)",
    "list": "The list of children (CSV)",
}
COUNT_WORDS = {
    "persons": "Persons",
    "requests": "Requests",
    "assessments": "Assessments",
    "plans": "Plans",
    "active": "Plans in force on the census day",
    "reviews": "Reviews",
}


def authority_here(unit: Unit) -> tuple[UUID, str]:
    """The authority of this page (``?authority=``, else the actor's first), and its name."""
    belongs_to("/sen2")
    authority_id = authority_of(unit, request.args.get("authority", type=UUID))
    return authority_id, organisations.names(unit, [authority_id])[authority_id]


def year_here(unit: Unit, year: int | None = None) -> int:
    """The year in the address, else the one that is being got ready. NotFound for one without a form."""
    found = year or request.args.get("year", type=int) or year_for(unit.today).year
    if found not in years():
        raise NotFound
    return found


def progress(job: Any) -> str:
    """How far a job is, in words."""
    if job.state == "waiting":
        return "Waiting for its turn"
    if job.total:
        return f"{job.done:,} of {job.total:,}"
    return f"{job.done:,} so far" if job.done else "Begun"
