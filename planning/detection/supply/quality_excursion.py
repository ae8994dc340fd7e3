"""Parts of a supplier of which far more is rejected at receipt than ever before."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from planning.detection.findings import DetectionRows, Findings
from planning.detection.supply.found import Figure, findings_of, touched
from planning.detection.supply.surprise import (
    ALLOWANCE,
    deviates,
    event_surprise,
    joint_chance,
    kept_discoveries,
    standing_excess,
)
from planning.detection.supply.thresholds import Thresholds

READS = ("alert_thresholds", "company_sales", "receipt_lots", "purchase_lines")
_PAIR = ["item_id", "supplier_id"]
_FIGURES = (
    Figure("rejected_share", "rate", "usual_share"),
    Figure("bad_lots", "count"),
    Figure("lots_received", "count"),
    Figure("rejected_pieces", "pieces"),
    Figure("rejected_value", "money"),
)


def quality_excursion(rows: DetectionRows, as_of: date) -> Findings:
    """Parts of which a supplier's lots are rejected far beyond what is usual.

    **Watched**: the share rejected of every lot received, by item and supplier.

    **Rule**: most lots have nothing rejected and a bad lot has some; how often a lot is bad comes from the supplier's
    own lots (drawn to all suppliers where he has few), how large the share of a bad lot is from all bad lots together
    (median and robust spread of its logarithm), both of the time before the window (`usual_days`, `onset_days`). That
    gives each lot its chance. The chances of the lots of the present run are put together (Fisher's method) and must be
    rarer than chance among all parts allows (`false_discovery_rate`); most lots of the run are bad, the last bad one is
    current (`current_days`), and what was rejected is worth an alert or more than half of what came is bad.

    **Figures**: share rejected against the usual, bad lots of those received, pieces and their value. **Since**: the
    day of the first bad lot. **Money**: what was rejected, at purchase price (`lost_stock`); what it holds up is
    worked out from the orders that wait for the part.
    """
    limits = Thresholds.of(rows)
    lots = rows["receipt_lots"].filter(pl.col("received_date") >= limits.usual_from(as_of)).with_columns(
        share=(pl.col("rejected_quantity") / pl.col("received_quantity")).clip(0.0, 1.0),
        pair=pl.concat_str("item_id", pl.lit("\n"), "supplier_id"),
    )  # fmt: skip
    if lots.is_empty():
        return Findings.none()
    is_past = pl.col("received_date") < limits.onset_from(as_of)
    usual = lots.filter(is_past).group_by(_PAIR).agg(
        usual_share=pl.col("rejected_quantity").sum() / pl.col("received_quantity").sum()
    )  # fmt: skip
    judged = event_surprise(lots, "supplier_id", "share", is_past).join(usual, on=_PAIR, how="left")
    judged = judged.with_columns(pl.col("usual_share").fill_null(0.0))
    window = judged.filter(pl.col("received_date") >= limits.onset_from(as_of))
    runs = standing_excess(
        window, "pair", ["received_date", "receipt_line_id"], "surprise", most_days=limits.onset_days
    )
    run = window.join(runs.select("pair", "onset", "last"), on="pair").filter(
        pl.col("received_date").is_between("onset", "last")
    )
    bad = pl.col("surprise") > ALLOWANCE
    value = pl.col("rejected_quantity") * pl.col("unit_value")
    about = run.group_by("pair", "item_id", "supplier_id").agg(
        rejected_share=pl.col("rejected_quantity").sum() / pl.col("received_quantity").sum(),
        bad_lots=bad.sum().cast(pl.Float64),
        lots_received=pl.len().cast(pl.Float64),
        rejected_pieces=pl.col("rejected_quantity").sum(),
        rejected_value=value.sum().fill_null(0.0),
        surprise=pl.col("surprise").sum(),
        usual_share=pl.col("usual_share").first(),
        since_date=pl.col("received_date").min(),
        last_date=pl.col("received_date").max(),
    ).sort("pair")  # fmt: skip
    together = joint_chance(about["surprise"].to_numpy(), about["lots_received"].to_numpy())
    chance = np.concatenate([together, np.ones(window["pair"].n_unique() - about.height)])
    kept = kept_discoveries(chance, limits.false_discovery_rate)[: about.height]
    found = about.with_columns(
        pl.Series("kept", kept, dtype=pl.Boolean), strength=pl.Series(deviates(together), dtype=pl.Float64)
    ).filter(
        "kept"
        & (2 * pl.col("bad_lots") > pl.col("lots_received"))
        & (pl.col("last_date") >= limits.current_from(as_of))
        & ((pl.col("rejected_value") >= limits.least_value) | (pl.col("rejected_share") > 0.5))
    )
    # One finding an item: its worst supplier.
    worst = found.sort("rejected_value", "supplier_id", descending=[True, False]).unique("item_id", keep="first")
    subjects = worst.with_columns(subject_id="item_id", own_value="rejected_value")
    pairs = worst.select(*_PAIR, "since_date")
    coming = rows["purchase_lines"].filter("is_open").join(pairs, on=_PAIR)
    lines = pl.concat([
        coming.select("item_id", "purchase_order_line_id"),
        run.filter(bad).join(pairs, on=_PAIR).select("item_id", "purchase_order_line_id"),
    ]).unique()  # fmt: skip
    places = run.join(pairs, on=_PAIR).select("item_id", place=pl.concat_str("item_id", pl.lit("@"), "location_id"))
    documents = pl.concat([
        touched(lines, "item_id", "purchase_order_line", "purchase_order_line_id"),
        touched(places.drop_nulls().unique(), "item_id", "item_location", "place"),
    ])  # fmt: skip
    return findings_of("quality_excursion", "item", subjects, _FIGURES, documents, value_basis="lost_stock")
