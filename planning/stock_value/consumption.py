"""What could use a stock up: the plan where it lies, other sites, other parts, customers; ranked by what it frees.

Each option is judged by itself: the quantities of one position's options do not add up.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

POSITION = ("item_id", "location_id")
# At most so many targets of one kind for one position.
MOST_TARGETS = 5


@dataclass(frozen=True, slots=True)
class ConsumptionInputs:
    """Ids are text, quantities in base units.

    `positions`: item_id, location_id, place_id, unit_cost, needed_quantity, free_quantity, share (of what the plan
    counts as one). `pegged`: item_id, place_id, target_id (the item it is built into, or the sale), quantity from
    stock, first_date, last_date. `orders`: planned orders that nobody has placed yet: item_id, place_id, quantity,
    first_date, last_date. `substitutes`: item_id, other_item_id, parent_item_id, rate (units of the item for one of the
    other). `to_come`: parent_item_id, item_id, place_id, quantity, first_date, last_date: what planned orders still
    have to bring for a parent. `bought`: item_id, customer_id, quantity, net_value, last_date.
    """

    positions: pl.DataFrame
    pegged: pl.DataFrame
    orders: pl.DataFrame
    substitutes: pl.DataFrame
    to_come: pl.DataFrame
    bought: pl.DataFrame


def consumption_options(inputs: ConsumptionInputs) -> pl.DataFrame:
    """One row per position, kind and target: item_id, location_id, option_kind, target_id, other_item_id, quantity,
    first_date, last_date, freed_value (at the cost of the stock), proceeds_value, option_rank (1 frees the most).

    Kinds: `plan` (the plan takes it where it lies), `other_site`, `substitute`, `customer`.
    """
    known = inputs.positions.filter(pl.col("unit_cost").is_not_null())
    free = known.filter(pl.col("free_quantity") > 0)
    found = pl.concat(
        [
            _by_plan(known, inputs.pegged),
            _elsewhere(free, inputs.orders),
            _instead(free, inputs.substitutes, inputs.to_come),
            _customers(free, inputs.bought),
        ],
        how="diagonal_relaxed",
    ).filter(pl.col("quantity") > 0)
    order = ["freed_value", "first_date", "option_kind", "target_id"]
    ranked = (
        found.with_columns(freed_value=pl.col("quantity") * pl.col("unit_cost"))
        .sort(*POSITION, *order, descending=[False, False, True, False, False, False], nulls_last=True)
        .with_columns(of_kind=pl.int_range(pl.len()).over(*POSITION, "option_kind"))
        .filter(pl.col("of_kind") < MOST_TARGETS)
        .with_columns(option_rank=pl.int_range(1, pl.len() + 1).over(POSITION))
    )
    return ranked.select(
        *POSITION, "option_kind", "target_id", "other_item_id", "quantity", "first_date", "last_date", "freed_value",
        "proceeds_value", pl.col("option_rank").cast(pl.Int32),
    )  # fmt: skip


def _by_plan(positions: pl.DataFrame, pegged: pl.DataFrame) -> pl.DataFrame:
    """What the plan takes of the stock, for each product or sale; a position's share of what is counted together."""
    taken = pegged.rename({"quantity": "pegged_quantity"})
    return positions.join(taken, on=["item_id", "place_id"], how="inner").select(
        *POSITION, "unit_cost", "target_id", "first_date", "last_date",
        option_kind=pl.lit("plan"), other_item_id=pl.lit(None, pl.String),
        quantity=pl.min_horizontal(pl.col("pegged_quantity") * pl.col("share"), "needed_quantity"),
        proceeds_value=pl.lit(None, pl.Float64),
    )  # fmt: skip


def _elsewhere(positions: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """Other places where the plan would order the item: what lies here could be sent instead."""
    return (
        positions.join(orders.rename({"place_id": "target_id", "quantity": "ordered"}), on="item_id", how="inner")
        .filter(pl.col("target_id") != pl.col("place_id"))
        .select(
            *POSITION, "unit_cost", "target_id", "first_date", "last_date",
            option_kind=pl.lit("other_site"), other_item_id=pl.lit(None, pl.String),
            quantity=pl.min_horizontal("free_quantity", "ordered"), proceeds_value=pl.lit(None, pl.Float64),
        )
    )  # fmt: skip


def _instead(positions: pl.DataFrame, substitutes: pl.DataFrame, to_come: pl.DataFrame) -> pl.DataFrame:
    """Products whose bill allows the item in the place of a part that must still be ordered."""
    asked = to_come.rename({"item_id": "other_item_id", "quantity": "ordered", "place_id": "at"})
    return (
        positions.join(substitutes, on="item_id", how="inner")
        .join(asked, on=["parent_item_id", "other_item_id"], how="inner")
        .filter(pl.col("at") == pl.col("place_id"))
        .select(
            *POSITION, "unit_cost", "other_item_id", "first_date", "last_date",
            option_kind=pl.lit("substitute"), target_id=pl.col("parent_item_id"),
            quantity=pl.min_horizontal("free_quantity", pl.col("ordered") * pl.col("rate")),
            proceeds_value=pl.lit(None, pl.Float64),
        )
    )  # fmt: skip


def _customers(positions: pl.DataFrame, bought: pl.DataFrame) -> pl.DataFrame:
    """Customers who bought the item lately, as much as they bought, at the price they paid."""
    return positions.join(bought.rename({"quantity": "sold"}), on="item_id", how="inner").select(
        *POSITION, "unit_cost", "last_date",
        option_kind=pl.lit("customer"), target_id=pl.col("customer_id"), other_item_id=pl.lit(None, pl.String),
        first_date=pl.lit(None, pl.Date), quantity=pl.min_horizontal("free_quantity", "sold"),
        proceeds_value=pl.min_horizontal("free_quantity", "sold") * pl.col("net_value") / pl.col("sold"),
    )  # fmt: skip
