"""The return's pages as a manager, an officer and others meet them, with the real worker behind."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from uuid import UUID

import pytest
from lxml import etree
from sqlalchemy import delete, select

from isp import create_app
from isp.audit import Chain, Event
from isp.audit.queries import of_chain
from isp.audit.verify import verify
from isp.ehcp.models import PlanSetting
from isp.exchange import jobs
from isp.exchange.models import Sen2Finding
from isp.exchange.pages import places
from isp.exchange.record_out import PLANS, REQUESTS
from isp.exchange.sen2.message import Person
from isp.exchange.sen2.reading import Message
from isp.exchange.sen2.reading import persons as read
from isp.exchange.sen2.rules import BY_NUMBER
from isp.exchange.sen2.writing import as_xml
from isp.exchange.sen2.years import DATA
from isp.kernel.db import table_of
from isp.kernel.ids import new_id
from isp.people.models import Organisation
from tests.cast import Cast
from tests.exchange.messages import URN, YEAR, header, historical, upn_of, valid
from tests.people.world import Browser, settings

OFFICERS = {"dmo": "Y", "dco": "N", "dsco": "R"}


def a_file() -> tuple[list[Person], bytes]:
    """Three children, one of them without a postcode, one with a mistyped UPN."""
    found = [
        valid(),
        valid(forename="Ben", upn=upn_of(2), postcode=None, requests=[historical()]),
        valid(forename="Cleo", upn="A" + upn_of(3)[1:]),
    ]
    return found, "".join(as_xml(header(), found, YEAR)).encode()


class Town:
    """The whole application over the cast, with its worker."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.app = create_app(settings(), cast.store)

    def browser(self, name: str) -> Browser:
        made = Browser(self.app, "192.0.2.1")
        assert made.sign_in(name).status_code == 303
        return made

    def work(self) -> None:
        while jobs.run(self.cast.store):
            pass


@pytest.fixture
def town(cast: Cast) -> Town:
    return Town(cast)


def bring_in(town: Town, mia: Browser, body: bytes) -> str:
    sent = mia.post("/sen2/bring-in", {"file": (io.BytesIO(body), "sen2.xml")})
    assert sent.status_code == 303, sent.text
    page = sent.headers["Location"]
    town.work()
    return page


def test_a_manager_brings_a_file_in_mends_and_sends_a_return_that_is_valid(town: Town) -> None:
    people, body = a_file()
    mia = town.browser("mia")
    page = bring_in(town, mia, body)
    looked = mia.get(page)
    assert "What is in this file?" in looked.text
    assert "S‑002" in looked.text
    assert mia.post(page + "/bring-in", {}).status_code == 303
    town.work()
    done = mia.get(page)
    assert "The file is brought in" in done.text
    assert "Persons, new here" in done.text
    # What is to be mended, and by whom.
    assert mia.post("/sen2/check?year=2026", {}).status_code == 303
    town.work()
    assert "S‑002" in mia.get("/sen2?year=2026").text
    listed = mia.get("/sen2/2026/S-002")
    assert "Cleo Example" in listed.text
    child = re.findall(r"/sen2/pupils/([0-9a-f-]{36})", listed.text)[0]
    form = mia.get(f"/sen2/pupils/{child}")
    shown = re.findall(r'name="shown" value="(\d+)"', form.text)[0]
    details = {"upn": upn_of(3), "ethnicity": "WBRI", "postcode": "nw16xe", "sex": "F", "shown": shown}
    assert mia.post(f"/sen2/pupils/{child}", details).status_code == 303
    stale = mia.post(f"/sen2/pupils/{child}", details | {"postcode": "M1 1AE"})
    assert stale.status_code == 422
    assert "Somebody else changed these details" in stale.text
    # The return.
    made = mia.post("/sen2/make?year=2026", OFFICERS)
    assert made.status_code == 303
    town.work()
    ready = mia.get(made.headers["Location"])
    assert "Every person in it keeps to the schema of 2026" in ready.text
    xml, tables = (
        mia.get(link.replace("&amp;", "&")) for link in re.findall(r'/sen2/files/[^"]+', ready.text)
    )
    schema = etree.XMLSchema(etree.fromstring(DATA.joinpath("sen2-2026.xsd").read_bytes()))
    schema.assertValid(etree.fromstring(xml.data))
    message = Message()
    out = {one.forename: one for one in read(io.BytesIO(xml.data), message)}
    people[2].upn = upn_of(3)
    assert out == {one.forename: one for one in people}
    assert message.header["SerialNo"] == 1
    names = zipfile.ZipFile(io.BytesIO(tables.data)).namelist()
    assert any(re.fullmatch(r"Blade-Export_\d\d-\d\d-\d{4}_placementdetail\.csv", one) for one in names)
    assert len(names) == 9
    # Made again, it has the next number; and the trail is whole.
    again = mia.post("/sen2/make?year=2026", OFFICERS)
    town.work()
    assert "serial number 002" in mia.get("/sen2?year=2026").text
    assert mia.get(again.headers["Location"]).status_code == 200
    assert verify(town.cast.store).ok


