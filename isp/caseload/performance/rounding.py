"""Tables for those who have no right to exact counts: rounded, and so that nothing exact follows from them.

Each count is rounded by itself to the nearest five. Two things would still give small groups away: that a
group stands there at all, and the total, from which it may follow what is in a line at the most or at the
least. So groups that are few stand together without their names, and a total keeps so near to the sum of its
lines that each of them can still be anything that rounds to what it says. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

ROUND_TO = 5
OTHERS = "Others, few in each"
_EITHER_WAY = ROUND_TO // 2

Row = tuple[str, Sequence[int]]
"""A line's heading, and its exact counts."""


def rounded(count: int) -> int:
    """To the nearest five."""
    return ROUND_TO * ((count + _EITHER_WAY) // ROUND_TO)


def without_small(rows: Iterable[Row]) -> list[Row]:
    """The lines by their heading, for the largest first would say more than the counts do; last, as one line,
    those of which every count rounds to nothing.
    """
    named: list[Row] = []
    few: list[Sequence[int]] = []
    for heading, counts in rows:
        if any(map(rounded, counts)):
            named.append((heading, counts))
        else:
            few.append(counts)
    named.sort(key=lambda row: (row[0].casefold(), row[0]))
    if few:
        named.append((OTHERS, [sum(column) for column in zip(*few, strict=True)]))
    return named


def total_of(shown: Sequence[int], summed: int) -> int:
    """What the total says: ``summed`` rounded, and no farther from the lines shown than gives none away.

    ``shown``: the rounded counts of the lines that may have anything in them. A line may be two more than it
    says, or two fewer where it says anything. Where the total is as far as that from all of them but one, it
    would follow of that one on which side it lies.
    """
    at = sum(shown)
    more = _EITHER_WAY * max(len(shown) - 1, 0)
    fewer = _EITHER_WAY * max(sum(1 for one in shown if one) - 1, 0)
    return min(max(rounded(summed), at - _whole(fewer)), at + _whole(more))


def _whole(count: int) -> int:
    return count - count % ROUND_TO
