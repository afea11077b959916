"""Whether somebody may still be told of something, asked at the moment of sending; ``notices`` is told of it.

A message waits, and meanwhile a teacher leaves, a restriction is made, an account is closed: so who may be
told is not what was true when the message was made. The gate decides as it would if she opened the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.access.policy import GRID, Permission
from isp.access.standing import towards_one
from isp.audit import Grounds, Unit
from isp.kernel.db import table_of
from isp.notices.choices import choices_of
from isp.notices.delivering import Addressed, Withheld
from isp.notices.kinds import ALWAYS, WITH_A_CODE
from isp.notices.outbox import TEXT, Waiting
from isp.people import actions as people
from isp.people import directory
from isp.people.holding import MEMBERSHIPS, held
from isp.people.models import Account

ACCOUNTS = table_of(Account)
PATH = "/messages"
BY_MAIL = Grounds(rule="asked-to-be-mailed")
"""Who asked is on the trail beside it (``Event.CODE_ASKED_FOR``)."""
NEEDS: Mapping[str, Permission] = {
    "plan_shared": Permission.PLAN_READ,
    "plan_ended": Permission.PLAN_READ,
    "countersign_asked": Permission.PLAN_COUNTERSIGN,
    "countersign_given": Permission.DRAFT_READ,
    "countersign_refused": Permission.DRAFT_READ,
    "section_given": Permission.DRAFT_WRITE,
    "section_due": Permission.DRAFT_WRITE,
    "section_taken_back": Permission.DRAFT_WRITE,
    "section_done": Permission.SECTION_GIVE,
    "questions_asked": Permission.ANSWERS_WRITE,
    "questions_due": Permission.ANSWERS_WRITE,
    "questions_answered": Permission.QUESTIONS_ASK,
    "document_sent": Permission.DOCUMENT_READ,
    "review_invited": Permission.REVIEW_READ,
    "review_moved": Permission.REVIEW_READ,
    "review_cancelled": Permission.REVIEW_READ,
    "review_due": Permission.REVIEW_WRITE,
    "review_overdue": Permission.REVIEW_WRITE,
    "review_closed": Permission.REVIEW_READ,
    "assessment_requested": Permission.ASSESSMENT_READ,
    "assessment_decided": Permission.ASSESSMENT_READ,
    "evidence_released": Permission.ASSESSMENT_READ,
    "assessment_dates_changed": Permission.ASSESSMENT_READ,
    "case_moved_on": Permission.ASSESSMENT_READ,
    "consulted": Permission.CONSULTATION_ANSWER,
    "consultation_due": Permission.CONSULTATION_ANSWER,
    "consultation_overdue": Permission.CONSULTATION_ANSWER,
    "setting_silent": Permission.ASSESSMENT_READ,
    "draft_plan_sent": Permission.ASSESSMENT_READ,
    "case_given": Permission.ASSESSMENT_READ,
    "advice_asked": Permission.ADVICE_GIVE,
    "advice_due": Permission.ADVICE_GIVE,
    "advice_soon": Permission.ADVICE_GIVE,
    "advice_overdue": Permission.ADVICE_GIVE,
    "advice_missing": Permission.ADVICE_READ,
    "advice_sent_back": Permission.ADVICE_GIVE,
    "advice_in": Permission.ADVICE_READ,
    "letter_served": Permission.LETTER_READ,
    "ehc_plan_step": Permission.EHC_REVIEW_READ,
    "agreement_asked": Permission.EHCP_SIGN,
    "provision_worry": Permission.EHCP_CHECK,
    "provision_check_due": Permission.EHCP_CHECK,
    "provision_check_overdue": Permission.EHCP_CHECK,
    "review_papers_due": Permission.EHC_REVIEW_WRITE,
    "review_papers_overdue": Permission.EHC_REVIEW_WRITE,
    "review_report_due": Permission.EHC_REVIEW_WRITE,
    "review_report_overdue": Permission.EHC_REVIEW_WRITE,
    "plan_answered": Permission.EHCP_AGREEMENTS_READ,
    "out_of_school": Permission.OUT_OF_SCHOOL_READ,
}
"""What somebody must still be allowed in order to be told of it; of other kinds: to see the pupil at all."""


def recipient(unit: Unit, notice: Waiting, channel: str) -> Addressed | Withheld:
    """The answer for one notice: see ``isp.notices.delivering.Recipients``."""
    if notice.read_at is not None and notice.kind not in WITH_A_CODE:
        return Withheld("read")
    account = unit.connection.execute(
        select(ACCOUNTS).where(ACCOUNTS.c.person_id == notice.person_id)
    ).first()
    if account is not None and account.closed_at is not None:
        return Withheld("account_closed")
    if (account is None or account.password_hash is None) and notice.kind not in WITH_A_CODE:
        return Withheld("no_account")
    if notice.pupil_id is not None and not may_be_told(unit, notice.person_id, notice.kind, notice.pupil_id):
        return Withheld("not_entitled")
    chosen = choices_of(unit, notice.person_id)
    if channel == TEXT:
        return Addressed(chosen.number, PATH) if chosen.number else Withheld("not_wanted")
    if notice.kind in chosen.no_mail and notice.kind not in ALWAYS:
        return Withheld("not_wanted")
    address = directory.detail(unit, notice.person_id).get("email")
    if not address:
        return Withheld("no_address")
    if notice.kind in WITH_A_CODE:
        return _with_a_code(unit, notice, account, address)
    return Addressed(address, PATH, plainly=not _has_a_role(unit, notice.person_id))


def may_be_told(unit: Unit, person_id: UUID, kind: str, pupil_id: UUID) -> bool:
    """Whether the gate would let this person see what a message of this kind is about."""
    asked = {"person": person_id, "pupil": pupil_id, "today": unit.today}
    allowed = GRID[NEEDS.get(kind, Permission.PUPIL_READ)]
    return any(row.standing in allowed for row in towards_one.all(unit.connection, asked))


def _has_a_role(unit: Unit, person_id: UUID) -> bool:
    query = select(MEMBERSHIPS.c.id).where(MEMBERSHIPS.c.person_id == person_id, held(unit.today))
    return unit.connection.scalar(query.limit(1)) is not None


def _with_a_code(unit: Unit, notice: Waiting, account: Any, address: str) -> Addressed | Withheld:
    """A code made now and kept nowhere but in the mail; the one made for an earlier try stops working."""
    in_use = account is not None and account.password_hash is not None
    purpose = people.RESET if in_use else people.ACCOUNT
    if notice.kind == "invitation" and purpose == people.RESET:
        return Withheld("has_account")
    made = people.invite(unit, BY_MAIL, notice.person_id, purpose)
    return Addressed(address, f"/invitation/{made.code}")
