"""Every limit of the clock's table runs in the program: something there begins it, and a deed ends it.

A limit that can only be worked out on its page (/dates) is a date about nobody: the law wants it kept. So
each stands below with where its date is made for a case, and with the deed that fulfils it or uses it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import pytest

from isp.escalations.deadlines import Act
from tests.guards.test_deeds import project
from tests.guards.tree import Source, sources

E, U = "isp.escalations", "isp.escalations.upkeep"
# Where limits are laid out and counted, and the page that works out any of them for anybody.
ABOUT_NOBODY = ("isp.escalations.deadlines", "isp.escalations.pages.dates")


@dataclass(frozen=True)
class Run:
    """``begins``: the function or table that names the act for a case; ``ends``: deeds, any of them."""

    begins: str
    ends: tuple[str, ...]


def run(begins: str, *ends: str) -> Run:
    return Run(begins, ends)


COUNTED_ELSEWHERE: Mapping[Act, str] = {
    Act.APPEAL: "appeal_due",
    Act.APPEAL_CERTIFICATE: "appeal_due",
    Act.NOTICE_OF_MOVE: "transfer_due",
    Act.REVIEW_AFTER_TRANSFER: "review_after_transfer_due",
    Act.AGE: "age_due",
}
"""Limits with a count of their own: whoever begins them calls it by this name."""

ASSESSED = (f"{E}.assessing.decide_plan",)
DRAFTED = (f"{E}.drafting.send_draft",)
ISSUED = (f"{E}.drafting.issue",)
DONE = (f"{U}.orders.done", f"{E}.disputing.order_done")
TOLD = (f"{E}.assessing.tell_begun",)

RUNS: Mapping[Act, Run] = {
    # From a request to a final plan
    Act.CONSULT: run(f"{E}.alongside.of_notice", f"{E}.letters.actions.serve"),
    Act.DECIDE: run(f"{E}.stages.standpoint", f"{E}.actions.decide"),
    Act.SEEK_ADVICE: run(f"{E}.advice_queries.gathered", f"{E}.advice.ask", f"{E}.advice.let_suffice"),
    Act.ADVICE: run(f"{E}.advice.ask", f"{E}.advice_in.hand_in", f"{E}.advice_in.file_received"),
    Act.NO_PLAN: run(f"{E}.course._FIRST", *ASSESSED),
    Act.DRAFT_PLAN: run(f"{E}.course._FIRST", *DRAFTED),
    Act.REPRESENT: run(f"{E}.course.to_answer", f"{E}.drafting.answer_draft"),
    Act.SETTING_ANSWERS: run(
        f"{E}.consulting.consult", f"{E}.consulting.answer", f"{E}.consulting.file_answer"
    ),
    Act.FINAL_PLAN: run(f"{E}.course._FIRST", *ISSUED),
    Act.ADMIT: run(f"{E}.alongside.of_admission", f"{U}.placing.start"),
    Act.SECURE: run(f"{E}.alongside.of_provision", "isp.ehcp.checks.close_check"),
    # Mediation and appeal
    Act.CONTACT_ADVISER: run(f"{E}.timeline._after_refusal", f"{E}.disputing.open_dispute"),
    Act.CERTIFICATE_UNWANTED: run(f"{E}.beside._to_the_certificate", f"{E}.disputing.certificate"),
    Act.TELL_HEALTH: run(f"{E}.alongside.of_health", f"{E}.disputing.health_told"),
    Act.MEDIATE: run(f"{E}.beside._to_the_certificate", f"{E}.disputing.held"),
    Act.CERTIFICATE_NOT_HELD: run(f"{E}.beside._to_the_certificate", f"{E}.disputing.certificate"),
    Act.CERTIFICATE_HELD: run(f"{E}.beside._to_the_certificate", f"{E}.disputing.certificate"),
    Act.AGREEMENT: run(f"{E}.disputes._ORDERS", *DONE),
    Act.APPEAL: run(f"{E}.stages.appeal_limit", f"{E}.actions.record_appeal", f"{E}.disputing.open_dispute"),
    Act.APPEAL_CERTIFICATE: run(f"{E}.disputes.appeal_limit", f"{E}.disputing.open_dispute"),
    Act.RESPOND: run(f"{E}.beside.of_dispute", f"{E}.letters.actions.serve", f"{E}.disputing.hearing"),
    Act.ANSWER_RECOMMENDATION: run(f"{U}.orders.ORDERS", *DONE),
    # Orders, and giving way
    Act.TELL_ASSESSING: run(f"{E}.course._ORDERED", *TOLD),
    Act.ORDER_NO_PLAN: run(f"{E}.course._ORDERED", *ASSESSED),
    Act.ORDER_ASSESS_FINAL: run(f"{E}.course._ORDERED", *ISSUED),
    Act.ORDER_DRAFT: run(f"{E}.course._ORDERED", *DRAFTED),
    Act.ORDER_FINAL: run(f"{E}.course._ORDERED", *ISSUED),
    Act.ORDER_RECONSIDER: run(f"{E}.course._ORDERED", *ASSESSED, *DONE),
    Act.ORDER_AMEND: run(f"{U}.orders.ORDERS", *DONE),
    Act.ORDER_SETTING: run(f"{U}.orders.ORDERS", *DONE),
    Act.ORDER_CONTINUE: run(f"{U}.orders.ORDERS", f"{E}.disputing.close", f"{U}.orders.record_order"),
    Act.ORDER_CEASE: run(f"{U}.orders.ORDERS", f"{U}.ceasing.end"),
    Act.CONCEDED_TELL: run(f"{E}.course._ORDERED", *TOLD),
    Act.CONCEDED_NO_PLAN: run(f"{E}.course._ORDERED", *ASSESSED),
    Act.CONCEDED_ASSESS_FINAL: run(f"{E}.course._ORDERED", *ISSUED),
    Act.CONCEDED_DRAFT: run(f"{E}.course._ORDERED", *DRAFTED),
    Act.CONCEDED_FINAL: run(f"{E}.course._ORDERED", *ISSUED),
    Act.CONCEDED_AMEND: run(f"{U}.orders.ORDERS", *DONE),
    Act.CONCEDED_SETTING: run(f"{U}.orders.ORDERS", *DONE),
    # Review and amendment
    Act.REVIEW: run(f"{E}.duties._review", f"{U}.reviewing.decide"),
    Act.REVIEW_UNDER_FIVE: run(f"{E}.upkeep_clock.suggested", f"{U}.reviewing.decide"),
    Act.INVITE: run(f"{E}.upkeep_clock._step", f"{U}.reviewing.invite"),
    Act.CIRCULATE: run(f"{E}.upkeep_clock._step", f"{U}.reviewing.send_papers"),
    Act.REPORT: run(f"{E}.upkeep_clock._step", f"{U}.reviewing.send_report"),
    Act.REVIEW_DECISION: run(f"{E}.upkeep_clock._step", f"{U}.reviewing.decide"),
    Act.AMENDMENT_NOTICE: run(f"{E}.upkeep_clock._amending", f"{U}.amending.send_notice"),
    Act.REPRESENT_AMENDMENT: run(f"{U}.plainly._review", f"{U}.amending.send_amended"),
    Act.AMENDED_PLAN: run(f"{E}.upkeep_clock._amending", f"{U}.amending.send_amended"),
    Act.NOT_AMENDED: run(f"{U}.amending.leave_as_it_is", f"{U}.amending.leave_as_it_is"),
    Act.PHASE_POST_16: run(f"{E}.upkeep_clock.phase_due", f"{U}.amending.send_amended"),
    Act.PHASE: run(f"{E}.upkeep_clock.phase_due", f"{U}.amending.send_amended"),
    Act.POST_16_MOVE: run(f"{E}.beside.of_college", f"{U}.moving.record_named"),
    # Assessing again, moving, ending
    Act.REASSESS: run(f"{E}.beside.of_reassessment", f"{U}.reassessing.decide"),
    Act.REASSESSED_PLAN: run(f"{E}.course._AGAIN", *ISSUED),
    Act.TRANSFER: run(f"{E}.beside.of_move", f"{U}.transferring.hand_over"),
    Act.NOTICE_OF_MOVE: run(f"{U}.transferring.announce", f"{U}.transferring.announce"),
    Act.TELL_AFTER_TRANSFER: run(f"{E}.beside.of_move", f"{U}.transferring.tell_family"),
    Act.REVIEW_AFTER_TRANSFER: run(f"{E}.upkeep_clock.review_due", f"{U}.reviewing.decide"),
    Act.HEALTH_BODY: run(f"{E}.beside.of_health", f"{U}.moving.record_told"),
    Act.AGE: run(f"{E}.ages.kept_until", f"{U}.ceasing.end"),
}


@cache
def modules() -> dict[str, Source]:
    return {one.module: one for one in sources("isp")}


def node_of(name: str) -> ast.AST | None:
    """A function or a table at the top of a module, by its dotted name; None where there is none."""
    module, _, own = name.rpartition(".")
    found = modules().get(module)
    for node in found.tree.body if found is not None else ():
        if isinstance(node, ast.FunctionDef) and node.name == own:
            return node
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AnnAssign) and any(
            isinstance(one, ast.Name) and one.id == own for one in targets
        ):
            return node
    return None


def says(node: ast.AST, act: Act) -> bool:
    """Whether it names the act, or calls what counts it."""
    counts = COUNTED_ELSEWHERE.get(act)
    return any(
        isinstance(one, ast.Attribute)
        and ((isinstance(one.value, ast.Name) and one.value.id == "Act" and one.attr == act.name)
        or (counts is not None and one.attr == counts))
        for one in ast.walk(node)
    )  # fmt: skip


@cache
def names_used() -> dict[str, set[str]]:
    """By name, where in the running program it is mentioned (other than where it is made)."""
    found: dict[str, set[str]] = {}
    for module, source in modules().items():
        if module.startswith(ABOUT_NOBODY):
            continue
        for top in source.tree.body:
            made = getattr(top, "name", "")
            for one in ast.walk(top):
                name = (
                    one.attr
                    if isinstance(one, ast.Attribute)
                    else one.id
                    if isinstance(one, ast.Name)
                    else ""
                )
                loads = isinstance(getattr(one, "ctx", None), ast.Load)
                if name and loads and name != made:
                    found.setdefault(name, set()).add(module)
    return found


def complaints(runs: Mapping[Act, Run]) -> Iterator[str]:
    """What is wrong with a list of where each limit begins and ends."""
    for act in Act:
        one = runs.get(act)
        if one is None:
            yield f"{act.value}: nobody says where it runs"
            continue
        node = node_of(one.begins)
        if node is None:
            yield f"{act.value}: there is no {one.begins}"
        elif one.begins.startswith(ABOUT_NOBODY):
            yield f"{act.value}: {one.begins} is about nobody"
        elif not says(node, act):
            yield f"{act.value}: {one.begins} does not name it"
        elif not names_used().get(one.begins.rpartition(".")[2]):
            yield f"{act.value}: nobody uses {one.begins}"
        if not one.ends:
            yield f"{act.value}: no deed ends it"
        for deed in one.ends:
            if not isinstance(node_of(deed), ast.FunctionDef):
                yield f"{act.value}: there is no {deed}"
            elif not project().findings(deed).writes:
                yield f"{act.value}: {deed} is no deed: it writes nothing"


def test_every_limit_begins_and_ends_somewhere_in_the_running_program() -> None:
    assert list(complaints(RUNS)) == []


@pytest.mark.parametrize(
    ("act", "wrong", "said"),
    [
        (Act.CONSULT, None, "nobody says where it runs"),
        (Act.CONSULT, run(f"{E}.alongside.of_nothing", f"{E}.actions.decide"), "there is no"),
        (Act.CONSULT, run(f"{E}.alongside.of_age", f"{E}.actions.decide"), "does not name it"),
        (Act.CONSULT, run(f"{E}.pages.dates.dates", f"{E}.actions.decide"), "is about nobody"),
        (Act.CONSULT, run(f"{E}.alongside.of_notice"), "no deed ends it"),
        (Act.CONSULT, run(f"{E}.alongside.of_notice", f"{E}.alongside.of_age"), "is no deed"),
        (Act.CONSULT, run(f"{E}.alongside.of_notice", f"{E}.actions.undo"), "there is no"),
        (Act.AGE, run(f"{E}.ages.turns_last", f"{U}.ceasing.end"), "does not name it"),
    ],
)
def test_a_limit_that_runs_nowhere_is_found_out(act: Act, wrong: Run | None, said: str) -> None:
    runs = {**RUNS, act: wrong} if wrong else {one: there for one, there in RUNS.items() if one is not act}
    (found,) = complaints(runs)
    assert found.startswith(act.value)
    assert said in found
