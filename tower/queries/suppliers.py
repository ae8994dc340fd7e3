"""Suppliers as their receipts show them: punctuality, lead times, rejects, prices, confirmations, and single lines.

Punctuality is counted in the period in which a line was due by the basis chosen, all else in that of its order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from tower.queries.lead_times import lead_time_figures

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# What a line is held against: its metric, the flag of the line, and the date that makes it due.
BASES: Mapping[str, tuple[str, str, str]] = {
    "first_confirmed": ("supplier_on_time_rate", "is_received_on_time", "first_confirmed_date"),
    "requested": ("supplier_on_time_requested_rate", "is_received_by_requested", "requested_date"),
    "last_confirmed": ("supplier_on_time_last_confirmed_rate", "is_received_by_last_confirmed", "confirmed_date"),
    "first_part": ("supplier_begun_on_time_rate", "is_begun_on_time", "first_confirmed_date"),
}
MOST_ROWS = 2_000
_PLANTS = "(len(cast($plants as varchar[])) = 0 or list_contains(cast($plants as varchar[]), plant_id))"
_LINE_COLUMNS = """
    purchase_order_line_id, supplier_id, supplier_name, buyer, item_id, item_name, item_name_zh, location_id,
    ordered_date, requested_date, first_confirmed_date, confirmed_date, received_in_full_date, line_status,
    ordered_quantity, received_quantity, rejected_quantity, open_quantity, base_uom, unit_price, standard_price,
    last_price, net_value, open_value, price_variance_value, price_change_value, book_lead_time_days, observed_days,
    is_observed, is_open
