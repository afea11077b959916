"""An authority of 25,000 plans and 8,000 live cases with ten years of history, and one a tenth the size.

Rows are laid out raw and in bulk: of every case its steps, of every one that is live its letters, its diary
and the advice asked for as well. An officer has as many cases in both, so that what is compared is what the
size of the authority alone costs. Pages are asked for within the process, signed in as an officer and as the
manager; the time of each is the whole answer, its view event among it.
"""

from __future__ import annotations

import gc
import logging
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Table as SqlTable
from sqlalchemy import insert

from isp import create_app
from isp.access.models import Tie
from isp.audit import Unit
from isp.ehcp.models import AnnualReview, CaseStep, StatutoryPlan
from isp.escalations import duties
from isp.escalations.advice_models import AdviceRequest
from isp.escalations.case_models import CaseEntry, CaseLetter
from isp.escalations.deadlines import Act, due, rule_sets
from isp.escalations.letters.wording import wordings
from isp.escalations.models import Assessment, AssessmentRequest, CaseDuty
from isp.kernel import clock
from isp.kernel.crypto import Place
from isp.kernel.db import table_of
from isp.kernel.ids import new_id
from isp.kernel.keys import KeyOf
from isp.people.roles import Role
from isp.register.models import Pupil
from tests import engines
from tests.bench.databases import Shelf, settled
from tests.bench.figures import TITLES, Table, Timing
from tests.cast import Cast, standing_cast
from tests.people.world import Browser, settings

PLANS = 25_000
LIVE_SHARE = 8 / 25
CASELOAD = 330
"""Plans and cases of one officer, whatever the size of the authority."""
REVIEWS = 9
TIMES = 60
WARMING = 6
"""Looks before it is measured: from the fifth on PostgreSQL keeps a statement's plan."""
LONGEST = {"tray": 1.3, "case page": 1.3, "performance": 2.0}
"""How many times as long as at a tenth of the size each may take (p95)."""
# What is recorded of a case, each step with the days after it began.
_REQUESTED = (("requested", 0), ("considering_told", 2))
_BEGUN = (("agreed", 40), ("assessment_begun", 40))
_ASKED = (("advice_asked", 44),) * 5
_MADE = (
    *(("advice_received", 80),) * 5, *(("advice_accepted", 84),) * 5, ("panel_held", 92), ("to_issue", 94),
    ("draft_sent", 98), ("representations", 110), ("setting_consulted", 114), ("setting_answered", 126),
    ("final_issued", 140),
)  # fmt: skip
_REVIEWED = (("review_due", -60), ("review_invited", -30), ("review_held", 0), ("review_maintained", 20))
_LETTERS = ("considering", "will_assess", *("advice_request",) * 3, "advice_chaser")
_DIARY = ("call", "mail_in", "mail_out", "call", "meeting") * 3
_AT_ONCE = 1000
_NEEDS = ("ASD", "SLCN", "SEMH", "MLD", "SLD", "PD")


