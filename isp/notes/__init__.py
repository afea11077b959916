"""Staff's working notes (label S2): their own record beside the plan, never in it and never the family's.

Lives here: ``worries`` (words that ask whether something belongs with the safeguarding lead, a dated list
under ``data/``), ``rules``, ``actions``, ``queries``, ``trail`` (what ``isp audit verify`` asks of this room)
and the ``pages``.

Must stay true: notes are sealed under a key of their own (compartment "working"), and everything about them,
who looked included, stands on the pupil's restricted chain, so that no gap in the history that a family reads
tells of them. A correction is a new version; nothing is deleted; what is withdrawn is read by the data
protection officer alone. What is about a child's safety does not belong here, and each form says so.
"""
