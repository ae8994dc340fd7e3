"""The address of the store: which ones are understood, what is said where nothing answers, and never a password."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.store.postgres_server import Server
from tower.errors import StoreError
from tower.store import Store, open_store
from tower.store.address import read_address, shown
from tower.store.database import open_engine, writing


def refusal(url: str) -> str:
    with pytest.raises(StoreError) as raised:
        open_store(url)
    return str(raised.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_is_reached_through_psycopg_however_it_is_written(scheme: str) -> None:
    url = read_address(f"{scheme}://anna:pass@server:5433/tower?sslmode=require")
    assert url.drivername == "postgresql+psycopg"
    assert (url.username, url.password, url.host, url.port, url.database) == ("anna", "pass", "server", 5433, "tower")
    assert open_engine(f"{scheme}://anna:pass@server:5433/tower").driver == "psycopg"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("not a url", r"'not a url' is not a database URL\. Write store_url \(TOWER_STORE_URL\) like sqlite:"),
        ("postgresql:/anna:s3cret@host/db", "'postgresql:…' is not a database URL"),
        ("postgresql://anna:s3cret@host:port/db", "'postgresql:…' is not a database URL"),
        ("anna:s3cret@host", "'anna:…' is not a database URL"),
        ("postgresql://anna:s3@cret@host/db", "its password holds an @. Write it as %40"),
        ("mysql://anna:s3cret@host/db", "kept in SQLite or PostgreSQL, not in 'mysql'"),
        ("postgresql+nodriver://anna:s3cret@host/db", "names a driver that does not exist"),
        ("postgresql+psycopg2://anna:s3cret@host/db", "needs the Python package 'psycopg2'.* write postgresql:// for"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_used_is_refused(address: str, sentence: str) -> None:
    said = refusal(address)
    assert re.search(sentence, said)
    assert "cret" not in said


def test_without_the_driver_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    said = refusal("postgresql://anna:s3cret@host/db")
    assert "postgresql+psycopg://anna:***@host/db needs the Python package 'psycopg'" in said
    assert "pip install 'control-tower[postgres]'" in said


def test_a_password_is_not_shown_wherever_it_stands() -> None:
    assert shown(read_address("postgresql://anna:s3cret@host/db")) == "postgresql+psycopg://anna:***@host/db"
    in_query = read_address("postgresql://host/db?user=anna&password=s3cret&sslmode=require")
    assert shown(in_query) == "postgresql+psycopg://host/db?sslmode=require&user=anna"


def test_a_server_that_is_not_there() -> None:
    said = refusal("postgresql://anna:s3cret@127.0.0.1:1/db")
    assert re.search(r"PostgreSQL server of the app store at .*127\.0\.0\.1:1/db cannot be reached\. Start it", said)
    said = refusal("postgresql://anna:s3cret@no.such.host.invalid/db")
    assert "cannot be reached. Start it, or check host and port in store_url (TOWER_STORE_URL)" in said
    assert "s3cret" not in said


def test_a_server_that_refuses_says_whom_and_never_with_what(postgres: Server) -> None:
    said = {
        "password": refusal(postgres.url("postgres", password="wr0ng")),
        "none": refusal(postgres.url("postgres", password=None)),
        "user": refusal(postgres.url("postgres", user="stranger")),
    }
    assert all("refuses the user 'tower'" in said[case] for case in ("password", "none"))
    assert "refuses the user 'stranger'" in said["user"]
    assert all("Check user and password in store_url (TOWER_STORE_URL)" in sentence for sentence in said.values())
    assert "has no database for the app store" in refusal(postgres.url("nowhere"))
    with pytest.raises(StoreError) as raised:
        open_store(postgres.url("postgres", password="wr0ng"))
    everything = "".join(traceback.format_exception(raised.value)) + "".join(said.values())
    assert "wr0ng" not in everything.replace('password="wr0ng"', "")
    assert "s3cret" not in everything


def test_who_may_not_make_tables_is_told(postgres: Server) -> None:
    database = postgres.database()
    postgres.run("drop role if exists reader", "create role reader login password 'r'")
    said = refusal(postgres.url(database, user="reader", password="r"))
    assert re.search(r"cannot be written\. The PostgreSQL server says: permission denied for schema public", said)


def test_a_store_goes_on_when_the_server_dropped_its_connections(postgres: Server) -> None:
    database = postgres.database()
    store = open_store(postgres.url(database))
    assert store.users() == []
    postgres.run(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'")
    assert store.users() == []


def test_a_connection_that_is_lost_while_writing_is_told_in_words(postgres: Server) -> None:
    database = postgres.database()
    store = open_store(postgres.url(database))

    def interrupted() -> None:
        with writing(store.engine) as connection:
            postgres.run(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'")
            connection.execute(text("select 1"))

    with pytest.raises(StoreError, match=r"cannot be written\. The PostgreSQL server says: terminating connection"):
        interrupted()
    assert store.audit_log() == []


def test_who_waits_too_long_for_another_writer_is_told(store: Store, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tower.store.database._WAIT_SECONDS", 0.1)
    impatient = open_store(url)
    said = "is busy: somebody else is writing" if store.engine.dialect.name == "postgresql" else "database is locked"
    with writing(store.engine), pytest.raises(StoreError, match=said), writing(impatient.engine):
        raise AssertionError("two wrote at once")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    file.write_bytes(b"this is not a database, but long enough to be read as one" * 20)
    assert "cannot be opened: file is not a database" in refusal(f"sqlite:///{file}")


def test_two_stores_do_not_mix(new_database: Callable[[bool], str]) -> None:
    first, second = open_store(new_database(True)), open_store(new_database(True))
    with writing(first.engine) as connection:
        connection.execute(text("delete from alembic_version"))
    with second.engine.connect() as connection:
        assert connection.execute(text("select count(*) from alembic_version")).scalar() == 1
