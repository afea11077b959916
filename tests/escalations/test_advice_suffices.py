"""Advice that is there already stands in for new advice only where author, authority and family agree."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

import pytest

from isp.documents import actions as filing
from isp.documents import queries as documents
from isp.documents.actions import Filing
from isp.documents.intake import take_in
from isp.escalations import advice
from isp.kernel.errors import Conflict, Invalid
from tests.escalations.advice_world import AGREED, DAY, Advising
from tests.escalations.world import RECEIVED, Affair, on

ALL = {"author_agreed_on": AGREED, "authority_agreed_on": AGREED, "family_agreed_on": AGREED}


class Released(Advising):
    """The same where the school released a report with the request."""

    def __init__(self, affair: Affair) -> None:
        with on(RECEIVED), affair.cast.acting("sara") as unit:
            taken = take_in(BytesIO(b"A report\n"), "report.txt", 1000)
            document_id = filing.add(unit, affair.ava, Filing("report", "S1", "EP report", RECEIVED), taken)
        with affair.cast.looking("sara") as unit:
            self.paper = documents.one(unit, document_id)[1].newest
        request = affair.request
        affair.request = lambda *a, **k: request(*a, **{"documents": [self.paper.id], **k})  # type: ignore[method-assign]
        super().__init__(affair)

    def suffice(self, day: Any = AGREED, **more: Any) -> UUID:
        said: dict[str, Any] = {
            "kind": "d",
            "document_version_id": self.paper.id,
            "author": "Dr Sample, educational psychologist",
            "agreed": ALL,
        }
        with on(day), self.affair.cast.acting("olli") as unit:
            return advice.let_suffice(unit, self.case, **{**said, **more})


def test_all_three_agree_and_it_is_named_by_version_and_digest(affair: Affair) -> None:
    advising = Released(affair)
    advice_id = advising.suffice()
    (version,) = advising.versions(advice_id)
    assert (version.sort, version.document_version_id) == ("existing", advising.paper.id)
    assert version.document_digest == advising.paper.digest
    assert "d" not in advising.overview().missing
    assert advising.steps() == [("advice_suffices", AGREED)]
    advising.ask("d", "eve")
    with pytest.raises(Conflict):
        advising.suffice()


@pytest.mark.parametrize("who", sorted(ALL))
def test_two_of_three_are_not_enough(affair: Affair, who: str) -> None:
    with pytest.raises(Invalid) as refused:
        Released(affair).suffice(agreed={**ALL, who: None})
    assert set(refused.value.errors) == {who}


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("author", {"author": ""}),
        ("family_agreed_on", {"agreed": {**ALL, "family_agreed_on": AGREED + DAY}}),
        ("covers", {"covers": ["needs"]}),
    ],
)
def test_what_does_not_hold_is_said_beside_its_field(
    affair: Affair, field: str, said: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        Released(affair).suffice(**said)
    assert set(refused.value.errors) == {field}


def test_only_what_the_case_was_given_can_suffice(affair: Affair) -> None:
    advising = Released(affair)
    with pytest.raises(Invalid) as refused:
        advising.suffice(document_version_id=affair.versions[0].id)
    assert set(refused.value.errors) == {"document"}
