"""Whoever writes has been allowed, and what is written is recorded: on every way through every function.

``deeds.py`` reads it from the source. What may do without stands below, with its reason.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.guards.deeds import Project, chain, is_given_a_decision
from tests.guards.tree import Source, sources

# The unit of work and the keys are what writing is made of; the demonstration installs, under the
# operator's grounds, and does all else by the deeds that are looked at here.
BENEATH = {"kernel", "audit", "demonstration"}

# Parts of deeds. They ask nobody and tell nobody, as their docstrings say: whoever calls them does, and is
# looked at as if their lines were its own.
PARTS = {
    "isp.access.grants.grant": "opens what a request releases",
    "isp.access.ties": "the one place where ties are written",
    "isp.documents.bodies": "the bytes of a version, sealed: part of adding one",
    "isp.documents.waiting.let_go": "a file that was brought in waits no longer: part of bringing it in",
    "isp.ehcp.agreeing.lapse": "part of recording that another health body is responsible",
    "isp.ehcp.budgets.keep": "what section J comes to, kept by whoever makes a version",
    "isp.ehcp.checks.ask": "opens a check of provision: part of making a plan, asking for one, closing one",
    "isp.ehcp.steps": "what happened in a case, noted by whatever deed it is a part of",
    "isp.escalations.rows": "writes over a request for the deeds about it",
    "isp.escalations.naming": "which setting a plan names: part of issuing it, amending it, placing a child",
    "isp.escalations.upkeep.transferring.came_from_elsewhere": "part of bringing a plan in, which tells it",
    "isp.escalations.upkeep.transferring.told_by_letter": "part of serving the letter about a transfer",
    "isp.escalations.upkeep.amending.publish_amended": "the content and the setting of a plan amended",
    "isp.escalations.assessments": "writes the rows of an assessment and its plan for the deeds of the case",
    "isp.escalations.recounting": "counts an outcome again: part of putting a day or an excuse right",
    "isp.escalations.consulting.close_all": "part of what the case goes on with",
    "isp.escalations.entering_plans.see_by_plan": "opens the sight of a plan: part of bringing it in",
    "isp.escalations.disputing.enter": "a dispute that began elsewhere: part of bringing its case in",
    "isp.escalations.certificates.follow": "a certificate beside its decision: part of the deeds of disputes",
    "isp.escalations.certificates.sight_to": "the sight that goes with the last day to appeal: part of these",
    "isp.escalations.letters.sent.follow": "the day of a notice beside what it tells: part of its service",
    "isp.escalations.upkeep.ceasing.noticed": "the same of the decision that a plan ceases",
    "isp.escalations.upkeep.ceasing.certified": "the same of the decision that a plan ceases",
    "isp.escalations.disputing.note_appeal": "part of recording an appeal",
    "isp.escalations.disputing.note_appeal_closed": "part of closing one",
    "isp.escalations.trail": "the steps and events of a deed",
    "isp.escalations.advice_parts": "a version of advice, and its request's row: parts of the deeds about it",
    "isp.escalations.work.finding.mark": "names marked for the front door, by whoever changes them",
    "isp.escalations.covering": "a cover's ties: part of recording an absence, and of giving a case",
    "isp.escalations.sight": "opens and ends an authority's ties",
    "isp.escalations.keeping.keep": "what is due in a case, kept by whoever changes it",
    "isp.escalations.upkeep.orders.put_right": "part of correcting a day of a dispute",
    "isp.escalations.upkeep.orders.follow": "part of recording how a dispute ended, which tells it",
    "isp.escalations.upkeep.ceasing.go_on": "an end is dropped, by a deed or by a Tribunal's order",
    "isp.escalations.upkeep.ceasing.let_sight_end": "part of a plan's end",
    "isp.escalations.upkeep.doors.change": "a row and its words, for the deeds about a plan in force",
    "isp.escalations.upkeep.reviewing.insert_review": "the row of a review, for those who open one",
    "isp.exchange.actions.insert_job": "the row of a job, for whoever asks for one",
    "isp.exchange.jobs._Job": "carries out what somebody was allowed to ask for, and asks the gate again",
    "isp.exchange.bringing.bring_in": "asks the gate of whoever calls it within each part",
    "isp.notices.outbox": "claims and settles rows for whoever delivers",
    "isp.plans.cards": "what lists know of a plan, kept by whoever changes what it tells",
    "isp.plans.setting_aside.store": "keeps a hint aside: part of setting it aside, here or in an EHC plan",
    "isp.plans.uses.note": "says of items being written that they came out of a bank",
    "isp.people.actions.accounts.cancel_invitations": "part of inviting, closing, choosing a password",
    "isp.people.sessions": "begins and ends sessions for those who sign in, or close an account",
    "isp.records.drafts": "a document of any kind: its own room knows who may",
    "isp.records.saves": "the same",
    "isp.records.versions": "the same",
    "isp.register.actions.families.move_authority": "one tie ends and one opens, for a page or a file",
    "isp.register.imports.pupils_in.Classes": "makes the classes that a file of pupils names",
    "isp.register.imports.running._Held": "carries a staged file out, for apply",
    "isp.register.imports.staging.mark_applied": "the same",
    "isp.register.rows": "writes the rows of pupils and enrolments, for a page or a file",
}

# Nobody's right is asked for here.
UNASKED = {
    "isp.ehcp.budgets.keep_missing": "a job: keeps what versions of an earlier release say already",
    "isp.escalations.work.finding.mark_missing": "a job: marks names as they are",
    "isp.escalations.keeping.keep_missing": "a job: works out what follows from rows as they are",
    "isp.exchange.jobs.ask_daily": "a job: has the record checked against the rules of the return",
    "isp.exchange.jobs.run": "a job: takes what was asked for; the gate is asked for whoever did",
    "isp.cli.posting.outbox": "the operator's: has what was given up tried again",
    "isp.cli.posting.sign_in_code": "the operator's: the code goes to the account's own address alone",
    "isp.notices.counting.retry": "the operator's; recorded on the installation's chain",
    "isp.cli.keeping.replace_root": "the operator's: wraps keys anew, and opens nothing",
    "isp.access.recipients.recipient": "makes the code that somebody was allowed to ask for",
    "isp.notices.actions.mark_read": "one's own messages",
    "isp.notices.actions.remind": "a job: whether she still may be told is checked when it is sent",
    "isp.documents.waiting.purge": "a job: files that nobody matched, after their day",
    "isp.notices.actions.tell": "writes who is told; whether she still may is checked when it is sent",
    "isp.notices.choices.choose": "how one is told oneself",
    "isp.notices.delivering.Delivery.run": "a job: whether she still may be told is asked of each",
    "isp.people.sessions.end_lapsed": "a job: marks sessions as ended that open nothing any more",
    "isp.people.sessions.look_up": "notes, once a minute, that a session is used",
    "isp.people.signing.change_password": "one's own account, by the password that opens it",
    "isp.people.signing.end_other_sessions": "one's own sessions",
    "isp.people.signing.end_session": "the same",
    "isp.people.signing.open_session": "a proof is asked for, and only a proof opens a session",
    "isp.people.signing.sign_out": "one's own session",
    "isp.people.signing.take_invitation": "whoever has the code is the person invited",
    "isp.people.throttle.count": "counts tries, whoever makes them",
    "isp.people.throttle.forget": "the same",
    "isp.people.throttle.remember_network": "the same",
    "isp.people.throttle.sweep": "a job: counts that count no more",
    "isp.register.imports.staging.purge": "a job: files that were only looked at, after their day",
}

# What is written here is nobody's deed, or is told by the event of what it is part of.
UNTOLD = {
    "isp.ehcp.budgets.keep_missing": "the same: it follows from the words of a version",
    "isp.escalations.work.finding.mark_missing": "the same: marks follow from names",
    "isp.escalations.keeping.keep_missing": "changes nothing that is not told by the rows already",
    "isp.exchange.jobs.ask_daily": "the row says it was asked for; what a check finds, the record tells",
    "isp.exchange.jobs.run": "how far it is stands on the row; what was made is recorded where it is stored",
    "isp.notices.actions.mark_read": "the row says when it was read, to its reader alone",
    "isp.notices.actions.remind": "a reminder changes nothing; the row says that it was made",
    "isp.documents.waiting.purge": "that a file came is told; that it goes after a day is the rule",
    "isp.notices.actions.tell": "goes with a deed, which is recorded in the same unit",
    "isp.notices.delivering.Delivery.run": "the row says when and whether it went",
    "isp.people.sessions.end_lapsed": "marks what lapsed by itself",
    "isp.people.sessions.look_up": "when a session was last used is kept with the session",
    "isp.people.throttle.count": "a count of tries, gone after a while; too many are told by sign_in",
    "isp.people.throttle.forget": "the same",
    "isp.people.throttle.remember_network": "the same",
    "isp.people.throttle.sweep": "the same",
    "isp.register.imports.staging.purge": "that a file came is told; that it goes after a day is the rule",
}


@cache
def project() -> Project:
    kept = (source for source in sources("isp") if source.path.parts[1] not in BENEATH)
    return Project(kept, UNASKED, UNTOLD)


def breaches(found: Project, parts: dict[str, str]) -> Iterator[str]:
    """Each function that writes unasked, or leaves untold what it wrote."""
    for name, _, function in found.functions():
        if function.name.startswith("_") and "._" not in name.rpartition(".")[0]:
            continue  # Nobody calls it but its own file, where its callers are looked at.
        if name in parts or name.rpartition(".")[0] in parts:
            continue
        done = found.findings(name)
        if done.early and not is_given_a_decision(function):
            yield f"{name} writes before the gate let it: {done.early}"
        if done.leaves_dirty:
            yield f"{name} leaves what it wrote unrecorded: {done.leaves_dirty}"


def test_whoever_writes_has_been_allowed_and_records_it():
    assert list(breaches(project(), PARTS)) == []


def test_enough_is_seen_to_write():
    """That the walk follows calls at all: most of what is found writes through another function."""
    writing = [name for name, _, _ in project().functions() if project().findings(name).writes]
    assert len(writing) > 150
    for name in (
        "plans.actions.publish",
        "escalations.actions.decide",
        "register.actions.families.add_guardian",
    ):
        assert f"isp.{name}" in writing


def test_no_exception_is_for_what_is_gone_or_needs_none():
    # Read without exceptions: one that is needed because of another one is still needed.
    bare = Project(source for source in sources("isp") if source.path.parts[1] not in BENEATH)
    found = {name: bare.findings(name) for name, _, _ in bare.functions()}
    writing = {name for name, done in found.items() if done.writes}
    writing |= {name.rpartition(".")[0] for name in writing}
    assert sorted(set(PARTS) - writing) == []
    assert sorted(name for name in UNASKED if not (name in found and found[name].early)) == []
    assert sorted(name for name in UNTOLD if not (name in found and found[name].leaves_dirty)) == []


def test_a_decision_comes_from_the_gate_alone():
    """A function that is given one counts as allowed: so nothing else may make one."""
    assert [at for source in sources("isp") for at in makes_a_decision(source)] == []


def makes_a_decision(source: Source) -> Iterator[str]:
    if source.path.as_posix() == "isp/access/gate.py":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and chain(node.func)[-1] == "Decision":
            yield f"{source.path}:{node.lineno} makes a Decision"


# -- that it can fail ---------------------------------------------------------------------------------------

BEGINNING = """
from sqlalchemy import update
from sqlalchemy.dialects import sqlite
from isp.access import gate
from isp.audit import Event
from isp.notices.actions import tell
from isp.plans import parts

