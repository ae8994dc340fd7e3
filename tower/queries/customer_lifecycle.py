"""Customers by stage of their life, cohort, recency and value, and who may not come back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# Filters in their order, each a column of core.dim_customers.
FILTERS = ("segment", "customer_type", "sales_rep_id", "region")
Chosen = tuple[tuple[str, tuple[str, ...]], ...]
MOST_ROWS = 2_000
RFM_DAYS = 730
_MEMBERS = "select * from core.dim_customers as members where {where}"
_ACCOUNTS = """
    members.customer_id, members.customer_name, members.customer_type, members.segment, members.region,
    members.sales_rep_name, stages.stage, stages.last_ordered_date, stages.silent_days, stages.usual_gap_days,
    stages.order_days, yearly.value_year, given.margin_rate, given.alive_probability, given.expected_orders,
    given.lifetime_value, given.churn_probability, given.value_at_risk, given.is_out_of_rhythm, given.customer_group
"""
_JOINED = """
    members
    left join core.fct_customer_stages as stages
        on members.customer_id = stages.customer_id
            and stages.day = (select max(day) from core.fct_customer_stages)
    left join core.fct_customer_values as given on members.customer_id = given.customer_id
    left join (
        select customer_id, sum(net_value) as value_year from core.fct_customer_order_days
        where ordered_date > cast($as_of as date) - interval 1 year group by customer_id
    ) as yearly on members.customer_id = yearly.customer_id
"""
_RANKED = """
    order by given.value_at_risk desc nulls last, given.lifetime_value desc nulls last,
        yearly.value_year desc nulls last, members.customer_id
