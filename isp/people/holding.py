"""When a role is held: the one rule of dates that the rest of this room shares."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from isp.kernel.db import table_of
from isp.people.models import Membership

MEMBERSHIPS = table_of(Membership)


def held(today: date | ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a membership holds on a day (both days included) and nobody ended it before."""
    return and_(
        MEMBERSHIPS.c.valid_from <= today,
        or_(MEMBERSHIPS.c.valid_to.is_(None), MEMBERSHIPS.c.valid_to >= today),
        MEMBERSHIPS.c.ended_at.is_(None),
    )
