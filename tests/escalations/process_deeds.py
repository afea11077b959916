"""The deeds of the process, as a case meets them: when the law has each, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from isp.ehcp.steps import StepCode as S
from isp.escalations.course import Ending
from isp.escalations.disputes import About, Result
from tests.escalations.process import Model, deed
from tests.escalations.process_world import World

DAY = timedelta(days=1)
FIFTEEN_DAYS = timedelta(days=14)
"""Beginning with the day: its own is the first."""
CASE, PLAN = (About.ASSESS, About.ISSUE), (About.CONTENT, About.AMEND, About.REASSESS, About.CEASE)


def step(*codes: S) -> tuple[str, ...]:
    """Of what has no event of its own: one that names the step."""
    return tuple(f"case.step:{code.value}" for code in codes)


# -- the request -------------------------------------------------------------------------------------------


def _to_ask(m: Model, _: date) -> bool | None:
    if m.dead or m.where != "northshire" or any(m.mediations.get(one, "over") != "over" for one in CASE):
        return None
    if m.owes_in_the_case:
        return None
    return not m.running and not m.held and "open" not in (m.appeals.get(one) for one in CASE)


def _asked(asker: str, m: Model, on: date) -> None:
    m.leave()
    m.case, m.again, m.settled, m.told, m.answer_on, m.asker = "considering", False, False, True, None, asker
    m.forget(S.AGREED, S.REFUSED, S.TO_ISSUE, S.DRAFT_SENT, S.REPRESENTATIONS)
    m.forget(S.REASSESSMENT_AGREED, S.TO_CHANGE)
    m.advice, m.consulted, m.panel, m.paper = {}, {}, "", False
    for about in CASE:
        for held in (m.appeals, m.mediations, m.certified, m.decisions):
            held.pop(about, None)


_NEW = ("assessment.requested", "assessment.assigned")
deed(
    "the school asks", _to_ask, World.school_asks, partial(_asked, "sara"), steps=(S.REQUESTED,), events=_NEW
)
deed("a parent asks", _to_ask, World.parent_asks, partial(_asked, "pam"), steps=(S.REQUESTED,), events=_NEW)
deed(
    "a clinic brings the child to notice",
    _to_ask,
    World.clinic_writes,
    partial(_asked, ""),
    steps=(S.REQUESTED,),
    events=_NEW,
)


def _considering(m: Model, _: date) -> bool:
    return m.case == "considering"


def _ended(m: Model, on: date) -> None:
    m.case, m.panel = "ended", ""
    m.close_beside()


deed(
    "whoever asked takes it back",
    lambda m, _: m.case == "considering" and bool(m.asker) if m.case != "none" and m.asker else None,
    World.takes_it_back,
    _ended,
    steps=(S.REQUEST_WITHDRAWN,),
    events=("assessment.withdrawn",),
    on=False,
)


def _agreed(m: Model, on: date) -> None:
    m.case, m.panel, m.begun_on, m.turned_on = "assessing", "", on, date.min


def _refused(m: Model, on: date) -> None:
    m.case, m.panel = "refused", ""
    m.decide(About.ASSESS, on)


deed(
    "the authority agrees to assess",
    _considering,
    partial(World.decides, agree=True),
    _agreed,
    steps=(S.AGREED,),
    events=("assessment.decided",),
)
deed(
    "the authority refuses to assess",
    _considering,
    partial(World.decides, agree=False),
    _refused,
    steps=(S.REFUSED,),
    events=("assessment.decided",),
)


def _to_end(m: Model, _: date) -> bool:
    return m.running


def _withdrawn(m: Model) -> tuple[S, ...]:
    return (S.REQUEST_WITHDRAWN,) if m.case == "considering" else (S.ASSESSMENT_WITHDRAWN,)


def _begun(m: Model) -> date:
    """Nothing is done in an assessment before it began, by a yes or by an order."""
    return m.begun_on


def _received(m: Model) -> date:
    """A case ends on the day on which it ended, whatever was decided before anybody heard of it."""
    return m.days[S.REQUESTED] if m.case == "considering" else m.begun_on


def _turned(m: Model) -> date:
    """Nor is it decided upon before the order by which it goes on."""
    return max(m.begun_on, m.turned_on)


def _closes(m: Model) -> tuple[str, ...]:
    """The words of a plan that is not made are put aside, where there are any."""
    return ("ehcp.closed",) if m.draft not in ("", "unopened") and not m.again else ()


def _ends_case(m: Model) -> tuple[str, ...]:
    return (
        "assessment.ended",
        *_closes(m),
    )


def _dies(m: Model, on: date) -> None:
    _ended(m, on)
    m.dead = True


def _after_end(m: Model, on: date) -> None:
    _ended(m, on)
    if not m.again:
        m.draft = ""


deed(
    "the family withdraws the request",
    _to_end,
    partial(World.ends, why=Ending.WITHDRAWN),
    _after_end,
    steps=_withdrawn,
    events=_ends_case,
    since=_received,
)
deed(
    "the child moves before there is a plan",
    lambda m, _: None if m.again and m.running else m.running,
    partial(World.ends, why=Ending.MOVED),
    _after_end,
    steps=(S.ASSESSMENT_MOVED,),
    events=_ends_case,
    since=_received,
)
deed(
    "the child dies before there is a plan",
    lambda m, _: None if m.again and m.running else m.running,
    partial(World.ends, why=Ending.DIED),
    _dies,
    steps=(S.DIED,),
    events=_ends_case,
    since=_received,
)

# -- the assessment ----------------------------------------------------------------------------------------


def _told(m: Model, on: date) -> None:
    m.told = True


deed(
    "the family is told that it begins",
    lambda m, _: m.case == "assessing" and not m.told,
    World.tells,
    _told,
    steps=(S.ASSESSMENT_BEGUN,),
    events=step(S.ASSESSMENT_BEGUN),
    since=_begun,
)


def _advice(kind: str, state: str, m: Model, on: date) -> None:
    m.advice[kind] = state
    if state == "asked":
        m.advice_on[kind] = on
    if state == "in" and kind == "c":
        m.paper, m.paper_on = True, on


def _is(kind: str, *states: str) -> Callable[[Model, date], bool | None]:
    def when(m: Model, _: date) -> bool | None:
        if not m.live and m.advice.get(kind) in ("asked", "in", "sent_back"):
            return None  # what was asked in a case that is over
        return m.live and m.advice.get(kind) in states

    return when


def _advice_under(kind: str) -> None:
    """Advice under one letter of regulation 6(1)."""

    deed(
        f"advice is asked for ({kind})",
        lambda m, _: (
            m.live and m.advice.get(kind, "") not in ("asked", "in", "sent_back")
            if m.where == "northshire"
            else None
        ),
        partial(World.asks_advice, kind=kind),
        partial(_advice, kind, "asked"),
        steps=(S.ADVICE_ASKED,),
        events=("advice.asked",),
        since=_begun,
    )
    deed(
        f"advice is chased ({kind})",
        _is(kind, "asked", "sent_back"),
        partial(World.chases, kind=kind),
        steps=(S.ADVICE_CHASED,),
        events=("advice.chased",),
        own=True,
        since=lambda m: m.advice_on.get(kind, date.min),
    )
    deed(
        f"advice is accepted ({kind})",
        _is(kind, "in"),
        partial(World.checks_advice, kind=kind, accept=True),
        partial(_advice, kind, "accepted"),
        steps=(S.ADVICE_ACCEPTED,),
        events=("advice.accepted",),
        on=False,
    )
    deed(
        f"advice is sent back ({kind})",
        _is(kind, "in"),
        partial(World.checks_advice, kind=kind, accept=False),
        partial(_advice, kind, "sent_back"),
        steps=(S.ADVICE_SENT_BACK,),
        events=("advice.sent_back",),
        on=False,
    )
    deed(
        f"advice is asked for no longer ({kind})",
        _is(kind, "asked", "in", "sent_back"),
        partial(World.asks_no_longer, kind=kind),
        partial(_advice, kind, "withdrawn"),
        steps=(S.ADVICE_WITHDRAWN,),
        events=("advice.withdrawn",),
        on=False,
    )


for one in ("c", "d"):
    _advice_under(one)

deed(
    "the psychologist hands advice in",
    lambda m, today: (
        None
        if m.live and today > m.advice_on.get("d", today) + 170 * DAY  # her sight lasts six months
        else _is("d", "asked", "sent_back")(m, today)
    ),
    World.writes_advice,
    partial(_advice, "d", "in"),
    steps=(S.ADVICE_RECEIVED,),
    events=("advice.saved", "advice.received"),
    on=False,
)
deed(
    "advice comes by mail",
    _is("c", "asked", "sent_back"),
    World.files_advice,
    partial(_advice, "c", "in"),
    steps=(S.ADVICE_RECEIVED,),
    events=("advice.received", "document.added"),
    own=True,
    since=lambda m: m.advice_on.get("c", date.min),
)
deed(
    "the clinic cannot give advice",
    _is("c", "asked", "in", "sent_back"),
    partial(World.cannot_give, kind="c"),
    partial(_advice, "c", "declined"),
    steps=(S.ADVICE_DECLINED,),
    events=("advice.declined",),
    on=False,
)
deed(
    "all three agree that a report suffices",
    lambda m, _: None if not m.live or not m.paper else "e" not in m.advice,
    World.suffices,
    partial(_advice, "e", "suffices"),
    steps=(S.ADVICE_SUFFICES,),
    events=("advice.suffices",),
    since=lambda m: m.paper_on,
)


def _panel(state: str, m: Model, on: date) -> None:
    m.panel, m.panel_on = state, on


deed(
    "a panel is to look at it",
    lambda m, _: (m.running and not m.panel and m.where == "northshire") or None,
    World.puts_before_a_panel,
    partial(_panel, "planned"),
    events=("panel.case_added",),
    on=False,
    one_hand=False,
)
deed(
    "the panel recommends",
    lambda m, _: m.panel == "planned" if m.running else None,
    World.panel_says,
    partial(_panel, ""),
    events=("panel.recommended",),
    on=False,
    planned=lambda m, _: ((S.PANEL_HELD, m.panel_on),),
)


def _to_issue(m: Model, on: date) -> None:
    m.case, m.told, m.panel = "drafting", True, ""
    if not m.again:
        m.draft = "blank"
    elif not m.draft:
        m.draft = "ready"


def _no_plan(m: Model, on: date) -> None:
    m.case, m.told, m.panel = "no_plan", True, ""
    m.close_beside()
    if m.again:
        m.decide(About.AMEND, on)
    else:
        m.draft = ""
        m.decide(About.ISSUE, on)


def _decided_events(m: Model) -> tuple[str, ...]:
    if not m.again:
        return ("assessment.plan_decided", "ehcp.opened")
    return ("assessment.plan_decided",) + (() if m.draft else ("ehcp.draft_started",))


deed(
    "it is decided that there is to be a plan",
    lambda m, _: m.case == "assessing",
    partial(World.decides_plan, issue=True),
    _to_issue,
    steps=lambda m: (S.TO_CHANGE if m.again else S.TO_ISSUE,),
    events=_decided_events,
    since=_turned,
)


def _latest(m: Model) -> date:
    """What a decision or a paper follows from: the beginning, and what the family has said."""
    return max(_turned(m), m.answer_on or date.min)


deed(
    "it is decided that there is no plan",
    lambda m, _: m.live and not (m.settled and m.case != "assessing"),
    partial(World.decides_plan, issue=False),
    _no_plan,
    steps=lambda m: (S.REASSESSED_SAME if m.again else S.NO_PLAN,),
    events=lambda m: ("assessment.plan_decided", *_closes(m)),
    since=_latest,
)

# -- the draft and the plan --------------------------------------------------------------------------------


def _draft(state: str, m: Model, on: date) -> None:
    m.draft = state


deed(
    "the writing of an ordered plan is begun",
    lambda m, _: True if m.draft == "unopened" and m.live else None,
    World.begins_to_write,
    partial(_draft, "blank"),
    events=("ehcp.opened",),
    on=False,
)
deed(
    "the plan is written",
    lambda m, _: True if m.draft == "blank" and m.case == "drafting" else None,
    World.writes_the_plan,
    partial(_draft, "ready"),
    events=("ehcp.written",),
    on=False,
)
deed(
    "the next draft is begun",
    lambda m, _: not m.draft if m.held else None,
    World.starts_the_next_draft,
    partial(_draft, "ready"),
    events=("ehcp.draft_started",),
    on=False,
)


def _sent(m: Model, on: date) -> None:
    m.case, m.answer_on = "draft_issued", None
    m.forget(S.REPRESENTATIONS)


deed(
    "the draft is sent to the family",
    lambda m, _: m.case in ("drafting", "draft_issued") and m.draft == "ready",
    World.sends_the_draft,
    _sent,
    steps=(S.DRAFT_SENT,),
    events=("ehcp.version_made", "assessment.draft_sent"),
    since=_latest,
)


def _with_family(m: Model, _: date) -> bool:
    return m.case == "draft_issued"


def _answered(m: Model, on: date) -> None:
    m.answer_on = m.answer_on or on


deed(
    "the family says what it thinks",
    _with_family,
    World.family_answers,
    _answered,
    steps=(S.REPRESENTATIONS,),
    events=step(S.REPRESENTATIONS),
    on=False,
)
deed(
    "the family's answer comes by mail",
    _with_family,
    World.answer_comes_by_mail,
    _answered,
    steps=(S.REPRESENTATIONS,),
    events=step(S.REPRESENTATIONS),
)
deed(
    "an officer meets the family",
    _with_family,
    World.meets_the_family,
    steps=(S.MEETING_HELD,),
    events=step(S.MEETING_HELD),
)


def _consult(school: str, state: str, m: Model, on: date) -> None:
    m.consulted[school] = state
    if state == "open":
        m.consulted_on[school] = on


def _consulting(school: str) -> None:
    """A setting is consulted."""

    deed(
        f"a setting is consulted ({school})",
        lambda m, _: (
            None
            if school == "beech" and m.consulted.get(school) == "open"
            else m.case == "draft_issued" and m.consulted.get(school) != "open"
        ),
        partial(World.consults, school=school),
        partial(_consult, school, "open"),
        steps=(S.SETTING_CONSULTED,),
        events=("consultation.sent",),
    )


for one in ("elmfield", "beech"):
    _consulting(one)

deed(
    "the school answers whether it can take the child",
    lambda m, _: m.consulted.get("elmfield") == "open",
    World.school_answers,
    partial(_consult, "elmfield", "yes"),
    steps=(S.SETTING_ANSWERED,),
    events=("consultation.answered",),
    on=False,
)
deed(
    "the answer of a setting elsewhere is filed",
    lambda m, _: m.consulted.get("beech") == "open",
    World.files_a_schools_answer,
    partial(_consult, "beech", "no"),
    steps=(S.SETTING_ANSWERED,),
    events=("consultation.answered",),
    own=True,
    since=lambda m: m.consulted_on.get("beech", date.min),
)


def _made(m: Model, on: date) -> None:
    m.case, m.draft, m.panel, m.content_on = "final", "", "", on
    m.close_beside()
    m.close_advice()
    if not m.again:
        m.plan, m.made_on = "in_force", on
        for about in PLAN:
            for held in (m.appeals, m.mediations, m.certified, m.decisions):
                held.pop(about, None)
        m.owed.clear()
    m.decide(About.CONTENT, on)


deed(
    "the final plan is sent",
    lambda m, _: m.case == "draft_issued" and m.draft == "ready",
    World.issues,
    _made,
    steps=lambda m: (S.REASSESSED if m.again else S.FINAL_ISSUED,),
    events=lambda m: (
        "ehcp.version_made",
        "assessment.final_issued",
        *(("advice.withdrawn",) * len(m.waited_for())),
    ),
    today=lambda m: (S.ADVICE_WITHDRAWN,) * len(m.waited_for()),
    since=_latest,
    fit=lambda m, on, _: m.answer_on is not None or on > m.days[S.DRAFT_SENT] + FIFTEEN_DAYS,
)

deed(
    "the school ends its own plan",
    lambda m, _: m.support if m.held else None,
    World.ends_the_schools_plan,
    lambda m, _: setattr(m, "support", False),
    events=("plan.ended",),
    on=False,
)

# -- the reviews of a plan ---------------------------------------------------------------------------------


def _review(state: str, m: Model, on: date) -> None:
    m.review = state


def _opened(m: Model, on: date) -> None:
    m.review, m.change = "due", False
    m.forget(S.REVIEW_INVITED, S.REVIEW_HELD, S.REVIEW_REPORTED, S.REVIEW_AMENDING, S.AMENDMENT_NOTICE)


def _in_review(*states: str) -> Callable[[Model, date], bool | None]:
    return lambda m, _: m.held and m.review in states


deed(
    "a review is opened",
    lambda m, _: m.held and not m.review,
    World.opens_a_review,
    _opened,
    steps=(S.REVIEW_DUE,),
    on=False,
)
deed(
    "the school invites to the review",
    _in_review("due", "invited"),
    World.invites,
    partial(_review, "invited"),
    steps=(S.REVIEW_INVITED,),
)
deed(
    "the papers go round",
    _in_review("invited"),
    World.sends_papers,
    steps=(S.REVIEW_PAPERS,),
    fit=lambda m, on, _: on <= m.days[S.REVIEW_INVITED] + 14 * DAY,
)
deed(
    "the review meeting is held",
    _in_review("due", "invited"),
    World.holds,
    partial(_review, "held"),
    steps=(S.REVIEW_HELD,),
)
deed(
    "the report of the review is sent",
    _in_review("held"),
    World.reports,
    partial(_review, "reported"),
    steps=(S.REVIEW_REPORTED,),
)


def _to_decide(m: Model, _: date) -> bool:
    return m.held and m.review in ("held", "reported")


def _kept(m: Model, on: date) -> None:
    m.review = ""
    m.decide(About.AMEND, on)


def _may_cease(m: Model, _: date) -> bool:
    return m.ending == "considering" and m.heard == {"family", "school"} and m.support


def _heard(m: Model) -> date:
    return max((m.heard_on.get(one, date.min) for one in m.heard), default=date.min)


def _ceasing(m: Model, on: date) -> None:
    m.plan, m.ending = "ceasing", "decided"
    m.appeals.pop(About.CEASE, None)
    m.mediations.pop(About.CEASE, None)
    m.decide(About.CEASE, on)


def _ceased_at_review(m: Model, on: date) -> None:
    m.review = ""
    _ceasing(m, on)


deed(
    "the plan is kept as it is",
    _to_decide,
    partial(World.decides_the_review, outcome="maintain"),
    _kept,
    steps=(S.REVIEW_MAINTAINED,),
)
deed(
    "the plan is to be amended",
    _to_decide,
    partial(World.decides_the_review, outcome="amend"),
    partial(_review, "amending"),
    steps=(S.REVIEW_AMENDING,),
)
deed(
    "it is decided at a review that the plan ceases",
    lambda m, on: _to_decide(m, on) and _may_cease(m, on),
    partial(World.decides_the_review, outcome="cease"),
    _ceased_at_review,
    steps=(S.REVIEW_CEASING, S.CEASE_DECIDED),
    since=_heard,
)
deed(
    "the review is called off",
    lambda m, _: m.held and m.review in ("due", "invited", "held", "reported"),
    World.calls_the_review_off,
    partial(_review, ""),
    steps=(S.REVIEW_CANCELLED,),
    on=False,
)
deed(
    "notice of amendments is given",
    lambda m, _: m.held and m.review == "amending",
    World.gives_notice,
    partial(_review, "noticed"),
    steps=(S.AMENDMENT_NOTICE,),
)


def _proposed(m: Model, on: date) -> None:
    _opened(m, on)
    m.review, m.change = "noticed", True
    m.days[S.AMENDMENT_NOTICE] = on


deed(
    "an amendment is proposed outside a review",
    lambda m, _: m.held and not m.review,
    World.proposes_a_change,
    _proposed,
    steps=(S.AMENDMENT_NOTICE,),
    own=True,
    since=lambda m: m.made_on,
)


def _amended(m: Model, on: date) -> None:
    m.review, m.draft, m.content_on = "", "", on
    m.decide(About.CONTENT, max(on, m.decisions.get(About.CONTENT, on)))


def _noticed(m: Model, _: date) -> bool:
    return m.held and m.review == "noticed" and m.draft == "ready"


deed(
    "the amended plan is sent after an answer",
    _noticed,
    partial(World.sends_the_amended_plan, answered=True),
    _amended,
    steps=(S.AMENDED,),
    events=("ehcp.version_made", "ehc_plan.step:amended"),
)
deed(
    "the amended plan is sent without an answer",
    _noticed,
    partial(World.sends_the_amended_plan, answered=False),
    _amended,
    steps=(S.AMENDED,),
    events=("ehcp.version_made", "ehc_plan.step:amended"),
    fit=lambda m, on, _: on > m.days[S.AMENDMENT_NOTICE] + FIFTEEN_DAYS,
)
deed(
    "after the notice the plan stays as it is",
    lambda m, _: m.held and m.review == "noticed",
    World.leaves_it_as_it_is,
    _kept,
    steps=(S.NOT_AMENDED,),
)

# -- assessed again ----------------------------------------------------------------------------------------


def _asked_again(m: Model, on: date) -> None:
    m.asked_again = "pending"


deed(
    "a parent asks to assess again",
    lambda m, _: m.held and m.asked_again != "pending" and not m.running if m.where == "northshire" else None,
    World.asks_to_assess_again,
    _asked_again,
    steps=(S.REASSESSMENT_ASKED,),
    own=True,
    since=lambda m: m.made_on,
)


def _again(m: Model, on: date) -> None:
    m.leave()
    m.case, m.again, m.asked_again, m.settled, m.told, m.begun_on = "assessing", True, "", False, True, on
    m.turned_on = date.min
    m.forget(S.TO_CHANGE, S.TO_ISSUE, S.DRAFT_SENT, S.REPRESENTATIONS)
    m.advice, m.consulted, m.panel, m.paper, m.answer_on = {}, {}, "", False, None


def _not_again(m: Model, on: date) -> None:
    m.asked_again = "refused"
    m.decide(About.REASSESS, max(on, m.decisions.get(About.REASSESS, on)))


def _waits(m: Model, _: date) -> bool:
    return m.held and m.asked_again == "pending"


deed(
    "the authority agrees to assess again",
    lambda m, on: _waits(m, on) and not m.running,
    partial(World.answers_about_assessing_again, agree=True),
    _again,
    steps=(S.REASSESSMENT_AGREED,),
)
deed(
    "the authority refuses to assess again",
    _waits,
    partial(World.answers_about_assessing_again, agree=False),
    _not_again,
    steps=(S.REASSESSMENT_REFUSED,),
)

# -- the end of a plan -------------------------------------------------------------------------------------


def _considered(m: Model, on: date) -> None:
    m.ending, m.heard, m.heard_on, m.considered_on = "considering", frozenset(), {}, on


def _hears(who: str, m: Model, on: date) -> None:
    m.heard |= {who}
    m.heard_on[who] = on


deed(
    "it is considered that the plan ceases",
    lambda m, _: m.held and not m.ending,
    World.considers_ceasing,
    _considered,
    steps=(S.CEASE_CONSIDERED,),
    own=True,
    since=lambda m: m.made_on,
)


def _hearing(who: str) -> None:
    """Somebody is heard on the end of the plan."""

    deed(
        f"the {who} is heard on that",
        lambda m, _: m.held and m.ending == "considering",
        partial(World.hears, who=who),
        partial(_hears, who),
        steps=(S.REPRESENTATIONS,),
        own=True,
        since=lambda m: m.considered_on,
        aside=True,
    )


for one in ("family", "school"):
    _hearing(one)

deed(
    "it is decided that the plan ceases",
    lambda m, on: m.plan == "in_force" and _may_cease(m, on),
    World.decides_to_cease,
    _ceasing,
    steps=(S.CEASE_DECIDED,),
    own=True,
    since=lambda m: max(m.considered_on, _heard(m)),
)


def _goes_on(m: Model, on: date) -> None:
    m.appeals.pop(About.CEASE, None)
    m.plan, m.ending = "in_force", ""


deed(
    "the plan goes on after all",
    lambda m, _: m.held and bool(m.ending),
    World.lets_it_go_on,
    _goes_on,
    steps=(S.CEASE_DROPPED,),
    own=True,
    since=lambda m: m.considered_on,
)


def _over(m: Model) -> None:
    m.plan, m.review, m.ending, m.asked_again, m.move, m.draft = "ended", "", "", "", "", ""
    if m.running:
        m.case = "ended"
        m.close_beside()


def _plan_ended(m: Model, on: date) -> None:
    _over(m)


def _ends_steps(m: Model) -> tuple[S, ...]:
    """A review that was under way ends with the plan."""
    return (*((S.REVIEW_CANCELLED,) if m.review else ()), S.CEASED)


def _stops(code: S, m: Model, on: date) -> tuple[tuple[S, date], ...]:
    """An assessment under way as well: on that day, or on that on which it began, if later."""
    return ((code, max(on, m.begun_on)),) if m.running else ()


def _plan_steps(*codes: S, stopped: S | None = None) -> Callable[[Model], tuple[str, ...]]:
    """Their events, with that of an assessment that is stopped."""

    def said(m: Model) -> tuple[str, ...]:
        found = (*codes, *((stopped,) if m.running and stopped else ()))
        return tuple(f"ehc_plan.step:{one.value}" for one in found)

    return said


def _to_cease(m: Model, today: date) -> bool:
    """The time to appeal has passed, or an appeal was lost; none is open, nor a mediation."""
    if m.plan != "ceasing" or m.appeals.get(About.CEASE) == "open":
        return False
    if m.mediations.get(About.CEASE, "over") != "over":
        return False
    return m.appeals.get(About.CEASE) == "over" or today > m.limit(About.CEASE)


def _kept_until(m: Model) -> date:
    if m.plan != "ceasing":
        return date.min
    if m.appeals.get(About.CEASE) == "over":
        return m.beside[("appeal", About.CEASE)]
    return m.limit(About.CEASE)


deed(
    "the plan ends",
    _to_cease,
    World.ends_the_plan,
    _plan_ended,
    steps=_ends_steps,
    events=lambda m: ("ehcp.closed", *_plan_steps(*_ends_steps(m), stopped=S.ASSESSMENT_WITHDRAWN)(m)),
    planned=partial(_stops, S.ASSESSMENT_WITHDRAWN),
    own=True,
    since=_kept_until,
)


def _died(m: Model, on: date) -> None:
    _over(m)
    m.dead = True


deed(
    "the child dies with a plan",
    lambda m, _: m.held,
    World.records_the_death,
    _died,
    steps=lambda m: (S.DIED, *_ends_steps(m)),
    events=lambda m: (
        "ehcp.closed",
        *_plan_steps(S.DIED, *_ends_steps(m), stopped=S.ASSESSMENT_WITHDRAWN)(m),
    ),
    planned=partial(_stops, S.ASSESSMENT_WITHDRAWN),
    own=True,
    since=lambda m: m.made_on,
)

# -- another authority -------------------------------------------------------------------------------------


def _known(to: str, m: Model, on: date) -> None:
    m.move, m.known_on = to, on


def _moving(to: str) -> None:
    """A move to an authority on this service, or to one elsewhere."""

    deed(
        f"a move to authority {to} becomes known",
        lambda m, _: None if m.where != "northshire" else m.held and m.move not in ("202", "330"),
        partial(World.learns_of_a_move, to_la=to),
        partial(_known, to),
        steps=(S.MOVE_KNOWN,),
    )


for one in ("202", "330"):
    _moving(one)

deed(
    "the child does not move",
    lambda m, _: m.held and m.move in ("202", "330"),
    World.calls_the_move_off,
    lambda m, _: setattr(m, "move", ""),
    steps=(S.MOVE_OFF,),
    on=False,
)


def _moved(m: Model, on: date) -> None:
    to, m.move = m.move, ""
    m.close_advice()
    if m.running:
        m.case = "ended"
        m.close_beside()
    if to == "330":
        _over(m)
    else:
        m.where, m.move, m.handed_on = "southshire", "moved_in", on


def _moved_steps(m: Model) -> tuple[S, ...]:
    return (S.PLAN_MOVED_OUT, S.CEASED if m.move == "330" else S.PLAN_MOVED_IN)


deed(
    "the plan is handed over",
    lambda m, _: m.held and m.move in ("202", "330"),
    World.hands_over,
    _moved,
    steps=_moved_steps,
    events=lambda m: (
        *_plan_steps(*_moved_steps(m), stopped=S.ASSESSMENT_MOVED)(m),
        *(("ehcp.closed",) if m.move == "330" else ()),
        *(("advice.withdrawn",) * len(m.waited_for())),
    ),
    today=lambda m: (S.ADVICE_WITHDRAWN,) * len(m.waited_for()),
    planned=partial(_stops, S.ASSESSMENT_MOVED),
    own=True,
    since=lambda m: m.known_on,
)
deed(
    "the new authority tells the family",
    lambda m, _: m.held and m.move == "moved_in",
    World.tells_that_it_has_the_plan,
    lambda m, _: setattr(m, "move", ""),
    steps=(S.MOVE_TOLD,),
    own=True,
    since=lambda m: m.handed_on,
)

# -- mediation, appeals, and what comes of them ------------------------------------------------------------


def _there_is(about: About, m: Model) -> bool:
    """Whether there is such a decision to dispute."""
    if about is About.ASSESS:
        return m.case == "refused"
    if about is About.ISSUE:
        return m.case == "no_plan" and not m.again
    return m.held and about in m.decisions


def _open(kind: str, about: About, m: Model, on: date) -> None:
    held = m.mediations if kind == "mediation" else m.appeals
    held[about] = "open"
    m.beside[(kind, about)] = m.began[(kind, about)] = on
    if (kind, about) == ("appeal", About.REASSESS) and m.asked_again == "refused":
        m.asked_again = ""


def _decision(about: About, m: Model) -> date:
    return m.decisions.get(about, date.min)


def _day(kind: str, about: About, m: Model) -> date:
    return m.beside.get((kind, about), date.min)


def _certified(about: About, m: Model, on: date) -> None:
    m.mediations[about] = "certified" if m.mediations[about] == "open" else "both"
    m.certified[about] = max(on, m.certified.get(about, on))
    m.beside[("mediation", about)] = max(on, _day("mediation", about, m))


def _mediated(about: About, m: Model, on: date) -> None:
    m.mediations[about] = "held" if m.mediations[about] == "open" else "both"
    m.beside[("mediation", about)] = max(on, _day("mediation", about, m))


def _began(kind: str, about: About, m: Model) -> date:
    return m.began.get((kind, about), date.min)


ENDS = {
    Result.DISMISSED: S.APPEAL_DISMISSED,
    Result.WITHDRAWN: S.APPEAL_WITHDRAWN,
    Result.CONCEDED: S.APPEAL_CONCEDED,
    Result.NO_AGREEMENT: S.MEDIATION_CLOSED,
    Result.AGREEMENT: S.MEDIATION_AGREED,
    Result.OTHER_AGREEMENT: S.MEDIATION_AGREED,
}

ORDERS: dict[tuple[About, Result], str] = {
    (About.CONTENT, Result.AMEND): "order_amend",
    (About.CONTENT, Result.CONCEDED): "conceded_amend",
    (About.CONTENT, Result.AGREEMENT): "order_amend",
    (About.AMEND, Result.AMEND): "order_amend",
    (About.AMEND, Result.RECONSIDER): "order_reconsider",
    (About.AMEND, Result.CONCEDED): "conceded_amend",
    (About.AMEND, Result.AGREEMENT): "order_amend",
} | {(about, Result.OTHER_AGREEMENT): "agreement" for about in PLAN}
"""What is owed about a plan in force after such an end (regulations 42, 44 and 45)."""
WON = (Result.ASSESS, Result.PLAN, Result.RECONSIDER, Result.CONCEDED, Result.AGREEMENT)
AGAIN = (Result.REASSESS, Result.CONCEDED, Result.AGREEMENT)
ON = (Result.CONTINUE, Result.CONCEDED, Result.AGREEMENT)
APPEALED = {
    About.ASSESS: (Result.DISMISSED, Result.WITHDRAWN, Result.ASSESS, Result.CONCEDED),
    About.ISSUE: (Result.DISMISSED, Result.WITHDRAWN, Result.PLAN, Result.RECONSIDER, Result.CONCEDED),
    About.CONTENT: (Result.DISMISSED, Result.AMEND, Result.CONCEDED),
    About.REASSESS: (Result.DISMISSED, Result.REASSESS, Result.CONCEDED),
    About.AMEND: (Result.DISMISSED, Result.AMEND, Result.RECONSIDER),
    About.CEASE: (Result.DISMISSED, Result.CONTINUE, Result.CONCEDED),
}
MEDIATED = (Result.NO_AGREEMENT, Result.AGREEMENT, Result.OTHER_AGREEMENT)


def _extra(about: About, result: Result, m: Model) -> tuple[S, ...]:
    """What else follows at once from the end of a dispute about a plan."""
    if about is About.CEASE and result in ON and m.ending:
        return (S.CEASE_DROPPED,)
    if about is About.REASSESS and result in AGAIN and not m.running:
        return (S.REASSESSMENT_AGREED,)
    return ()


def _turn(about: About, result: Result, kind: str, m: Model, on: date) -> None:
    held = m.mediations if kind == "mediation" else m.appeals
    held[about] = "over"
    m.beside[(kind, about)] = on
    act = ORDERS.get((about, result))
    if act is not None:
        m.owed.add(act)
        m.ordered[act] = on
    elif result is Result.OTHER_AGREEMENT:
        m.owed.add(f"case {about.value}")
        m.ordered[f"case {about.value}"] = on
    if about is About.CEASE and result in ON and m.ending:
        _goes_on(m, on)
    elif about is About.REASSESS and result in AGAIN and not m.running:
        m.asked_again = ""
        _again(m, on)
        m.told = False
    elif about is About.ASSESS and result in WON:
        m.case, m.told, m.begun_on, m.turned_on = "assessing", False, on, on
    elif about is About.ISSUE and result in WON:
        m.answer_on, m.turned_on = None, on
        m.forget(S.TO_ISSUE, S.DRAFT_SENT, S.REPRESENTATIONS)
        m.case = "assessing" if result is Result.RECONSIDER else "drafting"
        m.settled = result is not Result.RECONSIDER
        m.draft = "" if result is Result.RECONSIDER else "unopened"
        m.appeals.pop(about, None)


def _can_end(kind: str, about: About, result: Result, m: Model, today: date) -> bool | None:
    held = m.mediations if kind == "mediation" else m.appeals
    if held.get(about, "over") == "over":
        return False
    if about in PLAN and not m.held:
        return None
    if ORDERS.get((about, result)) in m.owed or (
        result is Result.OTHER_AGREEMENT and f"case {about.value}" in m.owed
    ):
        return None  # the same is owed already
    if about is About.REASSESS and result in AGAIN and m.asked_again == "pending":
        return None
    if about in CASE and not m.sees(today):
        return False
    turned = {About.ASSESS: "refused", About.ISSUE: "no_plan"}.get(about)
    if turned is not None and m.case != turned:
        return None if result in WON else True
    if kind == "mediation" and result is Result.AGREEMENT and m.appeals.get(about) == "open":
        return False if about is About.ISSUE else None
    return True


def _disputes_about(about: About) -> None:
    """How a decision is disputed."""

    deed(
        f"mediation is asked for ({about.value})",
        lambda m, _: (
            _there_is(about, m) and m.mediations.get(about, "over") == "over"
            if not (about is About.CEASE and m.plan != "ceasing" and m.held)
            else False
        ),
        partial(World.asks_for_mediation, about=about),
        partial(_open, "mediation", about),
        steps=(S.MEDIATION_ASKED,),
        events=("dispute.opened",),
        own=True,
        since=partial(_decision, about),
    )
    deed(
        f"the certificate is given ({about.value})",
        lambda m, _: m.mediations.get(about) in ("open", "held") if _there_is(about, m) else None,
        partial(World.gets_a_certificate, about=about),
        partial(_certified, about),
        steps=(S.MEDIATION_CERTIFICATE,),
        events=step(S.MEDIATION_CERTIFICATE),
        own=True,
        since=partial(_began, "mediation", about),
    )
    deed(
        f"mediation takes place ({about.value})",
        lambda m, _: m.mediations.get(about) in ("open", "certified") if _there_is(about, m) else None,
        partial(World.mediates, about=about),
        partial(_mediated, about),
        steps=(S.MEDIATION_HELD,),
        events=step(S.MEDIATION_HELD),
        own=True,
        since=partial(_began, "mediation", about),
    )
    deed(
        f"the family appeals ({about.value})",
        lambda m, _: (
            _there_is(about, m)
            and (about not in m.appeals if about in CASE else m.appeals.get(about) != "open")
            and not (about is About.CEASE and m.plan != "ceasing")
        ),
        partial(World.appeals, about=about),
        partial(_open, "appeal", about),
        steps=(S.APPEAL_REGISTERED,),
        events=("assessment.appealed",) if about is About.ASSESS else ("dispute.opened",),
        own=True,
        since=partial(_decision, about),
    )


def _end_of(about: About, kind: str, result: Result) -> None:
    """One way in which a dispute ends, and what follows from it."""
    deed(
        f"the {kind} ends: {result.value} ({about.value})",
        partial(_can_end, kind, about, result),
        partial(
            World.ends_an_appeal if kind == "appeal" else World.ends_a_mediation, about=about, result=result
        ),
        partial(_turn, about, result, kind),
        steps=lambda m: (ENDS.get(result, S.TRIBUNAL_ORDERED), *_extra(about, result, m)),
        events=lambda m: (
            "assessment.appeal_closed" if (kind, about) == ("appeal", About.ASSESS) else "dispute.closed",
            *(f"ehc_plan.step:{one.value}" for one in _extra(about, result, m)),
        ),
        own=True,
        since=partial(_day, kind, about),
        aside=True,
    )


def _agreed_beside(about: About) -> None:
    """Something agreed in mediation that could not be appealed (regulation 42(3)) is done."""
    owed = f"case {about.value}"
    deed(
        f"what was agreed beside is done ({about.value})",
        lambda m, today: owed in m.owed and m.sees(today),
        partial(World.does_what_was_agreed, about=about),
        lambda m, _: m.owed.discard(owed),
        steps=(S.ORDER_DONE,),
        events=step(S.ORDER_DONE),
        own=True,
        since=lambda m: m.ordered.get(owed, date.min),
    )


for disputed in (*CASE, *PLAN):
    _disputes_about(disputed)
    for ending in APPEALED[disputed]:
        _end_of(disputed, "appeal", ending)
    for ending in MEDIATED:
        _end_of(disputed, "mediation", ending)
for disputed in CASE:
    _agreed_beside(disputed)


def _is_done(act: str, m: Model, on: date) -> None:
    m.owed.discard(act)
    if act in ("order_amend", "conceded_amend"):
        m.decide(About.CONTENT, max(on, m.decisions[About.CONTENT]))
        if _publishes(act, m):
            m.draft, m.content_on = "", on


def _publishes(act: str, m: Model) -> bool:
    """Whether the plan was not amended since it was ordered: then its draft becomes the amended one."""
    return act in ("order_amend", "conceded_amend") and m.content_on < m.ordered[act]


def _ordered(act: str) -> None:
    """What was ordered, conceded or agreed about a plan is done."""

    deed(
        f"what was ordered is done ({act})",
        lambda m, _: m.held and act in m.owed and (not _publishes(act, m) or m.draft == "ready"),
        partial(World.does_what_was_ordered, act=act),
        partial(_is_done, act),
        steps=(S.ORDER_DONE,),
        events=lambda m: (
            *(("ehcp.version_made",) if _publishes(act, m) else ()),
            "ehc_plan.step:order_done",
        ),
        own=True,
        since=lambda m: m.ordered.get(act, date.min),
    )


for one in ("order_amend", "conceded_amend", "order_reconsider", "agreement"):
    _ordered(one)
