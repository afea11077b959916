"""An audit as an authority holds one: twenty of sixty cases, looked at by two, settled and reported."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from lxml import html
from sqlalchemy import select

from isp import create_app
from isp.escalations import queries as cases
from isp.escalations.audits import actions, queries
from isp.escalations.audits.actions import Answer, Wanted
from isp.escalations.audits.content import ANSWERS, AUDITOR, MODERATOR, checklists, frame_digest, sample
from isp.escalations.models import AssessmentRequest
from isp.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.people.roles import Role
from tests.cast import Cast
from tests.escalations.world import RECEIVED, Affair, on
from tests.people.world import Browser, settings
from tests.web.reading_pdf import Read

CASES, DRAWN, SEED = 60, 20, "sixty2026"
LEFT_OPEN = 2
"""Cases that the moderator has not settled yet when the report is read."""
QUESTIONS = checklists().on(RECEIVED).about("decisions")
ORDER = list(ANSWERS)


def auditor_says(case: int, question: int) -> str:
    return ORDER[(case + question) % 3]


def moderator_says(case: int, question: int) -> str:
    """Another answer to each fourth question of the cases with an even number."""
    return "not_applicable" if case % 2 == 0 and question % 4 == 1 else auditor_says(case, question)


def settled_as(case: int, question: int) -> str:
    return auditor_says(case, question) if question == 1 else "partly"


def decided(cast: Cast, number: int) -> UUID:
    """A request that was decided, as its row stands."""
    made = new_id()
    pupil = cast.pupil(f"child{number}", "oakfield")
    words = {"reasons": "", "limb_a": True, "limb_b": number % 2 == 0, "decision_reasons": f"Reason {number}"}
    blank: dict[str, Any] = dict.fromkeys(
        ("sight_until", "appealed_on", "appeal_closed_on", "appeal_result", "ended_on", "youth_accommodation")
    )
    with cast.making() as unit:
        unit.insert(
            AssessmentRequest, id=made, reference=f"EHC-60-{number:02}", pupil_id=pupil,
            authority_id=cast.places["northshire"], school_id=cast.places["oakfield"], source="school",
            made_by=cast.people["sara"], received_on=RECEIVED - timedelta(days=40), recorded_at=unit.now,
            status="agreed" if number % 2 == 0 else "refused", officer_id=cast.people["olli"],
            decided_on=RECEIVED, decided_by=cast.people["olli"], days_late=0, days_unexcused=0, rules=None,
            sealed=unit.keys.seal(KeyOf.pupil(pupil), cases.place(made, 1), words), row_version=1, **blank,
        )  # fmt: skip
    return made


@pytest.fixture
def sixty(affair: Affair) -> tuple[Affair, list[UUID]]:
    """Sixty decided requests of olli's; otis audits, mara moderates."""
    with on(RECEIVED):
        affair.cast.member("mara", "northshire", Role.AUTHORITY_MANAGER)
        return affair, [decided(affair.cast, number) for number in range(CASES)]


def hold(affair: Affair) -> UUID:
    asked = Wanted("decisions", RECEIVED, RECEIVED, DRAWN, affair.person("otis"), affair.person("mara"), SEED)
    with on(RECEIVED), affair.cast.acting("mia") as unit:
        return actions.hold_audit(unit, affair.cast.places["northshire"], asked)


def drawn(affair: Affair, audit_id: UUID) -> list[Any]:
    query = select(queries.CASES).where(queries.CASES.c.audit_id == audit_id).order_by(queries.CASES.c.number)
    with affair.cast.making() as unit:
        return list(unit.connection.execute(query))


def fill(affair: Affair, row: Any, by: str, says: Callable[[int, int], str]) -> None:
    """One side's answers to the whole checklist of a case."""
    with on(RECEIVED), affair.cast.acting(by) as unit:
        case = queries.open_case(unit, row.audit_id, row.id)
        about = case.items[0].code
        said = {
            one.name: Answer(says(row.number, n), about, f"As I see case {row.number}")
            for n, one in enumerate(QUESTIONS)
        }
        actions.save_findings(unit, row.audit_id, row.id, said, finish=True)


def settle(affair: Affair, row: Any, by: str = "mara", **more: Any) -> None:
    with on(RECEIVED), affair.cast.acting(by) as unit:
        case = queries.open_case(unit, row.audit_id, row.id)
        said = {
            one.name: Answer(settled_as(row.number, n), case.items[0].code)
            for n, one in enumerate(QUESTIONS)
            if one in case.differing
        }
        actions.settle(unit, row.audit_id, row.id, said, **more)


