"""What the family says of the plan, where the officer works: on the case, and in its chronology."""

from __future__ import annotations

from isp import create_app
from isp.ehcp import agreement
from isp.escalations.diary.chronology import read_chronology
from tests.escalations.assessed import DAY, ISSUED_ON, SENT_ON, Assessed
from tests.escalations.world import Affair, on
from tests.people.world import Browser, settings

WORDS = "Section F leaves out his sleep."


def test_it_stands_in_the_chronology_and_on_the_case_of_the_officer(affair: Affair) -> None:
    case = Assessed(affair)
    case.to_draft()
    plan = case.plan.id
    for day, answer, words in ((SENT_ON + DAY, "no", WORDS), (SENT_ON + 2 * DAY, "part", "")):
        with on(day), case.cast.acting("pam") as unit:
            agreement.say(unit, plan, 1, answer, words)
    with on(SENT_ON + 3 * DAY), case.cast.looking("olli") as unit:
        lines = [one for one in read_chronology(unit, case.id).lines if one.sort == "Family"]
    assert [(one.on, one.title, one.words) for one in lines] == [
        (SENT_ON + DAY, "Does not agree with version 1 of the EHC plan", (WORDS,)),
        (SENT_ON + 2 * DAY, "Agrees in part with version 1 of the EHC plan", ()),
    ]
    with on(SENT_ON + 3 * DAY):
        olli = Browser(create_app(settings(sign_in_tries=1000), case.cast.store))
        assert olli.sign_in("olli").status_code == 303
        page = olli.get(f"/cases/{case.id}").text
        assert "agrees in part" in page
        assert WORDS not in page
        assert WORDS in olli.get(f"/cases/{case.id}/chronology").text


def test_a_no_does_not_keep_the_plan_from_being_issued(affair: Affair) -> None:
    case = Assessed(affair)
    case.to_draft()
    plan = case.plan.id
    with on(SENT_ON + DAY), case.cast.acting("pam") as unit:
        agreement.say(unit, plan, 1, "no", WORDS)
    case.issue()
    assert (case.plan.state, case.plan.made_on) == ("in_force", ISSUED_ON)
