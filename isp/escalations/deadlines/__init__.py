"""The statutory clock: by when the law wants what, from a request for an assessment to the end of a plan.

Every limit is a row of dated data (``data/limits-*.toml``, beside the rules of this room) with the place
where it is written; here is only how days are counted. Pure: no session, no clock, the same answer always.

Must stay true: weeks, months and plain days are calendar ones, school holidays stop nothing; a day that
cannot be known (a bank holiday beyond the table) is an error and no guess; a circumstance that excuses
moves a date and leaves the duty and the date of the law standing; what was decided under a
version of the limits can still be worked out under it.
"""

from isp.escalations.deadlines.counting import (
    Due,
    age_due,
    appeal_due,
    counts_from,
    due,
    phase_due,
    review_after_transfer_due,
    transfer_due,
    words,
    work_out,
)
from isp.escalations.deadlines.excuses import Circumstance, excusable, excused, moved, problems
from isp.escalations.deadlines.limits import EXCUSES, Act, Bound, Limit, RuleSet, read, rule_sets, rules_on

__all__ = [
    "EXCUSES",
    "Act",
    "Bound",
    "Circumstance",
    "Due",
    "Limit",
    "RuleSet",
    "age_due",
    "appeal_due",
    "counts_from",
    "due",
    "excusable",
    "excused",
    "moved",
    "phase_due",
    "problems",
    "read",
    "review_after_transfer_due",
    "rule_sets",
    "rules_on",
    "transfer_due",
    "words",
    "work_out",
]
