"""Order-to-cash as a process: its variants, the way through its steps, the time between them, what holds it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

MOST_ORDERS = 500
MOST_CUSTOMERS = 200
# What can make an order go through a step twice, or send it back.
LOOPS = ("is_reworked", "is_promise_moved", "is_partial", "is_returned", "is_redelivered", "is_credited")
BEFORE_ORDER = ("lead", "opportunity", "quotation", "order")


@dataclass(frozen=True, slots=True)
class Which:
    """Order lines by the day of their order, both days included; empty choices mean all."""

    start: date
    end: date
    plants: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    customer: str = ""

    @property
    def given(self) -> dict[str, Any]:
        """The parameters of the questions below."""
        return {
            "start": self.start, "end": self.end, "plants": list(self.plants), "families": list(self.families),
            "segments": list(self.segments), "channels": list(self.channels), "customer": self.customer,
        }  # fmt: skip


_LINES = """
    places as (
        select location_id, min(plant_id) as plant_id from core.dim_locations group by location_id
    ),
    lines as (
        select journeys.* from marts.mart_order_journeys as journeys
        left join places on journeys.location_id = places.location_id
        where
            journeys.ordered_date between $start and $end
            and (len($plants) = 0 or list_contains(cast($plants as varchar[]), places.plant_id))
            and (len($families) = 0 or list_contains(cast($families as varchar[]), journeys.product_family))
            and (len($segments) = 0 or list_contains(cast($segments as varchar[]), journeys.segment))
            and (len($channels) = 0 or list_contains(cast($channels as varchar[]), journeys.channel))
            and ($customer = '' or journeys.customer_id = $customer)
    )
"""
# Goods that were ready before the customer ordered took none of the order's time: their steps are not its process.
_STEPS = """
    steps as (
        select hops.sales_order_line_id, hops.hop, hops.sequence, hops.nature, hops.days, hops.touch_days,
            hops.late_days + hops.planned_late_days + hops.short_notice_days + hops.unexplained_days as late_days,
            lines.net_value
        from core.fct_order_hops as hops
        inner join lines on hops.sales_order_line_id = lines.sales_order_line_id
        where
            hops.is_on_path = 1 and hops.actual_date is not null
            and (
                hops.hop in ('lead', 'opportunity', 'quotation', 'order', 'ship', 'transport', 'invoice', 'payment')
                or hops.actual_date > lines.ordered_date
            )
    )