"""


def _members(chosen: Chosen) -> tuple[str, dict[str, Any]]:
    conditions = [f"list_contains(cast(${name} as varchar[]), {name})" for name, _ in chosen if name in FILTERS]
    sql = f"members as ({_MEMBERS.format(where=' and '.join(conditions) or 'true')})"
    return sql, {name: list(values) for name, values in chosen if name in FILTERS}


def options(warehouse: Warehouse) -> dict[str, dict[str, str]]:
    """For each filter its values with a name, as data has them."""
    names = {"sales_rep_id": "any_value(sales_rep_name)"}
    found = {}
    for name in FILTERS:
        rows = warehouse.frame(
            f"select {name}, {names.get(name, name)} from core.dim_customers where {name} is not null "
            f"group by {name} order by {name}"
        )
        found[name] = {value: label or value for value, label in rows.rows()}
    return found


def stages(warehouse: Warehouse) -> pl.DataFrame:
    """The stages in their order, with rules and thresholds."""
    return warehouse.frame("select * from reference.lifecycle_stages order by stage_order")


def days(warehouse: Warehouse) -> list[date]:
    """The days with a stage, the latest first; the earliest only opens the flow of the next."""
    found = warehouse.frame("select distinct day from core.fct_customer_stages order by day desc")
    return found["day"].to_list()


def course(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """Customers by day and stage: day, stage, customers."""
    members, given = _members(chosen)
    return warehouse.frame(
        f"""
        with {members}
        select day, stage, count(*) as customers from core.fct_customer_stages
        where customer_id in (select customer_id from members) group by day, stage order by day, stage
        """,
        given,
    )


def transitions(warehouse: Warehouse, chosen: Chosen, day: date) -> pl.DataFrame:
    """Customers by stage before (null: not known before) and stage on the day."""
    members, given = _members(chosen)
    return warehouse.frame(
        f"""
        with {members}
        select previous_stage, stage, count(*) as customers from core.fct_customer_stages
        where day = $day and customer_id in (select customer_id from members)
        group by previous_stage, stage order by previous_stage, stage
        """,
        {**given, "day": day},
    )


def flows(moves: pl.DataFrame, codes: list[str]) -> pl.DataFrame:
    """Stock and flow of the stages from `transitions`: stage, opening, arrived (new customers), moved_in, moved_out,
    closing. Opening + arrived + moved in − moved out = closing."""
    one = pl.col("customers")
    was, now = pl.col("previous_stage"), pl.col("stage")
    rows = []
    for code in codes:
        part = moves.select(
            opening=one.filter(was == code).sum(),
            arrived=one.filter(was.is_null() & (now == code)).sum(),
            moved_in=one.filter(was.is_not_null() & (was != code) & (now == code)).sum(),
            moved_out=one.filter((was == code) & (now != code)).sum(),
            closing=one.filter(now == code).sum(),
        ).row(0, named=True)
        rows.append({"stage": code, **{name: int(value or 0) for name, value in part.items()}})
    return pl.DataFrame(rows)


def accounts_of_move(warehouse: Warehouse, chosen: Chosen, day: date, before: str, stage: str) -> pl.DataFrame:
    """The accounts that went from one stage to another in the period that ends on the day (`before` "new": not known
    before; empty: from any), as they are today."""
    members, given = _members(chosen)
    return warehouse.frame(
        f"""
        with {members}
        select {_ACCOUNTS} from {_JOINED}
        where members.customer_id in (
            select customer_id from core.fct_customer_stages
            where day = $day and stage = $stage
                and ($before = '' or coalesce(previous_stage, 'new') = $before)
        )
        {_RANKED} limit {MOST_ROWS}
        """,
        {**given, "day": day, "stage": stage, "before": before, "as_of": warehouse.as_of},
    )


def accounts(warehouse: Warehouse, chosen: Chosen, ids: tuple[str, ...] | None = None) -> pl.DataFrame:
    """Accounts with an order, or those named, the most value at risk first."""
    members, given = _members(chosen)
    return warehouse.frame(
        f"""
        with {members}
        select {_ACCOUNTS} from {_JOINED}
        where given.customer_id is not null
            and ($everyone or list_contains(cast($ids as varchar[]), members.customer_id))
        {_RANKED} limit {MOST_ROWS}
        """,
        {**given, "ids": list(ids or ()), "everyone": ids is None, "as_of": warehouse.as_of},
    )


def totals(warehouse: Warehouse, chosen: Chosen) -> dict[str, Any]:
    """customers (with an order), lifetime_value, value_at_risk, valued (customers with a value), losses (of them with
    a negative one), out_of_rhythm."""
    members, given = _members(chosen)
    found = warehouse.frame(
        f"""
        with {members}
        select count(*) as customers, sum(lifetime_value) as lifetime_value, sum(value_at_risk) as value_at_risk,
            count(lifetime_value) as valued, count(*) filter (where lifetime_value < 0) as losses,
            count(*) filter (where is_out_of_rhythm) as out_of_rhythm
        from core.fct_customer_values where customer_id in (select customer_id from members)
        """,
        given,
    )
    return found.row(0, named=True)


def cohorts(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """By month of the first order and months since: cohort, since, size, customers, orders, net_value, margin_value."""
    members, given = _members(chosen)
    return warehouse.frame(
        f"""
        with {members},
        bought as (
            select *, min(ordered_date) over (partition by customer_id) as first_date
            from core.fct_customer_order_days where customer_id in (select customer_id from members)
        ),
        placed as (
            select *, cast(date_trunc('month', first_date) as date) as cohort,
                datediff('month', date_trunc('month', first_date), date_trunc('month', ordered_date)) as since
            from bought
        ),
        sizes as (select cohort, count(distinct customer_id) as size from placed group by cohort)
        select placed.cohort, cast(since as integer) as since, any_value(sizes.size) as size,
            count(distinct customer_id) as customers,
            cast(sum(order_count) as integer) as orders, sum(net_value) as net_value, sum(margin_value) as margin_value
        from placed inner join sizes on placed.cohort = sizes.cohort
        group by placed.cohort, since order by placed.cohort, since
        """,
        given,
    )


def repeats(warehouse: Warehouse, chosen: Chosen) -> dict[str, Any]:
    """customers with an order, repeaters (two order days or more), median_gap (days between order days)."""
    members, given = _members(chosen)
    found = warehouse.frame(
        f"""
        with {members},
        bought as (
            select customer_id, ordered_date - lag(ordered_date) over (partition by customer_id order by ordered_date)
                as gap
            from core.fct_customer_order_days where customer_id in (select customer_id from members)
        )
        select count(distinct customer_id) as customers,
            count(distinct customer_id) filter (where gap is not null) as repeaters, median(gap) as median_gap
        from bought
        """,
        given,
    )
    return found.row(0, named=True)


def retention(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """Twelve months against the twelve before, ending today and each quarter of a year earlier, as far as the orders
    reach back: end_date, base_customers, kept_customers, base_value, net_value, kept_value.

    Of the customers who ordered in the year before: `net_value` is what they ordered in the year, `kept_value` the
    same with each customer counted up to what it had ordered before.
    """
    members, given = _members(chosen)
    return warehouse.frame(
        f"""
        with {members},
        ends as (
            select cast(cast($as_of as date) - to_months(cast(3 * number as integer)) as date) as end_date
            from generate_series(0, 7) as series (number)
        ),
        reach as (select min(ordered_date) as first_date from core.fct_customer_order_days),
        by_customer as (
            select ends.end_date, orders.customer_id,
                coalesce(sum(net_value) filter (where ordered_date <= end_date - interval 1 year), 0) as before,
                coalesce(sum(net_value) filter (where ordered_date > end_date - interval 1 year), 0) as now
            from ends
            inner join core.fct_customer_order_days as orders
                on orders.ordered_date > end_date - interval 2 year and orders.ordered_date <= end_date
            where orders.customer_id in (select customer_id from members)
                and end_date - interval 2 year + interval 1 day >= (select first_date from reach)
            group by ends.end_date, orders.customer_id
        )
        select end_date, count(*) as base_customers, count(*) filter (where now > 0) as kept_customers,
            sum(before) as base_value, sum(now) as net_value, sum(least(now, before)) as kept_value
        from by_customer where before > 0 group by end_date order by end_date desc
        """,
        {**given, "as_of": warehouse.as_of},
    )


def concentration(warehouse: Warehouse, chosen: Chosen) -> dict[str, Any]:
    """Net value ordered in twelve months: customers, value, top_1, top_5, top_20, hhi (squared shares)."""
    members, given = _members(chosen)
    found = warehouse.frame(
        f"""
        with {members},
        bought as (
            select customer_id, sum(net_value) as value from core.fct_customer_order_days
            where ordered_date > cast($as_of as date) - interval 1 year
                and customer_id in (select customer_id from members)
            group by customer_id having sum(net_value) > 0
        ),
        ranked as (select *, row_number() over (order by value desc, customer_id) as place from bought)
        select count(*) as customers, sum(value) as value, sum(value) filter (where place <= 1) as top_1,
            sum(value) filter (where place <= 5) as top_5, sum(value) filter (where place <= 20) as top_20,
            sum(cast(value as double) * cast(value as double)) / nullif(power(cast(sum(value) as double), 2), 0) as hhi
        from ranked
        """,
        {**given, "as_of": warehouse.as_of},
    )
    return found.row(0, named=True)


def rfm(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """One row per customer with an order in RFM_DAYS: recency_days, order_days, net_value and their scores 1 to 5.

    A score is 1 + 5 × (customers with a worse value) ÷ customers, cut to whole numbers: equal values score alike, in
    whatever order the rows come.
    """
    members, given = _members(chosen)
    return warehouse.frame(
        f"""
        with {members},
        bought as (
            select customer_id, datediff('day', max(ordered_date), cast($as_of as date)) as recency_days,
                count(*) as order_days, sum(net_value) as net_value
            from core.fct_customer_order_days
            where ordered_date > cast($as_of as date) - interval {RFM_DAYS} day
                and customer_id in (select customer_id from members)
            group by customer_id
        )
        select *,
            cast(1 + floor(5 * (rank() over (order by recency_days desc) - 1) / count(*) over ()) as integer) as r,
            cast(1 + floor(5 * (rank() over (order by order_days) - 1) / count(*) over ()) as integer) as f,
            cast(1 + floor(5 * (rank() over (order by net_value) - 1) / count(*) over ()) as integer) as m
        from bought order by customer_id
        """,
        {**given, "as_of": warehouse.as_of},
    )


def facts(warehouse: Warehouse, customer_id: str) -> pl.DataFrame:
    """What is known of one customer beside what is usual: rank, feature, value, usual_value, effect, average."""
    return warehouse.frame(
        "select * from core.fct_churn_reasons where customer_id = $id order by rank", {"id": customer_id}
    )


def groups(warehouse: Warehouse) -> pl.DataFrame:
    """The groups of customers with their horizons, what was fitted, what gives the chance of churn and its auc;
    best_auc is that of the candidate with the best chances, also where it is not used."""
    return warehouse.frame(
        """
        select rules.*, made.customers, made.repeaters, made.is_fitted, made.value_dependence, made.value_by,
            made.churn_by, made.churn_reason, made.asked_customers, made.held_out_customers, made.held_out_came,
            made.held_out_expected, made.held_out_error, made.held_out_plain_error, made.is_better_than_plain,
            judged.auc,
            (
                select arg_min(every.auc, every.brier) from core.fct_churn_validation as every
                where every.customer_group = rules.customer_group and every.split = 'all'
                    and every.candidate <> 'shuffled'
            ) as best_auc
        from reference.customer_groups as rules
        left join core.fct_customer_value_groups as made on rules.customer_group = made.customer_group
        left join core.fct_churn_validation as judged
            on rules.customer_group = judged.customer_group and judged.split = 'all' and judged.is_used
        order by rules.group_order
        """
    )


def parameters(warehouse: Warehouse) -> pl.DataFrame:
    """The fitted parameters with their standard errors."""
    return warehouse.frame(
        "select * from core.fct_customer_value_parameters order by customer_group desc, model, parameter"
    )


def validation(warehouse: Warehouse, group: str) -> pl.DataFrame:
    """Every candidate at every cutoff, all cutoffs together first, the best first."""
    return warehouse.frame(
        """
        select * from core.fct_churn_validation where customer_group = $group
        order by split <> 'all', split, candidate = 'shuffled', brier, candidate
        """,
        {"group": group},
    )


def calibration(warehouse: Warehouse, group: str, candidate: str) -> pl.DataFrame:
    """Chance given against share of churn, by tenth of the chances."""
    return warehouse.frame(
        """
        select bin, rows, predicted, observed from core.fct_churn_calibration
        where customer_group = $group and candidate = $candidate order by bin
        """,
        {"group": group, "candidate": candidate},
    )
