"""Figures of hand-made builds that can be checked by eye."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.metrics_scratch import AS_OF, catalogue, scratch_warehouse
from tower.errors import MetricError
from tower.metrics import Filter, Period, compile_query, parse_filters, query
from tower.warehouse import Warehouse

JANUARY, FEBRUARY = date(2026, 1, 10), date(2026, 2, 10)


def delivery(
    line: str, item: str | None, shipped: date | None, net: float, cost: float | None, quantity: float = 1, **more: Any
) -> dict[str, Any]:
    return {
        "delivery_line_id": line, "item_id": item, "shipped_date": shipped, "net_value": net, "cost_value": cost,
        "margin_value": None if cost is None else net - cost, "shipped_quantity": quantity, **more,
    }  # fmt: skip


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """Two bikes and a helmet, shipped in January and February; one line not shipped, one without a cost."""
    return scratch_warehouse(
        tmp_path / "b.duckdb",
        {
            "dim_items": [
                {"item_id": "b1", "item_name": "Bike one", "category_name": "Bikes"},
                {"item_id": "b2", "item_name": "Bike two", "category_name": "Bikes"},
                {"item_id": "h1", "item_name": "Helmet", "category_name": "Helmets"},
            ],
            "fct_delivery_lines": [
                delivery("1", "b1", JANUARY, 100, 60, 10, channel="direct"),
                delivery("2", "b2", JANUARY, 300, 270, 30, channel="web_shop"),
                delivery("3", "h1", FEBRUARY, 50, 20, 5, channel=None),
                delivery("4", "h1", FEBRUARY, 70, None, 5, channel="direct"),
                delivery("5", "b1", None, 999, 1, 99, channel="direct"),
                delivery("6", "gone", FEBRUARY, 8, 4, 10, channel="direct"),
            ],
            "fct_customer_returns": [
                {"return_line_id": "r1", "item_id": "b1", "returned_date": JANUARY, "returned_quantity": 4},
            ],
            "fct_sales_order_lines": [
                {"sales_order_line_id": "1", "sales_order_id": "o1", "ordered_date": JANUARY, "is_cancelled": 0, "net_value": 10, "open_value": 7, "is_open": 1, "is_past_due": 1},
                {"sales_order_line_id": "2", "sales_order_id": "o1", "ordered_date": JANUARY, "is_cancelled": 0, "net_value": 20, "open_value": 5, "is_open": 1, "is_past_due": 0},
                {"sales_order_line_id": "3", "sales_order_id": "o2", "ordered_date": FEBRUARY, "is_cancelled": 1, "net_value": 0, "open_value": 0, "is_open": 0, "is_past_due": 0},
            ],
        },
    )  # fmt: skip


def test_a_ratio_is_the_sum_of_numerators_over_the_sum_of_denominators(warehouse: Warehouse) -> None:
    frame = query(warehouse, catalogue(), ["gross_margin_rate"], by=["item_category"], with_parts=True)
    assert frame.rows() == [
        ("Bikes", 70 / 400, 70.0, 400.0),
        ("Helmets", 30 / 50, 30.0, 50.0),
        (None, 0.5, 4.0, 8.0),
    ]
    assert query(warehouse, catalogue(), ["gross_margin_rate"]).item() == pytest.approx(104 / 458)


def test_a_row_without_the_metrics_date_is_not_counted(warehouse: Warehouse) -> None:
    assert query(warehouse, catalogue(), ["revenue"]).item() == 528


def test_several_facts_meet_on_the_groups_they_share(warehouse: Warehouse) -> None:
    frame = query(warehouse, catalogue(), ["revenue", "order_intake_value", "order_count"], by=["month"])
    assert frame.rows() == [(date(2026, 1, 1), 400.0, 30.0, 1), (date(2026, 2, 1), 128.0, 0.0, 0)]


def test_groups_without_a_value_meet_too(warehouse: Warehouse) -> None:
    frame = query(warehouse, catalogue(), ["revenue", "order_intake_value"], by=["channel"])
    assert frame.rows() == [("direct", 178.0, None), ("web_shop", 300.0, None), (None, 50.0, 30.0)]


def test_a_month_without_returns_has_a_return_rate_of_zero(warehouse: Warehouse) -> None:
    frame = query(warehouse, catalogue(), ["return_rate"], by=["month"], with_parts=True)
    assert frame.rows() == [(date(2026, 1, 1), 4 / 40, 4.0, 40.0), (date(2026, 2, 1), 0.0, 0.0, 20.0)]


def test_returns_that_no_source_reports_give_no_return_rate(tmp_path: Path) -> None:
    warehouse = scratch_warehouse(tmp_path / "b.duckdb", {"fct_delivery_lines": [delivery("1", "b1", JANUARY, 1, 1)]})
    assert query(warehouse, catalogue(), ["return_rate"], by=["month"]).rows() == [(date(2026, 1, 1), None)]


def test_as_of_figures_stand_beside_those_of_a_period(warehouse: Warehouse) -> None:
    frame = query(
        warehouse, catalogue(), ["order_book_value", "backlog_value", "backlog_line_count", "revenue"],
        period=Period(date(2026, 2, 1), AS_OF),
    )  # fmt: skip
    assert frame.rows() == [(12.0, 7.0, 1, 128.0)]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("item_category = Bikes", 400), ("item_category != Bikes", 128), ("item_category is null", 8),
        ("item_category is not null", 520), ("item in (b1, h1)", 220), ("item not in (b1, h1)", 308),
        ("channel = direct", 178), ("channel != direct", 350), ("channel is null", 50),
        ("month = 2026-01", 400), ("month != 2026-01", 128), ("month > 2026-01", 128), ("quarter = 2026-Q1", 528),
        ("day <= 2026-01-10", 400), ("day < 2026-01-10", None), ("shipped_date >= 2026-02", 128),
        ("item_name = Bike'; drop table core.dim_items; --", None),
    ],
)  # fmt: skip
def test_a_filter_keeps_what_it_says(warehouse: Warehouse, condition: str, expected: float | None) -> None:
    assert query(warehouse, catalogue(), ["revenue"], where=parse_filters([condition])).item() == expected


def test_a_filter_value_is_bound_and_never_written_into_the_statement() -> None:
    hostile = "x' or 1=1 --"
    compiled = compile_query(catalogue(), ["revenue"], where=[Filter("channel", "=", (hostile,))], as_of=AS_OF)
    assert hostile not in compiled.sql
    assert hostile in compiled.parameters.values()


@pytest.mark.parametrize(
    ("metrics", "by", "where", "sentence"),
    [
        (["revenu"], [], [], "no metric 'revenu'. Did you mean revenue"),
        (["revenue"], ["item_categry"], [], "no dimension 'item_categry'. Did you mean item_category"),
        (
            ["revenue"],
            ["supplier"],
            [],
            r"Revenue \(revenue\) cannot be grouped by supplier.* can be grouped by day, .*item_category",
        ),
        (["return_rate"], ["channel"], [], "cannot be grouped by channel"),
        (["order_book_value"], ["month"], [], "known as of 2026-06-30 only, so it cannot be grouped by month"),
        (["order_book_value"], [], ["month = 2026-01"], "cannot be filtered by month"),
        (["revenue"], [], ["supplier = x"], "cannot be filtered by supplier"),
        (["revenue"], [], ["item_category > Bikes"], "Item category has no order"),
        (["revenue"], [], ["month is null"], "counts only rows that have its date"),
        (["revenue"], [], ["month = March"], "'March' is not a date"),
        ([], [], [], "Name at least one"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_what_can(
    metrics: list[str], by: list[str], where: list[str], sentence: str
) -> None:
    with pytest.raises(MetricError, match=sentence):
        compile_query(catalogue(), metrics, by, parse_filters(where), as_of=AS_OF)


def test_an_as_of_figure_is_not_told_for_a_period_that_is_over() -> None:
    with pytest.raises(MetricError, match="outside the period 2025-01-01 to 2025-12-31"):
        compile_query(
            catalogue(), ["order_book_value"], period=Period(date(2025, 1, 1), date(2025, 12, 31)), as_of=AS_OF
        )


def test_each_fact_is_read_once_for_each_date_its_metrics_count_by() -> None:
    asked = [
        "revenue",
        "gross_margin_rate",
        "return_rate",
        "order_intake_value",
        "order_count",
        "on_time_in_full_rate",
        "line_fill_rate",
    ]
    sql = compile_query(catalogue(), asked, ["month", "item_category"], as_of=AS_OF).sql
    assert sql.count("from core.fct_delivery_lines as fact") == 1
    assert sql.count("from core.fct_customer_returns as fact") == 1
    assert sql.count("from core.fct_sales_order_lines as fact") == 2


def test_a_dimension_table_is_joined_only_where_a_group_needs_it() -> None:
    assert "dim_items" not in compile_query(catalogue(), ["revenue"], ["item", "month"], as_of=AS_OF).sql
    assert "dim_items" in compile_query(catalogue(), ["revenue"], ["item_name"], as_of=AS_OF).sql


def test_one_row_is_told_for_two_dimensions_of_two_tables(tmp_path: Path) -> None:
    warehouse = scratch_warehouse(
        tmp_path / "b.duckdb",
        {
            "dim_items": [{"item_id": "b1", "category_name": "Bikes"}],
            "dim_customers": [{"customer_id": "c1", "region": "North"}],
            "fct_delivery_lines": [
                delivery("1", "b1", JANUARY, 10, 6, customer_id="c1"),
                delivery("2", "b1", FEBRUARY, 5, 3, customer_id="c2"),
            ],
        },
    )
    frame = query(warehouse, catalogue(), ["revenue", "gross_margin_rate"], by=["region", "item_category", "year"])
    assert frame.rows() == [
        ("North", "Bikes", date(2026, 1, 1), 10.0, 0.4),
        (None, "Bikes", date(2026, 1, 1), 5.0, 0.4),
    ]


def test_on_time_in_full_leaves_out_lines_that_cannot_be_judged(tmp_path: Path) -> None:
    flag = "is_on_time_in_full_received_requested"
    lines = [
        {"sales_order_line_id": str(number), "requested_date": day, flag: value}
        for number, (day, value) in enumerate(
            [(JANUARY, 1), (JANUARY, 0), (JANUARY, None), (FEBRUARY, 1), (date(2026, 9, 1), None)]
        )
    ]
    warehouse = scratch_warehouse(tmp_path / "b.duckdb", {"fct_sales_order_lines": lines})
    frame = query(warehouse, catalogue(), ["on_time_in_full_rate"], by=["month"], with_parts=True)
    assert frame.rows() == [
        (date(2026, 1, 1), 0.5, 1.0, 2.0), (date(2026, 2, 1), 1.0, 1.0, 1.0), (date(2026, 9, 1), None, None, 0.0),
    ]  # fmt: skip
    assert query(warehouse, catalogue(), ["on_time_in_full_rate"]).item() == pytest.approx(2 / 3)


def test_days_late_weigh_by_quantity_and_only_late_lines_count(tmp_path: Path) -> None:
    lines = [
        {"sales_order_line_id": str(number), "requested_date": JANUARY, "is_due_by_requested": due, "days_late": late, "ordered_quantity": quantity, "cancelled_quantity": cancelled}
        for number, (due, late, quantity, cancelled) in enumerate([(1, 10.0, 12, 2), (1, 2.0, 30, 0), (1, 0.0, 500, 0), (0, 9.0, 700, 0)])
    ]  # fmt: skip
    warehouse = scratch_warehouse(tmp_path / "b.duckdb", {"fct_sales_order_lines": lines})
    assert query(warehouse, catalogue(), ["average_days_late"]).item() == pytest.approx((10 * 10 + 2 * 30) / 40)


def test_percentiles_and_ppm_are_of_the_rows_of_each_group(tmp_path: Path) -> None:
    lines = [
        {"purchase_order_line_id": str(days), "supplier_id": "v", "ordered_date": JANUARY, "received_in_full_date": JANUARY, "lead_time_days": float(days), "received_quantity": 1000, "rejected_quantity": 1}
        for days in range(1, 12)
    ]  # fmt: skip
    orders = [
        {"production_order_id": str(days), "finished_date": JANUARY, "lead_time_days": float(days)}
        for days in (1, 2, 9, 30)
    ]
    warehouse = scratch_warehouse(
        tmp_path / "b.duckdb", {"fct_purchase_order_lines": lines, "fct_production_orders": orders}
    )
    names = ["supplier_lead_time_days", "supplier_lead_time_days_p90", "incoming_defect_ppm"]
    assert query(warehouse, catalogue(), names, by=["supplier", "month"]).rows() == [
        ("v", date(2026, 1, 1), 6.0, 10.0, 1000.0)
    ]
    assert query(warehouse, catalogue(), ["manufacturing_lead_time_days"]).item() == 5.5


def interval(item: str, start: date, end: date, quantity: float, value: float) -> dict[str, Any]:
    return {"item_id": item, "location_id": "w", "valid_from_date": start, "valid_to_date": end, "quantity": quantity, "value": value, "basis": "movements"}  # fmt: skip


OPEN = date(9999, 12, 31)


@pytest.fixture
def stock(tmp_path: Path) -> Warehouse:
    """Item a: 100 from 11 January, 400 from 21 January, none from 1 March. Item b: 50 from 1 February on. As of 31 March."""
    return scratch_warehouse(
        tmp_path / "stock.duckdb",
        {
            "fct_stock_intervals": [
                interval("a", date(2026, 1, 11), date(2026, 1, 21), 1, 100),
                interval("a", date(2026, 1, 21), date(2026, 3, 1), 4, 400),
                interval("a", date(2026, 3, 1), OPEN, 0, 0),
                interval("b", date(2026, 2, 1), OPEN, 5, 50),
            ],
            "fct_delivery_lines": [
                delivery("1", "a", date(2026, 1, 5), 1, 5000),
                delivery("2", "a", date(2026, 2, 5), 1, 630),
                delivery("3", "a", date(2026, 4, 5), 1, 7000),
            ],
        },
        as_of=date(2026, 3, 31),
    )


def test_average_stock_weighs_each_value_by_the_days_it_held(stock: Warehouse) -> None:
    by_month = query(stock, catalogue(), ["average_stock_value"], by=["month"], with_parts=True)
    # January is known from the 11th: 10 days of 100, 11 days of 400.
    assert by_month.rows() == [
        (date(2026, 1, 1), pytest.approx((1000 + 4400) / 21), 5400.0, 21.0),
        (date(2026, 2, 1), 450.0, 28 * 450.0, 28.0),
        (date(2026, 3, 1), 50.0, 31 * 50.0, 31.0),
    ]
    assert query(stock, catalogue(), ["average_stock_value"]).item() == pytest.approx((5400 + 28 * 450 + 31 * 50) / 80)


def test_average_stock_by_item_is_over_the_same_days_so_items_add_up(stock: Warehouse) -> None:
    frame = query(stock, catalogue(), ["average_stock_value"], by=["item"], with_parts=True)
    assert frame["average_stock_value__denominator"].to_list() == [80.0, 80.0]
    assert frame["average_stock_value"].sum() == pytest.approx(
        query(stock, catalogue(), ["average_stock_value"]).item()
    )


def test_stock_at_the_end_of_each_month_is_what_was_held_that_day(stock: Warehouse) -> None:
    frame = query(stock, catalogue(), ["stock_value", "stock_quantity"], by=["month"])
    assert frame.rows() == [
        (date(2026, 1, 1), 400.0, 4.0), (date(2026, 2, 1), 450.0, 9.0), (date(2026, 3, 1), 50.0, 5.0),
    ]  # fmt: skip
    assert query(stock, catalogue(), ["stock_value"]).item() == 50
    assert query(stock, catalogue(), ["stock_value"], period=Period(date(2025, 1, 1), date(2026, 1, 15))).item() == 100
    assert (
        query(stock, catalogue(), ["stock_value"], period=Period(date(2025, 1, 1), date(2025, 12, 31))).item() is None
    )


def test_days_between_two_chosen_months_are_not_counted(stock: Warehouse) -> None:
    chosen = parse_filters(["month in (2026-01, 2026-03)"])
    frame = query(stock, catalogue(), ["average_stock_value"], where=chosen, with_parts=True)
    assert frame.rows() == [(pytest.approx((5400 + 1550) / 52), 6950.0, 52.0)]


def test_one_balance_gives_stock_today_and_no_average(tmp_path: Path) -> None:
    balance = {**interval("a", date(2026, 6, 30), OPEN, 3, 90), "basis": "balance"}
    warehouse = scratch_warehouse(tmp_path / "b.duckdb", {"fct_stock_intervals": [balance]})
    frame = query(warehouse, catalogue(), ["stock_value", "average_stock_value", "inventory_turns"])
    assert frame.rows() == [(90.0, None, None)]


def test_turns_set_cost_against_stock_over_the_same_known_days(stock: Warehouse) -> None:
    # The shipments of 5 January and 5 April lie outside the days on which stock is known.
    frame = query(stock, catalogue(), ["inventory_turns", "inventory_days"])
    held = 5400 + 28 * 450 + 31 * 50
    assert frame.rows() == [(pytest.approx(365 * 630 / held), pytest.approx(held / 630))]
    february = query(stock, catalogue(), ["inventory_days"], period=Period(date(2026, 2, 1), date(2026, 2, 28)))
    assert february.item() == pytest.approx(28 * 450 / 630)


def test_stock_that_never_left_turned_zero_times(stock: Warehouse) -> None:
    frame = query(stock, catalogue(), ["inventory_turns", "inventory_days"], by=["item"])
    assert frame.rows()[1] == ("b", 0.0, None)


def test_age_counts_from_the_first_receipt(tmp_path: Path) -> None:
    layers = [
        {"layer_id": "1", "item_id": "a", "quantity": 10, "value": 100, "age_days": 200.0},
        {"layer_id": "2", "item_id": "a", "quantity": 30, "value": 300, "age_days": 180.0},
        {"layer_id": "3", "item_id": "b", "quantity": 60, "value": 100, "age_days": 10.0},
    ]
    warehouse = scratch_warehouse(tmp_path / "b.duckdb", {"fct_stock_layers": layers})
    names = ["aged_stock_value", "aged_stock_share", "weighted_stock_age_days", "weighted_stock_age_days_by_quantity"]
    assert query(warehouse, catalogue(), names).rows() == [(100.0, 0.2, 150.0, 80.0)]


def test_receivables_take_credit_notes_off(tmp_path: Path) -> None:
    kinds = [
        ("customer_invoice", 100, 1),
        ("customer_invoice", 50, 0),
        ("customer_credit_note", -30, 0),
        ("supplier_invoice", 70, 1),
    ]
    invoices = [
        {"invoice_id": str(number), "invoice_type": kind, "signed_open_value": value, "is_overdue": overdue}
        for number, (kind, value, overdue) in enumerate(kinds)
    ]
    warehouse = scratch_warehouse(tmp_path / "b.duckdb", {"fct_invoices": invoices})
    names = ["receivables_value", "overdue_receivables_rate", "payables_value"]
    assert query(warehouse, catalogue(), names).rows() == [(120.0, pytest.approx(100 / 120), 70.0)]
