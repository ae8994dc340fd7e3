"""Suppliers whose lines leave later than usual beyond chance, and whether they send late or stand still."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from planning.detection.findings import DetectionRows
from planning.detection.supply.departures import departure_delays
from planning.detection.supply.surprise import (
    ALLOWANCE,
    MOST_QUIET,
    kept_discoveries,
    standing_excess,
    tail_exponent,
    usual_of,
)
from planning.detection.supply.thresholds import Thresholds

# Working days: a day more or less is nobody's delay.
_LEAST_SPREAD = 1.0
# Lines that left or were told, from which the slope of delays over due days can be read.
_LEAST_SHOWN = 3
_WORKING_WEEK = 7 / 5


def scored_delays(delays: pl.DataFrame, before: pl.Expr) -> pl.DataFrame:
    """The delays with centre, spread and score (spreads above the usual), and `usual_date`: when it leaves as a rule.

    The usual is that of lines expected `before` a day, so that a trouble of today is not part of what is usual.
    """
    finished = delays.filter(~pl.col("is_waiting") & (pl.col("expected_date") < before))
    usual = usual_of(finished, "supplier_id", "delay", least_spread=_LEAST_SPREAD)
    scored = delays.join(usual, on="supplier_id", how="left").with_columns(
        pl.col("centre").fill_null(pl.lit(usual["centre"].median(), pl.Float64)),
        pl.col("spread").fill_null(pl.lit(usual["spread"].median(), pl.Float64)),
    )
    scored = scored.filter(pl.col("spread").is_not_null())
    usual_days = (pl.col("centre") * _WORKING_WEEK).round().cast(pl.Int64)
    scored = scored.with_columns(
        score=(pl.col("delay") - pl.col("centre")) / pl.col("spread"),
        usual_date=pl.col("expected_date") + pl.duration(days=usual_days),
    ).sort("supplier_id", "usual_date", "purchase_order_line_id")
    # What waits and is hardly overdue may still be as usual: it says nothing.
    return scored.filter(~pl.col("is_waiting") | (pl.col("score") > ALLOWANCE))


def late_suppliers(rows: DetectionRows, as_of: date, limits: Thresholds) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(suppliers, lines): suppliers who are late beyond chance, and the late lines of their present run.

    Suppliers: supplier_id, since_date, last_date, strength, stands_still and the figures delay_at_departure, centre,
    late_lines, moved_confirmations, waiting_lines, open_purchase_value, days_without_departure. Lines as scored_delays.
    """
    delays = departure_delays(rows["purchase_lines"], rows["supplier_days"], as_of)
    scored = scored_delays(delays.filter(pl.col("expected_date") >= limits.usual_from(as_of)), limits.onset_from(as_of))
    order = ["usual_date", "purchase_order_line_id"]
    runs = standing_excess(scored, "supplier_id", order, "score", most_days=limits.current_days)
    rate = tail_exponent(scored["score"].to_numpy())
    peers = scored["supplier_id"].n_unique() - runs.height
    chance = np.concatenate([np.exp(-rate * runs["excess"].to_numpy()), np.ones(peers)])
    kept = kept_discoveries(chance, limits.false_discovery_rate)[: runs.height]
    found = runs.with_columns(pl.Series("kept", kept, dtype=pl.Boolean)).filter("kept")
    run = scored.join(found.select("supplier_id", "onset", "last"), on="supplier_id").filter(
        pl.col("usual_date").is_between("onset", "last")
    )
    late = run.filter(pl.col("score") > ALLOWANCE)
    left = rows["purchase_lines"].group_by("supplier_id").agg(
        last_left=pl.coalesce(pl.col("departed_date").max(), pl.col("first_received_date").max())
    )  # fmt: skip
    waits = pl.col("is_waiting")
    shown = ~waits | pl.col("is_told")
    about = late.group_by("supplier_id").agg(
        delay_at_departure=pl.col("delay").median(),
        centre=pl.col("centre").first(),
        late_lines=pl.len(),
        late_items=pl.col("item_id").n_unique(),
        moved_confirmations=(pl.col("told_date") > pl.col("due_date")).sum(),
        last_date=pl.col("seen_date").max(),
        waiting_lines=waits.sum(),
        open_purchase_value=(pl.col("open_quantity") * pl.col("unit_value")).filter(waits).sum(),
        shown_lines=shown.sum(),
        slope=_slope("usual_date", "delay", shown),
    )
    in_run = run.group_by("supplier_id").agg(run_lines=pl.len(), run_items=pl.col("item_id").n_unique())
    suppliers = found.join(about, on="supplier_id").join(in_run, on="supplier_id").join(left, on="supplier_id")
    # Where one item alone is late it is the item's trouble, not the supplier's.
    whole = (pl.col("late_items") > 1) | (pl.col("run_items") == 1)
    suppliers = suppliers.filter(
        whole
        & (pl.col("quiet_after") <= MOST_QUIET)
        & (2 * pl.col("late_lines") > pl.col("run_lines"))
        & (pl.col("delay_at_departure") - pl.col("centre") >= limits.least_delay_days)
        & (pl.col("last_date") >= limits.current_from(as_of))
    )
    today = pl.lit(as_of, dtype=pl.Date)
    is_dark = (pl.col("last_left") < pl.col("onset")) & (pl.col("waiting_lines") > 0)
    # Who stood still sends all at once: the later a line was due the less late it is. Who slips is late by as much.
    at_once = (pl.col("shown_lines") >= _LEAST_SHOWN) & (pl.col("slope") <= -0.5)
    unknown = (pl.col("shown_lines") < _LEAST_SHOWN) | pl.col("slope").is_null()
    suppliers = suppliers.with_columns(
        stands_still=at_once.fill_null(False) | (is_dark & unknown),
        days_without_departure=pl.when(is_dark).then((today - pl.col("last_left")).dt.total_days()),
    ).rename({"onset": "since_date", "score": "strength"})
    enough = pl.col("stands_still") | (pl.col("late_lines") >= limits.least_count)
    return suppliers.filter(enough), late


def _slope(day: str, value: str, where: pl.Expr) -> pl.Expr:
    """Least squares slope of a value (working days) over a day (as working days), of some rows."""
    x = pl.col(day).cast(pl.Int32).cast(pl.Float64).filter(where) / _WORKING_WEEK
    y = pl.col(value).filter(where)
    return pl.when(x.n_unique() > 1).then(pl.cov(x, y, ddof=0) / x.var(ddof=0))
