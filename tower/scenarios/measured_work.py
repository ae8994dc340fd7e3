"""Lot sizes as they were really ordered, and hours as they were really worked, beside those that are booked.

A lot rule is right where orders are as it says: of a fixed lot the median, of a minimum and a multiple most of them.
More than the minimum is no lie, as needs may be larger. Hours are right on the whole: load adds them up.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from planning.mrp.codes import UNIT

LEAST_SEEN = 10
# Smaller than this a difference is no lie: shares of a fixed lot, and of the booked hours.
LEAST_LOT = 0.02
LEAST_HOURS = 0.05
# A minimum or multiple that fewer orders keep than these is none.
_KEPT = 0.5
# What nine of ten orders reach is what a minimum means.
_LEAST_ORDERS = 0.1
# Fewer sizes than these have a common divisor by chance.
_SIZES = 3
_NEARLY = 1e-6
_NODE = ["item_id", "location_id", "way"]


def wrong_lots(nodes: pl.DataFrame, quantities: pl.DataFrame) -> pl.DataFrame:
    """Figures of lot rules that orders do not keep: `nodes` with `field, booked, median, mean, measured, off, count`.

    `nodes`: item_id, location_id, way, rule, fixed_lot, minimum, multiple and grain in base units, 0 for none;
    `quantities`: item_id, location_id, way, quantity of single orders. To be booked is: of a fixed lot the median, of a
    minimum what nine of ten orders reach, of a multiple the greatest one that all orders are multiples of; where they
    are all of one or two sizes that shows no multiple, and a single one is to be booked. Of one rule only the first
    that is wrong is given.
    """
    known = quantities.join(nodes, on=_NODE, maintain_order="left")
    is_fixed = (pl.col("rule").is_in(["fixed_quantity", "reorder_point"])) & (pl.col("fixed_lot") > 0)
    broken = (pl.col("quantity") / pl.col("multiple")).round() * pl.col("multiple") - pl.col("quantity")
    kept = known.group_by(_NODE, maintain_order=True).agg(
        pl.exclude("quantity").first(),
        count=pl.len().cast(pl.Int64), median=pl.col("quantity").median(), mean=pl.col("quantity").mean(),
        lowest=pl.col("quantity").quantile(_LEAST_ORDERS, "lower"),
        greatest=pl.col("quantity").map_batches(_greatest_common, returns_scalar=True, return_dtype=pl.Float64),
        sizes=pl.col("quantity").n_unique(),
        below=(pl.col("quantity") < pl.col("minimum") - _NEARLY).mean(), off_multiple=(broken.abs() > _NEARLY).mean(),
    )  # fmt: skip
    away = (pl.col("median") - pl.col("fixed_lot")).abs()
    field = (
        pl.when(is_fixed & (away > LEAST_LOT * pl.col("fixed_lot"))).then(pl.lit("fixed_lot"))
        .when((pl.col("minimum") > 0) & (pl.col("below") > _KEPT)).then(pl.lit("minimum"))
        .when((pl.col("multiple") > pl.col("grain")) & (pl.col("off_multiple") > _KEPT)).then(pl.lit("multiple"))
    )  # fmt: skip
    of = pl.col("field")
    return (
        kept.filter(pl.col("count") >= LEAST_SEEN)
        .with_columns(field=field)
        .drop_nulls("field")
        .with_columns(
            booked=pl.when(of == "fixed_lot").then("fixed_lot").when(of == "minimum").then("minimum")
            .otherwise("multiple"),
            measured=pl.when(of == "fixed_lot").then("median").when(of == "minimum").then("lowest")
            .when(pl.col("sizes") < _SIZES).then("grain").otherwise(pl.max_horizontal("greatest", "grain")),
        )
        .with_columns(off=pl.col("measured") - pl.col("booked"), parameter=pl.lit("lot_size"), level=pl.lit("item"))
        .filter(pl.col("off").abs() > _NEARLY)
    )  # fmt: skip


def wrong_hours(nodes: pl.DataFrame, work: pl.DataFrame) -> pl.DataFrame:
    """Run and setup hours that are not what is booked, as `wrong_lots`; hours for one piece, or for one setup.

    `work`: item_id, location_id, work_centre_id, count, pieces, run_hours, booked_run_hours, median_run_share,
    setup_hours, booked_setup_hours, over the orders of a year.
    """
    made = nodes.filter(pl.col("way") == "make").drop("work_centre_id", "field", "parameter", strict=False)
    known = made.join(work.filter(pl.col("count") >= LEAST_SEEN), on=["item_id", "location_id"])
    parts = []
    for parameter, hours, each in (("run_hours", "run_hours", "pieces"), ("setup_hours", "setup_hours", "count")):
        booked = pl.col(f"booked_{hours}") / pl.col(each)
        measured = pl.col(hours) / pl.col(each)
        parts.append(
            known.filter(pl.col(f"booked_{hours}") > 0).with_columns(
                booked=booked, measured=measured, mean=measured, off=measured - booked, parameter=pl.lit(parameter),
                median=booked * pl.col("median_run_share") if parameter == "run_hours" else measured,
                field=pl.lit(""), level=pl.lit("item_work_centre"),
            )
        )  # fmt: skip
    return pl.concat(parts).filter(pl.col("off").abs() >= LEAST_HOURS * pl.col("booked"))


def _greatest_common(quantities: pl.Series) -> float:
    """The greatest quantity that all are whole multiples of, in base units."""
    return float(np.gcd.reduce(np.rint(quantities.to_numpy() * UNIT).astype(np.int64))) / UNIT
