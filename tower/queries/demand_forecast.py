"""The forecast of one series or of a sum: what to choose from, its course, how it was made, what stands beside.

A node is a series (item × place × channel) or a sum: item at a place, item, family (category), all. Everything is read
within the reader's scope, so a sum is the sum of what the reader sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# The columns that name a node of each level, from the sum of all down to one series.
LEVEL_KEYS: Mapping[str, tuple[str, ...]] = {
    "total": (), "family": ("family",), "item": ("item_id",), "place": ("item_id", "location_id"),
    "series": ("item_id", "location_id", "channel"),
}  # fmt: skip
LEVELS = tuple(LEVEL_KEYS)
QUANTILES = ("p05", "p10", "p25", "p50", "p75", "p90", "p95")
MOST_NODES = 300
# Of the level, the columns of the mart.
_MART_COLUMNS = {"family": "category_id"}


@dataclass(frozen=True, slots=True)
class Node:
    """A series or a sum. A column that the level does not name is empty; a series may have no place or no channel."""

    level: str
    item_id: str | None = None
    location_id: str | None = None
    channel: str | None = None
    family: str | None = None

    @property
    def key(self) -> str:
        """Its names in one text, as the URL holds it."""
        return "|".join(getattr(self, name) or "" for name in LEVEL_KEYS[self.level]) or "all"

    @classmethod
    def of(cls, level: str, row: Mapping[str, Any]) -> Node:
        """The node that a row of `found_nodes` names."""
        return cls(level, **{name: row[name] for name in LEVEL_KEYS[level]})

    def parameters(self) -> dict[str, str | None]:
        """Its names, as the conditions of the queries take them."""
        return {name: getattr(self, name) for name in LEVEL_KEYS[self.level]}


def _conditions(node: Node) -> str:
    """What a row of core must fulfil to belong to the node."""
    spoken = {
        "family": "item_id in (select item_id from core.dim_items where category_id = $family)",
        "item_id": "item_id = $item_id",
        "location_id": "location_id is not distinct from $location_id",
        "channel": "channel is not distinct from $channel",
    }
    return " and ".join(spoken[name] for name in LEVEL_KEYS[node.level]) or "true"


def bucket_of(warehouse: Warehouse) -> str | None:
    """week or month, as the build forecasts; None where it forecasts nothing that the reader sees."""
    found = warehouse.frame("select bucket from core.fct_demand_forecasts limit 1")
    return None if found.is_empty() else str(found.item())


def found_nodes(warehouse: Warehouse, level: str, words: tuple[str, ...], key: str | None = None) -> pl.DataFrame:
    """Nodes of a level whose item, family, place or channel holds every word by code or name; the dearest first.

    With `key` only the node of that key (`Node.key`).

    The level's columns, names (item_name, item_name_zh, location_name, family_name, family_name_zh), series,
    next_quantity, last_year_quantity, next_value; at most MOST_NODES.
    """
    named = "lower(concat_ws(' ', item_id, item_name, item_name_zh, category_id, category_name, category_name_zh, "
    named += "product_family, product_family_zh, location_id, location_name, channel))"
    asked = " and ".join(f"instr({named}, $word{number}) > 0" for number in range(len(words))) or "true"
    columns = [_MART_COLUMNS.get(name, name) for name in LEVEL_KEYS[level]]
    keys = [f"{column} as {name}" for column, name in zip(columns, LEVEL_KEYS[level], strict=True)]
    in_one = " || '|' || ".join(f"coalesce({column}, '')" for column in columns) or "'all'"
    grouped = ", ".join(str(number + 1) for number in range(len(keys)))
    return warehouse.frame(
        f"""
        select
            {"".join(f"{key}, " for key in keys)}
            min(item_name) as item_name, min(item_name_zh) as item_name_zh, min(location_name) as location_name,
            min(concat_ws(' · ', product_family, category_name)) as family_name,
            min(concat_ws(
                ' · ', coalesce(product_family_zh, product_family), coalesce(category_name_zh, category_name)
            )) as family_name_zh,
            count(*) as series, sum(next_quantity) as next_quantity, sum(last_year_quantity) as last_year_quantity,
            sum(next_value) as next_value
        from marts.mart_demand_forecast
        where {asked} and ($key is null or {in_one} = $key)
        {f"group by {grouped}" if keys else "having count(*) > 0"}
        order by next_value desc nulls last, next_quantity desc{f", {grouped}" if keys else ""}
        limit {MOST_NODES}
        """,
        {"key": key, **{f"word{number}": word.lower() for number, word in enumerate(words)}},
    )


def node_count(warehouse: Warehouse, level: str) -> int:
    """How many nodes a level has."""
    keys = ", ".join(_MART_COLUMNS.get(name, name) for name in LEVEL_KEYS[level]) or "1"
    return int(warehouse.frame(f"select count(*) from (select distinct {keys} from marts.mart_demand_forecast)").item())


def rows_of(warehouse: Warehouse, node: Node) -> pl.DataFrame:
    """The rows of mart_demand_forecast that the node adds up, the dearest first."""
    where = _conditions(node)
    return warehouse.frame(
        f"select * from marts.mart_demand_forecast where {where} order by next_value desc nulls last, series",
        node.parameters(),
    )


def course(warehouse: Warehouse, node: Node) -> pl.DataFrame:
    """Every period of history and forecast, in order: period, is_forecast, sales_quantity, demand_quantity,
    lost_quantity, masked_series, outlier_series, events, forecast_quantity, statistical_quantity, last_year_quantity,
    and of a node of one series the QUANTILES (quantiles of sums cannot be added up: null).
    """
    where = _conditions(node)
    quantiles = ", ".join(f"case when count(*) = 1 then max({name}) end as {name}" for name in QUANTILES)
    return warehouse.frame(
        f"""
        with bucketed as (select bucket from core.fct_demand_forecasts limit 1),
        history as (
            select
                period_start, sum(sales_quantity) as sales_quantity, sum(demand_quantity) as demand_quantity,
                sum(lost_quantity) as lost_quantity, sum(is_masked) as masked_series, sum(is_outlier) as outlier_series,
                string_agg(distinct event, '; ' order by event) as events
            from core.fct_demand_history
            where bucket = (select bucket from bucketed) and {where}
            group by period_start
        ),
        ahead as (
            select
                period_start, sum(quantity) as forecast_quantity, sum(statistical_quantity) as statistical_quantity,
                max(is_locked) as is_locked, {quantiles}
            from core.fct_demand_forecasts
            where {where}
            group by period_start
        )
        select
            coalesce(history.period_start, ahead.period_start) as period,
            (ahead.period_start is not null)::integer as is_forecast,
            history.sales_quantity, history.demand_quantity, history.lost_quantity, history.masked_series,
            history.outlier_series, history.events, ahead.forecast_quantity, ahead.statistical_quantity,
            ahead.is_locked, {", ".join(f"cast(ahead.{name} as double) as {name}" for name in QUANTILES)},
            last_year.demand_quantity as last_year_quantity
        from history
        full join ahead on history.period_start = ahead.period_start
        left join history as last_year
            on last_year.period_start = case
                when (select bucket from bucketed) = 'month'
                    then cast(coalesce(history.period_start, ahead.period_start) - interval 12 month as date)
                else coalesce(history.period_start, ahead.period_start) - 364
            end
        order by period
        """,
        node.parameters(),
    )


def weights(warehouse: Warehouse, node: Node) -> pl.DataFrame:
    """Share of each candidate in the forecast of a series, largest first: candidate, weight. Empty for other ways."""
    return warehouse.frame(
        f"""
        select candidate, weight from core.fct_forecast_weights where {_conditions(node)}
        order by weight desc, candidate
        """,
        node.parameters(),
    )


def audit_totals(warehouse: Warehouse, node: Node) -> pl.DataFrame:
    """What each rule of demand preparation did to the node in all, in the forecast's bucket.

    rule, reason, periods, quantity_change; the row without rule holds the demand that is left.
    """
    where = _conditions(node)
    return warehouse.frame(
        f"""
        with bucketed as (select bucket from core.fct_demand_forecasts limit 1)
        select rule, min(reason) as reason, count(*) as periods, sum(quantity_change) as quantity_change
        from core.fct_demand_audit
        where bucket = (select bucket from bucketed) and {where}
        group by rule
        union all
        select null, null, count(distinct period_start), coalesce(sum(demand_quantity), 0)
        from core.fct_demand_history
        where bucket = (select bucket from bucketed) and {where}
        order by rule nulls last
        """,
        node.parameters(),
    )


def audit_rows(warehouse: Warehouse, node: Node) -> pl.DataFrame:
    """Every change and mark of demand preparation in the forecast's bucket, newest period first."""
    return warehouse.frame(
        f"""
        select period_start, item_id, location_id, channel, rule, reason, quantity_before, quantity_after,
            quantity_change
        from core.fct_demand_audit
        where bucket = (select bucket from core.fct_demand_forecasts limit 1) and {_conditions(node)}
        order by period_start desc, item_id, location_id, channel, rule
        limit 2000
        """,
        node.parameters(),
    )