def expected() -> list[dict[str, Any]]:
    """For each question what the report has to say, reckoned from the answers alone."""
    found = []
    open_cases = [case for case in range(1, DRAWN + 1) if case % 2 == 0][-LEFT_OPEN:]
    for n in range(len(QUESTIONS)):
        stands: Counter[str] = Counter()
        alike = unsettled = 0
        for case in range(1, DRAWN + 1):
            if auditor_says(case, n) == moderator_says(case, n):
                alike += 1
                stands[auditor_says(case, n)] += 1
            elif case in open_cases:
                unsettled += 1
            else:
                stands[settled_as(case, n)] += 1
        found.append(
            {
                "auditor": Counter(auditor_says(case, n) for case in range(1, DRAWN + 1)),
                "moderator": Counter(moderator_says(case, n) for case in range(1, DRAWN + 1)),
                "alike": alike,
                "stands": stands,
                "unsettled": unsettled,
            }
        )
    return found


def audited(affair: Affair) -> UUID:
    """The whole audit but for the cases that are left to settle; its id."""
    audit_id = hold(affair)
    rows = drawn(affair, audit_id)
    for row in rows:
        fill(affair, row, "otis", auditor_says)
        fill(affair, row, "mara", moderator_says)
    for row in [one for one in rows if one.number % 2 == 0][:-LEFT_OPEN]:
        settle(affair, row)
    return audit_id


def test_twenty_of_sixty_are_drawn_and_anybody_can_draw_them_again(
    sixty: tuple[Affair, list[UUID]],
) -> None:
    affair, ids = sixty
    rows = drawn(affair, hold(affair))
    assert [row.subject_id for row in rows] == sample(ids, SEED, DRAWN)
    assert [row.number for row in rows] == list(range(1, DRAWN + 1))
    with on(RECEIVED), affair.cast.looking("mia") as unit:
        report = queries.report(unit, rows[0].audit_id)
    assert (report.audit.frame, report.audit.frame_digest) == (CASES, frame_digest(ids))
    assert (report.again.frame, report.again.same_list, report.again.same_cases) == (CASES, True, True)


def cells(found: Any) -> list[list[str]]:
    return [[cell.text_content().strip() for cell in line] for line in found.findall("./tbody/tr")]


def test_the_report_of_twenty_audited_cases_tells_the_right_counts_on_every_page(
    sixty: tuple[Affair, list[UUID]],
) -> None:
    affair, _ = sixty
    audit_id = audited(affair)
    with on(RECEIVED):
        mia = Browser(create_app(settings(), affair.cast.store))
        mia.sign_in("mia")
        page = html.fromstring(mia.get(f"/audits/{audit_id}").text)
        file = mia.get(f"/audits/{audit_id}/report.csv").data
        paper = Read(mia.get(f"/audits/{audit_id}/report.pdf").data)

    sampled, answers, standing = page.findall(".//main//table")
    assert len(cells(sampled)) == DRAWN
    assert {tuple(line[2:]) for line in cells(sampled)} == {("Finished", "Finished")}
    lines = csv.DictReader(io.StringIO(file.decode("utf-8-sig")))
    printed = [[one.words for one in row.all("TH", "TD")] for row in paper.tree.all("TR")]
    for asked, said, stands, line, told in zip(
        QUESTIONS, cells(answers), cells(standing), lines, expected(), strict=False
    ):
        pairs = [f"{told[AUDITOR][code]} / {told[MODERATOR][code]}" for code in ORDER]
        alike = f"{told['alike']} of {DRAWN}"
        final = [str(told["stands"][code]) for code in ORDER] + [str(told["unsettled"])]
        assert said[1:] == [*pairs, alike], asked.name
        assert stands[1:] == final, asked.name
        assert [line[f"Auditor: {ANSWERS[code]}"] for code in ORDER] == [
            str(told[AUDITOR][code]) for code in ORDER
        ]
        assert (line["Answered alike"], line["Still to settle"]) == (str(told["alike"]), final[-1])
        assert [line[f"Stands: {ANSWERS[code]}"] for code in ORDER] == final[:-1]
        on_paper = [row[1:] for row in printed if row and row[0].startswith(asked.text)]
        assert on_paper == [[*pairs, alike], final], asked.name
    assert (
        "of 20 cases, both sides have finished 20" in " ".join(" ".join(paper.page_words).split()).casefold()
    )
    assert sum(one["unsettled"] for one in expected()) == LEFT_OPEN * 2


