"""Whatever stock, demand and history are: every item at a place has exactly one status, and it is the first rule that holds."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.build.project import DbtProject
from tower.builds import CATALOGUE, BuildSummary

AS_OF = date(2026, 6, 30)
MODEL = "mart_inventory_health"
INPUTS = ("fct_inventory_positions", "fct_inventory_outlook", "fct_inventory_classes", "fct_stock_policies",
          "fct_stock_holding", "dim_items", "dim_locations")  # fmt: skip

quantities = st.sampled_from([-3.0, 0.0, 0.5, 1.0, 9.0, 10.0, 100.0, 1000.0])
some = st.sampled_from([0.0, 1.0, 24.0, 25.0, 182.0, 500.0])
days_ago = st.none() | st.sampled_from([0, 5, 89, 90, 179, 180, 364, 365, 900])
position = st.fixed_dictionaries(
    {
        "usable": quantities, "blocked": st.sampled_from([0.0, 2.0]), "safety": some, "issued": some, "near": some,
        "ahead": some, "demand": some, "excess": some, "on_order": some, "received": days_ago, "last": days_ago,
        "history": st.none() | st.sampled_from([10, 180, 365, 900]), "for_orders": st.integers(0, 1),
        "lead": st.none() | st.sampled_from([0, 10]), "run_out": st.none() | st.sampled_from([-1, 0, 10, 11]),
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def database(example_build: BuildSummary, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, str]:
    """Empty tables as in a build, the statuses of the reference data, and the model's SQL."""
    folder: Path = tmp_path_factory.mktemp("status-laws")
    copy = folder / f"{CATALOGUE}.duckdb"
    shutil.copyfile(example_build.file, copy)
    project = DbtProject(
        build_file=copy, target_folder=folder / "dbt",
        variables={"as_of": AS_OF.isoformat(), "adapters": ["adventureworks", "files"], "sources": ["example"],
                   "owned_entities": {}, "converts_currency": True, "converts_units": True, "company_currency": "CNY"},
        threads=1, memory_limit="1GB", temporary_folder=folder,
    )  # fmt: skip
    project.invoke("compile", (MODEL,))
    sql = next((folder / "dbt" / "compiled").rglob(f"{MODEL}.sql")).read_text(encoding="utf-8")
    project.release()
    connection = duckdb.connect()
    connection.execute(f"attach '{copy}' as built (read_only)")
    connection.execute(f"attach ':memory:' as {CATALOGUE}")
    connection.execute(f"create schema {CATALOGUE}.core; create schema {CATALOGUE}.reference")
    for name in INPUTS:
        connection.execute(f"create table {CATALOGUE}.core.{name} as select * from built.core.{name} limit 0")
    connection.execute(
        f"create table {CATALOGUE}.reference.inventory_statuses as select * from built.reference.inventory_statuses"
    )
    return connection, sql


def insert(connection: Any, table: str, row: dict[str, Any]) -> None:
    marks = ", ".join("?" for _ in row)
    connection.execute(f"insert into {CATALOGUE}.core.{table} ({', '.join(row)}) values ({marks})", list(row.values()))


def day(ago: int | None) -> date | None:
    return None if ago is None else AS_OF - timedelta(days=ago)


def first_rule(one: dict[str, Any]) -> str:
    """The rules in plain Python, in the order of the reference data; the first that holds."""
    usable, on_hand = one["usable"], one["usable"] + one["blocked"]
    known = min(-1 if one[name] is None else one[name] for name in ("received", "history"))
    level, is_there, is_kept = one["safety"] + one["excess"], on_hand > 0, not one["for_orders"]
    rules = {
        "stocked_out": is_kept and usable <= 0 and one["near"] > 0,
        "potential_stock_out": is_kept and one["run_out"] is not None and one["run_out"] <= (one["lead"] or 0),
        "below_safety": usable < one["safety"],
        "new": is_there and one["received"] is not None and one["received"] < 90,
        "dead": is_there and known >= 365 and (one["last"] is None or one["last"] >= 365) and one["demand"] == 0,
        "slow": is_there and known >= 180 and max(one["issued"], one["ahead"]) < 0.25 * on_hand,
        "excess": is_there and on_hand > level,
        "surplus_on_order": one["on_order"] > 0 and on_hand + one["on_order"] > level,
        "ok": on_hand != 0 or one["demand"] > 0 or one["on_order"] > 0,
        "not_stocked": True,
    }
    return next(name for name, holds in rules.items() if holds)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(position, min_size=1, max_size=25))
def test_every_position_has_the_status_of_the_first_rule_that_holds(
    database: tuple[Any, str], drawn: list[dict[str, Any]]
) -> None:
    connection, sql = database
    for name in INPUTS[:2]:
        connection.execute(f"delete from {CATALOGUE}.core.{name}")
    for number, one in enumerate(drawn):
        key = {"item_id": f"I{number}", "location_id": "P"}
        on_hand = one["usable"] + one["blocked"]
        history = day(one["history"])
        insert(connection, INPUTS[0], {
            **key, "on_hand_quantity": on_hand, "usable_quantity": one["usable"], "inspection_quantity": 0,
            "blocked_quantity": one["blocked"], "consigned_quantity": 0, "unit_cost": 2, "on_hand_value": 2 * on_hand,
            "first_receipt_date": day(one["received"]), "last_issue_date": day(one["last"]),
            "issued_slow_quantity": None if history is None else one["issued"], "issued_365_quantity": one["issued"],
            "history_from_date": history,
        })  # fmt: skip
        insert(connection, INPUTS[1], {
            **key, "is_planned": 1, "is_made_for_orders": one["for_orders"], "lead_time_days": one["lead"],
            "safety_stock_quantity": one["safety"], "on_order_quantity": one["on_order"], "overdue_quantity": 0,
            "demand_quantity": one["demand"], "stocked_out_demand_quantity": one["near"],
            "slow_demand_quantity": one["ahead"], "excess_demand_quantity": one["excess"], "daily_demand_quantity": 0,
            "surplus_demand_quantity": one["excess"],
            "run_out_date": None if one["run_out"] is None else AS_OF + timedelta(days=one["run_out"]),
        })  # fmt: skip
    found = connection.execute(f"select item_id, status_code from ({sql})").fetchall()
    assert sorted(found) == sorted((f"I{number}", first_rule(one)) for number, one in enumerate(drawn))
