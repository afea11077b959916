"""The statutory plan (EHC plan): its sections A to K, where it is followed, its reviews, and its end.

Lives here: the row of each statutory plan with the dates and codes that registers and the SEN2 return need
in one query; its content, a record of its own in ``records``; the annual review; the steps by which a case
went on, each with the day it happened and the day it was recorded.

Must stay true:

- a plan in force is made, amended and ended by an authority and by nobody else;
- what it refers to (an item of the school's plan, advice) it names by id and version, and never copies;
- a step is never altered: what was recorded wrongly is corrected by another step that gives its reason.
"""
