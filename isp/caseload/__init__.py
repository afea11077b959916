"""Pages that gather: home, a pupil's page, the class on one sheet, a child's page for the family, History.

Must stay true: this room reads and never writes, but for the events that say who looked. What it shows of
a record has passed the gate and the reader's lens; a list comes from ``gate.visible_pupils`` and is one
event; a page that shows what a plan says is an event on that pupil's own chain. Families meet their own
words here, and nothing of what another member of the family does by himself.
"""
