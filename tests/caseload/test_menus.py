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
        ("sara", ["Home", "Pupils", "Reviews", "EHC plans", "Settings"]),
        ("tom", ["My classes", "Reviews I lead", "To write"]),
        ("tia", ["My groups", "To write"]),
        ("hal", ["Home", "Pupils", "Reviews", "EHC plans", "History", "Settings"]),
        ("leo", ["Home", "Pupils", "Reviews"]),
        ("olga", ["Home", "Pupils", "Settings"]),
        ("dora", ["Home", "Pupils", "History", "Settings"]),
        (
            "olli",
            [
                "Home",
                "My cases",
                "All cases (by reference)",
                "Annual reviews",
                "Performance",
                "QA audit",
                "SEN2",
            ],
        ),
        (
            "mia",
            [
                "Home",
                "My cases",
                "All cases (by reference)",
                "Annual reviews",
                "Performance",
                "QA audit",
                "SEN2",
                "History",
                "Settings",
            ],
        ),
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
    both = ["Home", "Pupils", "Reviews", "EHC plans", "My classes", "Settings"]
    assert [words for words, _ in entries(desk, "tom")] == both


def test_nobody_signed_in_has_none(desk):
    page = Page(desk.browser().get("/sign-in").text)
    assert not [link for link in page.all("a") if "govuk-service-navigation__link" in link.classes]


def marked(desk, who, path):
    """The one entry that the menu marks on a page."""
    answer = desk.signed_in(who).get(path)
    assert answer.status_code == 200
    links = [one for one in Page(answer.text).all("a") if "govuk-service-navigation__link" in one.classes]
    return [one.words for one in links if one.get("aria-current")]


@pytest.mark.parametrize(
    ("who", "path", "entry"),
    [
        ("sara", "/", "Home"),
        ("sara", "/pupils/{ava}", "Pupils"),
        ("sara", "/plans/{plan}", "Pupils"),
        ("sara", "/plans/{plan}/versions", "Pupils"),
        ("sara", "/settings", "Settings"),
        ("sara", "/banks", "Settings"),
        ("sara", "/earlier-plans", "Settings"),
        ("hal", "/history", "History"),
        ("tom", "/pupils/{ava}", "My classes"),
        ("tom", "/plans/{plan}", "My classes"),
        ("pam", "/my-child/{ava}", "Ava"),
        ("pam", "/my-child/{ava}/who", "Ava"),
        ("pam", "/pupils/{ava}/history", "Ava"),
        ("pam", "/plans/{plan}", "Ava"),
        ("pam", "/plans/{plan}/versions/1", "Ava"),
        ("pam", "/plans/{plan}/as-of", "Ava"),
    ],
)
def test_each_page_marks_the_entry_it_belongs_to(desk, who, path, entry):
    plan = desk.plan("ava")
    assert marked(desk, who, path.format(ava=desk.cast.pupils["ava"], plan=plan)) == [entry]


def test_with_two_children_a_plan_lies_under_the_tab_of_its_own_child(desk):
    desk.cast.guardian("pam", "ben")
    assert marked(desk, "pam", f"/plans/{desk.plan('ben')}") == ["Ben"]
    assert marked(desk, "pam", f"/plans/{desk.plan('ava')}") == ["Ava"]


def test_a_young_persons_plan_lies_under_her_own(desk):
    assert marked(desk, "yan", f"/plans/{desk.plan('yan')}") == ["My plan"]
    assert marked(desk, "yan", "/my-plan/who") == ["Who can see it"]


def test_the_way_back_is_a_landmark_and_a_page_without_one_has_none(desk):
    def ways(path):
        return [nav for nav in Page(pam.get(path).text).all("nav") if nav.get("aria-label") == "Way back"]

    pam, child = desk.signed_in("pam"), desk.cast.pupils["ava"]
    assert len(ways(f"/my-child/{child}/who")) == 1
    assert not ways(f"/my-child/{child}")
