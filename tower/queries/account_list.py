"""Accounts to look after: late orders, overdue money, churn and complaints, the most money at risk first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from tower.warehouse import Warehouse

MOST_ROWS = 1_000
# An order that keeps its date with a smaller chance is at risk.
SAFE_RATE = 0.9
# A customer who is lost more likely than not. Buyers of the web shop, whom nobody looks after, mostly are: of them only
# those out of their rhythm count.
LOST_RATE = 0.5


def reps(warehouse: Warehouse) -> pl.DataFrame:
    """Representatives with accounts: sales_rep_id, sales_rep_name, team, accounts."""
    return warehouse.frame(
        """
        select sales_rep_id, coalesce(any_value(sales_rep_name), sales_rep_id) as sales_rep_name,
            any_value(team) as team, count(*) as accounts
        from core.dim_customers where sales_rep_id is not null group by sales_rep_id order by sales_rep_id
        """
    )


def accounts(
    warehouse: Warehouse, reps: tuple[str, ...], search: str, has_cases: bool, has_invoices: bool
) -> pl.DataFrame:
    """One row per account, the most money at risk first, at most MOST_ROWS.

    Without `search` the accounts of some representatives (all where empty) that need somebody: an order that is late or
    at risk, overdue money, a chance of churn of LOST_RATE or out of rhythm, an open complaint. With it every
    account whose number or name holds the words, needy or not.

    open_lines, open_value; late_lines (past their date, or late by the material plan), risk_lines (a chance below
    SAFE_RATE, or late with the hours of work centres); late_value (open value × chance of being late); overdue_value;
    churn_value (lifetime value × chance of churn) of those; open_complaints; value_at_risk = the three kinds of money
    together. all_accounts, all_late_value, all_overdue_value and all_open_complaints are the totals of all of them,
    beyond MOST_ROWS too. What the sources do not hand over (`has_cases`, `has_invoices`) is null, not 0.
    """
    return warehouse.frame(
        f"""
        with orders as (
            select lines.customer_id, count(*) as open_lines, sum(lines.open_value) as open_value,
                count(*) filter (where lines.is_past_due = 1 or planned.late_days > 0) as late_lines,
                count(*) filter (where chances.in_time_rate < {SAFE_RATE} or finite.late_days > 0) as risk_lines,
                sum(chances.late_value) as late_value
            from core.fct_sales_order_lines as lines
            left join core.fct_plan_demands as planned
                on planned.demand_type = 'sales_order_line' and lines.sales_order_line_id = planned.demand_id
                    and lines.item_id = planned.item_id
            left join core.fct_finite_demands as finite
                on finite.demand_type = 'sales_order_line' and lines.sales_order_line_id = finite.demand_id
                    and lines.item_id = finite.item_id
            left join marts.mart_promise_risk as chances on lines.sales_order_line_id = chances.sales_order_line_id
            where lines.is_open = 1
            group by lines.customer_id
        ),
        owed as (
            select customer_id, sum(open_value) filter (where is_overdue = 1) as overdue_value
            from core.fct_open_items where account_type = 'receivable' group by customer_id
        ),
        cases as (
            select customer_id, count(*) as open_complaints from core.fct_service_cases
            where is_open = 1 and case_type = 'complaint' group by customer_id
        ),
        found as (
            select customers.customer_id, customers.customer_name, customers.segment, customers.sales_rep_id,
                customers.sales_rep_name, stages.stage, worth.churn_probability, worth.is_out_of_rhythm,
                coalesce(orders.open_lines, 0) as open_lines, coalesce(orders.open_value, 0) as open_value,
                coalesce(orders.late_lines, 0) as late_lines, coalesce(orders.risk_lines, 0) as risk_lines,
                coalesce(orders.late_value, 0) as late_value,
                case when $has_invoices then coalesce(owed.overdue_value, 0) end as overdue_value,
                case when $has_cases then coalesce(cases.open_complaints, 0) end as open_complaints,
                case when worth.is_out_of_rhythm or worth.churn_probability >= {LOST_RATE}
                        and (customers.sales_rep_id is not null or customers.customer_type <> 'end_customer')
                    then greatest(worth.value_at_risk, 0) end as churn_value
            from core.dim_customers as customers
            left join orders on customers.customer_id = orders.customer_id
            left join owed on customers.customer_id = owed.customer_id
            left join cases on customers.customer_id = cases.customer_id
            left join core.fct_customer_values as worth on customers.customer_id = worth.customer_id
            left join core.fct_customer_stages as stages
                on customers.customer_id = stages.customer_id
                    and stages.day = (select max(day) from core.fct_customer_stages)
            where case
                when $search <> '' then
                    contains(lower(customers.customer_id), lower($search))
                    or contains(lower(customers.customer_name), lower($search))
                else len(cast($reps as varchar[])) = 0
                    or list_contains(cast($reps as varchar[]), customers.sales_rep_id)
            end
        )
        select *, late_value + greatest(overdue_value, 0) + coalesce(churn_value, 0) as value_at_risk,
            count(*) over () as all_accounts, sum(late_value) over () as all_late_value,
            sum(greatest(overdue_value, 0)) over () as all_overdue_value,
            sum(open_complaints) over () as all_open_complaints
        from found
        where $search <> '' or late_lines + risk_lines > 0 or overdue_value > 0 or open_complaints > 0
            or churn_value > 0
        order by value_at_risk desc, open_value desc, customer_name, customer_id
        limit {MOST_ROWS}
        """,
        {"reps": list(reps), "search": search.strip(), "has_cases": has_cases, "has_invoices": has_invoices},
    )
