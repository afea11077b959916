"""``isp import``: the same actions as the import page."""

from __future__ import annotations

import json
import sys
from typing import Any, BinaryIO

import click

from isp.audit import transaction
from isp.cli import installation
from isp.exchange import actions as sen2
from isp.exchange import jobs as sen2_jobs
from isp.exchange.bringing import take_in
from isp.exchange.queries import authority_of
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


@import_.command(name="sen2")
@click.argument("files", type=click.File("rb"), nargs=-1, required=True)
@click.option("--as", "email", required=True, help="Whose rights: the e-mail address of a person.")
@click.option("--preview", is_flag=True, help="Say what is in it, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="As data.")
def sen2_(files: tuple[BinaryIO, ...], email: str, preview: bool, as_json: bool) -> None:
    """Bring an authority's SEN2 return in from FILES: the XML, also packed, or the tables of the return.

    The tables are its CSV files, each named on the line, or a zip of them. The same twice changes nothing.
    """
    store = installation.open_store()
    actor = installation.acting_as(store, email)
    packed = take_in(*files)
    with transaction(store, actor) as unit:
        job_id = sen2.read_in(unit, authority_of(unit), packed)
    row = sen2_jobs.run_until(store, job_id)
    if row.state == "done":
        with transaction(store, actor) as unit:
            if preview:
                sen2.put_aside(unit, job_id)
            else:
                sen2.bring_in(unit, job_id)
    if row.state == "done" and not preview:
        row = sen2_jobs.run_until(store, job_id)
    _say_sen2(row, as_json=as_json)
    if row.state != "done":
        sys.exit(1)


def _say_sen2(row: Any, *, as_json: bool) -> None:
    result = row.result or {}
    if as_json:
        print(json.dumps({"state": row.state, "problem": row.problem, **result}, ensure_ascii=False))
        return
    if row.problem:
        print(row.problem)
    for name, count in result.get("brought", result.get("counts", {})).items():
        print(f"{name.replace('_', ' ')}: {count:,}")
    for what, count in result.get("variances", ()):
        print(f"{what} ({count:,} times)")
    for number, count in sorted(result.get("rules", {}).items()):
        print(f"{number}: to be mended, {count:,} times")
