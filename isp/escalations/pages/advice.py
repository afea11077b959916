"""The authority's pages about advice: what was asked in a case, asking, reminding, filing, checking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from isp.access.policy import Permission
from isp.audit import Unit
from isp.documents.pages.blueprint import most_bytes, taken_from
from isp.documents.pages.filing import CHOOSE_AGAIN
from isp.documents.pages.too_large import sent_form
from isp.documents.rules import EVERY_KIND
from isp.escalations import advice, advice_in, advice_queries, queries
from isp.escalations import advice_rules as rules
from isp.escalations.advice_queries import Asked, OfCase
from isp.escalations.advice_schemas import (
    AskSchema,
    ChaseSchema,
    CheckSchema,
    FileSchema,
    QualifiedCheckSchema,
    ReasonSchema,
    SufficesSchema,
    WhomSchema,
)
from isp.escalations.pages.blueprint import case_page, pages, people, shown_version
from isp.kernel.errors import Invalid
from isp.people.here import act, look, person_id, signed_in
from isp.register import pupils
from isp.web.asking import Choice
from isp.web.filters import date_words
from isp.web.forms import Form
from isp.web.paging import Window, read_page
from isp.web.shell import belongs_to

BY_HAND = ("f", "h")


def case_advice(request_id: UUID) -> str:
    """The page of a case's advice."""
    return f"{case_page(request_id)}/advice"


def one_advice(advice_id: UUID) -> str:
    """The officer's page of one request for advice."""
    return f"/cases/advice/{advice_id}"


@pages.get("/cases/<uuid:request_id>/advice")
@signed_in
def advice_of_case(request_id: UUID) -> ResponseReturnValue:
    """What was asked, what is due, in, late; and what the law asks for that nobody has been asked for."""
    with look() as unit:
        found = advice_queries.of_case(unit, request_id)
        named = people(unit, [one.row.adviser_id for one in found.asked])
        today = unit.today
    return render_template(
        "escalations/advice_of_case.html", **_facts(found), found=found, named=named, today=today
    )


def _facts(found: OfCase) -> dict[str, Any]:
    belongs_to("/cases")
    return {
        "caption": found.pupil.full,
        "href": case_page(found.row.id),
        "base": case_advice(found.row.id),
        "KINDS": rules.KINDS,
        "STATES": rules.STATE_WORDS,
        "OPEN": rules.OPEN,
    }


# -- asking ------------------------------------------------------------------------------------------------


@pages.route("/cases/<uuid:request_id>/advice/ask", methods=["GET", "POST"])
@signed_in
def ask_advice(request_id: UUID) -> ResponseReturnValue:
    """Everybody whom the law names at once; whom nobody is named for stays pointed out."""
    with look() as unit:
        row, decision = queries.allowed(unit, request_id, Permission.ADVICE_ASK)
        found = advice_queries.gathered(unit, row, decision)
        kinds = (*found.missing, *BY_HAND) if found.wanted else ()
        offered = {kind: _people(unit, row, kind) for kind in kinds}
        given = queries.read_case(unit, request_id)
        today = unit.today
    choices = {
        "release": [
            Choice(str(one.version_id), f"Version {one.number}, shared on {date_words(one.stands_from)}")
            for one in given.released
            if not one.withdrawn
        ],
        "documents": [
            Choice(str(one.id), one.heading.title, EVERY_KIND[one.heading.kind]) for one in given.documents
        ],
    }
    sent = request.method == "POST"
    initial = {
        "asked_on": today,
        "release": [one.value for one in choices["release"]],
        "documents": [one.value for one in choices["documents"]],
        "representations": given.words.get("reasons", "") if given.row.source != "school" else "",
    }
    shared = _form(AskSchema(), sent=sent, choices=choices, initial=initial)
    whom = {
        kind: _form(WhomSchema(), sent=sent, choices={"adviser_id": offered[kind]}, prefix=f"{kind}_")
        for kind in kinds
    }
    if sent and shared.accepted and all(form.accepted for form in whom.values()):
        asked = {
            kind: form.values
            for kind, form in whom.items()
            if form.values["adviser_id"] or form.values["whom"]
        }
        if not asked:
            shared.errors[""] = "Say for at least one kind of advice who is asked."
        elif _ask(request_id, shared, whom, asked):
            count = len(asked)
            flash(f"Advice is asked for: {count} {'request' if count == 1 else 'requests'}.")
            return redirect(case_advice(request_id), 303)
    errors = [one for form in (shared, *whom.values()) for one in form.error_list]
    page = render_template(
        "escalations/advice_ask.html",
        **_facts(found),
        found=found,
        form=shared,
        whom=whom,
        errors=errors,
        nothing_given=not (choices["release"] or choices["documents"]),
    )
    return page, 422 if errors else 200


