"""Mediation and appeals, as records beside the case: recorded by the family or the authority, and their ends.

What a dispute is about names the decision: one of the request, of the assessment, or of the plan. Its end
opens what the law opens: the case goes on under an order's limits (a refusal to assess, or to issue), or
what is to be done to the plan has its day here. So its end is the authority's to record: what the family says
of it is told, and waits to be confirmed (``tell_outcome``). The family gives up only what it began itself,
and records all of it where the authority is not on this service.

An appeal against a refusal to assess keeps its dates on the row of the request too, by which the authority's
sight goes. A case is reached by its request, and a plan by itself, wherever it was made (``disputed``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access import gate
from isp.access.gate import Decision
from isp.access.policy import DIGEST, Permission
from isp.audit import Event, Unit
from isp.audit.unit import MOVED_ON, Denial
from isp.ehcp.steps import StepCode, Subject
from isp.escalations import assessments, certificates, deadlines, disputes, parties, queries, rules, sight
from isp.escalations import course as courses
from isp.escalations.course import AppealEnd, Course, Ordered
from isp.escalations.deadlines import Act
from isp.escalations.disputed import (
    DISPUTES,
    Disputed,
    decisions,
    disputes_about,
    known_of,
    reach,
    subject_of,
)
from isp.escalations.disputes import About, Kind, Result, Standing
from isp.escalations.kept import check_shown
from isp.escalations.models import Dispute
from isp.escalations.naming import Named
from isp.escalations.rows import change_request
from isp.escalations.stages import AGREED, REFUSED
from isp.escalations.trail import Subjected, note, record
from isp.escalations.upkeep import orders
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.kernel.ids import new_id
from isp.notices.actions import tell
from isp.plans import queries as plans

_CLOSED_BY: dict[Result, StepCode] = {
    Result.DISMISSED: StepCode.APPEAL_DISMISSED,
    Result.WITHDRAWN: StepCode.APPEAL_WITHDRAWN,
    Result.CONCEDED: StepCode.APPEAL_CONCEDED,
    Result.NO_AGREEMENT: StepCode.MEDIATION_CLOSED,
    Result.AGREEMENT: StepCode.MEDIATION_AGREED,
    Result.OTHER_AGREEMENT: StepCode.MEDIATION_AGREED,
}
TOLD_BY_ANOTHER = (
    "Somebody else of the family has told the council already how this ended, and the council has to "
    "confirm it. If you know it otherwise, tell the council yourself, by telephone or by letter."
)
_REQUEST_RESULTS = {"allowed": Result.ASSESS}
_ISSUE_ENDS: dict[Result, AppealEnd] = {
    Result.DISMISSED: AppealEnd.DISMISSED,
    Result.WITHDRAWN: AppealEnd.WITHDRAWN,
    Result.PLAN: AppealEnd.PLAN,
    Result.RECONSIDER: AppealEnd.RECONSIDER,
    Result.CONCEDED: AppealEnd.CONCEDED,
}


def standings_of(unit: Unit, rows: Iterable[Any]) -> dict[UUID, Standing]:
    """Disputes as the rules go by them, by id. What was ordered about a plan is the plan's duty."""
    there = list(rows)
    owed = orders.of_disputes(unit, [row.id for row in there])
    known = known_of(unit, there)
    return {row.id: standing_of(row, owed.get(row.id), *known[row.id]) for row in there}


def standing_of(
    row: Any, owed: Any | None = None, version: str | None = None, sent_on: date | None = None
) -> Standing:
    """A row of ``dispute`` as the rules go by it; ``owed``: the duty about a plan that came of it.

    ``version``: of the limits that it keeps; ``sent_on``: the letter with the decision was sent.
    """
    due_on, done_on = (owed.due_on, owed.done_on) if owed else (row.order_due_on, row.order_done_on)
    return Standing(
        kind=Kind(row.kind),
        about=About(row.about),
        decision_on=row.decision_on,
        asked_on=row.asked_on,
        certificate_on=row.certificate_on,
        held_on=row.held_on,
        response_due_on=row.response_due_on,
        answered_on=row.answered_on,
        hearing_on=row.hearing_on,
        closed_on=row.closed_on,
        result=Result(row.result) if row.result else None,
        order_due_on=due_on,
        order_done_on=done_on,
        told_result=Result(row.told_result) if row.told_result else None,
        told_on=row.told_on,
        decision_sent_on=sent_on,
        rules=version,
        wanted=row.wanted,
        health=row.health,
        health_told_on=row.health_told_on,
    )