def done(unit, decision):
    unit.record(decision, Event.PLAN_ENDED)

def _let(unit, pupil_id):
    return gate.require(unit, 1, pupil_id)

def _wrote(unit):
    unit.change(Plan, {"id": 1}, status="ended")
"""
PLANTED_PART = Source(Path("isp/plans/parts.py"), "def end(unit):\n    unit.insert(Row, id=1)\n")
TELL = Source(Path("isp/notices/actions.py"), "def tell(unit, people):\n    unit.insert(Notice, id=1)\n")


def planted(body: str, given: str = "unit, pupil_id") -> list[str]:
    """What is found of one more function with this body."""
    text = f"{BEGINNING}\ndef deed({given}):\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n"
    made = Source(Path("isp/plans/actions.py"), text)
    told = "isp.notices.actions.tell"
    found = Project([made, PLANTED_PART, TELL], {told}, {told})
    return [one for one in breaches(found, {"isp.plans.parts": ""}) if "actions.deed " in one]


@pytest.mark.parametrize(
    "body",
    [
        "unit.insert(Plan, id=1)\nunit.record(1, Event.X)",
        "unit.change(Plan, {}, id=1)\ngate.require(unit, 1, pupil_id)\nunit.record(1, Event.X)",
        "_wrote(unit)\nunit.record(1, Event.X)",
        "parts.end(unit)\nunit.record(1, Event.X)",
        "unit.connection.execute(update(PLANS).values(a=1))\nunit.record(1, Event.X)",
        "unit.connection.execute(sqlite.insert(PLANS))\nunit.record(1, Event.X)",
        "unit.session.add(Plan())\nunit.record(1, Event.X)",
        "unit.keys.create(1)\nunit.record(1, Event.X)",
        "if pupil_id:\n    gate.require(unit, 1, pupil_id)\n_wrote(unit)\nunit.record(1, Event.X)",
        "for one in pupil_id:\n    gate.require(unit, 1, one)\n_wrote(unit)\nunit.record(1, Event.X)",
        "allowed = pupil_id or _let(unit, 1)\n_wrote(unit)\nunit.record(1, Event.X)",
        "try:\n    _let(unit, 1)\nexcept NotFound:\n    pass\n_wrote(unit)\nunit.record(1, Event.X)",
        "[_let(unit, one) for one in pupil_id]\n_wrote(unit)\nunit.record(1, Event.X)",
    ],
)
def test_a_write_before_the_gate_is_seen(body):
    (said,) = planted(body)
    assert "before the gate" in said


@pytest.mark.parametrize(
    "body",
    [
        "_let(unit, 1)\n_wrote(unit)",
        "_let(unit, 1)\nunit.record(1, Event.X)\n_wrote(unit)",
        "_let(unit, 1)\n_wrote(unit)\nif pupil_id:\n    return 1\ndone(unit, 1)",
        "_let(unit, 1)\nif pupil_id:\n    parts.end(unit)",
        "_let(unit, 1)\nfor one in pupil_id:\n    parts.end(unit)",
        "_let(unit, 1)\ntell(unit, [])\nparts.end(unit)\ntell(unit, [])",
        "def within():\n    parts.end(unit)\n_let(unit, 1)\nwithin()",
    ],
)
def test_a_write_that_nobody_is_told_of_is_seen(body):
    assert any("unrecorded" in said for said in planted(body))


@pytest.mark.parametrize(
    ("body", "given"),
    [
        ("_let(unit, 1)\n_wrote(unit)\ndone(unit, 1)\ntell(unit, [])", "unit"),
        (
            "if a:\n    raise Gone\n_let(unit, 1)\nwhile a:\n    parts.end(unit)\ndone(unit, 1)",
            "unit, a",
        ),
        ("_wrote(unit)\ndone(unit, decision)", "unit, decision: gate.Decision"),
        ("_wrote(unit)\ndone(unit, grounds)", "unit, grounds"),
        (
            "if a:\n    may = _let(unit, 1)\nelse:\n    raise NotFound\n_wrote(unit)\ndone(unit, may)",
            "unit, a",
        ),
        ("_let(unit, 1)\nif a:\n    _wrote(unit)\nif a:\n    done(unit, 1)", "unit, a"),
        ("return _let(unit, 1)", "unit"),
    ],
)
def test_a_deed_as_the_house_does_it_passes(body, given):
    assert planted(body, given) == []


def test_a_decision_made_by_hand_is_seen():
    made = "from isp.access import gate\nx = gate.Decision('plan.write', 'senco')"
    assert list(makes_a_decision(Source(Path("isp/plans/actions.py"), made)))
