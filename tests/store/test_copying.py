"""A store moves to another database with every row, number and entry."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from pipelines.cli.main import app
from tests.store.rows import COMMENT, INPUTS, LATER, NOW, added, change_file, fill
from tower.errors import StoreError
from tower.store import SavedView, Store, open_store
from tower.store.comments import add_comment
from tower.store.copying import copy_store
from tower.store.scenario_inputs import scenario_inputs
from tower.store.scenarios import change_scenario, remove_scenario, scenarios, whole_scenario
from tower.store.schema import metadata


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
        }


def test_a_store_in_sqlite_moves_whole(tmp_path: Path, new_database: Callable[[bool], str]) -> None:
    url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    fill(url)
    old = open_store(url)
    old.ensure_local_users(NOW)
    old.save_view(SavedView("planner", "Mine", "/planning?lang=zh"), NOW)
    first = scenarios(old)[0]
    later = added(old, "later")
    on_later = replace(first, parent_id=later.scenario_id, change_file=change_file("one", "later"))
    change_scenario(old, on_later, "anna", LATER)
    remove_scenario(old, added(old, "thrown away"), "anna", LATER)
    new = open_store(new_database(False))
    counts = copy_store(old, new)
    assert everything(new) == everything(old)
    assert counts == {name: len(rows) for name, rows in everything(old).items()}
    assert all(counts.values())
    assert len(whole_scenario(new, scenarios(new)[0]).changes) == 2
    assert scenario_inputs(new, later.inputs_hash) == INPUTS
    assert (add_comment(new, COMMENT, "anna", NOW).comment_id or 0) > 1
    assert len(new.audit_log()) == counts["audit_log"] + 1


def test_a_store_that_holds_something_is_left_alone(tmp_path: Path, store: Store) -> None:
    fill(f"sqlite:///{tmp_path / 'old.sqlite'}")
    add_comment(store, COMMENT, "bo", NOW)
    before = everything(store)
    with pytest.raises(StoreError, match=r"holds something already \((comments|audit_log)\)\. Name an empty database"):
        copy_store(open_store(f"sqlite:///{tmp_path / 'old.sqlite'}"), store)
    assert everything(store) == before


def test_the_command_line_moves_a_store_to_where_the_settings_point(
    tmp_path: Path, new_database: Callable[[bool], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, url = tmp_path / "old.sqlite", new_database(False)
    fill(f"sqlite:///{file}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOWER_STORE_URL", url)
    outcome = CliRunner().invoke(app, ["store", "copy-from", str(file)])
    assert outcome.exit_code == 0, outcome.output
    assert re.search(r"^ +1  scenarios$", outcome.output, re.MULTILINE)
    assert everything(open_store(url)) == everything(open_store(f"sqlite:///{file}"))
    again = CliRunner().invoke(app, ["store", "copy-from", str(file)])
    assert "holds something already" in str(again.exception)
    monkeypatch.delenv("TOWER_STORE_URL")
    assert "Name the new store in TOWER_STORE_URL" in str(
        CliRunner().invoke(app, ["store", "copy-from", str(file)]).exception
    )
    assert "There is no file" in str(CliRunner().invoke(app, ["store", "copy-from", "nowhere"]).exception)
