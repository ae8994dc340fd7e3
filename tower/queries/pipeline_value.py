"""What the pipeline is worth against quotas, what campaigns bring, and the demand that it holds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from tower.queries.pipeline import Asked, chosen, given, named

if TYPE_CHECKING:
    from tower.warehouse import Warehouse


def coverage(warehouse: Warehouse, by: str, asked: Asked) -> pl.DataFrame:
    """One row per month of expected close, representative or team (`by`: month, rep, team).

    opportunities, value, chance_value, stated_value; quota, intake (orders of the month that runs) and remaining, the
    quota of the months from this one on less that intake, never below 0 for a representative and month; coverage =
    value ÷ remaining. What should have closed before this month counts in this month. Months without any quota have
    no coverage, and by representative or team only months with a quota count.
    """
    key = {
        "month": "strftime(month, '%Y-%m')", "rep": "coalesce(reps.sales_rep_name, joined.sales_rep_id)",
        "team": "reps.team",
    }[by]  # fmt: skip
    counted = "true" if by == "month" else "month <= (select max(month) from quotas)"
    return warehouse.frame(
        f"""
        with open as (
            select sales_rep_id, campaign_id, opportunity_id, expected_value, chance_value, stated_probability,
                cast(date_trunc('month', greatest(coalesce(expected_close_date, $as_of), $as_of)) as date) as month
            from marts.mart_pipeline where is_open = 1 and {chosen()}
        ),
        quotas as (
            select sales_rep_id, month_start_date as month, quota_value
            from core.fct_sales_quotas where month_start_date >= date_trunc('month', $as_of)
                and sales_rep_id in (select sales_rep_id from core.dim_customers)
        ),
        intake as (
            select sales_rep_id, cast(date_trunc('month', ordered_date) as date) as month, sum(net_value) as value
            from core.fct_sales_order_lines
            where ordered_date between date_trunc('month', $as_of) and $as_of and is_cancelled = 0 group by all
        ),
        targets as (
            select quotas.sales_rep_id, quotas.month, quota_value as quota, coalesce(intake.value, 0) as intake,
                greatest(quota_value - coalesce(intake.value, 0), 0) as remaining
            from quotas left join intake on quotas.sales_rep_id = intake.sales_rep_id and quotas.month = intake.month
        ),
        summed as (
            select sales_rep_id, month, count(*) as opportunities, sum(expected_value) as value,
                sum(chance_value) as chance_value, sum(expected_value * stated_probability) as stated_value
            from open group by all
        ),
        joined as (
            select coalesce(summed.sales_rep_id, targets.sales_rep_id) as sales_rep_id,
                coalesce(summed.month, targets.month) as month, opportunities, value, chance_value, stated_value,
                quota, intake, remaining
            from summed
            full join targets on summed.sales_rep_id = targets.sales_rep_id and summed.month = targets.month
        )
        select {key} as name, coalesce(sum(opportunities), 0) as opportunities, coalesce(sum(value), 0) as value,
            sum(chance_value) as chance_value, sum(stated_value) as stated_value, sum(quota) as quota,
            sum(intake) as intake, sum(remaining) as remaining,
            case when sum(remaining) > 0 then coalesce(sum(value), 0) / sum(remaining) end as coverage
        from joined left join core.dim_sales_reps as reps on joined.sales_rep_id = reps.sales_rep_id
        where {named("joined.sales_rep_id", "reps")} and {named("reps.team", "teams")} and {counted}
        group by 1 order by {"name" if by == "month" else "value desc, name"}
        """,
        given(asked, as_of=warehouse.as_of),
    )


def campaigns(warehouse: Warehouse, by: str, start: date, end: date, asked: Asked) -> pl.DataFrame:
    """One row per campaign or channel (`by`: campaign, channel) of campaigns that began in the period.

    cost; leads; converted (leads); opportunities and won; customers (with orders given to it), orders, revenue and
    margin of them; cost_per_lead, cost_per_customer, return = margin ÷ cost.
    """
    key = {"campaign": "campaign_id", "channel": "channel"}[by]
    return warehouse.frame(
        f"""
        with picked as (
            select * from core.fct_campaigns
            where start_date between $start and $end and {named("campaign_id", "campaigns")}
        ),
        leads as (
            select campaign_id, count(*) as leads, sum(is_converted) as converted from core.fct_leads group by all
        ),
        opportunities as (
            select campaign_id, count(*) as opportunities, sum(is_won) as won from core.fct_opportunities group by all
        ),
        orders as (
            select picked.{key}, count(distinct orders.customer_id) as customers, count(*) as orders,
                sum(net_value) as revenue, sum(margin_value) as margin
            from picked inner join core.fct_campaign_orders as orders on picked.campaign_id = orders.campaign_id
            group by all
        ),
        summed as (
            select picked.{key}, min(campaign_name) as campaign_name, min(channel) as of_channel,
                min(start_date) as start_date, max(end_date) as end_date, sum(budget_value) as budget,
                sum(cost_value) as cost, coalesce(sum(leads.leads), 0) as leads,
                coalesce(sum(leads.converted), 0) as converted,
                coalesce(sum(opportunities.opportunities), 0) as opportunities,
                coalesce(sum(opportunities.won), 0) as won
            from picked
            left join leads on picked.campaign_id = leads.campaign_id
            left join opportunities on picked.campaign_id = opportunities.campaign_id
            group by picked.{key}
        )
        select summed.*, coalesce(customers, 0) as customers, coalesce(orders, 0) as orders,
            coalesce(revenue, 0) as revenue, coalesce(margin, 0) as margin,
            cost / nullif(leads, 0) as cost_per_lead, cost / nullif(coalesce(customers, 0), 0) as cost_per_customer,
            coalesce(margin, 0) / nullif(cost, 0) as return
        from summed left join orders on summed.{key} = orders.{key}
        order by cost desc nulls last, summed.{key}
        """,
        {"start": start, "end": end, "campaigns": list(asked[2])},
    )


def demand(warehouse: Warehouse, asked: Asked) -> pl.DataFrame:
    """Open opportunity lines by item (else category) and month expected, most weighted value first: quantity if all is
    won, weighted_quantity, weighted_value, opportunities, and overdue, the quantity whose date has passed."""
    return warehouse.frame(
        f"""
        select item_id, category_id, any_value(item_name) as item_name, any_value(item_name_zh) as item_name_zh,
            any_value(base_uom) as base_uom, cast(date_trunc('month', expected_date) as date) as month,
            count(distinct opportunity_id) as opportunities, sum(quantity) as quantity,
            sum(weighted_quantity) as weighted_quantity, sum(weighted_value) as weighted_value,
            coalesce(sum(quantity) filter (where expected_date < $as_of), 0) as overdue
        from marts.mart_pipeline_demand where {chosen("mart_pipeline_demand")}
        group by item_id, category_id, month
        order by month nulls last, sum(weighted_value) desc nulls last, item_id, category_id
        """,
        given(asked, as_of=warehouse.as_of),
    )


def model(warehouse: Warehouse) -> dict[str, Any] | None:
    """What the chances come from: reason, used, decided_rows, open_count; None where there is none."""
    frame = warehouse.frame("select * from core.fct_chance_models where model = 'win'")
    return frame.row(0, named=True) if frame.height else None


def validation(warehouse: Warehouse) -> pl.DataFrame:
    """Every candidate and cutoff, all cutoffs together first and the best first."""
    return warehouse.frame(
        """
        select * exclude (model) from core.fct_chance_validation where model = 'win'
        order by split <> 'all', split, brier, candidate
        """
    )


def calibration(warehouse: Warehouse, candidate: str) -> pl.DataFrame:
    """bin, looks, predicted, observed of one candidate."""
    return warehouse.frame(
        """
        select bin, looks, predicted, observed from core.fct_chance_calibration
        where model = 'win' and candidate = $candidate order by bin
        """,
        {"candidate": candidate},
    )
