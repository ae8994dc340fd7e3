"""Six families whose planners keep within a tenth of statistics; one of them leaves it."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from planning.detection.demand.forecast_biased import forecast_biased
from planning.detection.findings import DetectionRows
from tests.unit.detection_demand_rows import AS_OF, Row, any_order_gives_the_same, figure, found, rows_of

FAMILIES = tuple("ABCDEF")
ROUNDS = [date(2025 + (month + 6) // 12, (month + 6) % 12 + 1, 3) for month in range(-12, 12)]


def company(factor: float = 1.0, rounds: int = 0, *, sold: float = 100.0) -> DetectionRows:
    """`factor`: on the planner's forecast of A in the last rounds; `sold`: pieces of A a month in these months."""
    vintages: list[Row] = []
    for number, made in enumerate(ROUNDS):
        for place, family in enumerate(FAMILIES):
            usual = 1.0 + 0.05 * ((number + place) % 3 - 1)
            biased = factor if family == "A" and number >= len(ROUNDS) - rounds else 1.0
            for ahead in range(1, 5):
                month = date(made.year + (made.month - 1 + ahead) // 12, (made.month - 1 + ahead) % 12 + 1, 1)
                for stage, quantity in (("statistical", 100.0), ("planner", 100.0 * usual * biased)):
                    vintages.append({
                        "family": family, "item_id": f"I{family}", "stage": stage, "created_date": made,
                        "month_start": month, "quantity": quantity,
                    })  # fmt: skip
    recent = {date(2026, 5, 1), date(2026, 6, 1)}
    orders: list[Row] = [
        {"item_id": f"I{family}", "month_start": month, "last_date": AS_OF,
         "quantity": sold if family == "A" and month in recent else 100.0}
        for family in FAMILIES
        for month in [date(2025, number, 1) for number in range(1, 13)] + [date(2026, number, 1) for number in range(1, 7)]
    ]  # fmt: skip
    items: list[Row] = [
        {"item_id": f"I{family}", "family": family, "list_price": 900.0, "standard_cost": 500.0} for family in FAMILIES
    ]
    prices: list[Row] = [{"item_id": f"I{family}", "unit_value": 800.0} for family in FAMILIES]
    policies: list[Row] = [{"item_id": f"I{family}", "location_id": "D1"} for family in FAMILIES]
    return rows_of(
        forecast_vintages=vintages, monthly_orders=orders, family_items=items, sold_prices=prices, policies=policies
    )


def test_too_much_is_found_since_the_first_round_and_costs_stock() -> None:
    findings = forecast_biased(company(2.0, 3), AS_OF)
    assert found(findings) == [("A", date(2026, 4, 3))]
    assert findings.findings["value_basis"].to_list() == ["excess_stock"]
    assert figure(findings, "months_on_one_side")[0] == 3
    planner, base = figure(findings, "planner_forecast")
    assert base == 400.0
    # The months within 92 days of the last round, at standard cost.
    assert findings.findings["own_value"][0] == (planner - base) / 4 * 3 * 500.0


def test_too_little_costs_sales() -> None:
    findings = forecast_biased(company(0.4, 1), AS_OF)
    assert found(findings) == [("A", date(2026, 6, 3))]
    assert findings.findings["value_basis"].to_list() == ["lost_sales"]


def test_a_planner_whom_sales_prove_right_is_not_named() -> None:
    assert found(forecast_biased(company(2.0, 3, sold=200.0), AS_OF)) == []


def test_planners_who_keep_to_statistics_are_not_named() -> None:
    assert found(forecast_biased(company(), AS_OF)) == []


def test_a_company_without_forecasts_has_no_findings() -> None:
    assert found(forecast_biased(rows_of(), AS_OF)) == []


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    any_order_gives_the_same(forecast_biased, company(2.0, 3), seed)
