"""What one of the family says of the plan by post or telephone: an officer files it for her, as it came."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from isp.access.policy import Permission
from isp.caseload import history
from isp.caseload.history import Asked
from isp.ehcp import agreement, queries
from isp.ehcp.agreement import Said
from isp.ehcp.rules import Sort
from isp.kernel import clock
from isp.kernel.errors import Conflict, DomainError, Invalid
from isp.notices.models import Notice
from tests.ehcp.test_agreement import in_force, read, say, sent
from tests.ehcp.test_pages import Office
from tests.ehcp.world import Desk
from tests.escalations.world import on

DAY = timedelta(days=1)
LETTER = "Section F leaves out his sleep."
PROOF = "Letter of two pages, in the file."


def file(desk: Desk, whose: str = "pam", by: str = "olli", number: int = 1, **more: Any) -> None:
    given: dict[str, Any] = {
        "person_id": desk.cast.people[whose],
        "answer": "no",
        "came_on": clock.today(),
        "how": "post",
        "proof": PROOF,
        "words": LETTER,
    }
    with desk.cast.acting(by) as unit:
        agreement.file(unit, desk.plan, number, **{**given, **more})


def refused(desk: Desk, **more: Any) -> str:
    try:
        file(desk, **more)
    except DomainError as failure:
        return type(failure).__name__
    return "done"


def mine(desk: Desk, name: str) -> Said | None:
    with desk.cast.looking(name) as unit:
        row, decision = queries.allowed(unit, desk.plan, Permission.EHCP_AGREE)
        return agreement.mine(unit, row, decision, 1)


@pytest.mark.parametrize("stage", [sent, in_force])
@pytest.mark.parametrize("by", ["olli", "mia"])
def test_an_officer_files_an_answer_with_the_day_it_came_and_what_shows_it(
    desk: Desk, stage: Any, by: str
) -> None:
    stage(desk)
    later = clock.today() + 3 * DAY
    came = clock.today() + DAY
    with on(later):
        file(desk, by=by, came_on=came)
        (found,) = read(desk)
    assert (found.answer, found.words, found.person_id) == ("no", LETTER, desk.cast.people["pam"])
    assert (found.standing, found.holds, found.stands) == ("parent", True, True)
    assert found.filed == agreement.Filed(desk.cast.people[by], came, "post", PROOF)
    assert (found.on, clock.civil_day(found.at)) == (came, later)


def test_she_reads_it_as_her_own_and_how_it_came_and_nobody_else_of_the_family_does(desk: Desk) -> None:
    sent(desk)
    file(desk)
    office = Office(desk)
    hers, his = (office.as_(name).get(f"{office.base}/versions/1").text for name in ("pam", "paul"))
    assert LETTER in hers
    assert "This came by post, entered by Olli" in hers
    assert "say it otherwise here" in hers
    assert PROOF not in hers
    for text in (his, office.as_("sara").get(office.base).text):
        assert LETTER not in text
        assert "entered by" not in text
    assert mine(desk, "paul") is None
    council = office.as_("mia").get(f"{office.base}/versions/1").text
    assert "It came by post, entered by Olli" in council
    assert PROOF in council
    assert PROOF in office.as_("olli").get(f"{office.base}/answers").text


def test_she_says_it_otherwise_herself_and_what_was_filed_stays(desk: Desk) -> None:
    sent(desk)
    file(desk)
    office = Office(desk)
    pam, here = office.as_("pam"), f"{office.base}/versions/1/answer"
    page = pam.get(here).text
    assert "The council has entered for you: No. It came by post" in page
    assert pam.post(here, {"answer": "part", "shown": shown_by(page)}).status_code == 303
    assert [(one.answer, one.stands, one.filed is None) for one in read(desk)] == [
        ("part", True, True),
        ("no", False, False),
    ]


def test_the_same_words_of_her_own_take_the_place_of_what_was_filed(desk: Desk) -> None:
    sent(desk)
    file(desk)
    say(desk, "pam", "no", words=LETTER)
    assert [one.filed is None for one in read(desk) if one.stands] == [True]


def test_once_the_draft_is_followed_by_another_version_neither_says_more_of_it(desk: Desk) -> None:
    sent(desk)
    file(desk)
    desk.publish(Sort.DRAFT_SENT)
    assert refused(desk) == "Conflict"
    with pytest.raises(Conflict, match="newer form"):
        say(desk, "pam", "yes")
    assert refused(desk, number=2) == "done"


def test_a_letter_from_before_is_not_put_over_what_she_has_said_here_since(desk: Desk) -> None:
    sent(desk)
    first = clock.today()
    with on(first + 2 * DAY):
        say(desk, "pam", "yes")
    with on(first + 5 * DAY):
        for came in (first + DAY, first + 2 * DAY):
            with pytest.raises(Conflict) as failure:
                file(desk, came_on=came)
            assert "They answered here themselves" in failure.value.message
        file(desk, came_on=first + 3 * DAY)
        assert [(one.answer, one.stands) for one in read(desk)] == [("no", True), ("yes", False)]


def test_what_one_parent_wrote_leaves_the_other_parents_answer_alone(desk: Desk) -> None:
    sent(desk)
    say(desk, "paul", "yes")
    file(desk, "pam")
    assert {(one.person_id, one.answer) for one in read(desk) if one.stands} == {
        (desk.cast.people["pam"], "no"),
        (desk.cast.people["paul"], "yes"),
    }


def test_it_is_filed_again_where_it_was_filed_wrongly_but_not_twice_the_same(desk: Desk) -> None:
    sent(desk)
    file(desk)
    with pytest.raises(Conflict, match="on record already"):
        file(desk, by="mia")
    file(desk, answer="part")
    assert [(one.answer, one.stands) for one in read(desk)] == [("part", True), ("no", False)]


@pytest.mark.parametrize("whose", ["sara", "eve", "carl", "bea", "olli"])
def test_nobody_without_parental_responsibility_answers_for_the_family(desk: Desk, whose: str) -> None:
    sent(desk)
    with pytest.raises(Invalid) as failure:
        file(desk, whose)
    assert set(failure.value.errors) == {"person_id"}


@pytest.mark.parametrize("by", ["sara", "pam", "eve", "tom"])
def test_only_the_authority_files(desk: Desk, by: str) -> None:
    sent(desk)
    assert refused(desk, by=by) == "NotAllowed"


@pytest.mark.parametrize("by", ["nora", "stan", "sid"])
def test_a_stranger_meets_nothing(desk: Desk, by: str) -> None:
    sent(desk)
    assert refused(desk, by=by) == "NotFound"


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("answer", {"answer": "maybe"}),
        ("words", {"words": "x" * 4001}),
        ("came_on", {"came_on": date(2000, 1, 1)}),
        ("came_on", {"came_on": date(2090, 1, 1)}),
        ("how", {"how": "pigeon"}),
        ("proof", {"proof": "  "}),
        ("proof", {"proof": "x" * 1001}),
    ],
)
def test_what_cannot_have_come_so_is_refused_beside_its_field(
    desk: Desk, field: str, more: dict[str, Any]
) -> None:
    sent(desk)
    with pytest.raises(Invalid) as failure:
        file(desk, **more)
    assert set(failure.value.errors) == {field}
    assert read(desk) == []


def test_one_event_has_both_days_and_is_told_to_her_alone_of_the_family(desk: Desk) -> None:
    sent(desk)
    came = clock.today()
    with on(came + 2 * DAY):
        file(desk, came_on=came)
    (seen,) = desk.trail("ehcp.answer_filed")
    assert seen.actor_id == desk.cast.people["olli"]
    assert clock.civil_day(seen.at) == came + 2 * DAY
    assert seen.detail["came_on"] == came.isoformat()
    assert (seen.detail["how"], seen.detail["person"]) == ("post", str(desk.cast.people["pam"]))
    assert set(seen.detail) == {"version", "digest", "person", "came_on", "how"}
    assert seen.payload == {"answer": "no", "words": LETTER, "proof": PROOF}
    assert "wrote down what you said of EHC plan 1" in "".join(lines(desk, "pam"))
    assert not [one for one in lines(desk, "paul") if "what you said" in one]


def lines(desk: Desk, name: str) -> list[str]:
    with desk.cast.looking(name) as unit:
        told = history.of_pupil(unit, desk.ava, Asked())
    return [line.text for one in told.sittings for line in one.lines]


def test_she_is_told_and_so_is_the_officer_of_the_case_where_another_filed_it(desk: Desk) -> None:
    sent(desk)
    before = notices(desk)
    file(desk, by="mia")
    people = desk.cast.people
    assert sorted(notices(desk)[len(before) :]) == sorted(
        [(people["pam"], "ehc_plan_step", desk.plan), (people["olli"], "plan_answered", desk.plan)]
    )


def notices(desk: Desk) -> list[tuple[UUID, str, UUID | None]]:
    with desk.cast.making() as unit:
        found = unit.session.query(Notice).order_by(Notice.id).all()
        return [(one.person_id, one.kind, one.about) for one in found]


def test_words_and_what_shows_it_are_sealed(desk: Desk) -> None:
    sent(desk)
    file(desk)
    with desk.cast.making() as unit:
        row = unit.connection.execute(agreement.AGREEMENTS.select()).one()
    assert b"sleep" not in row.sealed
    assert b"two pages" not in row.sealed


# -- her own answer, once more -----------------------------------------------------------------------------


def test_the_same_answer_twice_is_refused_in_words_and_other_words_are_not(desk: Desk) -> None:
    in_force(desk)
    say(desk, "pam", "no", words=LETTER)
    with pytest.raises(Conflict) as failure:
        say(desk, "pam", "no", words=f" {LETTER} ")
    assert "You said this to the council already" in failure.value.message
    say(desk, "pam", "no", words="And his meals.")
    say(desk, "pam", "no", words=LETTER)
    say(desk, "paul", "no", words=LETTER)
    assert len(read(desk)) == 4


def shown_by(page: str) -> str:
    return page.partition('name="shown" value="')[2].partition('"')[0]


def test_a_stale_page_of_hers_puts_nothing_over_what_was_said_since(desk: Desk) -> None:
    sent(desk)
    office = Office(desk)
    pam, here = office.as_("pam"), f"{office.base}/versions/1/answer"
    shown = shown_by(pam.get(here).text)
    assert shown == agreement.NOTHING
    file(desk)
    for _ in range(2):
        stale = pam.post(here, {"answer": "yes", "words": "All of it.", "shown": shown})
        assert stale.status_code == 409
        assert "All of it." in stale.text
        assert shown_by(stale.text) == shown
    again = {"answer": "yes", "words": "All of it.", "shown": shown_by(pam.get(here).text)}
    assert pam.post(here, again).status_code == 303
    twice = pam.post(here, again | {"shown": shown_by(pam.get(here).text)})
    assert twice.status_code == 409
    assert "You said this to the council already" in twice.text


def test_the_officer_files_by_the_page(desk: Desk) -> None:
    sent(desk)
    office = Office(desk)
    olli, here = office.as_("olli"), f"{office.base}/versions/1/file-answer"
    assert here in olli.get(f"{office.base}/versions/1").text
    page = olli.get(here).text
    assert "Pam" in page
    assert "Sara" not in page.split("<form")[-1]
    today = clock.today()
    given = {
        "person_id": str(desk.cast.people["pam"]),
        "answer": "no",
        "came_on-day": str(today.day),
        "came_on-month": str(today.month),
        "came_on-year": str(today.year),
        "how": "telephone",
        "words": LETTER,
        "proof": "I took the call at ten.",
        "shown": shown_by(page),
    }
    faulty = olli.post(here, given | {"proof": ""})
    assert (faulty.status_code, LETTER in faulty.text) == (422, True)
    say(desk, "paul", "yes")
    stale = olli.post(here, given)
    assert (stale.status_code, LETTER in stale.text, shown_by(stale.text)) == (409, True, given["shown"])
    assert olli.post(here, given | {"shown": shown_by(olli.get(here).text)}).status_code == 303
    assert (
        "This came by telephone, entered by Olli" in office.as_("pam").get(f"{office.base}/versions/1").text
    )
    for name, status in (("sara", 403), ("pam", 403), ("stan", 404)):
        assert office.as_(name).get(here).status_code == status
    assert here not in office.as_("pam").get(f"{office.base}/versions/1").text


def test_a_version_that_is_not_there_is_not_found(desk: Desk) -> None:
    sent(desk)
    assert refused(desk, number=7) == "NotFound"


def test_whose_it_is_is_a_person_and_no_id_that_was_made_up(desk: Desk) -> None:
    sent(desk)
    with pytest.raises(Invalid):
        file(desk, person_id=UUID(int=7))
