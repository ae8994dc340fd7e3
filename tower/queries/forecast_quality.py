"""How good the forecast is, whom it fails most, and what its stock would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# The stage whose forecast counts, and those it is set against, in the order of a reader.
OWN = "reconciled"
COMPARED = (OWN, "naive", "seasonal_naive", "other_statistical", "other_planner")


def alarms(warehouse: Warehouse) -> pl.DataFrame:
    """Alarms with the item's names, most money first."""
    return warehouse.frame("select * from marts.mart_forecast_alarms order by money desc nulls last, item_id, alarm")


def alarm_totals(warehouse: Warehouse) -> pl.DataFrame:
    """One row: alarms, and money of their items; an item with several alarms went astray once."""
    return warehouse.frame(
        """
        select coalesce(sum(alarms), 0) as alarms, coalesce(sum(money), 0) as money
        from (
            select count(*) as alarms, max(money) as money from marts.mart_forecast_alarms group by item_id
        ) as by_item
        """
    )


def biased_items(warehouse: Warehouse) -> pl.DataFrame:
    """Items by the money that their bias stands for, the worst first."""
    return warehouse.frame(
        "select * from marts.mart_forecast_items order by abs(bias_value) desc nulls last, next_value desc, item_id"
    )


def accuracy(warehouse: Warehouse) -> pl.DataFrame:
    """By level, stage and lag, as measured from earlier days."""
    return warehouse.frame("select * from core.fct_forecast_accuracy order by level, lag, stage")


def overall(warehouse: Warehouse, level: str) -> pl.DataFrame:
    """One row per stage at a level, all lags together: stage, wape, bias, cells. Errors are added up, then divided."""
    return warehouse.frame(
        """
        select stage, sum(absolute_error) / nullif(sum(actual_quantity), 0) as wape,
            sum(forecast_quantity - actual_quantity) / nullif(sum(actual_quantity), 0) as bias, sum(cells) as cells,
            sum(actual_quantity) as actual_quantity
        from core.fct_forecast_accuracy where level = $level group by stage order by wape, stage
        """,
        {"level": level},
    )


def item_accuracy(warehouse: Warehouse, item_id: str) -> pl.DataFrame:
    """One item by stage over the next three periods together."""
    return warehouse.frame(
        "select * from core.fct_forecast_item_accuracy where item_id = $item_id order by wape, stage",
        {"item_id": item_id},
    )


def coverage(warehouse: Warehouse) -> pl.DataFrame:
    """How often demand lay inside each interval, by lag."""
    return warehouse.frame("select * from core.fct_forecast_coverage order by interval, lag, stage")


def value_added(warehouse: Warehouse) -> pl.DataFrame:
    """What each stage added over the one before; `position` is its place in the order of stages."""
    return warehouse.frame(
        """
        with recursive chain as (
            select *, 1 as position from core.fct_forecast_value_added where previous_stage is null
            union all
            select stages.*, chain.position + 1
            from core.fct_forecast_value_added as stages
            inner join chain on stages.previous_stage = chain.stage and stages.level = chain.level
        )
        select * from chain order by level, position, stage
        """
    )


def churn(warehouse: Warehouse) -> pl.DataFrame:
    """How much forecasts of the same period changed from one vintage to the next, by stage and lag."""
    return warehouse.frame("select * from core.fct_forecast_churn order by stage, lag")


def stock_policies(warehouse: Warehouse) -> pl.DataFrame:
    """Proposals beside today's safety stocks; those that change the value of stock most first."""
    return warehouse.frame(
        """
        select * from marts.mart_stock_policies
        order by abs(stock_value_change) desc nulls last, expected_stock_value desc, item_id, location_id
        """
    )


def trade_off(warehouse: Warehouse, item_id: str, location_id: str) -> pl.DataFrame:
    """What each fill rate costs in stock."""
    return warehouse.frame(
        """
        select * from core.fct_stock_policy_trade_off
        where item_id = $item and location_id = $location order by target_fill_rate
        """,
        {"item": item_id, "location": location_id},
    )