def decides(unit: Unit, row: Any, may: Decision) -> bool:
    """Whether a reader of a case records how its disputes end; else she tells it.

    ``row``: the request's, or the plan's.
    """
    return may.can(Permission.DISPUTE_DECIDE) or parties.is_elsewhere(unit, row.authority_id)


def may_end(unit: Unit, row: Any, may: Decision, dispute: Any | None, result: Result) -> bool:
    """Whether she records this end of it: the authority any, whoever began it that she gives it up."""
    if decides(unit, row, may):
        return True
    if dispute is None or dispute.opened_by is None or dispute.opened_by != may.person_id:
        return False
    return result is disputes.GIVEN_UP[Kind(dispute.kind)]


def check_decides(
    unit: Unit, row: Any, may: Decision, dispute: Any | None = None, result: Result | None = None
) -> None:
    """Raise NotAllowed where what follows from a dispute, or this end of it, is not hers to record."""
    if decides(unit, row, may):
        return
    if result is None or not may_end(unit, row, may, dispute, result):
        permission = Permission.DISPUTE_DECIDE.value
        denial = Denial(permission, "not-the-authority", ("pupil", row.pupil_id), policy=DIGEST)
        raise NotAllowed("The authority records this. You can tell it how this ended.", denial=denial)


def open_dispute(
    unit: Unit,
    case_id: UUID,
    kind: Kind,
    about: About,
    on: date,
    decision_on: date | None = None,
    *,
    wanted: bool | None = None,
    health: bool | None = None,
) -> UUID:
    """Record that mediation was asked about, or an appeal registered; the dispute's id.

    ``case_id``: of a request, or of a plan. ``decision_on``: the date on the decision, where that is another
    than the one on record. Of mediation, ``wanted``: False where the certificate alone is; ``health``: it is
    about health provision too. Raises Invalid, or Conflict where one of the kind is open, and for an appeal
    against a refusal to assess: that is recorded by ``actions.record_appeal``, which has rules of its own.
    """
    of = reach(unit, case_id, lock=True)
    there = decisions(unit, of)
    if about not in there:
        raise Invalid(
            "Some of this needs another look.", {"about": "There is no such decision in this case."}
        )
    if kind is Kind.APPEAL and about is About.ASSESS:
        raise Conflict(
            "Record this appeal on the page of the case: “Record an appeal”, or “Say that an appeal has been "
            "made”."
        )
    if any(
        one.state == "open" and one.kind == kind and one.about == about for one in disputes_about(unit, of)
    ):
        raise Conflict(f"{disputes.KIND_WORDS[kind]} about this is on record already, and still open.")
    decided = decision_on or there[about]
    if decided is None:
        raise Invalid(
            "Some of this needs another look.",
            {"decision_on": "No such decision is on record here. Give the date on the letter."},
        )
    disputes.check_new(on, decided, unit.today)
    disputes.check_wish(kind, wanted, health)
    if kind is Kind.APPEAL and about is About.ISSUE:
        after = courses.appeal(courses.course_of(of.assessment), on, unit.today)
        sight.keep_or_open(unit, of.request)
        change_request(unit, of.request, sight_until=None)
        assessments.save(unit, of.assessment, after)
    by = of.may.person_id
    asked = {"wanted": wanted, "health": health} if kind is Kind.MEDIATION else {}
    dispute_id = _insert(unit, of.row, subject_of(of, about), kind, about, on, decided, by, **asked)
    _note(unit, of.may, of.row, dispute_id, _opened(kind), on)
    _record(unit, of, Event.DISPUTE_OPENED, kind=kind.value, about=about.value, on=on.isoformat())
    _tell(unit, of)
    return dispute_id


def certificate(unit: Unit, case_id: UUID, dispute_id: UUID, on: date, *, shown: int | None = None) -> None:
    """The mediation certificate was given: an appeal is possible for a month from it, if that is longer."""
    of, dispute, one = _open_one(unit, case_id, dispute_id, shown)
    if one.kind is not Kind.MEDIATION or one.certificate_on is not None:
        raise Conflict("The certificate is on record already, or this is no mediation.")
    disputes.check_day(one, "on", on, unit.today)
    _change(unit, dispute, certificate_on=on)
    certificates.follow(unit, of, one.about, dispute.subject_id)
    _step(unit, of, dispute, StepCode.MEDIATION_CERTIFICATE, on)


