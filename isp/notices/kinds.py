"""The kinds of message: what happened in words that name no child, and how each is told."""

from __future__ import annotations

from collections.abc import Mapping

KINDS: dict[str, str] = {
    "plan_shared": "A new version of a support plan has been shared with you.",
    "plan_ended": "A support plan has ended.",
    "assessment_requested": "An EHC needs assessment has been requested.",
    "assessment_decided": "A decision has been made on a request for an EHC needs assessment.",
    "evidence_released": "A school has released more to read in a case.",
    "assessment_dates_changed": "A date of a request for an EHC needs assessment has been put right.",
    "case_moved_on": "Something has happened in a case about an EHC needs assessment. Sign in to see what.",
    "draft_plan_sent": "A draft EHC plan has been sent. Sign in to see by when to say what you think of it.",
    "plan_names_school": "An EHC plan that names your school is on its way to you from the authority.",
    "consulted": "You are asked if a child can be admitted. Sign in to read the draft plan and to answer.",
    "letter_served": "A letter about an EHC needs assessment or plan has been sent. It can be read here too.",
    "ehc_plan_step": "Something has happened with an EHC plan. Sign in to see what.",
    "provision_worry": "Somebody is worried that provision in an EHC plan is not given.",
    "provision_check_due": "A check of whether an EHC plan is carried out is due within a week.",
    "provision_check_overdue": "A check of whether an EHC plan is carried out is overdue.",
    "consultation_due": "Your answer about a draft EHC plan is due within five days.",
    "consultation_overdue": "Your answer about a draft EHC plan is overdue.",
    "setting_silent": "A school or other setting that was asked in a case of yours has not answered in time.",
    "review_papers_due": "The papers for an EHC plan review are to go round within a week.",
    "review_papers_overdue": "The papers for an EHC plan review should have gone round.",
    "review_report_due": "The report of an EHC plan review is due within a week.",
    "review_report_overdue": "The report of an EHC plan review is overdue.",
    "plan_answered": "A family has said whether it agrees with an EHC plan.",
    "ehc_review_list": "The local authority has sent the list of the EHC plan reviews of a term.",
    "out_of_school": "There is news about a child who is out of school or there part time.",
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
    "agreement_asked": "You are asked to agree to sections of an EHC plan for your organisation.",
    "child_died": "A child or young person whose case you work on, or were asked about, has died. "
    "Nothing more is asked of you, and you will not be reminded of anything.",
    "asked_no_longer": "What you were asked for about a child is no longer needed, or a plan that named "
    "your school is no longer in force there.",
    "case_given": "A case has been given to you.",
    "advice_asked": "You are asked for advice for an EHC needs assessment.",
    "advice_due": "Advice that you were asked for is waited for.",
    "advice_soon": "Advice that you were asked for is due within a week.",
    "advice_overdue": "Advice that you were asked for is overdue.",
    "advice_missing": "Advice that was asked for in a case of yours has not come in its six weeks.",
    "advice_sent_back": "Advice that you gave has come back to be completed.",
    "advice_over": "Advice that you were asked for is no longer needed, or has been accepted.",
    "advice_in": "Advice for a case of yours is in, or cannot be given.",
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
    "assessment_dates_changed": "The council has put right the day on which it got the request.",
    "advice_asked": "The council asks you what support is needed.",
    "advice_due": "The council is waiting for what you want to say about the support that is needed.",
    "advice_soon": "The council asked you what support is needed. It waits for your answer within a week.",
    "advice_overdue": "The council has not had your answer to what support is needed. You can still send it.",
    "advice_sent_back": "The council asks you to add something to what you wrote.",
    "advice_over": "The council has what it asked you for, or no longer needs it.",
    "case_moved_on": "Something has happened with the council. Sign in to see what.",
    "letter_served": "The council has sent you a letter. You can read it here too.",
    "draft_plan_sent": "The council has sent you the first form of the plan. You have 15 days to answer.",
    "ehc_plan_step": "Something has happened with the EHC plan.",
    "out_of_school": "There is news about school.",
}
"""The same for families, where the words of KINDS are a school's."""

URGENT = frozenset({"assessment_decided", "draft_plan_sent", "letter_served"})
"""Goes at once and by itself, and as a text message to whoever asked for those: a right runs out."""

ALWAYS = frozenset({"assessment_decided", "draft_plan_sent", "letter_served", "invitation", "sign_in_code"})
"""Mailed whatever somebody chose."""

WITH_A_CODE = frozenset({"invitation", "sign_in_code"})
"""Carries a link that opens an account. The code is made when the mail is, and is kept nowhere else."""


def say(kind: str, *, plainly: bool = False) -> str:
    """What happened, as a sentence; ``plainly``: for a family. Never fails on a kind that has gone."""
    found = PLAINLY.get(kind) if plainly else None
    return found or KINDS.get(kind) or "Something has changed."
