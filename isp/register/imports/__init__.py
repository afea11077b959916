"""Bringing a school's files in: stage, look at, carry out. Pages, commands and tests all call these.

A file is read when it is staged, sealed under the school's key and gone after a day. What it would change
is worked out anew each time it is looked at, and once more, under the lock on the school's roll, when it
is carried out: all rows or none, in one transaction.
"""
