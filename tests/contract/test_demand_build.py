"""Demand preparation of whole builds: what the order lines say, at places that the plan knows."""

from __future__ import annotations

import polars as pl
import pytest

from forecasting.demand.preparation import prepared_demand
from forecasting.demand.prepared import PreparedDemand
from forecasting.demand.rows import DemandRows
from forecasting.demand.settings import DemandSettings
from tower.builds import BuildSummary
from tower.queries.demand_rows import read_demand_rows
from tower.warehouse import Warehouse, open_warehouse


@pytest.fixture(scope="module", params=["example_build", "demo_build"])
def company(request: pytest.FixtureRequest) -> Warehouse:
    build: BuildSummary = request.getfixturevalue(request.param)
    return open_warehouse(build.file)


@pytest.fixture(scope="module")
def rows(company: Warehouse) -> DemandRows:
    return read_demand_rows(company.frame, company.as_of)


@pytest.fixture(scope="module")
def demand(rows: DemandRows, company: Warehouse) -> PreparedDemand:
    return prepared_demand(rows, company.as_of)


def test_the_rows_hold_every_order_line_once(rows: DemandRows, company: Warehouse) -> None:
    ordered, cancelled = company.frame(
        """
        select sum(ordered_quantity), sum(cancelled_quantity) from core.fct_sales_order_lines
        inner join canonical.cnl_items using (item_id) where item_type <> 'service'
        """
    ).row(0)
    assert rows.order_lines["quantity"].sum() == pytest.approx(ordered)
    assert rows.order_lines["cancelled_quantity"].sum() == pytest.approx(cancelled)
    back = company.frame("select coalesce(sum(returned_quantity), 0) from core.fct_customer_returns").item()
    assert rows.returns["quantity"].sum() == pytest.approx(back)


def test_the_audit_leads_from_the_order_lines_to_the_demand(demand: PreparedDemand, company: Warehouse) -> None:
    raw = company.frame(
        """
        select sum(ordered_quantity) from core.fct_sales_order_lines
        inner join canonical.cnl_items using (item_id) where item_type <> 'service'
        """
    ).item()
    for bucket in ("week", "month"):
        history, audit = (frame.filter(pl.col("bucket") == bucket) for frame in (demand.history, demand.audit))
        assert history["demand_quantity"].sum() == pytest.approx(raw + audit["change"].sum())


def test_the_sales_of_each_item_and_month_are_those_of_its_order_lines(
    demand: PreparedDemand, company: Warehouse
) -> None:
    lines = company.frame(
        """
        select item_id, cast(date_trunc('month', requested_date) as date) as period_start, channel,
            sum(ordered_quantity) as booked
        from core.fct_sales_order_lines group by all
        """
    )
    sales = (
        demand.history.filter((pl.col("bucket") == "month") & (pl.col("sales_quantity") > 0))
        .group_by("item_id", "period_start", "channel")
        .agg(pl.col("sales_quantity").sum())
    )
    compared = sales.join(lines, on=["item_id", "period_start", "channel"], how="left", nulls_equal=True)
    assert (compared["sales_quantity"] - compared["booked"]).abs().max() in (None, 0.0)


def test_demand_stands_where_its_item_is_planned(demand: PreparedDemand, company: Warehouse) -> None:
    planned = company.frame("select item_id, location_id from canonical.cnl_planning_policies")
    series = demand.series.join(planned.select("item_id").unique(), on="item_id", how="semi")
    assert series.join(planned, on=["item_id", "location_id"], how="anti").height == 0


def test_counting_by_the_day_of_the_order_holds_every_order_up_to_the_last_month(
    rows: DemandRows, company: Warehouse
) -> None:
    found = prepared_demand(rows, company.as_of, DemandSettings(buckets=("month",), dated_by="ordered"))
    if found.history.height:
        inside = rows.order_lines.filter(
            pl.col("ordered_date").is_between(
                found.history["period_start"].min(), found.history["period_start"].max().replace(day=28)
            )
        )
        assert found.history["sales_quantity"].sum() >= inside["quantity"].sum()
