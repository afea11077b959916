"""The world, the people and the addresses of the matrix: every route, called by everybody, on things that
are their own school's, another school's, another authority's, and nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from isp import create_app
from isp.access import grants, ties
from isp.access.models import GroupStaff, RestrictedSight, Restriction, Tie
from isp.banks import entries
from isp.documents import actions as documents
from isp.documents import waiting
from isp.documents.actions import Filing
from isp.documents.intake import take_in
from isp.ehcp import actions as ehcp
from isp.ehcp import agreeing
from isp.ehcp import queries as ehc_plans
from isp.ehcp.bringing import Brought, bring_in
from isp.ehcp.models import AnnualReview
from isp.ehcp.plan_models import ProvisionCheck
from isp.escalations.actions import request_assessment
from isp.escalations.advice_models import AdviceRequest, Panel, PanelItem
from isp.escalations.deadlines import Circumstance
from isp.escalations.diary import actions as diary
from isp.escalations.excusing import record_circumstance
from isp.escalations.letters import actions as letters
from isp.escalations.models import (
    Assessment,
    AssessmentRequest,
    AuditedCase,
    Dispute,
    OfficerAbsence,
    QualityAudit,
    ReviewList,
    SettingConsultation,
)
from isp.escalations.upkeep import excusing, orders, out_of_school, reviewing
from isp.exchange.files import XML, Packed, place_of
from isp.exchange.models import ExchangeFile, ExchangeJob
from isp.kernel import clock
from isp.kernel.crypto import Place
from isp.kernel.ids import new_id
from isp.kernel.keys import RESTRICTED, KeyOf
from isp.notes import actions as notes
from isp.notices.actions import tell
from isp.notices.models import Notice
from isp.people.models import Membership
from isp.people.roles import Role
from isp.plans import actions as plans
from isp.plans import giving
from isp.plans.templates import begun_from
from isp.records import drafts
from isp.records.models import RecordVersion
from isp.register.actions.restricting import restrict
from isp.register.importing.mapping import Kind
from isp.register.imports.staging import stage
from isp.register.models import CalendarEntry
from isp.reviews import actions as reviews
from isp.reviews import invitations, rounds, rounds_rules
from isp.reviews.actions import When
from tests.cast import Cast, small_plan, standing_cast
from tests.people.world import HERE, Browser, settings

PERSONAS = (
    "anonymous",
    "nora",  # signed in, tied to nobody
    "sara",  # SENCO
    "dan",  # deputy SENCO
    "ada",  # SEN administrator
    "tom",  # teaches ava and ben
    "tess",  # teaches nobody
    "tia",  # assists in ava's and ben's class
    "hal",  # head
    "leo",  # safeguarding lead
    "olga",  # office
    "dora",  # data protection officer
    "pam",  # ava's mother
    "rex",  # ava's father, from whom the record is closed
    "carl",  # has care of ava, no parental responsibility
    "yan",  # a young person with his own sight of his own record
    "olli",  # the officer who has ava's case
    "otis",  # an officer of the same authority who has not
    "mia",  # their manager
    "eve",  # educational psychologist, asked for nothing
    "eva",  # educational psychologist, asked for advice on ava
    "wes",  # social worker, asked for nothing
    "sid",  # an officer of another authority
    "sena",  # SENCO of another school in the authority
    "stan",  # SENCO in another authority
    "gone",  # taught ava until last term
    "ops",  # the operator, who can run everything and read nothing
)
PLACES = ("own", "school", "authority", "nobody")
"""Whose things an address names: ava's at Oakfield, eli's at Elmfield, finn's at Ashby, and nobody's."""


@dataclass
class Things:
    """The ids that addresses can name, by place."""

    ids: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: dict[str, UUID] = field(default_factory=dict)


def build(url: str) -> Things:
    """Three schools with the same things in each, so that every id in an address can be swapped."""
    cast = standing_cast(url)
    cast.guardian("rex", "ava")
    cast.member("gone", "oakfield", Role.CLASS_TEACHER)
    cast.member("eva", "northshire", Role.PSYCHOLOGIST_OR_THERAPIST)
    cast.person("ops")
    for school, pupil, senco in (("elmfield", "eli", "sena"), ("ashby", "finn", "stan")):
        cast.member(f"hal-{school}", school, Role.HEAD)
        cast.member(f"leo-{school}", school, Role.SAFEGUARDING_LEAD)
        cast.guardian(f"parent-{school}", pupil)
        cast.member(f"tom-{school}", school, Role.CLASS_TEACHER)
        cast.teaching_group(f"5-{school}", school, {f"tom-{school}": Role.CLASS_TEACHER}, [pupil])
        assert senco in cast.people
    last_week = clock.today() - timedelta(days=7)
    group = cast.groups["4T"]
    with cast.making() as unit:
        unit.insert(
            GroupStaff,
            id=new_id(),
            group_id=group,
            organisation_id=cast.places["oakfield"],
            person_id=cast.people["gone"],
            role=Role.CLASS_TEACHER.value,
            valid_from=last_week - timedelta(days=300),
            valid_to=last_week,
            ended_at=None,
            made_at=unit.now,
        )
    things = Things(people=dict(cast.people))
    for place, school, pupil, senco, lead in (
        ("own", "oakfield", "ava", "sara", "leo"),
        ("school", "elmfield", "eli", "sena", "leo-elmfield"),
        ("authority", "ashby", "finn", "stan", "leo-ashby"),
    ):
        things.ids[place] = _furnish(cast, school, pupil, senco, lead)
    cast.tie(
        "ava",
        "adviser",
        person_id=cast.people["eva"],
        organisation_id=cast.places["northshire"],
        source_id=things.ids["own"]["advice_id"],
    )
    things.ids["nobody"] = {
        name: 99 if name == "number" else value if isinstance(value, str | int) else new_id()
        for name, value in things.ids["own"].items()
    }
    cast.close()
    return things


def _advised(cast: Cast, request_id: UUID, officer_id: UUID) -> tuple[UUID, UUID, UUID]:
    """Advice asked for (of ava, of eva) and the case before a panel, as the deeds would leave them."""
    advice_id, panel_id, panel_item_id = new_id(), new_id(), new_id()
    with cast.making() as unit:
        case = unit.connection.execute(
            select(AssessmentRequest).where(AssessmentRequest.id == request_id)
        ).one()
        words = {"whom": "", "note": "", "representations": "", "said": []}
        unit.insert(
            AdviceRequest,
            id=advice_id,
            pupil_id=case.pupil_id,
            authority_id=case.authority_id,
            request_id=request_id,
            assessment_id=None,
            kind="d",
            adviser_id=cast.people["eva"] if case.pupil_id == cast.pupils["ava"] else None,
            qualified=False,
            state="asked",
            asked_on=unit.today,
            due_on=unit.today + timedelta(weeks=6),
            sight_until=unit.today + timedelta(days=180),
            chased_on=None,
            chases=0,
            received_on=None,
            closed_on=None,
            author_agreed_on=None,
            authority_agreed_on=None,
            family_agreed_on=None,
            days_late=None,
            days_unexcused=None,
            rules="2014-09-01",
            number=0,
            drafted=0,
            asked_by=officer_id,
            recorded_at=unit.now,
            sealed=unit.keys.seal(
                KeyOf.pupil(case.pupil_id), Place("advice_request", "sealed", advice_id, 1), words
            ),
            row_version=1,
        )
        given = {one.object_id: one.digest for one in grants.granted_by(unit, request_id)}
        grants.grant(unit, case.pupil_id, advice_id, given)
        unit.insert(
            Panel,
            id=panel_id,
            authority_id=case.authority_id,
            held_on=unit.today,
            kind="assess",
            state="planned",
            members="",
            made_at=unit.now,
            made_by=officer_id,
            row_version=1,
        )
        unit.session.flush()
        unit.insert(
            PanelItem,
            id=panel_item_id,
            panel_id=panel_id,
            request_id=request_id,
            pupil_id=case.pupil_id,
            position=1,
            added_at=unit.now,
            added_by=officer_id,
            recommendation=None,
            recommended_at=None,
            recommended_by=None,
            sealed=None,
            row_version=1,
        )
    return advice_id, panel_id, panel_item_id


def _consulted(
    cast: Cast, request_id: UUID, plan_id: UUID, school_id: UUID, officer_id: UUID
) -> tuple[UUID, UUID, UUID]:
    """The school consulted about a draft, and mediation asked about: as the deeds would leave them.

    Mediation about the case and about the plan that was brought in.
    """
    consultation_id, dispute_id, plan_dispute_id, assessment_id = new_id(), new_id(), new_id(), new_id()
    with cast.making() as unit:
        case = unit.connection.execute(
            select(AssessmentRequest).where(AssessmentRequest.id == request_id)
        ).one()
        whose = {"pupil_id": case.pupil_id, "authority_id": case.authority_id}
        dated = {"recorded_at": unit.now, "row_version": 1}
        unit.insert(
            Assessment,
            id=assessment_id,
            request_id=None,
            kind="first",
            clock_from=unit.today,
            begun_on=unit.today,
            state="draft_sent",
            draft_sent_on=unit.today,
            **whose,
            **dated,
        )
        unit.insert(
            SettingConsultation,
            id=consultation_id,
            assessment_id=assessment_id,
            request_id=request_id,
            school_id=school_id,
            sent_on=unit.today,
            due_on=unit.today + timedelta(days=15),
            state="open",
            recorded_by=officer_id,
            sealed=unit.keys.seal(
                KeyOf.pupil(case.pupil_id), Place("setting_consultation", "sealed", consultation_id, 1), {}
            ),
            **whose,
            **dated,
        )
        for made, about, subject, subject_id in (
            (dispute_id, "assess", "request", request_id),
            (plan_dispute_id, "content", "plan", plan_id),
        ):
            unit.insert(
                Dispute,
                id=made,
                kind="mediation",
                about=about,
                subject=subject,
                subject_id=subject_id,
                state="open",
                decision_on=unit.today,
                asked_on=unit.today,
                **whose,
                **dated,
            )
        ties.open_tie(
            unit,
            case.pupil_id,
            "consulted",
            unit.today,
            organisation_id=school_id,
            source_id=consultation_id,
        )
    return consultation_id, dispute_id, plan_dispute_id


def _furnish(cast: Cast, school: str, pupil: str, senco: str, lead: str) -> dict[str, Any]:
    school_id, pupil_id = cast.places[school], cast.pupils[pupil]
    record_id = cast.plan(pupil, senco, small_plan(), small_plan(strengths="Patient"))
    with cast.acting(senco) as unit:
        plans.start_draft(unit, record_id)
    cast.write(record_id, senco, small_plan(strengths="Funny"))
    teacher = cast.people["tom" if school == "oakfield" else f"tom-{school}"]
    with cast.acting(senco) as unit:
        task_id = giving.give_section(unit, record_id, "outcomes", teacher, clock.today())
    with cast.acting(senco) as unit:
        round_id = rounds.ask(unit, record_id, rounds_rules.usual_questions(unit.today), clock.today())
    with cast.acting(senco) as unit:
        outcome = cast.draft(unit, record_id).content["sections"]["outcomes"]["items"][0]["id"]
    with cast.acting(senco) as unit:
        bank_entry_id = entries.add(unit, school_id, "provision", {"name": "Reading", "minutes": 20})
        template = {"name": "Speech", "content": begun_from(small_plan())}
        template_id = entries.add(unit, school_id, "template", template)
    with cast.acting(senco) as unit:
        versions = list(
            unit.connection.scalars(
                select(RecordVersion.id).where(
                    RecordVersion.record_id == record_id, RecordVersion.number == 1
                )
            )
        )
        request_id = request_assessment(
            unit,
            pupil_id,
            received_on=clock.today(),
            reasons="More than the school can give",
            release=versions,
            told_family=True,
        )
        officer_id = unit.connection.scalar(
            select(AssessmentRequest.officer_id).where(AssessmentRequest.id == request_id)
        )
        document_id = documents.add(
            unit,
            pupil_id,
            Filing("report", "S0", "A sample report", clock.today()),
            take_in(BytesIO(b"What it says\n"), "report.txt", 1000),
        )
        waiting.stage(unit, school_id, "old plan.txt", take_in(BytesIO(b"An old plan\n"), "plan.txt", 1000))
        staged_id = stage(unit, school_id, Kind.PUPILS, b"Forename,Surname,DOB\r\nZoe,Sample,01/02/2015\r\n")
        note_id = notes.write(unit, pupil_id, "Reads better after lunch")
    assert officer_id is not None
    officer = next(name for name, person_id in cast.people.items() if person_id == officer_id)
    with cast.acting(officer) as unit:
        circumstance_id = record_circumstance(
            unit,
            request_id,
            Circumstance("circumstances", clock.today(), clock.today()),
            reason="Nobody could be met",
            evidence="A letter",
        )
    with cast.acting(officer) as unit:
        letter_id = letters.begin(unit, request_id, "considering")
        case_entry_id = diary.enter(
            unit, request_id, kind="call", happened_on=clock.today(), who="The school", what="Asked for more"
        )
    with cast.acting(officer) as unit:
        plan_id = bring_in(
            unit,
            pupil_id,
            Brought(clock.today(), None, None, "", "Reading is hard", "Reads a page", "Reading", "S1"),
            take_in(BytesIO(b"What it says\n"), "plan.txt", 1000),
        )
    with cast.acting(officer) as unit:
        ehcp.start_draft(unit, plan_id)
        check_id = unit.connection.scalar(select(ProvisionCheck.id).where(ProvisionCheck.plan_id == plan_id))
    advice_id, panel_id, panel_item_id = _advised(cast, request_id, officer_id)
    with cast.acting(officer) as unit:
        able = agreeing.candidates(unit, ehc_plans.plan_row(unit, plan_id), "health")
        if able:
            agreeing.name(unit, plan_id, "health", person_id=able[0], body="The health body")
    consultation_id, dispute_id, plan_dispute_id = _consulted(
        cast, request_id, plan_id, school_id, officer_id
    )
    with cast.acting(senco) as unit:
        annual_review_id = reviewing.open_review(unit, plan_id)
    with cast.acting(officer) as unit:
        duty_id = orders.record_order(unit, plan_id, act="order_amend", on=clock.today())
        excuse_id = excusing.record_circumstance(
            unit,
            plan_id,
            code="circumstances",
            begins=clock.today(),
            ends=clock.today(),
            reason="A death in the family",
            evidence="A call",
        )
        out_id = out_of_school.report(
            unit, pupil_id, sort="illness", since_on=clock.today(), hours=None, what="At home since Monday"
        )
    authority_id = cast.places["southshire" if pupil == "finn" else "northshire"]
    list_id = _listed(cast, authority_id, school_id, annual_review_id, officer_id)
    return_id, file_id = _return(cast, authority_id)
    leader = "tom" if pupil == "ava" else f"tom-{school}"
    with cast.acting(senco) as unit:
        review_id = reviews.plan_review(
            unit, record_id, When(on=clock.today() + timedelta(days=3)), cast.people[leader]
        )
    with cast.acting(senco) as unit:
        invitation_id = invitations.invite_professional(unit, review_id, "Ms Reed", "Therapist")
    with cast.acting(leader) as unit:
        report_id = reviews.open_meeting(unit, review_id)
        item_id = drafts.read(unit, report_id).content["sections"]["outcomes"]["items"][0]["id"]
    guardian = "rex" if pupil == "ava" else f"parent-{school}"
    with cast.acting(lead) as unit:
        restriction_id = restrict(
            unit,
            pupil_id,
            cast.people[guardian],
            evidence="A court order",
            reason="Told by the court",
            review_on=clock.today() + timedelta(days=90),
        )
    entry_id, sight_id = new_id(), new_id()
    absence_id, audit_id, audited_id = new_id(), new_id(), new_id()
    with cast.making() as unit:
        held = unit.connection.execute(
            select(AssessmentRequest.authority_id).where(AssessmentRequest.id == request_id)
        ).one()
        unit.insert(
            OfficerAbsence,
            id=absence_id,
            authority_id=held.authority_id,
            person_id=officer_id,
            covered_by=cast.people["ops"],
            from_on=clock.today() + timedelta(days=300),
            to_on=clock.today() + timedelta(days=301),
            made_at=unit.now,
            made_by=officer_id,
            ended_at=None,
            ended_by=None,
        )
        unit.insert(
            QualityAudit,
            id=audit_id,
            authority_id=held.authority_id,
            kind="decisions",
            from_on=clock.today(),
            to_on=clock.today(),
            seed="abcd",
            method="sha256-order-1",
            checklist="2014-09-01",
            wanted=1,
            frame=1,
            frame_digest=b"0",
            auditor_id=cast.people["otis"],
            moderator_id=cast.people["ops"],
            state="open",
            made_at=unit.now,
            made_by=officer_id,
            closed_at=None,
            closed_by=None,
            row_version=1,
        )
        unit.insert(
            AuditedCase,
            id=audited_id,
            audit_id=audit_id,
            number=1,
            pupil_id=pupil_id,
            request_id=request_id,
            subject_id=request_id,
            auditor_done_at=None,
            moderator_done_at=None,
            row_version=1,
        )
        unit.insert(
            CalendarEntry,
            id=entry_id,
            school_id=school_id,
            kind="term",
            name="Autumn",
            starts_on=clock.today(),
            ends_on=clock.today() + timedelta(days=60),
            removed_at=None,
            made_at=unit.now,
        )
        unit.insert(
            RestrictedSight,
            id=sight_id,
            pupil_id=pupil_id,
            asked_by=cast.people["ops"],
            asked_at=unit.now,
            sealed=unit.keys.seal(
                KeyOf.pupil(pupil_id, RESTRICTED),
                Place("restricted_sight", "sealed", sight_id),
                {"reason": "A complaint"},
            ),
            agreed_by=None,
            agreed_at=None,
            until=None,
        )
        assert unit.connection.scalar(select(Restriction.id).where(Restriction.id == restriction_id))
        membership = unit.connection.execute(
            select(Membership.id, Membership.person_id).where(
                Membership.organisation_id == school_id, Membership.role == Role.CLASS_TEACHER.value
            )
        ).first()
        staff_row = unit.connection.scalar(
            select(GroupStaff.id).where(GroupStaff.organisation_id == school_id).limit(1)
        )
        group_id = unit.connection.scalar(
            select(GroupStaff.group_id).where(GroupStaff.organisation_id == school_id).limit(1)
        )
        tie_id = unit.connection.scalar(
            select(Tie.id).where(Tie.pupil_id == pupil_id, Tie.kind == "guardian").limit(1)
        )
        group_tie_id = unit.connection.scalar(
            select(Tie.id).where(Tie.pupil_id == pupil_id, Tie.kind == "group").limit(1)
        )
        tell(unit, [cast.people[senco]], "plan_shared", pupil_id)
        notice_id = unit.connection.scalar(
            select(Notice.id)
            .where(Notice.person_id == cast.people[senco])
            .order_by(Notice.id.desc())
            .limit(1)
        )
    assert membership is not None
    return {
        "notice_id": notice_id,
        "pupil_id": pupil_id,
        "record_id": record_id,
        "number": 1,
        "section": "needs",
        "bank": "provision",
        "filled": "provision",
        "bank_entry_id": bank_entry_id,
        "template_id": template_id,
        "place": f"outcomes.{outcome}.statement",
        "hint": "missing",
        "request_id": request_id,
        "plan_id": plan_id,
        "check_id": check_id,
        "letter": "b",
        "part": "health",
        "case_id": request_id,
        "letter_id": letter_id,
        "case_entry_id": case_entry_id,
        "advice_id": advice_id,
        "panel_id": panel_id,
        "panel_item_id": panel_item_id,
        "proposal_id": new_id(),  # no plan is in force here, so there is nothing to propose
        "circumstance_id": circumstance_id,
        "consultation_id": consultation_id,
        "dispute_id": dispute_id,
        "plan_dispute_id": plan_dispute_id,
        "absence_id": absence_id,
        "audit_id": audit_id,
        "audited_id": audited_id,
        "note_id": note_id,
        "task_id": task_id,
        "round_id": round_id,
        "staged_id": staged_id,
        "document_id": document_id,
        "school_id": school_id,
        "organisation_id": school_id,
        "restriction_id": restriction_id,
        "sight_id": sight_id,
        "entry_id": entry_id,
        "membership_id": membership.id,
        "colleague": membership.person_id,
        "row_id": staff_row,
        "group_id": group_id,
        "tie_id": tie_id,
        "group_tie_id": group_tie_id,
        "session_id": new_id(),
        "slug": "help",
        "review_id": review_id,
        "annual_review_id": annual_review_id,
        "list_id": list_id,
        "duty_id": duty_id,
        "excuse_id": excuse_id,
        "out_id": out_id,
        "invitation_id": invitation_id,
        "item_id": UUID(item_id),
        "name": "views",
        "question": "requests",
        "code": "a-code-that-was-never-made",
        "filename": "nothing.css",
        "year": 2026,
        "rule": "S-001",
        "job_id": return_id,
        "file_id": file_id,
    }


def _listed(cast: Cast, authority_id: UUID, school_id: UUID, review_id: UUID, officer_id: UUID) -> UUID:
    """The list of a term's reviews with this one on it, as it was sent to the school."""
    list_id = new_id()
    with cast.making() as unit:
        unit.insert(
            ReviewList,
            id=list_id,
            authority_id=authority_id,
            school_id=school_id,
            term_from=unit.today,
            term_to=unit.today + timedelta(weeks=12),
            sent_on=unit.today,
            sent_by=officer_id,
            reviews=1,
            recorded_at=unit.now,
        )
        unit.session.flush()
        unit.change(AnnualReview, {"id": review_id}, list_id=list_id)
    return list_id