def measure_authority(shelf: Shelf, engine: str, plans: int) -> Table:
    """Each page at a tenth of the size and at the size, and how many times as long its 95 % takes."""
    table = Table(f"An authority of {plans:,} plans on {engine}, and one of {plans // 10:,}")
    table.say(TITLES)
    # Of its own: a run that was killed may have left one.
    folder = Path(tempfile.mkdtemp(prefix="authority-", dir=shelf.folder))
    store = engines.PostgresStore(shelf.server) if engine == "postgresql" else engines.SQLiteStore(folder)
    with store.fresh() as tenth, store.fresh() as whole:
        found = _measure({plans // 10: tenth, plans: whole})
    for size, timings in found.items():
        for name, timing in timings.items():
            table.timing(f"{name}, {size:,}", timing)
    for name, large in found[plans].items():
        ratio = large.percentile(0.95) / found[plans // 10][name].percentile(0.95)
        most = LONGEST.get(name.partition(":")[0])
        table.say(
            f"{name:<26}p95 {ratio:.2f} times as long"
            + (f" (at most {most}: {'met' if ratio <= most else 'not met'})" if most else "")
        )
    store.close()
    return table


def measure_clock() -> Table:
    """Deadlines a second: the limits of a whole case worked out from one day of receipt."""
    acts = (Act.DECIDE, Act.NO_PLAN, Act.FINAL_PLAN, Act.REVIEW, Act.APPEAL, Act.TRANSFER, Act.RESPOND)
    rule_sets()
    days = [date(2020, 1, 1) + timedelta(days=n) for n in range(0, 2000, 7)]
    start = time.perf_counter()
    count = len([due(act, day) for day in days for act in acts])
    took = time.perf_counter() - start
    table = Table("The clock")
    table.say(f"{'deadlines':<26}{count / took:>12,.0f} a second")
    return table


def _measure(urls: Mapping[int, str]) -> dict[int, dict[str, Timing]]:
    """Each page at each size in turns, so that what else the machine does falls on all of them alike."""
    with ExitStack() as stack:
        pages = {size: _pages(stack, url, size) for size, url in urls.items()}
        found: dict[int, dict[str, Timing]] = {size: {} for size in urls}
        for name in next(iter(pages.values())):
            took: dict[int, list[float]] = {size: [] for size in urls}
            for of in pages.values():
                _ask(*of[name], times=WARMING)
            # As the server does: what stays for good is not looked through for garbage in between.
            gc.collect()
            gc.freeze()
            for _ in range(TIMES):
                for size, of in pages.items():
                    took[size] += _ask(*of[name])
            for size, each in took.items():
                found[size][name] = Timing(each, sum(each))
    return found


def _pages(stack: ExitStack, url: str, plans: int) -> dict[str, tuple[Browser, str]]:
    """An authority of so many plans, and its pages: who asks for what."""
    cast = standing_cast(url)
    stack.callback(cast.close)
    case_id = lay_out(cast, plans)
    app = create_app(settings(), cast.store)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    officer, manager = Browser(app), Browser(app, "192.0.2.9")
    assert officer.sign_in("officer0").status_code == 303
    assert manager.sign_in("mia").status_code == 303
    return {
        "tray": (officer, "/cases"),
        "tray: everybody's": (manager, "/cases?officer=everybody"),
        "case page": (officer, f"/cases/{case_id}"),
        "forecast": (officer, "/cases/forecast"),
        "performance": (manager, "/performance/requests"),
        "performance: plans": (manager, "/performance/plans?by=need"),
        "performance: reviews": (manager, "/performance/reviews-held"),
    }


def _ask(browser: Browser, path: str, times: int = 1) -> list[float]:
    took = []
    for _ in range(times):
        start = time.perf_counter()
        answer = browser.get(path)
        took.append(time.perf_counter() - start)
        assert answer.status_code == 200, path
    return took


def lay_out(cast: Cast, plans: int) -> UUID:
    """The authority's rows; gives a case of the first officer's."""
    live = int(plans * LIVE_SHARE)
    officers = max(1, (plans + live) // CASELOAD)
    staff = [cast.member(f"officer{n}", "northshire", Role.AUTHORITY_OFFICER) for n in range(officers)]
    first: UUID | None = None
    for start in range(0, plans + live, _AT_ONCE):
        with cast.making() as unit:
            batch = _Batch(unit, cast, staff)
            for number in range(start, min(start + _AT_ONCE, plans + live)):
                case_id = batch.plan(number) if number < plans else batch.case(number)
                # Of the first officer's the first that is being assessed: the fullest page.
                if case_id is not None and number % len(staff) == 0 and number % 2 == 0:
                    first = first or case_id
            batch.write()
    settled(cast.store.database)
    assert first is not None
    return first


class _Batch:
    """Rows of some children, written table by table."""

    def __init__(self, unit: Unit, cast: Cast, staff: Sequence[UUID]) -> None:
        self.unit, self.cast, self.staff = unit, cast, staff
        self.authority, self.school = cast.places["northshire"], cast.places["oakfield"]
        self.today = clock.today()
        self.rows: dict[SqlTable, list[dict[str, Any]]] = {}
        self.owners: list[tuple[KeyOf, UUID]] = []
        self.sealing: list[tuple[UUID, str]] = []
        self.requests_sealed: list[tuple[UUID, UUID, dict[str, Any]]] = []
        self.words: list[tuple[dict[str, Any], Place, dict[str, Any]]] = []
        self.letters = wordings().on(self.today).version

    def add(self, model: Any, **values: Any) -> Any:
        row = {column.name: None for column in table_of(model).columns} | values
        self.rows.setdefault(table_of(model), []).append(row)
        return _Row(row)

    def child(self, number: int) -> UUID:
        made = new_id()
        self.owners.append((KeyOf.pupil(made), self.school))
        self.sealing.append((made, f"Child{number}"))
        for kind, person in (("responsible", None), ("school", None)):
            place = self.school if kind == "school" else self.authority
            self.tie(made, kind, place, person, None)
        return made

    def tie(self, pupil: UUID, kind: str, place: UUID, person: UUID | None, source: UUID | None) -> None:
        held = {"person_id": person, "organisation_id": place, "source_id": source}
        dates = {"valid_from": date(2015, 9, 1), "made_at": self.unit.now}
        self.add(Tie, id=new_id(), pupil_id=pupil, kind=kind, has_responsibility=False, has_care=False,
                 **held, **dates)  # fmt: skip

    def steps(self, pupil: UUID, subject: str, of: UUID, from_on: date, *said: tuple[str, int]) -> None:
        for code, after in said:
            self.add(
                CaseStep, id=new_id(), pupil_id=pupil, authority_id=self.authority, subject=subject,
                subject_id=of, code=code, happened_on=min(from_on + timedelta(days=after), self.today),
                recorded_at=self.unit.now, recorded_by=self.cast.people["olli"],
            )  # fmt: skip

    def told(self, model: Any, pupil: UUID, words: dict[str, Any], **values: Any) -> None:
        """A row whose words are sealed once the child's keys are there."""
        made, table = new_id(), table_of(model)
        self.add(model, id=made, pupil_id=pupil, authority_id=self.authority, **values)
        self.words.append((self.rows[table][-1], Place(table.name, "sealed", made, 1), words))

    def correspondence(self, pupil: UUID, request: UUID, begun: date, asked: UUID | None) -> None:
        """Letters, diary and, of a case that is being assessed, the advice that was asked for."""
        by, now = self.cast.people["olli"], self.unit.now
        for kind in _LETTERS if asked else _LETTERS[:1]:
            said: dict[str, Any] = dict.fromkeys(("opening", "reasons", "closing"), "As it was agreed.")
            said["particulars"] = {}
            self.told(
                CaseLetter, pupil, said, subject="request", subject_id=request, kind=kind, state="draft",
                dated_on=begun, made_at=now, made_by=by, edited_at=now, rules=self.letters, row_version=1,
            )  # fmt: skip
        for number, kind in enumerate(_DIARY):
            self.told(
                CaseEntry, pupil, {"who": "The mother", "what": "She asks when the report comes."},
                subject_id=request, kind=kind, happened_on=begun - timedelta(days=number), recorded_at=now,
                recorded_by=by,
            )  # fmt: skip
        for kind in "abcde" if asked else "":
            self.told(
                AdviceRequest, pupil, {"whom": "Dr Sample, Northshire Health", "note": ""},
                request_id=request, assessment_id=asked, kind=kind, qualified=False, state="asked",
                asked_on=begun, due_on=begun + timedelta(days=42), chases=0, number=0, drafted=0,
                asked_by=by, recorded_at=now, row_version=1,
            )  # fmt: skip

    def request(self, pupil: UUID, officer: UUID, received: date, number: int, **more: Any) -> Any:
        made = new_id()
        self.tie(pupil, "case", self.authority, None, made)
        self.tie(pupil, "caseload", self.authority, officer, made)
        sealed = {"reasons": "Two cycles did not close the gap.", "told_family": True}
        self.requests_sealed.append((made, pupil, sealed))
        return self.add(
            AssessmentRequest, id=made, reference=f"EHC-{number:06d}", pupil_id=pupil,
            authority_id=self.authority, school_id=self.school, source="school",
            made_by=self.cast.people["sara"], received_on=received, recorded_at=self.unit.now,
            officer_id=officer, row_version=1, **more,
        )  # fmt: skip

    def case(self, number: int) -> UUID:
        """A live case: every other one undecided, the rest being assessed."""
        pupil, officer = self.child(number), self.staff[number % len(self.staff)]
        received = self.today - timedelta(days=number % 40)
        if number % 2:
            row = self.request(pupil, officer, received, number, status="pending")
            self.steps(pupil, "request", row.id, received, *_REQUESTED)
            self.correspondence(pupil, row.id, received, None)
            self.duty(duties.of_request(row, ()), pupil, officer)
            return UUID(str(row.id))
        day = received - timedelta(days=42)
        decided = {"decided_on": received, "decided_by": officer, "days_late": 0, "days_unexcused": 0}
        row = self.request(pupil, officer, day, number, status="agreed", **decided)
        held = self.assessment(pupil, row.id, day, received, state="advising")
        self.steps(pupil, "request", row.id, day, *_REQUESTED, *_BEGUN, *_ASKED)
        self.correspondence(pupil, row.id, received, held.id)
        self.duty(duties.of_assessment(held, (), self.today), pupil, officer)
        return UUID(str(row.id))

    def assessment(self, pupil: UUID, request: UUID, received: date, begun: date, **more: Any) -> Any:
        return self.add(
            Assessment, id=new_id(), pupil_id=pupil, authority_id=self.authority, request_id=request,
            kind="first", clock_from=received, begun_on=begun, told_on=begun, recorded_at=self.unit.now,
            row_version=1, **more,
        )  # fmt: skip

    def plan(self, number: int) -> UUID | None:
        """A plan in force with the request and the assessment it came of, and its yearly reviews."""
        pupil, officer = self.child(number), self.staff[number % len(self.staff)]
        received = self.today - timedelta(days=400 + number % 3200)
        made, late = received + timedelta(days=140 + number % 90), number % 90
        decided = {"decided_on": received + timedelta(days=40), "decided_by": officer, "days_late": 0}
        ended = {"days_unexcused": 0, "ended_on": made}
        row = self.request(pupil, officer, received, number, status="agreed", **decided, **ended)
        plan_id = new_id()
        self.assessment(
            pupil, row.id, received, received + timedelta(days=40), state="final", plan_id=plan_id,
            outcome_on=made, days_late=late, days_unexcused=late, excused=False,
        )  # fmt: skip
        self.steps(pupil, "request", row.id, received, *_REQUESTED, *_BEGUN, *_ASKED, *_MADE)
        day, review = made, None
        for _ in range(REVIEWS):
            if day + timedelta(days=365) > self.today:
                break
            day += timedelta(days=365)
            review, review_id = day, new_id()
            self.steps(pupil, "review", review_id, day, *_REVIEWED)
            self.add(
                AnnualReview, id=review_id, plan_id=plan_id, pupil_id=pupil, authority_id=self.authority,
                school_id=self.school, kind="annual", state="closed", due_on=day, meeting_on=day, held=True,
                decided_on=day + timedelta(days=20), outcome="maintain", days_late=0,
                recorded_at=self.unit.now, row_version=1,
            )  # fmt: skip
        held = self.add(
            StatutoryPlan, id=plan_id, reference=f"PLAN-{number:06d}", pupil_id=pupil,
            authority_id=self.authority, officer_id=officer, origin="here", state="in_force",
            first_made_on=made, made_on=made, last_review_on=review,
            review_due_on=(review or made) + timedelta(days=365), personal_budget=False,
            organised_arrangements=False, days_late=late, days_unexcused=late, excused=False,
            recorded_at=self.unit.now, row_version=1,
        )  # fmt: skip
        self.duty(duties.of_plan(held, self.today), pupil, officer, case_id=row.id)
        return None

    def duty(self, found: duties.Duty | None, pupil: UUID, officer: UUID, **more: Any) -> None:
        if found is not None:
            held = {one.name: getattr(found, one.name) for one in fields(found)} | {"officer_id": officer}
            self.add(CaseDuty, id=new_id(), pupil_id=pupil, authority_id=self.authority, **(held | more))

    def write(self) -> None:
        """Keys first, then what they seal, then the tables in the order that their keys ask for."""
        unit = self.unit
        unit.keys.create_many(self.owners)
        for number, (made, name) in enumerate(self.sealing):
            facts = {
                "legal_given": name, "legal_family": "Sample", "preferred_given": name,
                "preferred_family": "Sample", "born_on": "2015-05-14", "sex": "F", "upn": None,
            }  # fmt: skip
            self.add(
                Pupil, id=made, row_version=1,
                sealed=unit.keys.seal(KeyOf.pupil(made), Place("pupil", "sealed", made, 1), facts),
                year_group="4", sen_status="E", need_primary=_NEEDS[number % len(_NEEDS)],
                rights_move_on=date(2032, 6, 25), keep_until=date(2042, 8, 31), made_at=unit.now,
            )  # fmt: skip
        sealed = {
            made: unit.keys.seal(KeyOf.pupil(pupil), Place("assessment_request", "sealed", made, 1), words)
            for made, pupil, words in self.requests_sealed
        }
        for row in self.rows.get(table_of(AssessmentRequest), ()):
            row["sealed"] = sealed[row["id"]]
        for kept, place, words in self.words:
            kept["sealed"] = unit.keys.seal(KeyOf.pupil(kept["pupil_id"]), place, words)
        for table in _in_order():
            if rows := self.rows.get(table):
                unit.connection.execute(insert(table), rows)


class _Row:
    """A dict as the rules read a row."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


def _in_order() -> Iterator[SqlTable]:
    for model in (
        Pupil, Tie, AssessmentRequest, StatutoryPlan, Assessment, AnnualReview, CaseDuty, CaseStep,
        CaseLetter, CaseEntry, AdviceRequest,
    ):  # fmt: skip
        yield table_of(model)
