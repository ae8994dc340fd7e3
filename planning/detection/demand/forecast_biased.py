"""Families whose planner forecasts far more, or far less, than statistics do and than is sold."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from scipy.stats import norm

from planning.detection.findings import DetectionRows, Findings
from planning.detection.row_order import in_order
from planning.detection.supply.found import Figure, findings_of, touched
from planning.detection.supply.surprise import kept_discoveries, usual_of
from planning.detection.supply.thresholds import Thresholds

READS = (
    "alert_thresholds", "company_sales", "forecast_vintages", "monthly_orders", "policies", "family_items",
    "sold_prices",
)  # fmt: skip
# Logarithm: a planner who departs from statistics by a seventh says much the same.
_LEAST_SPREAD = 0.15
_BASE_STAGE = "statistical"
# Rounds repeat much of the one before: four of them say as much as two that are independent, not as four.
_GAIN = 0.25
# Families of which statistics expect next to nothing have no ratio.
_LEAST_PIECES = 1.0
_FIGURES = (
    Figure("planner_forecast", "pieces", "statistical_forecast"),
    Figure("planner_to_statistics", "rate", "usual_ratio"),
    Figure("months_on_one_side", "count"),
    Figure("orders_to_forecast", "rate"),
    Figure("forecast_difference_value", "money"),
)


def forecast_biased(rows: DetectionRows, as_of: date) -> Findings:
    """Families whose planner forecasts far more, or far less, than statistics do, and is not proved right by sales.

    **Watched**: every forecast round: the planner's pieces of a family over the months ahead against the statistical
    forecast of the same round.

    **Rule**: the logarithm of their ratio, less what all families share in the round (a year in which everybody is
    careful is no bias of one family), is measured in spreads of the family's own rounds within `usual_days`, drawn to
    those of all families. The last rounds on one side are taken together; they are named when chance among all
    families does not explain them (`false_discovery_rate`). Where whole months have passed since, what was ordered
    must lie nearer to statistics than to the planner: he may know better. The pieces between the two forecasts of the
    next three months must be worth an alert at the price of a piece (`least_value_share`).

    **Figures**: the planner's forecast of the last round against statistics, their ratio against the usual one, rounds
    on one side, orders against his forecast, the difference in money. **Money**: forecast too much: the difference as
    stock that is not needed, at standard cost; too little: as sales that may be lost, at the price.
    **Since**: the day of the first round of the run.
    """
    rows = in_order(rows, READS)
    limits = Thresholds.of(rows)
    rounds = _rounds(rows["forecast_vintages"], limits, as_of)
    if rounds.is_empty():
        return Findings.none()
    runs = _runs(rounds)
    kept = kept_discoveries(runs["chance"].to_numpy(), limits.false_discovery_rate)
    found = runs.filter(pl.Series(kept))
    found = found.join(_proof(rows, rounds, found), on="family", how="left").filter(
        pl.col("planner_is_nearer").is_null() | ~pl.col("planner_is_nearer")
    )
    worth = _worth(rows)
    found = found.join(worth, on="family", how="left").with_columns(
        last_date=pl.lit(as_of, dtype=pl.Date), difference=(pl.col("planner_ahead") - pl.col("base_ahead")).abs()
    )
    found = found.with_columns(
        forecast_difference_value=pl.col("difference") * pl.col("price"),
        own_value=pl.col("difference") * pl.when(pl.col("ratio") > 0).then("cost").otherwise("price"),
        strength=pl.col("score").abs(),
        planner_to_statistics=pl.col("planner") / pl.col("base"),
        usual_ratio=pl.col("centre").exp(),
        subject_id=pl.col("family"),
    ).rename({"planner": "planner_forecast", "base": "statistical_forecast", "rounds": "months_on_one_side"})
    found = found.filter(pl.col("forecast_difference_value") >= limits.least_value)
    places = (
        rows["policies"]
        .join(rows["family_items"].select("item_id", "family"), on="item_id", how="inner")
        .with_columns(place=pl.concat_str("item_id", pl.lit("@"), "location_id"))
    )
    documents = touched(places, "family", "item_location", "place")
    above, below = found.filter(pl.col("ratio") > 0), found.filter(pl.col("ratio") <= 0)
    return Findings.together(
        [
            findings_of("forecast_biased", "family", above, _FIGURES, documents, value_basis="excess_stock"),
            findings_of("forecast_biased", "family", below, _FIGURES, documents, value_basis="lost_sales"),
        ]
    )


def _rounds(vintages: pl.DataFrame, limits: Thresholds, as_of: date) -> pl.DataFrame:
    """(family, created_date, planner, base, planner_ahead, base_ahead, ratio) a row a family and round, sorted.

    The month in which the round is made is left out: part of it is over. `ratio`: logarithm, less that of the round.
    """
    ahead = vintages.filter(pl.col("month_start") > pl.col("created_date"))
    near = pl.col("month_start") <= pl.col("created_date") + pl.duration(days=92)
    is_base = pl.col("stage") == _BASE_STAGE
    # The last stage that people touched is what is planned.
    people = pl.col("stage").is_in(["planner", "sales", "consensus", "final"])
    rounds = (
        ahead.group_by("family", "created_date")
        .agg(
            planner=pl.col("quantity").filter(people).sum(),
            base=pl.col("quantity").filter(is_base).sum(),
            planner_ahead=pl.col("quantity").filter(people & near).sum(),
            base_ahead=pl.col("quantity").filter(is_base & near).sum(),
        )
        .filter((pl.col("base") >= _LEAST_PIECES) & (pl.col("planner") > 0))
        .filter(pl.col("created_date") >= limits.usual_from(as_of))
        .with_columns(raw=(pl.col("planner") / pl.col("base")).log())
    )
    shared = (
        pl.when(pl.len().over("created_date") >= 4).then(pl.col("raw").median().over("created_date")).otherwise(0.0)
    )
    return rounds.with_columns(ratio=pl.col("raw") - shared).sort("family", "created_date")


def _runs(rounds: pl.DataFrame) -> pl.DataFrame:
    """Of each family the last rounds on one side of its usual, with their joint score and chance."""
    usual = usual_of(rounds, "family", "ratio", least_spread=_LEAST_SPREAD)
    # Nobody keeps to statistics much closer than the others do: the spread is at least that of the middle family.
    usual = usual.with_columns(spread=pl.max_horizontal("spread", pl.col("spread").median()))
    scored = rounds.join(usual, on="family").with_columns(score=(pl.col("ratio") - pl.col("centre")) / pl.col("spread"))
    latest = pl.col("score").last().over("family", order_by="created_date")
    # Half as far out as the last round: it belongs to the same trouble.
    same = (pl.col("score") * latest.sign()) > latest.abs() / 2
    other = (~same).cast(pl.Int64).reverse().cum_sum().reverse().over("family", order_by="created_date")
    run = scored.with_columns(other=other).filter(pl.col("other") == 0)
    runs = (
        run.group_by("family")
        .agg(
            since_date=pl.col("created_date").min(),
            rounds=pl.len(),
            score=pl.col("score").mean() * pl.len().cast(pl.Float64) ** _GAIN,
            **{
                name: pl.col(name).sort_by("created_date").last()
                for name in ("planner", "base", "planner_ahead", "base_ahead", "ratio", "centre")
            },
        )
        .sort("family")
    )
    return runs.with_columns(chance=pl.Series(np.minimum(2 * norm.sf(np.abs(runs["score"].to_numpy())) * 2, 1.0)))


def _proof(rows: DetectionRows, rounds: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """(family, orders_to_forecast, planner_is_nearer): orders of the whole months since against both forecasts."""
    orders = rows["monthly_orders"]
    until = orders["last_date"].max()
    items = rows["family_items"].select("item_id", "family")
    sold = (
        orders.join(items, on="item_id", how="inner")
        .group_by("family", "month_start")
        .agg(sold=pl.col("quantity").sum())
    )
    first = rows["forecast_vintages"].join(
        found.select("family", created_date="since_date"), on=["family", "created_date"], how="inner"
    )
    whole = pl.col("month_start").dt.offset_by("1mo") <= pl.lit(until, dtype=pl.Date)
    months = (
        first.filter((pl.col("month_start") > pl.col("created_date")) & whole)
        .group_by("family", "month_start")
        .agg(
            base=pl.col("quantity").filter(pl.col("stage") == _BASE_STAGE).sum(),
            planner=pl.col("quantity").filter(pl.col("stage") != _BASE_STAGE).sum(),
        )
        .join(sold, on=["family", "month_start"], how="left")
    )
    sums = months.group_by("family").agg(pl.col("base", "planner").sum(), sold=pl.col("sold").fill_null(0.0).sum())
    apart = {name: ((pl.col("sold") + 1) / (pl.col(name) + 1)).log().abs() for name in ("base", "planner")}
    return sums.select(
        "family",
        orders_to_forecast=pl.col("sold") / pl.col("planner"),
        planner_is_nearer=apart["planner"] < apart["base"],
    )


def _worth(rows: DetectionRows) -> pl.DataFrame:
    """(family, price, cost) of a piece."""
    return (
        rows["family_items"]
        .join(rows["sold_prices"], on="item_id", how="left")
        .group_by("family")
        .agg(
            price=pl.col("unit_value").median().fill_null(pl.col("list_price").median()).fill_null(0.0),
            cost=pl.col("standard_cost").median().fill_null(0.0),
        )
    )
