"""A review's report on paper: finished, through the reader's lens, recorded, and only then typeset."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from isp.access.policy import Permission
from isp.audit import Chain, Event, Unit
from isp.kernel.errors import Conflict
from isp.people import directory
from isp.plans import content as plan_content
from isp.plans import queries as plans
from isp.plans.pages.blueprint import audience_of
from isp.plans.printing import Form, printed_by
from isp.plans.vocabulary import Configuration, configuration_on
from isp.records import versions
from isp.records.changes import items_by_id
from isp.records.days import say_day
from isp.records.project import project
from isp.records.shape import Audience, Content
from isp.register import pupils
from isp.reviews import queries, rules
from isp.reviews.content import has_annual
from isp.web.filters import initials
from isp.web.print.paper import Paper, Stamp
from isp.web.print.review import (
    AnnualReview,
    Continues,
    OutcomeReviewed,
    Pairs,
    ReviewData,
    review_report,
)

NO_ANNUAL = "This was no annual review of an EHC plan, so there is no report for an authority."
NOT_FINISHED = "This review is not closed yet, so there is no report to print. Close it first."
_GOES_ON = {"continues": "Continues", "changes": "Changes", "stops": "Stops"}


def report_paper(
    unit: Unit, review_id: UUID, form: Form, *, large: bool, annual: bool = False
) -> tuple[Paper, Any]:
    """The report of a closed review as a document, and the review's row. Conflict before it is closed.

    ``annual``: as it goes to the authority that keeps the EHC plan.
    """
    row, decision = queries.allowed(unit, review_id, Permission.REVIEW_READ)
    if row.status != rules.CLOSED:
        raise Conflict(NOT_FINISHED)
    report = queries.report_of(unit, row, decision)
    if report.version is None or report.content is None:
        raise Conflict(NOT_FINISHED)
    audience = audience_of(decision)
    if annual and not (has_annual(report.content) and audience == "school"):
        raise Conflict(NO_ANNUAL)
    unit.record(
        decision,
        Event.REVIEW_PRINTED,
        Chain.pupil(row.pupil_id),
        obj=("record", row.review_record_id),
        document="annual" if annual else "report",
        form=form.value,
        size="large" if large else "standard",
    )
    name = pupils.name(unit, row.pupil_id)
    letters = initials(name.full)
    data = data_of(
        report.content,
        configuration_on(unit.today),
        audience,
        stamp=Stamp(
            initials=letters,
            what=f"{letters}, review {row.cycle}, code {report.version.code}",
            by=printed_by(unit, decision),
            at=unit.now,
        ),
        caption=name.full,
        facts=facts_of(unit, row, report.content, report.version.code, audience),
        plan=_reviewed(unit, row),
    )
    if annual:
        data = replace(data, annual=_annual(unit, row.pupil_id, report.content))
    return review_report(data), row


def _annual(unit: Unit, pupil_id: UUID, content: Content) -> AnnualReview:
    held = content["sections"]["annual"]
    fields = held["fields"]
    authority = pupils.authority(unit, pupil_id)
    differed = fields.get("differed")
    return AnnualReview(
        recommendation=configuration_on(unit.today).words(
            "annual_recommendation", fields.get("recommendation", "")
        ),
        reasons=fields.get("reasons", ""),
        amendments=tuple((one.get("of", ""), one.get("change", "")) for one in held["items"]),
        differed=(("Others", differed),) if differed else (),
        facts=(("Authority", authority),) if authority else (),
    )


def facts_of(unit: Unit, row: Any, content: Content, code: str, audience: Audience) -> Pairs:
    """When and where a review was held, who led and closed it, and under which code its report stands."""
    held = content["sections"]["meeting"]["fields"]
    family = audience == "family"
    where = held.get("where") or ("Online or by telephone" if held.get("online") else "")
    listed = (
        ("Held on", say_day(held["held_on"]) if held.get("held_on") else ""),
        ("Where", where),
        ("Led by", held.get("led_by", "")),
        ("Finished by" if family else "Closed by", directory.name(unit, row.closed_by).with_role),
        ("Plan" if family else "Version of the plan", str(row.plan_version)),
        ("Code", f"{code} (worked out from every word: a copy that was altered has another)"),
    )
    return tuple(pair for pair in listed if pair[1])


def _reviewed(unit: Unit, row: Any) -> Content:
    """The version that was reviewed, as whoever prints may read it; nothing of one that was withdrawn."""
    record, decision = plans.allowed(unit, row.record_id, Permission.PLAN_READ)
    version = versions.facts(unit, record.id, row.plan_version)
    if version.withdrawn:
        return plan_content.blank()
    words = versions.read(unit, record.id, row.plan_version)
    return project(plan_content.read(words.content), decision.lens, plan_content.SHAPE)


def data_of(
    content: Content,
    configuration: Configuration,
    audience: Audience,
    *,
    stamp: Stamp,
    caption: str,
    facts: Pairs,
    plan: Content,
) -> ReviewData:
    """A report's content, projected through its reader's lens, as the paper has it."""
    sections = content["sections"]
    decided = sections["decision"]["fields"]

    def say(vocabulary: str, code: str | None) -> str:
        return configuration.words(vocabulary, code, audience) if code else ""

    came, absent = [], []
    for item in sections["meeting"]["items"]:
        who = ", ".join(one for one in (item.get("name"), item.get("role")) if one)
        if item.get("came") == "absent":
            absent.append(who)
        elif who:
            came.append((who, say("review_came", item.get("came"))))
    views = sections["views"]["fields"]
    family = audience == "family"
    said = (
        (
            ": ".join(
                one for one in ("What we said" if family else "Family", views.get("family_from")) if one
            ),
            views.get("family", ""),
        ),
        ("What I said" if family else "Pupil", views.get("pupil", "")),
    )
    aims = items_by_id(plan["sections"].get("outcomes", {"items": []}))
    outcomes = tuple(
        _outcome(item, aims.get(item.get("outcome", ""), {}), say) for item in sections["outcomes"]["items"]
    )
    overall = sections["overall"]["fields"]
    layer = say("layer", decided.get("layer"))
    decision = say("review_decision", decided.get("decision"))
    return ReviewData(
        stamp=stamp,
        caption=caption,
        facts=facts,
        attended=tuple(came),
        apologies=tuple(absent),
        views=tuple(pair for pair in said if pair[1]),
        outcomes=outcomes,
        support=tuple(
            Continues(overall[name], words) for name, words in _GOES_ON.items() if overall.get(name)
        ),
        decision=f"{decision}: {layer.lower()}" if layer else decision,
        reasons=decided.get("reason", ""),
        next_review=say_day(decided["next_review_on"]) if decided.get("next_review_on") else "",
        for_family=family,
    )


def _outcome(item: dict[str, Any], aim: dict[str, Any], say: Any) -> OutcomeReviewed:
    following = say("review_next", item.get("next"))
    if item.get("next") == "change" and item.get("wording"):
        following = f"{following}: {item['wording']}"
    return OutcomeReviewed(
        statement=item.get("aim") or "–",
        result=say("result", item.get("result")),
        baseline=aim.get("baseline", ""),
        target=aim.get("target", ""),
        evidence=item.get("evidence", ""),
        next=following,
        is_step=aim.get("level") == "step",
    )
