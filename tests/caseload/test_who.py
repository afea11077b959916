"""Who can see, and who has looked: by person, role and term, and nothing of the other parent."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from isp.access.models import Tie
from isp.access.standing import onlookers, standings
from tests.caseload.desk import words


def path(desk):
    return f"/my-child/{desk.cast.pupils['ava']}/who"


def test_a_parent_reads_who_can_see_and_why(desk):
    page = words(desk.signed_in("pam").get(path(desk)))
    assert "Sara Example, SENCO: works at Oakfield School." in page
    assert "Tom Example, Class teacher: teaches Ava in 4T." in page
    assert "Tia Example, Teaching assistant: helps Ava in 4T. Does not see the health part." in page
    assert (
        "Olga Example, School office: works at Oakfield School. Sees only what every adult needs to know."
        in page
    )
    assert "Tess" not in page


def test_who_looked_is_told_by_person_and_term(desk):
    desk.plan("ava")
    desk.signed_in("tom").get(f"/pupils/{desk.cast.pupils['ava']}")
    page = words(desk.signed_in("pam").get(path(desk)))
    looked = page[page.index("Who has looked") :]
    assert "term" in looked
    assert "Tom Example, Class teacher, last on" in looked
    assert "Sara" not in looked


def test_the_other_parent_is_nowhere_on_it(desk):
    desk.plan("ava")
    desk.signed_in("paul").get(f"/my-child/{desk.cast.pupils['ava']}")
    pam = desk.signed_in("pam", network="192.0.2.2")
    for address in (path(desk), f"/pupils/{desk.cast.pupils['ava']}/history"):
        answer = pam.get(address)
        assert "Paul" not in answer.text
        assert "Carl" not in answer.text
        assert str(desk.cast.people["paul"]) not in answer.text


def test_an_authority_is_on_it_once_a_case_is_open(desk):
    desk.cast.case("ava", "northshire", "olli", {})
    page = words(desk.signed_in("pam").get(path(desk)))
    assert (
        "Olli Example, SEN case officer: the council (Northshire Authority) was asked what Ava needs." in page
    )
    assert "Mia Example, SEN manager" in page
    assert "Otis" not in page


def test_the_young_person_is_told_who_of_the_family_can_see(desk):
    desk.cast.guardian("yola", "yan")
    page = words(desk.signed_in("yan").get("/my-plan/who"))
    assert "Yola Example, Parent or carer: looks after you." in page


@pytest.mark.parametrize("who", ["carl", "tom", "sara", "nora", "bea"])
def test_nobody_else_reads_it(desk, who):
    assert desk.signed_in(who).get(path(desk)).status_code in (403, 404)


def test_the_rule_read_the_other_way_round_names_exactly_those_for_whom_it_opens(desk):
    cast = desk.cast
    cast.case("ava", "northshire", "olli", {})
    cast.guardian("tom", "ava")  # a teacher of her own child is a parent only
    with cast.looking("sara") as unit:
        for pupil_id in cast.pupils.values():
            told = {
                (row.person_id, row.standing, row.tie_id)
                for row in unit.connection.execute(onlookers(pupil_id, unit.today))
            }
            opens = {
                (person_id, row.standing, row.tie_id)
                for person_id in cast.people.values()
                for row in unit.connection.execute(standings(person_id, unit.today, pupil_id=pupil_id))
            }
            assert told == opens
        assert unit.connection.scalar(select(Tie.id).limit(1)) is not None
