"""Something of a case is given to somebody: for a purpose of regulation 17, named by version and digest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from isp import create_app
from isp.escalations.diary.chronology import read_chronology
from isp.escalations.disclosing import actions, queries
from isp.escalations.disclosing.purposes import purposes_on
from isp.escalations.disclosing.rules import Told
from isp.kernel.errors import Invalid, NotAllowed, NotFound
from tests.escalations.world import RECEIVED, Affair, on
from tests.people.world import Browser, settings

DAY = timedelta(days=1)


def thing(affair: Affair) -> str:
    return f"version.{affair.versions[0].id}"


def disclose(affair: Affair, case: UUID, by: str = "olli", **more: Any) -> UUID:
    said: dict[str, Any] = {
        "purpose": "ombudsman",
        "to_whom": "The Ombudsman’s investigator",
        "reason": "Complaint 123 asks for the plan.",
        "made_on": RECEIVED,
        "authorised_by": affair.person("mia"),
        "objects": (thing(affair),),
    } | more
    with on(RECEIVED), affair.cast.acting(by) as unit:
        return actions.disclose(unit, case, Told(**said))


def found(affair: Affair, case: UUID, by: str = "olli") -> list[queries.Disclosed]:
    with on(RECEIVED), affair.cast.looking(by) as unit:
        return queries.read_disclosures(unit, case)[2]


def test_what_is_disclosed_is_kept_by_version_and_digest_with_who_authorised_it(affair: Affair) -> None:
    case = affair.request()
    disclose(affair, case)
    (one,) = found(affair, case)
    assert one.to_whom == "The Ombudsman’s investigator"
    assert one.source == "regulation 17(1)"
    assert one.authorised_by.startswith("Mia")
    assert [each.digest for each in one.objects] == [affair.versions[0].digest]
    (event,) = affair.on_pupil("case.disclosed")
    assert event.canon["purpose"] == "ombudsman"
    assert event.payload["given"] == {thing(affair): affair.versions[0].digest.hex()}
    with on(RECEIVED), affair.cast.looking("olli") as unit:
        assert "Disclosure" in {line.sort for line in read_chronology(unit, case).lines}


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("purpose", {"purpose": "curiosity"}),
        ("consent", {"purpose": "consent"}),
        ("to_whom", {"to_whom": " "}),
        ("reason", {"reason": ""}),
        ("made_on", {"made_on": RECEIVED + DAY}),
        ("authorised_by", {"authorised_by": None}),
        ("objects", {"objects": ()}),
        ("objects", {"objects": ("version.00000000-0000-0000-0000-000000000000",)}),
    ],
)
def test_a_disclosure_that_does_not_hold_together_is_refused_beside_its_field(
    affair: Affair, field: str, more: dict[str, Any]
) -> None:
    case = affair.request()
    with pytest.raises(Invalid) as refused:
        disclose(affair, case, **more)
    assert set(refused.value.errors) == {field}
    assert found(affair, case) == []


def test_with_consent_it_is_on_record_who_gave_it(affair: Affair) -> None:
    case = affair.request()
    disclose(affair, case, purpose="consent", consent="Pam Example, in writing, 1 November 2026")
    assert found(affair, case)[0].consent.startswith("Pam Example")


def test_somebody_of_another_authority_cannot_authorise_it(affair: Affair) -> None:
    with pytest.raises(Invalid):
        disclose(affair, affair.request(), authorised_by=affair.person("sid"))


@pytest.mark.parametrize(
    ("who", "error"), [("pam", NotAllowed), ("sara", NotAllowed), ("otis", NotFound), ("sid", NotFound)]
)
def test_nobody_but_who_has_the_case_discloses_or_reads_of_it(
    affair: Affair, who: str, error: type[Exception]
) -> None:
    case = affair.request()
    with pytest.raises(error):
        disclose(affair, case, by=who)
    with pytest.raises(error):
        found(affair, case, who)


def test_a_disclosure_is_altered_by_no_statement(affair: Affair) -> None:
    disclose(affair, affair.request())
    for statement in ("UPDATE disclosure SET purpose = 'x'", "DELETE FROM disclosed_object"):
        with pytest.raises(DBAPIError), affair.cast.making() as unit:
            unit.connection.execute(text(statement))


def test_the_list_of_regulation_17_is_closed_and_each_purpose_says_where_it_is_written() -> None:
    listed = purposes_on(RECEIVED).listed
    assert len(listed) == 11
    assert all("regulation 17" in one.source for one in listed.values())
    assert [one.code for one in listed.values() if one.needs_consent] == ["consent"]


def test_an_officer_records_a_disclosure_on_its_page(affair: Affair) -> None:
    case = affair.request()
    with on(RECEIVED):
        officer = Browser(create_app(settings(), affair.cast.store), "192.0.2.1")
        officer.sign_in("olli")
        said = {
            "purpose": "court", "to_whom": "The county court", "reason": "Its order of today",
            "objects": thing(affair), "authorised_by": str(affair.person("mia")),
            "made_on-day": "2", "made_on-month": "11", "made_on-year": "2026",
        }  # fmt: skip
        wrong = officer.post(f"/cases/{case}/disclosures/add", said | {"reason": ""})
        assert wrong.status_code == 422
        assert "The county court" in wrong.text
        assert officer.post(f"/cases/{case}/disclosures/add", said).status_code == 303
        page = officer.get(f"/cases/{case}/disclosures").text
        assert "The county court" in page
        assert affair.versions[0].digest.hex()[:12] in page
        assert f"/cases/{case}/disclosures" in officer.get(f"/cases/{case}").text
