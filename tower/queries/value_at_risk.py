"""What hangs on a late order beyond the order: what its customer would still bring, if lateness drives it away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from tower.queries.customer_lifecycle import Chosen
    from tower.warehouse import Warehouse

MOST_ROWS = 2_000
# Filters of the lifecycle page, each a column of marts.mart_value_at_risk.
_FILTERS = ("segment", "customer_type", "sales_rep_id", "region")


def effects(warehouse: Warehouse) -> pl.DataFrame:
    """By group of customers and method (matched, model): label(_zh), is_used, reason (measured, not_told_apart: the
    interval holds 0, lowers, no_late_lines, too_few), effect with effect_low and effect_high (points of the chance of
    churn, 95 %), late_rate, in_time_rate, and the looks and customers behind them. Only `measured` gives a value."""
    return warehouse.frame(
        """
        select rules.label, rules.label_zh, rules.churn_days, found.*
        from core.fct_late_effects as found
        inner join reference.customer_groups as rules on found.customer_group = rules.customer_group
        order by rules.group_order, found.method
        """
    )


def lines(warehouse: Warehouse, chosen: Chosen = ()) -> pl.DataFrame:
    """Open order lines that are late or likely to be (columns of mart_value_at_risk), the most to lose first, then the
    most valuable customers. `future_value_at_risk` is the customer's, repeated on each of its lines; null where the
    effect was not measurable."""
    where, given = _where(chosen)
    return warehouse.frame(
        f"""
        select * from marts.mart_value_at_risk where {where}
        order by future_value_at_risk desc nulls last, lifetime_value desc nulls last, open_value desc nulls last,
            sales_order_line_id
        limit {MOST_ROWS}
        """,
        given,
    )


def of_customer(warehouse: Warehouse, customer_id: str) -> dict[str, Any]:
    """One customer: lines (late or likely to be), open_value of them, late_probability (of the likeliest line),
    lifetime_value, late_churn_increase, future_value_at_risk (if a line is late; both null where not measurable),
    customer_group, and of the group's effect in use: reason, effect, effect_low, effect_high. No lines: lines is 0."""
    found = warehouse.frame(
        """
        with own as (
            select count(*) as lines, sum(open_value) as open_value, max(late_probability) as late_probability,
                max(future_value_at_risk) as future_value_at_risk
            from marts.mart_value_at_risk where customer_id = $customer_id
        )
        select own.*, worth.lifetime_value, worth.late_churn_increase, worth.customer_group, found.reason,
            found.effect, found.effect_low, found.effect_high
        from own
        left join core.fct_customer_values as worth on worth.customer_id = $customer_id
        left join core.fct_late_effects as found on worth.customer_group = found.customer_group and found.is_used
        """,
        {"customer_id": customer_id},
    )
    return found.row(0, named=True)


def total(warehouse: Warehouse, chosen: Chosen = ()) -> dict[str, Any]:
    """Of all late or likely late lines: lines, customers, open_value, measured_customers (whose effect was measurable)
    and future_value_at_risk, each customer counted once."""
    where, given = _where(chosen)
    return warehouse.frame(
        f"""
        with by_customer as (
            select customer_id, count(*) as lines, sum(open_value) as open_value,
                max(future_value_at_risk) as future_value_at_risk, max(late_churn_increase) as increase
            from marts.mart_value_at_risk where {where} group by customer_id
        )
        select coalesce(sum(lines), 0) as lines, count(customer_id) as customers, sum(open_value) as open_value,
            count(increase) as measured_customers, sum(future_value_at_risk) as future_value_at_risk
        from by_customer
        """,
        given,
    ).row(0, named=True)


def _where(chosen: Chosen) -> tuple[str, dict[str, list[str]]]:
    conditions = [f"list_contains(cast(${name} as varchar[]), {name})" for name, _ in chosen if name in _FILTERS]
    return " and ".join(conditions) or "true", {name: list(values) for name, values in chosen if name in _FILTERS}
