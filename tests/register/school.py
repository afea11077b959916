"""A school's office for tests: the application over the cast, and what its tables hold."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from config import Settings
from isp import create_app
from isp.access.models import Restriction, Tie
from isp.audit.models import AuditEvent
from isp.kernel.db import Base, table_of
from isp.register.content import Details
from tests.cast import Cast
from tests.people.world import Browser

ZOE = Details("Zoë", "Quill", date(2016, 2, 3), upn="B801200005001", year_group="4", sen_status="K")
UPNS = ("B801200005001", "P207000016049", "J201000000000")
HEADERS = "UPN,Legal Surname,Legal Forename,Date of Birth,Year,SEN Status,Class"


def csv(*rows: str, headers: str = HEADERS) -> bytes:
    """A file of these rows."""
    return "\r\n".join((headers, *rows)).encode()


class Office:
    """The application, and browsers in it."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        cheap: dict[str, Any] = {"argon2_time_cost": 1, "argon2_memory_kib": 8, "data_dir": Path("unused")}
        self.app = create_app(Settings(**cheap), cast.store)

    def signed_in(self, name: str) -> Browser:
        browser = Browser(self.app)
        browser.arrive(name)
        browser.client.forbidden_in_titles = frozenset({"Planted", "Quill"})
        return browser

    def upload(
        self, browser: Browser, kind: str, data: bytes, school: str = "oakfield", name: str = "list.csv"
    ) -> TestResponse:
        """Choose a file on the page and send it."""
        school_id = self.cast.places[school]
        return browser.post(
            f"/imports/{school_id}/new",
            {"kind": kind, "file": (io.BytesIO(data), name)},
            page=f"/imports?school={school_id}",
        )


def acts(cast: Cast, chain: str | None = None) -> list[str]:
    """The codes of the trail's events in order; ``chain``: only those whose chain's name holds this."""
    events = table_of(AuditEvent)
    with cast.store.database.reading() as connection:
        rows = connection.execute(select(events).order_by(events.c.at, events.c.chain_id, events.c.seq)).all()
    return [row.act for row in rows if chain is None or chain.encode() in row.canon]


def count(cast: Cast, model: type[Base]) -> int:
    with cast.store.database.reading() as connection:
        return int(connection.scalar(select(func.count()).select_from(table_of(model))) or 0)


def rows(cast: Cast, model: type[Base] = Tie, **where: Any) -> list[Any]:
    table = table_of(model)
    query = select(table)
    for name, value in where.items():
        query = query.where(table.c[name] == value)
    with cast.store.database.reading() as connection:
        return list(connection.execute(query))


def restriction_of(cast: Cast) -> UUID:
    found: UUID = rows(cast, Restriction)[0].id
    return found


def address_in(response: TestResponse) -> str:
    """Where an answer leads."""
    assert response.status_code == 303, response.text
    return response.headers["Location"]


def without_noise(html: str) -> str:
    """A page without what differs at every request: tokens, nonces, ids and times."""
    html = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID", html)
    html = re.sub(r'name="(csrf_token|form_stamp)" value="[^"]*"', "TOKEN", html)
    html = re.sub(r'(name="(csrf-token|form-stamp)" content|nonce|name="seen" value)="[^"]*"', "TOKEN", html)
    return re.sub(r"\d{1,2} \w+ \d{4}( at \d\d:\d\d)?", "DAY", html)
