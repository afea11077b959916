"""After a request was made: the school releases more, and notes that the family knows."""

from __future__ import annotations

from uuid import UUID

import pytest

from isp.access.grants import VERSION
from isp.escalations import releasing
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.kernel.ids import new_id
from tests.escalations.test_pages import Town
from tests.escalations.world import RECEIVED, Affair, on


def more(affair: Affair, request_id: UUID, item: UUID, by: str = "sara", shown: int | None = None) -> int:
    with on(RECEIVED), affair.cast.acting(by) as unit:
        return releasing.release_more(unit, request_id, {VERSION: [item]}, shown=shown)


def test_a_school_adds_to_a_parents_request_what_it_chooses(affair: Affair) -> None:
    request_id = affair.request("pam", release=[])
    assert affair.reads("olli", 2) == "NotFound"
    assert more(affair, request_id, affair.versions[0].id) == 1
    assert affair.reads("olli", 2) == "yes"
    assert affair.reads("olli", 1) == "NotFound"
    (told,) = affair.on_pupil("assessment.evidence_released")
    assert told.detail == {"released": 1}
    assert list(told.payload["versions"]) == [str(affair.versions[0].id)]


def test_what_is_released_already_or_not_offered_is_refused(affair: Affair) -> None:
    request_id = affair.request()
    for item in (affair.versions[0].id, new_id(), affair.others[0].id):
        with pytest.raises(Invalid):
            more(affair, request_id, item)


def test_once_the_case_is_over_nothing_is_added(affair: Affair) -> None:
    request_id = affair.request()
    affair.decide(request_id)
    with pytest.raises(Conflict):
        more(affair, request_id, affair.versions[1].id)


@pytest.mark.parametrize(
    ("name", "error"), [("pam", NotAllowed), ("olli", NotAllowed), ("sena", NotFound), ("nora", NotFound)]
)
def test_nobody_but_the_school_adds(affair: Affair, name: str, error: type) -> None:
    request_id = affair.request()
    with pytest.raises(error):
        more(affair, request_id, affair.versions[1].id, by=name)


def test_a_stale_page_adds_nothing(affair: Affair) -> None:
    request_id = affair.request(release=[])
    more(affair, request_id, affair.versions[0].id, shown=1)
    with pytest.raises(Conflict):
        more(affair, request_id, affair.versions[1].id, shown=1)


def test_the_school_notes_that_the_family_knows_now(affair: Affair) -> None:
    request_id = affair.request(told_family=False, why_not_told="We meet them on Friday.")
    with on(RECEIVED), affair.cast.acting("sara") as unit:
        releasing.tell_family(unit, request_id, shown=1)
    words = affair.case(request_id, "olli").words
    assert words["told_family"] is True
    assert "why_not_told" not in words
    assert len(affair.on_pupil("assessment.family_told")) == 1
    with pytest.raises(Conflict), on(RECEIVED), affair.cast.acting("sara") as unit:
        releasing.tell_family(unit, request_id)


def test_by_the_pages(affair: Affair) -> None:
    with on(RECEIVED):
        request_id = affair.request(told_family=False, why_not_told="We meet them on Friday.")
        sara = Town(affair).signed_in("sara")
        page = sara.get(f"/pupils/{affair.ava}/assessment").text
        assert "We meet them on Friday." in page
        path = f"/cases/{request_id}/release"
        assert path in page
        assert "Version 1" in sara.get(path).text
        assert sara.post(path, {"shown": "1"}).status_code == 422
        sent = {"release": str(affair.versions[1].id), "shown": "1"}
        assert sara.post(path, sent).status_code == 303
        assert sara.post(f"/cases/{request_id}/family-knows", {"shown": "2"}).status_code == 303
        assert "We meet them" not in sara.get(f"/pupils/{affair.ava}/assessment").text
