"""The list of a term's reviews as a letter to the head: names, days, service with proof, kept as it went."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from isp.audit import Chain
from isp.ehcp.models import AnnualReview
from isp.escalations.letters import content, term_lists
from isp.escalations.letters.term_lists import ListLetter
from isp.escalations.upkeep import reviewing, transferring
from isp.kernel.errors import Conflict, DomainError, Invalid
from tests.escalations.test_pages import Town
from tests.escalations.upkeep_world import NOW, Upkeep
from tests.escalations.world import on

TERM = date(2027, 1, 5), date(2027, 3, 26)
SERVICE: dict[str, Any] = {
    "served_on": NOW,
    "how": "post",
    "name": "Ms Head Example",
    "proof": "Recorded delivery AB 1.",
}


@pytest.fixture
def listed(upkeep: Upkeep) -> UUID:
    """Oakfield's list of the spring term, sent in the service on 2 November."""
    place = upkeep.cast.places["northshire"]
    with on(NOW), upkeep.cast.acting("mia") as unit:
        return reviewing.send_list(unit, place, upkeep.cast.places["oakfield"], *TERM)


def letter(upkeep: Upkeep, listed: UUID, by: str = "mia", day: date = NOW) -> ListLetter:
    with on(day), upkeep.cast.looking(by) as unit:
        return term_lists.read(unit, listed)


def write(upkeep: Upkeep, listed: UUID, by: str = "mia", shown: int = 0, **said: Any) -> None:
    given: dict[str, Any] = {"dated_on": NOW, "opening": "Dear head", "closing": "Yours sincerely"} | said
    with on(NOW), upkeep.cast.acting(by) as unit:
        term_lists.write(unit, listed, **given, shown=shown)


def serve(upkeep: Upkeep, listed: UUID, by: str = "mia", shown: int = 0, **said: Any) -> None:
    with on(NOW), upkeep.cast.acting(by) as unit:
        term_lists.serve(unit, listed, **(SERVICE | said), shown=shown)


def words_of(found: ListLetter) -> str:
    return "\n".join(part.text for part in found.parts)


def test_it_names_each_child_with_the_day_and_says_by_when_the_head_must_have_it(
    upkeep: Upkeep, listed: UUID
) -> None:
    found = letter(upkeep, listed)
    said = words_of(found)
    assert f"Ava Planted, plan {upkeep.plan_row().reference}: by 11 January 2027" in said
    assert "from 5 January 2027 to 26 March 2027" in said
    assert "by 22 December 2026" in said
    assert found.gaps == ()
    assert not found.is_served


def test_a_child_whose_plan_went_to_another_authority_stands_on_no_list_of_the_old_one(
    upkeep: Upkeep, listed: UUID
) -> None:
    upkeep.does("olli", transferring.announce, upkeep.plan, to_la="202", known_on=NOW, moves_on=NOW)
    upkeep.does("olli", transferring.hand_over, upkeep.plan, on=NOW)
    # Whatever sight of the child an officer of the old one has again, the list does not name her.
    upkeep.cast.tie("ava", "case", organisation_id=upkeep.cast.places["northshire"])
    found = letter(upkeep, listed)
    assert "Ava" not in words_of(found)
    assert upkeep.plan_row().reference not in words_of(found)
    assert found.pupil_ids == ()
    assert term_lists.NOT_YOURS not in [gap.to_do for gap in found.gaps]


def test_it_is_written_around_its_locked_parts_and_kept_as_it_was_served(
    upkeep: Upkeep, listed: UUID
) -> None:
    write(upkeep, listed)
    serve(upkeep, listed, shown=1)
    before = letter(upkeep, listed)
    assert before.is_served
    assert before.service == {
        "to": "Ms Head Example", "how": "By post", "proof": "Recorded delivery AB 1.",
    }  # fmt: skip
    said = words_of(before)
    assert said.startswith("Dear head")
    with upkeep.cast.making() as unit:
        unit.change(AnnualReview, {"plan_id": upkeep.plan}, due_on=date(2027, 2, 1))
    after = letter(upkeep, listed)
    assert words_of(after) == said
    with on(NOW), upkeep.cast.looking("mia") as unit:
        row = term_lists.read(unit, listed).row
        assert row is not None
        salt = bytes.fromhex(term_lists._sealed_of(unit, row)["salt"])
    assert content.digest_of(term_lists.text_of(after), salt) == row.digest


def test_no_name_stands_in_the_row_but_under_the_childs_own_key(upkeep: Upkeep, listed: UUID) -> None:
    serve(upkeep, listed)
    with on(NOW), upkeep.cast.looking("mia") as unit:
        row = term_lists.read(unit, listed).row
        assert row is not None
        assert b"Ava" not in row.sealed
        assert "Ava" not in str(term_lists._sealed_of(unit, row))


def test_a_letter_that_was_served_is_altered_by_nobody_and_by_no_statement(
    upkeep: Upkeep, listed: UUID
) -> None:
    serve(upkeep, listed)
    with pytest.raises(Conflict, match="has been served"):
        write(upkeep, listed, shown=1)
    with pytest.raises(Conflict, match="has been served"):
        serve(upkeep, listed, shown=1)
    for statement in (
        "UPDATE review_list_letter SET dated_on = '2020-01-01'",
        "DELETE FROM review_list_letter",
    ):
        with pytest.raises(DBAPIError), upkeep.cast.making() as unit:
            unit.connection.execute(text(statement))


