"""Having a code mailed: to the account's own address and nowhere else, so whoever asks never sees it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from isp.audit import Chain, Event, Unit
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict
from isp.notices.actions import tell
from isp.notices.kinds import WITH_A_CODE
from isp.notices.models import Notice
from isp.people.actions.accounts import ACCOUNT, RESET, cancel_invitations, hold_account

NOTICES = table_of(Notice)


def mail_code(
    unit: Unit, grounds: Any, person_id: UUID, *chains: Chain, pupil_id: UUID | None = None
) -> None:
    """Put a mail into the outbox whose link lets this person choose a password, for the first time or anew.

    The code is made when the mail goes out and is kept nowhere; codes made before stop working now.
    ``pupil_id``: the pupil through whom she is invited, so that the mail goes only while she is tied to him.
    Raises Conflict where there is no address, the account is closed, or such a mail is on its way.
    """
    row = hold_account(unit, person_id)
    if _is_on_its_way(unit, person_id):
        raise Conflict("An email with a link is on its way to this person already. Give it a few minutes.")
    purpose = RESET if row.password_hash is not None else ACCOUNT
    cancel_invitations(unit, person_id)
    tell(unit, [person_id], "sign_in_code" if purpose == RESET else "invitation", pupil_id)
    unit.record(
        grounds,
        Event.CODE_ASKED_FOR,
        Chain.person(person_id),
        *chains,
        obj=("person", person_id),
        person=str(person_id),
        purpose=purpose,
    )


def _is_on_its_way(unit: Unit, person_id: UUID) -> bool:
    n = NOTICES.c
    query = select(n.id).where(
        n.person_id == person_id, n.kind.in_(sorted(WITH_A_CODE)), n.next_at.is_not(None)
    )
    return unit.connection.scalar(query.limit(1)) is not None
