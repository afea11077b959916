"""The kinds of message: what happened in words that name no child, and how each is told."""

from __future__ import annotations

from collections.abc import Mapping

KINDS: dict[str, str] = {
    "plan_shared": "A new version of a support plan has been shared with you.",
    "plan_ended": "A support plan has ended.",
    "assessment_requested": "An EHC needs assessment has been requested.",
    "assessment_decided": "A decision has been made on a request for an EHC needs assessment.",
    "review_invited": "You are asked to a review meeting. Sign in to see when and where, and to answer.",
    "review_moved": "A review meeting has been moved. Sign in to see when and where it is.",
    "review_cancelled": "A review meeting will not take place.",
    "review_due": "A review that you lead is due within a week.",
    "review_overdue": "A review that you lead is overdue.",
    "review_closed": "A review has been finished, and its report can be read.",
    "document_sent": "A family or an adviser has sent a document.",
    "section_given": "You are asked to write a section of a support plan.",
    "section_due": "A section of a support plan that you were asked to write is due.",
    "section_done": "A section of a support plan that you gave to a colleague is finished.",
    "section_taken_back": "A section of a support plan that was with you has been taken back.",
    "questions_asked": "You are asked how a pupil is getting on: a few short questions.",
    "questions_due": "Questions about a pupil are waiting for your answers.",
    "questions_answered": "A teacher has finished answering your questions about a pupil.",
    "case_given": "A case has been given to you.",
    "work_given": "A colleague's work has been handed over to you.",
    "countersign_asked": "You have been asked to countersign a support plan.",
    "countersign_given": "A support plan you asked about has been countersigned.",
    "countersign_refused": "A support plan you asked about was not countersigned: changes are asked for.",
    "invitation": "You have been invited to sign in.",
    "sign_in_code": "You can choose a new password.",
}
"""What kind of thing happened. A kind must stand here before anybody can be told of it."""

PLAINLY: Mapping[str, str] = {
    "plan_shared": "The plan has changed, and you can read it.",
    "plan_ended": "The plan has come to an end.",
    "review_invited": "The school asks you to a meeting about the plan.",
    "review_moved": "The meeting about the plan has another day or place.",
    "review_cancelled": "The meeting about the plan will not take place.",
    "review_closed": "The meeting about the plan is finished, and you can read what was said and decided.",
    "assessment_requested": "The council has been asked to find out what support is needed.",
    "assessment_decided": "The council has given its answer.",
}
"""The same for families, where the words of KINDS are a school's."""

URGENT = frozenset({"assessment_decided"})
"""Goes at once and by itself, and as a text message to whoever asked for those: a right runs out."""

ALWAYS = frozenset({"assessment_decided", "invitation", "sign_in_code"})
"""Mailed whatever somebody chose."""

WITH_A_CODE = frozenset({"invitation", "sign_in_code"})
"""Carries a link that opens an account. The code is made when the mail is, and is kept nowhere else."""


def say(kind: str, *, plainly: bool = False) -> str:
    """What happened, as a sentence; ``plainly``: for a family. Never fails on a kind that has gone."""
    found = PLAINLY.get(kind) if plainly else None
    return found or KINDS.get(kind) or "Something has changed."