def test_a_stale_form_is_refused(upkeep: Upkeep, listed: UUID) -> None:
    write(upkeep, listed)
    with pytest.raises(Conflict):
        write(upkeep, listed)
    with pytest.raises(Conflict):
        serve(upkeep, listed)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("served_on", {"served_on": date(2026, 11, 3)}),
        ("served_on", {"served_on": date(2026, 11, 1)}),
        ("how", {"how": "here"}),
        ("name", {"name": " "}),
        ("proof", {"proof": " "}),
    ],
)
def test_a_service_that_does_not_hold_together_is_refused_beside_its_field(
    upkeep: Upkeep, listed: UUID, field: str, said: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        serve(upkeep, listed, **said)
    assert set(refused.value.errors) == {field}


def test_who_has_not_every_child_on_it_names_none_of_the_others_and_serves_nothing(
    upkeep: Upkeep, listed: UUID
) -> None:
    found = letter(upkeep, listed, "otis")
    assert "Ava" not in words_of(found)
    assert term_lists.NOT_YOURS in {gap.to_do for gap in found.gaps}
    with pytest.raises(Conflict, match="A manager of the authority"):
        serve(upkeep, listed, by="otis")
    serve(upkeep, listed)
    assert "Ava" not in words_of(letter(upkeep, listed, "otis"))
    assert "Ava" in words_of(letter(upkeep, listed, "olli"))


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("sara", "NotFound"),
        ("hal", "NotFound"),
        ("pam", "NotFound"),
        ("sid", "NotFound"),
        ("eve", "NotAllowed"),
    ],
)
def test_nobody_else_reads_writes_or_serves_it(upkeep: Upkeep, listed: UUID, who: str, error: str) -> None:
    for deed in (
        lambda: letter(upkeep, listed, who),
        lambda: write(upkeep, listed, by=who),
        lambda: serve(upkeep, listed, by=who),
    ):
        with pytest.raises(DomainError) as refused:
            deed()
        assert type(refused.value).__name__ == error


def test_a_list_that_there_is_not_answers_like_a_strangers(upkeep: Upkeep, listed: UUID) -> None:
    with pytest.raises(DomainError) as there:
        letter(upkeep, listed, "sid")
    with pytest.raises(DomainError) as nowhere:
        letter(upkeep, uuid4(), "mia")
    assert (type(nowhere.value), nowhere.value.message) == (type(there.value), there.value.message)


def test_a_list_of_which_every_review_is_finished_is_served_no_more(upkeep: Upkeep, listed: UUID) -> None:
    with upkeep.cast.making() as unit:
        unit.change(AnnualReview, {"plan_id": upkeep.plan}, state="closed")
    with pytest.raises(Conflict, match="No review that is still to be finished"):
        serve(upkeep, listed)


def test_looks_printing_and_service_are_on_the_authoritys_trail(upkeep: Upkeep, listed: UUID) -> None:
    chain = Chain.organisation(upkeep.cast.places["northshire"])
    write(upkeep, listed)
    with on(NOW), upkeep.cast.looking("mia") as unit:
        term_lists.print_it(unit, listed, "pdf", "standard")
    serve(upkeep, listed, shown=1)
    for code in ("letter.saved", "letter.printed", "letter.served"):
        (one,) = upkeep.trail(chain, code)
        assert one.detail["letter"] == "review_list"
    assert [one.detail["list"] for one in upkeep.trail(chain, "list.viewed")] == ["review-list-letter"]


def test_a_manager_writes_prints_and_serves_it_on_its_pages(upkeep: Upkeep, listed: UUID) -> None:
    with on(NOW):
        mia = Town(upkeep).signed_in("mia")  # type: ignore[arg-type]
        path = f"/annual-reviews/lists/{listed}/letter"
        term = "&".join(
            f"{name}-{part}={getattr(day, part)}"
            for name, day in zip(("term_from", "term_to"), TERM, strict=True)
            for part in ("day", "month", "year")
        )
        assert path in mia.get(f"/annual-reviews/lists?{term}").text
        assert "Ava Planted" in mia.get(path).text
        day = {"dated_on-day": "2", "dated_on-month": "11", "dated_on-year": "2026"}
        wrong = mia.post(path, day | {"shown": "0", "opening": "Dear head", "dated_on-month": "13"})
        assert wrong.status_code == 422
        assert "Dear head" in wrong.text
        assert mia.post(path, day | {"shown": "0", "opening": "Dear head"}).status_code == 303
        for ending, head in (("pdf", b"%PDF"), ("docx", b"PK")):
            answer = mia.get(f"{path}.{ending}")
            assert answer.status_code == 200
            assert answer.data.startswith(head)
        sent = {"served_on-day": "2", "served_on-month": "11", "served_on-year": "2026", "shown": "1"}
        assert mia.post(f"{path}/serve", sent | {"how": "post"}).status_code == 422
        full = sent | {"how": "post", "name": "Ms Head Example", "proof": "Recorded delivery"}
        assert mia.post(f"{path}/serve", full).status_code == 303
        page = mia.get(path).text
        assert "Ms Head Example" in page
        assert "Save the letter" not in page
        assert mia.get(f"{path}/serve").status_code == 409
        assert mia.post(path, day | {"shown": "2"}).status_code == 409
