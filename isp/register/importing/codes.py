"""The words and codes schools write for year group, SEN status, need and sex, each brought to its one code.

Codes: the Department for Education's Common Basic Data Set, as the school census uses it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from isp.register.importing.problems import NotUnderstood

YEAR_GROUPS = ("E1", "E2", "N1", "N2", "R", *(str(year) for year in range(1, 15)), "X")
_NUMBER_OF = {code: number for number, code in enumerate(YEAR_GROUPS[:-1], -4)}  # Reception is 0

SEN_STATUSES = {"N": "No SEN support", "K": "SEN support", "E": "EHC plan"}

NEEDS = {
    "SLCN": "Speech, language and communication needs",
    "ASD": "Autistic spectrum disorder",
    "SPLD": "Specific learning difficulty",
    "MLD": "Moderate learning difficulty",
    "SLD": "Severe learning difficulty",
    "PMLD": "Profound and multiple learning difficulty",
    "DS": "Down syndrome",
    "SEMH": "Social, emotional and mental health",
    "HI": "Hearing impairment",
    "VI": "Vision impairment",
    "MSI": "Multi-sensory impairment",
    "PD": "Physical disability",
    "OTH": "Other difficulty or disability",
    "NSA": "SEN support but no specialist assessment of type of need",
}

# Ethnicity, as the school census and the SEN2 return have it. Of a main code and its extended ones an
# authority
# uses either.
ETHNICITIES = {
    "WBRI": "White British",
    "WCOR": "Cornish",
    "WENG": "English",
    "WNIR": "Northern Irish",
    "WSCO": "Scottish",
    "WWEL": "Welsh",
    "WOWB": "Other White British",
    "WIRI": "Irish",
    "WIRT": "Irish Traveller",
    "WOTH": "Other White",
    "WALB": "Albanian",
    "WBOS": "Bosnian-Herzegovinian",
    "WCRO": "Croatian",
    "WGRE": "Greek/Greek Cypriot",
    "WGRK": "Greek",
    "WGRC": "Greek or Greek Cypriot",
    "WITA": "Italian",
    "WKOS": "Kosovan",
    "WPOR": "Portuguese",
    "WSER": "Serbian",
    "WTUR": "Turkish or Turkish Cypriot",
    "WTUK": "Turkish",
    "WTUC": "Turkish Cypriot",
    "WEUR": "White European",
    "WEEU": "Eastern European",
    "WWEU": "Western European",
    "WOTW": "White, other",
    "WROM": "Gypsy or Roma",
    "WROG": "Gypsy",
    "WROR": "Roma",
    "WROO": "Other Gypsy or Roma",
    "MWBC": "White and Black Caribbean",
    "MWBA": "White and Black African",
    "MWAS": "White and Asian",
    "MWAP": "White and Pakistani",
    "MWAI": "White and Indian",
    "MWAO": "White and other Asian",
    "ABRI": "Asian British",
    "AWEL": "Asian Welsh",
    "MOTH": "Other mixed",
    "MAOE": "Asian and other",
    "MABL": "Asian and Black",
    "MACH": "Asian and Chinese",
    "MBOE": "Black and other",
    "MBCH": "Black and Chinese",
    "MCOE": "Chinese and other",
    "MWOE": "White and other",
    "MWCH": "White and Chinese",
    "MOTM": "Other mixed background",
    "AIND": "Indian",
    "APKN": "Pakistani",
    "AMPK": "Mirpuri",
    "AKPA": "Kashmiri Pakistani",
    "AOPK": "Other Pakistani",
    "ABAN": "Bangladeshi",
    "AOTH": "Other Asian",
    "AAFR": "African Asian",
    "AKAO": "Kashmiri, other",
    "ANEP": "Nepali",
    "ASNL": "Sinhalese",
    "ASLT": "Sri Lankan Tamil",
    "ASRO": "Sri Lankan, other",
    "AOTA": "Other Asian background",
    "BBRI": "Black British",
    "BWEL": "Black Welsh",
    "BCRB": "Caribbean",
    "BAFR": "Black African",
    "BANN": "Angolan",
    "BCON": "Congolese",
    "BGHA": "Ghanaian",
    "BNGN": "Nigerian",
    "BSLN": "Sierra Leonean",
    "BSOM": "Somali",
    "BSUD": "Sudanese",
    "BAOF": "Other Black African",
    "BOTH": "Other Black",
    "BEUR": "Black European",
    "BNAM": "Black North American",
    "BOTB": "Other Black background",
    "CHNE": "Chinese",
    "CHKC": "Hong Kong",
    "CMAL": "Malaysian",
    "CSNG": "Singaporean",
    "CTWN": "Taiwanese",
    "COCH": "Other Chinese",
    "OOTH": "Any other ethnic group",
    "OAFG": "Afghan",
    "ORAB": "Arab",
    "OARA": "Arab, other",
    "OEGY": "Egyptian",
    "OFIL": "Filipino",
    "OIRN": "Iranian",
    "OIRQ": "Iraqi",
    "OJPN": "Japanese",
    "OKOR": "Korean",
    "OKRD": "Kurdish",
    "OLAM": "Latin, South or Central American",
    "OLEB": "Lebanese",
    "OLIB": "Libyan",
    "OMAL": "Malay",
    "OMRC": "Moroccan",
    "OPOL": "Polynesian",
    "OTHA": "Thai",
    "OVIE": "Vietnamese",
    "OYEM": "Yemeni",
    "OOEG": "Other ethnic group",
    "REFU": "Refused to say",
    "NOBT": "Not yet obtained",
}
UPN_UNKNOWN = {
    "UN1": "Under 6, and has no UPN yet",
    "UN2": "Was never in a state-funded school in England",
    "UN3": "Educated outside England, and has no UPN",
    "UN5": "Sources differ on name or date of birth, so no match is certain",
    "UN8": "New to the authority in the last week of the period",
    "UN9": "A young person who was never in a state school or further education in England",
    "UN10": "The request ended before the number was known",
}
"""Why neither UPN nor ULN is known: item 1.7c of the SEN2 return."""


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold().replace("&", "and"))


_YEAR_WORDS = {
    word: code
    for code, words in {
        "R": "r rec reception yr yearr receptionyear receptionclass yearreception fs2 f2 foundation2 eyfs2 "
        "foundationstage2",
        "N2": "n2 nursery2 yearn2 nurserysecondyear preschool2 fs1 f1 foundation1 eyfs1 foundationstage1",
        "N1": "n1 nursery1 yearn1 nurseryfirstyear preschool1",
        "E1": "e1 yeare1",
        "E2": "e2 yeare2",
        "X": "x yearx ungraded mixed notapplicable ncnotfollowed nationalcurriculumnotfollowed",
    }.items()
    for word in words.split()
}
_NURSERY = frozenset({"n", "nur", "nursery", "nurseryclass", "preschool", "nurseryyear", "yearn", "yn"})
_NUMBERS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen",
)  # fmt: skip
_YEAR_NUMBER = re.compile(
    r"(?:nationalcurriculum|curriculum|nc)?(?:yeargroup|year|yr|y|ncy)?0*(\d{1,2})(?:thyear)?"
)
_TWO_NUMBERS = re.compile(r"\d\W+\d|^\W*-")
_YEAR_IN_WORDS = re.compile(rf"(?:year|yr|y)?({'|'.join(_NUMBERS)})")


def read_year_group(text: str, *, born_on: date | None, today: date) -> str:
    """One of YEAR_GROUPS. Raises NotUnderstood.

    "Nursery" alone does not say which of its two years; the date of birth does (N1 the year of turning
    three, N2 the year of turning four, and N2 where it is not known).
    """
    plain = _plain(text)
    if plain in _YEAR_WORDS:
        return _YEAR_WORDS[plain]
    if plain in _NURSERY:
        return "N1" if born_on is not None and nominal_year(born_on, today) <= -2 else "N2"
    number = None
    if _TWO_NUMBERS.search(text):  # "1/2" is a mixed class, not year 12; "-1" is no year
        pass
    elif found := _YEAR_NUMBER.fullmatch(plain):
        number = int(found[1])
    elif found := _YEAR_IN_WORDS.fullmatch(plain):
        number = _NUMBERS.index(found[1])
    if number == 0:
        return "R"
    if number is not None and 1 <= number <= 14:
        return str(number)
    raise NotUnderstood(f"“{text}” is not a year group we know. Write N1, N2, R, 1 to 14, or X.")


def nominal_year(born_on: date, today: date) -> int:
    """The year a child of this age is usually in: age on the 31 August before this school year, less 4."""
    start = today.year if today.month >= 9 else today.year - 1
    age = start - born_on.year - ((born_on.month, born_on.day) > (8, 31))
    return age - 4


def years_from_usual(year_group: str, born_on: date, today: date) -> int | None:
    """How many years a pupil is above (+) or below (-) the usual year for the age; None for X."""
    if year_group not in _NUMBER_OF:
        return None
    return _NUMBER_OF[year_group] - nominal_year(born_on, today)


_SEN_WORDS = {
    "n": "N", "none": "N", "no": "N", "nosen": "N", "nosensupport": "N", "nospecialeducationalneed": "N",
    "nospecialeducationalneeds": "N", "nosenprovision": "N",
    "k": "K", "sensupport": "K", "sensupportk": "K", "schoolsupport": "K", "sendsupport": "K",
    "e": "E", "ehcp": "E", "ehc": "E", "ehcplan": "E", "educationhealthandcareplan": "E",
    "educationhealthcareplan": "E",
}  # fmt: skip
_OLD_SEN_WORDS = {
    "a": "K", "p": "K", "schoolaction": "K", "schoolactionplus": "K", "earlyyearsaction": "K",
    "earlyyearsactionplus": "K", "s": "E", "statement": "E", "statemented": "E",
    "statementofsen": "E",
}  # fmt: skip
_CODE_AND_LABEL = re.compile(r"([A-Za-z]{1,4})\s*(?:[-–:(]|\s-\s)\s*\S.*")


def read_sen_status(text: str) -> tuple[str, bool]:
    """N, K or E, and whether the file used a code from before 2014. Raises NotUnderstood."""
    found = _CODE_AND_LABEL.fullmatch(text)
    for word in (_plain(text), found[1].casefold() if found else ""):
        if word in _SEN_WORDS:
            return _SEN_WORDS[word], False
        if word in _OLD_SEN_WORDS:
            return _OLD_SEN_WORDS[word], True
    raise NotUnderstood(
        f"“{text}” is not an SEN status we know. Write N (no SEN), K (SEN support) or E (EHC plan)."
    )


_NEED_WORDS: Mapping[str, str] = {
    **{code.casefold(): code for code in NEEDS},
    **{_plain(name): code for code, name in NEEDS.items()},
    "speechlanguageandcommunicationneed": "SLCN", "speechlanguageorcommunicationneeds": "SLCN",
    "speechlanguagecommunicationneeds": "SLCN", "autisticspectrumdisorders": "ASD",
    "autism": "ASD", "autismspectrumdisorder": "ASD", "specificlearningdifficulties": "SPLD",
    "moderatelearningdifficulties": "MLD", "severelearningdifficulties": "SLD",
    "profoundandmultiplelearningdifficulties": "PMLD", "profoundmultiplelearningdifficulty": "PMLD",
    "downssyndrome": "DS", "socialemotionalandmentalhealthneeds": "SEMH",
    "socialemotionalmentalhealth": "SEMH", "visualimpairment": "VI", "multisensoryimpairments": "MSI",
    "otherdifficultydisability": "OTH", "other": "OTH",
    "sensupportbutnospecialistassessmentoftypeofneed": "NSA", "nospecialistassessment": "NSA",
}  # fmt: skip


def read_need(text: str) -> str:
    """One of NEEDS, from its code, its name, or both ("SLCN - Speech, …"). Raises NotUnderstood."""
    found = _CODE_AND_LABEL.fullmatch(text)
    for word in (_plain(text), found[1].casefold() if found else ""):
        if word in _NEED_WORDS:
            return _NEED_WORDS[word]
    if _plain(text) in {"besd", "behaviouremotionalandsocialdifficulties"}:
        raise NotUnderstood(
            f"“{text}” has not been a type of need since 2014, and no new one follows from it. "
            "Write the need as it is now, perhaps SEMH."
        )
    raise NotUnderstood(f"“{text}” is not a type of need we know. Write one of {', '.join(NEEDS)}.")


_SEX_WORDS = {"m": "M", "male": "M", "boy": "M", "1": "M", "f": "F", "female": "F", "girl": "F", "2": "F"}
_SEX_NOT_KNOWN = frozenset({"0", "9", "u", "unknown", "notknown", "notspecified"})


def read_sex(text: str) -> str | None:
    """M or F; None where the file says that it is not known. Raises NotUnderstood."""
    plain = _plain(text)
    if plain in _SEX_NOT_KNOWN:
        return None
    if plain not in _SEX_WORDS:
        raise NotUnderstood(f"“{text}” is neither M nor F. Write one of them, or leave the cell blank.")
    return _SEX_WORDS[plain]
