"""The page of what becomes of one plan, that of one review, and the school's report attached to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from isp.access import gate
from isp.access.policy import Permission
from isp.audit import Unit
from isp.escalations import upkeep_clock as clock
from isp.escalations.deadlines import EXCUSES
from isp.escalations.pages.blueprint import due_words, home_of, layout_of, people
from isp.escalations.pages.upkeep.blueprint import Ask, OfReview, answer, pages, plan_page, review_page
from isp.escalations.pages.upkeep.deeds import PLAN_DEEDS, REVIEW_DEEDS, names_setting, schools_here
from isp.escalations.upkeep import (
    ceasing_rules,
    doors,
    excusing,
    orders,
    queries,
    reassessing,
    reports,
    rules,
)
from isp.escalations.upkeep.queries import Standing
from isp.escalations.upkeep.schemas import OrderDoneSchema, ReasonSchema
from isp.escalations.work import tray
from isp.kernel.errors import NotFound
from isp.people import directory
from isp.people.directory import NOBODY
from isp.people.here import look, signed_in
from isp.plans.vocabulary import configuration_on
from isp.reviews.showing import parts


def _facts(unit: Unit, found: Standing) -> dict[str, Any]:
    officer = directory.names(unit, [found.plan.officer_id]) if found.plan.officer_id else {}
    named = officer.get(found.plan.officer_id)
    return {
        "found": found,
        "plan": found.plan,
        "caption": found.pupil.full,
        "today": unit.today,
        "officer": named.with_role if named else NOBODY if found.plan.officer_id else "",
        "family": found.side == "family",
        "layout": layout_of(found.decision),
        "plainly": queries.plainly_of(found, unit.today),
        "may": found.decision.can,
        "Permission": Permission,
        "EXCUSES": EXCUSES,
        "recorded_by": people(unit, {one.recorded_by for one in found.told}),
        "clock": clock,
        "rules": rules,
        "ceasing_rules": ceasing_rules,
        "reassessing": reassessing,
        "ORDERS": {act.value: words for act, words in (orders.ORDERS | orders.AGREED).items()},
    }


def _offered(deeds: Iterable[Ask], found: Any, decision: Any) -> list[Ask]:
    return [ask for ask in deeds if decision.can(ask.permission) and ask.when(found)]


@pages.get("/ehc-plans/<uuid:plan_id>/reviews")
@signed_in
def plan(plan_id: UUID) -> ResponseReturnValue:
    """What becomes of an EHC plan: for the authority, the school and the family."""
    with look() as unit:
        found = queries.read_plan(unit, plan_id)
        facts = _facts(unit, found)
        steps = queries.chronology(unit, found.plan)
        due = []
        if found.side == "authority":
            due = tray.due_about(unit, found.plan.pupil_id, found.plan.authority_id, plan_id)
        words = due_words(unit.today)
    back = ("/annual-reviews", "Annual reviews")
    if found.side == "family":
        back = home_of(found.decision, found.plan.pupil_id)
    offered = _offered(PLAN_DEEDS, found, found.decision)
    home = plan_page(plan_id)
    return render_template(
        "upkeep/plan.html",
        steps=steps,
        due=due,
        due_words=words,
        back_to=back,
        deeds=[(f"/ehc-plans/{plan_id}/{ask.path}", ask) for ask in offered],
        href=home,
        review_page=review_page,
        **facts,
    )


@pages.route("/ehc-plans/<uuid:plan_id>/orders/<uuid:duty_id>/done", methods=["GET", "POST"])
@signed_in
def order_done(plan_id: UUID, duty_id: UUID) -> ResponseReturnValue:
    """What the Tribunal ordered was done."""

    def look_at() -> tuple[Any, Mapping[str, Any], Any]:
        with look() as unit:
            doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE)
            found = queries.read_plan(unit, plan_id)
            if duty_id not in {one.id for one, _ in found.duties}:
                raise NotFound(gate.NO_PAGE)
            return found, schools_here(unit, found), unit.today

    def do(unit: Unit, _: UUID, values: dict[str, Any], shown: int | None) -> None:
        orders.done(unit, plan_id, duty_id, **names_setting(values), shown=shown)

    ask = Ask(
        path="done",
        link="Record that it was done",
        question="When was what was ordered done?",
        button="Record it",
        said="It is recorded that the order was carried out.",
        schema=OrderDoneSchema,
        permission=Permission.EHC_REVIEW_DECIDE,
        do=do,
        intro=(
            "Where the plan was to be amended and is written here, its draft becomes the plan in force with "
            "this, unless it was amended since the order."
        ),
        when=lambda _: True,
        version=lambda found: next(one.row_version for one, _ in found.duties if one.id == duty_id),
        today_in=("on",),
    )
    home = plan_page(plan_id)
    return answer(ask, plan_id, look_at, (home, "What becomes of the plan"), home)


@pages.route("/ehc-plans/<uuid:plan_id>/excuses/<uuid:excuse_id>/take-back", methods=["GET", "POST"])
@signed_in
def excuse_taken_back(plan_id: UUID, excuse_id: UUID) -> ResponseReturnValue:
    """What excused a date about a plan was not so."""

    def look_at() -> tuple[Any, Mapping[str, Any], Any]:
        with look() as unit:
            doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE)
            found = queries.read_plan(unit, plan_id)
            if excuse_id not in {one.id for one in found.told}:
                raise NotFound(gate.NO_PAGE)
            return found, {}, unit.today

    ask = Ask(
        path="take-back",
        link="Take this back",
        question="Why is it taken back?",
        button="Take it back",
        said="It is taken back, and the dates are what they were.",
        schema=ReasonSchema,
        permission=Permission.EHC_REVIEW_DECIDE,
        do=lambda unit, _, values, _shown: excusing.take_back(unit, plan_id, excuse_id, **values),
        when=lambda _: True,
    )
    home = plan_page(plan_id)
    return answer(ask, plan_id, look_at, (home, "What becomes of the plan"), home)


@pages.get("/annual-reviews/<uuid:annual_review_id>")
@signed_in
def review(annual_review_id: UUID) -> ResponseReturnValue:
    """One review: its dates, what was said, and what is to be done next."""
    with look() as unit:
        told, found = queries.read_review(unit, annual_review_id)
        facts = _facts(unit, found)
    offered = _offered(REVIEW_DEEDS, OfReview(told, found), found.decision)
    return render_template(
        "upkeep/review.html",
        told=told,
        row=told.row,
        words=told.words,
        deeds=[(f"{review_page(annual_review_id)}/{ask.path}", ask) for ask in offered],
        back_to=(plan_page(found.plan.id), "What becomes of the plan"),
        href=review_page(annual_review_id),
        **facts,
    )


@pages.get("/annual-reviews/<uuid:annual_review_id>/school-report")
@signed_in
def school_report(annual_review_id: UUID) -> ResponseReturnValue:
    """The report of the school's own review that was attached: that version of it, and no other."""
    with look() as unit:
        told, found = queries.read_review(unit, annual_review_id)
        row = told.row
        if row.report_version_id is None or not found.decision.can(Permission.EHC_REVIEW_WRITE):
            raise NotFound(gate.NO_PAGE)
        attached = reports.attached(unit, row.report_version_id, row.report_digest)
        facts = _facts(unit, found)
    if attached is None:
        raise NotFound(gate.NO_PAGE)
    return render_template(
        "upkeep/school_report.html",
        attached=attached,
        parts=parts(attached.content, configuration_on(facts["today"])) if attached.content else [],
        back_to=(review_page(annual_review_id), "The review"),
        **facts,
    )
