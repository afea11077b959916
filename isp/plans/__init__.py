"""The Individual Support Plan: what it holds, its words and rules, and what is done with it.

Lives here: ``content`` (the open schema ``isp/1``), ``vocabulary`` with the dated configurations under
``data/``, ``thread`` (what is linked to what), ``required`` (what a layer asks for), ``sentences`` (a
change in the words people use).

Must stay true: nothing in code knows the name of a layer, an area of need or a review interval, because
they are proposals that will change; an old plan reads for ever, with the configuration of its date; the
words that families read are theirs, not the school's.
"""
