"""Fifty people in one draft, five hundred in as many: every save that was acknowledged is there once.

Real threads on a real database; people save as the pages do, through ``plans.saving``, on the revision
that they had open. What touches nobody's words merges, what does waits as a clash, and nothing is lost.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from isp.audit import Chain
from isp.audit.models import AuditEvent
from isp.audit.verify import verify
from isp.kernel.db import table_of
from isp.kernel.ids import new_id
from isp.people.roles import Role
from isp.plans import actions, saving
from isp.plans.content import new_item
from isp.records import drafts, order
from isp.records.changes import Change, Op
from isp.records.drafts import Saved
from isp.records.items import added
from isp.records.models import Draft, DraftChange, DraftClash
from isp.records.trail import check_records
from tests.cast import Cast, small_plan

EVENTS, DRAFTS = table_of(AuditEvent), table_of(Draft)
WRITERS = 50
FIELDS = ("strengths", "interests", "hard")


def save(cast: Cast, who: str, record_id: UUID, revision: int, *changes: Change) -> Saved:
    """A save as a page makes it: on what was read; where that moved, once more under a lock."""
    return saving.twice(
        cast.store,
        cast.actor(who),
        lambda unit: actions.save_draft(unit, record_id, revision, changes),
    )


def at_once(count: int, threads: int, deed: Callable[[int], Any]) -> list[Any]:
    """``deed(0)`` … ``deed(count - 1)`` by so many threads that begin together."""
    together = threading.Barrier(threads)

    def run(number: int) -> Any:
        if number < threads:
            together.wait(60)
        return deed(number)

    with ThreadPoolExecutor(threads) as pool:
        return [future.result(timeout=300) for future in [pool.submit(run, n) for n in range(count)]]


def staff(cast: Cast, count: int) -> list[str]:
    """People who may write in any plan of Oakfield."""
    names = [f"writer{number}" for number in range(count)]
    for name in names:
        cast.member(name, "oakfield", Role.DEPUTY_SENCO)
    return names


def stored(cast: Cast, record_id: UUID) -> tuple[Any, list[Any], list[Any]]:
    """The draft, its saves and its clashes, as anybody may read who holds the keys."""
    with cast.looking("sara") as unit:
        draft = drafts.read(unit, record_id)
        return draft, drafts.changes_since(unit, draft.id, draft.pupil_id), drafts.clashes(unit, draft)


def acts(cast: Cast, pupil_id: UUID) -> Counter[str]:
    with cast.store.database.reading() as connection:
        rows = connection.execute(select(EVENTS.c.act).where(EVENTS.c.chain_id == Chain.pupil(pupil_id).id))
        return Counter(row.act for row in rows)


def whole(cast: Cast) -> None:
    report = verify(cast.store, more=(check_records,))
    assert report.ok, [str(fault) for fault in report.faults]


def entry(title: str) -> Change:
    """A new entry in the list of needs."""
    return added("needs", new_item("needs", new_id(), order.at_end([]), {"barrier": title}))


def test_fifty_who_touch_nobodys_words_all_find_theirs_in_the_draft(cast, draft):
    names = staff(cast, WRITERS)
    before = acts(cast, cast.pupils["ava"])
    saved = at_once(
        WRITERS, WRITERS, lambda n: save(cast, names[n], draft, 0, entry(f"Need {n}"), entry(f"Other {n}"))
    )
    now, saves, clashes = stored(cast, draft)
    barriers = Counter(item["barrier"] for item in now.content["sections"]["needs"]["items"])
    assert all(barriers[f"{word} {n}"] == 1 for word in ("Need", "Other") for n in range(WRITERS))
    assert not clashes
    assert sorted(one.draft.revision for one in saved) == list(range(1, WRITERS + 1))
    assert [one["revision"] for one in saves] == list(range(1, WRITERS + 1))
    assert Counter(one["author_id"] for one in saves) == Counter(cast.people[name] for name in names)
    assert acts(cast, cast.pupils["ava"])["plan.draft_saved"] - before["plan.draft_saved"] == WRITERS
    whole(cast)


def test_fifty_in_three_boxes_lose_no_word(cast, draft):
    """Each box takes the words of whoever came first; everybody else's wait, whole, for a person."""
    names = staff(cast, WRITERS)
    before = acts(cast, cast.pupils["ava"])

    def write(number: int) -> Saved:
        change = Change(Op.SET, "about_me", field=FIELDS[number % 3], value=f"Words {number}")
        return save(cast, names[number], draft, 0, change)

    answers = at_once(WRITERS, WRITERS, write)
    now, saves, clashes = stored(cast, draft)
    kept = {change["value"] for one in saves for change in one["changes"]}
    waiting = {one.clash.mine for one in clashes}
    assert kept | waiting == {f"Words {number}" for number in range(WRITERS)}
    assert not kept & waiting
    assert len(kept) == 3
    assert set(now.content["sections"]["about_me"]["fields"].values()) == kept
    # Each was told at once which of the two became of their words.
    for number, answer in enumerate(answers):
        assert bool(answer.changes) == (f"Words {number}" in kept)
        assert bool(answer.clashes) == (f"Words {number}" in waiting)
        assert answer.unsettled == len(answer.clashes)
    told = acts(cast, cast.pupils["ava"]) - before
    assert told["plan.draft_saved"] == len(saves) == 3
    assert told["plan.draft_clashed"] == len(clashes) == WRITERS - 3
    whole(cast)


