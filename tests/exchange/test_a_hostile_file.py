"""A file that is not what it says it is: nothing of it is kept unsealed, and the worker goes on."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from isp.access import ties
from isp.access.models import Tie
from isp.access.standing import RESPONSIBLE
from isp.audit import Event
from isp.exchange import actions, jobs
from isp.exchange.actions import FILES, JOBS
from isp.exchange.bringing import take_in
from isp.exchange.children import Listing
from isp.exchange.record_out import PLANS, REQUESTS, SETTINGS
from isp.exchange.sen2.cleaning import NO_CODE, cleaned
from isp.exchange.sen2.message import Request
from isp.exchange.sen2.reading import MOST_PARTS, MOST_VARIANCES, Message, NotSen2, persons
from isp.exchange.sen2.writing import as_xml
from isp.kernel.db import table_of
from isp.kernel.errors import Conflict, Invalid
from isp.register import pupils
from tests.audit.trail import events
from tests.cast import Cast
from tests.exchange.messages import YEAR, header, historical, valid
from tests.exchange.test_round_trip import bring

FORMULA = "=HYPERLINK(1)"
BEGIN = b"<Message><Header/><Persons><Person><Surname>A</Surname>"


def uploaded(cast: Cast, body: bytes) -> UUID:
    packed = take_in(io.BytesIO(body))
    with cast.acting("mia") as unit:
        return actions.read_in(unit, cast.places["northshire"], packed)


def job(cast: Cast, job_id: UUID) -> Any:
    with cast.making() as unit:
        return unit.connection.execute(select(JOBS).where(JOBS.c.id == job_id)).one()


def ours(person: Any) -> bytes:
    return "".join(as_xml(header(), [person], YEAR)).encode()


def read(body: bytes) -> Message:
    message = Message()
    list(persons(io.BytesIO(body), message))
    return message


# -- values that are none ----------------------------------------------------------------------------------


def test_what_is_no_code_of_the_year_is_left_out_and_counted() -> None:
    person = valid(ethnicity=FORMULA, postcode="AB1 2CD", requests=[historical()])
    plan = person.requests[0].plan
    assert plan is not None
    plan.direct_payments = "x" * 900
    plan.details[0].urn = "12345678"
    kept, left = cleaned(person, YEAR)
    assert left == {NO_CODE: 3}
    assert (kept.ethnicity, kept.postcode, kept.surname) == (None, "AB1 2CD", person.surname)
    assert kept.requests[0].plan is not None
    assert kept.requests[0].plan.direct_payments is None
    assert kept.requests[0].plan.details[0].urn is None
    assert person.ethnicity == FORMULA  # what was read stays for the rules to look at


def test_nobodys_text_gets_into_a_short_column_on_either_engine(cast: Cast) -> None:
    person = valid(ethnicity=FORMULA, requests=[historical()])
    plan = person.requests[0].plan
    assert plan is not None
    plan.residential = "He was in care from 2019"
    brought = bring(cast, [person])
    assert brought.counts[NO_CODE] == 2
    with cast.making() as unit:
        assert unit.connection.scalar(select(PLANS.c.residential)) is None
        assert unit.connection.scalars(select(SETTINGS.c.code)).all()


def test_a_spreadsheet_calculates_nothing_in_the_list_of_children() -> None:
    listing = Listing(date(2026, 2, 2), {})
    listing._rows.append([FORMULA, *[""] * 21])
    made = listing.done()
    rows = list(csv.reader(io.StringIO(gzip.decompress(made.packed).decode("utf-8-sig"))))
    assert rows[1][0] == f"'{FORMULA}"


# -- sizes -------------------------------------------------------------------------------------------------


def test_more_requests_than_anybody_has_stop_the_reading() -> None:
    with pytest.raises(NotSen2, match=f"more than {MOST_PARTS}"):
        read(BEGIN + b"<Requests/>" * (MOST_PARTS + 1) + b"</Person></Persons></Message>")


def test_ever_new_tags_are_counted_as_one_kind() -> None:
    tags = b"".join(b"<T%d/>" % one for one in range(MOST_VARIANCES + 300))
    found = read(BEGIN + tags + b"</Person></Persons></Message>").variances
    assert len(found) == MOST_VARIANCES + 1
    assert found[0].count == 300


def test_a_tag_of_any_length_is_refused() -> None:
    with pytest.raises(NotSen2, match="A tag"):
        read(BEGIN + b"<" + b"t" * 5_000 + b"/></Person></Persons></Message>")


def test_a_damaged_archive_gets_a_sentence() -> None:
    packed = bytearray(gzip.compress(ours(valid()) * 40))
    packed[40:90] = b"\xff" * 50
    with pytest.raises(Invalid, match="damaged"):
        take_in(io.BytesIO(bytes(packed)))


# -- the worker --------------------------------------------------------------------------------------------


def test_a_job_at_which_the_worker_dies_is_not_tried_for_ever(cast: Cast) -> None:
    job_id = uploaded(cast, ours(valid()))
    for _ in range(jobs.MOST_TRIES):
        assert jobs._taken(cast.store) is not None  # and is killed here
        with cast.making() as unit:
            past = unit.now - timedelta(minutes=1)
            unit.connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(leased_until=past))
    jobs.run(cast.store)
    assert (job(cast, job_id).state, job(cast, job_id).problem) == ("failed", jobs.GAVE_UP)


def test_an_import_that_broke_off_says_so_and_goes_on_or_is_thrown_away(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = uploaded(cast, ours(valid()))
    jobs.run(cast.store)
    with cast.acting("mia") as unit:
        actions.bring_in(unit, job_id)

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("isp.exchange.bringing.bring_in", broken)
        with pytest.raises(RuntimeError):
            jobs.run(cast.store)
    assert (job(cast, job_id).state, job(cast, job_id).problem) == ("failed", jobs.HALF_WAY)
    with cast.acting("mia") as unit:
        actions.bring_in(unit, job_id)
    jobs.run(cast.store)
    assert job(cast, job_id).state == "done"
    with pytest.raises(Conflict), cast.acting("mia") as unit:
        actions.put_aside(unit, job_id)


def test_a_failed_import_can_be_thrown_away_with_its_contents(cast: Cast) -> None:
    job_id = uploaded(cast, ours(valid()))
    jobs.run(cast.store)
    with cast.making() as unit:
        unit.connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(kind="import", state="failed"))
    with cast.acting("mia") as unit:
        actions.put_aside(unit, job_id)
    with cast.making() as unit:
        assert unit.connection.scalars(select(FILES.c.id).where(FILES.c.job_id == job_id)).all() == []


# -- children of somebody else by now ----------------------------------------------------------------------


REFUSED = Request(received_on=date(2025, 2, 3), source="1", outcome_on=date(2025, 3, 3), outcome="N")


def moved_on(cast: Cast) -> UUID:
    """A child whose request this authority refused long ago, and who is another authority's now."""
    bring(cast, [valid(postcode=None, ethnicity=None, requests=[REFUSED])])
    with cast.making() as unit:
        pupil_id: UUID = unit.connection.scalars(
            select(REQUESTS.c.pupil_id).where(REQUESTS.c.received_on == REFUSED.received_on)
        ).one()
        ties.open_tie(
            unit, pupil_id, RESPONSIBLE, date(2026, 1, 5), organisation_id=cast.places["southshire"]
        )
    return pupil_id


