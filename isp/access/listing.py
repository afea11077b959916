"""A list of pupils that was looked at: one event, however long the list.

The event says which list, how many, and a salted digest of the ids; the ids lie sealed beside it under the
organisation's key, so that "who has seen this child in a list" can be answered, and by nobody who holds
only the trail.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable
from uuid import UUID

from isp.access.policy import DIGEST, Permission
from isp.access.purposes import purpose_of
from isp.audit import Chain, Event, Grounds, Unit
from isp.kernel.canonical import canonical


def grounds_of(
    role: str,
    organisation_id: UUID | None,
    permission: Permission = Permission.PUPIL_READ,
    *,
    purpose: str | None = None,
) -> Grounds:
    """Why a list was allowed: a role in an organisation, or a standing of the person's own.

    ``purpose``: what it is looked at for, where that does not follow from the role.
    """
    return Grounds(
        role=str(role),
        organisation_id=organisation_id,
        rule=f"{role}:{permission.value}",
        policy=DIGEST,
        purpose=purpose or purpose_of(role),
    )


def record_list(unit: Unit, which: str, pupil_ids: Iterable[UUID], grounds: Grounds) -> None:
    """Remember that the actor was shown these pupils in a list. ``which`` is a code, such as ``caseload``.

    On the organisation's chain where the grounds name one, else (a parent's own children) on the actor's
    own. An empty list is remembered too: that somebody asked, and found nobody.
    """
    listed = [str(one) for one in sorted(set(pupil_ids))]
    salt = os.urandom(16)
    if grounds.organisation_id is not None:
        chain = Chain.organisation(grounds.organisation_id)
    elif unit.actor.person_id is not None:
        chain = Chain.person(unit.actor.person_id)
    else:
        raise ValueError("a list was shown to nobody")
    unit.record(
        grounds,
        Event.LIST_VIEWED,
        chain,
        payload={"salt": salt.hex(), "pupils": listed},
        list=which,
        count=len(listed),
        digest=digest_of(salt, listed),
    )


def digest_of(salt: bytes, listed: list[str]) -> str:
    """HMAC-SHA256 over the sorted ids as canonical JSON (hex): what the event names."""
    return hmac.new(salt, canonical(listed), hashlib.sha256).hexdigest()
