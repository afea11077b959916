"""What becomes of an EHC plan in force: reviews, amendments, re-assessment, moves, orders, and its end.

Lives here: ``clock`` and ``rules`` (pure), a module of deeds for each of those, ``boards`` (lists over many
plans), ``queries`` (one plan), and children who are out of school or there part of the time.

Must stay true:

- a review ends on the day its decision is sent, and only then does the date of the next one move;
- a plan that is to cease is kept until the time to appeal has passed, or an appeal has been decided;
- a plan that moves to another authority leaves nothing of it in the sight of the one that had it.
"""
