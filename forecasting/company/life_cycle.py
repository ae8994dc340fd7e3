"""Beginning and end of items by what the item list says: who continues whose history, who fades, who has ended.

An item that is replaced by one too young to speak for itself, or still to come, hands its history over: both are
forecast as one, the old one keeps its recent share of it, fading from the launch on, and the new one gets the rest. An
obsolete item is forecast as nothing, a phase-out item fades in a straight line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from forecasting.company.history import number_of
from forecasting.company.result import KEYS
from forecasting.company.settings import CompanySettings
from forecasting.errors import ForecastError
from forecasting.panel import Floats, Integers

# The old item's share of both is that of the last periods, in parts of a season.
RECENT_SEASONS = 0.25
_ITEM_COLUMNS = {
    "item_id": pl.String, "family": pl.String, "lifecycle_status": pl.String, "introduced_date": pl.Date,
    "replaced_by_item_id": pl.String,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """`rows`: the history to forecast, of living items, with what they continue.

    `handed_over`: item_id (old), location_id, channel, successor_id, periods_to_launch (of the successor, 0: it is
    there), share (of both, 0 where the old one has ended); `ended` and `fading` are item ids; `continued`: item_id
    (old), successor_id.
    """

    rows: pl.DataFrame
    handed_over: pl.DataFrame
    ended: pl.Series
    fading: pl.Series
    continued: pl.DataFrame


def read_items(items: pl.DataFrame) -> pl.DataFrame:
    """item_id, family, lifecycle_status, introduced_date, replaced_by_item_id; those not told are null; sorted.

    Without a family the category stands for it.
    """
    if "item_id" not in items.columns:
        raise ForecastError("The items have no column item_id.")
    if "family" not in items.columns and "category_id" in items.columns:
        items = items.with_columns(family=pl.col("category_id"))
    told = items.select(
        (pl.col(name) if name in items.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in _ITEM_COLUMNS.items()
    )
    return told.unique("item_id", keep="first", maintain_order=True).sort("item_id")


def life_cycle(rows: pl.DataFrame, items: pl.DataFrame, next_period: int, settings: CompanySettings) -> LifeCycle:
    """Sort out who lives; `rows` of `read_history`, `items` of `read_items`."""
    sold = rows.filter(pl.col("quantity") > 0).group_by("item_id").agg(age=next_period - pl.col("period").min())
    known = sold.join(items, on="item_id", how="left").sort("item_id")
    # A successor that has not sold counts from the day on which it comes.
    starts = number_of(pl.col("introduced_date"), settings.bucket) - next_period
    heir = (
        items.join(sold, on="item_id", how="left")
        .filter(pl.col("age").is_not_null() | starts.is_between(-settings.own_history, settings.periods_ahead - 1))
        .select(
            replaced_by_item_id="item_id",
            heir_age=pl.col("age").fill_null(0),
            heir_status="lifecycle_status",
            to_launch=pl.when(pl.col("age").is_null()).then(starts.clip(lower_bound=0)).otherwise(0),
        )
    )
    known = known.join(heir, on="replaced_by_item_id", how="left", maintain_order="left").with_columns(
        is_obsolete=pl.col("lifecycle_status").eq_missing("obsolete"),
        is_replaced=pl.col("heir_age").is_not_null() & (pl.col("replaced_by_item_id") != pl.col("item_id")),
    )
    is_young = pl.col("heir_age") < settings.own_history
    # What has ended has nothing left to hand to an item that is still to come.
    is_late = pl.col("is_obsolete") & (pl.col("heir_age") == 0)
    direct = known.filter("is_replaced", is_young, ~is_late)
    names = pl.concat((known["item_id"], direct["replaced_by_item_id"])).unique().sort()
    last = heir.filter(~pl.col("heir_status").eq_missing("obsolete"))
    handed = _heirs(names, direct.select("item_id", "replaced_by_item_id")).join(
        last.select(successor_id="replaced_by_item_id", periods_to_launch="to_launch"), on="successor_id"
    )
    obsolete = known.filter("is_obsolete").select("item_id")
    ended = obsolete.join(handed, on="item_id", how="anti")
    inherited = rows.join(handed, on="item_id").with_columns(item_id="successor_id").select(rows.columns)
    gone = pl.concat((ended, handed.select("item_id")))
    living = pl.concat((rows.join(gone, on="item_id", how="anti"), inherited))
    is_replaced = pl.col("is_replaced") & (pl.col("heir_age") > 0)
    fading = known.filter(pl.col("lifecycle_status").eq_missing("phase_out") | is_replaced).join(
        gone, on="item_id", how="anti", maintain_order="left"
    )
    return LifeCycle(
        living.sort(*KEYS, "period", "quantity"),
        _shares(rows, handed, living, obsolete, next_period, settings),
        ended["item_id"].sort(),
        fading["item_id"].sort(),
        handed.select("item_id", "successor_id"),
    )


def fade(settings: CompanySettings, after: Integers) -> Floats:
    """(rows, horizon): what an item still sells that begins to go after some periods (rows,): 1, then a line to 0."""
    steps = np.arange(1, settings.periods_ahead + 1) - after[:, None]
    return np.clip(1.0 - steps / settings.periods_of_fade, 0.0, 1.0)


def _heirs(names: pl.Series, direct: pl.DataFrame) -> pl.DataFrame:
    """item_id, successor_id: the last of each chain of successors; none for items whose chain runs in a circle."""
    place = pl.DataFrame({"name": names, "place": np.arange(names.len())})
    old, new = (
        direct.join(place, left_on=column, right_on="name", how="left", maintain_order="left")["place"].to_numpy()
        for column in ("item_id", "replaced_by_item_id")
    )
    following = np.arange(names.len())
    following[old] = new
    is_last = following == np.arange(names.len())
    # Each round doubles how far down the chain one sees.
    for _ in range(names.len().bit_length()):
        following = following[following]
    known = old[is_last[following[old]]]
    return pl.DataFrame({"item_id": names.gather(known), "successor_id": names.gather(following[known])}).sort(
        "item_id"
    )


def _shares(
    rows: pl.DataFrame, handed: pl.DataFrame, living: pl.DataFrame, obsolete: pl.DataFrame, next_period: int,
    settings: CompanySettings,
) -> pl.DataFrame:  # fmt: skip
    """Each old item's recent share of what it and its successor sell at a place through a channel."""
    recent = pl.col("period") >= next_period - max(1, round(RECENT_SEASONS * settings.season))
    sold = pl.col("quantity").clip(lower_bound=0.0).filter(recent).sum()
    old = rows.join(handed, on="item_id").group_by(*KEYS, "successor_id", "periods_to_launch").agg(sold=sold)
    both = living.group_by(KEYS).agg(both=sold).rename({"item_id": "successor_id"})
    # Where neither sold lately, what little comes is still the old ones'.
    alone = 1.0 / pl.len().over("successor_id", "location_id", "channel")
    share = (
        pl.when(pl.col("item_id").is_in(obsolete["item_id"].implode()))
        .then(0.0)
        .when(pl.col("both") <= 0)
        .then(alone)
        .otherwise(pl.col("sold") / pl.col("both"))
    )
    return (
        old.join(both, on=("successor_id", "location_id", "channel"), how="left")
        .select(*KEYS, "successor_id", "periods_to_launch", share=share)
        .sort(KEYS)
    )
