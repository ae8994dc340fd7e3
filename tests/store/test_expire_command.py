"""`tower store expire`: what has run out expires though nobody opens the page; the rest stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from tests.store.rows import added
from tower.store import open_store
from tower.store.scenarios import change_scenario, move_scenario, scenarios


def test_scenarios_whose_day_is_over_expire_and_are_named(
    new_database: Callable[[bool], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_database(True)
    monkeypatch.setenv("TOWER_STORE_URL", url)
    store, now = open_store(url), datetime.now(UTC)
    over = change_scenario(store, replace(added(store, "over"), expires_at=now - timedelta(days=1)), "anna", now)
    move_scenario(store, over, "shared", "anna", now)
    change_scenario(store, replace(added(store, "later"), expires_at=now + timedelta(days=2)), "anna", now)
    added(store, "open-ended")
    store.close()
    ran = CliRunner().invoke(app, ["store", "expire"])
    assert ran.exit_code == 0, ran.output
    assert "over of anna" in ran.output
    assert "One scenario expired." in ran.output
    again = CliRunner().invoke(app, ["store", "expire"])
    assert again.output.strip() == "0 scenarios expired."
    store = open_store(url)
    assert {one.name: one.state for one in scenarios(store)} == {
        "over": "expired", "later": "draft", "open-ended": "draft",
    }  # fmt: skip
    (entry,) = [one for one in store.audit_log(f"scenario/{over.scenario_id}") if one.action == "expire_scenario"]
    assert entry.user_id == "system"
    store.close()
