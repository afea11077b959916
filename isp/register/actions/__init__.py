"""The register's verbs, by what they are about: enrolling, families, restrictions, groups, the calendar.

Every one asks the gate first and records last, in the caller's unit of work. None of them is undone by
deleting: ties, enrolments and restrictions end, and stay readable to those who may read history.
"""