def details(cast: Cast, pupil_id: UUID) -> Any:
    with cast.making() as unit:
        return pupils.open_row(unit, pupils.rows_of(unit, [pupil_id])[0])


def responsible(cast: Cast, pupil_id: UUID) -> list[UUID]:
    table = table_of(Tie)
    with cast.making() as unit:
        query = select(table.c.organisation_id).where(
            table.c.pupil_id == pupil_id, table.c.kind == RESPONSIBLE
        )
        return list(unit.connection.scalars(query))


def test_a_file_writes_nothing_into_the_details_of_a_child_who_is_anothers_now(cast: Cast) -> None:
    pupil_id = moved_on(cast)
    again = bring(cast, [valid(postcode="NW1 6XE", ethnicity="WBRI", requests=[REFUSED, historical()])])
    assert (again.counts["persons_known"], again.counts["persons_filled"]) == (1, 0)
    assert details(cast, pupil_id).postcode is None
    assert responsible(cast, pupil_id) == [cast.places["southshire"]]


def test_what_a_file_fills_in_is_on_the_childs_trail(cast: Cast) -> None:
    bring(cast, [valid(postcode=None)])
    before = events(cast, Event.PUPIL_CHANGED)
    assert bring(cast, [valid()]).counts["persons_filled"] == 1
    assert events(cast, Event.PUPIL_CHANGED) == before + 1
    assert bring(cast, [valid()]).counts["persons_filled"] == 0
    assert events(cast, Event.PUPIL_CHANGED) == before + 1
