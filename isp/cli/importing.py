"""``isp import``: the same actions as the import page."""

from __future__ import annotations

import json
import sys
from typing import BinaryIO

import click

from isp.audit import transaction
from isp.cli import installation
from isp.kernel.errors import NotFound
from isp.people.organisations import find_school
from isp.register.imports.running import Outcome, import_file


@click.group(name="import")
def import_() -> None:
    """Bring pupils, staff, groups or contacts in from the CSV that a school's system exports."""


def _command(kind: str, what: str) -> click.Command:
    @click.command(name=kind, help=f"Bring {what} in from FILE (CSV). All rows or none.")
    @click.argument("file", type=click.File("rb"))
    @click.option("--as", "email", required=True, help="Whose rights: the e-mail address of a person.")
    @click.option("--school", required=True, help="The school's URN, UKPRN or id.")
    @click.option("--preview", is_flag=True, help="Say what would happen, and change nothing.")
    @click.option("--json", "as_json", is_flag=True, help="As data.")
    def command(file: BinaryIO, email: str, school: str, preview: bool, as_json: bool) -> None:
        store = installation.open_store()
        actor = installation.acting_as(store, email)
        with transaction(store, actor) as unit:
            school_id = find_school(unit, school)
            if school_id is None:
                raise NotFound("There is no school with that number.")
            outcome = import_file(unit, school_id, kind, file, apply_it=not preview)
        _say(outcome, as_json=as_json)
        if not (outcome.applied or (preview and outcome.applicable)):
            sys.exit(1)

    return command


def _say(outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        told = {
            "applied": outcome.applied,
            "applicable": outcome.applicable,
            "sentences": outcome.sentences,
            "problems": outcome.problems,
        }
        print(json.dumps(told, ensure_ascii=False))
        return
    for line in (*outcome.sentences, *outcome.problems):
        print(line)


for _kind, _what in (
    ("pupils", "pupils"),
    ("staff", "staff"),
    ("groups", "classes and teaching groups"),
    ("contacts", "contacts with parental responsibility"),
):
    import_.add_command(_command(_kind, _what))
