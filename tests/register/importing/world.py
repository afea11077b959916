"""A plain register to import into, and the carrying out of a plan on it, in memory."""

from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from isp.register.importing.mapping import Kind, guess, is_known
from isp.register.importing.plan_pupils import plan_pupils
from isp.register.importing.pupil_plan import PupilOnRecord, PupilPlan
from isp.register.importing.pupils import PupilRow, read_pupils
from isp.register.importing.reading import read

TODAY = date(2026, 11, 22)
FIELDS = [each.name for each in fields(PupilOnRecord) if each.name != "pupil_id"]


@dataclass
class World:
    """A school's pupils, and the UPNs of all the other schools' pupils."""

    pupils: list[PupilOnRecord] = field(default_factory=list)
    elsewhere: frozenset[str] = frozenset()

    def plan(self, text: str | bytes, **options) -> PupilPlan:
        sheet = read(text.encode() if isinstance(text, str) else text, known=is_known)
        parsed = read_pupils(
            sheet, guess(Kind.PUPILS, sheet.headers), today=TODAY, authorities={"383": "Leeds"}
        )
        return plan_pupils(parsed, self.pupils, today=TODAY, upns_elsewhere=self.elsewhere, **options)

    def apply(self, plan: PupilPlan) -> None:
        assert plan.applicable
        by_id = {pupil.pupil_id: pupil for pupil in self.pupils}
        for new in plan.create:
            pupil = on_record(new.row)
            by_id[pupil.pupil_id] = pupil
        for update in plan.update:
            changes: dict[str, Any] = {change.field: change.becomes for change in update.changes}
            by_id[update.pupil_id] = replace(by_id[update.pupil_id], **changes)
        for leaving in plan.leave:
            by_id[leaving.pupil_id] = replace(
                by_id[leaving.pupil_id],
                left_on=leaving.on,
                leaving_reason=leaving.reason,
                destination=leaving.destination,
            )
        for back in plan.rejoin:
            by_id[back.pupil_id] = replace(
                by_id[back.pupil_id], left_on=None, leaving_reason=None, destination=None, admitted_on=back.on
            )
        self.pupils = list(by_id.values())

    def bring(self, text: str | bytes, **options) -> PupilPlan:
        plan = self.plan(text, **options)
        self.apply(plan)
        return plan

    def called(self, forename: str) -> PupilOnRecord:
        (pupil,) = (pupil for pupil in self.pupils if pupil.legal_forename == forename)
        return pupil


def on_record(row: PupilRow, pupil_id: UUID | None = None) -> PupilOnRecord:
    return PupilOnRecord(pupil_id or uuid4(), **{name: getattr(row, name) for name in FIELDS})
