"""Closing a review: what its report says, and the next version of the plan, before either is made."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.kernel.errors import Conflict, Invalid
from isp.people.here import act, look, signed_in
from isp.plans import content as plan_content
from isp.plans import queries as plans
from isp.plans.pages.blueprint import spoken
from isp.plans.pages.sent import number
from isp.plans.printing import Form
from isp.plans.sentences import Told, tell
from isp.plans.vocabulary import configuration_on
from isp.records import drafts
from isp.records.diff import diff
from isp.records.project import project
from isp.records.shape import Content
from isp.reviews import actions, queries, rules
from isp.reviews.content import SHAPE
from isp.reviews.into_plan import brought
from isp.reviews.pages.blueprint import pages, review_facts
from isp.reviews.printing import report_paper
from isp.reviews.showing import parts
from isp.reviews.steps import steps
from isp.web.files import PDF, WORD, as_download
from isp.web.print.pdf import as_pdf
from isp.web.print.word import as_word


@pages.get("/reviews/<uuid:review_id>/close")
@signed_in
def closing(review_id: UUID) -> ResponseReturnValue:
    return _page(review_id, {})


def _page(review_id: UUID, problems: dict[str, str]) -> ResponseReturnValue:
    with look() as unit:
        row, decision = queries.allowed(unit, review_id, Permission.REVIEW_CLOSE)
        rules.check_open(row.status)
        draft = drafts.read(unit, row.review_record_id)
        content = project(draft.content, decision.lens, SHAPE)
        unsettled = len(drafts.clashes(unit, draft))
        told, clashes, ended = _next_version(unit, row, draft.content)
        unit.record(decision, Event.REVIEW_VIEWED, Chain.pupil(row.pupil_id), obj=("review", review_id))
        people = [one for one in plans.told_of(unit, row.pupil_id) if one != unit.actor.person_id]
        named = queries.named(unit, people)
        facts = review_facts(unit, row, decision)
        configuration = configuration_on(unit.today)
    lacking = [(_path(section, item), sentence) for section, item, sentence in rules.lacking(content)]
    page = render_template(
        "reviews/close.html",
        parts=parts(content, configuration),
        steps=steps(content),
        lacking=lacking,
        problems=list(problems.values()),
        unsettled=unsettled,
        told=told,
        clashes=clashes,
        ended=ended,
        decided=content["sections"]["decision"]["fields"].get("decision"),
        spoken=spoken,
        people=[named[one] for one in people],
        revision=request.form.get("revision", draft.revision),
        **facts,
    )
    return page, 422 if problems else 200


def _path(section: str, item: str) -> str:
    return f"outcomes/{item}" if item else section


def _next_version(unit: Unit, row: Any, report: Content) -> tuple[list[Told], int, bool]:
    """What the plan's next version would say that the one in force does not, and how much would be asked."""
    plan, decision = plans.allowed(unit, row.record_id, Permission.DRAFT_READ)
    if plan.status != "open":
        return [], 0, True
    going = brought(unit, row, plan, report, str(uuid4()))
    merged = going.preview()
    before, later = (
        project(one, decision.lens, plan_content.SHAPE) for one in (going.in_force, merged.content)
    )
    return (
        tell(diff(before, later), before, later, configuration_on(unit.today)),
        len(merged.conflicts),
        False,
    )


@pages.post("/reviews/<uuid:review_id>/close")
@signed_in
def close(review_id: UUID) -> ResponseReturnValue:
    """Close the review as the page showed it."""
    try:
        with act() as unit:
            row, _ = queries.allowed(unit, review_id, Permission.REVIEW_CLOSE)
            closed = actions.close_review(unit, review_id, number(request.form.get("revision")))
    except Invalid as failure:
        if not failure.errors:
            raise Conflict(failure.message) from None
        return _page(review_id, failure.errors)
    if closed.unsettled:
        flash(
            "The review is closed. In the plan somebody had written in the same place meanwhile: "
            "choose which words stay.",
            "note",
        )
        return redirect(f"/plans/{row.record_id}/settle", 303)
    if closed.drafted:
        flash("The review is closed, and the next version of the plan is drafted with what was decided.")
    else:
        flash("The review is closed.")
    return redirect(f"/reviews/{review_id}", 303)


@pages.get("/reviews/<uuid:review_id>/report.pdf", defaults={"form": "pdf"})
@pages.get("/reviews/<uuid:review_id>/report.docx", defaults={"form": "docx"})
@signed_in
def taken(review_id: UUID, form: str) -> ResponseReturnValue:
    """The report as a file: read and recorded in a unit of its own, and typeset when that has committed."""
    large, annual = request.args.get("size") == "large", request.args.get("for") == "authority"
    with look() as unit:
        paper, row = report_paper(unit, review_id, Form(form), large=large, annual=annual)
    file = f"{'annual-' if annual else ''}review-{row.cycle}.{form}"
    if form == Form.WORD:
        return as_download(as_word(paper, large=large), WORD, file)
    return as_download(as_pdf(paper, large=large), PDF, file)