def _ask(request_id: UUID, shared: Form, whom: dict[str, Form], asked: dict[str, dict[str, Any]]) -> bool:
    """All of them in one deed, or none; what is wrong is said where it was typed."""
    kind = ""
    try:
        with act() as deed:
            for kind, said in asked.items():
                advice.ask(deed, request_id, kind=kind, **said, **shared.values)
    except Invalid as failure:
        of_one = {name: words for name, words in failure.errors.items() if name in ("adviser_id", "whom")}
        (whom[kind] if of_one else shared).refuse(failure)
        return False
    return True


def _people(unit: Unit, row: Any, kind: str) -> list[Choice]:
    ids = advice_queries.advisers_for(unit, row, kind)
    named = people(unit, ids)
    return [Choice(str(one), named[one]) for one in ids]


def _form(schema: Any, *, sent: bool, **more: Any) -> Form:
    return Form.sent(schema, **more) if sent else Form(schema, **more)


@pages.route("/cases/<uuid:request_id>/advice/suffices", methods=["GET", "POST"])
@signed_in
def advice_suffices(request_id: UUID) -> ResponseReturnValue:
    """Advice that is there already, where author, authority and family all agree (regulation 6(4))."""
    with look() as unit:
        row, decision = queries.allowed(unit, request_id, Permission.ADVICE_ASK)
        found = advice_queries.gathered(unit, row, decision)
        given = queries.read_case(unit, request_id)
    choices = {
        "document": [
            Choice(str(one.id), one.heading.title, f"Of {date_words(one.heading.happened_on)}")
            for one in given.documents
        ]
    }
    form = _form(SufficesSchema(), sent=request.method == "POST", choices=choices)
    if form.accepted:
        said = dict(form.values)
        agreed = {name: said.pop(name) for name in list(said) if name.endswith("agreed_on")}
        try:
            with act() as deed:
                document = said.pop("document")
                advice.let_suffice(deed, request_id, document_version_id=document, agreed=agreed, **said)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash("It is recorded that all three agree.")
            return redirect(case_advice(request_id), 303)
    page = render_template(
        "escalations/advice_suffices.html", **_facts(found), form=form, runs=bool(given.documents)
    )
    return page, form.status


# -- one of them -------------------------------------------------------------------------------------------