def ordered_quantity(warehouse: Warehouse, node: Node) -> float | None:
    """What customers ordered, from the order lines themselves; None for levels with a place.

    Demand stands where its item is planned, which an order line does not say.
    """
    if node.level not in ("total", "family", "item"):
        return None
    lines = {
        "total": "items.item_type <> 'service'", "family": "items.category_id = $family",
        "item": "items.item_id = $item_id",
    }[node.level]  # fmt: skip
    found = warehouse.frame(
        f"""
        select coalesce(sum(lines.ordered_quantity), 0) from core.fct_sales_order_lines as lines
        inner join core.dim_items as items on lines.item_id = items.item_id
        where {lines}
        """,
        node.parameters(),
    )
    return float(found.item())


def pipeline(warehouse: Warehouse, node: Node) -> pl.DataFrame:
    """Open opportunities of the node's item, family and channel by month; they name no place.

    month_start, channel, opportunities, quantity (if all are won), expected_quantity, overdue_quantity.
    """
    parts = {
        "family": "(category_id = $family"
        " or item_id in (select item_id from core.dim_items where category_id = $family))",
        "item_id": "item_id = $item_id",
        "channel": "channel is not distinct from $channel",
    }
    named = [name for name in LEVEL_KEYS[node.level] if name in parts]
    return warehouse.frame(
        f"""
        select month_start, channel, sum(opportunities) as opportunities, sum(quantity) as quantity,
            sum(expected_quantity) as expected_quantity, sum(overdue_quantity) as overdue_quantity
        from core.fct_demand_pipeline
        where {" and ".join(parts[name] for name in named) or "true"}
        group by month_start, channel
        order by month_start, channel
        """,
        {name: getattr(node, name) for name in named},
    )


