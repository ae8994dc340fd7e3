"""Looks at customers: what was known of each one at the end of a month, and whether an order came afterwards.

Each column uses only what had happened by the day of the look. Lines and orders that were cancelled later are left out
from the start, since the sources do not date every cancellation.
"""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

# Feature → what it is, for the documentation; the screens have their own words.
FEATURES = {
    "silent_days": "days since the last order",
    "usual_gap_days": "median gap between order days so far, from three gaps on",
    "silent_ratio": "days since the last order / usual gap",
    "repeats": "order days after the first one",
    "buying_weeks": "weeks from the first to the last order",
    "known_weeks": "weeks since the first order",
    "orders_year": "order days of the last 365 days",
    "value_year": "net value ordered in the last 365 days",
    "value_change": "net value of the last 180 days less that of the 180 before / both together",
    "late_share": "share of the lines due in the last 365 days that did not come in full by the requested date",
    "late_days": "mean days late of these lines, 0 for those in time",
    "short_share": "share of these lines of which something was missing still that day",
    "complaints_year": "complaints opened in the last 365 days",
    "cases_year": "service cases of any kind opened in the last 365 days",
    "returns_year": "return lines of the last 365 days",
    "paid_late_share": "share of the invoices due in the last 365 days that were not settled by their due date",
    "price_change": "mean change of the price against the customer's last line of the same item, last 365 days",
    "month": "month of the look",
}
LOOK_BACK_MONTHS = 36
# A delivery of so many days before the look is still felt; beside the features, for what lateness does.
RECENT_DAYS = 90
FELT = ("due_year", "due_recent", "late_recent")

