"""Outgoing messages: an outbox row in the transaction that gives cause for it, delivered by a job.

``tell`` and ``remind`` put a row there (``kinds`` has what can be told); ``delivering`` claims, checks, sends
and notes what became of it, by ``smtp`` and ``notify``; ``choices`` is how somebody wants to be told.

Must stay true: a row names a person, a pupil and a kind by id and code; no child's name goes out. The
recipient's standing is checked again at the moment of delivery. The row is the truth: killed at any point,
nothing is lost, and nothing is sent twice but in the instant between a server's yes and our commit.
"""
