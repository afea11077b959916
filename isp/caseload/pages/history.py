"""History: of a pupil's record, and of a school or an authority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from isp.access import apart, gate
from isp.access.gate import Decision
from isp.access.policy import OrganisationPermission, Permission
from isp.audit import Chain, Unit
from isp.audit.verify import Report, verify_chain
from isp.caseload import history as reading
from isp.caseload.history import Asked, History
from isp.caseload.pages.blueprint import pages
from isp.caseload.positions import positions
from isp.caseload.schemas import KIND_WORDS, HistorySchema
from isp.kernel.errors import NotAllowed, NotFound
from isp.people import directory
from isp.people.here import look, signed_in, store
from isp.people.models import Organisation
from isp.plans import queries
from isp.plans.pages.blueprint import home_of
from isp.register import pupils
from isp.web.forms import Form
from isp.web.shown import an_id

QUICK = 2_000
"""Events that a page checks by itself; a longer history is checked when somebody asks."""
_FILTERS = ("person", "kind", "since", "until")


@pages.get("/pupils/<uuid:pupil_id>/history")
@signed_in
def history(pupil_id: UUID) -> ResponseReturnValue:
    form, asked = _asked()
    with look() as unit:
        found = reading.of_pupil(unit, pupil_id, asked)
        name = pupils.name(unit, pupil_id)
        reads = found.decision is not None and found.decision.can(Permission.PLAN_VERSIONS_READ)
        plans = queries.plans_of(unit, pupil_id) if reads and found.is_newest else []
        kept_apart = _kept_apart(unit, found.decision, pupil_id) if found.decision else None
    # Whoever reads History has a standing towards the pupil, and came from that standing's own page.
    home = home_of(found.decision, pupil_id) if found.decision else ("", "")
    facts = {
        "caption": name.full,
        "pupil_id": pupil_id,
        "plans": plans,
        "home": home,
        "kept_apart": kept_apart,
    }
    return _page(found, form, Chain.pupil(pupil_id), facts)


@dataclass(frozen=True, slots=True)
class KeptApart:
    """What a reader of History meets of the restricted one. ``waiting``: who asks to read it, by name."""

    opens: bool
    until: date | None
    may_ask: bool
    may_agree: bool
    waiting: list[tuple[apart.Waiting, str]]


def _kept_apart(unit: Unit, decision: Decision, pupil_id: UUID) -> KeptApart | None:
    alone = decision.can(Permission.RESTRICTED_HISTORY_READ)
    by_two = decision.can(Permission.RESTRICTED_HISTORY_READ_BY_TWO)
    may_agree = decision.can(Permission.RESTRICTED_HISTORY_AGREE)
    if not (alone or by_two or may_agree):
        return None
    until = apart.reads_until(unit, pupil_id) if by_two and not alone else None
    waiting = apart.waiting(unit, pupil_id)
    named = directory.names(unit, {one.asked_by for one in waiting}) if waiting else {}
    asked = decision.person_id in {one.asked_by for one in waiting}
    return KeptApart(
        opens=alone or until is not None,
        until=until,
        may_ask=by_two and not alone and until is None and not asked,
        may_agree=may_agree,
        waiting=[(one, named[one.asked_by].with_role) for one in waiting if one.asked_by in named],
    )


@pages.get("/pupils/<uuid:pupil_id>/history/apart")
@signed_in
def history_apart(pupil_id: UUID) -> ResponseReturnValue:
    """The restricted chain: working notes, what is not shared, whom the record is closed to."""
    form, asked = _asked()
    with look() as unit:
        found = reading.of_pupil_apart(unit, pupil_id, asked)
        name = pupils.name(unit, pupil_id)
    home = (url_for("caseload.history", pupil_id=pupil_id), "History")
    facts = {"caption": name.full, "pupil_id": pupil_id, "plans": [], "home": home, "apart": True}
    return _page(found, form, Chain.restricted(pupil_id), facts)


@pages.get("/history")
@signed_in
def organisation_history() -> ResponseReturnValue:
    """The first organisation whose history the person reads, or the one asked for."""
    form, asked = _asked()
    with look() as unit:
        places = gate.organisations_where(unit, OrganisationPermission.ORGANISATION_HISTORY_READ)
        chosen = an_id(request.args.get("organisation")) or next(iter(places), None)
        if chosen is None:
            # Somebody who works nowhere learns as little here as anywhere.
            raise NotAllowed if positions(unit).posts else NotFound
        found = reading.of_organisation(unit, chosen, asked)
        rows = unit.connection.execute(
            select(Organisation.id, Organisation.name).where(Organisation.id.in_(sorted({chosen, *places})))
        )
        named = {row.id: row.name for row in rows}
    others = {place: named[place] for place in places if place != chosen}
    facts = {"caption": named[chosen], "pupil_id": None, "plans": [], "others": others, "home": ("/", "Home")}
    return _page(found, form, Chain.organisation(chosen), facts)


def _asked() -> tuple[Form, Asked]:
    """What the address asks for. A form that is wrong narrows nothing, and says what is wrong."""
    person = an_id(request.args.get("person"))
    form = _form({person: ""} if person else {})
    if not form.accepted:
        return form, Asked(cursor=request.args.get("from"))
    kind = form.values.get("kind") or "all"
    asked = Asked(
        person=person,
        kind=kind,
        since=form.values.get("since"),
        until=form.values.get("until"),
        cursor=request.args.get("from"),
    )
    return form, asked


def _form(people: Mapping[UUID, str], audience: str = "school") -> Form:
    sent = any(name.partition("-")[0] in _FILTERS for name in request.args)
    choices = {
        "person": [(str(person_id), name) for person_id, name in people.items()],
        "kind": list(KIND_WORDS[audience].items()),
    }
    return Form(HistorySchema(), MultiDict(request.args) if sent else None, choices=choices)


def _page(found: History, form: Form, chain: Chain, facts: Mapping[str, object]) -> ResponseReturnValue:
    if not form.errors:
        people = dict(sorted(found.people.items(), key=lambda one: one[1].casefold()))
        form = _form(people, found.audience)
    family = found.audience == "family"
    kept = {name: value for name, value in request.args.items() if name not in ("from", "check")}
    page = render_template(
        "caseload/history.html",
        history=found,
        form=form,
        narrowed=any(kept.get(name) for name in kept),
        kept=kept,
        report=_report(found, chain),
        layout="layouts/family.html" if family else "layouts/page.html",
        family=family,
        **facts,
    )
    return page, form.status


def _report(found: History, chain: Chain) -> Report | None:
    """The check of this chain: on the newest page, and of a long one when it is asked for."""
    if not found.is_newest:
        return None
    most = None if request.args.get("check") == "yes" else QUICK
    return verify_chain(store(), chain, most_events=most)
