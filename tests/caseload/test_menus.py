"""The menu: only what exists and opens for whoever is signed in."""

from __future__ import annotations

import pytest

from isp.people.roles import Role
from tests.pages import Page


def entries(desk, who):
    page = Page(desk.signed_in(who).get("/account").text)
    links = [link for link in page.all("a") if "govuk-service-navigation__link" in link.classes]
    return [(link.words, link.get("href")) for link in links]


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("sara", ["Home", "Pupils", "Settings"]),
        ("tom", ["My classes"]),
        ("tia", ["My groups"]),
        ("hal", ["Home", "Pupils", "History", "Settings"]),
        ("leo", ["Home", "Pupils"]),
        ("olga", ["Home", "Pupils", "Settings"]),
        ("dora", ["Home", "History", "Settings"]),
        ("olli", ["Home", "My cases"]),
        ("mia", ["Home", "My cases", "History", "Settings"]),
        ("pam", ["Ava"]),
        ("yan", ["My plan", "Who can see it"]),
        ("nora", []),
    ],
)
def test_each_has_her_own(desk, who, told):
    assert [words for words, _ in entries(desk, who)] == told


def test_a_parent_has_one_tab_a_child(desk):
    desk.cast.guardian("pam", "ben")
    assert entries(desk, "pam") == [
        ("Ava", f"/my-child/{desk.cast.pupils['ava']}"),
        ("Ben", f"/my-child/{desk.cast.pupils['ben']}"),
    ]


def test_a_teacher_who_is_a_senco_as_well_keeps_both(desk):
    desk.cast.member("tom", "oakfield", Role.SENCO)
    assert [words for words, _ in entries(desk, "tom")] == ["Home", "Pupils", "My classes", "Settings"]


def test_nobody_signed_in_has_none(desk):
    page = Page(desk.browser().get("/sign-in").text)
    assert not [link for link in page.all("a") if "govuk-service-navigation__link" in link.classes]
