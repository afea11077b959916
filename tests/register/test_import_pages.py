"""A file through the pages, from choosing it to the record."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from isp.register.actions import groups
from isp.register.models import Pupil, StagedFile, TeachingGroup
from tests.pages import hidden
from tests.register.school import UPNS, Office, acts, address_in, count, csv, rows, without_noise

ROWS = (
    f"{UPNS[0]},Quill,Zoë,03/02/2016,4,K,4 Elm",
    f"{UPNS[1]},Bramble,Asa,21/09/2015,5,N,5 Ash",
)


def dialects() -> dict[str, bytes]:
    plain = csv(*ROWS).decode()
    return {
        "UTF-8 and commas": plain.encode(),
        "UTF-8 with a mark": plain.encode("utf-8-sig"),
        "Windows-1252 and semicolons": plain.replace(",", ";").encode("cp1252"),
        "other names of columns": plain.replace("Legal Surname,Legal Forename", "Surname,Forename")
        .replace("Date of Birth", "DOB")
        .encode(),
        "other dates": plain.replace("03/02/2016", "2016-02-03")
        .replace("21/09/2015", "21-Sep-2015")
        .encode(),
    }


@pytest.mark.parametrize("dialect", sorted(dialects()))
def test_sara_brings_a_file_in(office: Office, dialect):
    browser = office.signed_in("sara")
    preview = address_in(office.upload(browser, "pupils", dialects()[dialect]))
    page = browser.get(preview)
    assert "2 pupils new" in page.text
    assert count(office.cast, Pupil) == 6
    done = browser.post(f"{preview}/apply", {"seen": hidden_seen(page)}, page=preview)
    assert "The file is brought in" in done.text
    assert count(office.cast, Pupil) == 8
    listed = browser.get("/pupils?status=all")
    assert "Quill, Zoë" in listed.text
    assert "4 Elm" in listed.text


def hidden_seen(page):
    return hidden(page, "seen")


def test_the_same_file_twice_changes_nothing(office: Office):
    browser = office.signed_in("sara")
    page = browser.get("/imports")
    for _ in range(2):
        preview = address_in(office.upload(browser, "pupils", csv(*ROWS)))
        page = browser.get(preview)
        browser.post(f"{preview}/apply", {"seen": hidden_seen(page)}, page=preview)
    assert "2 pupils unchanged" in page.text
    assert count(office.cast, Pupil) == 8
    assert acts(office.cast).count("pupil.added") == 8
    assert acts(office.cast).count("pupil.changed") == 0


def test_faults_are_said_with_their_lines_and_nothing_is_done(office: Office):
    browser = office.signed_in("sara")
    bad = csv(
        ROWS[0],
        "B801200005009,Wrong,Upn,03/02/2016,4,K,",
        f"{UPNS[2]},Future,Fay,03/02/2099,4,K,",
        "P207000016049,Year,Yve,03/02/2016,Year 99,K,",
        '"=HYPERLINK(""x"")",Formula,Flo,03/02/2016,4,K,',
    )
    preview = address_in(office.upload(browser, "pupils", bad))
    page = browser.get(preview)
    for line in ("Line 3, UPN", "Line 4, Date of Birth", "Line 5, Year", "Line 6, UPN"):
        assert line in page.text
    assert "Bring it in" not in page.text
    answer = browser.post(f"{preview}/apply", {"seen": hidden_seen(page)}, page=preview)
    assert answer.status_code == 422
    assert "Nothing was brought in" in answer.text
    assert count(office.cast, Pupil) == 6


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04" + b"xl/workbook" * 40, "Excel workbook"),
        (b"%PDF-1.7 ...", "This is a PDF"),
        (bytes(range(256)) * 40, "not a text file"),
        (b"", "This file is empty"),
        (b"UPN,Name\n1,2\n" * 20_001, "more than 20,000 rows"),
    ],
    ids=["workbook", "PDF", "binary", "empty", "too many rows"],
)
def test_what_is_no_list_is_answered_in_words(office: Office, data, words):
    browser = office.signed_in("sara")
    answer = office.upload(browser, "pupils", data)
    assert answer.status_code == 422
    assert words in answer.text
    assert count(office.cast, StagedFile) == 0


def test_200_megabytes_are_refused_before_they_are_read(office: Office):
    browser = office.signed_in("sara")
    answer = browser.client.post(
        f"/imports/{office.cast.places['oakfield']}/new",
        headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
        content_type="multipart/form-data; boundary=x",
        input_stream=io.BytesIO(b"--x"),
        environ_overrides={"CONTENT_LENGTH": "200000000"},
    )
    assert answer.status_code == 413
    assert "too large" in answer.text
    assert count(office.cast, StagedFile) == 0


def test_columns_are_changed_and_remembered(office: Office):
    browser = office.signed_in("sara")
    odd = csv("Quill,Zoë,03/02/2016,4", headers="Second name,Called,Born,Stage")
    preview = address_in(office.upload(browser, "pupils", odd))
    page = browser.get(preview)
    assert "What is in each column?" in page.text
    chosen = {
        "legal_surname": "Second name",
        "legal_forename": "Called",
        "born_on": "Born",
        "year_group": "Stage",
    }
    answer = browser.post(f"{preview}/columns", chosen, page=preview)
    assert address_in(answer) == preview
    assert "1 pupil new" in browser.get(preview).text
    again = address_in(office.upload(browser, "pupils", odd))
    assert "1 pupil new" in browser.get(again).text


def test_differences_are_shown_side_by_side_and_taken_only_when_ticked(office: Office):
    browser = office.signed_in("sara")
    first = address_in(office.upload(browser, "pupils", csv(*ROWS)))
    browser.post(f"{first}/apply", {}, page=first)
    changed = csv(f"{UPNS[0]},Quill,Zoë,03/02/2016,4,E,4 Oak", ROWS[1])
    preview = address_in(office.upload(browser, "pupils", changed))
    shown = browser.get(f"{preview}/differences")
    assert "SEN status" in shown.text
    assert "4 Elm" in shown.text
    page = browser.get(preview)
    browser.post(f"{preview}/apply", {"seen": hidden_seen(page), "take": "line-2-sen_status"}, page=preview)
    listed = browser.get("/pupils?status=E").text
    assert "Quill, Zoë" in listed
    assert "4 Oak" in listed


def test_a_box_that_is_ticked_ends_and_absence_does_not(office: Office):
    browser = office.signed_in("sara")
    cast = office.cast
    preview = address_in(office.upload(browser, "pupils", csv(*ROWS)))
    page = browser.get(preview)
    assert "Ava Planted has left" in page.text
    sent = {"seen": hidden_seen(page), "left": str(cast.pupils["ava"])}
    refused = browser.post(f"{preview}/apply", sent, page=preview)
    assert "Enter the last day" in refused.text
    sent |= {"left_on-day": "20", "left_on-month": "7", "left_on-year": "2026"}
    done = browser.post(f"{preview}/apply", sent, page=preview)
    assert "The file is brought in" in done.text
    listed = browser.get("/pupils?status=all").text
    assert "Planted, Ava" not in listed
    assert "Planted, Ben" in listed


def test_the_record_that_moved_on_is_shown_again(office: Office):
    browser = office.signed_in("sara")
    preview = address_in(office.upload(browser, "pupils", csv(*ROWS)))
    page = browser.get(preview)
    other = address_in(office.upload(browser, "pupils", csv(ROWS[0])))
    browser.post(f"{other}/apply", {}, page=other)
    answer = browser.post(f"{preview}/apply", {"seen": hidden_seen(page)}, page=preview)
    assert "The record changed since you looked" in answer.text
    assert count(office.cast, Pupil) == 7


def test_a_upn_of_another_school_discloses_nothing(office: Office):
    """Byte for byte the page of an ordinary new pupil, before and after."""
    stan = office.signed_in("stan")
    first = address_in(office.upload(stan, "pupils", csv(ROWS[0]), "ashby"))
    stan.post(f"{first}/apply", {}, page=first)
    pages = {}
    for name, school, row in (
        ("sara", "oakfield", ROWS[0]),
        ("sena", "elmfield", ROWS[0].replace(UPNS[0], UPNS[2])),
    ):
        browser = office.signed_in(name)
        preview = address_in(office.upload(browser, "pupils", csv(row), school))
        seen = browser.get(preview)
        done = browser.post(f"{preview}/apply", {"seen": hidden_seen(seen)}, page=preview)
        listed = browser.post("/pupils", {"q": "quill"}, page="/pupils")
        pages[name] = [without_noise(each.text) for each in (done, listed)]
        pages[name] = [
            text.replace("Oakfield", "X").replace("Elmfield", "X").replace("Sara", "Y").replace("Sena", "Y")
            for text in pages[name]
        ]
        pages[name][0] = pages[name][0].replace("4 pupils on record", "1 pupil on record")
    assert pages["sara"] == pages["sena"]
    with office.cast.making() as unit:
        found = unit.connection.scalars(select(Pupil.upn_index).where(Pupil.upn_index.is_not(None))).all()
    assert len(found) == 2


def test_strangers_and_teachers_do_not_import(office: Office):
    for name, expected in (("tom", 403), ("nora", 403), ("stan", 403)):
        browser = office.signed_in(name)
        school = office.cast.places["oakfield"]
        status = browser.get(f"/imports?school={school}").status_code
        assert status in (expected, 404), (name, status)
    sara = office.signed_in("sara")
    preview = address_in(office.upload(sara, "pupils", csv(*ROWS)))
    for name in ("tom", "nora", "stan", "pam"):
        assert office.signed_in(name).get(preview).status_code in (403, 404), name


def test_a_file_put_aside_is_gone(office: Office):
    browser = office.signed_in("sara")
    preview = address_in(office.upload(browser, "pupils", csv(*ROWS)))
    browser.post(f"{preview}/put-aside", {}, page=preview)
    assert browser.get(preview).status_code == 404
    assert count(office.cast, StagedFile) == 0


def test_a_file_with_faults_offers_nothing_to_tick(office: Office):
    browser = office.signed_in("sara")
    preview = address_in(
        office.upload(browser, "pupils", csv(ROWS[0], ROWS[1].replace("21/09/2015", "soon")))
    )
    page = browser.get(preview)
    assert "To put right in the file" in page.text
    assert "has left" not in page.text
    assert "Bring it in" not in page.text


def test_a_file_that_changes_nothing_is_not_offered_to_be_brought_in(office: Office):
    browser = office.signed_in("sara")
    for kind, data in (("pupils", csv(*ROWS)), ("groups", csv(f"4 Elm,{UPNS[0]}", headers="Group,UPN"))):
        first = address_in(office.upload(browser, kind, data))
        browser.post(f"{first}/apply", {}, page=first)
    again = browser.get(
        address_in(office.upload(browser, "groups", csv(f"4 Elm,{UPNS[0]}", headers="Group,UPN")))
    )
    assert "there is nothing to bring in" in again.text
    assert "Bring it in" not in again.text
    # Pupils who are not in the file may be ticked as left, and that is all it could do.
    pupils = browser.get(address_in(office.upload(browser, "pupils", csv(*ROWS))))
    assert "has left" in pupils.text
    assert "Bring it in" not in pupils.text
    assert "Bring in what I ticked" in pupils.text


@pytest.mark.parametrize("ticked", [False, True])
def test_whom_somebody_took_out_of_a_group_today_a_file_puts_back_only_when_ticked(office: Office, ticked):
    browser, cast = office.signed_in("sara"), office.cast
    in_group = csv(f"Reading 1,{UPNS[0]}", headers="Group,UPN")
    for kind, data in (("pupils", csv(*ROWS)), ("groups", in_group)):
        first = address_in(office.upload(browser, kind, data))
        browser.post(f"{first}/apply", {}, page=first)
    (group,) = [row.id for row in rows(cast, TeachingGroup) if row.name == "Reading 1"]
    (tie,) = rows(cast, group_id=group)
    with cast.acting("sara") as unit:
        groups.take_out(unit, tie.id)
    preview = address_in(office.upload(browser, "groups", in_group))
    page = browser.get(preview)
    assert "put Zoë Quill into Reading 1 again" in page.text
    assert acts(cast, f"org:{cast.places['oakfield']}")[-1] == "list.viewed"  # her name was shown
    sent = {"seen": hidden_seen(page)} | ({"take": "line-2-pupil"} if ticked else {})
    done = browser.post(f"{preview}/apply", sent, page=preview)
    assert "The file is brought in" in done.text
    live = [row for row in rows(cast, group_id=group) if row.ended_at is None]
    assert len(live) == int(ticked)
