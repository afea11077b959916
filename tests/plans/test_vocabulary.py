"""Names, lists and duties as dated configuration."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib import resources

import pytest

from isp.kernel.dated import Versions
from isp.plans import vocabulary
from isp.plans.content import SHAPE
from isp.plans.thread import GapKind
from isp.plans.vocabulary import Configuration, configuration_on, configurations, every_code, read
from tests.plans.invented import CONFIGURATION
from tests.plans.test_content import FAMILIES_NEVER, SCHOOLS_NEVER

TEXT = (resources.files("isp.plans") / "data" / "configuration-2014-1.toml").read_text("utf-8")


def parse(text: str) -> Configuration:
    return read(tomllib.loads(text))


def test_there_is_one_configuration_for_every_day():
    for configuration in configurations():
        assert configuration_on(configuration.effective_from) is configuration
    assert configuration_on(date(2001, 1, 1)) is configurations()[0]
    assert configuration_on(date(2050, 1, 1)) is configurations()[-1]


def test_what_families_are_not_told_are_answers_that_there_are_and_never_what_they_ask_for():
    for configuration in configurations():
        for named in configuration.unsaid_to_families:
            section, field = named.split(".")
            assert SHAPE.field(section, field).name == field
            assert configuration.is_unsaid(section, field, "family")
            assert not configuration.is_unsaid(section, field, "school")
        for asked in ("what", "minutes", "times", "per", "delivered_by", "start_on", "place"):
            assert not configuration.is_unsaid("provision", asked, "family")


def test_a_later_configuration_takes_over_on_its_day(monkeypatch):
    first = parse(TEXT.replace("# effective_to = the last day", "effective_to = 2027-08-31 # the last day"))
    later = TEXT.replace("effective_from = 2014-09-01", "effective_from = 2027-09-01")
    second = parse(later.replace('version = "2014-1"', 'version = "2027-1"'))
    monkeypatch.setattr(vocabulary, "configurations", lambda: Versions((second, first), "lists"))
    for day, held in ((date(2001, 1, 1), first), (date(2027, 8, 31), first), (date(2027, 9, 1), second)):
        assert configuration_on(day) is held


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('area_2015 = "cognition_learning"', 'area_2015 = "nowhere"', "no such area"),
        ('default = "termly"', 'default = "sometimes"', "review interval"),
        ("[golden_thread]\n", "[golden_thread]\nlayer_nine = []\n", "no such layer"),
        ('code = "drawing"', 'code = "own_words"', "twice"),
    ],
)
def test_a_configuration_that_contradicts_itself_is_refused(old, new, said):
    assert old in TEXT
    with pytest.raises(ValueError, match=said):
        parse(TEXT.replace(old, new))


@pytest.mark.parametrize("configuration", configurations())
def test_every_section_has_its_place_for_staff_and_for_families(configuration):
    for audience in ("school", "family"):
        assert sorted(configuration.section_order(audience)) == sorted(SHAPE.sections)


@pytest.mark.parametrize("configuration", configurations())
def test_what_is_required_exists_and_gaps_that_block_are_gaps(configuration):
    for layer in (None, *(option.code for option in configuration.options["layer"])):
        for path in configuration.required(layer):
            section, _, field = path.partition(".")
            assert section in SHAPE.sections
            assert not field or SHAPE.field(section, field).name == field
        assert configuration.blocking(layer) <= {kind.value for kind in GapKind}


@pytest.mark.parametrize("configuration", configurations())
def test_each_side_reads_its_own_words_in_every_list(configuration):
    for name, options in configuration.options.items():
        for option in options:
            assert not re.search(FAMILIES_NEVER, option.family_label, re.IGNORECASE), (name, option.code)
            assert not re.search(SCHOOLS_NEVER, f"{option.label} {option.hint}", re.IGNORECASE), (
                name,
                option.code,
            )


def test_what_is_only_proposed_says_so():
    for name in ("layer", "area_proposed"):
        assert all(option.proposed for option in CONFIGURATION.options[name])
    assert not any(
        option.proposed for name in ("area_2015", "need_code") for option in CONFIGURATION.options[name]
    )


def test_the_census_codes_are_those_of_the_census():
    codes = ["SLCN", "ASD", "SPLD", "MLD", "SLD", "PMLD", "DS", "SEMH", "HI", "VI", "MSI", "PD", "OTH", "NSA"]
    assert list(CONFIGURATION.need_codes) == codes
    assert every_code("need_code") == set(codes)
    assert [code for code, need in CONFIGURATION.need_codes.items() if need.sen_support_only] == ["NSA"]
    assert [option.code for option in CONFIGURATION.options["need_rank"]] == ["1", "2"]


@pytest.mark.parametrize(
    ("need", "areas"),
    [
        ({"code": "SLCN"}, ("communication_interaction", "speech_language_communication")),
        ({"code": "HI"}, ("sensory_physical", "sensory")),
        ({"code": "PD"}, ("sensory_physical", "motor_physical")),
        ({"code": "MLD"}, ("cognition_learning", None)),
        ({"code": "OTH"}, (None, None)),
        ({}, (None, None)),
        ({"area_proposed": "executive_function"}, (None, "executive_function")),
        (
            {"code": "SEMH", "area_proposed": "executive_function"},
            ("social_emotional_mental_health", "executive_function"),
        ),
    ],
)
def test_areas_follow_from_the_code_unless_a_person_chose(need, areas):
    assert CONFIGURATION.areas(need) == areas


def test_results_are_five_steps_with_softer_words_for_families():
    results = CONFIGURATION.options["result"]
    assert [option.label for option in results] == [
        "Much less than expected",
        "Less than expected",
        "As expected",
        "More than expected",
        "Much more than expected",
    ]
    assert all(option.family_label != option.label for option in results)


def test_intervals_have_a_length_and_there_is_a_default():
    assert CONFIGURATION.interval_months(None) == 4
    assert CONFIGURATION.interval_months("annual") == 12
    assert CONFIGURATION.interval_months("now_and_then") is None


def test_a_code_nobody_knows_is_shown_as_it_is():
    assert CONFIGURATION.words("layer", "targeted", "family") == "Some extra support"
    assert CONFIGURATION.words("layer", "layer_nine") == "layer_nine"
