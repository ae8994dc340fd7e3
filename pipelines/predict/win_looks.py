"""Looks at opportunities: what was known about each open one at the end of the first day of a month.

Each column uses only what had been recorded by the day of the look. The expected close is put back to what it was by
`document_changes`. The expected value, the probability that the representative states, and the score of a lead are
left out: sources keep them as they stand today and not as they stood then.
"""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

# Feature → what it is, for the documentation; the screens have their own words.
FEATURES = {
    "stage_sequence": "place of the stage in the order",
    "days_in_stage": "days since it entered the stage",
    "age_days": "days since it was created",
    "days_to_close": "days to the expected close as known that day, negative when past",
    "close_moves": "how often the expected close had been moved",
    "activities": "activities so far",
    "activities_30_days": "activities of the last thirty days",
    "days_since_activity": "days since the last activity",
    "quotations": "quotations so far",
    "days_since_quotation": "days since the last quotation",
    "customer_orders": "orders of the customer in the year before",
    "days_since_order": "days since the last order of the customer",
    "customer_win_rate": "share won of the customer's opportunities closed before",
    "customer_open": "open opportunities of the customer",
    "customer_late_share": "share late of the customer's last twenty lines due, against the first promise",
    "rep_win_rate": "share won of the representative's last fifty opportunities closed",
    "has_campaign": "it came from a campaign, its own or its lead's",
    "has_lead": "it came from a lead",
    "month": "month of the look",
}
# So many months are looked back.
LOOK_BACK_MONTHS = 48
_LOOKS = """
with days as (
    select cast(day as date) as day
    from generate_series(
        date_trunc('month', cast('{as_of}' as date)) - interval {back} month, cast('{as_of}' as date), interval 1 month
    ) as series (day)
    where cast(day as date) < cast('{as_of}' as date)
    union all select cast('{as_of}' as date)
),
opportunities as (
    select
        opportunity_id as id, customer_id, sales_rep_id, lead_id, campaign_id, created_date, closed_date, is_won,
        cast(expected_value as double) as worth, expected_close_date, is_open
    from core.fct_opportunities
    where created_date is not null and (is_open = 1 or closed_date is not null)
),
looks as (
    select opportunities.*, days.day
    from opportunities
    inner join days
        on
            opportunities.created_date <= days.day
            and (opportunities.is_open = 1 or opportunities.closed_date > days.day)
),
stages as (
    select opportunity_id as id, entered_date as day, stage, stage_sequence
    from core.fct_opportunity_stages
    where is_closing = 0
    qualify row_number() over (partition by opportunity_id, entered_date order by visit desc) = 1
),
moves as (
    select
        line_id as id, cast(changed_at as date) as day, try_cast(old_value as date) as old_date,
        count(*) over (partition by line_id order by changed_at) as moves
    from canonical.cnl_document_changes
    where document_type = 'opportunities' and field = 'expected_close_date'
),
-- The first change of a day has the date that held before that day, the last one counts them all.
move_days as (
    select id, day, arg_min(old_date, moves) as old_date, max(moves) as moves from moves group by id, day
),
acted as (
    select
        opportunity_id as id, activity_date as day,
        sum(count(*)) over (partition by opportunity_id order by activity_date) as so_far
    from core.fct_activities
    where opportunity_id is not null and activity_date is not null
    group by opportunity_id, activity_date
),
quoted as (
    select
        opportunity_id as id, quoted_date as day,
        sum(count(*)) over (partition by opportunity_id order by quoted_date) as so_far
    from core.fct_quotations
    where opportunity_id is not null and quoted_date is not null
    group by opportunity_id, quoted_date
),
ordered as (
    select
        customer_id, day, sum(sum(orders)) over (partition by customer_id order by day) as so_far
    from (
        select customer_id, ordered_date as day, count(distinct sales_order_id) as orders
        from core.fct_sales_order_lines
        where customer_id is not null group by customer_id, ordered_date
    )
    group by customer_id, day
),
closed_of_customers as (
    select
        customer_id, closed_date as day,
        sum(sum(is_won)) over (partition by customer_id order by closed_date) as won,
        sum(count(*)) over (partition by customer_id order by closed_date) as closed
    from opportunities
    where closed_date is not null and is_open = 0 and customer_id is not null
    group by customer_id, closed_date
),
closed_of_reps as (
    select sales_rep_id, day, rate
    from (
        select
            sales_rep_id, closed_date as day, id,
            avg(is_won) over (partition by sales_rep_id order by closed_date, id rows 49 preceding) as rate
        from opportunities where closed_date is not null and is_open = 0 and sales_rep_id is not null
    )
    qualify row_number() over (partition by sales_rep_id, day order by id desc) = 1
),
-- A line tells on the day after its promise whether it was late; what came that day is known.
due_lines as (
    select customer_id, day, share
    from (
        select
            customer_id, first_promised_date + 1 as day, sales_order_line_id as id,
            avg(case when received_in_full_date <= first_promised_date then 0.0 else 1.0 end) over (
                partition by customer_id order by first_promised_date, sales_order_line_id rows 19 preceding
            ) as share
        from core.fct_sales_order_lines
        inner join core.int_source_coverage as coverage
            on fct_sales_order_lines.source = coverage.source and coverage.reports_customer_receipts = 1
        where is_cancelled = 0 and first_promised_date < cast('{as_of}' as date) and customer_id is not null
    )
    qualify row_number() over (partition by customer_id, day order by id desc) = 1
),
of_customers as (
    select customer_id, day, count(*) as open from looks where customer_id is not null group by customer_id, day
),
staged as (
    select looks.*, stages.stage, stages.stage_sequence, datediff('day', stages.day, looks.day) as days_in_stage
    from looks asof left join stages on looks.id = stages.id and looks.day >= stages.day
),
moved as (
    select staged.*, coalesce(next_move.old_date, staged.expected_close_date) as close_then
    from staged asof left join move_days as next_move on staged.id = next_move.id and staged.day < next_move.day
),
counted as (
    select moved.*, coalesce(past_move.moves, 0) as close_moves
    from moved asof left join move_days as past_move on moved.id = past_move.id and moved.day >= past_move.day
),
of_activities as (
    select counted.*, coalesce(acted.so_far, 0) as activities, datediff('day', acted.day, counted.day)
        as days_since_activity
    from counted asof left join acted on counted.id = acted.id and counted.day >= acted.day
),
of_month as (
    select of_activities.*, of_activities.activities - coalesce(acted.so_far, 0) as activities_30_days
    from of_activities
    asof left join acted on of_activities.id = acted.id and of_activities.day - 30 >= acted.day
),
of_quotations as (
    select of_month.*, coalesce(quoted.so_far, 0) as quotations, datediff('day', quoted.day, of_month.day)
        as days_since_quotation
    from of_month asof left join quoted on of_month.id = quoted.id and of_month.day >= quoted.day
),
of_orders as (
    select of_quotations.*, coalesce(ordered.so_far, 0) as orders_so_far,
        datediff('day', ordered.day, of_quotations.day) as days_since_order
    from of_quotations
    asof left join ordered on of_quotations.customer_id = ordered.customer_id and of_quotations.day >= ordered.day
),
of_year as (
    select of_orders.*, of_orders.orders_so_far - coalesce(ordered.so_far, 0) as customer_orders
    from of_orders
    asof left join ordered on of_orders.customer_id = ordered.customer_id and of_orders.day - 365 >= ordered.day
),
of_wins as (
    select of_year.*, past.won / nullif(past.closed, 0) as customer_win_rate
    from of_year
    asof left join closed_of_customers as past on of_year.customer_id = past.customer_id and of_year.day >= past.day
),
of_reps as (
    select of_wins.*, past.rate as rep_win_rate
    from of_wins
    asof left join closed_of_reps as past on of_wins.sales_rep_id = past.sales_rep_id and of_wins.day >= past.day
),
of_promises as (
    select of_reps.*, past.share as customer_late_share
    from of_reps asof left join due_lines as past on of_reps.customer_id = past.customer_id and of_reps.day >= past.day
)
select
    looks.id || '@' || looks.day as row_id, looks.id as subject, coalesce(looks.stage, '') as "group",
    looks.day as known_date,
    case when looks.is_open = 0 then looks.closed_date end as decided_date,
    case when looks.is_open = 0 then cast(looks.is_won as double) end as outcome,
    looks.worth, looks.stage_sequence, looks.days_in_stage,
    datediff('day', looks.created_date, looks.day) as age_days,
    datediff('day', looks.day, looks.close_then) as days_to_close,
    looks.close_moves, looks.activities, looks.activities_30_days, looks.days_since_activity, looks.quotations,
    looks.days_since_quotation,
    case when looks.customer_id is not null then looks.customer_orders end as customer_orders,
    looks.days_since_order, looks.customer_win_rate, of_customers.open as customer_open, looks.customer_late_share,
    looks.rep_win_rate, cast(looks.campaign_id is not null as integer) as has_campaign,
    cast(looks.lead_id is not null as integer) as has_lead, month(looks.day) as month
from of_promises as looks
left join of_customers on looks.customer_id = of_customers.customer_id and looks.day = of_customers.day
order by row_id
"""


def win_looks(connection: duckdb.DuckDBPyConnection, as_of: date) -> pl.DataFrame:
    """The columns of `ChanceRows.of` and FEATURES; looks of the day `as_of` itself are at what is open."""
    found: pl.DataFrame = connection.sql(_LOOKS.format(as_of=as_of.isoformat(), back=LOOK_BACK_MONTHS)).pl()
    return found
