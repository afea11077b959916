"""Wherever somebody may be about to write that a child is not safe, the page says whom to tell instead."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.guards.reaching import Caller, Things, address, app_over, build, calls

STAFF, FAMILY, AUTHORITY = (
    "tell your safeguarding lead",
    "telephone the school",
    "tell children’s social care",
)
BY_NAME = "do not write it here: tell Leo"
PLACES = {
    "/pupils/<uuid:pupil_id>/notes/write": {"tia": BY_NAME},
    "/plans/<uuid:record_id>/edit/<section>": {"sara": STAFF, "tom": STAFF},
    "/reviews/<uuid:review_id>/meeting/<name>": {"sara": STAFF, "tom": STAFF},
    "/pupils/<uuid:pupil_id>/documents/send": {"pam": FAMILY, "eva": STAFF},
    "/ehc-plans/<uuid:plan_id>/edit/<letter>": {"olli": AUTHORITY},
    "/ehc-plans/<uuid:plan_id>/checks/new": {"pam": FAMILY, "sara": STAFF},
    "/cases/<uuid:case_id>/diary/add": {"olli": AUTHORITY},
    "/cases/<uuid:case_id>/diary/<uuid:case_entry_id>/correct": {"olli": AUTHORITY},
    "/advice/<uuid:advice_id>": {"eva": STAFF},
}
MADE: dict[str, Things] = {}


def make(url: str) -> None:
    MADE[url] = build(url)


@pytest.fixture(scope="module")
def pages(stores):
    with stores["sqlite"].fresh("reach-safety", make) as url:
        (things,) = MADE.values()
        cast = Cast(url)
        app = app_over(cast)
        addresses = {
            rule.rule: address(rule, things.ids["own"]) for method, rule in calls(app) if method == "GET"
        }
        yield lambda name, rule: Caller(app, name).call("GET", addresses[rule])
        cast.close()


@pytest.mark.parametrize(("rule", "name"), [(rule, name) for rule, all_ in PLACES.items() for name in all_])
def test_whoever_writes_about_a_child_is_told_whom_to_tell_of_a_worry_about_its_safety(pages, rule, name):
    answer = pages(name, rule)
    assert answer.status_code == 200
    assert PLACES[rule][name] in answer.text
