"""Performance: one chart a question, its definition beside it, its table under it, the table as a file."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from isp.audit import Unit
from isp.caseload.pages.blueprint import pages
from isp.caseload.performance import figures
from isp.caseload.performance.chart import bars
from isp.caseload.performance.figures import BY, UNKNOWN, Figures
from isp.caseload.performance.questions import BY_NAME, QUESTIONS, Question
from isp.escalations.lists import authorities
from isp.kernel.errors import NotFound
from isp.people.here import look, signed_in
from isp.people.organisations import PHASES
from isp.register.importing.codes import NEEDS
from isp.register.importing.writing import write
from isp.web.files import as_download
from isp.web.filters import MONTHS

BY_WORDS = {
    "month": "By month",
    "year": "By calendar year",
    "need": "By need",
    "phase": "By phase of school",
    "school": "By school",
}


@pages.get("/performance")
@signed_in
def performance() -> ResponseReturnValue:
    """The questions, each in a sentence of what it counts."""
    with look() as unit:
        authorities(unit)
    return render_template("caseload/performance.html", questions=QUESTIONS)


@pages.get("/performance/<question>")
@signed_in
def performance_question(question: str) -> ResponseReturnValue:
    """One question."""
    asked, by, year = _asked(question.removesuffix(".csv"))
    form = figures.CSV if question.endswith(".csv") else figures.PAGE
    with look() as unit:
        found = _answered(unit, asked, by, year, form)
        today = unit.today
    columns = [*asked.labels.values(), *(f"{one.label} (%)" for one in asked.shares)]
    rows = [_cells(line) for line in (*found.lines, found.total)]
    if form == figures.CSV:
        body = write([BY_WORDS[by], *columns], rows)
        return as_download(body, "text/csv", f"{asked.name}-by-{by}.csv")
    shown = next(iter(asked.shares), None)
    points = [(line.heading, float(line.counts[0])) for line in found.lines]
    return render_template(
        "caseload/performance_question.html",
        question=asked,
        questions=QUESTIONS,
        found=found,
        columns=columns,
        rows=rows,
        chart=bars(points) if by in ("month", "year", "need", "phase") else None,
        charted=next(iter(asked.labels.values())),
        share=shown,
        by=by,
        year=year,
        years=range(today.year, today.year - figures.YEARS, -1),
        BY_WORDS=BY_WORDS,
    )


def _answered(unit: Unit, question: Question, by: str, year: int | None, form: str) -> Figures:
    authorities(unit)
    return figures.answer(unit, question, by, year, heading=lambda key: _heading(by, key), form=form)


def _asked(name: str) -> tuple[Question, str, int | None]:
    if name not in BY_NAME:
        raise NotFound
    by = request.args.get("by", "month")
    year = request.args.get("year", type=int)
    if year is not None and not 2014 <= year <= 2100:
        year = None
    return BY_NAME[name], by if by in BY else "month", year


def _heading(by: str, key: Any) -> str:
    if key is None:
        return UNKNOWN.capitalize()
    if by == "month":
        return f"{MONTHS[key % 100 - 1][:3]} {key // 100}"
    words = {"need": NEEDS, "phase": PHASES}.get(by, {})
    return str(words.get(key, key))


def _cells(line: figures.Line) -> list[str | int]:
    shares = ["" if share is None else f"{share:.1f}" for share in line.shares]
    return [line.heading, *line.counts, *shares]