"""


def totals(warehouse: Warehouse, which: Which) -> dict[str, Any]:
    """lines, value, done, on_time, paid, median and P90 of order_to_delivery_days and order_to_cash_days, touch_days
    and delivery_days (sums of lines that are done)."""
    return warehouse.frame(
        f"""
        with {_LINES}
        select count(*) as lines, cast(sum(net_value) as double) as value,
            count(is_on_time) as done, cast(sum(is_on_time) as double) as on_time, count(paid_date) as paid,
            median(order_to_delivery_days) filter (where done_date is not null) as delivery_median,
            quantile_cont(order_to_delivery_days, 0.9) filter (where done_date is not null) as delivery_p90,
            median(order_to_cash_days) filter (where paid_date is not null) as cash_median,
            quantile_cont(order_to_cash_days, 0.9) filter (where paid_date is not null) as cash_p90,
            sum(touch_days) filter (where done_date is not null) as touch_days,
            sum(order_to_delivery_days) filter (where done_date is not null) as delivery_days
        from lines
        """,
        which.given,
    ).row(0, named=True)


def variants(warehouse: Warehouse, which: Which) -> pl.DataFrame:
    """One row per variant, the most lines first: variant, lines, share, value, done, on_time_rate, late_days,
    delivery_median, cash_median, cash_p90."""
    return warehouse.frame(
        f"""
        with {_LINES}
        select variant, count(*) as lines, count(*) / sum(count(*)) over () as share,
            cast(sum(net_value) as double) as value, count(is_on_time) as done,
            sum(is_on_time) / nullif(count(is_on_time), 0) as on_time_rate, sum(days_late) as late_days,
            median(order_to_delivery_days) filter (where done_date is not null) as delivery_median,
            median(order_to_cash_days) filter (where paid_date is not null) as cash_median,
            quantile_cont(order_to_cash_days, 0.9) filter (where paid_date is not null) as cash_p90
        from lines group by variant order by lines desc, variant
        """,
        which.given,
    )


def steps(warehouse: Warehouse, which: Which) -> pl.DataFrame:
    """One row per step, in the order of the process: hop, nature, lines, median_days, p90_days, days, touch_days,
    late_days, waiting_lines, money_days (days × net value), late_money_days."""
    return warehouse.frame(
        f"""
        with {_LINES}, {_STEPS},
        of_line as (
            select sales_order_line_id, hop, nature, max(net_value) as net_value, max(sequence) as sequence,
                sum(days) as days, sum(touch_days) as touch_days, sum(late_days) as late_days
            from steps group by sales_order_line_id, hop, nature
        )
        select hop, nature, max(sequence) as sequence, count(*) as lines, median(days) as median_days,
            quantile_cont(days, 0.9) as p90_days, sum(days) as days, sum(touch_days) as touch_days,
            sum(late_days) as late_days, count(*) filter (where late_days > 0) as late_lines,
            cast(sum(days * net_value) as double) as money_days,
            cast(sum(late_days * net_value) as double) as late_money_days
        from of_line group by hop, nature order by sequence, hop
        """,
        which.given,
    )


def ways(warehouse: Warehouse, which: Which) -> pl.DataFrame:
    """How the lines go from step to step, the most lines first: from_hop, to_hop, lines, median_days."""
    return warehouse.frame(
        f"""
        with {_LINES}, {_STEPS},
        followed as (
            select sales_order_line_id, hop as to_hop, days,
                lag(hop) over (partition by sales_order_line_id order by sequence) as from_hop
            from steps
        )
        select from_hop, to_hop, count(distinct sales_order_line_id) as lines, median(days) as median_days
        from followed where from_hop is not null
        group by from_hop, to_hop order by lines desc, from_hop, to_hop
        """,
        which.given,
    )


def loops(warehouse: Warehouse, which: Which) -> pl.DataFrame:
    """Where the process repeats itself: one row per kind of LOOPS that occurs, against the lines without it: loop,
    lines, share, value, on_time_rate, other_on_time_rate, delivery_median, other_delivery_median."""
    parts = " union all ".join(
        f"select '{one}' as loop, {one} as has_it, net_value, is_on_time, order_to_delivery_days, done_date from lines"
        for one in LOOPS
    )
    return warehouse.frame(
        f"""
        with {_LINES}, parts as ({parts})
        select loop, count(*) filter (where has_it = 1) as lines,
            count(*) filter (where has_it = 1) / count(*) as share,
            cast(sum(net_value) filter (where has_it = 1) as double) as value,
            sum(is_on_time) filter (where has_it = 1)
                / nullif(count(is_on_time) filter (where has_it = 1), 0) as on_time_rate,
            sum(is_on_time) filter (where has_it = 0)
                / nullif(count(is_on_time) filter (where has_it = 0), 0) as other_on_time_rate,
            median(order_to_delivery_days) filter (where has_it = 1 and done_date is not null) as delivery_median,
            median(order_to_delivery_days) filter (where has_it = 0 and done_date is not null)
                as other_delivery_median
        from parts group by loop having count(*) filter (where has_it = 1) > 0 order by lines desc, loop
        """,
        which.given,
    )


def orders(warehouse: Warehouse, which: Which, variant: str) -> pl.DataFrame:
    """The lines of a variant, the most late money first; at most MOST_ORDERS."""
    return warehouse.frame(
        f"""
        with {_LINES}
        select * from lines where variant = $variant
        order by coalesce(days_late, 0) * net_value desc, net_value desc, sales_order_line_id limit {MOST_ORDERS}
        """,
        {**which.given, "variant": variant},
    )


def customers(warehouse: Warehouse) -> pl.DataFrame:
    """Whom one can look at alone, the most money first: customer_id, customer_name; at most MOST_CUSTOMERS."""
    return warehouse.frame(
        f"""
        select customer_id, coalesce(min(customer_name), customer_id) as customer_name
        from marts.mart_order_journeys where customer_id is not null
        group by customer_id order by sum(net_value) desc nulls last, customer_id limit {MOST_CUSTOMERS}
        """
    )
