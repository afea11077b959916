"""An officer says when a child changes phase, where the year group does not say it."""

from __future__ import annotations

from uuid import UUID

from isp.access.policy import Permission
from isp.audit import Unit
from isp.ehcp.models import StatutoryPlan
from isp.ehcp.steps import StepCode
from isp.escalations import upkeep_clock as clock
from isp.escalations.upkeep import doors, rules
from isp.kernel.errors import Invalid

NONE = "none"


def set_phase(unit: Unit, plan_id: UUID, *, kind: str, year: int, shown: int | None = None) -> None:
    """The child changes phase in the September of ``year``, or (``none``) does not. By the authority."""
    plan, may = doors.allowed_plan(unit, plan_id, Permission.EHC_REVIEW_DECIDE, lock=True)
    doors.check_shown(plan, shown)
    rules.check_in_force(plan)
    errors: dict[str, str] = {}
    if kind not in (clock.POST_16, clock.OTHER_PHASE, NONE):
        errors["kind"] = "Choose whether the child changes phase."
    if not unit.today.year - 1 <= year <= unit.today.year + 15:
        errors["year"] = "Give a year from last year on, within fifteen years."
    if errors:
        raise Invalid(rules.LOOK, errors)
    phase = None if kind == NONE else kind
    doors.change(unit, StatutoryPlan, plan, phase_transfer=phase, phase_transfer_year=year)
    words = {"kind": kind, "year": year}
    doors.note(unit, may, plan, StepCode.PHASE_SET, unit.today, words=words)