def test_writers_who_go_on_from_what_they_saw_lose_nothing(cast, draft):
    """Each writes ten times, in a box of all and an entry of one's own, from the revision last answered."""
    names = staff(cast, 8)

    def write(number: int) -> list[str]:
        mine = entry(f"First {number}")
        revision = save(cast, names[number], draft, 0, mine).draft.revision
        said = []
        for turn in range(10):
            words = f"Words {number} {turn}"
            changes = [Change(Op.SET, "needs", mine.item, "barrier", words)]
            if turn % 3 == number % 3:
                changes.append(Change(Op.SET, "about_me", field=FIELDS[turn % 3], value=words))
                said.append(words)
            revision = save(cast, names[number], draft, revision, *changes).draft.revision
        return said

    said = {words for mine in at_once(8, 8, write) for words in mine}
    now, saves, clashes = stored(cast, draft)
    barriers = {item["barrier"] for item in now.content["sections"]["needs"]["items"]}
    assert {f"Words {number} 9" for number in range(8)} <= barriers
    assert len(saves) == 8 * 11 == now.revision
    in_box = {
        change["value"] for one in saves for change in one["changes"] if change["section"] == "about_me"
    }
    # A question that one's own later words took over holds the later words: it is one question a place.
    waiting = {one.clash.mine for one in clashes}
    assert in_box | waiting <= said | {None}
    assert len({(one.author_id, one.clash.field) for one in clashes}) == len(clashes)
    told = acts(cast, cast.pupils["ava"])
    assert told["plan.draft_saved"] == len(saves) + 1  # and the one that laid the plan out
    whole(cast)


def test_five_hundred_in_as_many_plans(cast):
    count = 500
    names, plans = lay_out(cast, count)

    def write(number: int) -> int:
        change = Change(Op.SET, "about_me", field="strengths", value=f"Words {number}")
        return save(cast, names[number], plans[number], 0, change).draft.revision

    assert at_once(count, 16, write) == [1] * count
    with cast.store.database.reading() as connection:
        rows = connection.execute(select(DRAFTS.c.revision).where(DRAFTS.c.record_id.in_(plans))).all()
        saves = connection.execute(select(DraftChange.author_id)).all()
        told = connection.execute(select(EVENTS.c.actor).where(EVENTS.c.act == "plan.draft_saved")).all()
        assert not connection.execute(select(DraftClash.id)).all()
    people = Counter(str(cast.people[name]) for name in names)
    assert Counter(row.revision for row in rows) == {1: count}
    assert Counter(str(row.author_id) for row in saves) == people
    assert Counter(row.actor for row in told) == people
    with cast.looking("sara") as unit:
        for number, plan in enumerate(plans):
            fields = drafts.read(unit, plan).content["sections"]["about_me"]["fields"]
            assert fields["strengths"] == f"Words {number}"
    whole(cast)


def lay_out(cast: Cast, count: int) -> tuple[list[str], list[UUID]]:
    """So many pupils of Oakfield with a plan begun, and a member of staff for each."""
    names, plans = staff(cast, count), []
    for number in range(count):
        cast.pupil(f"child{number}", "oakfield")
        with cast.acting("sara") as unit:
            plans.append(actions.start_plan(unit, cast.pupils[f"child{number}"], small_plan()))
    return names, plans


@pytest.mark.parametrize("number", [5])
def test_a_few_at_their_browsers_lose_nothing(desk, draft, number):
    """The same through pages: each a signed-in client of its own, autosaving in threads."""
    names = staff(desk.cast, number)
    people = [desk.at(name) for name in names]
    path = f"/plans/{draft}/edit/about_me"
    pages = [person.get(path) for person in people]

    def write(n: int) -> int:
        box = FIELDS[n % 3]
        before = "Kind to younger children" if box == "strengths" else ""
        for turn in range(6):
            words, place = f"Words {n} {turn}", f"about_me.{box}"
            answer = people[n].autosave(pages[n], {place: words}, shown={place: before})
            assert answer.status_code == 200, answer.text
            before = words
        return n

    at_once(number, number, write)
    now, saves, clashes = stored(desk.cast, draft)
    kept = {change["value"] for one in saves for change in one["changes"]}
    waiting = {one.clash.mine for one in clashes}
    for n in range(number):
        assert f"Words {n} 5" in kept | waiting
    assert set(now.content["sections"]["about_me"]["fields"].values()) <= kept
    assert acts(desk.cast, desk.cast.pupils["ava"])["plan.draft_saved"] == len(saves) + 1
    whole(desk.cast)


def test_a_save_made_between_two_reads_is_not_undone_before_it_was_made(cast, draft):
    """A look reads statement by statement: what came after the draft was read is not part of it."""
    first = save(cast, "sara", draft, 0, entry("First")).draft
    with cast.looking("sara") as unit:
        read = drafts.read(unit, draft)
        save(cast, "tom", draft, first.revision, entry("Between"))
        base = drafts.content_at(unit, read, 0)
    assert [item["barrier"] for item in base["sections"]["needs"]["items"]] == ["Following long instructions"]
