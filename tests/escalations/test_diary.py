"""The diary of a case: written with the real day, corrected by another entry, read by the authority alone."""

from __future__ import annotations

import io
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from docx import Document
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from isp import create_app
from isp.escalations.diary import actions, queries
from isp.escalations.diary.chronology import Line, read_chronology
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.kernel.ids import new_id
from tests.escalations.letter_world import begin, serve, settle_contacts
from tests.escalations.world import RECEIVED, Affair, on
from tests.people.world import Browser, settings
from tests.web.reading_pdf import Read

DAY = timedelta(days=1)
LATER = RECEIVED + 10 * DAY


def enter(affair: Affair, case: UUID, by: str = "olli", **more: Any) -> UUID:
    said: dict[str, Any] = {
        "kind": "call",
        "happened_on": RECEIVED + DAY,
        "who": "Pam Example",
        "what": "She asked when we decide.",
    } | more
    with on(LATER), affair.cast.acting(by) as unit:
        return actions.enter(unit, case, **said)


def correct(affair: Affair, case: UUID, entry: UUID, by: str = "olli", **more: Any) -> UUID:
    said: dict[str, Any] = {
        "kind": "call",
        "happened_on": RECEIVED + 2 * DAY,
        "who": "Pam Example",
        "what": "She asked when we decide.",
        "reason": "It was the day after.",
    } | more
    with on(LATER + DAY), affair.cast.acting(by) as unit:
        return actions.correct(unit, case, entry, **said)


def entries(affair: Affair, case: UUID, by: str = "olli") -> list[queries.Entry]:
    with on(LATER + DAY), affair.cast.looking(by) as unit:
        return queries.read_diary(unit, case)[2]


def lines(affair: Affair, case: UUID, by: str = "olli") -> tuple[Line, ...]:
    with on(LATER + DAY), affair.cast.looking(by) as unit:
        return read_chronology(unit, case).lines


def test_an_officer_writes_what_happened_with_its_real_day(affair: Affair) -> None:
    case = affair.request()
    enter(affair, case)
    (entry,) = entries(affair, case)
    assert (entry.now.on, entry.now.recorded_at.date()) == (RECEIVED + DAY, LATER)
    assert entry.now.what == "She asked when we decide."
    assert affair.on_pupil("diary.entered")[0].detail == {"entry": "call", "on": "2026-11-03"}
    assert len(affair.on_authority("diary.entered")) == 1


def test_what_was_wrong_is_corrected_by_another_entry_and_stays(affair: Affair) -> None:
    case = affair.request()
    first = enter(affair, case)
    second = correct(affair, case, first)
    (entry,) = entries(affair, case)
    assert (entry.now.id, entry.now.on, entry.now.reason) == (
        second, RECEIVED + 2 * DAY, "It was the day after.",
    )  # fmt: skip
    assert [one.id for one in entry.before] == [first]
    with pytest.raises(Conflict, match="corrected already"):
        correct(affair, case, first)
    for statement in ("UPDATE case_entry SET kind = 'note'", "DELETE FROM case_entry"):
        with pytest.raises(DBAPIError), affair.cast.making() as unit:
            unit.connection.execute(text(statement))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "seance"),
        ("happened_on", LATER + 3 * DAY),
        ("who", " "),
        ("what", ""),
        ("document_id", new_id()),
    ],
)
def test_an_entry_that_cannot_be_kept_is_refused_beside_its_field(
    affair: Affair, field: str, value: Any
) -> None:
    case = affair.request()
    with pytest.raises(Invalid) as refused:
        enter(affair, case, **{field: value})
    assert set(refused.value.errors) == {field}
    assert entries(affair, case) == []


def test_a_correction_needs_its_reason_and_an_entry_of_this_case(affair: Affair) -> None:
    case = affair.request()
    with pytest.raises(Invalid) as refused:
        correct(affair, case, enter(affair, case), reason=" ")
    assert set(refused.value.errors) == {"reason"}
    with pytest.raises(NotFound):
        correct(affair, case, new_id())


@pytest.mark.parametrize(
    ("who", "error"), [("pam", NotAllowed), ("sara", NotAllowed), ("otis", NotFound), ("sid", NotFound)]
)
def test_nobody_but_who_has_the_case_writes_or_reads_it(
    affair: Affair, who: str, error: type[Exception]
) -> None:
    case = affair.request()
    entry = enter(affair, case)
    for deed in (
        lambda: enter(affair, case, by=who),
        lambda: correct(affair, case, entry, by=who),
        lambda: entries(affair, case, who),
        lambda: lines(affair, case, who),
    ):
        with pytest.raises(error):
            deed()


