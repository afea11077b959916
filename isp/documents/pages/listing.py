"""The list of a pupil's documents, for the school and for the family."""

from __future__ import annotations

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from isp.access.policy import Permission
from isp.documents import actions, queries, rules
from isp.documents.pages.blueprint import home_of, is_family, layout_of, pages, senders
from isp.people.here import look, signed_in
from isp.register import pupils


@pages.get("/pupils/<uuid:pupil_id>/documents")
@signed_in
def documents(pupil_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        found = queries.list_of(unit, pupil_id)
        sent_by = senders(unit, found.listed)
        name = pupils.name(unit, pupil_id)
    decision = found.decision
    family = is_family(decision)
    href, words = home_of(decision, pupil_id)
    return render_template(
        "documents/list.html",
        pupil_id=pupil_id,
        listed=found.listed,
        sent_by=sent_by,
        me=decision.person_id,
        family=family,
        layout="layouts/family.html" if family else "layouts/page.html",
        form_layout=layout_of(decision),
        caption=name.full,
        may=decision.can,
        may_replace={one.id: actions.may_replace(decision, one) for one in found.listed},
        Permission=Permission,
        KINDS=rules.EVERY_KIND,
        LABELS=rules.LABELS,
        WITHDRAWAL_REASONS=rules.WITHDRAWAL_REASONS,
        home=href,
        home_words=words,
    )