def held(unit: Unit, case_id: UUID, dispute_id: UUID, on: date, *, shown: int | None = None) -> None:
    """The mediation took place."""
    of, dispute, one = _open_one(unit, case_id, dispute_id, shown)
    if one.kind is not Kind.MEDIATION or one.held_on is not None:
        raise Conflict("It is on record already that the mediation was held, or this is no mediation.")
    disputes.check_held(one)
    disputes.check_day(one, "on", on, unit.today)
    _change(unit, dispute, held_on=on)
    _step(unit, of, dispute, StepCode.MEDIATION_HELD, on)


def health_told(unit: Unit, case_id: UUID, dispute_id: UUID, on: date, *, shown: int | None = None) -> None:
    """The authority has told the health body what is to be mediated (regulations 35 to 37)."""
    of, dispute, one = _open_one(unit, case_id, dispute_id, shown)
    check_decides(unit, of.row, of.may)
    disputes.check_health_told(one, on, unit.today)
    _change(unit, dispute, health_told_on=on)
    _step(unit, of, dispute, StepCode.MEDIATION_HEALTH_TOLD, on)


def hearing(unit: Unit, case_id: UUID, dispute_id: UUID, on: date, *, shown: int | None = None) -> None:
    """The authority has answered, and the Tribunal has set a day to hear the appeal; it may be to come."""
    of, dispute, one = _open_one(unit, case_id, dispute_id, shown)
    check_decides(unit, of.row, of.may)
    if one.kind is not Kind.APPEAL:
        raise Conflict("Only an appeal is heard by the Tribunal.")
    if on < one.asked_on:
        raise Invalid("Check the day.", {"on": "The day cannot be before the appeal was made."})
    _change(unit, dispute, hearing_on=on)
    _step(unit, of, dispute, StepCode.HEARING_SET, unit.today, {"hearing_on": on.isoformat()})


def close(
    unit: Unit,
    case_id: UUID,
    dispute_id: UUID,
    result: Result,
    on: date,
    *,
    agreed: str = "",
    shown: int | None = None,
) -> None:
    """A dispute has ended: what it ends with is done within the days of the law, or turns the case.

    ``agreed``: what was ordered or agreed, in words. Raises Conflict for an appeal against a refusal to
    assess, which ends by ``actions.close_appeal``.
    """
    of, dispute, one = _open_one(unit, case_id, dispute_id, shown)
    if one.kind is Kind.APPEAL and one.about is About.ASSESS:
        raise Conflict(
            "Record the end of this appeal on the page of the case: “Record the end of the appeal”."
        )
    check_decides(unit, of.row, of.may, dispute, result)
    disputes.check_closing(one, result, on, unit.today)
    kept = disputes.kept_here(dispute.subject, result, on, one.rules)
    _change(unit, dispute, state="closed", closed_on=on, result=result.value, order_due_on=kept)
    if one.about is About.ISSUE:
        _turn_assessment(unit, of.request, one.kind, result, on)
    elif one.about is About.ASSESS and result is Result.AGREEMENT:
        _assess_as_agreed(unit, of.request, on)
    if dispute.subject == Subject.PLAN.value:
        ordered = disputes.order_act(one.about, result)
        about = one.about.value
        orders.follow(unit, of.may, dispute.subject_id, about, result.value, on, ordered, dispute.id)
    words = {"said": agreed.strip()} if agreed.strip() else None
    _note(unit, of.may, of.row, dispute.id, _CLOSED_BY.get(result, StepCode.TRIBUNAL_ORDERED), on, words)
    _record(
        unit,
        of,
        Event.DISPUTE_CLOSED,
        payload=words,
        kind=one.kind.value,
        result=result.value,
        on=on.isoformat(),
    )
    _tell(unit, of)


def tell_outcome(
    unit: Unit,
    case_id: UUID,
    dispute_id: UUID,
    result: Result,
    on: date,
    *,
    agreed: str = "",
    shown: int | None = None,
) -> None:
    """The family says how a dispute ended. Nothing follows from it: the officer is told, and confirms it."""
    of, dispute, one = _open_one(unit, case_id, dispute_id, shown)
    disputes.check_closing(one, result, on, unit.today)
    _told(unit, of, dispute, result, on, agreed)


