"""Four families with a season, sold in two shops and to consumers; one of them surges, collapses, or is sold out."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.detection.demand.sales_of_families import demand_collapse, demand_surge
from planning.detection.findings import DetectionRows
from tests.unit.detection_demand_rows import AS_OF, Row, ago, any_order_gives_the_same, figure, found, rows_of

FAMILIES = ("City", "Cargo", "Folding", "Scooters")
WEEKS = 130


def company(
    seed: int = 3, factor: float = 1.0, weeks: int = 0, empty_shelves: int = 0, events: list[Row] | None = None
) -> DetectionRows:
    """`factor`: on what Folding sells in its last `weeks`; its shops have nothing in the last `empty_shelves` weeks."""
    luck = np.random.default_rng(seed)
    sell_out: list[Row] = []
    orders: list[Row] = []
    items: list[Row] = [
        {"item_id": f"I-{family}", "family": family, "list_price": 3000.0, "standard_cost": 2000.0}
        for family in FAMILIES
    ]
    for back in range(WEEKS):
        monday = AS_OF - timedelta(days=6 + 7 * back)
        season = 1.0 + 0.4 * np.sin(2 * np.pi * monday.timetuple().tm_yday / 365.25)
        for family in FAMILIES:
            rate = season * (factor if family == "Folding" and back < weeks else 1.0)
            sold_out = family == "Folding" and back < empty_shelves
            for shop in ("S1", "S2"):
                sold = 0.0 if sold_out else float(luck.poisson(6 * rate))
                sell_out.append({
                    "customer_id": shop, "item_id": f"I-{family}", "week_start_date": monday, "sold_quantity": sold,
                    "stock_quantity": 0.0 if sold_out else 20.0,
                })  # fmt: skip
            orders.append({
                "item_id": f"I-{family}", "ordered_date": monday + timedelta(days=2), "customer_group": "consumer",
                "quantity": float(luck.poisson(4 * (season if sold_out else rate))), "net_value": 1.0, "lines": 1,
            })  # fmt: skip
    prices: list[Row] = [{"item_id": f"I-{family}", "unit_value": 2500.0} for family in FAMILIES]
    lines: list[Row] = [
        {"sales_order_line_id": name, "ordered_date": ago(days), "item_id": "I-Folding", "family": "Folding"}
        for name, days in (("new", 3), ("old", 300))
    ]
    policies: list[Row] = [{"item_id": "I-Folding", "location_id": "D1"}]
    return rows_of(
        family_items=items, sell_out=sell_out, direct_orders=orders, sold_prices=prices, open_family_lines=lines,
        policies=policies, known_events=events or [],
    )  # fmt: skip


def first_day(weeks: int) -> date:
    return AS_OF - timedelta(days=7 * weeks - 1)


def test_a_family_that_sells_twice_as_well_is_found_since_its_first_weeks() -> None:
    findings = demand_surge(company(factor=2.2, weeks=5), AS_OF)
    ((family, since),) = found(findings)
    assert family == "Folding"
    assert abs((since - first_day(5)).days) <= 7
    sold, usual = figure(findings, "sold_per_week")
    assert usual is not None
    assert 1.7 < sold / usual < 2.8
    # What was ordered since waits for it, what was ordered before does not.
    assert findings.touches["document_id"].to_list() == ["new"]


def test_a_family_that_collapses_costs_the_sales_that_are_missing() -> None:
    findings = demand_collapse(company(factor=0.2, weeks=6), AS_OF)
    ((family, since),) = found(findings)
    assert family == "Folding"
    assert abs((since - first_day(6)).days) <= 7
    sold, usual = figure(findings, "sold_per_week")
    weeks, _ = figure(findings, "weeks_apart")
    assert usual is not None
    assert findings.findings["own_value"][0] == pytest.approx((usual - sold) * weeks * 2500.0)
    assert findings.touches["document_id"].to_list() == ["I-Folding@D1"]


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6])
def test_season_and_luck_are_nobodys_surge(seed: int) -> None:
    rows = company(seed)
    assert found(demand_surge(rows, AS_OF)) == []
    assert found(demand_collapse(rows, AS_OF)) == []


def test_shops_with_empty_shelves_are_no_collapse() -> None:
    assert found(demand_collapse(company(empty_shelves=8), AS_OF)) == []


def test_what_a_yearly_promotion_does_is_expected() -> None:
    promoted: list[Row] = [
        {"event_type": "promotion", "family": "Folding", "start_date": first_day(4) - timedelta(days=364 * year),
         "end_date": AS_OF - timedelta(days=364 * year)}
        for year in range(3)
    ]  # fmt: skip
    surging = company(factor=1.5, weeks=4, events=promoted)
    sold = surging["sell_out"].to_dicts()
    for row in sold:
        monday = row["week_start_date"]
        promoted_before = any(one["start_date"] <= monday <= one["end_date"] for one in promoted[1:])  # type: ignore[operator]
        if row["item_id"] == "I-Folding" and promoted_before:
            row["sold_quantity"] *= 1.5
    rows = rows_of(sell_out=sold, **{
        name: surging[name].to_dicts()
        for name in ("family_items", "direct_orders", "sold_prices", "open_family_lines", "policies", "known_events")
    })  # fmt: skip
    assert found(demand_surge(rows, AS_OF)) == []


def test_a_company_without_sales_has_no_findings() -> None:
    assert found(demand_surge(rows_of(), AS_OF)) == []
    assert found(demand_collapse(rows_of(), AS_OF)) == []


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    any_order_gives_the_same(demand_surge, company(factor=2.2, weeks=5), seed)
