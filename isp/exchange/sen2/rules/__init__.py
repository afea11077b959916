"""The rules of the return, as far as its guide has them in words: each a pure function of one person.

The numbers are our own (S-nnn): the department publishes its own in no form that could be quoted, so
``dfe_rule`` is None until one is known for certain. E must be mended before the return is sent, Q is to be
looked at and may be right. ``mend`` says what to do, and where the item stands.
"""

from isp.exchange.sen2.rules import active, cases, people, plans
from isp.exchange.sen2.rules.people import Numbers
from isp.exchange.sen2.rules.plans import is_active
from isp.exchange.sen2.rules.registry import RULES, Facts, Finding, Rule, findings

BY_NUMBER = dict(sorted(RULES.items()))
QUERIED_ON_IMPORT = frozenset({"S-014"})
"""What the samples that authorities exchange break, and a file may bring in all the same."""

__all__ = [
    "BY_NUMBER",
    "QUERIED_ON_IMPORT",
    "Facts",
    "Finding",
    "Numbers",
    "Rule",
    "active",
    "cases",
    "findings",
    "is_active",
    "people",
    "plans",
]
