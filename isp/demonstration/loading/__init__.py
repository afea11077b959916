"""Loading the demonstration: what happened at its schools, done again in the order of time.

Lives here: ``world`` (who and what is who by now), ``steps`` (what happened, dated), ``installing``
(organisations, staff who are in no file, accounts), ``files_in`` (the offices' files, through the import),
``families`` (what no file tells), ``banks`` (what is written from), ``plans`` (writing, finalising, reading),
``requests`` and ``advising`` (authorities); and what goes on these weeks, at the moments of ``recent``:
``reviews``, ``colleagues`` (questions, sections, notes, a signature), ``papers``.
What must stay true: every deed goes through the action that a page would call, by somebody the grid allows
it on that day; steps run in the order of their moments, so that no chain's clock goes back.
"""
