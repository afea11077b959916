"""The tables of a return (CSV) are read like its XML: same persons, same checks, what departs is listed."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isp.exchange import actions, bringing, jobs
from isp.exchange.bringing import take_in
from isp.exchange.files import CSV, place_of
from isp.exchange.sen2 import tables
from isp.exchange.sen2.message import Person
from isp.exchange.sen2.modules import MODULES, Tables
from isp.exchange.sen2.reading import Message, NotSen2
from isp.exchange.sen2.years import Year, years
from isp.kernel.errors import Invalid, NotAllowed, NotFound
from isp.kernel.keys import KeyOf
from tests.cast import Cast
from tests.exchange.messages import YEAR, header, historical, persons, upn_of, valid
from tests.exchange.test_jobs import OFFICERS
from tests.exchange.test_pages import Town

TODAY = date(2026, 1, 20)


def written(found: list[Person], year: Year = YEAR, **more: Any) -> dict[str, str]:
    """The nine tables by module, as the return writes them."""
    outputs = {module: io.StringIO(newline="") for module in MODULES}
    made = Tables(outputs, year)
    made.begin(header(year, **more))
    made.add(found)
    return {module: out.getvalue() for module, out in outputs.items()}


def zipped(given: Mapping[str, str | bytes], before: str = "Blade-Export_20-01-2026_") -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for module, text in given.items():
            archive.writestr(f"{before}{module}.csv", text)
    return into.getvalue()


def read(given: Mapping[str, str | bytes]) -> tuple[list[Person], Message]:
    message = Message()
    return list(tables.persons(bringing.take_in(io.BytesIO(zipped(given))), message)), message


def varied(message: Message) -> str:
    return "\n".join(one.what for one in message.variances)


def changed(text: str, deed: Any) -> str:
    """A table with its rows changed: ``deed`` gets all rows, headings first, as lists of cells."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    into = io.StringIO(newline="")
    csv.writer(into).writerows(deed(rows))
    return into.getvalue()


# -- there and back ----------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_the_tables_say_is_read_as_it_was_written_and_written_again_unchanged(
    data: st.DataObject,
) -> None:
    year = data.draw(st.sampled_from(sorted(years().values(), key=lambda one: one.year)))
    found = [data.draw(persons(year, place)) for place in range(3)]
    first = written(found, year)
    back, message = read(first)
    assert back == found
    assert message.variances == ()
    assert message.as_header() == header(year)
    assert written(back, year) == first


def test_a_return_made_from_what_its_tables_brought_in_has_the_same_tables(cast: Cast) -> None:
    place = cast.places["northshire"]
    found = [valid(forename=f"Child {one}", upn=upn_of(one), requests=[historical()]) for one in range(3)]
    first = written(found)
    with cast.acting("mia") as unit:
        job_id = actions.read_in(unit, place, take_in(io.BytesIO(zipped(first))))
    looked = jobs.run_until(cast.store, job_id)
    assert looked.state == "done", looked.problem
    assert looked.result["counts"]["persons"] == 3
    assert looked.result["variances"] == []
    with cast.acting("mia") as unit:
        actions.bring_in(unit, job_id)
    brought = jobs.run_until(cast.store, job_id).result["brought"]
    assert (brought["persons_new"], brought["plans"]) == (3, 3)
    with cast.acting("mia") as unit:
        made = actions.ask_return(unit, place, 2026, OFFICERS)
    assert jobs.run_until(cast.store, made).state == "done"
    again = handed_out(cast, made)
    # The header says who made it and when; everything about children is the same, whatever their order.
    for module in set(MODULES) - {"sen2"}:
        assert said_of(again, module) == said_of(first, module), module
    back, _ = read(again)
    assert sorted(back, key=lambda one: one.forename or "") == found


def said_of(given: Mapping[str, str], module: str) -> list[tuple[str, ...]]:
    """The rows of a table without the numbers that tie rows together, sorted."""
    rows = list(csv.reader(io.StringIO(given[module], newline="")))
    tying = {"nativeid", "sourceid"} | {f"{one}tableid" for one in MODULES} | {
        f"{one}orderseqcolumn" for one in MODULES
    }  # fmt: skip
    keep = [place for place, name in enumerate(rows[0]) if name.lower() not in tying]
    head, *lines = (tuple(line[place] for place in keep) for line in rows)
    return [head, *sorted(lines)]


