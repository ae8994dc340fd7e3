"""Lanes, ports and borders on which the goods of all suppliers take longer than they did."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from planning.detection.findings import DetectionRows, Findings
from planning.detection.supply.found import Figure, findings_of, touched
from planning.detection.supply.surprise import (
    ALLOWANCE,
    MOST_QUIET,
    kept_discoveries,
    standing_excess,
    tail_exponent,
    usual_of,
)
from planning.detection.supply.thresholds import Thresholds

READS = ("alert_thresholds", "company_sales", "inbound_shipments", "inbound_shipment_lines")
# Times the usual way: a tenth more or less is not told apart.
_LEAST_SPREAD = 0.1
# Ways of one supplier and mode before the usual one is known.
_LEAST_OBSERVATIONS = 5
_FIGURES = (
    Figure("transit_days", "days", "usual_days"),
    Figure("late_shipments", "count"),
    Figure("suppliers_behind", "count"),
    Figure("shipments_under_way", "count"),
)


def lane_delayed(rows: DetectionRows, as_of: date) -> Findings:
    """Lanes on which goods take longer than usual, whoever sends them.

    **Watched**: the days between departure and arrival of every inbound shipment, by the port, border or station that
    it leaves through (country of the supplier and mode where the carrier names none). What is under way for longer
    than usual counts with the days so far. When a supplier sends is not part of it.

    **Rule**: each way is compared, as a ratio, with the usual one of the same supplier and mode (median and robust
    spread of `usual_days`). What all shipments of the present run on a lane lie above one spread must be rarer than
    chance among all lanes allows (`false_discovery_rate`), at least `least_count` shipments and, where several
    suppliers ship on it, at least two of them must be late, typically by `least_delay_days` days, and the last late one
    must be current (`current_days`).

    **Figures**: days on the way of the late shipments against the usual, late shipments, suppliers behind the lane,
    shipments under way. **Since**: the first day on which a shipment of the run was later than usual. The money is that
    of the orders that wait for what is under way.
    """
    limits = Thresholds.of(rows)
    shipments = _scored(rows["inbound_shipments"], limits, as_of)
    if shipments.is_empty():
        return Findings.none()
    runs = standing_excess(shipments, "lane", ["departed_date", "shipment_id"], "score", most_days=limits.current_days)
    rate = tail_exponent(shipments["score"].to_numpy())
    lanes = shipments["lane"].n_unique()
    chance = np.concatenate([np.exp(-rate * runs["excess"].to_numpy()), np.ones(lanes - runs.height)])
    kept = kept_discoveries(chance, limits.false_discovery_rate)[: runs.height]
    found = runs.with_columns(pl.Series("kept", kept, dtype=pl.Boolean)).filter("kept")
    run = shipments.join(found.select("lane", "onset", "last"), on="lane")
    run = run.filter(pl.col("departed_date").is_between("onset", "last"))
    late = run.filter(pl.col("score") > ALLOWANCE)
    about = late.group_by("lane").agg(
        transit_days=pl.col("days").median(),
        usual_days=pl.col("usual_days").median(),
        extra_days=(pl.col("days") - pl.col("usual_days")).median(),
        late_shipments=pl.len(),
        late_suppliers=pl.col("supplier_id").n_unique(),
        since_date=pl.col("should_arrive").min(),
        # A jam is over when what leaves arrives in time again, not when the last that it held up arrives.
        last_date=pl.when(pl.col("arrived_date").is_null().any())
        .then(pl.lit(as_of, dtype=pl.Date))
        .otherwise(pl.col("should_arrive").max()),
    )
    of_lane = run.group_by("lane").agg(
        suppliers_in_run=pl.col("supplier_id").n_unique(), shipments_under_way=pl.col("arrived_date").is_null().sum()
    )
    behind = shipments.group_by("lane").agg(suppliers_behind=pl.col("supplier_id").n_unique())
    subjects = (
        found.join(about, on="lane")
        .join(of_lane, on="lane")
        .join(behind, on="lane")
        .filter(
            (pl.col("late_shipments") >= limits.least_count)
            & (pl.col("quiet_after") <= MOST_QUIET)
            & ((pl.col("late_suppliers") > 1) | (pl.col("suppliers_in_run") == 1))
            & (2 * pl.col("late_suppliers") > pl.col("suppliers_in_run"))
            & (pl.col("extra_days") >= limits.least_delay_days)
            & (pl.col("last_date") >= limits.current_from(as_of))
        )
        .rename({"lane": "subject_id", "score": "strength"})
    )
    under_way = run.filter(pl.col("arrived_date").is_null()).join(rows["inbound_shipment_lines"], on="shipment_id")
    documents = touched(under_way, "lane", "purchase_order_line", "purchase_order_line_id")
    return findings_of("lane_delayed", "lane", subjects, _FIGURES, documents)


def _scored(shipments: pl.DataFrame, limits: Thresholds, as_of: date) -> pl.DataFrame:
    """Shipments that say something, with lane, days, usual_days, score, should_arrive and seen_date."""
    by_country = pl.concat_str(
        pl.col("country_code").fill_null("?"), pl.lit(" "), pl.col("transport_mode").fill_null("?")
    )
    way = pl.concat_str("supplier_id", pl.lit(" "), pl.col("transport_mode").fill_null("?"))
    gate = pl.col("gate").drop_nulls().sort().mode().sort().first()
    known = shipments.filter(pl.col("departed_date") >= limits.usual_from(as_of)).with_columns(way=way)
    # A shipment that has not reached its gate takes the one that its supplier and mode use.
    known = known.with_columns(lane=pl.coalesce("gate", gate.over("way"), by_country))
    today = pl.lit(as_of, dtype=pl.Date)
    known = known.with_columns(seen_date=pl.coalesce("arrived_date", today)).with_columns(
        days=(pl.col("seen_date") - pl.col("departed_date")).dt.total_days().cast(pl.Float64)
    )
    before = known.filter(pl.col("arrived_date").is_not_null() & (pl.col("departed_date") < limits.onset_from(as_of)))
    way_days = before.group_by("way").agg(usual_days=pl.col("days").median(), ways=pl.len())
    # Goods that leave and arrive on one day were half a day on their way.
    way_days = way_days.filter(pl.col("ways") >= _LEAST_OBSERVATIONS).with_columns(pl.col("usual_days").clip(0.5, None))
    known = known.join(way_days, on="way").with_columns(length=pl.col("days") / pl.col("usual_days"))
    before = known.filter(pl.col("arrived_date").is_not_null() & (pl.col("departed_date") < limits.onset_from(as_of)))
    usual = usual_of(before, "way", "length", least_spread=_LEAST_SPREAD)
    scored = known.join(usual, on="way").with_columns(score=(pl.col("length") - pl.col("centre")) / pl.col("spread"))
    # What is under way and hardly overdue may still be as usual: it says nothing.
    later = pl.col("score") > ALLOWANCE
    should = pl.col("departed_date") + pl.duration(days=(pl.col("usual_days").round() + 1).cast(pl.Int64))
    return scored.filter(pl.col("arrived_date").is_not_null() | later).with_columns(should_arrive=should)