def tell_appeal_outcome(
    unit: Unit, request_id: UUID, result: str, on: date, *, shown: int | None = None
) -> None:
    """The same of an appeal against a refusal to assess, in the words of its own form."""
    of = reach(unit, request_id, lock=True)
    row = of.request
    if row is None:
        raise NotFound(gate.NO_PAGE)
    rules.check_appeal_closing(row, result, on, unit.today)
    check_appeal_shown(unit, request_id, shown)
    dispute = appeal_of(unit, request_id)
    if dispute is None:
        # An appeal older than these records.
        about = (Subject.REQUEST, row.id)
        _insert(unit, row, about, Kind.APPEAL, About.ASSESS, row.appealed_on, row.decided_on, None)
        dispute = appeal_of(unit, request_id)
    _told(unit, of, dispute, _ended_as(result), on, "")


def is_told_by_another(dispute: Any, person_id: UUID | None) -> bool:
    """Whether somebody else of the family has told how it ended: what she said is hers, and stays."""
    return dispute.told_result is not None and dispute.told_by != person_id


def _told(unit: Unit, of: Disputed, dispute: Any, result: Result, on: date, agreed: str) -> None:
    if may_end(unit, of.row, of.may, dispute, result):
        raise Conflict("This is yours to record: record how it ended.")
    if is_told_by_another(dispute, of.may.person_id):
        raise Conflict(TOLD_BY_ANOTHER)
    _change(unit, dispute, told_result=result.value, told_on=on, told_by=of.may.person_id)
    words = {"result": disputes.RESULT_WORDS[result], **({"said": agreed.strip()} if agreed.strip() else {})}
    _step(unit, of, dispute, StepCode.OUTCOME_TOLD, on, words)
    _tell(unit, of)


def order_done(
    unit: Unit,
    case_id: UUID,
    dispute_id: UUID,
    on: date,
    *,
    named: Named | None = None,
    shown: int | None = None,
) -> None:
    """What was ordered or agreed about a plan has been done: the authority says so.

    ``named``: the setting that the plan names now, where that is what was ordered.
    """
    of, dispute, one = _one(unit, case_id, dispute_id, shown)
    check_decides(unit, of.row, of.may)
    disputes.check_done(one, on, unit.today)
    owed = orders.of_disputes(unit, [dispute_id]).get(dispute_id)
    if owed is not None:
        orders.done(unit, owed.plan_id, owed.id, on=on, named=named)
        return
    _change(unit, dispute, order_done_on=on)
    _step(unit, of, dispute, StepCode.ORDER_DONE, on)


# -- an appeal against a refusal to assess: parts of the deeds of ``actions`` ------------------------------


def appeal_of(unit: Unit, request_id: UUID) -> Any | None:
    """The row of the open appeal against a refusal to assess. After the gate."""
    c = DISPUTES.c
    query = select(DISPUTES).where(
        c.subject_id == request_id,
        c.kind == Kind.APPEAL.value,
        c.about == About.ASSESS.value,
        c.state == "open",
    )
    return unit.connection.execute(query).first()


def appeal_version(unit: Unit, request_id: UUID) -> int:
    """What a page about the end of the open appeal against a refusal shows; 0 of one without a row here."""
    dispute = appeal_of(unit, request_id)
    return int(dispute.row_version) if dispute is not None else 0


def check_appeal_shown(unit: Unit, request_id: UUID, shown: int | None) -> None:
    """Raise Conflict where that appeal has moved on since the page that was acted on."""
    if shown is not None and shown != appeal_version(unit, request_id):
        raise Conflict(MOVED_ON)


def check_appeal_end(unit: Unit, row: Any, may: Decision, result: str) -> None:
    """Raise NotAllowed where this end of an appeal against a refusal is not hers to record."""
    check_decides(unit, row, may, appeal_of(unit, row.id), _ended_as(result))


def may_end_appeal(unit: Unit, row: Any, may: Decision, result: str) -> bool:
    """The same without its exception: for a page, which else lets her tell it."""
    return may_end(unit, row, may, appeal_of(unit, row.id), _ended_as(result))


def told_of(unit: Unit, request_id: UUID) -> tuple[str, date] | None:
    """How the family says that the open appeal against a refusal ended, in words, and when."""
    dispute = appeal_of(unit, request_id)
    if dispute is None or dispute.told_result is None:
        return None
    return disputes.RESULT_WORDS[Result(dispute.told_result)], dispute.told_on


def _ended_as(result: str) -> Result:
    return _REQUEST_RESULTS.get(result) or Result(result)