def test_the_moderator_settles_where_the_two_differ_and_what_they_said_stays(
    sixty: tuple[Affair, list[UUID]],
) -> None:
    affair, _ = sixty
    audit_id = hold(affair)
    row = drawn(affair, audit_id)[1]
    fill(affair, row, "otis", auditor_says)
    with pytest.raises(Conflict):
        settle(affair, row)
    fill(affair, row, "mara", moderator_says)
    with pytest.raises(NotAllowed):
        settle(affair, row, "otis")
    for name in ("sid", "sara", "eve"):
        with pytest.raises((NotFound, NotAllowed)):
            settle(affair, row, name)
    settle(affair, row)
    with on(RECEIVED), affair.cast.looking("otis") as unit:
        case = queries.view_case(unit, audit_id, row.id)
    assert (
        {one.name for one in case.differing} == case.settled.keys() == {QUESTIONS[1].name, QUESTIONS[5].name}
    )
    assert case.settled[QUESTIONS[5].name].row.answer == "partly"
    assert case.theirs[QUESTIONS[5].name].row.answer == "not_applicable"
    assert case.mine[QUESTIONS[5].name].row.answer == auditor_says(2, 5)
    pupil = next(number for number in range(CASES) if affair.cast.pupils[f"child{number}"] == row.pupil_id)
    told = affair.on_pupil("quality_audit.findings_saved", f"child{pupil}")
    assert [one.detail["side"] for one in told] == ["auditor", "moderator", "settled"]


def test_what_cannot_be_settled_is_refused(sixty: tuple[Affair, list[UUID]]) -> None:
    affair, _ = sixty
    audit_id = hold(affair)
    alike, differs = drawn(affair, audit_id)[:2]
    for row in (alike, differs):
        fill(affair, row, "otis", auditor_says)
        fill(affair, row, "mara", moderator_says)
    with pytest.raises(Conflict):
        settle(affair, alike)
    with pytest.raises(Conflict):
        settle(affair, differs, shown=differs.row_version)
    said = {QUESTIONS[1].name: Answer("splendid", f"decision:{differs.subject_id}")}
    with pytest.raises(Invalid) as refused, on(RECEIVED), affair.cast.acting("mara") as unit:
        actions.settle(unit, audit_id, differs.id, said)
    assert set(refused.value.errors) == {f"{QUESTIONS[1].name}-answer", f"{QUESTIONS[5].name}-answer"}
    with on(RECEIVED), affair.cast.acting("mia") as unit:
        actions.close_audit(unit, audit_id)
    with pytest.raises((Conflict, NotFound, NotAllowed)):
        settle(affair, differs)


def test_the_moderator_settles_on_the_page_of_the_case_and_the_auditor_reads_it(
    sixty: tuple[Affair, list[UUID]],
) -> None:
    affair, _ = sixty
    audit_id = hold(affair)
    row = drawn(affair, audit_id)[1]
    fill(affair, row, "otis", auditor_says)
    fill(affair, row, "mara", moderator_says)
    address = f"/audits/{audit_id}/cases/{row.id}"
    with on(RECEIVED):
        app = create_app(settings(), affair.cast.store)
        otis, mara = Browser(app), Browser(app, "192.0.2.7")
        otis.sign_in("otis")
        mara.sign_in("mara")
        assert "The moderator settles what stands where you differ." in otis.get(address).text
        assert "What stands where you differ?" in mara.get(address).text
        shown = str(drawn(affair, audit_id)[1].row_version)
        said = {f"{QUESTIONS[n].name}-answer": "partly" for n in (1, 5)}
        said |= {f"{QUESTIONS[n].name}-about": f"decision:{row.subject_id}" for n in (1, 5)}
        short = mara.post(
            address, {**said, f"{QUESTIONS[1].name}-answer": "", "settle": "yes", "shown": shown}
        )
        assert short.status_code == 422
        assert "Say what stands here." in short.text
        old = mara.post(address, {**said, "settle": "yes", "shown": "1"})
        assert "This case has changed since the page was opened" in old.text
        assert mara.post(address, {**said, "settle": "yes", "shown": shown}).status_code == 303
        assert "What stands: <strong>Partly met" in otis.get(address).text
