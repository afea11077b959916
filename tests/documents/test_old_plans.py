"""Old plans as files: chosen together, matched by a person one by one, each an earlier cycle."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from isp.documents import waiting
from isp.documents.models import Document, DocumentBody, WaitingBody, WaitingPaper
from isp.kernel import clock
from isp.kernel.db import table_of
from isp.kernel.errors import Gone, Invalid, NotAllowed, NotFound
from isp.plans import bringing, queries
from isp.plans.models import PlanCard
from isp.records.models import RecordVersion
from isp.register import pupils, roll
from tests.cast import small_plan
from tests.documents import files
from tests.documents.desk import EVENTS, Desk, taken
from tests.pages import hidden

SOURCE = "our school, before this system"


def lot(desk: Desk) -> str:
    return f"/earlier-plans/{desk.cast.places['oakfield']}"


def chosen(desk: Desk, sent: dict[str, bytes], name: str = "sara"):
    """Files sent together, by their names."""
    person = desk.at(name)
    page = person.get("/earlier-plans")
    data: dict[str, Any] = {token: hidden(page, token) for token in ("csrf_token", "form_stamp")}
    data["files"] = [(io.BytesIO(held), file) for file, held in sent.items()]
    return person, person.post(f"{lot(desk)}/files", data)


def staged(desk: Desk, name: str = "old.docx", data: bytes | None = None, by: str = "sara") -> UUID:
    with desk.cast.acting(by) as unit:
        return waiting.stage(
            unit, desk.cast.places["oakfield"], name, taken(data or files.word("What was agreed"), name)
        )


def brought(desk: Desk, paper_id: UUID, pupil: str = "ava", by: str = "sara", days: int = 400):
    with desk.cast.acting(by) as unit:
        return bringing.bring_in(
            unit,
            desk.cast.places["oakfield"],
            paper_id,
            desk.cast.pupils[pupil],
            clock.today() - timedelta(days=days),
            SOURCE,
        )


def answers(paper_id: UUID, pupil_id: UUID | str, year: str = "2024") -> dict[str, str]:
    return {
        f"pupil-{paper_id}": str(pupil_id),
        f"on-{paper_id}-day": "3",
        f"on-{paper_id}-month": "2",
        f"on-{paper_id}-year": year,
    }


def named(desk: Desk, pupil: str) -> str:
    with desk.cast.looking("sara") as unit:
        return pupils.name(unit, desk.cast.pupils[pupil]).full


def test_the_senco_brings_a_lot_in_and_each_becomes_an_earlier_cycle(desk: Desk):
    plan = desk.cast.plan("ava", "sara", small_plan())
    ava, ben = named(desk, "ava"), named(desk, "ben")
    sent = {
        f"{ava} autumn.docx": files.word("Ava follows two-step instructions"),
        f"{ben}.pdf": files.pdf(),
        "evil.svg": files.SVG,
    }
    sara, answer = chosen(desk, sent)
    assert answer.status_code == 422
    assert "evil.svg: An SVG drawing can run scripts" in answer.text
    assert "Two files are here" in answer.text or "2 files are here" in answer.text
    page = sara.get(lot(desk))
    assert "The name of the file suggests it" in page.text
    assert "checked" not in page.text.split("Whose plan is it?")[1]
    papers = {row.type: row.id for row in desk.rows(WaitingPaper)}
    sent_back = {"source": SOURCE} | answers(papers["docx"], desk.cast.pupils["ava"])
    sent_back |= answers(papers["pdf"], desk.cast.pupils["ben"])
    done = sara.send(lot(desk), sent_back)
    assert done.status_code == 200
    assert f"an earlier plan of {ava}, version 2, with its text" in done.text
    assert f"an earlier plan of {ben}, version 1, as a file only; a plan was started" in done.text
    assert desk.rows(WaitingPaper) == desk.rows(WaitingBody) == []
    with desk.cast.looking("sara") as unit:
        reading = queries.read_version(unit, plan, 2)
        assert queries.read_version(unit, plan).version.number == 1
    advice = reading.content["sections"]["advice"]["items"]
    assert "Ava follows two-step instructions" in advice[0]["summary"]
    assert {row.kind for row in desk.rows(Document)} == {"old_plan"}
    assert desk.seen_by("pam") == {f"The plan of {SOURCE}"}


def test_what_is_not_said_right_waits_and_the_rest_is_brought_in(desk: Desk):
    first, second = staged(desk), staged(desk, "two.docx")
    sara = desk.at("sara")
    sent = {"source": SOURCE} | answers(first, desk.cast.pupils["ava"])
    sent |= answers(second, desk.cast.pupils["ben"], "2099")
    answer = sara.send(lot(desk), sent)
    assert answer.status_code == 422
    assert "two.docx: An earlier plan has a date in the past" in answer.text
    assert "2099" in answer.text
    assert [row.id for row in desk.rows(WaitingPaper)] == [second]
    assert len(desk.rows(Document)) == 1
    # Of the second nothing was done: no plan was started for Ben.
    assert desk.cast.pupils["ben"] not in {row.pupil_id for row in desk.rows(PlanCard)}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source": ""}, "Say where these plans were written"),
        ({"on-{}-day": "", "on-{}-month": "", "on-{}-year": ""}, "Enter the day"),
        ({"on-{}-day": "31"}, "two.docx:"),
        ({"pupil-{}": "other"}, "Choose whose plan this is"),
        ({"pupil-{}": "nonsense"}, "Choose whose plan this is"),
    ],
)
def test_what_is_missing_is_asked_for_and_what_was_said_is_kept(desk: Desk, change, words: str):
    paper_id = staged(desk, "two.docx")
    sent = {"source": SOURCE} | answers(paper_id, desk.cast.pupils["ava"])
    sent |= {name.format(paper_id): value for name, value in change.items()}
    answer = desk.at("sara").send(lot(desk), sent)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="2"' in answer.text or "on-{}-day" in change
    assert len(desk.rows(WaitingPaper)) == 1
    assert desk.rows(Document) == []


def test_a_file_of_which_nothing_is_said_waits_and_one_may_be_thrown_away(desk: Desk):
    first, second = staged(desk), staged(desk)
    sara = desk.at("sara")
    assert "at least one" in sara.send(lot(desk), {"source": SOURCE}).text
    answer = sara.send(lot(desk), {"source": SOURCE, f"pupil-{first}": "away"})
    assert "thrown away" in answer.text
    assert [row.id for row in desk.rows(WaitingPaper)] == [second]


def test_a_suggestion_is_never_taken_by_itself(desk: Desk):
    paper_id = staged(desk, f"{named(desk, 'ava')}.docx")
    sent = {"source": SOURCE} | answers(paper_id, "")
    answer = desk.at("sara").send(lot(desk), sent)
    assert answer.status_code == 422
    assert desk.rows(Document) == []


def test_names_of_files_suggest_by_upn_by_name_or_not_at_all(desk: Desk):
    with desk.cast.looking("sara") as unit:
        school = desk.cast.places["oakfield"]
        here = roll.everybody(unit, school)
    one = here[0]
    given, family = one.details.given, one.details.family
    for name in (f"{family}_{given} plan.docx", f"{given.upper()} {family.upper()} 2023.pdf"):
        assert bringing.suggest(name, here) == [one.pupil_id]
    if one.details.upn:
        assert bringing.suggest(f"plan {one.details.upn}.pdf", here) == [one.pupil_id]
    assert bringing.suggest("plan final (2).docx", here) == []
    assert bringing.suggest(f"{given}.docx", here) == []


def test_a_text_that_is_long_or_no_document_leaves_the_file_alone(desk: Desk):
    brought_in = brought(desk, staged(desk, data=files.word("word " * 10_000)))
    assert brought_in.with_text is False
    odd = files.zipped(files.word(), {"word/styles.xml": b"<a/>"})
    assert brought(desk, staged(desk, data=odd)).number == 2
    assert brought(desk, staged(desk, "notes.txt", b"As it was said\n")).with_text is True
    assert len(desk.rows(Document)) == 3


def test_the_same_file_is_not_brought_in_twice(desk: Desk):
    paper_id = staged(desk)
    brought(desk, paper_id)
    with pytest.raises(Gone):
        brought(desk, paper_id, "ben")
    assert len(desk.rows(Document)) == 1


def test_nothing_is_half_done_where_the_last_step_is_refused(desk: Desk):
    paper_id = staged(desk)
    with pytest.raises(Invalid):
        brought(desk, paper_id, days=-5)
    for table in (Document, DocumentBody, RecordVersion, PlanCard):
        assert desk.rows(table) == []
    assert len(desk.rows(WaitingPaper)) == 1


def test_a_file_waits_for_a_day_and_the_worker_clears_it(desk: Desk):
    paper_id = staged(desk)
    papers = table_of(WaitingPaper)
    with desk.cast.store.database.writing() as connection:
        connection.execute(update(papers).values(expires_at=clock.now() - timedelta(minutes=1)))
    with pytest.raises(Gone):
        brought(desk, paper_id)
    with desk.cast.making() as unit:
        assert waiting.purge(unit) == 1
    assert desk.rows(WaitingBody) == desk.rows(WaitingPaper) == []


@pytest.mark.parametrize(
    ("name", "why"), [("tom", NotAllowed), ("hal", NotAllowed), ("ada", NotAllowed), ("sena", NotFound)]
)
def test_whoever_may_not_bring_plans_in_does_not(desk: Desk, name: str, why: type[Exception]):
    paper_id = staged(desk)
    with pytest.raises(why):
        staged(desk, by=name)
    with pytest.raises(why):
        brought(desk, paper_id, by=name)
    assert desk.at(name).get(lot(desk)).status_code == why("").status  # type: ignore[attr-defined]
    assert len(desk.rows(WaitingPaper)) == 1


def test_no_plan_is_brought_in_for_a_pupil_of_another_school(desk: Desk):
    with pytest.raises(NotFound):
        brought(desk, staged(desk), "eli")


def test_the_trail_tells_what_was_read_in_what_became_of_it_and_that_the_list_was_seen(desk: Desk):
    paper_id = staged(desk, "Planted-name.docx")
    with desk.cast.looking("sara") as unit:
        found = bringing.to_match(unit, desk.cast.places["oakfield"])
    assert [paper.name for paper in found.papers] == ["Planted-name.docx"]
    brought(desk, paper_id)
    rows = [row for row in desk.rows(EVENTS) if row.actor == str(desk.cast.people["sara"])]
    acts = [row.act for row in sorted(rows, key=lambda row: (row.at, row.id))]
    assert acts[:2] == ["import.staged", "list.viewed"]
    assert set(acts[2:]) == {"plan.started", "plan.earlier_recorded", "document.added"}
    assert b"Planted" not in b"".join(row.canon for row in rows)
