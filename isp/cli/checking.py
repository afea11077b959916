"""``isp audit`` and ``isp doctor``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TextIO
from uuid import UUID

import click
from sqlalchemy import text

from config import Settings
from isp.audit import Unit, anchors, looking
from isp.audit.verify import verify
from isp.caseload import history
from isp.caseload.sittings import Line
from isp.cli import installation
from isp.cli.trails import CHECKS
from isp.documents.intake import Scanner
from isp.kernel import clock, immutable, workdays
from isp.kernel.crypto import KeyringError
from isp.kernel.db import Database
from isp.kernel.errors import NotFound
from isp.notices.counting import standing, waited
from isp.notices.outbox import MAIL, TEXT
from isp.register.roll import holding


@click.group()
def audit() -> None:
    """Check the trail, or read a pupil's part of it."""


@audit.command(name="verify")
@click.option("--chains-only", is_flag=True, help="Walk the hashes and numbers alone: no key is opened.")
@click.option("--against", type=click.File("r"), help="A file of anchors that somebody kept elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="As data.")
def verify_(chains_only: bool, against: TextIO | None, as_json: bool) -> None:
    """Walk everything: chains, projections, payloads, versions and drafts. Says OK or the first fault."""
    store = installation.open_store()
    report = verify(
        store,
        projections=not chains_only,
        payloads=not chains_only,
        more=() if chains_only else CHECKS,
    )
    if against is not None:
        report.faults.extend(anchors.against(store, against))
    if as_json:
        faults = [{"chain": f.chain, "event": f.seq, "what": f.what} for f in report.faults]
        told = {"ok": report.ok, "chains": report.chains, "events": report.events, "faults": faults}
        print(json.dumps(told))
    elif report.ok:
        print(f"OK: {report.events} events in {report.chains} chains are as they were written.")
    else:
        print(f"NOT OK: {report.faults[0]}")
        for fault in report.faults[1:]:
            print(f"        {fault}")
    if not report.ok:
        sys.exit(1)


@audit.command(name="anchors")
def anchors_() -> None:
    """Print where each chain stands. Keep it elsewhere, and give it to 'verify --against' later."""
    for line in anchors.anchors(installation.open_store()):
        print(line)


@audit.command()
@click.argument("pupil")
@click.option("--as", "email", required=True, help="Whose rights: the e-mail address of a person.")
@click.option("--older", default=None, help="Go on from here: what the last page ended with.")
@click.option("--json", "as_json", is_flag=True, help="As data.")
def show(pupil: str, email: str, older: str | None, as_json: bool) -> None:
    """The history of PUPIL (an id or a UPN), as the page History tells this person. The look is recorded."""
    store = installation.open_store()
    actor = installation.acting_as(store, email)
    with looking(store, actor) as unit:
        found = history.of_pupil(unit, _pupil(unit, pupil), history.Asked(cursor=older))
    lines = [(sitting.who, line) for sitting in found.sittings for line in sitting.lines]
    if as_json:
        told = [_told(who, line) for who, line in lines]
        print(json.dumps({"events": told, "older": found.older}, ensure_ascii=False))
        return
    for _, line in lines:
        print(f"{line.event.seq:>6}  {clock.london(line.at):%d/%m/%Y %H:%M}  {line.text}")
    if found.older:
        print(f"There is more: --older {found.older}")


def _pupil(unit: Unit, named: str) -> UUID:
    try:
        return UUID(named)
    except ValueError:
        found = holding(unit, [named]).get(named)
    if found is None:
        # The same words as for a pupil of whom this person may not know.
        raise NotFound
    return found


def _told(who: str, line: Line) -> dict[str, object]:
    return {
        "number": line.event.seq,
        "at": clock.stamp(line.at),
        "who": who,
        "event": line.event.event.code,
        "sentence": line.text,
    }


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, and in words."""

    what: str
    ok: bool
    words: str


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As data.")
def doctor(as_json: bool) -> None:
    """Look at what must be in order: keys, database, migrations, triggers, messages, bank holidays."""
    settings = installation.settings()
    found = list(_look(settings))
    if as_json:
        rows = [{"what": f.what, "ok": f.ok, "words": f.words} for f in found]
        print(json.dumps({"ok": all(f.ok for f in found), "findings": rows}))
    else:
        for finding in found:
            print(f"{'ok  ' if finding.ok else 'BAD '} {finding.what}: {finding.words}")
    if not all(finding.ok for finding in found):
        sys.exit(1)


def _look(settings: Settings) -> Iterator[Finding]:
    try:
        ring = installation.keyring(settings)
        kind = "for development only" if ring.development else "a real one"
        yield Finding(
            "keys", not (settings.production and ring.development), f"the keyring opens; it is {kind}"
        )
    except KeyringError as problem:
        yield Finding("keys", ok=False, words=str(problem))
    yield from _database(settings)
    yield _scanner(settings)
    horizon = workdays.horizon()
    left = horizon - clock.today()
    words = f"bank holidays are known until {horizon:%d/%m/%Y}"
    if left < timedelta(days=365):
        words += "; install a newer release before deadlines reach beyond it"
    yield Finding("holidays", left >= timedelta(days=365), words)


def _scanner(settings: Settings) -> Finding:
    if not settings.scanner:
        return Finding("scanner", ok=True, words="not set up: files are not scanned for viruses")
    there = Scanner(settings.scanner).answers()
    words = "it answers" if there else "it does not answer, so no file is taken in: does clamd run?"
    return Finding("scanner", ok=there, words=words)


def _database(settings: Settings) -> Iterator[Finding]:
    database = Database(settings.database_url)
    try:
        with database.reading() as connection:
            at = connection.scalar(text("SELECT version_num FROM alembic_version"))
            dialect = connection.dialect.name
            query = (
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
                if dialect == "sqlite"
                else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
            )
            triggers = {str(name) for name in connection.scalars(text(query))}
    except Exception as problem:  # noqa: BLE001 whatever it is, it is what this command is asked to report
        yield Finding(
            "database",
            ok=False,
            words=f"it does not answer, or was never migrated ({type(problem).__name__})",
        )
        return
    yield Finding("database", ok=True, words=f"it answers ({dialect})")
    newest = installation.newest_migration(settings)
    words = f"at {at}" if at == newest else f"at {at}; this version needs {newest}: run 'isp migrate'"
    yield Finding("migrations", at == newest, words)
    if at == newest:
        yield from _messages(settings, database)
    missing = immutable.missing(dialect, triggers)
    words = "all in place" if not missing else f"missing: {', '.join(missing)}. Find out who removed them"
    yield Finding("triggers", not missing, words)


LATE = timedelta(hours=1)
"""A message that is due waits a minute or two; after this the worker does not run, or no server takes it."""


def _messages(settings: Settings, database: Database) -> Iterator[Finding]:
    now = clock.now()
    for channel, there in ((MAIL, settings.mail_host), (TEXT, settings.text_key)):
        if not there:
            without = "people find their messages when they sign in" if channel == MAIL else "nobody gets any"
            yield Finding(channel, ok=True, words=f"not set up: {without}")
            continue
        with database.reading() as connection:
            found = standing(connection, channel, now)
        late = waited(found, now)
        told = f"set up ({there if channel == MAIL else 'GOV.UK Notify'})"
        if late:
            told += f"; the oldest message has waited {int(late.total_seconds() // 60)} minutes"
            if late > LATE:
                told += ": does 'isp worker' run? See 'isp outbox'"
        given_up = found.states.get("given up", 0)
        if given_up:
            told += f"; {given_up} given up: see 'isp outbox'"
        yield Finding(channel, ok=not late or late <= LATE, words=told)