def forecast_cells(warehouse: Warehouse) -> pl.DataFrame:
    """Every cell of the forecast: keys, bucket, period_start, quantity (as served) and statistical_quantity."""
    return warehouse.frame(
        """
        select item_id, location_id, channel, bucket, period_start, quantity, statistical_quantity
        from core.fct_demand_forecasts order by item_id, location_id, channel, period_start
        """
    )


def demand_by_series(warehouse: Warehouse) -> pl.DataFrame:
    """What each series sold in all its history: keys, demand_quantity; the shares where nothing is forecast."""
    return warehouse.frame(
        """
        select item_id, location_id, channel, sum(demand_quantity) as demand_quantity
        from core.fct_demand_history
        where bucket = (select bucket from core.fct_demand_forecasts limit 1)
        group by item_id, location_id, channel order by item_id, location_id, channel
        """
    )


def item_names(warehouse: Warehouse) -> pl.DataFrame:
    """item_id, item_name, item_name_zh of everything that is forecast."""
    return warehouse.frame(
        "select distinct item_id, item_name, item_name_zh from marts.mart_demand_forecast order by item_id"
    )


def item_families(warehouse: Warehouse) -> pl.DataFrame:
    """item_id, family (its category)."""
    return warehouse.frame("select item_id, category_id as family from core.dim_items order by item_id")


def override_outcomes(warehouse: Warehouse) -> pl.DataFrame:
    """What became of each override in this build: override_id, outcome, quantity_before, quantity_after, message."""
    return warehouse.frame(
        """
        select override_id, outcome, cells, quantity_before, quantity_after, spread_by, message
        from core.fct_forecast_overrides order by override_id
        """
    )
