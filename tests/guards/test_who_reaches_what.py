"""Every route × every person × own, another school's, another authority's and nobody's things.

The answers are compared with ``who_reaches_what.txt``, a table that a non-programmer can review: a new
route fails here until its line has been added and read. ``-`` is 404, ``no`` is 403, ``in`` is "sign in
first", ``yes`` is an answer (a page, or "this is missing from the form").
Write the table anew with ISP_TEST_WRITE_TABLE=1, and read every line that changed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests import engines
from tests.cast import Cast
from tests.guards.reaching import (
    PERSONAS,
    PLACES,
    Caller,
    Things,
    address,
    app_over,
    build,
    calls,
    places_of,
    verdict,
)

TABLE = Path(__file__).with_name("who_reaches_what.txt")
MADE: dict[str, Things] = {}


def make(url: str) -> None:
    MADE[url.partition(":")[0]] = build(url)


def answers(store: engines.Store, name: str) -> dict[str, str]:
    """This person's verdicts, by call: own, school, authority, nobody."""
    found: dict[str, str] = {}
    with store.fresh("reach", make) as url:
        things = MADE[url.partition(":")[0]]
        cast = Cast(url)
        app = app_over(cast)
        caller = Caller(app, name)
        cast.close()
        cookies = caller.browser.client._cookies
        assert cookies is not None
        signed_in = dict(cookies)
        with store.kept(url) as as_it_was:
            for method, rule in calls(app):
                got = []
                for place in places_of(rule):
                    answer = caller.call(method, address(rule, things.ids[place]))
                    got.append(verdict(answer))
                    if method != "GET" and answer.status_code in (200, 302, 303):
                        # It may have changed something: the next call meets the world as it was.
                        cast.close()
                        as_it_was()
                        cookies.clear()
                        cookies.update(signed_in)
                found[f"{method} {rule.rule}"] = " ".join(got)
            cast.close()
    return found


def reviewed() -> dict[str, dict[str, str]]:
    """The table as it stands: call → person → verdicts."""
    table: dict[str, dict[str, str]] = {}
    call = ""
    for line in TABLE.read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if not line.startswith(" "):
            call = line.strip()
            table[call] = {}
            continue
        verdicts, _, people = line.strip().partition("  : ")
        for person in people.split(", "):
            table[call][person] = verdicts.strip()
    return table


def written(found: dict[str, dict[str, str]]) -> str:
    """The table as text: for each call, who gets which answers."""
    lines = [
        "# Who reaches what: own school's things, another school's, another authority's, nobody's.",
        "# yes: an answer; no: 403; -: 404, the same as for what does not exist; in: sign in first.",
        "",
    ]
    for call in sorted(found, key=lambda one: (one.split()[1], one)):
        lines.append(call)
        groups: dict[str, list[str]] = {}
        for person in PERSONAS:
            groups.setdefault(found[call][person], []).append(person)
        for verdicts, people in sorted(groups.items(), key=lambda pair: ("yes" not in pair[0], pair[0])):
            lines.append(f"  {verdicts:<14}  : {', '.join(people)}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", PERSONAS)
def test_everybody_reaches_what_the_reviewed_table_says(stores, engine_name, name):
    if os.environ.get("ISP_TEST_WRITE_TABLE"):
        pytest.skip("the table is being written")
    table = reviewed()
    found = answers(stores[engine_name], name)
    unlisted = sorted(found.keys() - table.keys())
    assert not unlisted, f"not in {TABLE.name}: add them and read their lines: {unlisted}"
    wrong = {
        call: (table[call].get(name), got) for call, got in found.items() if table[call].get(name) != got
    }
    assert not wrong


def test_no_line_of_the_table_is_about_a_route_that_is_gone(stores):
    with stores["sqlite"].fresh("reach", make) as url:
        cast = Cast(url)
        known = {f"{method} {rule.rule}" for method, rule in calls(app_over(cast))}
        cast.close()
    assert set(reviewed()) == known


@pytest.mark.skipif(not os.environ.get("ISP_TEST_WRITE_TABLE"), reason="ISP_TEST_WRITE_TABLE=1 writes it")
def test_write_the_table(stores):
    found: dict[str, dict[str, str]] = {}
    for name in PERSONAS:
        for call, got in answers(stores["sqlite"], name).items():
            found.setdefault(call, {})[name] = got
    TABLE.write_text(written(found), "utf-8")


def plain(answer: Any) -> str:
    """A page without what differs at each request for reasons of its own."""
    text = re.sub(r'nonce="[^"]*"|value="[^"]*"|content="[^"]*"', "", answer.text)
    return re.sub(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|[0-9a-f]{32}", "", text)


@pytest.mark.parametrize("name", ["nora", "sena", "stan", "sid", "otis", "tess", "gone"])
def test_a_stranger_cannot_tell_a_pupil_who_exists_from_one_who_does_not(fresh_database, name):
    """Same status, same body, same headers, for every address with an id in it."""
    url = fresh_database("reach", make)
    things = MADE[url.partition(":")[0]]
    cast = Cast(url)
    app = app_over(cast)
    caller = Caller(app, name)
    compared = 0
    for method, rule in calls(app):
        if len(places_of(rule)) != len(PLACES):
            continue
        # What an earlier call had to say ("signed out already") is said on the next page: let it be this one.
        caller.call("GET", "/account")
        there = caller.call(method, address(rule, things.ids["own"]))
        if there.status_code != 404:
            continue
        nowhere = caller.call(method, address(rule, things.ids["nobody"]))
        assert nowhere.status_code == 404, rule.rule
        assert plain(there) == plain(nowhere), rule.rule
        assert sorted(there.headers.keys()) == sorted(nowhere.headers.keys()), rule.rule
        compared += 1
    cast.close()
    assert compared > 20
