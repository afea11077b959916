"""Section K names advice of the case by id, version and digest; the advice itself stays where it is."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from isp import create_app
from isp.ehcp import actions as contents
from isp.ehcp import printing, queries, references
from isp.ehcp.content import SHAPE
from isp.ehcp.rules import Sort
from isp.ehcp.vocabulary import configuration_on
from isp.escalations import advice_queries, gathering
from isp.kernel.errors import Conflict, DomainError, Invalid
from isp.kernel.immutable import trigger_name
from isp.plans.sentences import tell
from isp.records import drafts
from isp.records.diff import diff
from isp.web.print.word import as_word
from tests.escalations.advice_world import Advising
from tests.escalations.assessed import AGREED_ON, DAY, ISSUED_ON, Assessed
from tests.escalations.world import Affair, on
from tests.people.world import Browser, settings

SECRET = "He tires after ten minutes"


class Gathering:
    """Ava's plan in the writing, after psychological advice was accepted and a clinic's report filed."""

    def __init__(self, affair: Affair) -> None:
        self.case = Assessed(affair)
        self.cast = self.case.cast
        asked = Advising(affair, self.case.id)
        self.psychology = asked.ask(day=AGREED_ON)
        asked.save(self.psychology, day=AGREED_ON)
        asked.hand_in(self.psychology, day=AGREED_ON)
        asked.check(self.psychology, day=AGREED_ON)
        self.clinic = asked.ask("c", to=None, day=AGREED_ON)
        asked.file(self.clinic, AGREED_ON + DAY)
        asked.check(self.clinic, day=AGREED_ON + DAY)
        self.asked = asked
        self.case.decide()
        self.case.write()
        self.plan: UUID = self.case.plan.id
        self.day = ISSUED_ON - 3 * DAY

    def offered(self, by: str = "olli") -> list[gathering.Accepted]:
        with on(self.day), self.cast.looking(by) as unit:
            return gathering.offered(unit, self.plan)[2]

    def name(self, *advice: gathering.Accepted, by: str = "olli") -> int:
        with on(self.day), self.cast.acting(by) as unit:
            return gathering.name_advice(unit, self.plan, [str(one.version_id) for one in advice])

    def named(self) -> list[dict[str, Any]]:
        """The entries of section K in the draft."""
        plan = self.case.plan
        with self.cast.making() as unit:
            found: list[dict[str, Any]] = drafts.read(unit, plan.record_id).content["sections"]["k"]["items"]
        return found

    def issue(self) -> None:
        self.case.send(ISSUED_ON - 20 * DAY)
        self.case.issue()

    def read(self, by: str, number: int | None = None) -> queries.Reading:
        with on(ISSUED_ON + DAY), self.cast.looking(by) as unit:
            return queries.read_version(unit, self.plan, number)

    def broken(self, by: str) -> list[str]:
        with on(ISSUED_ON + DAY), self.cast.looking(by) as unit:
            reading = queries.read_version(unit, self.plan)
            return references.broken(unit, reading.row, reading.content)

    def alter(self, column: str) -> None:
        """Somebody with the database alone changes advice that nobody may alter."""
        on_table = "" if self.cast.url.startswith("sqlite") else " ON advice_version"
        with self.cast.making() as unit:
            unit.connection.execute(
                text(f"DROP TRIGGER {trigger_name('advice_version', 'UPDATE')}{on_table}")
            )
            c = advice_queries.VERSIONS.c
            other = select(c[column]).where(c.advice_id == self.clinic)
            altered = unit.connection.scalar(other)
            unit.connection.execute(
                update(advice_queries.VERSIONS)
                .where(c.advice_id == self.psychology)
                .values({column: altered})
            )

    def browser(self, name: str) -> Browser:
        made = Browser(create_app(settings(sign_in_tries=1000), self.cast.store))
        assert made.sign_in(name).status_code == 303
        return made


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of an editor's page."""
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'name="(revision|_draft|_shown)" value="([^"]*)"', page)
    }