def note_appeal(unit: Unit, may: Decision, row: Any, on: date) -> None:
    """It is a dispute as well."""
    about = (Subject.REQUEST, row.id)
    by = may.person_id
    dispute_id = _insert(unit, row, about, Kind.APPEAL, About.ASSESS, on, row.decided_on, by)
    _note(unit, may, row, dispute_id, StepCode.APPEAL_REGISTERED, on)


def note_appeal_closed(unit: Unit, may: Decision, row: Any, result: str, on: date) -> None:
    """And it ends with it. An appeal older than these records has its steps alone."""
    ended = _ended_as(result)
    code = _CLOSED_BY.get(ended, StepCode.TRIBUNAL_ORDERED)
    dispute = appeal_of(unit, row.id)
    if dispute is None:
        note(unit, may, row, code, on)
        return
    _change(unit, dispute, state="closed", closed_on=on, result=ended.value)
    _note(unit, may, row, dispute.id, code, on)


# -- a dispute that began elsewhere: a part of bringing its case in ----------------------------------------


def enter(
    unit: Unit,
    may: Decision,
    row: Any,
    assessment: Any | None,
    about: About,
    asked_on: date,
    *,
    certificate_on: date | None = None,
    hearing_on: date | None = None,
    result: Result | None = None,
    closed_on: date | None = None,
) -> UUID:
    """Put a dispute on record as its deeds would have left it: open, or ended with a result; its id.

    Mediation where it has a certificate or ended in one of its ways; else an appeal. ``row``: of the request,
    with its decision; ``assessment``: where the dispute is about a plan, its row while that still says that
    there is none.
    """
    mediated = certificate_on is not None or result in disputes.MEDIATED
    kind = Kind.MEDIATION if mediated else Kind.APPEAL
    ended = closed_on is not None
    subject, decided = (Subject.REQUEST, row.id), row.decided_on
    if about is About.ISSUE and assessment is not None:
        subject, decided = (Subject.ASSESSMENT, assessment.id), assessment.outcome_on
    dispute_id = _insert(
        unit,
        row,
        subject,
        kind,
        about,
        asked_on,
        decided,
        # Who began it there is not on record here, so its end is for the authority alone to record.
        None,
        certificate_on=certificate_on,
        hearing_on=hearing_on,
        state="closed" if ended else "open",
        closed_on=closed_on,
        result=result.value if result else None,
        # What was ordered runs in the course of the case, and what is owed to a plan with the plan.
        order_due_on=disputes.kept_here("request", result, closed_on, row.rules)
        if result and closed_on
        else None,
    )
    _note(unit, may, row, dispute_id, _opened(kind), asked_on)
    if certificate_on is not None:
        _note(unit, may, row, dispute_id, StepCode.MEDIATION_CERTIFICATE, certificate_on)
    if result is not None and closed_on is not None:
        _note(unit, may, row, dispute_id, _CLOSED_BY.get(result, StepCode.TRIBUNAL_ORDERED), closed_on)
    return dispute_id


# -- what several of them do -------------------------------------------------------------------------------


def _one(unit: Unit, case_id: UUID, dispute_id: UUID, shown: int | None) -> tuple[Disputed, Any, Standing]:
    of = reach(unit, case_id, lock=True)
    found = next((one for one in disputes_about(unit, of) if one.id == dispute_id), None)
    if found is None:
        raise NotFound(gate.NO_PAGE)
    check_shown(found, shown)
    return of, found, standings_of(unit, [found])[found.id]


def _open_one(
    unit: Unit, case_id: UUID, dispute_id: UUID, shown: int | None
) -> tuple[Disputed, Any, Standing]:
    found = _one(unit, case_id, dispute_id, shown)
    disputes.check_open(found[2])
    return found


def _insert(
    unit: Unit,
    row: Any,
    subject: tuple[Subject, UUID],
    kind: Kind,
    about: About,
    on: date,
    decided: date,
    by: UUID | None,
    **more: Any,
) -> UUID:
    dispute_id = new_id()
    version = getattr(row, "rules", None) or deadlines.rules_on(decided).version
    respond = deadlines.due(Act.RESPOND, on, version=version).on if kind is Kind.APPEAL else None
    fresh: dict[str, Any] = {
        "state": "open",
        "certificate_on": None,
        "held_on": None,
        "hearing_on": None,
        "closed_on": None,
        "result": None,
        "order_due_on": None,
        "order_done_on": None,
        "wanted": None,
        "health": None,
        "health_told_on": None,
    }
    unit.insert(
        Dispute,
        id=dispute_id,
        pupil_id=row.pupil_id,
        authority_id=row.authority_id,
        kind=kind.value,
        about=about.value,
        subject=subject[0].value,
        subject_id=subject[1],
        decision_on=decided,
        asked_on=on,
        response_due_on=respond,
        **{**fresh, **more},
        opened_by=by,
        told_result=None,
        told_on=None,
        told_by=None,
        sealed=None,
        recorded_at=unit.now,
        row_version=1,
    )
    return dispute_id


