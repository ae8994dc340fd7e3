"""Chances of dates in a build: they hang together with the plan, with each other, and with the raw documents."""

from __future__ import annotations

import pytest

from planning.model.observed import LEAST_OBSERVED
from tests.conftest import DEMO_AS_OF
from tower.builds import BuildSummary
from tower.warehouse import Warehouse, open_warehouse


@pytest.fixture(scope="module")
def demo(demo_build: BuildSummary) -> Warehouse:
    assert demo_build.status == "published", demo_build.problems
    return open_warehouse(demo_build.file)


def test_every_demand_of_the_plan_has_its_chance(demo: Warehouse) -> None:
    different = demo.frame(
        """
        select * from core.fct_plan_demands as demands
        full join core.fct_plan_probability as chances using (demand_type, demand_id, item_id, location_id)
        where chances.p50_date is null or demands.quantity is null or chances.value <> demands.value
        """
    )
    assert different.height == 0
    assert demo.frame("select count(*) from core.fct_plan_probability where p90_date > p50_date").item() > 50


def test_dates_and_rates_agree_with_each_other(demo: Warehouse) -> None:
    wrong = demo.frame(
        """
        select * from core.fct_plan_probability
        where p50_date > p90_date or goods_p50_date > goods_p90_date
            or in_time_rate not between 0 and 1
            or (in_time_rate >= 0.9) <> (p90_date <= demand_date) or (in_time_rate >= 0.5) <> (p50_date <= demand_date)
            or (mean_late_days > 0) <> (in_time_rate < 1) or abs(late_value - value * (1 - in_time_rate)) > 0.001
        """
    )
    assert wrong.height == 0


def test_nothing_that_is_open_comes_before_the_day_after_the_build(demo: Warehouse) -> None:
    """What came on the as-of day has come."""
    arrivals = demo.frame("select * from core.fct_plan_arrivals where supply_type = 'purchase_order_line'")
    assert arrivals.height > 10
    assert arrivals["p50_date"].min() > DEMO_AS_OF  # type: ignore[operator]


def test_drivers_explain_no_more_draws_than_are_late(demo: Warehouse) -> None:
    wrong = demo.frame(
        """
        select demand_type, demand_id, item_id, location_id from core.fct_plan_probability as chances
        left join (
            select demand_type, demand_id, item_id, location_id, sum(late_share) as explained, count(*) as drivers
            from core.fct_plan_risk_drivers group by all
        ) using (demand_type, demand_id, item_id, location_id)
        where explained > 1 - in_time_rate + 0.000001
            or drivers < 3 and abs(explained - (1 - in_time_rate)) > 0.000001
            or drivers is null and in_time_rate < 1
        """
    )
    assert wrong.height == 0


def test_the_parts_at_risk_and_the_deliveries_make_up_all_that_is_late(demo: Warehouse) -> None:
    """Of demand with fewer than three drivers all is known; parts must not say less than their first drivers."""
    late = demo.frame("select sum(late_value) from core.fct_plan_probability").item()
    parts = demo.frame("select sum(late_order_value + late_forecast_value) from core.fct_plan_part_risk").item()
    named = demo.frame("select sum(late_value) from core.fct_plan_risk_drivers where driver_type <> 'delivery'").item()
    assert float(named) - 0.01 <= float(parts) <= float(late) + 0.01


def test_a_part_with_a_history_of_its_own_has_the_days_of_its_raw_receipts(demo: Warehouse) -> None:
    """Open lines of a supplier and item whose lines are all received: half of the later ones came by P50."""
    checked = demo.frame(
        f"""
        with history as (
            select supplier_id, item_id, received_in_full_date - first_confirmed_date as late_days
            from core.fct_purchase_order_lines
            where is_cancelled = 0 and received_in_full_date is not null and first_confirmed_date is not null
                and ordered_date > date '{DEMO_AS_OF}' - 365
        ),
        own as (
            select arrivals.supply_id, arrivals.observed_count, arrivals.p90_date - arrivals.booked_date as p90_days,
                history.late_days
            from core.fct_plan_arrivals as arrivals
            inner join core.fct_purchase_order_lines as lines on arrivals.supply_id = lines.purchase_order_line_id
            inner join history on history.supplier_id = lines.supplier_id and history.item_id = lines.item_id
            where arrivals.observed_level = 'supplier_item' and lines.confirmed_date = lines.first_confirmed_date
                and arrivals.booked_date > date '{DEMO_AS_OF}' + 10
        )
        select supply_id, any_value(observed_count) as stated, count(*) as counted,
            any_value(p90_days) as p90_days, max(late_days) as longest
        from own group by supply_id
        """
    )
    assert checked.height > 0
    assert (checked["stated"] == checked["counted"]).all()
    assert (checked["counted"] >= LEAST_OBSERVED).all()
    assert (checked["p90_days"] <= checked["longest"]).all()


def test_the_mart_has_every_open_order_line_once(demo: Warehouse) -> None:
    lines = demo.frame("select sales_order_line_id, customer_name, p90_date from marts.mart_promise_risk")
    open_lines = demo.frame("select count(*) from core.fct_plan_demands where demand_type = 'sales_order_line'").item()
    assert lines.height == open_lines
    assert lines["p90_date"].null_count() == 0 == lines["customer_name"].null_count()
