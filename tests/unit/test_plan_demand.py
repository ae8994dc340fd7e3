"""What the plan reads of the forecast: whose forecast counts for which item, and whose safety stock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from pipelines.forecast.plan_demand import PlanDemand, PlanSafetyStock, write_plan_forecasts, write_plan_safety_stocks

AS_OF = date(2026, 6, 30)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute(
            """
            create schema canonical;
            create schema engine;
            create table canonical.cnl_demand_forecasts (
                item_id varchar, location_id varchar, customer_id varchar, channel varchar, bucket varchar,
                bucket_start_date date, stage varchar, created_at timestamp, quantity double
            );
            insert into canonical.cnl_demand_forecasts values
                ('A', null, null, null, 'month', '2026-07-01', 'statistical', '2026-06-01', 10),
                ('A', null, null, null, 'month', '2026-07-01', 'planner', '2026-06-01', 12),
                ('A', null, null, null, 'month', '2026-07-01', 'planner', '2026-05-01', 99),
                ('A', null, null, null, 'month', '2026-05-01', 'planner', '2026-05-01', 98),
                ('B', 'P1', null, null, 'week', '2026-07-06', 'planner', '2026-06-01', 5),
                ('B', 'P1', null, null, 'week', '2026-07-06', 'planner', '2026-07-02', 77);
            create table engine.demand_forecasts (
                item_id varchar, location_id varchar, channel varchar, bucket varchar, period_start date, quantity double
            );
            insert into engine.demand_forecasts values
                ('A', 'P1', 'web', 'month', '2026-07-01', 7.5), ('A', 'P1', 'shop', 'month', '2026-07-01', 2.5);
            create table canonical.cnl_planning_policies (
                item_id varchar, location_id varchar, target_service_rate double, safety_stock_quantity double,
                days_of_cover double, reorder_point_quantity double
            );
            insert into canonical.cnl_planning_policies values
                ('A', 'P1', 0.95, null, null, null), ('B', 'P1', 0.95, 4, null, null),
                ('C', 'P1', 0.95, null, 10, null), ('D', 'P1', null, null, null, null);
            create table engine.stock_policies (item_id varchar, location_id varchar, safety_stock_quantity double);
            insert into engine.stock_policies values
                ('A', 'P1', 11), ('B', 'P1', 12), ('C', 'P1', 13), ('D', 'P1', 14), ('E', 'P1', 15);
            """
        )
        yield made


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        # The newest of the stage that counts most; nothing that is over, nothing made after the day.
        ("company", [("A", None, 12.0, "planner"), ("B", "P1", 5.0, "planner")]),
        # The build's own, all channels together; the source's where the build has none.
        ("forecast", [("A", "P1", 10.0, "forecast"), ("B", "P1", 5.0, "planner")]),
        ("orders", []),
    ],
)
def test_whose_forecast_is_planned_for(
    connection: duckdb.DuckDBPyConnection, choice: PlanDemand, expected: list[tuple[object, ...]]
) -> None:
    write_plan_forecasts(connection, AS_OF, choice)
    rows = "select item_id, location_id, quantity, stage from engine.plan_forecasts order by item_id"
    assert connection.execute(rows).fetchall() == expected


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (None, []),
        ("stated", []),
        # A states a target and nothing to keep; B states a quantity, C days of cover, D no target.
        ("target", [("A", 11.0)]),
        # Wherever there is a policy to change; E has none.
        ("proposed", [("A", 11.0), ("B", 12.0), ("C", 13.0), ("D", 14.0)]),
    ],
)
def test_whose_safety_stock_is_kept(
    connection: duckdb.DuckDBPyConnection, choice: PlanSafetyStock | None, expected: list[tuple[str, float]]
) -> None:
    write_plan_safety_stocks(connection, choice)
    rows = "select item_id, quantity from engine.plan_safety_stocks order by item_id"
    assert connection.execute(rows).fetchall() == expected


def test_the_pipeline_is_planned_for_when_asked(connection: duckdb.DuckDBPyConnection) -> None:
    """By item and month, without what is overdue; B is forecast by weeks and takes none, categories have no item."""
    connection.execute(
        """
        create table engine.demand_pipeline (
            item_id varchar, category_id varchar, channel varchar, month_start date, quantity double,
            expected_quantity double, overdue_quantity double
        );
        insert into engine.demand_pipeline values
            ('A', null, 'web', '2026-07-01', 10, 4, 1), ('A', null, 'shop', '2026-07-01', 10, 2, 0),
            ('C', null, null, '2026-08-01', 8, 6, 0), ('D', null, null, '2026-07-01', 8, 6, 6),
            ('B', null, null, '2026-07-01', 8, 6, 0), (null, 'K', null, '2026-07-01', 8, 6, 0);
        """
    )
    rows = "select item_id, location_id, bucket, quantity, stage from engine.plan_forecasts order by item_id, stage"
    own = [("A", "P1", "month", 10.0, "forecast"), ("B", "P1", "week", 5.0, "planner")]
    write_plan_forecasts(connection, AS_OF, "forecast")
    assert connection.execute(rows).fetchall() == own
    write_plan_forecasts(connection, AS_OF, "forecast", "add")
    added = [("A", None, "month", 5.0, "pipeline"), ("C", None, "month", 6.0, "pipeline")]
    assert connection.execute(rows).fetchall() == [own[0], added[0], own[1], added[1]]