@pytest.fixture
def gathered(affair: Affair) -> Gathering:
    return Gathering(affair)


def test_accepted_advice_is_named_by_id_version_and_digest_with_who_wrote_it_and_when(
    gathered: Gathering,
) -> None:
    clinic, psychology = gathered.offered()
    assert gathered.name(clinic, psychology) == 2
    first, second = gathered.named()
    (version,) = gathered.asked.versions(gathered.psychology)
    assert second["advice"] == str(gathered.psychology)
    assert (second["version"], second["digest"]) == (str(version.id), version.digest.hex())
    assert (second["sort"], second["author"], second["given_on"]) == (
        "d",
        "Eve Example",
        AGREED_ON.isoformat(),
    )
    assert second["role"]
    assert second["which"].startswith("version 1, code ")
    assert (first["author"], first["title"]) == ("Dr Sample, paediatrician", "Report of the clinic")
    assert SECRET not in str(gathered.named())
    assert gathered.offered() == []


def test_the_trail_says_which_version_was_named(gathered: Gathering) -> None:
    psychology = gathered.offered()[1]
    gathered.name(psychology)
    (told,) = gathered.case.affair.on_pupil("ehcp.advice_named")
    assert told.detail == {
        "advice": str(gathered.psychology),
        "number": 1,
        "digest": psychology.digest.hex(),
        "letter": "d",
    }


def test_advice_that_is_not_accepted_is_not_offered(gathered: Gathering) -> None:
    later = gathered.asked.ask("e", to="wes", day=AGREED_ON)
    gathered.asked.save(later, by="wes", day=AGREED_ON)
    gathered.asked.hand_in(later, by="wes", day=AGREED_ON)
    assert later not in {one.advice_id for one in gathered.offered()}


def test_what_is_named_already_or_is_no_advice_of_the_case_is_refused(gathered: Gathering) -> None:
    clinic, psychology = gathered.offered()
    gathered.name(clinic)
    with pytest.raises(Conflict, match="named in section K already"):
        gathered.name(clinic, psychology)
    with on(gathered.day), gathered.cast.acting("olli") as unit, pytest.raises(Conflict):
        gathering.name_advice(unit, gathered.plan, [str(gathered.plan)])
    with pytest.raises(Invalid) as failure:
        gathered.name()
    assert set(failure.value.errors) == {"advice"}
    assert len(gathered.named()) == 1


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        ("sara", "NotAllowed"),
        ("pam", "NotAllowed"),
        ("mia", "NotAllowed"),
        ("otis", "NotFound"),
        ("sid", "NotFound"),
        ("nora", "NotFound"),
    ],
)
def test_only_who_writes_section_k_names_advice(gathered: Gathering, who: str, answer: str) -> None:
    for deed in (lambda: gathered.offered(who), lambda: gathered.name(by=who)):
        with pytest.raises(DomainError) as failure:
            deed()
        assert type(failure.value).__name__ == answer


def test_what_follows_from_the_reference_is_typed_by_nobody(gathered: Gathering) -> None:
    gathered.name(gathered.offered()[1])
    (item,) = gathered.named()
    with on(gathered.day):
        olli = gathered.browser("olli")
        here = f"/ehc-plans/{gathered.plan}/edit/k"
        page = olli.get(here).text
        assert "Advice of the case, named by its version." in page
        assert f'name="k.{item["id"]}.author"' not in page
        assert f"/cases/advice/{gathered.psychology}" in page
        olli.post(here, hidden(page) | {f"k.{item['id']}.author": "Somebody else"})
        assert gathered.named() == [item]
        olli.post(here, hidden(page) | {"do": "add"})
        by_hand = gathered.named()[-1]["id"]
        typed = {f"k.{by_hand}.author": "Dr Far", f"k.{by_hand}.title": "A letter"}
        olli.post(here, hidden(olli.get(here).text) | typed)
    assert gathered.named()[-1]["author"] == "Dr Far"


