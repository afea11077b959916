"""django-simple-history saving a plan: run by ``rivals`` in an environment that has it."""

# ruff: noqa: E402, DJ008
# mypy: ignore-errors
from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings

ADDRESS, PLAN, DEED, COUNT = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
PARTS = urlsplit(ADDRESS)
DATABASE: dict[str, Any]
if PARTS.scheme == "sqlite":
    DATABASE = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ADDRESS.removeprefix("sqlite:///"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 60,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
else:
    DATABASE = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": PARTS.path.lstrip("/"),
        "USER": PARTS.username or "",
        "PASSWORD": PARTS.password or "",
        "HOST": PARTS.hostname or "",
        "PORT": str(PARTS.port or ""),
    }
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "simple_history"],
    DATABASES={"default": DATABASE},
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.core.management import call_command
from django.db import connection, models, transaction
from simple_history.models import HistoricalRecords


class Plan(models.Model):
    """A plan with its history."""

    number = models.IntegerField(default=0)
    content = models.JSONField()
    history = HistoricalRecords()

    class Meta:
        app_label = "auth"
        db_table = "plan"


CONTENT = json.loads(PLAN.read_text(encoding="utf-8"))


def make() -> None:
    """The tables."""
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Plan)
        editor.create_model(Plan.history.model)


def save(count: int, *, read: bool) -> list[float]:
    """One plan saved again and again; how long each took. ``read``: from the database before each save."""
    with transaction.atomic():
        plan = Plan.objects.create(content=CONTENT)
    took: list[float] = []
    for number in range(-10, count):
        if number == 0:
            print("ready", flush=True)
            sys.stdin.readline()
        start = time.perf_counter()
        with transaction.atomic():
            if read:
                plan = Plan.objects.select_for_update().get(pk=plan.pk)
            plan.number += 1
            plan.content = {**CONTENT, "number": number}
            plan.save()
        if number >= 0:
            took.append(time.perf_counter() - start)
    return took


if DEED == "make":
    make()
else:
    print(json.dumps(save(COUNT, read=DEED == "read")))
