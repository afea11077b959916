"""The cycle: when a plan is to be reviewed, who is asked, the meeting, its report, and the next draft.

Lives here: ``content`` (what a report holds, ``review/1``), ``next_plan`` and ``into_plan`` (what a review
changes in the plan, and how that meets its draft), ``not_held`` (why one that was due was not), ``rules``,
``actions`` (plan, move, cancel, meet, close), ``invitations``, ``saving`` (one save of the report), ``due``
(every open plan with its date or the reason why it has none), ``lists``, ``reminders``, ``steps`` and
``beside`` (the meeting's pages), ``showing`` and ``printing`` (the report), ``calendar``, ``chain`` and
``cycles`` (cycle after cycle), ``sampling`` and ``governors`` (what governors may see), ``rounds`` and its
kin (questions to those who teach or support a pupil), ``queries`` and the ``pages``.

Must stay true: every open plan has a due date or says why not, and is in the list either way; a review that
was not held stays due until it is, or until somebody records why not; a teacher writes and closes the
reviews she leads and no other; a report is a record, so several people write it at once and nothing typed
is lost; closing makes the report's version and brings what was decided into the plan's draft, where it
merges with what others write; a calendar entry names no child and nobody else.
"""
