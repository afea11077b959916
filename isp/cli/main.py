"""``isp``: all commands, and what becomes of a refusal."""

from __future__ import annotations

import os
import sys

import click

from config import NotConfigured
from isp.cli.checking import audit, doctor
from isp.cli.demonstrating import demo
from isp.cli.importing import import_
from isp.cli.keeping import keys, migrate
from isp.cli.posting import outbox, sign_in_code
from isp.cli.schools import school
from isp.cli.serving import serve, worker
from isp.kernel.crypto import KeyringError
from isp.kernel.errors import DomainError, NotFound

NOT_HERE = "There is nothing here by that name, or nothing that this person may know of."


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Individual Support Plans: the operator's command."""


for command in (demo, serve, migrate, worker, import_, audit, keys, doctor, outbox, sign_in_code, school):
    commands.add_command(command)


def main() -> None:
    """Run the command line; every refusal is one sentence on standard error and exit code 1."""
    # What is made here (the database, keys, a log) is nobody else's to read.
    os.umask(0o077)
    try:
        commands(prog_name="isp")
    except DomainError as refusal:
        # The words for a page that is not there say nothing to somebody at a terminal.
        told = NOT_HERE if refusal.message == NotFound().message else refusal.message
        print(told, file=sys.stderr)
        sys.exit(1)
    except (NotConfigured, KeyringError) as problem:
        print(problem, file=sys.stderr)
        sys.exit(1)
