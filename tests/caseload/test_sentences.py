"""Every event has a sentence for the school and one for families, in each side's own words."""

from __future__ import annotations

import re

import pytest

from isp.audit.events import Event
from isp.caseload.sentences import FAMILY, predicate, say

# What families never read (screens.md, Words).
NEVER = re.compile(
    r"\b(?:provision|outcomes?|versions?|delivered|restrict\w*|dissent|invalid|user|entity|event|draft)\b",
    re.IGNORECASE,
)
SAMPLE = {
    "on": "2027-03-14",
    "happened_on": "2026-01-31",
    "received_on": "2027-03-14",
    "sight_until": "2027-03-14",
    "from": "2027-03-14",
    "to": "2027-03-14",
    "version": 3,
    "earlier": 2,
    "later": 3,
    "kind": "guardian",
    "decision": "refused",
}


def detail_of(event):
    return {key: SAMPLE.get(key, 4) for key in event.value.detail}


@pytest.mark.parametrize("event", list(Event), ids=lambda event: event.code)
@pytest.mark.parametrize("audience", ["school", "family"])
def test_every_event_is_a_sentence(event, audience):
    told = say(event, "Ada King (SENCO)", detail_of(event), audience)
    assert "{" not in told
    assert "None" not in told
    assert "  " not in told
    assert not told.endswith(".")
    assert len(told.split()) >= 3


@pytest.mark.parametrize("event", list(Event), ids=lambda event: event.code)
def test_an_event_without_its_detail_still_is_a_sentence(event):
    assert "{" not in say(event, "Ada", {})
    assert "None" not in say(event, "Ada", dict.fromkeys(event.value.detail))


@pytest.mark.parametrize("event", list(FAMILY), ids=lambda event: event.code)
def test_families_read_their_own_words(event):
    assert not NEVER.search(say(event, "Ada King (SENCO)", detail_of(event), "family"))


def test_everything_that_stands_on_a_childs_chain_has_words_of_its_own_for_families():
    on_the_chain = {
        event
        for event in Event
        if event.code.split(".")[0] in {"pupil", "tie", "plan", "history", "assessment"}
    }
    assert on_the_chain <= FAMILY.keys()


def test_dates_and_codes_are_said_as_people_say_them():
    assert say(Event.PLAN_READ_AS_OF, "Ada", {"on": "2027-03-14", "version": 2}) == (
        "Ada looked at the plan as it stood on 14 March 2027"
    )
    assert "parent or carer" in say(Event.TIE_OPENED, "Ada", {"kind": "guardian", "from": None, "to": None})


def test_a_predicate_is_the_sentence_without_the_person():
    assert predicate(Event.DRAFT_SAVED, {}) == "wrote in the draft"
