"""The banks: kept by a school or its authority, searched, changed by version, and written from."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from isp.banks import entries
from isp.kernel.errors import Conflict, NotAllowed, NotFound
from tests.plans.desk import words
from tests.plans.test_writing_in_a_draft import person_tokens

READING = {
    "name": "Paired reading",
    "what": "Reads a page aloud together",
    "delivered_by": "Teaching assistant",
    "group_size": 2,
    "minutes": 20,
    "times": 3,
    "per": "week",
    "weeks": 10,
    "evidence_base": "Two trials",
    "source": "A programme",
    "cost": 12050,
}


@pytest.fixture
def reading(cast):
    """Paired reading in Oakfield's bank."""
    with cast.acting("sara") as unit:
        return entries.add(unit, cast.places["oakfield"], "provision", READING)


def bank(cast, school="oakfield", kind="provision"):
    return f"/banks/{cast.places[school]}/{kind}"


def acts_in(desk, cast, school="oakfield"):
    from isp.audit import Chain
    from isp.audit.queries import of_chain

    with cast.looking("hal") as unit:
        return [one.event.code for one in of_chain(unit, Chain.organisation(cast.places[school]), limit=100)]


def test_a_senco_adds_an_entry_finds_it_changes_it_and_retires_it(desk, cast):
    sara = desk.at("sara")
    new = f"{bank(cast)}/new"
    answer = sara.fill(sara.get(new), new, name="Paired reading", minutes="20", per="week", cost="120.50")
    assert answer.status_code == 303
    entry = answer.headers["Location"]
    assert "£120.50" in words(sara.get(entry))
    assert "Paired reading" in words(sara.get(f"{bank(cast)}?q=reading%20paired"))
    assert "Nothing in this bank has these words" in words(sara.get(f"{bank(cast)}?q=swimming"))
    change = f"{entry}/change"
    page = sara.get(change)
    assert sara.fill(page, change, minutes="30").status_code == 303
    assert "version 2" in words(sara.get(entry))
    old = sara.fill(page, change, minutes="40")
    assert old.status_code == 409
    assert "Somebody changed this entry" in words(old)
    assert sara.fill(sara.get(entry), f"{entry}/retire").status_code == 303
    assert "Paired reading" not in words(sara.get(bank(cast)))
    assert "Paired reading" in words(sara.get(f"{bank(cast)}?retired=yes"))
    told = acts_in(desk, cast)
    assert {"bank.entry_added", "bank.entry_changed", "bank.entry_retired"} <= set(told)


def test_what_a_plan_could_not_hold_is_said_at_its_box(desk, cast):
    sara = desk.at("sara")
    new = f"{bank(cast)}/new"
    answer = sara.fill(sara.get(new), new, name="Reading", minutes="601", cost="a lot")
    assert answer.status_code == 422
    assert "between 1 and 600" in words(answer)
    answer = sara.fill(sara.get(new), new, name="Reading", minutes="60", cost="a lot")
    assert answer.status_code == 422
    assert "Give an amount in pounds" in words(answer)
    assert "a lot" in answer.text
    assert "Enter what it is called" in words(sara.fill(sara.get(new), new, name=" "))


def test_a_retired_entry_stays_as_it_is(cast, reading):
    with cast.acting("sara") as unit:
        entries.retire(unit, reading)
    with pytest.raises(Conflict), cast.acting("sara") as unit:
        entries.change(unit, reading, 1, READING)
    with pytest.raises(Conflict), cast.acting("sara") as unit:
        entries.retire(unit, reading)


def test_a_version_of_an_entry_is_never_altered(cast, reading):
    with pytest.raises(DBAPIError), cast.store.database.writing() as connection:
        connection.execute(text("UPDATE bank_entry_version SET number = 7"))


def test_who_may_not_write_reads_and_costs_are_for_those_who_plan_them(desk, cast, reading):
    for name, costs in (("sara", True), ("hal", True), ("tom", False), ("ada", False)):
        said = words(desk.at(name).get(f"/banks/entries/{reading}"))
        assert "Paired reading" in said
        assert ("£120.50" in said) is costs, name
    for name, refusal in (("tom", NotAllowed), ("hal", NotAllowed), ("sena", NotFound), ("pam", NotFound)):
        with pytest.raises(refusal), cast.acting(name) as unit:
            entries.change(unit, reading, 1, READING)
        with pytest.raises(refusal), cast.acting(name) as unit:
            entries.add(unit, cast.places["oakfield"], "provision", READING)