def test_the_chronology_has_the_diary_the_letters_and_the_steps_with_both_dates(affair: Affair) -> None:
    settle_contacts(affair)
    case = affair.request()
    correct(affair, case, enter(affair, case))
    serve(affair, begin(affair, case, "considering"))
    found = lines(affair, case)
    assert {"Diary", "Letter", "Step"} <= {one.sort for one in found}
    assert [one.on for one in found] == sorted(one.on for one in found)
    diary = next(one for one in found if one.sort == "Diary")
    assert (diary.on, diary.recorded_at.date()) == (RECEIVED + 2 * DAY, LATER)
    assert "It was the day after." in diary.corrections[0]
    letter = next(one for one in found if one.sort == "Letter")
    assert any("Pam Example: by post" in words for words in letter.words)


def test_the_chronology_is_taken_as_pdf_and_word_for_a_purpose_that_is_noted(affair: Affair) -> None:
    case = affair.request()
    with on(LATER):
        officer = Browser(create_app(settings(), affair.cast.store), "192.0.2.1")
        officer.sign_in("olli")
        said = {
            "kind": "visit", "who": "Pam", "what": "Seen at home.",
            "happened_on-day": "4", "happened_on-month": "11", "happened_on-year": "2026",
        }  # fmt: skip
        wrong = officer.post(f"/cases/{case}/diary/add", said | {"who": ""})
        assert wrong.status_code == 422
        assert "Seen at home." in wrong.text
        assert officer.post(f"/cases/{case}/diary/add", said).status_code == 303
        page = officer.get(f"/cases/{case}/diary").text
        assert "Seen at home." in page
        change = page.partition('/correct"')[0].rpartition('href="')[2] + "/correct"
        assert officer.post(change, said | {"reason": ""}).status_code == 422
        assert officer.post(change, said | {"reason": "A slip", "who": "Pam Example"}).status_code == 303
        assert "A slip" in officer.get(f"/cases/{case}/diary").text
        assert "Seen at home." in officer.get(f"/cases/{case}/chronology").text
        base = f"/cases/{case}/chronology/file"
        assert officer.get(f"{base}?form=pdf&purpose=curiosity").status_code == 303
        pdf = officer.get(f"{base}?form=pdf&purpose=ombudsman").data
        word = officer.get(f"{base}?form=docx&purpose=appeal").data
    assert "Seen at home." in " ".join(Read(pdf).page_words)
    cells = [cell.text for table in Document(io.BytesIO(word)).tables for cell in table._cells]
    assert any("Seen at home." in one and "A slip" in one for one in cells)
    printed = affair.on_pupil("chronology.printed")
    assert [one.canon["purpose"] for one in printed] == ["ombudsman", "appeal"]


def test_of_two_corrections_at_once_one_lands(affair: Affair) -> None:
    case = affair.request()
    entry = enter(affair, case)
    together, answers = threading.Barrier(2), []
    said: dict[str, Any] = {
        "kind": "call",
        "happened_on": RECEIVED + 2 * DAY,
        "who": "Pam Example",
        "what": "She asked when we decide.",
        "reason": "It was the day after.",
    }

    def put_right() -> None:
        together.wait(30)
        try:
            with affair.cast.acting("olli") as unit:
                actions.correct(unit, case, entry, **said)
            answers.append("corrected")
        except Conflict:
            answers.append("refused")

    with on(LATER + DAY):
        threads = [threading.Thread(target=put_right) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(answers) == ["corrected", "refused"]
    assert len(entries(affair, case)) == 1


def test_the_database_holds_one_correction_of_an_entry(affair: Affair) -> None:
    case = affair.request()
    entry = enter(affair, case)
    correct(affair, case, entry)
    with affair.cast.making() as unit:
        rows = unit.connection.execute(queries.ENTRIES.select()).all()
    again = next(row for row in rows if row.corrects_id == entry)._asdict() | {"id": new_id()}
    with pytest.raises(IntegrityError), affair.cast.making() as unit:
        unit.connection.execute(queries.ENTRIES.insert(), again)
