"""Files attached to a pupil's record: reports, letters, evidence of work, photographs, old plans.

Must stay true: nothing is kept whose content is not what its name says, or that could run something or call
somewhere when it is opened; who sees a document follows from its label and from who sent it, in one rule
(``rules.reads``); bytes leave only after the event that tells of it is committed; a version is never
changed or removed, only followed by another or withdrawn.
"""