"""


def scorecard(warehouse: Warehouse, basis: str, start: date, end: date, plants: tuple[str, ...]) -> pl.DataFrame:
    """One row per supplier with lines in the period, most purchases first.

    lines, purchases, share (of all purchases), due, on_time (counts by the basis), open_lines and late_lines (open and
    past their date, whenever ordered), rejected and received (units), inspected and rejected_at_inspection, variance
    and price_change (money), confirmed and to_confirm (lines), confirm_days (mean), lead-time figures of the lines
    ordered in the period (see `lead_time_figures`) and book_days, the mean of what was booked for the same lines.
    """
    _, flag, day = BASES[basis]
    given = {"start": start, "end": end, "plants": list(plants), "as_of": warehouse.as_of}
    frame = warehouse.frame(
        f"""
        with lines as (
            select *, ordered_date between $start and $end as is_ordered,
                {day} between $start and $end as is_due_then
            from marts.mart_supplier_lines where is_cancelled = 0 and {_PLANTS}
        ),
        inspected as (
            select inspections.supplier_id, sum(inspections.inspected_quantity) as inspected,
                sum(inspections.rejected_quantity) as rejected_at_inspection
            from core.fct_quality_inspections as inspections
            left join core.dim_locations as places on inspections.location_id = places.location_id
            where inspections.inspection_type = 'incoming' and inspections.inspected_date between $start and $end
                and {_PLANTS}
            group by inspections.supplier_id
        ),
        totals as (
            select
                supplier_id, any_value(supplier_name) as supplier_name,
                count(*) filter (where is_ordered) as lines,
                coalesce(sum(net_value) filter (where is_ordered), 0) as purchases,
                sum({flag}) filter (where is_due_then) as on_time, count({flag}) filter (where is_due_then) as due,
                sum(is_open) as open_lines, count(*) filter (where is_open = 1 and due_date < $as_of) as late_lines,
                coalesce(sum(open_value) filter (where is_open = 1 and due_date < $as_of), 0) as late_value,
                sum(rejected_quantity) filter (where is_ordered and received_quantity is not null) as rejected,
                sum(received_quantity) filter (where is_ordered and rejected_quantity is not null) as received,
                sum(price_variance_value) filter (where is_ordered) as variance,
                sum(price_change_value) filter (where is_ordered) as price_change,
                sum(is_confirmed) filter (where is_ordered) as confirmed,
                count(is_confirmed) filter (where is_ordered) as to_confirm,
                avg(days_to_confirm) filter (where is_ordered) as confirm_days,
                avg(book_lead_time_days) filter (where is_ordered and observed_days is not null) as book_days
            from lines group by supplier_id
        )
        select totals.*, inspected.inspected, inspected.rejected_at_inspection,
            purchases / nullif(sum(purchases) over (), 0) as share, on_time / nullif(due, 0) as on_time_rate,
            rejected * 1000000 / nullif(received, 0) as ppm,
            inspected.rejected_at_inspection * 1000000 / nullif(inspected.inspected, 0) as inspection_ppm,
            confirmed / nullif(to_confirm, 0) as confirmation_rate
        from totals left join inspected on totals.supplier_id = inspected.supplier_id
        where totals.lines > 0 or totals.due > 0 or totals.open_lines > 0
        order by purchases desc, totals.supplier_id
        """,
        given,
    )
    figures = lead_time_figures(observations(warehouse, start, end, plants), ["supplier_id"])
    return frame.join(figures, on="supplier_id", how="left", maintain_order="left")


def observations(
    warehouse: Warehouse,
    start: date,
    end: date,
    plants: tuple[str, ...],
    supplier_id: str | None = None,
    item_id: str | None = None,
) -> pl.DataFrame:
    """Lines ordered in the period whose receipts are dated: days from the order to the receipt in full, or so far.

    supplier_id, item_id, days, is_observed (1 in full, 0 open: at least so many days), is_late (open and past its
    date), book_days. What was ordered and what has come of it are one cohort, so fresh open lines are in it too.
    """
    return warehouse.frame(
        f"""
        select supplier_id, supplier_name, item_id, item_name, item_name_zh, observed_days as days, is_observed,
            cast(is_open = 1 and due_date < $as_of as integer) as is_late, book_lead_time_days as book_days
        from marts.mart_supplier_lines
        where observed_days is not null and ordered_date between $start and $end and {_PLANTS}
            and ($supplier is null or supplier_id = $supplier) and ($item is null or item_id = $item)
        order by purchase_order_line_id
        """,
        {
            "start": start, "end": end, "plants": list(plants), "supplier": supplier_id, "item": item_id,
            "as_of": warehouse.as_of,
        },
    )  # fmt: skip


def lead_time_errors(
    warehouse: Warehouse, start: date, end: date, plants: tuple[str, ...], supplier_id: str | None
) -> pl.DataFrame:
    """One row per item and supplier with a lead time in the book today and lines in the period, the worst first.

    Lead-time figures, book_days as it stands today, error (median − book), beyond (share of the lines that took or
    have taken longer than the book), spend and what hangs on the item.
    """
    seen = observations(warehouse, start, end, plants, supplier_id)
    names = seen.group_by("supplier_id", "item_id").agg(pl.col("item_name", "item_name_zh", "supplier_name").first())
    figures = lead_time_figures(seen, ["supplier_id", "item_id"])
    book = warehouse.frame(
        """
        select supplier_id, item_id, book_lead_time_days as book_days, purchased_value, hanging_revenue_value,
            is_single_source
        from marts.mart_supplier_items
        where book_lead_time_days is not null
        """
    )
    beyond = (
        seen.drop("book_days")
        .join(book.select("supplier_id", "item_id", "book_days"), on=["supplier_id", "item_id"])
        .filter((pl.col("is_observed") == 1) | (pl.col("days") > pl.col("book_days")))
        .group_by("supplier_id", "item_id")
        .agg(beyond=(pl.col("days") > pl.col("book_days")).mean())
    )
    keys = ["supplier_id", "item_id"]
    return (
        figures.join(names, on=keys)
        .join(book, on=keys)
        .join(beyond, on=keys, how="left")
        .with_columns(error=pl.col("median_days") - pl.col("book_days"))
        .with_columns(weight=pl.col("error").abs().fill_null(0) * pl.col("purchased_value"))
        .sort(["weight", "error", *keys], descending=[True, True, False, False], nulls_last=True)
    )


def lines(
    warehouse: Warehouse,
    which: str,
    basis: str,
    start: date,
    end: date,
    plants: tuple[str, ...],
    supplier_id: str | None,
    item_id: str | None = None,
) -> pl.DataFrame:
    """Single lines, at most MOST_ROWS: `open`, `late` (open past their date), `missed` (due in the period and not in
    time by the basis), `prices` (ordered in the period, most variance first). Raises KeyError for another word.
    """
    _, flag, day = BASES[basis]
    where, order = {
        "open": ("is_open = 1", "due_date"),
        "late": ("is_open = 1 and due_date < $as_of", "due_date"),
        "missed": (f"{flag} = 0 and {day} between $start and $end", f"{day} desc"),
        "prices": (
            "ordered_date between $start and $end and (price_variance_value <> 0 or price_change_value <> 0)",
            "abs(coalesce(price_variance_value, 0)) desc",
        ),
    }[which]
    late = (
        "" if which == "prices" else f", date_diff('day', {day}, coalesce(received_in_full_date, $as_of)) as days_late"
    )
    sql = f"""
        select {_LINE_COLUMNS}, due_date{late}
        from marts.mart_supplier_lines
        where is_cancelled = 0 and {where} and {_PLANTS} and ($supplier is null or supplier_id = $supplier)
            and ($item is null or item_id = $item)
        order by {order}, purchase_order_line_id
        limit {MOST_ROWS}
    """
    given: dict[str, Any] = {
        "start": start, "end": end, "plants": list(plants), "supplier": supplier_id, "item": item_id,
        "as_of": warehouse.as_of,
    }  # fmt: skip
    return warehouse.frame(sql, {name: value for name, value in given.items() if f"${name}" in sql})


def months(
    warehouse: Warehouse, basis: str, start: date, end: date, plants: tuple[str, ...], supplier_id: str
) -> pl.DataFrame:
    """One supplier by month: on_time, due (by the month due), purchases, ppm parts (by the month ordered)."""
    _, flag, day = BASES[basis]
    return warehouse.frame(
        f"""
        with lines as (
            select * from marts.mart_supplier_lines
            where is_cancelled = 0 and supplier_id = $supplier and {_PLANTS}
        ),
        due as (
            select date_trunc('month', {day}) as month, sum({flag}) as on_time, count({flag}) as due
            from lines where {day} between $start and $end group by all
        ),
        ordered as (
            select date_trunc('month', ordered_date) as month, count(*) as lines, sum(net_value) as purchases,
                sum(rejected_quantity) as rejected, sum(received_quantity) as received,
                sum(price_variance_value) as variance
            from lines where ordered_date between $start and $end group by all
        )
        select cast(coalesce(due.month, ordered.month) as date) as month, coalesce(on_time, 0) as on_time,
            coalesce(due, 0) as due, on_time / nullif(due, 0) as on_time_rate, coalesce(lines, 0) as lines,
            coalesce(purchases, 0) as purchases, rejected * 1000000 / nullif(received, 0) as ppm,
            coalesce(variance, 0) as variance
        from due full join ordered on due.month = ordered.month order by month
        """,
        {"start": start, "end": end, "plants": list(plants), "supplier": supplier_id},
    )


def supplier_names(warehouse: Warehouse) -> pl.DataFrame:
    """Suppliers with purchases, most first: supplier_id, supplier_name, country_code, supplier_status."""
    return warehouse.frame(
        """
        select suppliers.supplier_id, suppliers.supplier_name, suppliers.country_code, suppliers.supplier_status,
            suppliers.is_subcontractor, suppliers.payment_terms_days
        from core.dim_suppliers as suppliers
        inner join (
            select supplier_id, sum(net_value) as value from marts.mart_supplier_lines group by all
        ) as bought on suppliers.supplier_id = bought.supplier_id
        order by bought.value desc nulls last, suppliers.supplier_id
        """
    )
