"""The rules as dated data, and how a word is read where it stands."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isp.banks.wording import rules
from isp.banks.wording.check import TEXTS, check
from isp.banks.wording.parts import VAGUE_GROUP, VAGUE_WHO
from isp.banks.wording.rules import SECTIONS, RuleSet, read, rule_sets, rules_on
from isp.kernel.dated import Versions
from isp.plans.content import SHAPE
from tests.banks.wording.labelled import sentences

TEXT = (
    (resources.files("isp.banks.wording") / "data" / "wording-2026-1.toml")
    .read_text("utf-8")
    .replace("effective_to = 2026-11-21", "# effective_to = the last day")
)
RULES = rules_on(date(2026, 11, 22))


def parse(text: str) -> RuleSet:
    return read(tomllib.loads(text))


def said(text: str, section: str = "provision", **fields) -> list[str]:
    """The vague words that are flagged in a text."""
    main = TEXTS[section][0]
    return [hint.words for hint in check(section, fields | {main: text}, RULES) if hint.start >= 0]


def missing(text: str, section: str, **fields) -> tuple[str, ...]:
    main = TEXTS[section][0]
    hints = check(section, fields | {main: text}, RULES)
    return next((hint.parts for hint in hints if hint.kind == "missing"), ())


def test_there_are_rules_for_every_day():
    for one in rule_sets():
        assert rules_on(one.effective_from) is one
    assert rules_on(date(2001, 1, 1)) is rule_sets()[0]
    assert rules_on(date(2050, 1, 1)) is rule_sets()[-1]


def test_later_rules_take_over_on_their_day(monkeypatch):
    first = parse(TEXT.replace("# effective_to = the last day", "effective_to = 2027-08-31 # the last day"))
    later = TEXT.replace("effective_from = 2026-09-01", "effective_from = 2027-09-01")
    second = parse(later.replace('version = "2026-1"', 'version = "2027-1"'))
    monkeypatch.setattr(rules, "rule_sets", lambda: Versions((second, first), "rules"))
    assert [rules_on(day) for day in (date(2027, 8, 31), date(2027, 9, 1))] == [first, second]


MORE = """
version = "2027-1"
continues = "2026-1"
effective_from = 2027-09-01
[parts]
things = ['weather']
[[rules]]
id = "regular"
term = "regular"
category = "amount"
match = ['regularly']
why = "How often?"
instead = "How often."
source = "practice"
"""


def test_a_file_that_continues_another_holds_what_is_new_and_takes_the_rest():
    first, second = parse(TEXT), parse(MORE)
    assert [one.id for one in second.rules] == [one.id for one in first.rules]
    (anew,) = [one for one in second.rules if one.id == "regular"]
    assert anew.source == "practice"
    assert second.parts["things"].fullmatch("weather")
    assert second.parts["things"].fullmatch("attendance")
    with pytest.raises(ValueError, match="same id"):
        parse(MORE + MORE[MORE.index("[[rules]]") :])


def test_what_was_said_of_a_plan_before_the_newer_rules_is_what_is_said_of_it_still():
    before, now = rules_on(date(2026, 11, 21)), rules_on(date(2026, 11, 22))
    text = {"what": "Improve his confidence"}
    assert check("adjustments", text, before) == []
    assert [hint.kind for hint in check("adjustments", text, now)] == ["hoped_for"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('source = "advisers"', 'source = "somebody"', "no such source"),
        ('unless_near = "amount"', 'unless_near = "kindness"', "no such neighbour"),
        ('id = "opportunities"', 'id = "access_to"', "same id"),
        ('on = ["adjustments", "provision"] }', 'on = ["about_me"] }', "not to be read"),
    ],
)
def test_rules_that_contradict_themselves_are_refused(old, new, why):
    assert old in TEXT
    with pytest.raises(ValueError, match=why):
        parse(TEXT.replace(old, new))


def test_every_rule_says_why_and_what_to_write_instead_and_whose_advice_it_is():
    for rule in RULES.rules:
        assert rule.term
        assert rule.why.endswith((".", "?"))
        assert rule.instead.endswith(".")
        assert rule.source in RULES.sources
        assert rule.category in RULES.categories
    assert {rule.id for rule in RULES.rules} >= VAGUE_WHO | VAGUE_GROUP


def test_it_reads_fields_that_there_are_and_never_a_child_s_or_a_parent_s_words():
    assert set(TEXTS) == SECTIONS
    for section, names in TEXTS.items():
        assert all(name in (SHAPE.sections[section].items or {}) for name in names)
    assert "own_words" not in TEXTS["outcomes"]
    for section in set(SHAPE.sections) - SECTIONS:
        fields = dict.fromkeys(SHAPE.sections[section].items or {}, "Regular support as needed.")
        assert check(section, fields, RULES) == []
    assert said("Leo will line up.", "outcomes", own_words="I should get some help, etc.") == []


def test_a_word_is_flagged_only_as_a_whole_word():
    assert said("Irregular, self-sufficient, something, shoulder, inappropriate, monitored.") == ["monitored"]
    assert said("REGULAR help") == ["REGULAR"]
    assert said("access\nto speech therapy") == ["access\nto"]


@pytest.mark.parametrize(
    "quoted",
    ['He says "some help etc."', "She writes ‘as needed’ on it", "It says 'if possible'", "“up to 3 hours”"],
)
def test_what_stands_in_quotation_marks_is_somebody_s_words(quoted):
    assert said(quoted) == []


def test_an_apostrophe_begins_no_quotation():
    assert said("The pupils' regular support isn't the boys' own") == ["regular"]


def test_access_to_the_lift_is_fine_and_regular_support_is_not_and_up_to_still_warns():
    assert said("Access to the lift") == []
    assert said("Access to therapy") == ["Access to"]
    assert said("Regular support") == ["Regular"]
    assert said("Regular sessions, 3 x 20 minutes a week") == []
    assert said("Up to 3 hours of teaching a week") == ["Up to"]


def test_other_pupils_are_no_open_list():
    assert said("He plays with Leo and other pupils") == []
    assert said("Bands and other resources") == ["and other resources"]


def test_an_amount_in_another_sentence_excuses_nothing():
    assert said("Regular support. Lunch takes 20 minutes.") == ["Regular"]


def test_the_longest_words_speak():
    assert said("Reading daily where possible") == ["daily where possible"]
    assert said("Support will be considered") == ["Support will be considered"]


def test_fields_that_say_it_exactly_excuse_the_word_for_it():
    assert said("Small group reading") == ["Small group"]
    assert said("Small group reading", group_size=4) == []
    assert said("The TA reads with him") == ["The TA"]
    assert said("The TA reads with him", qualification="Level 3") == []


def test_who_delivers_it_is_read_for_who_it_is():
    hints = check("provision", {"delivered_by": "An adult, as needed"}, RULES)
    assert [(hint.field, hint.words) for hint in hints] == [("delivered_by", "An adult")]


def test_of_provision_the_fields_in_which_it_can_be_said_are_offered():
    (hint,) = [one for one in check("provision", {"what": "Reading"}, RULES) if one.kind == "missing"]
    assert hint.offer == ("minutes", "times", "per", "weeks", "delivered_by", "group_size")
    assert missing("Reading", "provision", minutes=15, times=3, per="week", weeks=6) == ("who", "group")
    assert missing("Reading", "provision", start_on="2026-09-01", end_on="2026-12-18")[-2:] == (
        "who",
        "group",
    )
    assert "weeks" in missing("Reading", "provision", start_on="2026-09-01")


def test_of_an_outcome_what_is_not_said_is_named_and_fields_count():
    assert missing("Improved reading", "outcomes") == (
        "who",
        "does",
        "context",
        "measure",
        "by_when",
        "baseline",
    )
    text = "Leo will ask for help in maths"
    assert missing(text, "outcomes") == ("measure", "by_when", "baseline")
    full = {"due_on": "2027-07-16", "baseline": "Never", "target": "4 lessons in 5"}
    assert missing(text, "outcomes", **full) == ()


def test_provision_in_disguise_is_asked_for_nothing_more():
    hints = check("outcomes", {"statement": "Leo will receive speech therapy"}, RULES)
    assert [hint.kind for hint in hints] == ["disguise"]


def test_an_adjustment_has_no_amount_to_miss():
    assert check("adjustments", {"what": "Sit him at the front"}, RULES) == []


@given(
    st.sampled_from(sorted(SECTIONS)),
    st.one_of(st.text(max_size=300), st.lists(st.sampled_from(TEXT.split()), max_size=40).map(" ".join)),
)
def test_whatever_is_typed_every_hint_is_about_words_that_are_there(section, text):
    fields = dict.fromkeys(TEXTS[section], text)
    hints = check(section, fields, RULES)
    assert hints == check(section, fields, RULES)
    for hint in hints:
        assert hint.sentence
        assert hint.field in TEXTS[section]
        if hint.start >= 0:
            assert text[hint.start : hint.start + len(hint.words)] == hint.words


def test_the_words_that_make_looking_faster_hide_nothing():
    for sentence in sentences():
        for rule in RULES.rules:
            if rule.words and rule.pattern.search(sentence.text):
                assert any(word in sentence.text.lower() for word in rule.words), (rule.id, sentence.text)
