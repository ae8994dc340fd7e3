"""What the plan reads of the forecast: the demand to cover, and safety stocks that follow from a service target."""

from __future__ import annotations

from datetime import date
from typing import Literal

import duckdb

# forecast: the build's own, and the source's for items that it has no history of. company: the source's alone.
# orders: no forecast at all.
PlanDemand = Literal["forecast", "company", "orders"]
# stated: as the policies say. target: where a policy states a target and no safety stock, the proposal.
# proposed: the proposal wherever there is one.
PlanPipeline = Literal["ignore", "add"]
PlanSafetyStock = Literal["stated", "target", "proposed"]

# A forecast of a stage that counts more is taken as long as it is at most so much older than the newest one.
STAGE_AGE_DAYS = 31

# Of each bucket the newest forecast of the stage that counts most; one size of bucket for each item and place.
_COMPANY = """
    with stages as (
        select *, case stage when 'planner' then 1 when 'consensus' then 2 else 3 end as stage_rank,
            max(created_at) over (
                partition by item_id, location_id, customer_id, channel, bucket, bucket_start_date
            ) as newest_at
        from canonical.cnl_demand_forecasts
        where created_at < $as_of + interval 1 day
            and bucket_start_date + case bucket when 'month' then interval 1 month when 'week' then interval 7 day
                else interval 1 day end > $as_of
    ),
    ranked as (
        select *, row_number() over (
            partition by item_id, location_id, customer_id, channel, bucket, bucket_start_date
            order by stage_rank, created_at desc
        ) as choice
        from stages where created_at > newest_at - interval $stage_age_days day
    ),
    sized as (
        select *, first_value(bucket) over (
            partition by item_id, location_id order by created_at desc, bucket
        ) as chosen_bucket
        from ranked where choice = 1
    )
    select item_id, location_id, bucket, bucket_start_date, cast(sum(quantity) as double) as quantity,
        max(created_at) as created_at, min(stage) as stage
    from sized where bucket = chosen_bucket group by all
"""
_OWN = """
    select item_id, location_id, bucket, period_start as bucket_start_date, sum(quantity) as quantity,
        cast($as_of as timestamp) as created_at, 'forecast' as stage
    from engine.demand_forecasts group by all
"""

# What open opportunities are expected to bring, by the chance that they are won; what should have closed already is
# left out. An item that is forecast by other buckets than months takes none.
_PIPELINE = """
    select item_id, cast(null as varchar) as location_id, 'month' as bucket, month_start as bucket_start_date,
        sum(expected_quantity - overdue_quantity) as quantity, cast($as_of as timestamp) as created_at,
        'pipeline' as stage
    from engine.demand_pipeline where item_id is not null
    group by all having sum(expected_quantity - overdue_quantity) > 0
"""

_WITHOUT_OWN = "item_id not in (select item_id from engine.demand_forecasts)"


def write_plan_forecasts(
    connection: duckdb.DuckDBPyConnection, as_of: date, choice: PlanDemand, pipeline: PlanPipeline = "ignore"
) -> None:
    """Write engine.plan_forecasts: item_id, location_id (empty: to be spread), bucket, its first day, quantity.

    With `pipeline` "add" engine.demand_pipeline is planned for as well, as rows of the stage `pipeline`.
    """
    company = f"select * from ({_COMPANY})"
    rows = {
        "orders": f"{company} where false",
        "company": company,
        "forecast": f"{_OWN} union all by name {company} where {_WITHOUT_OWN}",
    }[choice]
    if pipeline == "add":
        rows = f"""
            with stated as ({rows})
            select * from stated
            union all by name
            select * from ({_PIPELINE})
            where item_id not in (select item_id from stated where bucket <> 'month' and item_id is not null)
        """
    for word, text in {
        "$as_of": f"cast('{as_of.isoformat()}' as date)", "$stage_age_days": str(STAGE_AGE_DAYS)
    }.items():  # fmt: skip
        rows = rows.replace(word, text)
    connection.execute("create schema if not exists engine")
    connection.execute(f"create or replace table engine.plan_forecasts as {rows}")


def write_plan_safety_stocks(connection: duckdb.DuckDBPyConnection, choice: PlanSafetyStock | None) -> None:
    """Write engine.plan_safety_stocks: item_id, location_id, quantity that stands in for what the policy says."""
    connection.execute("create schema if not exists engine")
    if choice is None or choice == "stated":
        connection.execute(
            "create or replace table engine.plan_safety_stocks (item_id varchar, location_id varchar, quantity double)"
        )
        return
    only = "" if choice == "proposed" else """
        where policies.target_service_rate is not null and policies.safety_stock_quantity is null
            and coalesce(policies.days_of_cover, 0) = 0 and policies.reorder_point_quantity is null
    """  # fmt: skip
    connection.execute(
        f"""
        create or replace table engine.plan_safety_stocks as
        select proposals.item_id, proposals.location_id, proposals.safety_stock_quantity as quantity
        from engine.stock_policies as proposals
        inner join canonical.cnl_planning_policies as policies
            on proposals.item_id = policies.item_id and proposals.location_id = policies.location_id
        {only}
        """
    )
