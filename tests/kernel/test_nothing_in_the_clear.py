"""A copy of the database shows no child: planted, incompressible names are looked for in the raw files.

The whole way is used: a pupil, a family, a plan with drafts, clashes and versions, a staged file, a request,
looks and refusals, through the application. Then every byte that the engine keeps, its write-ahead log
included, and everything that was logged, is searched for what was planted, in the encodings it could have.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from isp.escalations.actions import request_assessment
from isp.kernel import clock
from isp.plans import actions as plans
from isp.records import drafts
from isp.register.importing.mapping import Kind
from isp.register.imports.staging import stage
from tests.cast import Cast, small_plan, standing_cast
from tests.people.world import Browser, settings


def word() -> str:
    """Sixteen letters that stand nowhere else and that no compression shortens."""
    return "zq" + "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz") for _ in range(14))


def planted_world(url: str, words: dict[str, str]) -> Cast:
    cast = standing_cast(url)
    cast.pupil(
        words["given"],
        "oakfield",
        legal_family=words["family"],
        preferred_family=words["family"],
        upn="Z" + words["upn"],
        born_on="2015-03-21",
    )
    pupil = cast.pupils[words["given"]]
    cast.guardian(words["parent"], words["given"])
    cast.tie(words["given"], "responsible", organisation_id=cast.places["northshire"])
    record_id = cast.plan(words["given"], "sara", small_plan(strengths=words["strength"]))
    with cast.acting("sara") as unit:
        plans.start_draft(unit, record_id)
    cast.write(record_id, "sara", small_plan(strengths=words["draft"]))
    with cast.acting("sara") as unit:
        revision = drafts.read(unit, record_id).revision
        plans.publish(unit, record_id, revision, words["reason"])
    with cast.acting("sara") as unit:
        stage(
            unit,
            cast.places["oakfield"],
            Kind.PUPILS,
            f"Forename,Surname\r\n{words['staged']},X\r\n".encode(),
        )
        request_assessment(
            unit,
            pupil,
            received_on=clock.today(),
            reasons=words["request"],
            release=[],
            told_family=True,
        )
    return cast


def raw_sqlite(url: str) -> Iterator[tuple[str, bytes]]:
    path = Path(make_url(url).database or "")
    for found in path.parent.glob(path.name + "*"):
        yield found.name, found.read_bytes()


def raw_postgres(cast: Cast) -> Iterator[tuple[str, bytes]]:
    """Each relation's file (tables, indexes, long values), and the log segment being written."""
    with cast.store.database.reading() as connection:
        connection.execute(text("CHECKPOINT"))
        relations = connection.execute(
            text(
                "SELECT relname, pg_relation_filepath(oid) AS path FROM pg_class "
                "WHERE relkind IN ('r', 'i', 't') AND relnamespace NOT IN "
                "(SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema'))"
            )
        ).all()
        for row in relations:
            size = connection.scalar(text("SELECT (pg_stat_file(:path)).size"), {"path": row.path})
            if size:
                held = connection.scalar(text("SELECT pg_read_binary_file(:path)"), {"path": row.path})
                yield row.relname, bytes(held)
        segment = connection.scalar(text("SELECT pg_walfile_name(pg_current_wal_lsn())"))
        held = connection.scalar(text("SELECT pg_read_binary_file(:path)"), {"path": f"pg_wal/{segment}"})
        yield "write-ahead log", bytes(held)


def shapes(planted: str) -> tuple[bytes, ...]:
    """How a text could lie in a file: as it is in any case, in UTF-16, as hexadecimal digits."""
    plain = planted.encode()
    return (
        plain,
        planted.upper().encode(),
        planted.capitalize().encode(),
        planted.encode("utf-16-le"),
        plain.hex().encode(),
    )


def test_no_planted_word_stands_in_the_engines_files_or_in_what_was_logged(
    fresh_database, engine_name, capfd, caplog
):
    names = ("given", "family", "upn", "parent", "strength", "draft", "reason", "staged", "request")
    words = {name: word() for name in names}
    url = fresh_database()
    cast = planted_world(url, words)
    from isp import create_app

    app = create_app(settings(), cast.store)
    browser = Browser(app)
    assert browser.sign_in("sara").status_code == 303
    pupil = cast.pupils[words["given"]]
    seen = browser.get(f"/pupils/{pupil}").text
    assert words["given"].capitalize() in seen, "the page shows the name: the search below means something"
    assert browser.get(f"/pupils/{pupil}/history").status_code == 200
    stranger = Browser(app)
    stranger.sign_in(words["parent"] + "@cast.example", "not the password")
    stranger.sign_in("nora")
    assert stranger.get(f"/pupils/{pupil}").status_code == 404
    files = list(raw_sqlite(url) if engine_name == "sqlite" else raw_postgres(cast))
    cast.close()
    assert any(b"oakfield" in held.lower() for _, held in files), "the search looks at the right files"
    out, err = capfd.readouterr()
    logged = (out + err + caplog.text).encode()
    for name, planted in words.items():
        for shape in shapes(planted):
            where = [file for file, held in files if shape in held]
            assert not where, f"{name} stands in the clear in {where}"
            assert shape not in logged, f"{name} was logged"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_search_finds_what_is_not_sealed(fresh_database):
    """The same search over a database in which a word was written in the clear."""
    planted = word()
    url = fresh_database()
    cast = Cast(url)
    cast.school(planted)
    found = [name for name, held in raw_sqlite(url) if any(shape in held for shape in shapes(planted))]
    cast.close()
    assert found
