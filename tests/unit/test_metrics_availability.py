"""A metric whose sources lack what it needs is not connected, and says what is missing."""

from __future__ import annotations

import polars as pl

from tests.metrics_scratch import catalogue
from tower.metrics import availability


def coverage(*rows: tuple[str, str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["source", "table_name", "column_name", "status"], orient="row")


FULL = (
    ("erp", "sales_order_lines", "", "full"), ("erp", "delivery_lines", "", "full"), ("erp", "deliveries", "", "partial"),
    ("erp", "deliveries", "delivered_at", "absent"), ("erp", "stock_movements", "", "partial"),
    ("erp", "customer_returns", "", "absent"),
)  # fmt: skip


def test_a_missing_column_disconnects_what_needs_it_and_nothing_else() -> None:
    missing = availability(catalogue(), coverage(*FULL))
    assert missing["on_time_in_full_rate"] == ("deliveries.delivered_at",)
    assert missing["on_time_in_full_shipped_requested_rate"] == ()


def test_an_absent_table_and_one_nobody_speaks_of_are_both_missing() -> None:
    missing = availability(catalogue(), coverage(*FULL))
    assert missing["return_rate"] == ("customer_returns",)
    assert missing["receivables_value"] == ("invoices",)


def test_a_table_that_is_there_in_part_feeds_no_metric_that_needs_it_whole() -> None:
    assert availability(catalogue(), coverage(*FULL))["average_stock_value"] == ("stock_movements",)
    whole = coverage(("erp", "stock_movements", "", "full"))
    assert availability(catalogue(), whole)["average_stock_value"] == ()


def test_one_source_that_fills_a_column_is_enough() -> None:
    both = coverage(*FULL, ("tms", "deliveries", "", "full"))
    assert availability(catalogue(), both)["on_time_in_full_rate"] == ()


def test_a_column_does_not_count_where_its_table_is_absent() -> None:
    rows = coverage(("erp", "invoices", "", "absent"), ("erp", "invoices", "open_value", "full"))
    assert availability(catalogue(), rows)["receivables_value"] == ("invoices",)


def test_one_of_two_tables_is_enough_where_the_definition_says_or() -> None:
    need = "purchase_receipts.rejected_quantity or purchase_order_lines.rejected_quantity"
    lines = coverage(("erp", "purchase_order_lines", "", "full"))
    assert availability(catalogue(), lines)["incoming_defect_ppm"] == ()
    lacking = coverage(
        ("erp", "purchase_order_lines", "", "full"), ("erp", "purchase_order_lines", "rejected_quantity", "absent")
    )
    assert availability(catalogue(), lacking)["incoming_defect_ppm"] == (need,)
