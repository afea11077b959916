"""The whole application over the standing cast, and notes in it."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy import text

from isp import create_app
from isp.audit.chains import Chain
from isp.audit.queries import Seen, of_chain
from isp.audit.verify import Report, verify
from isp.kernel import immutable
from isp.notes import actions, queries
from isp.notes.queries import Note
from isp.notes.trail import check_notes
from tests.cast import Cast
from tests.pages import Page
from tests.people.world import EVENTS, Browser, Town, settings


class Desk(Town):
    """The application and its cast."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.app = create_app(settings(), cast.store)
        self.app.config["PROPAGATE_EXCEPTIONS"] = True

    def signed_in(self, name: str, **more: Any) -> Browser:
        browser = super().signed_in(name, **more)
        family = {pupil.capitalize() for pupil in self.cast.pupils} | {"Planted"}
        browser.client.forbidden_in_titles = frozenset(family)
        return browser

    @property
    def ava(self) -> UUID:
        return self.cast.pupils["ava"]

    def note(
        self, words: str = "Reads better after lunch", by: str = "tom", pupil: str = "ava", **more: Any
    ) -> UUID:
        """A note by somebody."""
        with self.cast.acting(by) as unit:
            return actions.write(unit, self.cast.pupils[pupil], words, **more)

    def correct(self, note_id: UUID, words: str, by: str = "tom", shown: int = 1, **more: Any) -> int:
        with self.cast.acting(by) as unit:
            return actions.correct(unit, note_id, shown, words, **more)

    def withdraw(self, note_id: UUID, by: str = "tom", why: str = "mistaken") -> None:
        with self.cast.acting(by) as unit:
            actions.withdraw(unit, note_id, why, "It was another day")

    def read(self, by: str, pupil: str = "ava") -> list[Note]:
        """The notes about a pupil as somebody meets them."""
        pupil_id = self.cast.pupils[pupil]
        with self.cast.looking(by) as unit:
            decision = queries.reading(unit, pupil_id)
            return queries.notes_about(unit, pupil_id, decision)

    def texts(self, by: str, pupil: str = "ava") -> list[str | None]:
        return [one.says.text if one.says else None for one in self.read(by, pupil)]

    def trail(self, pupil: str = "ava", *, restricted: bool = True) -> list[Seen]:
        """One of a pupil's chains, oldest first."""
        pupil_id = self.cast.pupils[pupil]
        chain = Chain.restricted(pupil_id) if restricted else Chain.pupil(pupil_id)
        with self.cast.looking("sara") as unit:
            return of_chain(unit, chain, limit=1000)[::-1]

    def restricted_acts(self, pupil: str = "ava") -> list[str]:
        """The codes of a pupil's restricted chain, oldest first."""
        return [one.event.code for one in self.trail(pupil)]

    def told_of_notes(self, pupil: str = "ava") -> list[str]:
        """What the chain that families read says of notes: it should be nothing."""
        general = self.trail(pupil, restricted=False)
        return [one.event.code for one in general if one.event.code.startswith("note.")]

    def denials(self, name: str) -> list[dict[str, Any]]:
        wanted = str(self.cast.people[name])
        rows = [row for row in self.rows(EVENTS) if row.actor == wanted and row.act == "access.denied"]
        return [json.loads(row.canon)["detail"] for row in rows]

    def walk(self) -> Report:
        return verify(self.cast.store, more=(check_notes,))

    def sql(self, statement: str, **values: Any) -> Any:
        """As an owner of the database would: the triggers that keep notes are dropped first."""
        database = self.cast.store.database
        with database.writing() as connection:
            for table in ("working_note", "working_note_version"):
                more = () if database.is_sqlite else ("TRUNCATE",)
                for verb in (*immutable.APPEND_ONLY[table], *more):
                    on = "" if database.is_sqlite else f" ON {table}"
                    name = immutable.trigger_name(table, verb)
                    connection.execute(text(f"DROP TRIGGER IF EXISTS {name}{on}"))
            return connection.execute(text(statement), values).rowcount


def words(response: Any) -> str:
    """What a page says, its markup away."""
    return " ".join(Page(response.text).all("main")[0].words.split())
