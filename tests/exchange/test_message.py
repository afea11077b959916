"""Reading and writing the message, the schema, and files that are not what they seem."""

from __future__ import annotations

import csv
import io
import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from isp.exchange.sen2 import modules, validating
from isp.exchange.sen2.message import Person
from isp.exchange.sen2.reading import Message, NotSen2, persons
from isp.exchange.sen2.writing import as_xml, schema_text
from isp.exchange.sen2.years import DATA, Year, read_year, years
from tests.exchange import messages
from tests.exchange.messages import YEAR, header, valid

YEARS = list(years().values())


def written(found: list[Person], year: Year = YEAR) -> str:
    return "".join(as_xml(header(year), found, year))


def read(text: str | bytes, most: int = 10_000_000) -> tuple[list[Person], Message]:
    message = Message()
    raw = text.encode() if isinstance(text, str) else text
    return list(persons(io.BytesIO(raw), message, most)), message


@pytest.mark.parametrize("year", YEARS, ids=lambda year: str(year.year))
def test_the_schema_that_is_stored_is_the_one_that_the_year_makes(year: Year) -> None:
    assert DATA.joinpath(f"sen2-{year.year}.xsd").read_text("utf-8") == schema_text(year)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_written_is_valid_and_is_read_the_same(data: st.DataObject) -> None:
    year = data.draw(st.sampled_from(YEARS))
    found = data.draw(st.lists(messages.persons(year), max_size=3))
    text = written(found, year)
    schema = etree.XMLSchema(etree.fromstring(schema_text(year).encode()))
    schema.assertValid(etree.fromstring(text.encode()))
    again, message = read(text)
    assert again == found
    assert message.variances == ()
    assert message.as_header() == header(year)
    assert validating.unfit(header(year), found, year) == []


def test_the_order_within_a_plan_in_force_is_that_of_the_year() -> None:
    one = valid(requests=[messages.historical()])
    later, earlier = (written([one], years()[number]) for number in (2026, 2025))
    assert re.findall("<(ReviewOutcome|LastReview)>", later) == ["ReviewOutcome", "LastReview"]
    assert re.findall("<(ReviewOutcome|LastReview)>", earlier) == ["LastReview", "ReviewOutcome"]


def test_who_does_not_keep_to_the_schema_is_found_alone() -> None:
    found = validating.unfit(header(), [valid(), valid(ethnicity=None), valid()], YEAR)
    assert [place for place, _ in found] == [1]
    assert "Ethnicity" in found[0][1] or "PostCode" in found[0][1]
    assert validating.unfit(header(dsco=None), [valid()], YEAR)[0][0] == -1


def test_whatever_capitals_a_file_has_it_is_read_and_what_differs_is_said() -> None:
    text = written([valid()])
    shouted = re.sub(r"<(/?)Ethnicity>", r"<\1ETHNICITY>", text).replace("SENSetting", "SENsetting")
    shouted = re.sub(r"<(/?)Surname>", r"<\1FamilyName>", shouted)
    shouted = shouted.replace("<Sex>", "<AttendancePattern>F</AttendancePattern><Sex>")
    found, message = read(shouted)
    assert found == [valid()]
    said = " ".join(one.what for one in message.variances)
    assert "“ETHNICITY” is read as Ethnicity" in said
    assert "“FamilyName” is read as Surname" in said
    assert "“AttendancePattern” in Person is no item of the return" in said


def test_a_value_that_cannot_be_read_is_left_out_and_said() -> None:
    text = written([valid()]).replace("2016-05-14", "14/05/2016")
    found, message = read(text)
    assert found[0].born_on is None
    assert message.variances[0].what.startswith("PersonBirthDate has a value")
    assert "14/05" not in message.variances[0].what


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE Message [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    "<Message><Persons><Person><Surname>&b;</Surname></Person></Persons></Message>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE Message [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<Message><Persons><Person><Surname>&x;</Surname></Person></Persons></Message>"
)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (BOMB, "document type"),
        (OUTSIDE, "document type"),
        ("<Letter/>", "does not begin with"),
        ("<Message><Persons><Person>", "breaks off"),
        ("not a file at all", "cannot be read as XML"),
        ("<Message><Header><LEA>" + "2" * 2000 + "</LEA></Header></Message>", "longer than"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(text: str, why: str) -> None:
    with pytest.raises(NotSen2, match=why):
        read(text)


def test_a_file_that_never_ends_is_refused() -> None:
    with pytest.raises(NotSen2, match="larger than"):
        read("<Message>" + " " * 200_000, most=100_000)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400) | st.text(alphabet="<>/MesagPron&;! \"'", max_size=80).map(str.encode))
def test_no_bytes_make_it_fall_over(raw: bytes) -> None:
    with suppress(NotSen2):
        read(raw)


def test_the_tables_are_those_of_the_blade_export() -> None:
    outputs = {module: io.StringIO() for module in modules.MODULES}
    tables = modules.Tables(outputs, YEAR)
    tables.begin(header())
    tables.add([valid(surname="=cmd"), valid(requests=[messages.historical()])])
    rows = {module: list(csv.DictReader(io.StringIO(out.getvalue()))) for module, out in outputs.items()}
    assert [len(rows[module]) for module in ("sen2", "person", "requests", "assessment")] == [1, 2, 2, 2]
    assert rows["sen2"][0]["serialno"] == "001"
    assert rows["person"][0]["surname"] == "'=cmd"
    assert rows["requests"][0]["receiveddate"] == "2025-Mar-03 00:00:00"
    assert rows["plandetail"][1]["namedplantableid"] == rows["namedplan"][1]["namedplantableid"] == "2"
    assert rows["senneed"][3]["activeplanstableid"] == rows["activeplans"][1]["activeplanstableid"] == "2"


def test_a_year_whose_order_forgets_a_tag_is_refused() -> None:
    text = DATA.joinpath("sen2-2026.toml").read_text("utf-8").replace('"PostCode", ', "")
    with pytest.raises(ValueError, match="PostCode"):
        read_year(text)


def test_a_further_year_is_a_further_file() -> None:
    text = DATA.joinpath("sen2-2026.toml").read_text("utf-8")
    text = text.replace("year = 2026", "year = 2027").replace(
        'setting_tag = "SENSetting"', 'setting_tag = "SENsetting"'
    )
    later = read_year(text)
    one = valid(requests=[messages.assessed(active=messages.active(placements=[]))])
    one.requests[0].plan.details[0].setting = "OTH"  # type: ignore[union-attr]
    assert "<SENsetting>OTH</SENsetting>" in written([one], later)
    assert "SENsetting" in schema_text(later)