def _return(cast: Cast, authority_id: UUID) -> tuple[UUID, UUID]:
    """A return that was made, with its file."""
    job_id, file_id = new_id(), new_id()
    with cast.making() as unit:
        asked = {
            "kind": "return",
            "year": 2026,
            "state": "done",
            "answers": {},
            "serial": 1,
            "done": 0,
            "tries": 1,
        }
        unit.insert(
            ExchangeJob,
            id=job_id,
            authority_id=authority_id,
            asked_by=None,
            asked_at=unit.now,
            total=0,
            leased_until=None,
            finished_at=unit.now,
            result={},
            problem=None,
            **asked,
        )
        packed = Packed()
        packed.write("<Message/>")
        sealed = unit.keys.seal_bytes(
            KeyOf.organisation(authority_id), place_of(file_id), packed.done(XML).packed
        )
        unit.insert(
            ExchangeFile,
            id=file_id,
            job_id=job_id,
            kind=XML,
            size=packed.size,
            sealed=sealed,
            made_at=unit.now,
        )
    return job_id, file_id


def app_over(cast: Cast) -> Flask:
    return create_app(settings(sign_in_tries=1000), cast.store)


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ())))


def places_of(rule: Rule) -> tuple[str, ...]:
    """An address without an id is nobody's in particular: it is called once."""
    return PLACES if rule.arguments - {"slug", "code", "filename", "section"} else ("own",)