def test_what_came_in_opens_as_any_other_case_and_plan(town: Town) -> None:
    mia = town.browser("mia")
    page = bring_in(town, mia, a_file()[1])
    mia.post(page + "/bring-in", {})
    town.work()
    with town.cast.making() as unit:
        requests = list(unit.connection.scalars(select(REQUESTS.c.id)))
        plans = list(unit.connection.scalars(select(PLANS.c.id)))
    assert (len(requests), len(plans)) == (2, 3)
    for path in (
        *(f"/cases/{one}" for one in requests),
        *(f"/ehc-plans/{one}" for one in plans),
        *(f"/ehc-plans/{one}/reviews" for one in plans),
        "/cases/all",
    ):
        assert mia.get(path).status_code == 200, path


def test_an_officer_reads_what_is_to_be_mended_and_names_nobody_she_does_not_see(town: Town) -> None:
    mia, olli = town.browser("mia"), town.browser("olli")
    page = bring_in(town, mia, a_file()[1])
    mia.post(page + "/bring-in", {})
    town.work()
    olli.post("/sen2/check?year=2026", {})
    town.work()
    assert "S‑002" in olli.get("/sen2?year=2026").text
    listed = olli.get("/sen2/2026/S-002").text
    assert "Cleo" not in listed
    assert "not yours" in listed
    for path in ("/sen2/make", "/sen2/bring-in", "/sen2/children"):
        assert olli.get(path).status_code == 403
    child = re.findall(r"/sen2/pupils/([0-9a-f-]{36})", mia.get("/sen2/2026/S-002").text)[0]
    assert olli.get(f"/sen2/pupils/{child}").status_code == 404


def test_the_list_of_children_has_a_purpose_and_says_what_it_does_not_hold(town: Town) -> None:
    mia = town.browser("mia")
    page = bring_in(town, mia, a_file()[1])
    mia.post(page + "/bring-in", {})
    assert "Absence" in mia.get("/sen2/children").text
    assert mia.post("/sen2/children", {}).status_code == 422
    made = mia.post("/sen2/children?year=2026", {"purpose": "inspection"})
    town.work()
    ready = mia.get(made.headers["Location"])
    link = re.findall(r'/sen2/files/[^"]+', ready.text)[0]
    assert "purpose=inspection" in link
    rows = mia.get(link).data.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Unique ID,UPN,ULN,Date of birth")
    assert len(rows) == 4
    assert mia.get(link.partition("?")[0]).status_code == 422


def test_every_rule_leads_the_manager_to_where_it_is_mended(town: Town) -> None:
    mia = town.browser("mia")
    page = bring_in(town, mia, a_file()[1])
    mia.post(page + "/bring-in", {})
    town.work()
    mia.post("/sen2/check?year=2026", {})
    town.work()
    with town.cast.making() as unit:
        # Ava: her request, her assessment and her plan.
        asked = unit.connection.execute(
            select(REQUESTS).where(REQUESTS.c.pupil_id.in_(select(PLANS.c.pupil_id))).order_by(REQUESTS.c.id)
        ).first()
        assert asked is not None
        plan_id = unit.connection.scalar(select(PLANS.c.id).where(PLANS.c.pupil_id == asked.pupil_id))
        unit.connection.execute(delete(table_of(Sen2Finding)))
        for number in BY_NUMBER:
            unit.insert(
                Sen2Finding, id=new_id(), authority_id=town.cast.places["northshire"], year=2026,
                rule=number, pupil_id=asked.pupil_id, request_id=asked.id, plan_id=plan_id,
            )  # fmt: skip
    listed = mia.get("/sen2?year=2026").text
    met: dict[str, int] = {}
    for number in BY_NUMBER:
        address = f"/sen2/2026/{number}"
        assert f'href="{address}"' in listed
        row = mia.get(address).text.partition("Where it is mended")[2].partition("</table>")[0]
        links = re.findall(r'href="([^"]+)"', row)
        assert len(links) >= 3, number  # the child, the case or plan, and where it is mended
        for link in links:
            met[link] = met.get(link) or mia.get(link).status_code
    assert {link: status for link, status in met.items() if status != 200} == {}
    child = mia.get(f"/sen2/pupils/{asked.pupil_id}").text.partition("To mend")[2].partition("</ul>")[0]
    assert child.count("<li>") == len(BY_NUMBER)
    assert set(re.findall(r'href="([^"]+)"', child)) <= set(met)


def test_a_finding_about_no_case_on_record_leads_to_the_child(town: Town) -> None:
    with town.app.test_request_context():
        pupil_id = new_id()
        for number in BY_NUMBER:
            found = places.links(number, pupil_id, None, None)
            assert found[0][0] == f"/sen2/pupils/{pupil_id}"


