"""Events as people remember them: what one person did at one sitting is one line that opens. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from isp.audit.queries import Seen
from isp.caseload.sentences import predicate, say
from isp.records.shape import Audience

GAP = timedelta(minutes=30)
SAID = 3
"""Different things named in the line of a sitting; the rest are in what opens."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. ``event`` for whoever links to what it was about."""

    at: datetime
    text: str
    event: Seen
    done: str = ""
    """The same without the person."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """What one person did without a pause of half an hour, newest first."""

    actor: str
    who: str
    lines: tuple[Line, ...]

    @property
    def until(self) -> datetime:
        """When the last of it happened."""
        return self.lines[0].at

    @property
    def since(self) -> datetime:
        """When the first of it happened."""
        return self.lines[-1].at

    def summary(self) -> str:
        """All of it in one sentence: each different thing once, in the order it was done."""
        if len(self.lines) == 1:
            return self.lines[0].text
        told = dict.fromkeys(line.done for line in reversed(self.lines))
        said = list(told)
        if len(said) > SAID:
            rest = len(said) - SAID
            said = [*said[:SAID], f"{rest} other thing{'' if rest == 1 else 's'}"]
        whole = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
        return f"{self.who} {whole}"


def sittings(
    events: Iterable[Seen],
    name: Callable[[Seen], str],
    audience: Audience = "school",
    about: Mapping[UUID, str] = MappingProxyType({}),
) -> list[Sitting]:
    """Events newest first, grouped. ``name`` gives the person of an event, by name and role.

    ``about``: by tie, whom or what it is about.
    """
    grouped: list[list[Seen]] = []
    for event in events:
        last = grouped[-1][-1] if grouped else None
        if last is not None and last.actor == event.actor and last.at - event.at < GAP:
            grouped[-1].append(event)
        else:
            grouped.append([event])
    found = []
    for group in grouped:
        who = name(group[0])
        found.append(Sitting(group[0].actor, who, tuple(_line(one, who, audience, about) for one in group)))
    return found


def _line(seen: Seen, who: str, audience: Audience, about: Mapping[UUID, str]) -> Line:
    what = about.get(seen.object_id, "") if seen.object_id else ""
    text = say(seen.event, who, seen.detail, audience, what)
    return Line(seen.at, text, seen, predicate(seen.event, seen.detail, audience, what))