def test_the_reference_shows_on_the_page_in_word_and_in_what_changed(gathered: Gathering) -> None:
    psychology = gathered.offered()[1]
    gathered.issue()
    with on(ISSUED_ON + DAY), gathered.cast.acting("olli") as unit:
        contents.start_draft(unit, gathered.plan)
    gathered.day = ISSUED_ON + DAY
    gathered.name(psychology)
    with on(ISSUED_ON + DAY), gathered.cast.acting("olli") as unit:
        contents.publish(unit, gathered.plan, Sort.AMENDED, ISSUED_ON + DAY, "The advice is named")
    with on(ISSUED_ON + DAY):
        page = gathered.browser("pam").get(f"/ehc-plans/{gathered.plan}").text
        assert f"code {psychology.code}" in page
        compared = gathered.browser("olli").get(f"/ehc-plans/{gathered.plan}/compare").text
        assert f"version 1, code {psychology.code}" in compared
        with gathered.cast.looking("pam") as unit:
            paper, _ = printing.plan_paper(unit, gathered.plan, None, "docx", large=False)
    assert psychology.code in str(paper)
    assert as_word(paper, large=False)
    before, after = gathered.read("pam", 2).content, gathered.read("pam").content
    said = tell(diff(before, after), before, after, configuration_on(ISSUED_ON), "family", shape=SHAPE)
    assert any(psychology.code in line.text for one in said for line in one.sentences)


def test_naming_advice_opens_it_to_nobody(gathered: Gathering) -> None:
    gathered.name(*gathered.offered())
    gathered.issue()
    with on(ISSUED_ON + DAY):
        for who in ("pam", "sara"):
            browser = gathered.browser(who)
            page = browser.get(f"/ehc-plans/{gathered.plan}").text
            assert SECRET not in page
            assert "The advice that section K names" not in page
            assert browser.get(f"/cases/advice/{gathered.psychology}").status_code in (403, 404)
        olli = gathered.browser("olli").get(f"/ehc-plans/{gathered.plan}").text
        assert "The advice that section K names" in olli


@pytest.mark.parametrize("column", ["digest", "sealed"])
def test_advice_that_is_no_longer_what_was_named_is_told(gathered: Gathering, column: str) -> None:
    gathered.name(*gathered.offered())
    gathered.issue()
    assert gathered.broken("olli") == gathered.broken("pam") == []
    gathered.alter(column)
    (said,) = gathered.broken("pam")
    assert said.startswith("Section K: “Psychology (regulation 6(1)(d))” is no longer, word for word")
    with on(ISSUED_ON + DAY):
        page = gathered.browser("olli").get(f"/ehc-plans/{gathered.plan}").text
        assert "is no longer, word for word" in page
        with gathered.cast.looking("pam") as unit:
            paper, _ = printing.plan_paper(unit, gathered.plan, None, "pdf", large=False)
    assert said in str(paper)
    assert gathered.broken("tom") == []


def test_by_the_page_the_officer_chooses_and_a_stranger_meets_nothing(gathered: Gathering) -> None:
    here = f"/ehc-plans/{gathered.plan}/gathered-advice"
    psychology = gathered.offered()[1]
    with on(gathered.day):
        olli = gathered.browser("olli")
        assert "Choose advice of the case" in olli.get(f"/ehc-plans/{gathered.plan}/edit/k").text
        page = olli.get(here).text
        assert "Report of the clinic: Dr Sample, paediatrician" in page
        assert SECRET not in page
        assert olli.post(here, {}).status_code == 422
        assert olli.post(here, {"advice": str(psychology.version_id)}).status_code == 303
        assert gathered.browser("sara").get(here).status_code == 403
        assert gathered.browser("sid").get(here).status_code == 404
    assert [one["sort"] for one in gathered.named()] == ["d"]
