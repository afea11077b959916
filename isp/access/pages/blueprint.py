"""The blueprint that these pages share, and what several of them need."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint

from isp.access import gate
from isp.access.policy import OrganisationPermission
from isp.audit import Unit

pages = Blueprint("office", __name__)


def may(unit: Unit, permission: OrganisationPermission, organisation_id: UUID) -> bool:
    """Whether to show a link or a button; the deed itself asks the gate."""
    return organisation_id in gate.organisations_where(unit, permission)