def handed_out(cast: Cast, job_id: Any) -> dict[str, str]:
    """The tables of a return that was made, by module."""
    with cast.acting("mia") as unit:
        files = unit.connection.execute(
            actions.FILES.select().where(actions.FILES.c.job_id == job_id, actions.FILES.c.kind == CSV)
        ).one()
        key = KeyOf.organisation(cast.places["northshire"])
        packed = unit.keys.open_bytes(key, place_of(files.id), files.sealed)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {str(tables.module_of(one)): archive.read(one).decode() for one in archive.namelist()}


# -- what departs from the form ------------------------------------------------------------------------------


def test_rows_in_any_order_find_each_other_by_their_numbers() -> None:
    found = [valid(forename=f"Child {one}", upn=upn_of(one)) for one in range(3)]
    given = {
        module: text if module == "sen2" else changed(text, lambda rows: [rows[0], *reversed(rows[1:])])
        for module, text in written(found).items()
    }
    back, message = read(given)
    assert sorted(back, key=lambda one: one.forename or "") == found
    assert message.variances == ()


@pytest.mark.parametrize("place", ["²", "٣", "9" * 5000, "-1", "first"])
def test_a_place_that_is_no_number_leaves_the_rows_in_the_order_of_the_file(place: str) -> None:
    found = [valid(forename=f"Child {one}", upn=upn_of(one)) for one in range(3)]

    def at(rows: list[list[str]]) -> list[list[str]]:
        column = next(n for n, name in enumerate(rows[0]) if name.lower().endswith("orderseqcolumn"))
        return [rows[0], *([*row[:column], place, *row[column + 1 :]] for row in rows[1:])]

    given = {
        module: text if module == "sen2" else changed(text, at) for module, text in written(found).items()
    }
    back, _ = read(given)
    assert back == found


def test_capitals_of_the_headings_do_not_matter_and_a_column_that_is_none_is_listed() -> None:
    given = written([valid()])
    given["person"] = changed(
        given["person"],
        lambda rows: [
            [*(one.upper() for one in rows[0]), "Shoe size"],
            *([*line, "38"] for line in rows[1:]),
        ],
    )
    back, message = read(given)
    assert back == [valid()]
    assert "the column “Shoe size” of “person” is no item of the return" in varied(message)


def test_a_value_that_cannot_be_read_is_left_out_and_listed() -> None:
    given = written([valid()])

    def wrong(rows: list[list[str]]) -> list[list[str]]:
        place = rows[0].index("personbirthdate")
        for line in rows[1:]:
            line[place] = "2015-Foo-01 00:00:00"
        return rows

    given["person"] = changed(given["person"], wrong)
    (back,), message = read(given)
    assert back.born_on is None
    assert "PersonBirthDate has a value that cannot be read" in varied(message)


def test_rows_that_belong_to_nobody_and_tables_that_are_missing_are_listed() -> None:
    given = written([valid()])

    def orphaned(rows: list[list[str]]) -> list[list[str]]:
        place = rows[0].index("persontableid")
        return [rows[0], *([*line[:place], "99", *line[place + 1 :]] for line in rows[1:])]

    (back,), message = read(given | {"requests": changed(given["requests"], orphaned)})
    assert back.requests == []
    assert "a row of “requests” belongs to no row of “person”" in varied(message)
    del given["senneed"]
    (back,), message = read(given)
    assert back.requests[0].active is not None
    assert back.requests[0].active.needs == []
    assert "there is no table “senneed”" in varied(message)


def test_what_a_table_program_was_kept_from_taking_for_a_formula_is_read_as_it_was() -> None:
    person = valid(surname="=Cmd", forename="'tis")
    (back,), _ = read(written([person]))
    assert (back.surname, back.forename) == ("=Cmd", "'tis")


def test_a_table_of_windows_text_is_read_and_said_so() -> None:
    given: dict[str, str | bytes] = dict(written([valid(surname="Zoë")]))
    given["person"] = str(given["person"]).encode("cp1252")
    (back,), message = read(given)
    assert back.surname == "Zoë"
    assert "is not in UTF-8" in varied(message)


