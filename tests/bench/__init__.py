"""What the service costs: ``make bench`` (``python -m tests.bench``), never part of the tests.

A bulk-seeded installation per engine is served by the real server and put under load from this machine,
next to two baselines under the same server settings: (A) the plan's template rendered from memory without
signing in, (B) the same and one primary-key SELECT. Absolute figures belong to a machine; the ratios are
what travels.

Lives here: ``seeding`` (a world of any size, in bulk), ``databases`` (fresh copies of seeded worlds),
``baselines``, ``load`` (closed-loop clients), ``pages`` (the deeds over HTTP), ``publishing`` (the deed
without HTTP, next to a raw INSERT), ``rivals`` (two other version stores on the same plan), ``trail``
(the walk), ``printing`` (heavy plans as PDF and Word, and the memory that takes), ``wording`` (the check that
runs while one types), ``figures`` (percentiles and tables).

Must stay true: nothing is left running or lying about unless ``--keep`` asks for it; every figure names
the machine and the commit; a deed is measured with what it commits.
"""