def _change(unit: Unit, dispute: Any, **values: Any) -> None:
    where = {"id": dispute.id, "row_version": dispute.row_version}
    unit.change(Dispute, where, MOVED_ON, **values, row_version=dispute.row_version + 1)


def _opened(kind: Kind) -> StepCode:
    return StepCode.MEDIATION_ASKED if kind is Kind.MEDIATION else StepCode.APPEAL_REGISTERED


def _note(
    unit: Unit,
    may: Decision,
    row: Any,
    dispute_id: UUID,
    code: StepCode,
    on: date,
    words: dict[str, Any] | None = None,
) -> None:
    note(unit, may, Subjected(dispute_id, row.pupil_id, row.authority_id), code, on, Subject.DISPUTE, words)


def _step(
    unit: Unit,
    of: Disputed,
    dispute: Any,
    code: StepCode,
    on: date,
    words: dict[str, Any] | None = None,
) -> None:
    _note(unit, of.may, of.row, dispute.id, code, on, words)
    _record(unit, of, Event.CASE_STEP, payload=words, code=code.value, on=on.isoformat())


def _record(unit: Unit, of: Disputed, event: Event, **detail: Any) -> None:
    kind = "assessment" if of.request is not None else "ehc_plan"
    record(unit, of.may, event, of.id, of.row.pupil_id, of.row.authority_id, obj=kind, **detail)


def _turn_assessment(unit: Unit, row: Any, kind: Kind, result: Result, on: date) -> None:
    """The end of a dispute about the decision to issue no plan turns the assessment with it."""
    assessment = assessments.needed(unit, row.id)
    before = courses.course_of(assessment)
    if kind is Kind.MEDIATION:
        if result is not Result.AGREEMENT:
            return
        after = courses.agree_to_plan(before, on, unit.today)
    else:
        after = courses.close_appeal(before, _ISSUE_ENDS[result], on, unit.today)
    _go_on(unit, row, assessment, after)


def _go_on(unit: Unit, row: Any, assessment: Any, after: Course) -> None:
    if after.state in courses.LIVE:
        _check_no_other(unit, row)
        sight.keep_or_open(unit, row)
        sight.open_again_to_advisers(unit, row.id)
        change_request(unit, row, sight_until=None, ended_on=None)
        plan = assessments.plan_of(unit, assessment)
        plan_id = assessment.plan_id
        # A plan whose draft was dropped is not taken up again: its content is closed. This is another one.
        if after.state is courses.State.DRAFTING and (plan is None or plan.state == "not_made"):
            plan_id = assessments.open_plan(unit, row)
        assessments.save(
            unit, assessment, after, plan_id=plan_id, days_late=None, days_unexcused=None, excused=None
        )
    else:
        sight.end(unit, row.id)
        change_request(unit, row, sight_until=unit.today)
        assessments.save(unit, assessment, after)


def _assess_as_agreed(unit: Unit, row: Any, on: date) -> None:
    """Agreed in mediation that there is to be an assessment: in the times of an order (regulation 42(2))."""
    if row.status != REFUSED:
        raise Conflict("There is no refusal any more that an agreement could put something in place of.")
    _check_no_other(unit, row)
    sight.keep_or_open(unit, row)
    change_request(unit, row, status=AGREED, sight_until=None)
    assessments.open_one(unit, row, on, Ordered.ASSESS)


def _check_no_other(unit: Unit, row: Any) -> None:
    rules.check_none_open([one for one in queries.requests_about(unit, row.pupil_id) if one.id != row.id])


def _tell(unit: Unit, of: Disputed) -> None:
    told = list(plans.told_of(unit, of.row.pupil_id))
    if of.row.officer_id is not None:
        told.append(of.row.officer_id)
    if of.request is not None:
        tell(unit, [of.request.made_by, *told], "case_moved_on", of.row.pupil_id)
    else:
        tell(unit, told, "ehc_plan_step", of.row.pupil_id, about=of.id)
