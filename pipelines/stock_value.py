"""The step `stock value` of a build: what the pure engines of planning/stock_value read, and the tables they write.

Reads the core of stock, the plan, sales and bills; writes engine.stock_positions, engine.net_realisable_values,
engine.net_realisable_uses and engine.stock_consumption. Every table is written, empty where nothing can fill it.
"""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
import polars.selectors as cs

from pipelines.build.context import write_table
from pipelines.stock_value_sql import QUERIES, SETUP
from planning.errors import PlanningError
from planning.stock_value.consumption import ConsumptionInputs, consumption_options
from planning.stock_value.forward_cover import Horizon, forward_cover
from planning.stock_value.net_realisable_value import Lines, ValuedItems, net_realisable_values
from planning.stock_value.positions import PositionInputs, stock_positions
from planning.stock_value.rules import StockRules
from tower.errors import BuildError


def run_stock_value(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Write the tables of the stock's value. Raises BuildError where rules or data cannot be computed with."""
    connection.execute("create schema if not exists engine")
    try:
        rules = StockRules.of(dict(connection.sql("select rule, value from reference.stock_value_rules").fetchall()))
        for statement in SETUP:
            connection.execute(statement)
        read = _Reader(connection, as_of, rules)
        values, uses = _values(read, rules)
        positions = _positions(read, rules, values, as_of)
        options = _options(read, positions)
    except PlanningError as error:
        raise BuildError(f"The stock could not be valued. {error}") from error
    for name, frame in (
        ("stock_positions", positions), ("net_realisable_values", values), ("net_realisable_uses", uses),
        ("stock_consumption", options),
    ):  # fmt: skip
        write_table(connection, f"engine.{name}", frame)
    for name in ("value_places", "value_pegging"):
        connection.execute(f"drop table {name}")


class _Reader:
    """Runs the queries of one build; decimals come out as floats."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, as_of: date, rules: StockRules) -> None:
        self._connection = connection
        self._words = {
            "$as_of": f"cast('{as_of.isoformat()}' as date)",
            "$price_days": str(rules.selling_price_days),
            "$customer_days": str(rules.customer_days),
        }

    def frame(self, name: str) -> pl.DataFrame:
        sql = QUERIES[name]
        for word, text in self._words.items():
            sql = sql.replace(word, text)
        found: pl.DataFrame = self._connection.sql(sql).pl().with_columns(cs.decimal().cast(pl.Float64))
        return found


def _values(read: _Reader, rules: StockRules) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Net realisable value of every item, and what it takes from each product that uses it."""
    items = read.frame("items").sort("item_id")
    codes = {item: code for code, item in enumerate(items["item_id"])}

    def lines(name: str) -> tuple[pl.DataFrame, Lines]:
        frame = read.frame(name).sort("parent_item_id", "item_id")
        parent, component = (
            # Without any item the library knows no type to look up in.
            frame[column].replace_strict(codes, return_dtype=pl.Int64).to_numpy().astype(np.int64)
            for column in ("parent_item_id", "item_id")
        )
        return frame, Lines(parent, component, frame["quantity"].cast(pl.Float64).to_numpy())

    def numbers(column: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return items[column].cast(pl.Float64).fill_null(float("nan")).to_numpy()

    uses, use_lines = lines("uses")
    sold = items["sold_quantity"].fill_null(0.0).to_numpy()
    found = net_realisable_values(
        ValuedItems(numbers("standard_cost"), numbers("selling_price"), sold),
        lines("bills")[1],
        use_lines,
        cost_to_sell_rate=rules.cost_to_sell_rate,
    )  # fmt: skip
    frame = items.select(
        "item_id", "standard_cost", "selling_price", "price_quantity", "price_from_date", "price_to_date",
        "last_sold_date", "sold_quantity",
    ).with_columns(
        own_value=pl.Series(found.own_value).fill_nan(None),
        material_cost=pl.Series(found.material_cost).fill_nan(None),
        conversion_cost=pl.Series(found.conversion_cost).fill_nan(None),
        planned_use_quantity=pl.Series(found.use_quantity),
        recoverable_rate=pl.Series(found.recoverable_rate).fill_nan(None),
        known_rate=pl.Series(found.known_rate).fill_nan(None),
        material_rate=pl.Series(found.material_rate).fill_nan(None),
    )  # fmt: skip
    products = frame.select(
        parent_item_id="item_id", parent_cost="standard_cost", parent_own_value="own_value",
        parent_recoverable_rate="recoverable_rate", parent_conversion_cost="conversion_cost",
        parent_material_cost="material_cost", recoverable_rate="material_rate",
    )  # fmt: skip
    return frame, uses.join(products, on="parent_item_id", how="left").sort("item_id", "parent_item_id")


def _positions(read: _Reader, rules: StockRules, values: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Every item at every place, with clocks, classes and provisions."""
    layers, requirements = read.frame("layers"), read.frame("requirements")
    plan_end = requirements["to_date"].max() if requirements.height else None
    horizon = Horizon(as_of, plan_end or as_of + timedelta(days=1), rules.excess_horizon_days)  # type: ignore[arg-type]
    expected = read.frame("expected")
    stock = layers.group_by("item_id", "place_id").agg(pl.col("quantity").sum())
    place = ["item_id", "place_id"]
    keys = pl.concat([stock.select(place), expected.select(place)]).unique().sort(place)
    pooled = keys.join(stock, on=place, how="left").with_columns(pl.col("quantity").fill_null(0.0))
    cover = forward_cover(pooled, requirements, horizon).join(expected, on=place, how="left")
    cover = cover.join(read.frame("expiring"), on=place, how="left")
    cover = cover.with_columns(pl.col("expected_quantity", "safety_quantity", "expiring_quantity").fill_null(0.0))
    demand = requirements.group_by("item_id").agg(company_demand_quantity=pl.col("quantity").sum())
    items = (
        read.frame("item_facts")
        .join(demand, on="item_id", how="left")
        .join(values.select("item_id", "own_value", "recoverable_rate", "known_rate"), on="item_id", how="left")
    )
    inputs = PositionInputs(layers, read.frame("movements"), cover, read.frame("orders"), items, read.frame("rates"))
    return stock_positions(inputs, rules, as_of)


def _options(read: _Reader, positions: pl.DataFrame) -> pl.DataFrame:
    positive = pl.col("quantity").clip(0.0)
    chosen = positions.filter((pl.col("quantity") > 0) & ((pl.col("aged_value") > 0) | (pl.col("stock_class") != "ok")))
    share = (positive / positive.sum().over("item_id", "place_id")).fill_nan(0.0)
    shares = positions.select("item_id", "location_id", share=share)
    return consumption_options(
        ConsumptionInputs(
            chosen.join(shares, on=["item_id", "location_id"]),
            *(read.frame(name) for name in ("pegged", "planned", "substitutes", "to_come", "bought")),
        )
    )
