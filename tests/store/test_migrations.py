"""A store of any earlier version becomes one of this version with everything that people entered in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from tests.store.rows import DISPOSITION, NOW, ORDER, OVERRIDE, added, fill
from tower.store import AuditEntry, SavedView, User, open_store
from tower.store.comments import comments
from tower.store.database import HEAD, MIGRATIONS, move_to, open_engine, writing
from tower.store.dispositions import stock_dispositions
from tower.store.firmed_orders import firmed_orders
from tower.store.forecast_overrides import forecast_overrides
from tower.store.scenarios import scenarios
from tower.store.schema import metadata

ANNA = User("anna", "Anna", "planner", "安娜")
# What people entered into the tables that each version brought, as that version wrote it.
ENTERED = {
    "v0001": (
        "insert into users values ('anna', 'Anna', '安娜', 'planner', 'everything', '[]', 'en')",
        "insert into saved_views (user_id, name, url) values ('anna', 'Mine', '/planning?lang=zh')",
        "insert into audit_log (at, user_id, action, subject, new_value) "
        "values ('2026-07-01 09:30:00.000000', 'admin', 'save_user', 'user/anna', '{\"name\": \"Anna\"}')",
    ),
    "v0002": (
        "insert into forecast_overrides (version, layer, kind, item_id, first_date, last_date, quantity, reason, author, "
        "created_at, status) values (1, 'planner', 'factor', 'a', '2026-08-01', '2026-08-31', 2.0, 'new customer', 'anna', "
        "'2026-07-01 09:30:00.000000', 'active')",
    ),
    "v0003": (
        "insert into firmed_orders (version, order_type, item_id, location_id, supplier_id, quantity, release_date, "
        "due_date, base_build_id, document_id, reason, author, created_at, status) values (1, 'buy', 'C-MCU-01', "
        "'P1', 'V013', 2080.0, '2026-07-06', '2026-08-14', '20260701T060000-000001', 'P000544', 'price goes up', "
        "'anna', '2026-07-01 09:30:00.000000', 'active')",
    ),
    "v0004": (),
    "v0005": (
        "insert into stock_dispositions (version, item_id, location_id, disposition, owner, due_date, quantity, "
        "stock_value, note, author, decided_at, status) values (1, 'C-MCU-01', 'P1', 'use_up', 'bo', '2026-07-31', "
        "2080.0, 16640.0, 'planned for the refit · 用于改装', 'anna', '2026-07-01 09:30:00.000000', 'active')",
    ),
}


def config(connection: Connection | None = None) -> Config:
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def versions() -> list[str]:
    return [script.revision for script in reversed(list(ScriptDirectory.from_config(config()).walk_revisions()))]


def test_the_versions_follow_one_another_up_to_the_one_that_the_code_names() -> None:
    assert versions()[-1] == HEAD
    assert versions() == [f"v{number + 1:04}" for number in range(len(versions()))]
    assert set(versions()) - {HEAD} == set(ENTERED), "a new version: say here what the one before it held"


@pytest.mark.parametrize("version", sorted(ENTERED))
def test_what_an_earlier_version_held_is_there_after_the_upgrade(empty_url: str, version: str) -> None:
    engine = open_engine(empty_url)
    with writing(engine) as connection:
        command.upgrade(config(connection), version)
        for past in versions()[: versions().index(version) + 1]:
            for statement in ENTERED[past]:
                connection.execute(text(statement.replace(":", r"\:")))
    engine.dispose()
    store = open_store(empty_url)
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        if store.engine.dialect.name == "sqlite":
            assert connection.execute(text("pragma journal_mode")).scalar() == "wal"
    assert store.users() == [ANNA]
    assert store.saved_views("anna") == [SavedView("anna", "Mine", "/planning?lang=zh")]
    assert store.audit_log() == [AuditEntry(NOW, "admin", "save_user", "user/anna", None, {"name": "Anna"})]
    overrides = [replace(one, override_id=None) for one in forecast_overrides(store)]
    expected = replace(OVERRIDE, author="anna", created_at=datetime(2026, 7, 1, 9, 30, tzinfo=UTC), version=1)
    assert overrides == ([] if version == "v0001" else [expected])
    kept = [replace(one, firmed_order_id=None) for one in firmed_orders(store)]
    firmed = replace(ORDER, author="anna", created_at=NOW, version=1)
    assert kept == ([] if version in ("v0001", "v0002") else [firmed])
    disposed = [replace(one, disposition_id=None) for one in stock_dispositions(store)]
    disposition = replace(DISPOSITION, author="anna", decided_at=NOW, version=1)
    assert disposed == ([disposition] if version == "v0005" else [])
    assert OVERRIDE.first_date == date(2026, 8, 1)
    added(store, "after the upgrade")
    assert [one.name for one in scenarios(store)] == ["after the upgrade"]


@pytest.mark.parametrize("version", sorted(ENTERED))
def test_going_back_keeps_what_that_version_knows(url: str, version: str) -> None:
    fill(url)
    store = open_store(url)
    store.save_user(ANNA, "admin", NOW)
    log = store.audit_log()
    with writing(store.engine) as connection:
        move_to(connection, version)
    tables = set(inspect(store.engine).get_table_names())
    assert {"users", "audit_log", "saved_views"} <= tables
    assert ("scenarios" in tables) == (version >= "v0003")
    again = open_store(url)
    assert (again.users(), again.audit_log()) == ([ANNA], log)
    assert len(forecast_overrides(again)) == (version >= "v0002")
    assert {len(scenarios(again)), len(comments(again)), len(firmed_orders(again))} == {int(version >= "v0003")}