_CUSTOMERS = """
create or replace temp table grouped_customers as
select
    customers.customer_id, customers.customer_type, coalesce(customers.segment, customers.customer_type) as segment,
    customers.created_date,
    case when customers.customer_type = 'end_customer' and customers.sales_rep_id is null then 'consumer'
        else 'business' end as customer_group
from core.dim_customers as customers
"""
_LOOKS = """
create or replace temp table looked_customers as
with days as (
    select cast(last_day(month) as date) as day
    from generate_series(
        date_trunc('month', cast('{as_of}' as date)) - interval {back} month,
        date_trunc('month', cast('{as_of}' as date)), interval 1 month) as series (month)
    where last_day(month) < cast('{as_of}' as date)
    union all
    select cast('{as_of}' as date)
),
order_days as (
    select
        customer_id, ordered_date, cast(net_value as double) as value,
        lead(ordered_date) over by_day as next_date,
        ordered_date - lag(ordered_date) over by_day as gap,
        row_number() over by_day as number,
        min(ordered_date) over (partition by customer_id) as first_date
    from core.fct_customer_order_days
    window by_day as (partition by customer_id order by ordered_date)
),
gaps as (
    select *,
        median(gap) over (partition by customer_id order by ordered_date rows unbounded preceding) as usual_gap
    from order_days
)
select
    customers.customer_id, customers.customer_group, customers.segment, rules.churn_days, days.day,
    gaps.ordered_date as last_date, gaps.first_date, gaps.number - 1 as repeats, gaps.next_date,
    case when gaps.number > 3 then gaps.usual_gap end as usual_gap_days
from grouped_customers as customers
inner join reference.customer_groups as rules on customers.customer_group = rules.customer_group
cross join days
asof inner join gaps on customers.customer_id = gaps.customer_id and days.day >= gaps.ordered_date
where datediff('day', gaps.ordered_date, days.day) < rules.active_days
"""
_ALL = """
with bought as (
    select looks.customer_id, looks.day,
        count(*) as orders_year, sum(cast(net_value as double)) as value_year,
        sum(cast(net_value as double)) filter (where ordered_date > looks.day - 180) as value_half,
        sum(cast(net_value as double)) filter (where ordered_date between looks.day - 359 and looks.day - 180)
            as value_half_before
    from looked_customers as looks
    inner join core.fct_customer_order_days as orders
        on looks.customer_id = orders.customer_id and orders.ordered_date between looks.day - 364 and looks.day
    group by looks.customer_id, looks.day
),
due_lines as (
    select
        lines.customer_id, lines.requested_date,
        case when coverage.reports_customer_receipts = 1 then lines.received_in_full_date
            else lines.shipped_in_full_date end as done_date
    from core.fct_sales_order_lines as lines
    inner join core.int_source_coverage as coverage
        on lines.source = coverage.source and coverage.reports_shipments = 1
    where lines.is_cancelled = 0 and lines.requested_date is not null
),
served as (
    select looks.customer_id, looks.day,
        avg(case when done_date <= requested_date then 0.0 else 1.0 end) as late_share,
        avg(greatest(datediff('day', requested_date, least(coalesce(done_date, looks.day), looks.day)), 0))
            as late_days,
        avg(case when done_date <= looks.day then 0.0 else 1.0 end) as short_share,
        count(*) as due_year,
        count(*) filter (where requested_date > looks.day - {recent}) as due_recent,
        max(case when done_date <= requested_date then 0 else 1 end)
            filter (where requested_date > looks.day - {recent}) as late_recent
    from looked_customers as looks
    inner join due_lines
        on looks.customer_id = due_lines.customer_id and due_lines.requested_date between looks.day - 364 and looks.day
    group by looks.customer_id, looks.day
),
cased as (
    select looks.customer_id, looks.day, count(*) as cases_year,
        count(*) filter (where case_type = 'complaint') as complaints_year
    from looked_customers as looks
    inner join canonical.cnl_service_cases as cases
        on looks.customer_id = cases.customer_id
            and cast(cases.opened_at as date) between looks.day - 364 and looks.day
    group by looks.customer_id, looks.day
),
returned as (
    select looks.customer_id, looks.day, count(*) as returns_year
    from looked_customers as looks
    inner join core.fct_customer_returns as returns
        on looks.customer_id = returns.customer_id and returns.returned_date between looks.day - 364 and looks.day
    group by looks.customer_id, looks.day
),
in_time as (
    select invoices.invoice_id, invoices.customer_id, invoices.due_date, any_value(invoices.gross_value) as gross_value,
        coalesce(sum(settled_value) filter (where settled_date <= invoices.due_date), 0) as settled_value
    from canonical.cnl_invoices as invoices
    left join canonical.cnl_settlements as settlements on invoices.invoice_id = settlements.invoice_id
    where invoices.invoice_type = 'customer_invoice' and invoices.invoice_status <> 'cancelled'
        and invoices.invoice_date <= cast('{as_of}' as date) and exists (select 1 from canonical.cnl_settlements)
    group by invoices.invoice_id, invoices.customer_id, invoices.due_date
),
paid as (
    select looks.customer_id, looks.day,
        avg(case when settled_value >= gross_value * 0.999 then 0.0 else 1.0 end) as paid_late_share
    from looked_customers as looks
    inner join in_time
        on looks.customer_id = in_time.customer_id and in_time.due_date between looks.day - 364 and looks.day
    group by looks.customer_id, looks.day
),
price_steps as (
    select customer_id, ordered_date,
        cast(unit_price as double) / nullif(cast(lag(unit_price) over by_day as double), 0) - 1 as step
    from core.fct_sales_order_lines
    where is_cancelled = 0
    window by_day as (partition by customer_id, item_id order by ordered_date, sales_order_line_id)
),
priced as (
    select looks.customer_id, looks.day, avg(step) as price_change
    from looked_customers as looks
    inner join price_steps
        on looks.customer_id = price_steps.customer_id
            and price_steps.ordered_date between looks.day - 364 and looks.day
    group by looks.customer_id, looks.day
)
select
    looks.customer_id || '@' || looks.day as row_id, looks.customer_id as subject, looks.customer_group,
    coalesce(looks.segment, '') as "group", looks.day as known_date,
    case when looks.day + looks.churn_days <= cast('{as_of}' as date) then looks.day + looks.churn_days end
        as decided_date,
    case
        when looks.day + looks.churn_days > cast('{as_of}' as date) then null
        when looks.next_date <= looks.day + looks.churn_days then 0
        else 1
    end as outcome,
    bought.value_year as worth,
    datediff('day', looks.last_date, looks.day) as silent_days, looks.usual_gap_days,
    datediff('day', looks.last_date, looks.day) / nullif(looks.usual_gap_days, 0) as silent_ratio,
    looks.repeats,
    datediff('day', looks.first_date, looks.last_date) / 7.0 as buying_weeks,
    (datediff('day', looks.first_date, looks.day) + 1) / 7.0 as known_weeks,
    bought.orders_year, bought.value_year,
    (coalesce(bought.value_half, 0) - coalesce(bought.value_half_before, 0))
        / nullif(coalesce(bought.value_half, 0) + coalesce(bought.value_half_before, 0), 0) as value_change,
    served.late_share, served.late_days, served.short_share,
    served.due_year, served.due_recent, served.late_recent,
    case when exists (select 1 from canonical.cnl_service_cases) then coalesce(cased.complaints_year, 0) end
        as complaints_year,
    case when exists (select 1 from canonical.cnl_service_cases) then coalesce(cased.cases_year, 0) end as cases_year,
    case when exists (select 1 from core.fct_customer_returns) then coalesce(returned.returns_year, 0) end
        as returns_year,
    paid.paid_late_share, priced.price_change, month(looks.day) as month
from looked_customers as looks
left join bought on looks.customer_id = bought.customer_id and looks.day = bought.day
left join served on looks.customer_id = served.customer_id and looks.day = served.day
left join cased on looks.customer_id = cased.customer_id and looks.day = cased.day
left join returned on looks.customer_id = returned.customer_id and looks.day = returned.day
left join paid on looks.customer_id = paid.customer_id and looks.day = paid.day
left join priced on looks.customer_id = priced.customer_id and looks.day = priced.day
order by row_id
"""


def grouped_customers(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """One row per customer: customer_id, customer_type, segment, created_date, customer_group."""
    connection.execute(_CUSTOMERS)
    found: pl.DataFrame = connection.sql("select * from grouped_customers order by customer_id").pl()
    return found


def customer_looks(connection: duckdb.DuckDBPyConnection, as_of: date) -> pl.DataFrame:
    """The keys of `ChanceRows`, customer_group, FEATURES and FELT; one row per month end and customer active then.

    The outcome is 1 where no order came within `churn_days` of the group. Looks of `as_of` are those still running.
    """
    grouped_customers(connection)
    connection.execute(_LOOKS.format(as_of=as_of.isoformat(), back=LOOK_BACK_MONTHS))
    found: pl.DataFrame = connection.sql(_ALL.format(as_of=as_of.isoformat(), recent=RECENT_DAYS)).pl()
    return found
