"""Each item at each place: three clocks side by side, what they contradict each other in, and what must be provided.

The clocks are the last movement, the age of the FIFO layers, and the days until the plan has used the stock up. Places
whose stock the plan counts as one (a plant and its inspection room) share need and excess in proportion to their stock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from planning.stock_value.forward_cover import NEVER, WITHIN
from planning.stock_value.rules import StockRules

KEYS = ("item_id", "location_id")
ENDING = ("obsolete", "phase_out")
OF_LAYERS = (
    "quantity", "value", "aged_quantity", "aged_value", "recently_moved_aged_value", "rate_provision_value",
)  # fmt: skip
MATERIALS = ("component", "raw_material", "semi_finished", "packaging")


@dataclass(frozen=True, slots=True)
class PositionInputs:
    """What the positions are made of; ids are text, quantities in base units, values in company currency.

    `layers`: item_id, location_id, place_id (where the plan counts it), quantity, value, original_receipt_date,
    arrived_date, age_days. `movements`: item_id, location_id, last_movement_date, last_movement_type, last_issue_date,
    last_receipt_date. `cover`: as from `forward_cover`, with safety_quantity, expected_quantity (open
    receipts), expiring_quantity and first_expiry_date (of stock that the plan lets expire unused).
    `orders`: item_id, location_id, open_quantity, open_value of purchase lines. `items`: item_id, item_type,
    lifecycle_status, standard_cost, is_in_bill (a valid bill uses it), company_demand_quantity, company_issue_date, and
    of the net realisable value own_value, recoverable_rate, known_rate (null where not known). `rates`: item_type (`*`
    for all others), from_days, rate.
    """

    layers: pl.DataFrame
    movements: pl.DataFrame
    cover: pl.DataFrame
    orders: pl.DataFrame
    items: pl.DataFrame
    rates: pl.DataFrame


def stock_positions(inputs: PositionInputs, rules: StockRules, as_of: date) -> pl.DataFrame:
    """One row per item and place that holds stock or has more on order than is needed, in the order of its key."""
    layers = _with_rates(inputs, rules)
    frame = (
        _totals(layers, rules, as_of)
        .join(_orders_beyond_need(inputs), on=KEYS, how="full", coalesce=True)
        .with_columns(
            place_id=pl.coalesce("place_id", "location_id"),
            surplus_order_quantity=pl.col("surplus_order_quantity").fill_null(0.0),
            surplus_order_value=pl.col("surplus_order_value").fill_null(0.0),
            # A position without stock is worth nothing; of one whose stock came without a value nobody knows.
            **{one: pl.when(pl.col("layers").is_null()).then(0.0).otherwise(one) for one in OF_LAYERS},
        )
        .join(inputs.movements, on=KEYS, how="left")
        .join(inputs.cover.rename({"quantity": "pooled_quantity"}), on=["item_id", "place_id"], how="left")
        .join(inputs.items, on="item_id", how="left")
        .with_columns(cover_basis=pl.col("cover_basis").fill_null(NEVER))
        .with_columns(pl.col("demand_quantity", "horizon_quantity", "safety_quantity").fill_null(0.0))
    )  # fmt: skip
    frame = _shares(frame, as_of)
    frame = _classes(frame, rules)
    frame = _provisions(frame)
    return frame.with_columns(clock_finding=_finding(rules)).sort(KEYS)


def _with_rates(inputs: PositionInputs, rules: StockRules) -> pl.DataFrame:
    """Layers with the rate of their item type and age; types without rates of their own take those of `*`."""
    own = inputs.rates["item_type"].unique().to_list()
    has_own = pl.col("item_type").is_in(own)
    kinds = inputs.items.select("item_id", rate_type=pl.when(has_own).then("item_type").otherwise(pl.lit("*")))
    rates = inputs.rates.select(
        rate_type="item_type", age=pl.col("from_days").cast(pl.Int64), rate=pl.col("rate").cast(pl.Float64)
    )
    return (
        inputs.layers.join(kinds, on="item_id", how="left")
        .with_columns(pl.col("rate_type").fill_null("*"), age=pl.col("age_days").cast(pl.Int64))
        .sort("age", maintain_order=True)
        .join_asof(rates.sort("age"), on="age", by="rate_type", strategy="backward", check_sortedness=False)
        .with_columns(pl.col("rate").fill_null(0.0), is_aged=pl.col("age") > rules.aged_after_days)
    )


def _totals(layers: pl.DataFrame, rules: StockRules, as_of: date) -> pl.DataFrame:
    aged = pl.when("is_aged")
    is_recent = (pl.lit(as_of) - pl.col("arrived_date")).dt.total_days() <= rules.moving_within_days
    weight = pl.col("quantity").clip(0.0)
    value_weight = pl.col("value").clip(0.0)
    unknown = pl.col("value").is_null().any()
    return (
        layers.sort(*KEYS, "original_receipt_date", "arrived_date", "quantity", "value")
        .group_by(KEYS, maintain_order=True)
        .agg(
            pl.col("place_id").first(),
            quantity=pl.col("quantity").sum(),
            value=pl.when(~unknown).then(pl.col("value").sum()),
            layers=pl.len(),
            aged_quantity=aged.then("quantity").otherwise(0.0).sum(),
            aged_value=pl.when(~unknown).then(aged.then("value").otherwise(0.0).sum()),
            recently_moved_aged_value=pl.when(pl.col("is_aged") & is_recent).then("value").otherwise(0.0).sum(),
            rate_provision_value=pl.when(~unknown).then((pl.col("value").clip(0.0) * pl.col("rate")).sum()),
            oldest_receipt_date=pl.col("original_receipt_date").min(),
            quantity_age_days=(weight * pl.col("age")).sum() / weight.sum(),
            value_age_days=(value_weight * pl.col("age")).sum() / value_weight.sum(),
        )
        .with_columns(pl.col("quantity_age_days", "value_age_days").fill_nan(None))
    )


def _orders_beyond_need(inputs: PositionInputs) -> pl.DataFrame:
    """Open purchase beyond what the plan asks for: stock and all open receipts, less requirements and safety stock."""
    beyond = pl.col("quantity") + pl.col("expected_quantity") - pl.col("demand_quantity") - pl.col("safety_quantity")
    return (
        inputs.orders.filter(pl.col("open_quantity") > 0)
        .join(inputs.cover, left_on=["item_id", "location_id"], right_on=["item_id", "place_id"], how="inner")
        .with_columns(surplus_order_quantity=pl.min_horizontal("open_quantity", beyond).clip(0.0))
        .filter(pl.col("surplus_order_quantity") > 0)
        .select(
            *KEYS,
            "surplus_order_quantity",
            surplus_order_value=pl.col("surplus_order_quantity") / pl.col("open_quantity") * pl.col("open_value"),
        )
    )


def _shares(frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """What the plan needs of a position, what it does not, and what is beyond the horizon of excess."""
    positive = pl.col("quantity").clip(0.0)
    share = (positive / positive.sum().over("item_id", "place_id")).fill_nan(0.0)
    pooled = pl.col("pooled_quantity").fill_null(0.0).clip(0.0)

    def days(column: str) -> pl.Expr:
        return (pl.lit(as_of) - pl.col(column)).dt.total_days()

    expiring = pl.min_horizontal(positive, pl.col("expiring_quantity").fill_null(0.0) * share)
    return (
        frame.with_columns(expiring_quantity=expiring)
        .with_columns(
            unit_cost=pl.when(pl.col("quantity") > 0).then(pl.col("value") / pl.col("quantity")),
            needed_quantity=pl.min_horizontal(
                positive - pl.col("expiring_quantity"), pl.col("demand_quantity") * share
            ),
            excess_quantity=pl.min_horizontal(
                positive, (pooled - pl.col("horizon_quantity") - pl.col("safety_quantity")).clip(0.0) * share
            ),
            days_since_movement=days("last_movement_date"),
            days_since_issue=days("last_issue_date"),
            company_days_since_issue=days("company_issue_date"),
        )
        .with_columns(free_quantity=(positive - pl.col("needed_quantity")).clip(0.0))
    )


def _classes(frame: pl.DataFrame, rules: StockRules) -> pl.DataFrame:
    """Obsolete before excess before slow; each value by its own rule, so that they may overlap."""
    unit = pl.col("unit_cost")
    has_demand = pl.col("company_demand_quantity").fill_null(0.0) > 0
    issued = (pl.col("company_issue_date").is_null()) | (pl.col("company_days_since_issue") > rules.obsolete_after_days)
    reason = (
        pl.when(pl.col("quantity") <= 0)
        .then(None)
        .when(pl.col("lifecycle_status").is_in(ENDING) & (pl.col("free_quantity") > 0))
        .then(pl.lit("past_last_use"))
        .when(~has_demand & ~pl.col("is_in_bill") & pl.col("item_type").is_in(MATERIALS))
        .then(pl.lit("no_where_used"))
        .when(~has_demand & issued & (pl.col("value_age_days") > rules.obsolete_after_days))
        .then(pl.lit("no_demand"))
        .when(pl.col("expiring_quantity") > 0)
        .then(pl.lit("expires_unused"))
    )
    last = pl.coalesce("days_since_issue", "value_age_days")
    frame = frame.with_columns(obsolete_reason=reason)
    frame = frame.with_columns(
        obsolete_quantity=pl.when(pl.col("obsolete_reason") == "expires_unused")
        .then("expiring_quantity")
        .when(pl.col("obsolete_reason").is_not_null())
        .then("free_quantity")
        .otherwise(0.0),
        is_slow=(last > rules.slow_after_days).fill_null(False) & (pl.col("quantity") > 0),
    )
    frame = frame.with_columns(
        obsolete_value=pl.col("obsolete_quantity") * unit,
        excess_value=pl.col("excess_quantity") * unit,
        slow_value=pl.when("is_slow").then("value").otherwise(0.0),
    ).with_columns(pl.col("obsolete_value", "excess_value", "slow_value").fill_null(0.0))
    return frame.with_columns(
        stock_class=pl.when(pl.col("obsolete_quantity") > 0)
        .then(pl.lit("obsolete"))
        .when(pl.col("excess_quantity") > 0)
        .then(pl.lit("excess"))
        .when("is_slow")
        .then(pl.lit("slow"))
        .when(pl.col("surplus_order_quantity") > 0)
        .then(pl.lit("surplus_on_order"))
        .otherwise(pl.lit("ok"))
    )


def _provisions(frame: pl.DataFrame) -> pl.DataFrame:
    """Lower of cost and net realisable value: what the plan uses through its uses, the rest at its own selling price.

    Where the products are sold at or above cost nothing is written down, whatever the stock once cost (IAS 2.32). What
    is not known is not provided for: its value is stated beside the provision.
    """
    unit = pl.col("unit_cost")
    is_known = pl.col("recoverable_rate").is_not_null()
    used_loss = (
        pl.when(~is_known | (pl.col("recoverable_rate") >= 1.0))
        .then(0.0)
        .otherwise((unit - pl.col("standard_cost") * pl.col("recoverable_rate")).clip(0.0))
    )
    free_loss = (unit - pl.col("own_value")).clip(0.0)
    used, free = pl.col("needed_quantity"), pl.col("free_quantity")
    known_rate = pl.when(is_known).then(pl.col("known_rate").fill_null(0.0)).otherwise(0.0)
    return frame.with_columns(
        used_unit_loss=used_loss,
        free_unit_loss=free_loss,
        used_provision_value=(used * used_loss * known_rate).fill_null(0.0),
        free_provision_value=(free * free_loss).fill_null(0.0),
        undetermined_value=(
            used * (1.0 - known_rate) * unit + pl.when(pl.col("own_value").is_null()).then(free).otherwise(0.0) * unit
        ).fill_null(0.0),
    ).with_columns(
        value_provision_value=pl.col("used_provision_value") + pl.col("free_provision_value"),
    )


def _finding(rules: StockRules) -> pl.Expr:
    """What the clocks contradict each other in; the first that holds."""
    aged, value = pl.col("aged_value").fill_null(0.0), pl.col("value").fill_null(0.0)
    mostly = (aged > 0) & (aged >= rules.mostly_share * value)
    issue = pl.col("days_since_issue").fill_null(10**6)
    covered = (pl.col("cover_basis") == WITHIN) & (pl.col("cover_days") <= rules.excess_horizon_days)
    never = (pl.col("cover_basis") == NEVER) | (pl.col("cover_days") > 2 * rules.excess_horizon_days)
    rest = pl.col("days_since_movement")
    return (
        pl.when(value <= 0)
        .then(None)
        .when(pl.col("expiring_quantity") > 0)
        .then(pl.lit("expires_before_use"))
        .when(mostly & (pl.col("recently_moved_aged_value") >= rules.mostly_share * aged))
        .then(pl.lit("old_but_just_moved"))
        .when(mostly & (rest <= rules.moving_within_days) & (issue > rules.slow_after_days))
        .then(pl.lit("moved_but_not_used"))
        .when((pl.col("value_age_days") <= rules.young_until_days) & never)
        .then(pl.lit("young_but_not_needed"))
        .when(mostly & covered)
        .then(pl.lit("old_but_needed"))
        .when((aged > 0) & (issue <= rules.moving_within_days))
        .then(pl.lit("old_under_moving"))
        .when((rest > rules.slow_after_days) & covered)
        .then(pl.lit("still_but_needed"))
    )
