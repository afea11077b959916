"""The diary of a case and its chronology: calls, visits, meetings and mail, with all else that happened.

Must stay true: each entry has the day it happened and the instant it was recorded; an entry is never
altered: what was wrong is corrected by another that names it and says why.
"""
