"""The SEN2 person-level message as plain data: a header, and persons with all that hangs off them.

Each field says which tag it is; its annotation says how it is written (a date as ccyy-mm-dd, a bool as 0 or
1). Which order the tags have, and which there are at all, is a year's affair (``years``). Codes stay texts.
"""

# ruff: noqa: RUF009 - what _item and _parts give is made anew for each class, as field() is

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cache
from typing import Any


def _item(tag: str, **more: Any) -> Any:
    return field(metadata={"tag": tag}, **({"default": None} | more))


def _part(tag: str) -> Any:
    return field(default=None, metadata={"tag": tag})


def _parts(tag: str) -> Any:
    return field(default_factory=list, metadata={"tag": tag})


@dataclass(slots=True, kw_only=True)
class Header:
    """Who sends what. ``dmo``, ``dco``, ``dsco``: Y in post, N not, R being recruited."""

    year: int = _item("Year")
    reference_date: date | None = _item("ReferenceDate")
    lea: str = _item("LEA")
    serial: int = _item("SerialNo")
    made_at: datetime | None = _item("DateTime")
    software: str = _item("SoftwareCode", default="isp")
    release: str | None = _item("Release")
    dmo: str | None = _item("DMO")
    dco: str | None = _item("DCO")
    dsco: str | None = _item("DSCO")


@dataclass(slots=True, kw_only=True)
class PlanDetail:
    """A setting named in section I of the plan (items 4.7)."""

    urn: str | None = _item("URN")
    ukprn: str | None = _item("UKPRN")
    setting: str | None = _item("SENSetting")
    setting_other: str | None = _item("SENSettingOther")
    rank: int | None = _item("PlacementRank")
    sen_unit: bool | None = _item("SENunitIndicator")
    resourced: bool | None = _item("ResourcedProvisionIndicator")


@dataclass(slots=True, kw_only=True)
class Placement:
    """Where the child in fact is or was (items 5.2, 5.3, 5.7)."""

    urn: str | None = _item("URN")
    ukprn: str | None = _item("UKPRN")
    setting: str | None = _item("SENSetting")
    setting_other: str | None = _item("SENSettingOther")
    rank: int | None = _item("PlacementRank")
    entered_on: date | None = _item("EntryDate")
    left_on: date | None = _item("LeavingDate")
    sen_unit: bool | None = _item("SENunitIndicator")
    resourced: bool | None = _item("ResourcedProvisionIndicator")
    residential: str | None = _item("Res")
    work_based: str | None = _item("WBP")


@dataclass(slots=True, kw_only=True)
class Need:
    """A type of need (items 5.8)."""

    kind: str | None = _item("SENtype")
    rank: int | None = _item("SENtypeRank")


@dataclass(slots=True, kw_only=True)
class NamedPlan:
    """Module 4: the plan."""

    started_on: date | None = _item("StartDate")
    details: list[PlanDetail] = _parts("PlanDetail")
    residential: str | None = _item("PlanRes")
    work_based: str | None = _item("PlanWBP")
    personal_budget: bool | None = _item("PB")
    organised: bool | None = _item("OA")
    direct_payments: str | None = _item("DP")
    ceased_on: date | None = _item("CeaseDate")
    cease_reason: str | None = _item("CeaseReason")


@dataclass(slots=True, kw_only=True)
class Assessment:
    """Module 3: the assessment."""

    outcome: str | None = _item("AssessmentOutcome")
    outcome_on: date | None = _item("AssessmentOutcomeDate")
    mediation: bool | None = _item("AssessmentMediation")
    tribunal: bool | None = _item("AssessmentTribunal")
    other_mediation: bool | None = _item("OtherMediation")
    other_tribunal: bool | None = _item("OtherTribunal")
    excepted: bool | None = _item("Week20")
    plan: NamedPlan | None = _part("NamedPlan")


@dataclass(slots=True, kw_only=True)
class ActivePlan:
    """Module 5: what becomes of the plan."""

    transferred_from: str | None = _item("TransferLA")
    placements: list[Placement] = _parts("PlacementDetail")
    needs: list[Need] = _parts("SENneed")
    meeting_on: date | None = _item("ReviewMeeting")
    review_outcome: str | None = _item("ReviewOutcome")
    review_draft_on: date | None = _item("ReviewDraft")
    phase_due_on: date | None = _item("PhaseTransferDueDate")
    phase_final_on: date | None = _item("PhaseTransferFinalDate")
    decided_on: date | None = _item("LastReview")


@dataclass(slots=True, kw_only=True)
class Request:
    """Module 2, and what follows from it."""

    received_on: date | None = _item("ReceivedDate")
    source: str | None = _item("RequestSource")
    youth_accommodation: bool | None = _item("RYA")
    outcome_on: date | None = _item("RequestOutcomeDate")
    outcome: str | None = _item("RequestOutcome")
    mediation: bool | None = _item("RequestMediation")
    tribunal: bool | None = _item("RequestTribunal")
    exported_to: str | None = _item("Exported")
    assessment: Assessment | None = _part("Assessment")
    active: ActivePlan | None = _part("ActivePlans")

    @property
    def plan(self) -> NamedPlan | None:
        """The plan that came of it."""
        return self.assessment.plan if self.assessment is not None else None


@dataclass(slots=True, kw_only=True)
class Person:
    """Module 1: who it is about."""

    surname: str | None = _item("Surname")
    forename: str | None = _item("Forename")
    born_on: date | None = _item("PersonBirthDate")
    sex: str | None = _item("Sex")
    ethnicity: str | None = _item("Ethnicity")
    postcode: str | None = _item("PostCode")
    upn: str | None = _item("UPN")
    uln: str | None = _item("UniqueLearnerNumber")
    upn_unknown: str | None = _item("UPNunknown")
    requests: list[Request] = _parts("Requests")


ELEMENTS: Mapping[str, type] = {
    "Person": Person,
    "Requests": Request,
    "Assessment": Assessment,
    "NamedPlan": NamedPlan,
    "PlanDetail": PlanDetail,
    "ActivePlans": ActivePlan,
    "PlacementDetail": Placement,
    "SENneed": Need,
}
"""The elements that hold others, by tag."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of one of the classes: its name here, its tag, and how it is written.

    ``kind``: text, date, bool, int, one (an element), many (elements).
    """

    name: str
    tag: str
    kind: str


@cache
def fields_of(element: str) -> tuple[Field, ...]:
    """The fields of an element of ``ELEMENTS``, or of the header."""
    made: type[Any] = Header if element == "Header" else ELEMENTS[element]
    return tuple(Field(one.name, one.metadata["tag"], _kind(str(one.type))) for one in fields(made))


def _kind(annotation: str) -> str:
    if annotation.startswith("list"):
        return "many"
    bare = annotation.removesuffix(" | None")
    return {"str": "text", "date": "date", "bool": "bool", "int": "int", "datetime": "datetime"}.get(
        bare, "one"
    )


@cache
def field_by_tag(element: str) -> Mapping[str, Field]:
    """The fields of an element by tag in small letters: files differ in their capitals."""
    return {one.tag.lower(): one for one in fields_of(element)}
