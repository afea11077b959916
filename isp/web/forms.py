"""Forms: a marshmallow schema put to a person with GOV.UK components, and its answers read back.

    form = Form.sent(NoteSchema()) if request.method == "POST" else Form(NoteSchema(), initial={…})
    if form.accepted:
        actions.add_note(…, **form.values)
        return redirect(…)
    return render_template("notes/add.html", form=form), form.status

A rejected form comes back filled in, with a summary whose links lead to the fields. An action's own
refusal (Invalid) is added with ``form.refuse(failure)``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields
from werkzeug.datastructures import FileStorage, MultiDict

from isp.kernel.canonical import undirected
from isp.kernel.errors import Invalid
from isp.web.asking import Choice, Choices, asks, choice_list, longest, noun_of
from isp.web.days import NotADay, Parts, read_day, spread

__all__ = ["BoundField", "Form", "asks"]

# Few enough answers to read at a glance are shown; more are put in a list.
_MOST_RADIOS = 7


class Form:
    """A schema, what was typed, and what is wrong with it.

    values: the loaded answers, by field name, once ``accepted``; files are werkzeug's FileStorage.
    errors: field name to sentence; the name "" is for the form as a whole.
    """

    def __init__(
        self,
        schema: Schema,
        data: Mapping[str, Any] | None = None,
        errors: Mapping[str, str] | None = None,
        *,
        files: Mapping[str, FileStorage] | None = None,
        initial: Mapping[str, Any] | None = None,
        choices: Mapping[str, Choices] | None = None,
        prefix: str = "",
    ) -> None:
        """A form to show, or, where ``data`` is given, one that was sent and is read at once.

        initial: values to start from (dates as date, yes or no as bool). choices: answers known only now,
        by field name. prefix: put before names and ids, where one page has several of the same form.
        """
        self.schema = schema
        self.prefix = prefix
        self.was_sent = data is not None
        self.errors: dict[str, str] = {}
        self.values: dict[str, Any] = {}
        self.parts_at_fault: dict[str, str] = {}
        self.sent_data = data if isinstance(data, MultiDict) else MultiDict(data or {})
        self.sent_files = files or {}
        self.offered = choices or {}
        self.initial = initial or {}
        self.fields = {name: BoundField(self, name, field) for name, field in schema.load_fields.items()}
        if self.was_sent:
            self._read()
        self.errors.update(errors or {})

    @classmethod
    def sent(cls, schema: Schema, **more: Any) -> Form:
        """The form that the present request sent; ``more`` as for the constructor."""
        return cls(schema, request.form, files=request.files, **more)

    @property
    def accepted(self) -> bool:
        """Whether it was sent and nothing is wrong with it."""
        return self.was_sent and not self.errors

    @property
    def status(self) -> int:
        """The status to show the form with: 422 where something must be put right."""
        return 422 if self.errors else 200

    def refuse(self, failure: Invalid) -> None:
        """Add what an action found wrong; what has no field of this form stands in the summary."""
        known = {name: sentence for name, sentence in failure.errors.items() if name in self.fields}
        self.errors.update(known)
        rest = [sentence for name, sentence in failure.errors.items() if name not in known]
        if rest or not known:
            self.errors[""] = " ".join(rest) or failure.message

    def raise_if_refused(self) -> None:
        """For answers that are not pages: raise Invalid where something is wrong."""
        if self.errors:
            raise Invalid("Something needs to be put right.", self.errors)

    @property
    def error_list(self) -> list[dict[str, str]]:
        """Items of the GOV.UK error summary, in the order of the fields, each with a link to its field."""
        items = [{"text": self.errors[""]}] if self.errors.get("") else []
        for field in self:
            if not field.error:
                continue
            # Nobody can put right what stands in no box: the page is to be asked for anew.
            hidden = {"text": "Something this page sends by itself is missing. Open the page again."}
            items.append(
                hidden if field.kind == "hidden" else {"text": field.error, "href": f"#{field.first_id}"}
            )
        return items

    def __iter__(self) -> Iterator[BoundField]:
        return iter(self.fields.values())

    def __getitem__(self, name: str) -> BoundField:
        return self.fields[name]

    def _read(self) -> None:
        raw: dict[str, Any] = {}
        for name, field in self.fields.items():
            try:
                value = field.read(self.sent_data, self.sent_files)
            except NotADay as failure:
                self.errors[name] = failure.message
                self.parts_at_fault[name] = failure.part
                continue
            if value is not None:
                raw[name] = value
        # A field that is already known to be wrong must not be called missing as well.
        known = frozenset(self.errors)
        try:
            self.values = self._load(raw)
        except ValidationError as failure:
            for name, messages in failure.messages_dict.items():
                if name not in known:
                    self.errors["" if name == "_schema" else name] = _first_sentence(messages)
        if self.errors:
            self.values = {}

    def _load(self, raw: dict[str, Any]) -> dict[str, Any]:
        loaded = self.schema.load(raw)
        return dict(loaded) if isinstance(loaded, Mapping) else {"": loaded}


class BoundField:
    """One question of a form, with what was typed in it, as templates use it (see web/macros.html)."""

    def __init__(self, form: Form, name: str, field: fields.Field[Any]) -> None:
        self.form = form
        self.key = name
        self.field = field
        self.meta: Mapping[str, Any] = field.metadata
        self.name = self.id = form.prefix + name
        self.label = str(self.meta.get("label") or name.replace("_", " ").capitalize())
        self.hint: str | None = self.meta.get("hint")
        self.limit = longest(field)
        self.choices: list[Choice] = choice_list(form.offered.get(name) or self.meta.get("choices"))
        self.kind = str(self.meta.get("kind") or self._usual_kind())

    def _usual_kind(self) -> str:
        match self.field:
            case fields.Date():
                return "date"
            case fields.Boolean():
                return "checkbox"
            case fields.List():
                return "checkboxes"
            case _ if self.choices:
                return "radios" if len(self.choices) <= _MOST_RADIOS else "select"
            case fields.Email():
                return "input"
        # What a browser fills in by itself (an address, a name) is one line, however long it may be.
        return "textarea" if (self.limit or 0) > 200 and not self.meta.get("autocomplete") else "input"

    @property
    def is_email(self) -> bool:
        """Whether the box is for an email address, which telephones give a keyboard of its own."""
        return isinstance(self.field, fields.Email) or self.meta.get("autocomplete") == "email"

    @property
    def error(self) -> str:
        """The sentence about what is wrong, or the empty string."""
        return self.form.errors.get(self.key, "")

    @property
    def first_id(self) -> str:
        """The id that the error summary links to: of a date, the box to put right."""
        if self.kind == "date":
            return f"{self.id}-{self.form.parts_at_fault.get(self.key, 'day')}"
        return self.id

    @property
    def part_at_fault(self) -> str | None:
        """Of a date: the one box that is wrong; None where it is the whole."""
        return self.form.parts_at_fault.get(self.key)

    @property
    def text(self) -> str:
        """What is in the box: as typed, or the initial value. Never a password."""
        if self.kind in {"password", "file"}:
            return ""
        if self.form.was_sent:
            return str(self.form.sent_data.get(self.name, ""))
        found = self.form.initial.get(self.key)
        return "" if found is None else str(found)

    @property
    def parts(self) -> Parts:
        """Of a date: the three boxes as typed (a pasted date spread over them), or the initial value's."""
        if self.form.was_sent:
            return spread(self._sent_parts(self.form.sent_data))
        found = self.form.initial.get(self.key)
        return Parts.of(found) if isinstance(found, date) else Parts()

    @property
    def chosen(self) -> list[str]:
        """The values ticked or chosen."""
        if self.form.was_sent:
            return [str(each) for each in _all(self.form.sent_data, self.name)]
        found = self.form.initial.get(self.key)
        if self.kind == "checkbox":
            return ["yes"] if found else []
        if found is None:
            return []
        return [str(each) for each in found] if isinstance(found, list | tuple | set) else [str(found)]

    def _sent_parts(self, data: MultiDict[str, Any]) -> Parts:
        day, month, year = (
            str(data.get(f"{self.name}-{part}", "")).strip() for part in ("day", "month", "year")
        )
        if not (day or month or year):
            # One box, from a script or a browser's own date field.
            day = str(data.get(self.name, "")).strip()
        return Parts(day, month, year)

    def read(self, data: MultiDict[str, Any], files: Mapping[str, FileStorage]) -> Any:
        """What to load: tidied text, or None for an answer not given. Raises NotADay.

        Text loses white space at its ends and the two-character line ends that browsers send, so that
        a limit counts what the person sees.
        """
        if self.kind == "file":
            file = files.get(self.name)
            return file if file is not None and file.filename else None
        if self.kind == "date":
            parts = self._sent_parts(data)
            return read_day(parts, noun_of(self.field)).isoformat() if parts else None
        if self.kind == "checkbox":
            return bool(_all(data, self.name))
        if self.kind == "checkboxes":
            answers = self._known([str(each) for each in _all(data, self.name)])
            return answers or (None if self.field.required else [])
        if self.name not in data:
            return None
        text = str(data[self.name])
        if self.kind == "password":
            # Spaces may be meant; NFKC makes it the same from every keyboard.
            return unicodedata.normalize("NFKC", text) or None
        text = _tidy(text)
        if text:
            return self._known([text])[0] if self.choices else text
        keeps_blank = isinstance(self.field, fields.String) and not self.choices and not self.field.required
        return "" if keeps_blank and type(self.field) is fields.String else None

    def _known(self, answers: list[str]) -> list[str]:
        """The answers as they are; one that was not offered is noted as this field's error."""
        offered = {choice.value for choice in self.choices}
        if offered and not offered.issuperset(answers):
            self.form.errors[self.key] = "Choose one of the answers shown"
        return answers


# No database keeps NUL in a text, and no other control character is meant, but line end and tab. Half
# of a character (a lone surrogate, which JSON can carry) cannot be stored either.
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def _tidy(text: str) -> str:
    text = _NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return undirected(unicodedata.normalize("NFC", text)).strip()


def _all(data: MultiDict[str, Any], name: str) -> Sequence[Any]:
    return data.getlist(name)


def _first_sentence(messages: Any) -> str:
    """The first message, however deep (a list's are by index)."""
    while isinstance(messages, Mapping):
        messages = next(iter(messages.values()))
    if isinstance(messages, list | tuple):
        return _first_sentence(messages[0])
    return str(messages)