def test_a_school_reads_what_its_authority_offers_and_changes_none_of_it(desk, cast):
    with cast.acting("mia") as unit:
        offered = entries.add(unit, cast.places["northshire"], "provision", READING)
    sara = desk.at("sara")
    said = words(sara.get(bank(cast)))
    assert "Paired reading offered by Northshire Authority" in said
    page = sara.get(f"/banks/entries/{offered}")
    assert "Change it" not in words(page)
    assert sara.get(f"/banks/entries/{offered}/change").status_code == 404
    assert sara.send(f"/banks/entries/{offered}/retire", person_tokens(sara)).status_code == 404
    assert desk.at("stan").get(f"/banks/entries/{offered}").status_code == 404  # of another authority
    assert "Paired reading" not in words(desk.at("stan").get(bank(cast, "ashby")))


def test_a_long_bank_has_pages(desk, cast):
    with cast.acting("sara") as unit:
        for number in range(60):
            entries.add(unit, cast.places["oakfield"], "adjustment", {"what": f"Adjustment {number:02}"})
    sara, here = desk.at("sara"), bank(cast, kind="adjustment")
    page = sara.get(here)
    assert "Adjustment 49" in words(page)
    assert "Adjustment 50" not in words(page)
    later = next(part for part in page.text.split('"') if part.startswith(f"{here}?from"))
    page = sara.get(later.replace("&amp;", "&"))
    assert "Adjustment 50" in words(page)
    assert "Adjustment 49" not in words(page)
    back = next(part for part in page.text.split('"') if part.startswith(f"{here}?from"))
    assert words(sara.get(back.replace("&amp;", "&"))).count("Adjustment ") == 50


# -- writing from one ---------------------------------------------------------------------------------------


def path_of(record, section="provision"):
    return f"/plans/{record}/edit/{section}/bank"


def test_an_entry_comes_into_the_plan_filled_in_and_is_changed_there(desk, draft, reading):
    sara = desk.at("sara")
    page = sara.get(path_of(draft))
    assert "Reads a page aloud together" in words(page)
    answer = sara.fill(page, path_of(draft), entry=str(reading))
    assert answer.status_code == 303
    item = desk.content(draft)["sections"]["provision"]["items"][-1]
    assert item["bank_entry"] == str(reading)
    assert {name: item[name] for name in READING if name != "source"} == {
        name: value for name, value in READING.items() if name != "source"
    }
    section = f"/plans/{draft}/edit/provision"
    page = sara.get(section)
    assert sara.fill(page, section, values={f"provision.{item['id']}.minutes": "15"}).status_code == 303
    assert desk.content(draft)["sections"]["provision"]["items"][-1]["minutes"] == 15
    assert desk.acts("ava")[-2:] == ["plan.draft_viewed", "plan.draft_saved"]


def test_a_teacher_adds_from_the_bank_without_its_cost(desk, draft, reading):
    tom = desk.at("tom")
    assert "£" not in words(tom.get(path_of(draft)))
    assert tom.fill(tom.get(path_of(draft)), path_of(draft), entry=str(reading)).status_code == 303
    assert "cost" not in desk.content(draft)["sections"]["provision"]["items"][-1]


def test_adjustments_come_from_their_own_bank(desk, cast, draft, reading):
    with cast.acting("sara") as unit:
        held = {"what": "Instructions one at a time", "where": "Lessons"}
        made = entries.add(unit, cast.places["oakfield"], "adjustment", held)
    sara = desk.at("sara")
    path = path_of(draft, "adjustments")
    page = sara.get(path)
    assert "Paired reading" not in words(page)
    assert sara.fill(page, path, entry=str(made)).status_code == 303
    item = desk.content(draft)["sections"]["adjustments"]["items"][-1]
    assert item.items() >= {**held, "bank_entry": str(made)}.items()
    assert sara.send(path, {**person_tokens(sara), "entry": str(reading)}).status_code == 409


def test_nothing_chosen_nothing_added_and_a_retired_entry_neither(desk, cast, draft, reading):
    sara = desk.at("sara")
    page = sara.get(path_of(draft))
    answer = sara.fill(page, path_of(draft))
    assert answer.status_code == 422
    assert "Choose at least one entry." in words(answer)
    with cast.acting("sara") as unit:
        entries.retire(unit, reading)
    assert sara.fill(page, path_of(draft), entry=str(reading)).status_code == 409
    assert desk.draft(draft).revision == 0


def test_who_may_not_write_the_plan_adds_nothing(desk, draft, reading):
    for name, status in (("hal", 403), ("pam", 403), ("tess", 404), ("sena", 404)):
        person = desk.at(name)
        assert person.get(path_of(draft)).status_code == status, name
        sent = person.send(path_of(draft), {**person_tokens(person), "entry": str(reading)})
        assert sent.status_code == status, name


def test_there_is_no_bank_for_other_sections(desk, draft):
    assert desk.at("sara").get(path_of(draft, "needs")).status_code == 404
