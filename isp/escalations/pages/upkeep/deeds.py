"""A page for each deed about a plan in force or a review of it: they differ in what these tables say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from isp.access.policy import Permission
from isp.audit import Unit
from isp.escalations import consulting, naming
from isp.escalations import upkeep_clock as clock
from isp.escalations.deadlines import EXCUSES
from isp.escalations.naming import Named
from isp.escalations.pages.upkeep.blueprint import Ask, OfReview, answer, pages, plan_page, review_page
from isp.escalations.schemas import CircumstanceSchema
from isp.escalations.upkeep import (
    amending,
    ceasing,
    ceasing_rules,
    doors,
    excusing,
    moving,
    orders,
    phases,
    placing,
    queries,
    reassessing,
    reports,
    reviewing,
    schemas,
    transferring,
)
from isp.escalations.upkeep.queries import Standing
from isp.kernel.errors import Conflict
from isp.people.here import look, signed_in
from isp.web.asking import Choice
from isp.web.filters import date_words

P = Permission


def _in(*states: str) -> Callable[[OfReview], bool]:
    return lambda found: found.told.row.state in states


def _review_version(found: OfReview) -> int:
    return int(found.told.row.row_version)


def _attachable(unit: Unit, found: OfReview) -> Mapping[str, Sequence[Choice]]:
    offered = reports.attachable(unit, found.standing.plan.pupil_id, found.standing.decision)
    return {
        "version_id": [
            Choice(str(one.version_id), f"The report of the review closed on {date_words(one.closed_at)}")
            for one in offered
        ]
    }


def _of_review(deed: Callable[..., Any]) -> Callable[[Unit, UUID, dict[str, Any], int | None], Any]:
    return lambda unit, review_id, values, shown: deed(unit, review_id, **values, shown=shown)


def schools_here(unit: Unit, _: Any) -> Mapping[str, Sequence[Choice]]:
    """The schools on this service, to be named."""
    return {"school_id": [Choice(str(one.id), one.name) for one in consulting.schools(unit)]}


def names_setting(values: dict[str, Any]) -> dict[str, Any]:
    """The answers of a form that asks which setting is named, as ``named``; None where none was chosen."""
    one, rest = naming.asked(values)
    return {**rest, "named": one if one.is_chosen or one.terms.is_said else None}


def _starts(values: dict[str, Any]) -> dict[str, Any]:
    told = names_setting(values)
    other = told.pop("named") or Named()
    return {**told, "other": other, "rank": int(values["rank"])}


def _elsewhere(values: dict[str, Any]) -> dict[str, Any]:
    told = names_setting(values)
    return {**told, "other": told.pop("named") or Named()}


def _last_day(found: Standing, today: date) -> Mapping[str, Any]:
    """Of a plan that ends by age: the end of the academic year, once it has come."""
    if found.kept_until is None or found.ending is None or found.ending.reason != ceasing_rules.TOO_OLD:
        return {}
    return {"on": found.kept_until.on} if found.kept_until.on <= today else {}


def _places(unit: Unit, found: Standing) -> Mapping[str, Sequence[Choice]]:
    offered = [Choice(str(one.row.id), one.words) for one in found.named]
    offered.append(Choice(placing.OTHER, "Somewhere else, or nowhere: say where below"))
    return {"setting": offered, **schools_here(unit, found)}


def _left(_: Unit, found: Standing) -> Mapping[str, Sequence[Choice]]:
    if not found.placed:
        raise Conflict("It is not on record where the child is. Record first where the child has started.")
    return {"placement": [Choice(str(one.row.id), one.words) for one in found.placed]}


REVIEW_DEEDS: tuple[Ask, ...] = (
    Ask(
        path="invite",
        link="Record the invitations",
        question="When is the meeting, and who is invited?",
        button="Record the invitations",
        said="The meeting is planned. The family and the school are told.",
        schema=schemas.InviteSchema,
        permission=P.EHC_REVIEW_WRITE,
        do=_of_review(reviewing.invite),
        when=_in(clock.DUE, clock.INVITED),
        intro=(
            "At least two weeks’ notice, to each of those named here: regulation 20(2) and (3), Special "
            "Educational Needs and Disability Regulations 2014. If the day of the meeting moves, record the "
            "new invitations in the same way."
        ),
        version=_review_version,
        today_in=("sent_on",),
    ),
    Ask(
        path="papers",
        link="Record that the advice went round",
        question="When was the advice for the meeting sent round?",
        button="Record it",
        said="It is recorded that the advice went round.",
        schema=schemas.PapersSchema,
        permission=P.EHC_REVIEW_WRITE,
        do=_of_review(reviewing.send_papers),
        when=_in(clock.INVITED),
        intro="To everybody who is invited, at least two weeks before the meeting: regulation 20(4).",
        version=_review_version,
        today_in=("sent_on",),
    ),
    Ask(
        path="meeting",
        link="Record the meeting",
        question="What did the meeting say?",
        button="Record the meeting",
        said="The meeting is recorded.",
        schema=schemas.MeetingSchema,
        permission=P.EHC_REVIEW_WRITE,
        do=_of_review(reviewing.hold),
        when=_in(clock.DUE, clock.INVITED),
        version=_review_version,
    ),
    Ask(
        path="report",
        link="Record the report",
        question="What does the report of the meeting say?",
        button="Send the report",
        said="The report is with the authority.",
        schema=schemas.ReportSchema,
        permission=P.EHC_REVIEW_WRITE,
        do=_of_review(reviewing.send_report),
        when=_in(clock.HELD),
        intro=(
            "Within two weeks of the meeting, to the authority and to everybody who was invited: regulation "
            "20(7) and (8). Where the child is at no school, the authority writes it: regulation 21."
        ),
        version=_review_version,
        choices=_attachable,
        today_in=("sent_on",),
    ),
    Ask(
        path="decide",
        link="Record the decision",
        question="What becomes of the plan?",
        button="Record the decision",
        said="The decision is recorded, and the family and the school are told.",
        schema=schemas.OutcomeSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=_of_review(reviewing.decide),
        when=_in(clock.HELD, clock.REPORTED),
        intro=(
            "Within four weeks of the meeting: regulation 20(10). To amend, the notice of the proposed "
            "amendments goes out within the same four weeks. To cease, the family and the school must have "
            "been asked about it before."
        ),
        version=_review_version,
        today_in=("decided_on",),
    ),
    Ask(
        path="notice",
        link="Record the notice of amendments",
        question="Which amendments are proposed?",
        button="Record the notice",
        said="The notice is recorded. The family has fifteen days to say what it thinks.",
        schema=schemas.NoticeSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=_of_review(amending.send_notice),
        when=lambda found: found.told.row.state == clock.AMENDING and found.told.row.notice_on is None,
        intro=(
            "The plan as it is, the notice and the evidence, within four weeks of the meeting: regulation "
            "22(2); R (L, M and P) v Devon County Council [2022] EWHC 493 (Admin)."
        ),
        version=_review_version,
        today_in=("notice_on",),
    ),
    Ask(
        path="amended",
        link="Record the amended plan",
        question="When was the amended plan sent?",
        button="Record the amended plan",
        said="The amended plan is recorded, and the family and the school are told.",
        schema=schemas.AmendedSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, review_id, values, shown: amending.send_amended(
            unit, review_id, **names_setting(values), shown=shown
        ),
        choices=schools_here,
        when=lambda found: found.told.row.state == clock.AMENDING and found.told.row.notice_on is not None,
        intro="Within eight weeks of the notice: regulation 22(3).",
        version=_review_version,
        today_in=("on",),
    ),
    Ask(
        path="not-amended",
        link="Record that the plan is not amended after all",
        question="Why is the plan not amended after all?",
        button="Record it",
        said="It is recorded that the plan stays as it is, and the family is told.",
        schema=schemas.NotAmendedSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=_of_review(amending.leave_as_it_is),
        when=lambda found: found.told.row.state == clock.AMENDING and found.told.row.notice_on is not None,
        intro="Within eight weeks of the notice, with the reasons: regulation 22(4) and (5).",
        version=_review_version,
        today_in=("on",),
    ),
    Ask(
        path="call-off",
        link="Call the review off",
        question="Why is this review called off?",
        button="Call it off",
        said="The review is called off. The duty to review the plan stays.",
        schema=schemas.CancelSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=_of_review(reviewing.cancel),
        when=lambda found: (
            found.told.row.kind != clock.CHANGE
            and found.told.row.state in (clock.DUE, clock.INVITED, clock.HELD, clock.REPORTED)
        ),
        version=_review_version,
    ),
)


def _ending_version(found: Standing) -> int | None:
    return found.ending.row_version if found.ending is not None else None


def _state(found: Standing) -> str:
    return found.ending.state if found.ending is not None else ""


def _idle(found: Standing) -> bool:
    return found.in_force and found.now is None


def _excuses(unit: Unit, found: Standing) -> Mapping[str, Sequence[Choice]]:
    return {"code": [Choice(code, EXCUSES[code].title) for code in excusing.codes_for(unit, found.plan.id)]}


PLAN_DEEDS: tuple[Ask, ...] = (
    Ask(
        path="open-review",
        link="Open a review",
        question="Which review of this plan is to be held?",
        button="Open the review",
        said="The review is open. Plan its meeting next.",
        schema=schemas.OpenReviewSchema,
        permission=P.EHC_REVIEW_WRITE,
        do=lambda unit, plan_id, values, _: reviewing.open_review(unit, plan_id, **values),
        when=_idle,
        initial={"kind": clock.ANNUAL},
    ),
    Ask(
        path="amend",
        link="Propose an amendment outside a review",
        question="Which amendments are proposed, outside a review?",
        button="Record the notice",
        said="The notice is recorded. The family has fifteen days to say what it thinks.",
        schema=schemas.NoticeSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, _: amending.propose_change(unit, plan_id, **values),
        when=_idle,
        intro="It goes on as if it had been proposed at a review: regulation 28.",
        today_in=("notice_on",),
    ),
    Ask(
        path="reassess",
        link="Ask for a re-assessment",
        question="Why is a re-assessment needed?",
        button="Ask for a re-assessment",
        said="The authority has the request. It answers within 15 days.",
        schema=schemas.AskAgainSchema,
        permission=P.EHC_REASSESSMENT_REQUEST,
        do=lambda unit, plan_id, values, _: reassessing.ask(unit, plan_id, received_on=unit.today, **values),
        when=lambda found: found.in_force and found.asked is None and found.side != "authority",
        intro="Under section 44(2), Children and Families Act 2014. The authority answers within 15 days.",
    ),
    Ask(
        path="reassessment-received",
        link="Record a request for a re-assessment",
        question="Who asked for a re-assessment, and why?",
        button="Record the request",
        said="The request is recorded. Answer it within 15 days of its receipt.",
        schema=schemas.AskedAgainSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, _: reassessing.ask(unit, plan_id, **values),
        when=lambda found: found.in_force and found.asked is None,
        today_in=("received_on",),
    ),
    Ask(
        path="reassessment-answer",
        link="Answer the request for a re-assessment",
        question="Will there be a re-assessment?",
        button="Record the answer",
        said="The answer is recorded, and the family and the school are told.",
        schema=schemas.ReassessSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, shown: reassessing.decide(unit, plan_id, **values, shown=shown),
        when=lambda found: found.asked is not None,
        intro=(
            "Within 15 days of the request: regulation 25(1). It can be refused on two grounds and no other: "
            "regulation 24. After a yes, the plan is due within 14 weeks of this answer: regulation 27(2)."
        ),
        version=lambda found: found.asked.row_version if found.asked is not None else None,
        today_in=("decided_on",),
    ),
    Ask(
        path="excuse",
        link="Record why a date could not be kept",
        question="Why can a date about this plan not be kept?",
        button="Record it",
        said="It is recorded. The dates that it moves say so; the duty stays, and the law’s own day too.",
        schema=CircumstanceSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, _: excusing.record_circumstance(unit, plan_id, **values),
        when=lambda found: bool(found.duties),
        intro=(
            "The law excuses a date of an order only where it was impractical to keep it because of one of "
            "these: regulations 44(3) and 45. The duty stays. What excuses a date of a re-assessment is "
            "recorded in its case."
        ),
        choices=_excuses,
    ),
    Ask(
        path="consider-ending",
        link="Record that the end of the plan is being considered",
        question="Why might this plan end?",
        button="Record the letter",
        said="It is recorded. Record what the family and the school answer.",
        schema=schemas.ConsiderSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, _: ceasing.consider(unit, plan_id, **values),
        when=lambda found: found.in_force and found.ending is None,
        intro=(
            "There are two grounds and no other: the authority is no longer responsible, or a plan is no "
            "longer necessary (section 45(1), Children and Families Act 2014). The family and the school are "
            "told and asked first: regulation 31."
        ),
        today_in=("considering_on",),
    ),
    Ask(
        path="ending-answer",
        link="Record what the family or the school answers",
        question="What do the family or the school say to the end of the plan?",
        button="Record the answer",
        said="The answer is recorded.",
        schema=schemas.AnswerSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, _: ceasing.record_answer(unit, plan_id, **values),
        when=lambda found: _state(found) == ceasing.CONSIDERING,
        today_in=("on",),
    ),
    Ask(
        path="cease",
        link="Record the decision that the plan ceases",
        question="Why does this plan cease?",
        button="Record the decision",
        said="The decision is recorded. The plan is in force until the time to appeal is over.",
        schema=schemas.CeaseSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, shown: ceasing.decide(unit, plan_id, **values, shown=shown),
        when=lambda found: _state(found) == ceasing.CONSIDERING,
        intro=(
            "The plan is kept in force until the time to appeal has passed, or an appeal has been decided: "
            "section 45(4), Children and Families Act 2014."
        ),
        version=_ending_version,
        today_in=("decided_on",),
    ),
    Ask(
        path="go-on",
        link="The plan goes on",
        question="Why does this plan go on?",
        button="The plan goes on",
        said="The plan goes on, and the family and the school are told.",
        schema=schemas.GoOnSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, shown: ceasing.drop(unit, plan_id, **values, shown=shown),
        when=lambda found: found.ending is not None,
        version=_ending_version,
        today_in=("on",),
    ),
    Ask(
        path="end",
        link="Record that the plan has ended",
        question="What was the last day of this plan?",
        button="Record the end",
        said="The plan has ended.",
        schema=schemas.DaySchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, shown: ceasing.end(unit, plan_id, **values, shown=shown),
        when=lambda found: _state(found) == ceasing.DECIDED,
        intro=(
            "After the time to appeal has passed, or the appeal was decided. Your sight of it ends today."
        ),
        version=_ending_version,
        offers=_last_day,
        today_in=("on",),
    ),
    Ask(
        path="died",
        link="Record that the child or young person died",
        question="On which day did the child or young person die?",
        button="Record it",
        said="It is recorded, and the plan has ended. Those who work on it are told; the family is not.",
        schema=schemas.DaySchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, _: ceasing.record_death(unit, plan_id, **values),
        when=lambda found: found.in_force,
    ),
    Ask(
        path="move",
        link="Record a move to another authority",
        question="Where and when does the child move?",
        button="Record the move",
        said="The move is recorded. The page says by when the plan goes over.",
        schema=schemas.MoveSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, _: transferring.announce(unit, plan_id, **values),
        when=lambda found: found.in_force and found.move is None,
        intro=(
            "The plan goes over on the day of the move; where it was known less than 15 working days before, "
            "within 15 working days beginning with the day it was known: regulation 15(2)."
        ),
        today_in=("known_on",),
    ),
    Ask(
        path="hand-over",
        link="Record that the plan was handed over",
        question="When was the plan handed to the new authority?",
        button="Hand the plan over",
        said="The plan is handed over. You do not see it any more.",
        schema=schemas.DaySchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, shown: transferring.hand_over(unit, plan_id, **values, shown=shown),
        when=lambda found: found.move is not None,
        intro=(
            "From the next page on, this authority sees nothing of the plan. That it had it stays on record."
        ),
        version=lambda found: found.move.row_version if found.move is not None else None,
        today_in=("on",),
        leads="/annual-reviews",
    ),
    Ask(
        path="stay",
        link="The child does not move after all",
        question="Why does the plan stay here?",
        button="The plan stays here",
        said="The move is called off.",
        schema=schemas.ReasonSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, shown: transferring.call_off(unit, plan_id, **values, shown=shown),
        when=lambda found: found.move is not None,
        version=lambda found: found.move.row_version if found.move is not None else None,
    ),
    Ask(
        path="tell-family",
        link="Record that the family was told of the transfer",
        question="What was the family told of the plan’s transfer?",
        button="Record it",
        said="It is recorded that the family was told.",
        schema=schemas.TellSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, shown: transferring.tell_family(
            unit, plan_id, **{**values, "will_assess": values["will_assess"] == "yes"}, shown=shown
        ),
        when=lambda found: found.to_tell is not None,
        intro="Within six weeks of the transfer: regulation 15(4).",
        version=lambda found: found.to_tell.row_version if found.to_tell is not None else None,
        today_in=("told_on",),
    ),
    Ask(
        path="for-now",
        link="Record that the child attends another setting since the move",
        question="Where does the child attend until the plan is amended?",
        button="Record it",
        said="It is recorded. The tray has the plan as one to be amended until it names a setting anew.",
        schema=schemas.ForNowSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, shown: transferring.place_for_now(
            unit, plan_id, **_elsewhere(values), shown=shown
        ),
        when=lambda found: found.in_force and found.plan.transferred_on is not None,
        intro=(
            "Where the child cannot in practice attend the setting that the plan names, since the move: "
            "regulation 15(6). Propose the amendment as well."
        ),
        version=lambda found: found.plan.row_version,
        choices=schools_here,
        today_in=("on",),
    ),
    Ask(
        path="college-move",
        link="Record a move to another college",
        question="Which college does the young person move to, and when?",
        button="Record the move",
        said="The move is recorded. The page says by when the plan must name the college.",
        schema=schemas.CollegeSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, _: moving.announce_college(unit, plan_id, **values),
        when=lambda found: found.in_force and found.college is None,
        intro=(
            "From one post-16 institution to another: the plan is reviewed and amended, and names the new "
            "one, at least five months before: regulation 18(2)."
        ),
        today_in=("known_on",),
    ),
    Ask(
        path="college-named",
        link="Record that the plan names the new college",
        question="When was the amended plan sent that names the new college?",
        button="Record it",
        said="It is recorded that the plan names the new college.",
        schema=schemas.DaySchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, shown: moving.record_named(unit, plan_id, **values, shown=shown),
        when=lambda found: found.college is not None,
        version=lambda found: found.college.row_version if found.college is not None else None,
        today_in=("on",),
    ),
    Ask(
        path="college-stay",
        link="The young person stays at the college",
        question="Why is there no move to another college?",
        button="Call the move off",
        said="The move is called off.",
        schema=schemas.ReasonSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, shown: moving.call_college_off(unit, plan_id, **values, shown=shown),
        when=lambda found: found.college is not None,
        version=lambda found: found.college.row_version if found.college is not None else None,
    ),
    Ask(
        path="health-body",
        link="Record that another health body becomes responsible",
        question="Which health body becomes responsible, and when?",
        button="Record the change",
        said="The change is recorded. The page says by when the new health body must be told.",
        schema=schemas.HealthBodySchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, _: moving.announce_health(unit, plan_id, **values),
        when=lambda found: found.in_force and found.health is None,
        intro=(
            "The old health body tells the new one on the day of the change; where it knew less than 15 "
            "working days before, within 15 working days beginning with the day it knew: regulation 16."
        ),
        today_in=("known_on",),
    ),
    Ask(
        path="health-body-told",
        link="Record that the new health body was told",
        question="When was the new health body told, and what does it say?",
        button="Record it",
        said="It is recorded. A review or re-assessment that it asks for is open.",
        schema=schemas.HealthToldSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, shown: moving.record_told(unit, plan_id, **values, shown=shown),
        when=lambda found: found.health is not None,
        intro=(
            "Where it cannot arrange the health care that the plan says, it asks this authority for a review "
            "or a re-assessment: regulation 16."
        ),
        version=lambda found: found.health.row_version if found.health is not None else None,
        today_in=("on",),
    ),
    Ask(
        path="health-body-stays",
        link="The health body stays the same",
        question="Why does the health body stay the same?",
        button="Call the change off",
        said="The change is called off.",
        schema=schemas.ReasonSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, shown: moving.call_health_off(unit, plan_id, **values, shown=shown),
        when=lambda found: found.health is not None,
        version=lambda found: found.health.row_version if found.health is not None else None,
    ),
    Ask(
        path="order",
        link="Record an order of the Tribunal about the plan",
        question="What did the Tribunal order about this plan?",
        button="Record the order",
        said="The order is recorded, with the day by which it is to be carried out.",
        schema=schemas.OrderSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, _: orders.record_order(unit, plan_id, **values),
        when=lambda found: found.in_force,
        intro="Amending within five weeks, another setting within two: regulations 44 and 45.",
    ),
    Ask(
        path="setting",
        link="Say which setting the plan names",
        question="Which school or other setting does section I name?",
        button="Save",
        said="It is saved.",
        schema=schemas.NamedSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, shown: placing.say_named(
            unit, plan_id, **names_setting(values), shown=shown
        ),
        when=lambda found: found.in_force and not found.named,
        intro="Of a plan that came from elsewhere. Later it is changed by amending the plan.",
        version=lambda found: found.plan.row_version,
        choices=schools_here,
    ),
    Ask(
        path="started",
        link="Record that the child has started at a setting",
        question="Where and when has the child started?",
        button="Record it",
        said="It is recorded. The family and the school are told.",
        schema=schemas.StartedSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, shown: placing.start(unit, plan_id, **_starts(values), shown=shown),
        when=lambda found: found.in_force,
        intro=(
            "The true first day there, which is seldom that of the plan. Where the child was before, it was "
            "to the day before. To put a day right, record the same setting with the right day."
        ),
        version=lambda found: found.plan.row_version,
        choices=_places,
        initial={"rank": str(placing.MAIN)},
    ),
    Ask(
        path="left",
        link="Record that the child has left a setting",
        question="Which setting has the child left, and when?",
        button="Record it",
        said="It is recorded. The family and the school are told.",
        schema=schemas.LeftSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, shown: placing.leave(unit, plan_id, **values, shown=shown),
        when=lambda found: found.in_force and bool(found.placed),
        intro="The plan goes on naming it until it is amended.",
        version=lambda found: found.plan.row_version,
        choices=_left,
    ),
    Ask(
        path="phase",
        link="Say when the child changes phase",
        question="When does the child change to another phase of education?",
        button="Save",
        said="It is saved, and the board of those who change phase shows it.",
        schema=schemas.PhaseSchema,
        permission=P.EHC_REVIEW_DECIDE,
        do=lambda unit, plan_id, values, shown: phases.set_phase(unit, plan_id, **values, shown=shown),
        when=lambda found: found.in_force,
        intro="Left alone, the year group says it: reception, year 7, and education after year 11.",
        version=lambda found: found.plan.row_version,
    ),
)


def _plan_view(ask: Ask) -> Callable[[UUID], ResponseReturnValue]:
    def view(plan_id: UUID) -> ResponseReturnValue:
        def look_at() -> tuple[Any, Mapping[str, Any], Any]:
            with look() as unit:
                doors.allowed_plan(unit, plan_id, ask.permission)
                found = queries.read_plan(unit, plan_id)
                return found, ask.choices(unit, found) if ask.choices else {}, unit.today

        home = plan_page(plan_id)
        return answer(ask, plan_id, look_at, (home, "What becomes of the plan"), home)

    return view


def _review_view(ask: Ask) -> Callable[[UUID], ResponseReturnValue]:
    def view(annual_review_id: UUID) -> ResponseReturnValue:
        def look_at() -> tuple[Any, Mapping[str, Any], Any]:
            with look() as unit:
                doors.allowed_review(unit, annual_review_id, ask.permission)
                found = OfReview(*queries.read_review(unit, annual_review_id))
                return found, ask.choices(unit, found) if ask.choices else {}, unit.today

        home = review_page(annual_review_id)
        return answer(ask, annual_review_id, look_at, (home, "The review"), home)

    return view


for _ask in PLAN_DEEDS:
    _name = _ask.path.replace("-", "_")
    pages.add_url_rule(
        f"/ehc-plans/<uuid:plan_id>/{_ask.path}",
        f"plan_{_name}",
        signed_in(_plan_view(_ask)),
        methods=["GET", "POST"],
    )
for _ask in REVIEW_DEEDS:
    _name = _ask.path.replace("-", "_")
    pages.add_url_rule(
        f"/annual-reviews/<uuid:annual_review_id>/{_ask.path}",
        f"review_{_name}",
        signed_in(_review_view(_ask)),
        methods=["GET", "POST"],
    )