def address(rule: Rule, ids: dict[str, Any]) -> str:
    """The rule with the ids filled in. KeyError where the world has none of a kind: add it there."""
    # A pupil's place in a class is a tie too, of another kind than a parent's.
    kind = "group_tie_id" if rule.endpoint == "register.take_out" else "tie_id"
    named = {**ids, "tie_id": ids[kind]}
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda found: str(named[found[1]]), rule.rule)


def calls(app: Flask) -> Iterator[tuple[str, Rule]]:
    for rule in rules(app):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


class Caller:
    """One person at a browser. Signs in again where a call ended the session."""

    def __init__(self, app: Flask, name: str) -> None:
        self.app = app
        self.name = name
        self.start()

    def start(self) -> None:
        self.browser = Browser(self.app)
        # Pages are linted wherever a test looks at one; here thousands are only called.
        self.browser.client = FlaskClient(self.app, self.app.response_class)  # type: ignore[assignment]
        if self.name != "anonymous":
            assert self.browser.sign_in(self.name).status_code == 303, self.name
        page = self.browser.get("/sign-in" if self.name == "anonymous" else "/account/password")
        self.tokens = {
            name: found[1]
            for name in ("csrf_token", "form_stamp")
            if (found := re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text))
        }

    def call(self, method: str, path: str) -> Any:
        # Nine of ten are refused. As a program is told, not as a page: the words are another test's matter.
        told = {"Accept": "application/json"}
        if method == "GET":
            return self.browser.client.get(path, headers=told)
        return self.browser.client.open(path, method=method, data=self.tokens, headers=HERE | told)


def verdict(response: Any) -> str:
    """What became of a call: one word. What was asked wrongly (422, 409) was allowed to be asked."""
    status = response.status_code
    if status == 404:
        return "-"
    if status == 403:
        return "no"
    if status == 401 or (status in (302, 303) and "/sign-in" in response.headers.get("Location", "")):
        return "in"
    if status in (200, 303, 302, 400, 409, 410, 415, 422):
        return "yes"
    return str(status)
