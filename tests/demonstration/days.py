"""Days on which somebody may start the demonstration: the ordinary ones drawn, the awkward ones always."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies

AN_ORDINARY_DAY = date(2026, 11, 22)

# The first and the last days of a school year, the days around them, a leap day, the first days of terms,
# the end of compulsory school age.
AWKWARD = (
    date(2025, 1, 1),
    date(2025, 8, 31),
    date(2025, 9, 1),
    date(2026, 6, 26),
    date(2026, 8, 29),
    date(2026, 9, 2),
    date(2026, 9, 9),
    date(2027, 1, 4),
    date(2027, 4, 2),
    date(2028, 2, 29),
    date(2028, 6, 30),
)

days = strategies.dates(date(2025, 1, 1), date(2028, 6, 30))
