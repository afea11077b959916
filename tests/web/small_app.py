"""A small app in the shell: somebody may be signed in, one form, and a page for each way of failing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Flask, flash, redirect, render_template_string, request, session
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate
from werkzeug.exceptions import TooManyRequests

from config import Settings
from isp.kernel import errors
from isp.web import resend
from isp.web.asking import FormSchema, asks
from isp.web.forms import Form
from isp.web.paging import Page
from isp.web.seams import Link, Seams, SignInAgain, Visitor
from isp.web.shell import client_address, init_web
from tests.pages import LintingClient

PEOPLE = {"p1": "Una Example", "p2": "Ivo Example"}


class NoteSchema(FormSchema):
    """A note, with a field of every kind."""

    title = fields.String(
        required=True, validate=validate.Length(max=20), metadata=asks("What is it about?", noun="a title")
    )
    words = fields.String(validate=validate.Length(max=300), metadata=asks("Note", hint="In your own words"))
    email = fields.Email(metadata=asks("Email address", autocomplete="email"))
    seen_on = fields.Date(required=True, metadata=asks("When did you see it?", noun="the day you saw it"))
    place = fields.String(
        required=True,
        metadata=asks("Where was it?", noun="a place", choices=[("in", "Indoors"), ("out", "Outdoors")]),
    )
    year = fields.String(
        metadata=asks("Year group", kind="select", choices=[(str(n), f"Year {n}") for n in range(1, 12)])
    )
    times = fields.Integer(
        validate=validate.Range(min=1, max=9), metadata=asks("How often", noun="how often")
    )
    helpers = fields.List(
        fields.String(), metadata=asks("Who helped", choices=[("a", "Adult"), ("c", "Child")])
    )
    sure = fields.Boolean(metadata=asks("I am sure of this"))
    letter = fields.Raw(metadata=asks("Letter", kind="file", accept=".pdf"))
    secret = fields.String(metadata=asks("Password", kind="password"))


FORM_PAGE = """
{% extends "layouts/form.html" %}
{% from "web/macros.html" import field, fields, submit, back, saved_status, day, table, pages, post_button %}
{% block before %}{{ back("/") }}{% endblock %}
{% block question %}What happened?{% endblock %}
{% block body %}
  {{ saved_status() }}
  <form method="post" action="/note" enctype="multipart/form-data" novalidate
        data-autosave="/note/save" data-revision="1">
    {{ form_token("Write a note") }}
    {{ fields(form) }}
    {{ submit("Save note") }}
  </form>
{% endblock %}
"""

HOME_PAGE = """
{% extends "layouts/family.html" %}
{% from "web/macros.html" import day, table, pages, post_button %}
{% set caption = "Canary Childname" %}
{% block question %}What is new?{% endblock %}
{% block body %}
  <p>{{ day(due, duty=true) }}</p>
  {{ table("Notes", ["About", {"text": "Times", "numeric": true}], [["Reading", 3], ["Maths", 2]]) }}
  {{ table("Nothing", ["About"], [], empty="There are no notes yet: write one.") }}
  {{ pages(page, "/") }}
  {{ post_button("/note", "Close it") }}
{% endblock %}
"""

SIGN_IN_PAGE = """
{% extends "layouts/form.html" %}
{% block question %}Sign in{% endblock %}
{% block body %}
  <p>{{ again.notice }}</p>
  <form method="post" action="/sign-in">{{ form_token() }}
    <input type="hidden" name="carried" value="{{ again.carried or '' }}">
    <label for="email">Email</label><input id="email" name="email">
    <button>Sign in</button>
  </form>
{% endblock %}
"""


FAILURES: dict[str, Exception] = {
    "not-found": errors.NotFound("The pupil Canary Childname is at another school."),
    "not-allowed": errors.NotAllowed("Only the SENCO can finalise a plan."),
    "invalid": errors.Invalid("The review is too late.", {"review_on": "Choose an earlier day"}),
    "conflict": errors.Conflict("This plan was finalised at 10:42."),
    "gone": errors.Gone("This invitation has been used."),
    "too-many": TooManyRequests(retry_after=60),
    "unexpected": RuntimeError("Canary Childname broke it"),
}


@dataclass
class Received:
    """What reached the form's handler."""

    values: list[dict[str, Any]]


def visitor() -> Visitor | None:
    ref = session.get("person")
    return Visitor(ref, PEOPLE[ref], "Elm Example School") if ref else None


def sign_in_page(again: SignInAgain) -> str:
    return render_template_string(SIGN_IN_PAGE, again=again)


def small_app(settings: Settings | None = None, **config: Any) -> tuple[Flask, Received]:
    """The app, and what its form received."""
    app = Flask("small", static_folder=None)
    app.secret_key = "a key for tests only"
    app.config.update(config)
    app.test_client_class = LintingClient
    received = Received([])
    seams = Seams(
        visitor=visitor,
        sign_in_page=sign_in_page,
        menu=lambda: [Link("Home", "/"), Link("Notes", "/note")] if visitor() else [],
    )
    init_web(app, settings or Settings(), seams)

    _people(app)
    _notes(app, received)
    _odds(app)
    return app, received


def _people(app: Flask) -> None:
    @app.route("/sign-in", methods=["GET", "POST"])
    def sign_in() -> ResponseReturnValue:
        if request.method == "GET":
            return sign_in_page(SignInAgain(next="/"))
        session.clear()
        session["person"] = request.form["email"]
        return resend.resume(request.form.get("carried")) or redirect("/")

    @app.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        session.clear()
        return redirect("/")


def _notes(app: Flask, received: Received) -> None:
    @app.route("/note", methods=["GET", "POST"])
    def note() -> ResponseReturnValue:
        if visitor() is None:
            raise resend.SignedOut
        form = Form.sent(NoteSchema()) if request.method == "POST" else Form(NoteSchema())
        if form.accepted:
            if form.values["title"] == "Twice":
                form.refuse(errors.Invalid("No.", {"title": "There is a note of this title already"}))
            else:
                received.values.append(form.values)
                flash("The note is saved.")
                return redirect("/")
        return render_template_string(FORM_PAGE, form=form), form.status

    @app.post("/note/save")
    def save() -> ResponseReturnValue:
        if visitor() is None:
            raise resend.SignedOut
        received.values.append(request.get_json())
        return {"revision": 2}


def _odds(app: Flask) -> None:
    @app.get("/")
    def home() -> str:
        return render_template_string(HOME_PAGE, due=date(2027, 3, 14), page=Page([], "a", "b"))

    @app.route("/fail/<kind>", methods=["GET", "POST"])
    def fail(kind: str) -> ResponseReturnValue:
        raise FAILURES[kind]

    @app.get("/address")
    def address() -> dict[str, Any]:
        return {"address": client_address(), "host": request.host, "secure": request.is_secure}

    @app.get("/notes/<uuid:note>")
    def one_note(note: object) -> str:
        return "ok"


def settings_with(**changes: Any) -> Settings:
    return replace(Settings(), **changes)
