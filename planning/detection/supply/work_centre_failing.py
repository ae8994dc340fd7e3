"""Work centres that stand still for breakdowns far more than they used to."""

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

READS = ("alert_thresholds", "company_sales", "work_centre_days", "work_orders", "work_centre_costs")
_FIGURES = (
    Figure("breakdown_share", "rate", "usual_share"),
    Figure("breakdown_hours", "hours"),
    Figure("breakdowns", "count"),
    Figure("days_with_breakdown", "count"),
    Figure("waiting_hours", "hours", first=None),
)


def work_centre_failing(rows: DetectionRows, as_of: date) -> Findings:
    """Work centres whose machines break down again and again.

    **Watched**: for every work centre and day the share of its hours that went to breakdowns.

    **Rule**: how often a day has a breakdown comes from the centre's own days (drawn to all centres), how large one
    is from all of them, both of the time before the window (`usual_days`, `onset_days`). That gives each day its
    chance; the chances of the days of the present run together (Fisher's method) must be rarer than chance among all
    centres allows (`false_discovery_rate`). At least `least_breakdown_days` days of the run had a breakdown, the
    share lost is at least `least_hours_lost` of its hours and more than usual, and the last one is current
    (`current_days`).

    **Figures**: share of the hours lost against the usual, hours, breakdowns, days with one, planned hours that wait in
    front of it now. **Since**: the day of the first breakdown of the run. **Money**: the lost hours at the centre's
    cost (`lost_hours`); what they hold up is worked out from the orders that wait.
    """
    limits = Thresholds.of(rows)
    days = rows["work_centre_days"].filter(
        (pl.col("day") >= limits.usual_from(as_of)) & (pl.col("hours") > 0)
    ).with_columns(share=(pl.col("breakdown_hours") / pl.col("hours")).clip(0.0, 1.0))  # fmt: skip
    if days.is_empty():
        return Findings.none()
    is_past = pl.col("day") < limits.onset_from(as_of)
    judged = event_surprise(days, "work_centre_id", "share", is_past)
    usual = days.filter(is_past).group_by("work_centre_id").agg(
        usual_share=pl.col("breakdown_hours").sum() / pl.col("hours").sum()
    )  # fmt: skip
    window = judged.filter(~is_past)
    runs = standing_excess(window, "work_centre_id", ["day"], "surprise", most_days=limits.current_days)
    run = window.join(runs.select("work_centre_id", "onset", "last"), on="work_centre_id").filter(
        pl.col("day").is_between("onset", "last")
    )
    about = (
        run.group_by("work_centre_id")
        .agg(
            breakdown_share=pl.col("breakdown_hours").sum() / pl.col("hours").sum(),
            breakdown_hours=pl.col("breakdown_hours").sum(),
            breakdowns=pl.col("breakdowns").sum(),
            days_with_breakdown=(pl.col("surprise") > ALLOWANCE).sum(),
            surprise=pl.col("surprise").sum(),
            run_days=pl.len().cast(pl.Float64),
            since_date=pl.col("day").min(),
            last_date=pl.col("day").max(),
        )
        .join(usual, on="work_centre_id", how="left")
        .join(rows["work_centre_costs"], on="work_centre_id", how="left")
        .join(waiting_hours(rows["work_orders"]), on="work_centre_id", how="left")
        .with_columns(pl.col("usual_share", "waiting_hours").fill_null(0.0))
        .sort("work_centre_id")
    )
    together = joint_chance(about["surprise"].to_numpy(), about["run_days"].to_numpy())
    chance = np.concatenate([together, np.ones(window["work_centre_id"].n_unique() - about.height)])
    kept = kept_discoveries(chance, limits.false_discovery_rate)[: about.height]
    lost = pl.col("breakdown_share") - pl.col("usual_share")
    subjects = about.with_columns(
        pl.Series("kept", kept, dtype=pl.Boolean),
        strength=pl.Series(deviates(together), dtype=pl.Float64),
        own_value=(pl.col("breakdown_hours") * pl.col("cost_per_hour")).fill_null(0.0),
        subject_id=pl.col("work_centre_id"),
    ).filter(
        pl.col("kept")
        & (pl.col("days_with_breakdown") >= limits.least_breakdown_days)
        & (lost >= limits.least_hours_lost)
        & (pl.col("last_date") >= limits.current_from(as_of))
    )
    return findings_of(
        "work_centre_failing", "work_centre", subjects, _FIGURES, work_centre_touches(rows, subjects),
        value_basis="lost_hours",
    )  # fmt: skip


def waiting_hours(work_orders: pl.DataFrame) -> pl.DataFrame:
    """(work_centre_id, waiting_hours): planned hours that stand before each centre now, what was worked taken off."""
    left = (pl.col("planned_hours") - pl.col("actual_hours").fill_null(0.0)).clip(0.0, None)
    here = work_orders.filter(pl.col("finished_date").is_null())
    return here.group_by("work_centre_id").agg(waiting_hours=left.sum())


def work_centre_touches(rows: DetectionRows, subjects: pl.DataFrame) -> pl.DataFrame:
    """The centres themselves, and the production orders that wait in front of them."""
    waits = rows["work_orders"].filter(pl.col("finished_date").is_null())
    waits = waits.join(subjects.select("work_centre_id"), on="work_centre_id", how="semi")
    return pl.concat(
        [
            touched(subjects, "work_centre_id", "work_centre", "work_centre_id"),
            touched(waits, "work_centre_id", "production_order", "production_order_id"),
        ]
    )
