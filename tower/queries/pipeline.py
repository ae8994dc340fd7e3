"""The sales pipeline: what is open and what it is worth, its funnel, stage conversion, speed, ages and reasons of loss.

Every question takes `asked`: sales representatives, teams and campaigns, each empty for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

Asked = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
# Who counts as having been in a stage: whoever came that far, or only who was recorded in it.
VARIANTS: Mapping[str, tuple[str, str]] = {
    "all_prior": ("reached_date", "true"),
    "any_stage": ("entered_date", "is_entered = 1"),
}
# How many reasons stand beside a chance.
REASONS = 3


def named(column: str, parameter: str) -> str:
    """A condition that holds for all where nothing is chosen."""
    return f"(len(cast(${parameter} as varchar[])) = 0 or list_contains(cast(${parameter} as varchar[]), {column}))"


def chosen(alias: str = "mart_pipeline") -> str:
    """The condition of `asked` on a relation that has the three columns."""
    return " and ".join(
        named(f"{alias}.{column}", parameter)
        for column, parameter in (("sales_rep_id", "reps"), ("team", "teams"), ("campaign_id", "campaigns"))
    )


def given(asked: Asked, **more: Any) -> dict[str, Any]:
    """The parameters of `chosen`, and others."""
    return {"reps": list(asked[0]), "teams": list(asked[1]), "campaigns": list(asked[2]), **more}


def filter_values(warehouse: Warehouse) -> pl.DataFrame:
    """What can be chosen: kind (rep, team, campaign), value, name."""
    return warehouse.frame(
        """
        select distinct 'rep' as kind, sales_rep_id as value, coalesce(sales_rep_name, sales_rep_id) as name
        from marts.mart_pipeline where sales_rep_id is not null
        union all select distinct 'team', team, team from marts.mart_pipeline where team is not null
        union all select distinct 'campaign', campaign_id, coalesce(campaign_name, campaign_id)
        from marts.mart_pipeline where campaign_id is not null
        order by 1, 3, 2
        """
    )


def totals(warehouse: Warehouse, asked: Asked) -> dict[str, Any]:
    """What is open: opportunities, value, chance_value, stated_value, stated (how many state a probability)."""
    return warehouse.frame(
        f"""
        select count(*) as opportunities, coalesce(sum(expected_value), 0) as value, sum(chance_value) as chance_value,
            sum(expected_value * stated_probability) as stated_value, count(stated_probability) as stated
        from marts.mart_pipeline where is_open = 1 and {chosen()}
        """,
        given(asked),
    ).row(0, named=True)


def funnel(warehouse: Warehouse, start: date, end: date, asked: Asked) -> pl.DataFrame:
    """step, entered, value: leads of the period and what became of them, then opportunities created in the period.

    Steps: leads, leads_converted, leads_to_opportunity, opportunities, quoted, won. Leads have no representative: their
    rows are left out where representatives or teams are chosen.
    """
    frame = warehouse.frame(
        f"""
        with found as (
            select mart_pipeline.*, exists (
                select 1 from core.fct_quotations as quotations
                where quotations.opportunity_id = mart_pipeline.opportunity_id
            ) as is_quoted
            from marts.mart_pipeline where created_date between $start and $end and {chosen()}
        ),
        leads as (
            select * from core.fct_leads
            where created_date between $start and $end and {named("campaign_id", "campaigns")}
        )
        select 1 as place, 'leads' as step, count(*) as entered, cast(null as double) as value from leads
        union all select 2, 'leads_converted', coalesce(sum(is_converted), 0), null from leads
        union all select 3, 'leads_to_opportunity', count(opportunity_id), null from leads
        union all select 4, 'opportunities', count(*), sum(expected_value) from found
        union all select 5, 'quoted', count(*) filter (where is_quoted),
            sum(expected_value) filter (where is_quoted) from found
        union all select 6, 'won', coalesce(sum(is_won), 0), sum(expected_value) filter (where is_won = 1) from found
        order by place
        """,
        given(asked, start=start, end=end),
    )
    return frame.filter(pl.col("place") > 3) if asked[0] or asked[1] else frame


def conversion(warehouse: Warehouse, variant: str, start: date, end: date, asked: Asked) -> pl.DataFrame:
    """One row per stage, in order: of those that came to it in the period (entered), how many have advanced by now,
    were lost in it, are in it or beyond still open; rate; mean and median days in it of those that left it.

    Raises KeyError for another variant than VARIANTS.
    """
    day, condition = VARIANTS[variant]
    return warehouse.frame(
        f"""
        select stages.stage, min(stages.stage_sequence) as stage_sequence, count(*) as entered,
            sum(is_advanced) as advanced,
            count(*) filter (where is_advanced = 0 and stages.opportunity_status = 'lost') as lost,
            count(*) filter (where is_advanced = 0 and stages.opportunity_status = 'open') as waiting,
            sum(is_advanced) / count(*) as rate,
            avg(stages.days_in_stage) as mean_days, median(stages.days_in_stage) as median_days
        from marts.mart_pipeline_stages as stages
        inner join marts.mart_pipeline on stages.opportunity_id = mart_pipeline.opportunity_id
        where stages.{day} between $start and $end and {condition} and {chosen()}
        group by stages.stage order by stage_sequence, stages.stage
        """,
        given(asked, start=start, end=end),
    )


def velocity(warehouse: Warehouse, by: str, start: date, end: date, asked: Asked) -> pl.DataFrame:
    """One row per representative or team (`by`: rep, team, all): how fast its pipeline turns into money.

    open_count (today); won, decided, won_value and cycle_days of those closed in the period, created and created_won
    of those created in it; size = won_value ÷ won, win_rate, cycle, and per_day = open_count × size × win_rate ÷ cycle.
    """
    key = {"rep": "coalesce(sales_rep_name, sales_rep_id)", "team": "team", "all": "cast('' as varchar)"}[by]
    return warehouse.frame(
        f"""
        with counted as (
            select {key} as name,
                sum(is_open) as open_count,
                coalesce(sum(is_won) filter (where is_closed), 0) as won,
                count(*) filter (where is_closed) as decided,
                coalesce(sum(expected_value) filter (where is_closed and is_won = 1), 0) as won_value,
                coalesce(sum(expected_value) filter (where is_closed), 0) as decided_value,
                sum(sales_cycle_days) filter (where is_closed and is_won = 1) as cycle_days,
                count(sales_cycle_days) filter (where is_closed and is_won = 1) as with_cycle,
                count(*) filter (where created_date between $start and $end) as created,
                coalesce(sum(is_won) filter (where created_date between $start and $end), 0) as created_won,
                count(*) filter (where created_date between $start and $end and is_open = 1) as created_open
            from (
                select *, is_open = 0 and closed_date between $start and $end as is_closed
                from marts.mart_pipeline where {chosen()}
            )
            group by 1
        ),
        rated as (
            select *, won_value / nullif(won, 0) as size, won / nullif(decided, 0) as win_rate,
                won_value / nullif(decided_value, 0) as win_rate_value,
                created_won / nullif(created, 0) as created_win_rate, cycle_days / nullif(with_cycle, 0) as cycle
            from counted
        )
        select *, open_count * size * win_rate / nullif(cycle, 0) as per_day
        from rated where open_count + decided + created > 0 order by per_day desc nulls last, name
        """,
        given(asked, start=start, end=end),
    )


def lost_reasons(warehouse: Warehouse, start: date, end: date, asked: Asked) -> pl.DataFrame:
    """One row per reason of those lost in the period, most value first: reason, lost, value, shares of both."""
    return warehouse.frame(
        f"""
        select lost_reason as reason, count(*) as lost, coalesce(sum(expected_value), 0) as value,
            count(*) / sum(count(*)) over () as share,
            coalesce(sum(expected_value), 0) / nullif(sum(sum(expected_value)) over (), 0) as value_share
        from marts.mart_pipeline
        where is_lost = 1 and closed_date between $start and $end and {chosen()}
        group by lost_reason order by value desc, reason
        """,
        given(asked, start=start, end=end),
    )


def ages(warehouse: Warehouse, asked: Asked) -> pl.DataFrame:
    """One row per stage with open opportunities: opportunities, value, median_days so far; won_median and won_p90, how
    long won ones were in it (all that was ever won); overstayed and overstayed_value, those beyond that p90."""
    return warehouse.frame(
        f"""
        with usual as ({_USUAL})
        select last_stage as stage, min(stage_sequence) as stage_sequence, count(*) as opportunities,
            coalesce(sum(expected_value), 0) as value, median(days_in_stage) as median_days,
            any_value(won_median) as won_median, any_value(won_p90) as won_p90,
            count(*) filter (where days_in_stage > won_p90) as overstayed,
            coalesce(sum(expected_value) filter (where days_in_stage > won_p90), 0) as overstayed_value
        from marts.mart_pipeline left join usual on last_stage = usual.stage
        where is_open = 1 and {chosen()}
        group by last_stage order by stage_sequence, stage
        """,
        given(asked),
    )


def open_list(warehouse: Warehouse, asked: Asked) -> pl.DataFrame:
    """The open opportunities, most weighted value first, with the facts that move the chance most (`reasons`)."""
    return warehouse.frame(
        f"""
        with usual as ({_USUAL}),
        reasons as (
            select opportunity_id, list(feature order by rank) as features, list(effect order by rank) as effects
            from core.fct_win_reasons where rank <= {REASONS} group by opportunity_id
        )
        select mart_pipeline.*, usual.won_median, usual.won_p90,
            date_diff('day', last_activity_date, $as_of) as quiet_days, reasons.features, reasons.effects
        from marts.mart_pipeline
        left join usual on last_stage = usual.stage
        left join reasons on mart_pipeline.opportunity_id = reasons.opportunity_id
        where is_open = 1 and {chosen()}
        order by coalesce(chance_value, expected_value) desc nulls last, mart_pipeline.opportunity_id
        """,
        given(asked, as_of=warehouse.as_of),
    )


_USUAL = """
    select stage, median(days_in_stage) as won_median, quantile_disc(days_in_stage, 0.9) as won_p90
    from marts.mart_pipeline_stages where opportunity_status = 'won' and days_in_stage is not null group by stage
"""
