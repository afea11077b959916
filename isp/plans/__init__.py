"""The Individual Support Plan: what it holds, its words and rules, and what is done with it.

Lives here: ``content`` (the open schema ``isp/1``), ``vocabulary`` with the dated configurations under
``data/``, ``thread`` (what is linked to what), ``required`` (what a layer asks for), ``sentences`` (a
change in the words people use), ``showing`` (a plan laid out for reading), ``boxes`` and ``asked`` (the
editor's boxes, and their questions), ``saving`` (one save, by form or by script), ``chips`` and ``linking``
(what an item is linked to, and changing that), ``wording`` and ``setting_aside`` (hints about vague words,
by the rules of ``banks.wording``, and keeping words all the same), ``earlier`` (a plan written elsewhere),
``deadlines`` and ``cards`` (when its review is due, and what lists know of that), ``cycle`` and
``catching_up`` (what a new cycle changes, in a new draft and in one that is open), ``templates`` and
``unnamed`` (what of a plan makes a template, and the names taken out of it), ``actions`` and ``queries``, and
the ``pages``.

Must stay true: nothing in code knows the name of a layer, an area of need or a review interval, because
they are proposals that will change; an old plan reads for ever, with the configuration of its date; the
words that families read are theirs, not the school's; a save is acknowledged only after its commit, and
what somebody typed is merged, asked about or handed back, never dropped; no version moves the day of a
review that has passed and was not held.
"""
