"""Planning parameters that are far from what documents and demand say."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from planning.detection.findings import DetectionRows, Findings
from planning.detection.row_order import in_order
from planning.detection.supply.found import Figure, findings_of, touched
from planning.detection.supply.surprise import kept_discoveries
from planning.detection.supply.thresholds import Thresholds

READS = ("alert_thresholds", "company_sales", "master_changes", "policies", "purchase_lead_times")
_QUANTITIES = ("safety_stock_quantity", "fixed_lot_quantity", "min_lot_quantity", "reorder_point_quantity")
_MAD_TO_SPREAD = 1.4826
# Logarithms: parameters are kept in round figures, a tenth apart is the same.
_LEAST_SPREAD = 0.1
_YEAR_DAYS = 365.0
_LEAST_PEERS = 8
# A lead time that nobody changed is wrong only where hardly any purchase came within it, or so late.
_QUARTILE = 0.1
_LEAST_PURCHASES = 5
_FIGURES = (
    Figure("lead_time_book", "days", "lead_time_measured"),
    Figure("measured_purchases", "count"),
    Figure("safety_stock_quantity", "pieces", "usual_value"),
    Figure("fixed_lot_quantity", "pieces", "usual_value"),
    Figure("min_lot_quantity", "pieces", "usual_value"),
    Figure("reorder_point_quantity", "pieces", "usual_value"),
    Figure("value_before_change", "pieces"),
    Figure("days_covered", "days", "usual_days_covered"),
)


def parameter_wrong(rows: DetectionRows, as_of: date) -> Findings:
    """Planning parameters that are far from what documents and demand say.

    **Watched**: of every planned item and place the lead time against the days from order to receipt of its purchases
    within `usual_days` (their median, from five days of ordering on, one of them within `onset_days`), and safety
    stock, fixed lot, smallest lot and reorder point in days of its own use of the last year.

    **Rule**: the logarithm of book over measured, and of the days covered, is compared with all other items (the
    quantities with those of the same kind of supply): median and robust spread. What no chance among all items
    explains (`false_discovery_rate`, logistic tail) is named, where the use is steady: half of the most in a
    year, the year before and the last quarter. A parameter that somebody changed is judged more
    strictly, among the changed ones alone and against its own value before: the change must lead away from what is
    measured, or from what items cover as a rule. Quantities are named when they are too large only: what is too small
    is a decision about service. What is at stake must be worth an alert (`least_value_share`): the pieces too many, or
    the use of the days that the lead time is wrong, at standard cost.

    **Figures**: the parameter against what is measured or was before, and the days it covers against other items.
    **Money**: the pieces too many at standard cost as excess stock; nothing for a lead time that is too short: the
    orders that come too late tell it. **Since**: the day of the change; without one, of the first purchase measured.
    """
    rows = in_order(rows, READS)
    limits = Thresholds.of(rows)
    today = pl.lit(as_of, dtype=pl.Date)
    changes = (
        rows["master_changes"]
        .filter((pl.col("document_type") == "planning_policies") & (pl.col("changed_date") >= limits.usual_from(as_of)))
        .sort("changed_at")
        .group_by("line_id", "field")
        .agg(
            before=pl.col("old_value").last(),
            changed_date=pl.col("changed_date").last(),
            after=pl.col("new_value").last(),
        )
    )
    tested = pl.concat([_lead_times(rows, limits, as_of), _quantities(rows["policies"])])
    tested = tested.with_columns(line_id=pl.concat_str("item_id", pl.lit("/"), "location_id"))
    tested = tested.join(changes, on=["line_id", "field"], how="left").with_columns(
        is_changed=((pl.col("after") - pl.col("book")).abs() <= 1e-6 * pl.col("book")).fill_null(False)
    )
    found = pl.concat([_far_from_others(tested, limits), _changed_away(tested, limits)])
    found = found.unique(["line_id", "field"], keep="last", maintain_order=True).filter(
        pl.col("stake") >= limits.least_value
    )
    if found.is_empty():
        return Findings.none()
    is_lead_time = pl.col("field") == "lead_time_days"
    named = found.with_columns(
        subject_id=pl.concat_str("item_id", pl.lit("@"), "location_id"),
        since_date=pl.when("is_changed").then("changed_date").otherwise(pl.coalesce("first_date", today)),
        last_date=today,
        lead_time_book=pl.when(is_lead_time).then("book"),
        lead_time_measured="measured",
        days_covered=pl.when(~is_lead_time).then("days"),
        value_before_change=pl.when("is_changed").then("before"),
        own_value=pl.when((~is_lead_time) | (pl.col("score") > 0)).then("stake"),
        strength=pl.col("score").abs(),
        **{name: pl.when(pl.col("field") == name).then("book") for name in _QUANTITIES},
    )
    # One finding an item and place: its worst parameter.
    named = named.sort("subject_id", "strength", descending=[False, True]).unique(
        "subject_id", keep="first", maintain_order=True
    )
    places = touched(named, "subject_id", "item_location", "subject_id")
    dear = named.filter(pl.col("own_value").is_not_null())
    short = named.filter(pl.col("own_value").is_null())
    return Findings.together(
        [
            findings_of("parameter_wrong", "item_location", dear, _FIGURES, places, value_basis="excess_stock"),
            findings_of("parameter_wrong", "item_location", short, _FIGURES, places),
        ]
    )


def _lead_times(rows: DetectionRows, limits: Thresholds, as_of: date) -> pl.DataFrame:
    """A row an item and place with purchases: book and measured days, `apart` (logarithm), peers: all of them."""
    days = pl.col("days").cast(pl.Float64)
    measured = (
        rows["purchase_lead_times"]
        .group_by("item_id", "location_id")
        .agg(
            measured=days.median(),
            least_usual=days.quantile(_QUARTILE, "linear"),
            most_usual=days.quantile(1 - _QUARTILE, "linear"),
            measured_purchases=pl.col("ordered_date").n_unique(),
            first_date=pl.col("ordered_date").min(),
            last_date=pl.col("ordered_date").max(),
        )
        .filter((pl.col("measured") > 0) & (pl.col("measured_purchases") >= _LEAST_PURCHASES))
    )
    bought = rows["policies"].filter((pl.col("lead_time_days") > 0) & (pl.col("supply_type") == "buy"))
    both = bought.join(measured, on=["item_id", "location_id"], how="inner")
    daily = pl.col("year_usage") / _YEAR_DAYS * pl.col("standard_cost")
    return both.select(
        "item_id", "location_id", pl.lit("lead_time_days").alias("field"), peers=pl.lit("lead_time_days"),
        book=pl.col("lead_time_days"), measured="measured",
        measured_purchases=pl.col("measured_purchases").cast(pl.Int64), first_date="first_date",
        need=pl.col("measured"), unit_stake=daily.fill_null(0.0), days=pl.lit(None, dtype=pl.Float64),
        apart=(pl.col("lead_time_days") / pl.col("measured")).log(),
        says_something=~pl.col("lead_time_days").is_between("least_usual", "most_usual")
        & (pl.col("last_date") >= limits.onset_from(as_of)),
    )  # fmt: skip


def _quantities(policies: pl.DataFrame) -> pl.DataFrame:
    """A row an item, place and quantity of its policy: days of use that it covers, peers: the same kind of supply."""
    used = policies.filter(pl.col("year_usage") > 0)
    parts = [
        used.filter(pl.col(name) > 0).select(
            "item_id", "location_id", pl.lit(name).alias("field"),
            peers=pl.concat_str(pl.lit(name + " "), pl.col("supply_type").fill_null("")), book=pl.col(name),
            measured=pl.lit(None, dtype=pl.Float64), measured_purchases=pl.lit(None, dtype=pl.Int64),
            first_date=pl.lit(None, dtype=pl.Date), need=pl.col("year_usage") / _YEAR_DAYS,
            unit_stake=pl.col("standard_cost").fill_null(0.0),
            days=pl.col(name) / pl.col("year_usage") * _YEAR_DAYS,
            apart=(pl.col(name) / pl.col("year_usage") * _YEAR_DAYS).log(), says_something="is_steady",
        )
        for name in _QUANTITIES
    ]  # fmt: skip
    return pl.concat(parts)


def _far_from_others(tested: pl.DataFrame, limits: Thresholds) -> pl.DataFrame:
    """What is far from its peers, with score, usual_value, usual_days_covered and stake."""
    scored = _scored(tested)
    usual = pl.col("centre").exp() * pl.col("need")
    # A kind of supply with few items has no usual; an item whose use rises or falls away has outlived its parameters.
    scored = scored.filter((pl.len().over("peers") >= _LEAST_PEERS) & pl.col("says_something")).with_columns(
        usual_value=usual,
        usual_days_covered=pl.col("centre").exp(),
        stake=(pl.col("book") - usual).abs() * pl.col("unit_stake"),
    )
    return _named(scored, limits)


def _changed_away(tested: pl.DataFrame, limits: Thresholds) -> pl.DataFrame:
    """What a change moved away from its peers: scored by the change itself, among the changed ones."""
    scored = _scored(tested).filter(pl.col("is_changed") & (pl.col("before") > 0))
    moved = (pl.col("book") / pl.col("before")).log()
    scored = scored.with_columns(was_apart=pl.col("apart") - moved, score=moved / pl.col("spread")).filter(
        (pl.col("apart") - pl.col("centre")).abs() > (pl.col("was_apart") - pl.col("centre")).abs()
    )
    scored = scored.with_columns(
        usual_value="before",
        usual_days_covered=pl.col("centre").exp(),
        stake=(pl.col("book") - pl.col("before")).abs() * pl.col("unit_stake"),
    ).drop("was_apart")
    return _named(scored, limits)


def _scored(tested: pl.DataFrame) -> pl.DataFrame:
    """With centre, spread and score among the peers."""
    centre = pl.col("apart").median().over("peers")
    scored = tested.with_columns(centre=centre)
    spread = (pl.col("apart") - pl.col("centre")).abs().median().over("peers") * _MAD_TO_SPREAD
    scored = scored.with_columns(spread=pl.max_horizontal(spread, pl.lit(_LEAST_SPREAD)))
    return scored.with_columns(score=(pl.col("apart") - pl.col("centre")) / pl.col("spread"))


def _named(scored: pl.DataFrame, limits: Thresholds) -> pl.DataFrame:
    """Those that chance does not explain; quantities upwards only."""
    scored = scored.sort("line_id", "field")
    is_lead_time = (scored["field"] == "lead_time_days").to_numpy()
    score = scored["score"].to_numpy()
    far = np.where(is_lead_time, np.abs(score), score)
    chance = (1 + is_lead_time) / (1.0 + np.exp(np.clip(far * np.pi / np.sqrt(3.0), -50, 50)))
    return scored.filter(
        pl.Series(kept_discoveries(np.minimum(chance, 1.0), limits.false_discovery_rate), dtype=pl.Boolean)
    )
