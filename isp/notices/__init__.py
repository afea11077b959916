"""Outgoing messages: an outbox row in the transaction that gives cause for it, delivered by a job.

Must stay true: a row names a person, a pupil and a kind by id and code; no child's name goes out. The
recipient's standing is checked again at the moment of delivery.
"""
