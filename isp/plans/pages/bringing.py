"""Bringing old plans in: choosing the files, and saying of each whose it is and of when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import OrganisationPermission
from isp.documents import waiting
from isp.documents.intake import ACCEPT, ACCEPTED, Scanner, take_in
from isp.documents.rules import TYPES
from isp.kernel.errors import DomainError, Invalid, NotAllowed, NotFound
from isp.people.here import act, look, signed_in
from isp.plans import bringing
from isp.plans.bringing import Brought
from isp.plans.pages.blueprint import pages
from isp.web.days import NotADay, Parts, read_day
from isp.web.shell import FORM_BYTES

MOST_FILES = 50
OTHER, AWAY = "other", "away"


@dataclass(slots=True)
class Row:
    """What was chosen for one file, as typed; ``problem``: why it was not brought in."""

    choice: str = ""
    other: str = ""
    day: Parts = field(default_factory=Parts)
    problem: str = ""

    @property
    def pupil_id(self) -> UUID | None:
        """Whose it was said to be."""
        said = self.other if self.choice in ("", OTHER) else self.choice
        try:
            return UUID(said)
        except ValueError:
            return None

    @property
    def is_touched(self) -> bool:
        return bool(self.choice or self.other or self.day)


@pages.get("/earlier-plans")
@signed_in
def earlier_files() -> ResponseReturnValue:
    """Choose the files; the school the address names, else the first where the actor may."""
    named = request.args.get("school", type=UUID)
    with look() as unit:
        schools = gate.organisations_where(unit, OrganisationPermission.EARLIER_PLANS_BRING)
        if named is not None:
            waiting.let_in(unit, named)
        elif not schools:
            raise NotAllowed
        school_id = named or schools[0]
        count = len(waiting.listed(unit, school_id))
    return _choose(school_id, count)


def _choose(
    school_id: UUID,
    count: int,
    refused: list[tuple[str, str]] | None = None,
    kept: int = 0,
    problem: str = "",
) -> ResponseReturnValue:
    page = render_template(
        "plans/earlier_files.html",
        school_id=school_id,
        count=count,
        refused=refused or [],
        kept=kept,
        problem=problem,
        accept=ACCEPT,
        accepted=ACCEPTED,
        most=_most_bytes(),
    )
    return page, 422 if problem or refused else 200


def _most_bytes() -> int:
    return int(current_app.config["MAX_CONTENT_LENGTH"]) - FORM_BYTES


@pages.post("/earlier-plans/<uuid:school_id>/files")
@signed_in
def take_earlier_files(school_id: UUID) -> ResponseReturnValue:
    """Look at each file, and keep those that are sound; say of each other one why not."""
    with look() as unit:
        waiting.let_in(unit, school_id)
    files = [file for file in request.files.getlist("files") if file.filename]
    refused: list[tuple[str, str]] = []
    kept, scanner = 0, Scanner.at(current_app.config["SCANNER"])
    for file in files[:MOST_FILES]:
        name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
        try:
            taken = take_in(file.stream, name, _most_bytes(), scanner)
            with act() as unit:
                waiting.stage(unit, school_id, name, taken)
            kept += 1
        except Invalid as failure:
            refused.append((name, failure.errors.get("file", failure.message)))
    refused += [(file.filename or "", "Send this one with the next lot.") for file in files[MOST_FILES:]]
    with look() as unit:
        count = len(waiting.listed(unit, school_id))
    problem = "" if files else "Choose at least one file."
    return _choose(school_id, count, refused, kept, problem)


@pages.route("/earlier-plans/<uuid:school_id>", methods=["GET", "POST"])
@signed_in
def match_earlier_files(school_id: UUID) -> ResponseReturnValue:
    """Say of each file whose plan it is and of when; those that are said are brought in."""
    with look() as unit:
        found = bringing.to_match(unit, school_id)
    rows = {paper.id: _row(str(paper.id)) for paper in found.papers}
    done: dict[UUID, Brought | None] = {}
    problem = ""
    if request.method == "POST":
        try:
            source = bringing.check_source(request.form.get("source", ""))
        except Invalid as failure:
            problem = failure.errors["source"]
        else:
            allowed = {name.pupil_id for name in found.pupils}
            for paper in found.papers:
                if rows[paper.id].is_touched:
                    result = _bring(school_id, paper.id, rows[paper.id], source, allowed)
                    if not rows[paper.id].problem:
                        done[paper.id] = result
            if not any(row.is_touched for row in rows.values()):
                problem = "Say of at least one file whose plan it is."
    left = tuple(paper for paper in found.papers if paper.id not in done)
    problems = [(paper, rows[paper.id].problem) for paper in left if rows[paper.id].problem]
    page = render_template(
        "plans/match_earlier.html",
        school_id=school_id,
        found=found,
        left=left,
        rows=rows,
        done=[(paper.name, done[paper.id]) for paper in found.papers if paper.id in done],
        problem=problem,
        problems=problems,
        source=request.form.get("source", ""),
        TYPES=TYPES,
        files_page=url_for("plans.earlier_files", school=school_id),
    )
    return page, 422 if problem or problems else 200


def _row(paper_id: str) -> Row:
    sent = request.form
    day = Parts(*(sent.get(f"on-{paper_id}-{part}", "").strip() for part in ("day", "month", "year")))
    return Row(sent.get(f"pupil-{paper_id}", ""), sent.get(f"other-{paper_id}", ""), day)


def _bring(school_id: UUID, paper_id: UUID, row: Row, source: str, allowed: set[UUID]) -> Brought | None:
    """Do what was said of one file, in a unit of its own; ``row.problem`` says why not."""
    try:
        if row.choice == AWAY:
            with act() as unit:
                waiting.put_aside(unit, school_id, paper_id)
            return None
        pupil_id, day = row.pupil_id, _day(row)
        if pupil_id is None or pupil_id not in allowed:
            row.problem = "Choose whose plan this is."
            return None
        return _brought(school_id, paper_id, pupil_id, day, source)
    except NotADay as failure:
        row.problem = failure.message
    except NotFound:
        row.problem = "Choose whose plan this is."
    except Invalid as failure:
        row.problem = " ".join(failure.errors.values()) or failure.message
    except DomainError as failure:
        row.problem = failure.message
    return None


def _day(row: Row) -> date:
    if not row.day:
        raise NotADay("Enter the day this plan was written.")
    return read_day(row.day, "the day it was written")


def _brought(school_id: UUID, paper_id: UUID, pupil_id: UUID, day: date, source: str) -> Brought:
    with act() as unit:
        return bringing.bring_in(unit, school_id, paper_id, pupil_id, day, source)
