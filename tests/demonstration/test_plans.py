"""The plans: loadable, whole for their layer, in term time, no two alike, on any day."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from difflib import SequenceMatcher
from importlib.resources import files
from itertools import combinations, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from isp.demonstration.cast import cast
from isp.demonstration.plans import PlanStory, plan_stories
from isp.demonstration.profiles import profile
from isp.demonstration.rolls import variant_of
from isp.demonstration.terms import school_year
from isp.plans.content import load
from isp.plans.required import missing
from isp.plans.rules import END_REASONS
from isp.plans.thread import gaps
from isp.plans.vocabulary import configuration_on
from isp.records.days import Horizon
from isp.records.shape import Content
from tests.demonstration.days import AN_ORDINARY_DAY, AWKWARD, days

STORIES = plan_stories(AN_ORDINARY_DAY)


def contents(story: PlanStory) -> list[Content]:
    found = [version.content for version in story.versions]
    found += [story.draft.content] if story.draft else []
    return found + ([story.earlier.content] if story.earlier else [])


def size(content: Content) -> int:
    return len(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def test_the_stories_are_those_promised() -> None:
    assert 48 <= len(STORIES) <= 52
    assert 15 <= sum(len(story.versions) >= 2 for story in STORIES) <= 22
    assert sum(story.draft is not None for story in STORIES) == 2
    assert sum(story.earlier is not None for story in STORIES) >= 4
    assert {story.end.why for story in STORIES if story.end} == {"needs_met", "left"} <= set(END_REASONS)


def test_sizes_are_those_of_real_plans() -> None:
    sizes = sorted(size(story.versions[-1].content) for story in STORIES if story.versions)
    assert 55_000 <= sizes[-1] <= 70_000
    assert sizes[-2] < 20_000
    assert sizes[0] >= 4_000


def test_a_departed_colleague_left_a_draft() -> None:
    everybody = cast(AN_ORDINARY_DAY)
    left = {member.id for member in everybody.staff if member.ends_on}
    unfinished = [story for story in STORIES if story.draft and story.draft.author in left]
    assert [len(story.versions) for story in unfinished] == [2]


def test_some_words_are_kept_from_the_rest_of_the_family() -> None:
    views = [
        (story, item, version)
        for story in STORIES
        for version in story.versions
        for item in version.content["sections"]["family_views"]["items"]
    ]
    assert any(item.get("limited_to_staff") for _, item, _ in views)
    # The application marks whose words these are when it knows who has which account.
    assert all("given_by" not in item for _, item, _ in views)
    for story, item, version in views:
        family = {guardian.id for guardian, _ in cast(AN_ORDINARY_DAY).families_of(story.pupil)}
        assert version.parties[item["id"]] in family


def test_versions_change_what_their_reasons_say() -> None:
    changed = [
        version.reason for story in STORIES for version in story.versions if "became" in version.reason
    ]
    assert len(changed) >= 20
    for story in STORIES:
        for before, after in pairwise(story.versions):
            for name, times, minutes in re.findall(
                r"([^.]+?): \d+ × \d+ minutes became (\d+) × (\d+)", after.reason
            ):
                found = [
                    item
                    for item in after.content["sections"]["provision"]["items"]
                    if item["name"] == name.strip().removeprefix("The family's new words are added. ")
                ]
                assert (found[0]["times"], found[0]["minutes"]) == (int(times), int(minutes))
            assert {item["id"] for item in before.content["sections"]["needs"]["items"]} <= {
                item["id"] for item in after.content["sections"]["needs"]["items"]
            }


def test_outcomes_are_graded_when_their_step_is_over() -> None:
    for story in STORIES:
        for version in story.versions:
            steps = [i for i in version.content["sections"]["outcomes"]["items"] if i["level"] == "step"]
            open_ones = [step for step in steps if "result" not in step]
            assert open_ones, story.pupil
            assert all(step["due_on"] > version.published_at.date().isoformat() for step in open_ones)


def test_no_two_plans_read_the_same() -> None:
    texts = {
        story.pupil: [
            item.get("statement", "") for item in story.versions[-1].content["sections"]["outcomes"]["items"]
        ]
        for story in STORIES
        if story.versions
    }
    for one, other in combinations(texts, 2):
        assert SequenceMatcher(None, "\n".join(texts[one]), "\n".join(texts[other])).quick_ratio() < 1
        shared = set(texts[one]) & set(texts[other])
        assert len(shared) <= 2, (one, other, shared)


def test_some_wording_is_vague_on_purpose() -> None:
    said = [
        item["what"]
        for story in STORIES
        for version in story.versions
        for item in version.content["sections"]["provision"]["items"]
    ]
    assert (
        sum("as appropriate" in what or "as required" in what or "would benefit" in what for what in said)
        == 3
    )


def test_texts_have_no_gaps_left_in_them() -> None:
    for story in STORIES:
        for content in contents(story):
            text = json.dumps(content, ensure_ascii=False)
            assert not re.search(r"\{[a-z]+\}|lorem|TODO|\b1 (days|times|minutes)\b", text), story.pupil
            assert not re.search(r"\b0\d{9,10}\b|\b0\d{3,4} \d{6}\b", text), "a telephone number"
            assert "@" not in text


def test_all_hand_written_profiles_are_used() -> None:
    written = {
        path.name.removesuffix(".toml")
        for path in files("isp.demonstration.profiles").iterdir()
        if path.name.endswith(".toml")
    }
    used = {pupil.profile for pupil in cast(AN_ORDINARY_DAY).pupils if pupil.profile}
    assert used == written
    assert len(written) >= 12
    for name in written:
        keys = {need["key"] for need in profile(name)["need"]}
        for part in ("adjustment", "outcome", "provision"):
            assert all(set(entry["needs"]) <= keys for entry in profile(name)[part])


@settings(max_examples=12)
@given(days)
def test_any_day_gives_plans_that_can_be_finalised(today: date) -> None:
    check_plans(today)


@pytest.mark.parametrize("today", [AN_ORDINARY_DAY, *AWKWARD])
def test_awkward_days_give_plans_that_can_be_finalised(today: date) -> None:
    check_plans(today)


def check_plans(today: date) -> None:
    everybody = cast(today)
    stories = plan_stories(today)
    # Whoever looks for what is overdue finds something in the school that is looked at first.
    newest = {story.pupil: story.versions[-1].content for story in stories if story.versions}
    overdue = newest["F39"]["sections"]["review"]["fields"]["next_review_on"]
    assert overdue < today.isoformat()
    configuration = configuration_on(today)
    assert sum(len(story.versions) >= 2 for story in stories) >= 15
    assert sum(bool(story.versions) for story in stories) >= 36
    assert sum(story.end is not None for story in stories) == 2
    for story in stories:
        pupil = everybody.pupil(story.pupil)
        horizon = Horizon(pupil.born_on, date(today.year + configuration.horizon_years, 12, 31))
        for content in contents(story):
            assert load(content, horizon) == content
        # Everybody with a profile has something: in a pupil's first days here it is a draft.
        assert story.versions or story.draft
        kind, variant = everybody.school(pupil.school).kind, variant_of(pupil.school)
        for version in story.versions:
            assert missing(version.content, configuration) == []
            assert not [gap.sentence for gap in gaps(version.content, configuration) if gap.blocks]
            day = version.published_at.astimezone(ZoneInfo("Europe/London")).date()
            assert version.published_at < datetime(today.year, today.month, today.day, tzinfo=UTC)
            assert any(school_year(y, kind, variant).is_open(day) for y in (day.year - 1, day.year))
            assert pupil.entered_on <= day <= (pupil.leaves_on or today)
            author = everybody.member(version.author)
            assert author.starts_on <= day <= (author.ends_on or today)
            assert author.place == pupil.school
            assert version.reason.strip()
        assert [v.number for v in story.versions] == list(range(1, len(story.versions) + 1))
        for before, after in pairwise(story.versions):
            assert before.published_at < after.published_at
        if story.draft:
            assert pupil.entered_on <= story.draft.started_on <= today
            assert everybody.member(story.draft.author).starts_on <= story.draft.started_on
        if story.earlier:
            assert story.earlier.happened_on < pupil.entered_on <= story.earlier.recorded_on <= today
        if story.end:
            assert story.versions[-1].published_at.date() <= story.end.on <= today


def test_the_same_day_gives_the_same_plans() -> None:
    plan_stories.cache_clear()
    cast.cache_clear()
    assert plan_stories(AN_ORDINARY_DAY) == STORIES