@pages.get("/cases/advice/<uuid:advice_id>")
@signed_in
def advice_one(advice_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        found, _ = advice_queries.read_one(unit, advice_id)
        facts = _of_one(unit, found)
    return render_template("escalations/advice_one.html", **facts)


def _of_one(unit: Unit, found: Asked) -> dict[str, Any]:
    belongs_to("/cases")
    ids = [found.row.adviser_id, found.row.asked_by, *(one.row.recorded_by for one in found.versions)]
    return {
        "found": found,
        "row": found.row,
        "named": people(unit, ids),
        "caption": pupils.name(unit, found.row.pupil_id).full,
        "base": case_advice(found.row.request_id),
        "href": one_advice(found.row.id),
        "today": unit.today,
        "STATES": rules.STATE_WORDS,
        "SORTS": rules.SORT_WORDS,
        "WITH_ADVISER": rules.WITH_ADVISER,
        "OPEN": rules.OPEN,
    }


def _deed(
    advice_id: UUID,
    form: Form,
    do: Callable[[Unit, dict[str, Any]], object],
    said: str,
    template: str,
    **more: Any,
) -> ResponseReturnValue:
    """A page with a form about one request for advice: done, or shown again with what is wrong."""
    if form.accepted:
        try:
            with act() as deed:
                do(deed, form.values)
        except Invalid as failure:
            form.refuse(failure)
        else:
            flash(said)
            return redirect(one_advice(advice_id), 303)
    with look() as unit:
        advice_queries.allowed(unit, advice_id, Permission.ADVICE_ASK)
        found, _ = advice_queries.read_one(unit, advice_id)
        facts = _of_one(unit, found)
    return render_template(f"escalations/{template}.html", form=form, **facts, **more), form.status


@pages.route("/cases/advice/<uuid:advice_id>/chase", methods=["GET", "POST"])
@signed_in
def chase_advice(advice_id: UUID) -> ResponseReturnValue:
    with look() as unit:
        today = unit.today
    return _deed(
        advice_id,
        _form(ChaseSchema(), sent=request.method == "POST", initial={"on": today}),
        lambda unit, said: advice.chase(unit, advice_id, **said, shown=shown_version()),
        "The reminder is recorded.",
        "advice_chase",
    )


@pages.route("/cases/advice/<uuid:advice_id>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw_advice(advice_id: UUID) -> ResponseReturnValue:
    return _deed(
        advice_id,
        _form(ReasonSchema(), sent=request.method == "POST"),
        lambda unit, said: advice.withdraw(unit, advice_id, **said, shown=shown_version()),
        "It is asked for no longer. What was released for it is closed.",
        "advice_close",
        what="withdraw",
    )


@pages.route("/cases/advice/<uuid:advice_id>/declined", methods=["GET", "POST"])
@signed_in
def advice_declined(advice_id: UUID) -> ResponseReturnValue:
    return _deed(
        advice_id,
        _form(ReasonSchema(), sent=request.method == "POST"),
        lambda unit, said: advice.record_declined(unit, advice_id, **said, shown=shown_version()),
        "It is recorded that the advice cannot be given. Ask somebody else.",
        "advice_close",
        what="declined",
    )


@pages.route("/cases/advice/<uuid:advice_id>/file", methods=["GET", "POST"])
@signed_in
def file_advice(advice_id: UUID) -> ResponseReturnValue:
    """Advice that came by mail: its author, its real date, and the document itself."""
    form = sent_form(FileSchema()) if request.method == "POST" else Form(FileSchema())

    def do(unit: Unit, said: dict[str, Any]) -> None:
        values = {name: value for name, value in said.items() if name != "file"}
        advice_in.file_received(unit, advice_id, **values, taken=taken_from(form), shown=shown_version())

    return _deed(
        advice_id,
        form,
        do,
        "It is filed. Check next whether it covers what it must.",
        "advice_file",
        most=most_bytes(),
        again=CHOOSE_AGAIN if form.errors else "",
    )


@pages.route("/cases/advice/<uuid:advice_id>/check", methods=["GET", "POST"])
@signed_in
def check_advice(advice_id: UUID) -> ResponseReturnValue:
    """Whether what is in covers needs, provision and outcomes: accept it, or send it back."""
    with look() as unit:
        row, _ = advice_queries.allowed(unit, advice_id, Permission.ADVICE_ASK)
    schema = QualifiedCheckSchema() if row.qualified else CheckSchema()
    form = _form(schema, sent=request.method == "POST")

    def do(unit: Unit, said: dict[str, Any]) -> None:
        values = {name: value for name, value in said.items() if name != "result"}
        advice_in.check(unit, advice_id, accept=said["result"] == "accept", **values, shown=shown_version())

    return _deed(advice_id, form, do, "The check is recorded.", "advice_check")


@pages.get("/cases/advice")
@signed_in
def advice_waiting() -> ResponseReturnValue:
    """What is with advisers, and what is in to be checked, by the day it is due."""
    with look() as unit:
        advice_queries.check_officer(unit)

        def fetch(window: Window) -> list[advice_queries.ToChase]:
            place: Any = window.position
            where = {"back_from" if window.backwards else "beyond": place}
            return advice_queries.waiting(unit, limit=window.limit, **where)

        page = read_page(
            fetch,
            lambda one: (one.row.due_on, one.row.id),
            scope=f"advice.{person_id()}",
            cursor=request.args.get("from"),
        )
        advice_queries.record_waiting(unit, page.items)
        named = people(unit, {one.row.adviser_id for one in page.items})
        today = unit.today
    return render_template(
        "escalations/advice_waiting.html",
        page=page,
        named=named,
        today=today,
        KINDS=rules.KINDS,
        STATES=rules.STATE_WORDS,
        case_advice=url_for("escalations.my_cases"),
    )
