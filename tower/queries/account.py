"""One customer: who it is, what it is worth, what went wrong, and what was done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from tower.finance.payment_habits import payment_habits
from tower.queries.receivables import paid_invoices

if TYPE_CHECKING:
    from tower.warehouse import Warehouse


def customer(warehouse: Warehouse, customer_id: str) -> dict[str, Any] | None:
    """Everything of dim_customers, the stage and rhythm as of the day of the build, and its values; None where the
    reader has no such customer."""
    frame = warehouse.frame(
        """
        select customers.*, stages.stage, stages.last_ordered_date, stages.silent_days, stages.usual_gap_days,
            worth.lifetime_value, worth.churn_probability, worth.value_at_risk, worth.is_out_of_rhythm,
            worth.expected_orders, worth.customer_group, rules.churn_days
        from core.dim_customers as customers
        left join core.fct_customer_stages as stages
            on customers.customer_id = stages.customer_id
                and stages.day = (select max(day) from core.fct_customer_stages)
        left join core.fct_customer_values as worth on customers.customer_id = worth.customer_id
        left join reference.customer_groups as rules on worth.customer_group = rules.customer_group
        where customers.customer_id = $id
        """,
        {"id": customer_id},
    )
    return frame.row(0, named=True) if frame.height else None


def months(warehouse: Warehouse, customer_id: str) -> pl.DataFrame:
    """Ordered net value and margin of the last 24 months, months without an order at 0: period, value, margin."""
    return warehouse.frame(
        """
        with months as (
            select cast(date_trunc('month', cast($as_of as date)) - to_months(cast(number as integer)) as date)
                as period
            from generate_series(0, 23) as series (number)
        )
        select months.period, coalesce(sum(orders.net_value), 0) as value,
            coalesce(sum(orders.margin_value), 0) as margin
        from months
        left join core.fct_customer_order_days as orders
            on cast(date_trunc('month', orders.ordered_date) as date) = months.period and orders.customer_id = $id
        group by months.period order by months.period
        """,
        {"id": customer_id, "as_of": warehouse.as_of},
    )


def bought(warehouse: Warehouse, customer_id: str) -> pl.DataFrame:
    """What it ordered in twelve months, most money first: item_id, names, base_uom, quantity, net_value, margin_value,
    last_ordered_date."""
    return warehouse.frame(
        """
        select lines.item_id, any_value(items.item_name) as item_name, any_value(items.item_name_zh) as item_name_zh,
            any_value(items.base_uom) as base_uom, sum(lines.ordered_quantity) as quantity,
            sum(lines.net_value) as net_value, sum(lines.margin_value) as margin_value,
            max(lines.ordered_date) as last_ordered_date
        from core.fct_sales_order_lines as lines left join core.dim_items as items on lines.item_id = items.item_id
        where lines.customer_id = $id and lines.is_cancelled = 0
            and lines.ordered_date > cast($as_of as date) - interval 1 year
        group by lines.item_id order by net_value desc nulls last, lines.item_id
        """,
        {"id": customer_id, "as_of": warehouse.as_of},
    )


def missed(warehouse: Warehouse, customer_id: str) -> pl.DataFrame:
    """Order lines of twelve months that did not arrive in full on the day the customer asked for, latest first."""
    return warehouse.frame(
        """
        select lines.sales_order_line_id, lines.item_id, items.item_name, items.item_name_zh, lines.ordered_quantity,
            lines.delivered_quantity, items.base_uom, lines.requested_date, lines.promised_date,
            lines.shipped_in_full_date, lines.received_in_full_date, lines.net_value, lines.location_id,
            date_diff('day', lines.requested_date, coalesce(lines.received_in_full_date, cast($as_of as date)))
                as felt_days_late,
            lines.is_on_time_in_full_shipped_promised
        from core.fct_sales_order_lines as lines left join core.dim_items as items on lines.item_id = items.item_id
        where lines.customer_id = $id and lines.is_on_time_in_full_received_requested = 0
            and lines.requested_date > cast($as_of as date) - interval 1 year
        order by lines.requested_date desc, lines.sales_order_line_id
        """,
        {"id": customer_id, "as_of": warehouse.as_of},
    )


def returns(warehouse: Warehouse, customer_id: str) -> pl.DataFrame:
    """What it sent back, the last first."""
    return warehouse.frame(
        """
        select sent.return_line_id, sent.returned_date, sent.sales_order_line_id, sent.item_id, items.item_name,
            items.item_name_zh, sent.returned_quantity, items.base_uom, sent.return_reason, sent.credit_value,
            sent.location_id
        from core.fct_customer_returns as sent left join core.dim_items as items on sent.item_id = items.item_id
        where sent.customer_id = $id order by sent.returned_date desc, sent.return_line_id
        """,
        {"id": customer_id},
    )


def cases(warehouse: Warehouse, customer_id: str) -> pl.DataFrame:
    """Its service cases, open ones first, then the last opened: with case_days, to the solution or until now."""
    return warehouse.frame(
        """
        select cases.case_id, cases.case_type, cases.severity, cases.item_id, items.item_name, items.item_name_zh,
            cases.sales_order_line_id, cases.opened_date, cast(cases.resolved_at as date) as resolved_date,
            cases.is_open, coalesce(cases.resolution_hours, cases.hours_open) / 24 as case_days, cases.cost_value
        from core.fct_service_cases as cases left join core.dim_items as items on cases.item_id = items.item_id
        where cases.customer_id = $id order by cases.is_open desc, cases.opened_date desc, cases.case_id
        """,
        {"id": customer_id},
    )


def answers(warehouse: Warehouse, customer_id: str) -> pl.DataFrame:
    """Its answers to surveys, the last first: responded_date, survey_type, score, best_score, about (order or case)."""
    return warehouse.frame(
        """
        select responded_date, survey_type, score, best_score, coalesce(case_id, sales_order_id) as about, response_id
        from core.fct_satisfaction_responses where customer_id = $id order by responded_date desc, response_id
        """,
        {"id": customer_id},
    )


def activities(warehouse: Warehouse, customer_id: str) -> pl.DataFrame:
    """Calls, visits and e-mails, the last first."""
    return warehouse.frame(
        """
        select done.activity_date, done.activity_type, coalesce(reps.sales_rep_name, done.sales_rep_id)
            as sales_rep_name, done.opportunity_id, done.activity_id
        from core.fct_activities as done left join core.dim_sales_reps as reps on done.sales_rep_id = reps.sales_rep_id
        where done.customer_id = $id order by done.activity_date desc, done.activity_id
        """,
        {"id": customer_id},
    )


def opportunities(warehouse: Warehouse, customer_id: str) -> pl.DataFrame:
    """Its open opportunities, the largest first."""
    return warehouse.frame(
        """
        select opportunity_id, last_stage, expected_value, win_probability, expected_close_date, age_days,
            coalesce(sales_rep_name, sales_rep_id) as sales_rep_name
        from marts.mart_pipeline where customer_id = $id and is_open = 1
        order by expected_value desc nulls last, opportunity_id
        """,
        {"id": customer_id},
    )


def credit(warehouse: Warehouse, customer_id: str) -> dict[str, Any]:
    """What it owes and may owe: open_value, overdue_value, oldest_days, items (open), credit_limit_value,
    payment_terms_days, order_value (open orders), habit_days (median days after due, null with few payments), payments,
    everyones_days (the same of all customers that the reader may see)."""
    found = warehouse.frame(
        """
        select customers.credit_limit_value, customers.payment_terms_days,
            coalesce(owed.open_value, 0) as open_value, coalesce(owed.overdue_value, 0) as overdue_value,
            owed.oldest_days, coalesce(owed.items, 0) as items, coalesce(booked.order_value, 0) as order_value
        from core.dim_customers as customers
        left join (
            select customer_id, sum(open_value) as open_value, count(*) as items, max(days_overdue) as oldest_days,
                sum(open_value) filter (where is_overdue = 1) as overdue_value
            from core.fct_open_items where account_type = 'receivable' group by customer_id
        ) as owed on customers.customer_id = owed.customer_id
        left join (
            select customer_id, sum(open_value) as order_value
            from core.fct_sales_order_lines where is_open = 1 group by customer_id
        ) as booked on customers.customer_id = booked.customer_id
        where customers.customer_id = $id
        """,
        {"id": customer_id},
    ).row(0, named=True)
    habits, everyone = payment_habits(paid_invoices(warehouse))
    own = habits.filter(pl.col("customer_id") == customer_id)
    return {
        **found,
        "habit_days": own["habit_days"].item() if own.height else None,
        "payments": own["payments"].item() if own.height else 0,
        "everyones_days": everyone,
    }
