"""The content of an Individual Support Plan: the project's open schema ``isp/1``.

Lives here: the marshmallow schemas of every section (``pupil``, ``needs``, ``support``, ``around``),
which are the one definition of what is stored, and ``document``, which loads, reads and makes plans.

Must stay true: what ``isp/1`` means never changes in a way that makes a stored plan unreadable. A field
may be added, since an absent field is an empty one; anything else makes ``isp/2`` and a step in
``document.UPGRADES``. Staff's working notes and safeguarding are no part of a plan.
"""

from __future__ import annotations

from isp.plans.content.document import SHAPE, blank, check_field, load, new_item, read

__all__ = ["SHAPE", "blank", "check_field", "load", "new_item", "read"]
