"""The front door: part of a name, a date of birth, a reason; only the authority's own children."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from isp import create_app
from isp.access.models import Tie
from isp.audit.unit import MOVED_ON
from isp.escalations.work import finding
from isp.kernel.errors import Invalid, NotFound
from isp.kernel.ids import new_id
from isp.register import pupils, rows
from isp.register.content import Details
from tests.escalations.world import RECEIVED, Affair, on
from tests.people.world import Browser, settings

BORN = date(2016, 5, 14)


def find(affair: Affair, words: str, by: str = "olli", born: date = BORN, reason: str = "Rang") -> list[str]:
    with on(RECEIVED), affair.cast.looking(by) as unit:
        return [one.name.full for one in finding.search(unit, words, born, reason)]


@pytest.fixture
def marked(affair: Affair) -> Affair:
    with affair.cast.making() as unit:
        assert finding.mark_missing(unit) > 0
    with affair.cast.making() as unit:
        assert finding.mark_missing(unit) == 0
    return affair


@pytest.mark.parametrize("words", ["Av", "Ava", "ava planted", "Pl", "Plan", "PLANT", "plante ava"])
def test_part_of_a_name_and_the_date_of_birth_find_the_child(marked: Affair, words: str) -> None:
    assert "Ava Planted" in find(marked, words)


@pytest.mark.parametrize("words", ["lanted", "LANT", "ava ted", "nte"])
def test_any_three_letters_of_a_name_find_the_child(marked: Affair, words: str) -> None:
    assert "Ava Planted" in find(marked, words)


@pytest.mark.parametrize("words", ["Avab", "la", "ed", "Zoe", "Planter", "ava zoe", "aplan"])
def test_what_is_in_no_name_finds_nobody_nor_do_two_letters_from_its_middle(
    marked: Affair, words: str
) -> None:
    assert find(marked, words) == []


@pytest.mark.parametrize(
    "words",
    [
        "marie",
        "éLo",
        "eloise",
        "ELOÏ",
        "ise mar",
        "anne-marie",
        "annemarie",
        "ukas",
        "dzka",
        "o’neil",
        "neil",
    ],
)
def test_part_of_a_middle_name_a_double_one_or_one_with_accents_finds_the_child(
    affair: Affair, words: str
) -> None:
    with affair.cast.making() as unit:
        row = pupils.rows_of(unit, [affair.ava])[0]
        before = pupils.open_row(unit, row)
        after = replace(
            before,
            legal_given="Éloïse Anne-Marie Łukasz",
            legal_family="Grudzka-O'Neil",
            preferred_given=None,
            preferred_family=None,
        )
        change = rows.Rewrite(affair.ava, row.row_version, before, after, row.upn_index is not None)
        rows.rewrite(unit, affair.cast.places["oakfield"], [change])
    assert [name.split()[0] for name in find(affair, words)] == ["Éloïse"]


def test_of_many_born_on_one_day_all_are_looked_at(affair: Affair) -> None:
    with affair.cast.making() as unit:
        made = [
            (
                new_id(),
                Details(legal_given=f"Twin{'abcdefghij'[at % 10]}", legal_family=f"Kin{at}", born_on=BORN),
            )
            for at in range(120)
        ]
        rows.create(unit, affair.cast.places["northshire"], made)
        for pupil_id, _ in made:
            affair.cast._tie(unit, pupil_id, "responsible", organisation_id=affair.cast.places["northshire"])
    with affair.cast.making() as unit:
        finding.mark_missing(unit)
    assert find(affair, "kin119") == ["Twinj Kin119"]
    assert len(find(affair, "win")) == finding.MOST


def test_another_date_of_birth_finds_nobody(marked: Affair) -> None:
    assert find(marked, "Ava", born=date(2016, 5, 15)) == []


def test_a_child_of_another_authority_leaves_no_trace(marked: Affair) -> None:
    assert find(marked, "Ava", by="sid") == []
    assert find(marked, "Finn") == []
    assert find(marked, "Nobody") == []
    events = marked.on_authority("work.front_door_searched")
    assert [seen.detail["count"] for seen in events] == [0, 0]
    assert all(seen.payload["pupils"] == [] for seen in events)


def test_the_reason_and_what_was_looked_for_are_kept_sealed(marked: Affair) -> None:
    find(marked, "Ava", reason="The mother rang")
    (seen,) = marked.on_authority("work.front_door_searched")
    assert seen.payload["reason"] == "The mother rang"
    assert seen.payload["pupils"] == [str(marked.ava)]
    assert "Ava" not in str(seen.detail)


@pytest.mark.parametrize(
    ("words", "reason", "field"), [("A", "Rang", "q"), ("", "Rang", "q"), ("Ava", " ", "reason")]
)
def test_too_little_is_asked_for_again(marked: Affair, words: str, reason: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        find(marked, words, reason=reason)
    assert field in refused.value.errors
    assert marked.on_authority("work.front_door_searched") == []


@pytest.mark.parametrize("name", ["sara", "pam", "eve", "nora", "dora"])
def test_others_have_no_front_door(marked: Affair, name: str) -> None:
    with pytest.raises(NotFound):
        find(marked, "Ava", by=name)


def test_an_officers_own_child_is_not_found_by_him(marked: Affair) -> None:
    marked.cast.guardian("olli", "ava")
    assert "Ava Planted" not in find(marked, "Ava")


def test_a_child_whom_the_authority_is_no_longer_responsible_for_is_gone(marked: Affair) -> None:
    with marked.cast.making() as unit:
        query = select(Tie.id).where(Tie.pupil_id == marked.ava, Tie.kind == "responsible")
        for tie_id in unit.connection.scalars(query).all():
            unit.change(Tie, {"id": tie_id}, MOVED_ON, ended_at=unit.now)
    assert "Ava Planted" not in find(marked, "Ava")


def test_a_mark_is_of_a_day_alone_and_another_at_each_authority(marked: Affair) -> None:
    northshire, other = marked.cast.places["northshire"], marked.cast.places["ashby"]
    ring = marked.cast.keyring
    assert finding.mark_of(ring, northshire, BORN) != finding.mark_of(ring, other, BORN)
    assert finding.mark_of(ring, northshire, BORN) != finding.mark_of(ring, northshire, RECEIVED)
    with marked.cast.making() as unit:
        m = finding.MARKS.c
        most = select(func.count(m.id)).group_by(m.pupil_id).order_by(func.count().desc()).limit(1)
        assert unit.connection.scalar(most) == 1
        assert unit.connection.scalar(select(func.max(func.length(finding.MARKS.c.mark)))) == 8


def test_the_page_answers_on_itself_and_names_nobody_in_an_address(marked: Affair) -> None:
    olli = Browser(create_app(settings(), marked.cast.store))
    olli.sign_in("olli")
    said = {"q": "Ava", "born_on-day": "14", "born_on-month": "5", "born_on-year": "2016", "reason": "Rang"}
    answer = olli.post("/cases/find", said)
    assert answer.status_code == 200
    assert "Ava Planted" in answer.text
    missing = olli.post("/cases/find", said | {"reason": ""})
    assert missing.status_code == 422
    assert 'value="Ava"' in missing.text
    nobody = olli.post("/cases/find", said | {"q": "Finn"})
    assert "No child whom this authority is responsible for" in nobody.text