@pytest.mark.parametrize(
    ("module", "text", "sentence"),
    [
        ("person", "", "is empty"),
        ("person", 'surname,persontableid\r\n"Ava', "damaged"),
        ("person", "surname\r\nAva", "no column “persontableid”"),
        ("requests", "receiveddate,requeststableid\r\n2026-01-01,1", "no column “persontableid”"),
    ],
)
def test_a_table_that_is_none_is_refused_with_a_sentence(module: str, text: str, sentence: str) -> None:
    with pytest.raises(NotSen2, match=sentence):
        read(written([valid()]) | {module: text})


# -- taking it in ------------------------------------------------------------------------------------------


def named(module: str, text: str) -> io.BytesIO:
    made = io.BytesIO(text.encode())
    made.name = f"{module}.csv"
    return made


def test_the_tables_one_by_one_are_the_same_as_in_an_archive() -> None:
    given = written([valid()])
    one_by_one = bringing.take_in(*(named(module, text) for module, text in given.items()))
    assert one_by_one == bringing.take_in(io.BytesIO(zipped(given)))


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["person", "person"], "there twice"),
        (["person", "shoes"], "“shoes.csv” is no table of the return"),
        (["requests", "sen2"], "The table of persons is missing"),
        (["requests"], "The table of persons is missing"),
    ],
)
def test_what_is_no_set_of_tables_is_refused_beside_the_field(names: list[str], sentence: str) -> None:
    given = written([valid()])
    files = []
    for place, name in enumerate(names):
        one = named(name, given.get(name, "x"))
        one.name = f"{place}/{name}.csv"
        files.append(one)
    with pytest.raises(Invalid) as refused:
        bringing.take_in(*files)
    # Two of one name in different folders are one table twice.
    assert sentence in refused.value.errors["file"]


def test_an_archive_of_both_kinds_is_refused() -> None:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("sen2.xml", "<Message/>")
        archive.writestr("person.csv", "surname")
    into.seek(0)
    with pytest.raises(Invalid) as refused:
        bringing.take_in(into)
    assert "exactly one XML file" in refused.value.errors["file"]


def test_tables_that_are_larger_than_any_return_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_BYTES", 100)
    with pytest.raises(Invalid) as refused:
        bringing.take_in(io.BytesIO(zipped(written([valid()]))))
    assert "which no return is" in refused.value.errors["file"]


def test_the_same_rules_are_run_over_tables_as_over_the_message() -> None:
    broken = valid(sex="X")
    looked = bringing.look(
        bringing.take_in(io.BytesIO(zipped(written([broken])))), "201", TODAY, lambda _: None
    )
    assert looked.rules
    assert (looked.year, looked.lea) == (2026, "201")


def test_another_authoritys_tables_are_refused() -> None:
    with pytest.raises(Invalid, match="the return of authority 202"):
        bringing.look(
            bringing.take_in(io.BytesIO(zipped(written([valid()], lea="202")))), "201", TODAY, lambda _: None
        )


# -- by a person -------------------------------------------------------------------------------------------


def test_a_manager_brings_several_tables_in_on_the_page(cast: Cast) -> None:
    town = Town(cast)
    mia = town.browser("mia")
    assert "multiple" in mia.get("/sen2/bring-in").text
    given = written([valid()])
    files = [(io.BytesIO(text.encode()), f"Blade-Export_{module}.csv") for module, text in given.items()]
    sent = mia.post("/sen2/bring-in", {"file": files})
    assert sent.status_code == 303, sent.text
    town.work()
    assert "What is in this file?" in mia.get(sent.headers["Location"]).text
    wrong = mia.post("/sen2/bring-in", {"file": [(io.BytesIO(b"x"), "shoes.csv")]})
    assert wrong.status_code == 422
    assert "no table of the return" in wrong.text


def test_nobody_else_brings_tables_in(cast: Cast) -> None:
    for who, error in (("olli", NotAllowed), ("sara", NotFound)):
        with cast.acting(who) as unit, pytest.raises(error):
            actions.read_in(unit, cast.places["northshire"], take_in(io.BytesIO(zipped(written([valid()])))))
