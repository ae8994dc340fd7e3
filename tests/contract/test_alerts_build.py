"""Alerts in a build: money to the cent, every reader's own part, the queries of the inbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tower.access import ScopeRule, row_scope_for
from tower.builds import BuildSummary
from tower.queries import alerts
from tower.warehouse import Warehouse, open_warehouse


@pytest.fixture(scope="module")
def everything(example_build: BuildSummary) -> Iterator[Warehouse]:
    warehouse = open_warehouse(example_build.file)
    yield warehouse
    warehouse.close()


def test_the_shares_of_all_alerts_are_the_late_and_risky_money_of_the_plan(everything: Warehouse) -> None:
    expected = everything.frame(
        """
        select coalesce(sum(
            case
                when demands.demand_date < (select as_of from build.build_info) then demands.value
                when demands.late_value > 0 then demands.late_value
                when chances.in_time_rate < 0.5 then chances.late_value
                else 0
            end
        ), 0) as money
        from core.fct_plan_demands as demands
        left join core.fct_plan_probability as chances
            on demands.demand_type = chances.demand_type and demands.demand_id = chances.demand_id
            and demands.item_id = chances.item_id and demands.location_id = chances.location_id
        where demands.demand_type = 'sales_order_line'
        """
    )["money"][0]
    assert alerts.totals(everything)["exclusive_value"] == pytest.approx(float(expected), abs=0.01)
    assert alerts.inbox(everything)["exclusive_value"].sum() == pytest.approx(float(expected), abs=0.01)


def test_one_alert_has_all_that_its_screen_shows(everything: Warehouse) -> None:
    first = alerts.inbox(everything).row(0, named=True)
    key = first["alert_key"]
    assert alerts.alert(everything, key) == first
    assert alerts.members(everything, key)["is_root"].sum() == 1
    assert alerts.members(everything, key).height == first["member_count"] + 1
    assert alerts.evidence(everything, key).height > 0
    assert alerts.hits(everything, key).height == first["hit_lines"]
    action = alerts.action(everything, key)
    assert action is not None
    assert action["state"] in ("simulated", "not_simulated")
    assert (action["reason"] is None) == (action["state"] == "simulated")
    assert alerts.alert(everything, "no|such|alert") is None


def test_a_chain_ends_at_what_the_order_line_takes(everything: Warehouse) -> None:
    told = everything.frame("select distinct alert_key, sales_order_line_id from core.fct_alert_causes")
    assert told.height
    for key, line in told.iter_rows():
        last = alerts.chain(everything, key, line).row(-1, named=True)
        takes = everything.frame(
            """
            select supply_id from core.fct_plan_pegging
            where demand_type = 'sales_order_line' and demand_id = $line and supply_id = $supply
            """,
            {"line": line, "supply": last["document_id"]},
        )
        assert takes.height


@pytest.mark.parametrize("axis", ["customer", "plant"])
def test_a_reader_sees_the_own_part_of_each_alert_and_no_other_alert(
    everything: Warehouse, example_build: BuildSummary, axis: str
) -> None:
    hits = everything.frame(
        """
        select hits.alert_key, hits.customer_id as customer, places.plant_id as plant, hits.exclusive_value
        from core.fct_alert_hits as hits
        inner join core.dim_locations as places on hits.location_id = places.location_id
        order by hits.alert_key, hits.sales_order_line_id
        """
    )
    one = hits[axis].drop_nulls()[0]
    reader = open_warehouse(example_build.file, row_scope_for(ScopeRule(axis, (one,)), everything))  # type: ignore[arg-type]
    try:
        own = hits.filter(hits[axis] == one)
        seen = alerts.inbox(reader)
        assert set(own["alert_key"]) <= set(seen["alert_key"])
        assert seen["exclusive_value"].sum() == pytest.approx(float(own["exclusive_value"].sum()), abs=0.01)
        hidden = set(alerts.inbox(everything)["alert_key"]) - set(seen["alert_key"])
        for key in hidden:
            assert alerts.alert(reader, key) is None
            assert alerts.evidence(reader, key).is_empty()
            assert alerts.members(reader, key).is_empty()
            assert alerts.action(reader, key) is None
    finally:
        reader.close()
