"""The forecast of a whole build: what its tables hold, that its sums agree, and that the plan covers it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from pipelines.forecast.plan_demand import PlanDemand, write_plan_forecasts
from pipelines.plan.run import planned_build
from planning.mrp.codes import NONE
from planning.mrp.forecast_consumption import net_forecast
from planning.tables.all_tables import plan_tables
from planning.tables.results import Planned
from tower.builds import CATALOGUE, BuildSummary
from tower.queries.demand_forecast import LEVELS, Node, audit_totals, course, found_nodes, ordered_quantity
from tower.warehouse import Warehouse, open_warehouse

FILLED = (
    "fct_demand_history", "fct_demand_audit", "fct_demand_series", "fct_demand_channels", "fct_demand_forecasts",
    "fct_forecast_series", "fct_stock_policies", "fct_stock_policy_trade_off",
)  # fmt: skip
MARTS = ("mart_demand_forecast", "mart_forecast_items", "mart_stock_policies")


@pytest.fixture(scope="module")
def warehouse(demo_build: BuildSummary) -> Iterator[Warehouse]:
    opened = open_warehouse(demo_build.file)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def plans(demo_build: BuildSummary, tmp_path_factory: pytest.TempPathFactory) -> dict[PlanDemand, Planned]:
    """The plan of the build with its own forecast, and the one for orders alone, on a copy of the file."""
    copy = tmp_path_factory.mktemp("plans") / "copy.duckdb"
    shutil.copyfile(demo_build.file, copy)
    found: dict[PlanDemand, Planned] = {}
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{copy}' as {CATALOGUE}")
        connection.execute(f"use {CATALOGUE}")
        choices: tuple[PlanDemand, ...] = ("forecast", "orders")
        for choice in choices:
            write_plan_forecasts(connection, demo_build.as_of, choice)
            found[choice] = planned_build(lambda sql: connection.sql(sql).pl(), demo_build.as_of)
    return found


@pytest.mark.parametrize("table", [f"core.{name}" for name in FILLED] + [f"marts.{name}" for name in MARTS])
def test_every_table_has_rows(warehouse: Warehouse, table: str) -> None:
    assert warehouse.frame(f"select count(*) from {table}").item() > 0


def test_no_test_of_the_forecast_found_anything(warehouse: Warehouse) -> None:
    found = warehouse.frame(
        """
        select test, message from build.test_results
        where status <> 'pass' and severity = 'error' and regexp_matches(test, 'forecast|demand|stock_polic')
        """
    )
    assert found.rows() == []


def test_a_sum_is_the_sum_of_its_series_at_every_level(warehouse: Warehouse) -> None:
    whole = warehouse.frame("select sum(quantity) from core.fct_demand_forecasts where horizon <= 3").item()
    for level in LEVELS:
        nodes = found_nodes(warehouse, level, ())
        assert nodes["next_quantity"].sum() == pytest.approx(whole, abs=1e-3), level


def test_channels_add_up_to_the_item_at_its_place(warehouse: Warehouse) -> None:
    row = found_nodes(warehouse, "place", ()).row(0, named=True)
    place = course(warehouse, Node.of("place", row)).filter(pl.col("is_forecast") == 1)["forecast_quantity"]
    channels = warehouse.frame(
        "select distinct channel from core.fct_demand_forecasts where item_id = $item and location_id = $place",
        {"item": row["item_id"], "place": row["location_id"]},
    )["channel"]
    parts = [
        course(warehouse, Node("series", row["item_id"], row["location_id"], channel)).filter(pl.col("is_forecast") == 1)
        for channel in channels
    ]  # fmt: skip
    assert np.allclose(sum(part["forecast_quantity"].to_numpy() for part in parts), place.to_numpy(), atol=1e-5)


def test_last_year_is_the_same_period_of_the_history(warehouse: Warehouse) -> None:
    rows = course(warehouse, Node("total"))
    known = dict(rows.select("period", "demand_quantity").rows())
    for period, last_year in rows.select("period", "last_year_quantity").rows():
        assert last_year == known.get(period.replace(year=period.year - 1))


def test_order_lines_and_all_changes_add_up_to_the_demand_of_every_item(warehouse: Warehouse) -> None:
    for row in [{"level": "total"}, *found_nodes(warehouse, "item", ()).iter_rows(named=True)]:
        node = Node("total") if "level" in row else Node.of("item", row)
        totals = audit_totals(warehouse, node)
        changes = totals.filter(pl.col("rule").is_not_null())["quantity_change"].sum()
        demand = totals.filter(pl.col("rule").is_null())["quantity_change"].item()
        assert ordered_quantity(warehouse, node) + changes == pytest.approx(demand), node


def test_quantiles_rise_and_hold_the_mean_of_what_is_forecast(warehouse: Warehouse) -> None:
    rows = warehouse.frame("select p05, p10, p25, p50, p75, p90, p95, p975 from core.fct_demand_forecasts")
    assert (np.diff(rows.to_numpy(), axis=1) >= -1e-6).all()


def test_without_the_forecast_nothing_is_asked_for_but_orders(plans: dict[PlanDemand, Planned]) -> None:
    demands = {choice: plan_tables(found)["plan_demands"] for choice, found in plans.items()}
    assert demands["orders"].filter(pl.col("demand_type") == "forecast").is_empty()
    assert not demands["forecast"].filter(pl.col("demand_type") == "forecast").is_empty()
    lines = {
        choice: frame.filter(pl.col("demand_type") == "sales_order_line").select("demand_id", "quantity").sort("demand_id")
        for choice, frame in demands.items()
    }  # fmt: skip
    assert lines["forecast"].equals(lines["orders"])


def test_orders_consume_the_forecast_and_both_together_are_asked_for(plans: dict[PlanDemand, Planned]) -> None:
    found = plans["forecast"]
    problem = found.model.problem
    net = net_forecast(problem.nodes, problem.demands, problem.forecasts, problem.first_day)
    counts = ~net.is_ignored
    assert (net.quantity[counts] + net.consumed[counts] == problem.forecasts.quantity[counts]).all()
    assert net.consumed.sum() > 0
    orders = problem.demands.quantity[problem.demands.for_supply == NONE].sum()
    asked = plan_tables(found)["plan_demands"]["quantity"].sum()
    assert asked == pytest.approx((orders + net.quantity.sum()) / 1e6)


def test_items_that_only_the_forecast_asks_for_are_planned_with_it_alone(
    plans: dict[PlanDemand, Planned], warehouse: Warehouse
) -> None:
    """Make-to-stock items without an order: what is planned of them comes of the forecast, or of their safety stock."""
    tables = {choice: plan_tables(found) for choice, found in plans.items()}
    ordered = set(tables["orders"]["plan_demands"]["item_id"])
    policies = warehouse.frame(
        "select distinct item_id from canonical.cnl_planning_policies where strategy = 'make_to_stock'"
    )
    asked = tables["forecast"]["plan_demands"].filter(pl.col("demand_type") == "forecast")
    only = (set(asked["item_id"]) & set(policies["item_id"])) - ordered
    assert only, "no make-to-stock item is asked for by the forecast alone"
    planned = {
        choice: frame["plan_orders"].filter(pl.col("item_id").is_in(sorted(only)))["quantity"].sum()
        for choice, frame in tables.items()
    }
    assert planned["forecast"] > planned["orders"]


def test_the_plan_reads_the_whole_forecast_of_the_build(warehouse: Warehouse) -> None:
    own, read = warehouse.frame(
        """
        select
            (select sum(quantity) from core.fct_demand_forecasts) as own,
            (select sum(quantity) from engine.plan_forecasts where stage = 'forecast') as read
        """
    ).row(0)
    assert read == pytest.approx(own, abs=1e-3)


def test_a_proposal_reaches_its_target_and_more_service_never_costs_less(warehouse: Warehouse) -> None:
    short = warehouse.frame(
        """
        select item_id, location_id from core.fct_stock_policies
        where case measure when 'fill_rate' then fill_rate else cycle_service end < target_rate - 1e-6
            and is_cut_at_horizon = 0
        """
    )
    assert short.rows() == []
    curves = warehouse.frame(
        """
        select expected_stock_quantity - lag(expected_stock_quantity) over (
            partition by item_id, location_id order by target_fill_rate
        ) as more
        from core.fct_stock_policy_trade_off
        """
    )
    assert curves["more"].drop_nulls().min() >= -1e-6


def test_the_copy_leaves_the_build_untouched(demo_build: BuildSummary, plans: dict[PlanDemand, Planned]) -> None:
    assert set(plans) == {"forecast", "orders"}
    assert not Path(f"{demo_build.file}.wal").exists()
