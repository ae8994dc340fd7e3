"""Overrides in the app store: kept, changed, withdrawn, on record, and never overwritten unseen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from sqlalchemy import inspect

from forecasting.overrides import apply_overrides
from tower.errors import StoreError
from tower.store import Store, open_store
from tower.store.database import move_to, writing
from tower.store.forecast_overrides import (
    ForecastOverride,
    add_forecast_override,
    change_forecast_override,
    forecast_overrides,
    override_frame,
    withdraw_forecast_override,
)

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
DOUBLED = ForecastOverride("planner", "factor", 2.0, date(2026, 8, 1), date(2026, 8, 31), "new customer", item_id="a")


def test_an_override_comes_back_as_it_was_added_and_is_on_record(store: Store) -> None:
    added = add_forecast_override(store, DOUBLED, "anna", NOW)
    assert added == replace(DOUBLED, author="anna", created_at=NOW, version=1, override_id=added.override_id)
    assert forecast_overrides(store) == [added]
    (entry,) = store.audit_log(f"forecast_override/{added.override_id}")
    assert (entry.action, entry.user_id, entry.at, entry.old_value) == ("add_forecast_override", "anna", NOW, None)
    assert entry.new_value == added.as_entry()


def test_a_change_is_the_changers_and_both_states_are_on_record(store: Store) -> None:
    added = add_forecast_override(store, DOUBLED, "anna", NOW)
    changed = change_forecast_override(store, replace(added, quantity=1.5), "bo", LATER)
    assert (changed.version, changed.author, changed.created_at, changed.quantity) == (2, "bo", LATER, 1.5)
    assert forecast_overrides(store) == [changed]
    entry = store.audit_log(f"forecast_override/{added.override_id}")[0]
    assert (entry.old_value, entry.new_value) == (added.as_entry(), changed.as_entry())


def test_who_read_an_older_version_is_told_and_changes_nothing(store: Store) -> None:
    added = add_forecast_override(store, DOUBLED, "anna", NOW)
    changed = change_forecast_override(store, replace(added, quantity=1.5), "bo", LATER)
    with pytest.raises(
        StoreError,
        match=r"was changed by bo on 2026-07-01 10:30 UTC .* \(version 2, yours 1\): quantity from 2.0 to 1.5\.",
    ):
        change_forecast_override(store, replace(added, quantity=3.0), "anna", LATER)
    with pytest.raises(StoreError, match="was changed by bo"):
        withdraw_forecast_override(store, added, "anna", LATER)
    assert forecast_overrides(store) == [changed]
    assert len(store.audit_log()) == 2


def test_a_withdrawn_override_stays_on_record_and_cannot_come_back(store: Store) -> None:
    added = add_forecast_override(store, DOUBLED, "anna", NOW)
    withdrawn = withdraw_forecast_override(store, added, "bo", LATER)
    assert forecast_overrides(store) == []
    assert forecast_overrides(store, with_withdrawn=True) == [withdrawn]
    assert (withdrawn.author, withdrawn.created_at) == ("anna", NOW)
    assert store.audit_log()[0].user_id == "bo"
    with pytest.raises(StoreError, match="was withdrawn and stays as it is"):
        change_forecast_override(store, replace(withdrawn, status="active"), "anna", LATER)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"reason": " "}, "has no reason"), ({"layer": "boss"}, "has a layer"), ({"quantity": -1.0}, "by less than 0")],
)
def test_what_cannot_be_applied_cannot_be_kept(store: Store, change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(StoreError, match=rf"This override cannot be kept\. .*{sentence}"):
        add_forecast_override(store, replace(DOUBLED, **change), "anna", NOW)
    assert forecast_overrides(store) == []
    assert store.audit_log() == []


def test_one_that_is_not_there_cannot_be_changed(store: Store) -> None:
    with pytest.raises(StoreError, match="There is no forecast override 7"):
        change_forecast_override(store, replace(DOUBLED, override_id=7, author="anna", created_at=NOW), "anna", NOW)


def test_what_the_store_holds_can_be_applied(store: Store) -> None:
    added = add_forecast_override(store, DOUBLED, "anna", NOW)
    forecasts = pl.DataFrame(
        {
            "item_id": ["a"], "location_id": ["P1"], "channel": ["web"], "bucket": ["month"],
            "period_start": [date(2026, 8, 1)], "quantity": [10.0],
        }
    )  # fmt: skip
    found = apply_overrides(forecasts, override_frame(forecast_overrides(store)), date(2026, 7, 2))
    assert found.forecasts["planner"].to_list() == [20]
    assert found.outcomes["override_id"].to_list() == [str(added.override_id)]
    assert apply_overrides(forecasts, override_frame([]), date(2026, 7, 2)).forecasts["planner"].to_list() == [10]


def test_the_migration_leaves_users_as_they_are_and_goes_back(store: Store, url: str) -> None:
    users = store.ensure_local_users(NOW)
    with writing(store.engine) as connection:
        move_to(connection, "v0001")
    assert "forecast_overrides" not in inspect(store.engine).get_table_names()
    assert open_store(url).users() == users
    assert forecast_overrides(store) == []
