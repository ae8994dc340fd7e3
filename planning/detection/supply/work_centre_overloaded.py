"""Work centres that get less done than they have to."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from planning.detection.findings import DetectionRows, Findings
from planning.detection.supply.found import Figure, findings_of
from planning.detection.supply.surprise import kept_discoveries, standing_excess, tail_exponent, usual_of
from planning.detection.supply.thresholds import Thresholds
from planning.detection.supply.work_centre_failing import waiting_hours, work_centre_touches

READS = ("alert_thresholds", "company_sales", "work_centre_days", "work_orders", "work_centre_costs")
# Share of the hours and days of work: less is not told apart.
_LEAST_MISSING_SPREAD = 0.05
_LEAST_QUEUE_SPREAD = 1.0
# Weeks with more work than three of four others.
_BUSY = 0.75
_WEEK_DAYS = 7
# A centre is full when so much of the hours that it has are worked.
_FULL = 0.9
_FIGURES = (
    Figure("missing_share", "rate", "usual_missing_share"),
    Figure("missing_hours", "hours"),
    Figure("worked_of_available", "rate", "usual_worked_share"),
    Figure("queue_days", "days", "usual_queue_days", first=None),
    Figure("waiting_hours", "hours", first=None),
)


def work_centre_overloaded(rows: DetectionRows, as_of: date) -> Findings:
    """Work centres whose hours are fewer than their work.

    **Watched**: for every work centre the hours of its shifts that were not manned, day by day, and the planned hours
    that stand before it, in working days at its usual hours, week by week.

    **Rule**: either of them, in spreads above the centre's own usual (`usual_days` before the window `onset_days`),
    runs above one spread for so long or so far that it is rarer than chance among all centres allows
    (`false_discovery_rate`). Missing hours count only if those that are left are fewer than what the centre works in
    its busier weeks (the upper quarter) and at least `least_hours_lost` of them are missing; a queue counts only if
    the centre is full, it is longer than usual by `least_delay_days` working days, and longer than any before the
    window. The last sign is current (`current_days`).

    **Figures**: share of the hours missing against the usual, missing hours, how much of what there is is worked, days
    of work that stand before it against the usual, planned hours that wait now. **Since**: the first day with missing
    hours, or of the week with too long a queue. **Money**: the missing hours at the centre's cost (`lost_hours`); what
    waits is worked out from the orders.
    """
    limits = Thresholds.of(rows)
    days = rows["work_centre_days"].filter((pl.col("day") >= limits.usual_from(as_of)) & (pl.col("hours") > 0))
    if days.is_empty():
        return Findings.none()
    first = limits.onset_from(as_of)
    signs = pl.concat([_missing(days, first), _queues(days, rows["work_orders"], first, as_of)])
    runs, chances = [], []
    for measure in ("missing", "queue"):
        of_measure = signs.filter(pl.col("measure") == measure)
        window = of_measure.filter(pl.col("day") >= first)
        found = standing_excess(window, "work_centre_id", ["day"], "score", most_days=limits.current_days)
        rate = tail_exponent(of_measure["score"].to_numpy())
        runs.append(found.with_columns(measure=pl.lit(measure)))
        chances.append(np.exp(-rate * found["excess"].to_numpy()))
    together = pl.concat(runs)
    untroubled = 2 * days["work_centre_id"].n_unique() - together.height
    kept = kept_discoveries(np.concatenate([*chances, np.ones(untroubled)]), limits.false_discovery_rate)
    found = together.with_columns(pl.Series("kept", kept[: together.height], dtype=pl.Boolean)).filter("kept")
    found = found.filter(pl.col("last") >= limits.current_from(as_of))
    about = _described(days, found, signs, first).join(
        waiting_hours(rows["work_orders"]), on="work_centre_id", how="left"
    )
    is_short = (pl.col("measure") == "missing") & (pl.col("missing_share") >= limits.least_hours_lost)
    is_short &= 1 - pl.col("missing_share") < pl.col("busy_share")
    longer = pl.col("queue_days") - pl.col("usual_queue_days")
    is_long = (pl.col("worked_of_available") >= _FULL) & (longer >= limits.least_delay_days)
    is_long &= pl.col("queue_days") > pl.col("longest_queue_days")
    subjects = (
        about.join(rows["work_centre_costs"], on="work_centre_id", how="left")
        .filter(is_short | ((pl.col("measure") == "queue") & is_long))
        # Where both speak, the one that began first is the trouble.
        .sort("work_centre_id", "since_date", "measure")
        .unique("work_centre_id", keep="first", maintain_order=True)
        .with_columns(
            pl.col("waiting_hours").fill_null(0.0),
            own_value=(pl.col("missing_hours") * pl.col("cost_per_hour")).fill_null(0.0),
            subject_id=pl.col("work_centre_id"),
        )
    )
    return findings_of(
        "work_centre_overloaded", "work_centre", subjects, _FIGURES, work_centre_touches(rows, subjects),
        value_basis="lost_hours",
    )  # fmt: skip


_SIGN = ["measure", "work_centre_id", "day", "value", "centre", "score"]


def _missing(days: pl.DataFrame, first: pl.Expr) -> pl.DataFrame:
    shares = days.with_columns(value=pl.col("missing_hours") / pl.col("hours"), measure=pl.lit("missing"))
    usual = usual_of(
        shares.filter(pl.col("day") < first), "work_centre_id", "value", least_spread=_LEAST_MISSING_SPREAD
    )
    return _scored(shares, usual, 0.0, _LEAST_MISSING_SPREAD)


def _queues(days: pl.DataFrame, work_orders: pl.DataFrame, first: pl.Expr, as_of: date) -> pl.DataFrame:
    """Once a week, counted back from today: planned hours that stand before each centre over its usual hours a day."""
    changes = pl.concat([
        work_orders.select("work_centre_id", day="ready_date", hours=pl.col("planned_hours")),
        work_orders.select("work_centre_id", day="finished_date", hours=-pl.col("planned_hours")),
    ]).drop_nulls()  # fmt: skip
    changes = changes.group_by("work_centre_id", "day").agg(pl.col("hours").sum()).sort("work_centre_id", "day")
    stands = changes.with_columns(stands=pl.col("hours").cum_sum().over("work_centre_id")).sort("day")
    earliest = days["day"].min()
    assert isinstance(earliest, date)
    weeks = pl.DataFrame(
        {"day": [as_of - timedelta(days=back) for back in range(0, (as_of - earliest).days, _WEEK_DAYS)]}
    )
    a_day = days.group_by("work_centre_id").agg(a_day=pl.col("hours").median())
    seen = a_day.join(weeks, how="cross").with_columns(pl.col("day").cast(pl.Date)).sort("day")
    joined = seen.join_asof(
        stands.select("work_centre_id", "day", "stands"), on="day", by="work_centre_id", check_sortedness=False
    )
    queues = joined.with_columns(
        value=pl.col("stands").fill_null(0.0).clip(0.0, None) / pl.col("a_day"), measure=pl.lit("queue")
    )
    usual = usual_of(
        queues.filter(pl.col("day") < first), "work_centre_id", "value", least_spread=_LEAST_QUEUE_SPREAD,
        shared_centre=False,
    )  # fmt: skip
    return _scored(queues, usual, None, _LEAST_QUEUE_SPREAD)


def _scored(signs: pl.DataFrame, usual: pl.DataFrame, centre: float | None, spread: float) -> pl.DataFrame:
    """The signs in spreads above the usual. A centre without a past has the given usual, or none and no sign."""
    joined = signs.join(usual, on="work_centre_id", how="left").with_columns(
        pl.col("centre").fill_null(pl.lit(centre, dtype=pl.Float64)), pl.col("spread").fill_null(spread)
    )
    scored = joined.with_columns(score=(pl.col("value") - pl.col("centre")) / pl.col("spread"))
    return scored.filter(pl.col("score").is_not_null()).select(_SIGN)


def _described(days: pl.DataFrame, found: pl.DataFrame, signs: pl.DataFrame, first: pl.Expr) -> pl.DataFrame:
    """The figures of each centre over the days of its run."""
    run = days.join(found.select("work_centre_id", "measure", "onset", "last"), on="work_centre_id").filter(
        pl.col("day") >= pl.col("onset")
    )
    in_run = run.filter(pl.col("day") <= pl.col("last"))
    available = pl.col("hours").sum() - pl.col("missing_hours").sum() - pl.col("breakdown_hours").sum()
    of_run = in_run.group_by("work_centre_id", "measure").agg(
        missing_share=pl.col("missing_hours").sum() / pl.col("hours").sum(),
        missing_hours=pl.col("missing_hours").sum(),
        worked_of_available=pl.col("worked_hours").sum() / pl.max_horizontal(available, pl.lit(1e-9)),
    )
    past = days.filter(pl.col("day") < first)
    weekly = past.group_by("work_centre_id", week=pl.col("day").dt.truncate("1w")).agg(
        worked=pl.col("worked_hours").sum() / pl.col("hours").sum()
    )
    usual = weekly.group_by("work_centre_id").agg(
        busy_share=pl.col("worked").quantile(_BUSY, "linear"), usual_worked_share=pl.col("worked").median()
    )
    queue = signs.filter(pl.col("measure") == "queue").sort("day").group_by("work_centre_id").agg(
        queue_days=pl.col("value").last(), usual_queue_days=pl.col("centre").last(),
        longest_queue_days=pl.col("value").filter(pl.col("day") < first).max().fill_null(0.0),
    )  # fmt: skip
    missing = signs.filter(pl.col("measure") == "missing").group_by("work_centre_id").agg(
        usual_missing_share=pl.col("centre").first()
    )  # fmt: skip
    described = found.join(of_run, on=["work_centre_id", "measure"]).join(usual, on="work_centre_id", how="left")
    described = described.join(queue, on="work_centre_id", how="left").join(missing, on="work_centre_id", how="left")
    return described.rename({"onset": "since_date", "last": "last_date", "score": "strength"}).with_columns(
        # Without a past nothing tells how many hours it needs.
        pl.col("busy_share").fill_null(0.0)
    )
