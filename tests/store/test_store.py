"""The app store: migrations, several processes at once, users, views, the audit log."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from tower.access import ROLES, ScopeRule
from tower.errors import StoreError
from tower.store import AuditEntry, SavedView, Store, User, open_store
from tower.store.database import HEAD, move_to, writing
from tower.store.schema import metadata

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
ANNA = User("anna", "Anna", "sales", "安娜", ScopeRule("sales_rep", ("SR-01", "SR-02")), "zh")


def test_an_empty_database_becomes_a_store_with_the_tables_that_the_code_expects(empty_url: str) -> None:
    store = open_store(empty_url)
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.execute(text("select version_num from alembic_version")).scalar() == HEAD
        if store.engine.dialect.name == "sqlite":
            assert connection.execute(text("pragma journal_mode")).scalar() == "wal"
            assert connection.execute(text("pragma foreign_keys")).scalar() == 1


def test_opening_again_changes_nothing(url: str) -> None:
    open_store(url).save_user(ANNA, "admin", NOW)
    assert open_store(url).users() == [ANNA]


def test_a_downgrade_empties_the_database_and_an_upgrade_fills_it_again(store: Store, url: str) -> None:
    with writing(store.engine) as connection:
        move_to(connection, "base")
    assert set(inspect(store.engine).get_table_names()) == {"alembic_version"}
    assert open_store(url).users() == []
    assert set(metadata.tables) <= set(inspect(store.engine).get_table_names())


def test_a_migration_that_fails_leaves_nothing_behind(store: Store) -> None:
    def interrupted() -> None:
        with writing(store.engine) as connection:
            move_to(connection, "base")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        interrupted()
    assert set(metadata.tables) <= set(inspect(store.engine).get_table_names())


def test_processes_that_start_at_once_share_one_store(empty_url: str, repository: Path) -> None:
    program = (
        "import sys; from datetime import datetime, UTC; from pathlib import Path; from tower.store import open_store\n"
        "sys.stdout.write('ready\\n'); sys.stdout.flush(); sys.stdin.readline()\n"
        "users = open_store(sys.argv[1]).ensure_local_users(datetime(2026, 7, 1, tzinfo=UTC))\n"
        "print(len(users))"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, empty_url],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=repository,
        )
        for _ in range(3)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60) for process in processes]
    assert [(output.strip(), errors) for output, errors in answers] == [("7", "")] * 3
    store = open_store(empty_url)
    assert len(store.users()) == 7
    assert len(store.audit_log()) == 7


def test_a_store_of_a_newer_version_is_refused_with_what_to_do(store: Store, url: str) -> None:
    with writing(store.engine) as connection:
        connection.execute(text("update alembic_version set version_num = 'v9999'"))
    with pytest.raises(StoreError, match=r"written by a newer version .* v9999.*Install that version"):
        open_store(url)


def test_every_role_has_a_local_user_with_a_name_in_both_languages(store: Store) -> None:
    users = store.ensure_local_users(NOW)
    assert sorted(user.role for user in users) == sorted(ROLES)
    assert all(user.name_zh and user.name_zh != user.name for user in users)
    assert {user.scope for user in users} == {ScopeRule()}


def test_a_local_user_can_be_narrowed_and_is_never_overwritten(store: Store) -> None:
    store.ensure_local_users(NOW, {"sales": ScopeRule("sales_rep", ("SR-01",))})
    assert store.user("sales").scope == ScopeRule("sales_rep", ("SR-01",))
    renamed = replace(store.user("planner"), name="Li Na", language="zh")
    store.save_user(renamed, "admin", NOW)
    store.ensure_local_users(NOW)
    assert store.user("planner") == renamed


def test_a_user_comes_back_as_it_was_saved_and_the_change_is_on_record(store: Store) -> None:
    store.save_user(ANNA, "admin", NOW)
    moved = replace(ANNA, scope=ScopeRule("plant", ("P1",)), role="production")
    store.save_user(moved, "admin", NOW + timedelta(hours=1))
    assert store.user("anna") == moved
    last, first = store.audit_log("user/anna")
    assert (first.old_value, first.new_value, first.user_id) == (None, ANNA.as_row(), "admin")
    assert (last.at, last.old_value, last.new_value) == (NOW + timedelta(hours=1), ANNA.as_row(), moved.as_row())


def test_saving_the_same_user_again_is_no_change(store: Store) -> None:
    store.save_user(ANNA, "admin", NOW)
    store.save_user(ANNA, "admin", NOW)
    assert len(store.audit_log()) == 1


@pytest.mark.parametrize(
    ("user", "sentence"),
    [
        (replace(ANNA, role="boss"), "cannot have the role 'boss'; known roles: executive"),  # type: ignore[arg-type]
        (replace(ANNA, scope=ScopeRule("country", ("CN",))), "cannot have the scope 'country'"),  # type: ignore[arg-type]
        (replace(ANNA, scope=ScopeRule("plant", ())), "scope 'plant' with 0 values"),
        (replace(ANNA, scope=ScopeRule("everything", ("P1",))), "scope 'everything' with 1 values"),
        (replace(ANNA, language="fr"), "cannot have the language 'fr'"),  # type: ignore[arg-type]
        (replace(ANNA, user_id=" anna"), "begins or ends with a space"),
        (replace(ANNA, name=" "), "has no name"),
    ],
)
def test_a_user_that_cannot_be_is_refused(store: Store, user: User, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        store.save_user(user, "admin", NOW)
    assert store.users() == []


def test_a_user_who_is_not_there_is_named_with_those_who_are(store: Store) -> None:
    store.save_user(ANNA, "admin", NOW)
    with pytest.raises(StoreError, match=r"There is no user 'bob'\. Known users: anna\."):
        store.user("bob")


def test_a_removed_user_takes_the_views_along_but_not_the_record(store: Store) -> None:
    store.save_user(ANNA, "admin", NOW)
    store.save_view(SavedView("anna", "Late lines", "/sales/orders?late=1"), NOW)
    store.remove_user("anna", "admin", NOW)
    assert store.users() == []
    assert store.saved_views("anna") == []
    assert [entry.action for entry in store.audit_log()] == ["remove_user", "save_view", "save_user"]


def test_a_view_is_replaced_by_name_and_belongs_to_one_user(store: Store) -> None:
    store.ensure_local_users(NOW)
    store.save_view(SavedView("planner", "Mine", "/overview?lang=zh"), NOW)
    store.save_view(SavedView("planner", "Mine", "/overview?lang=en"), NOW)
    store.save_view(SavedView("buyer", "Mine", "/supply"), NOW)
    assert store.saved_views("planner") == [SavedView("planner", "Mine", "/overview?lang=en")]
    store.remove_view("planner", "Mine", NOW)
    assert store.saved_views("planner") == []
    assert store.saved_views("buyer") == [SavedView("buyer", "Mine", "/supply")]


@pytest.mark.parametrize("url_of_view", ["https://elsewhere.example/", "//elsewhere.example", "overview"])
def test_a_view_leads_to_a_page_of_the_product_only(store: Store, url_of_view: str) -> None:
    store.save_user(ANNA, "admin", NOW)
    with pytest.raises(StoreError, match="it needs a name and a page of this product"):
        store.save_view(SavedView("anna", "Away", url_of_view), NOW)


def test_a_view_needs_its_user(store: Store) -> None:
    with pytest.raises(StoreError, match="There is no user 'ghost'"):
        store.save_view(SavedView("ghost", "Mine", "/overview"), NOW)


def test_an_instant_is_kept_in_utc_and_one_without_zone_is_refused(store: Store) -> None:
    shanghai = datetime(2026, 7, 1, 17, 30, tzinfo=timezone(timedelta(hours=8)))
    store.record(AuditEntry(shanghai, "admin", "export", "page/overview", None, {"rows": 12}))
    assert store.audit_log() == [AuditEntry(NOW, "admin", "export", "page/overview", None, {"rows": 12})]
    with pytest.raises(Exception, match="has no time zone"):
        store.record(AuditEntry(datetime(2026, 7, 1), "admin", "export", "page/overview", None, None))


def test_a_reader_sees_the_last_committed_state_while_another_writes(store: Store, url: str) -> None:
    store.save_user(ANNA, "admin", NOW)
    with writing(store.engine) as connection:
        connection.execute(text("update users set name = 'Changed'"))
        assert open_store(url).user("anna").name == "Anna"
    assert store.user("anna").name == "Changed"
