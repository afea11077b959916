"""Need profiles: what plans of one kind of need say, written by hand as TOML beside this file.

Most answers are lists: the first pupil with a profile gets the first entry, the next the next, so that no
two plans read the same; a list that is shorter starts again. `{name}` and `{he}`, `{him}`, `{his}`,
`{himself}` (also with a capital) stand for the pupil, `{n}` for a number of the `ladder`, which a plan climbs
from version to version. What must stay true: every need has an outcome and an adjustment or provision, by
the keys that name them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

from isp.demonstration.shapes import Pupil

Profile: TypeAlias = dict[str, Any]

_PLACEHOLDER = re.compile(r"\{([A-Za-z]+)\}")
# Nouns that profiles count; a ladder may begin at one of them.
_COUNTED = (
    "choice", "day", "different word", "event", "exchange", "game", "incident", "job", "journey",
    "lesson", "metre", "minute", "number", "paper", "part", "phrase", "picture", "purchase", "question",
    "sanction", "second", "sentence", "session", "step", "subject word", "task", "time", "topic word",
    "turn", "word",
)  # fmt: skip
_ONE = re.compile(rf"\b1 ({'|'.join(_COUNTED)})s\b")
_PRONOUNS = {
    "M": {"he": "he", "him": "him", "his": "his", "himself": "himself"},
    "F": {"he": "she", "him": "her", "his": "her", "himself": "herself"},
}


@cache
def profile(name: str) -> Profile:
    """The profile of this name. FileNotFoundError where nobody has written it."""
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def passages(name: str = "passages") -> Profile:
    """A file of `data/` with what plans share."""
    return tomllib.loads((files("isp.demonstration") / "data" / f"{name}.toml").read_text(encoding="utf-8"))


def prose_name(pupil: Pupil) -> str:
    """What running English calls the pupil: the known-as name where it is in Latin letters."""
    return pupil.known_as if pupil.known_as and ord(pupil.known_as[0]) < 0x250 else pupil.forename


def fill(text: str, pupil: Pupil, **values: object) -> str:
    """The text with its placeholders filled. KeyError for one that nothing stands behind."""
    words: dict[str, object] = {"name": prose_name(pupil), **values}
    words |= _PRONOUNS[pupil.sex]
    words |= {word[0].upper() + word[1:]: value.capitalize() for word, value in _PRONOUNS[pupil.sex].items()}
    return _PLACEHOLDER.sub(lambda found: str(words[found[1]]), text)


def pick(values: Any, index: int) -> Any:
    """The entry of a list that is this pupil's turn; anything else is everybody's."""
    if isinstance(values, list):
        return values[index % len(values)] if values else ""
    return values


class Voice:
    """Answers of a profile for one pupil: picks the pupil's turn and fills in the words."""

    def __init__(self, pupil: Pupil, index: int) -> None:
        self.pupil, self.index = pupil, index

    def say(self, source: Mapping[str, Any], key: str, **values: object) -> str:
        """The answer under `key`, empty where there is none."""
        text = fill(str(pick(source.get(key, ""), self.index)), self.pupil, **values)
        return _ONE.sub(r"1 \1", text) if values.get("n") == 1 else text