def test_the_authority_writes_the_types_of_need_of_a_child_whom_no_school_here_has(town: Town) -> None:
    mia = town.browser("mia")
    page = bring_in(town, mia, a_file()[1])
    mia.post(page + "/bring-in", {})
    town.work()
    with town.cast.making() as unit:
        pupil_id = unit.connection.scalar(select(PLANS.c.pupil_id))
    here = f"/sen2/pupils/{pupil_id}"
    held = dict(re.findall(r'name="(upn|postcode|shown)"[^>]*value="([^"]*)"', mia.get(here).text))
    said = {**held, "sex": "F", "ethnicity": "WBRI", "need_primary": "HI", "need_secondary": "HI"}
    twice = mia.post(here, said)
    assert (twice.status_code, "This is the primary need already" in twice.text) == (422, True)
    assert mia.post(here, said | {"need_secondary": "PD"}).status_code == 303
    assert "Primary need: Hearing impairment, secondary need: Physical disability" in mia.get(here).text


def test_the_phase_of_a_school_stands_in_the_list_by_its_number_and_one_elsewhere_has_none(
    town: Town,
) -> None:
    with town.cast.making() as unit:
        unit.change(Organisation, {"id": town.cast.places["oakfield"]}, urn=URN, phase="primary")
    mia = town.browser("mia")
    page = bring_in(town, mia, a_file()[1])
    mia.post(page + "/bring-in", {})
    town.work()
    with town.cast.making() as unit:
        s = table_of(PlanSetting).c
        first = select(s.id).where(s.named.is_(False)).order_by(s.id).limit(1)
        unit.change(PlanSetting, {"id": unit.connection.scalar(first)}, urn="100999", school_id=None)
    asked = mia.get("/sen2/children").text
    assert "phase" not in asked.partition("These columns stay empty")[2]
    made = mia.post("/sen2/children?year=2026", {"purpose": "inspection"})
    town.work()
    link = re.findall(r'/sen2/files/[^"]+', mia.get(made.headers["Location"]).text)[0]
    rows = list(csv.DictReader(io.StringIO(mia.get(link).data.decode("utf-8-sig"))))
    told = sorted(
        (one["Main education establishment – URN"], one["Main education establishment – phase"])
        for one in rows
    )
    assert told == [("100999", ""), (URN, "Primary"), (URN, "Primary")]


def test_an_officer_takes_the_return_by_its_link_for_its_purpose_and_it_is_in_the_trail(town: Town) -> None:
    mia, olli = town.browser("mia"), town.browser("olli")
    page = bring_in(town, mia, a_file()[1])
    mia.post(page + "/bring-in", {})
    town.work()
    made = mia.post("/sen2/make?year=2026", OFFICERS)
    town.work()
    links = re.findall(r'/sen2/files/[^"]+', olli.get("/sen2?year=2026").text)
    assert len(links) == 2
    assert set(links) == set(re.findall(r'/sen2/files/[^"]+', olli.get(made.headers["Location"]).text))
    taken = olli.get(links[0])
    assert (taken.status_code, taken.mimetype) == (200, "application/xml")
    assert olli.get(links[0].partition("?")[0]).status_code == 422
    northshire = Chain.organisation(town.cast.places["northshire"])
    with town.cast.making() as unit:
        (seen,) = [one for one in of_chain(unit, northshire, limit=50) if one.event is Event.SEN2_TAKEN]
    assert seen.actor == str(town.cast.people["olli"])
    assert seen.canon["purpose"] == "secretary_of_state"


def test_the_list_of_every_child_stays_with_the_manager(town: Town) -> None:
    mia, olli = town.browser("mia"), town.browser("olli")
    page = bring_in(town, mia, a_file()[1])
    mia.post(page + "/bring-in", {})
    town.work()
    made = mia.post("/sen2/children?year=2026", {"purpose": "inspection"})
    town.work()
    link = re.findall(r'/sen2/files/[^"]+', mia.get(made.headers["Location"]).text)[0]
    assert "/sen2/files/" not in olli.get(made.headers["Location"]).text
    assert "/sen2/files/" not in olli.get("/sen2?year=2026").text
    assert olli.get(link).status_code == 403


@pytest.mark.parametrize("name", ["sara", "pam", "eve", "nora"])
def test_others_find_nothing(town: Town, name: str) -> None:
    browser = town.browser(name)
    for path in ("/sen2", "/sen2/make", "/sen2/bring-in", "/sen2/children", "/sen2/2026/S-002"):
        assert browser.get(path).status_code == 404


def test_a_file_of_another_authority_is_not_read(town: Town) -> None:
    mia = town.browser("mia")
    body = "".join(as_xml(header(lea="202"), [valid()], YEAR)).encode()
    page = mia.get(bring_in(town, mia, body)).text
    assert "It could not be done" in page
    assert "authority 202" in page


def test_a_file_that_was_put_aside_is_gone(town: Town) -> None:
    mia = town.browser("mia")
    page = bring_in(town, mia, a_file()[1])
    assert mia.post(page + "/aside", {}).status_code == 303
    assert mia.post(page + "/bring-in", {}).status_code == 409
    assert "put aside" in mia.get(page).text


def test_another_authority_meets_neither_jobs_nor_files(town: Town, cast: Cast) -> None:
    mia = town.browser("mia")
    page = bring_in(town, mia, a_file()[1])
    sid = town.browser("sid")
    assert sid.get(page).status_code == 404
    assert sid.get(f"/sen2?authority={cast.places['northshire']}").status_code == 404
    assert mia.get(f"/sen2/jobs/{UUID(int=1)}").status_code == 404
