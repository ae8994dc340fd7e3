"""The money of alerts and their order: what each hits, which share of it is its own, and what comes first.

One method for all: docs/detection.md. An order line's money is counted once over all alerts (`exclusive_value`),
whatever hits it; what one alert alone would show is `at_risk_value`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from planning.detection.impact import LIKELY
from planning.detection.kinds import KINDS, SEVERITIES, SYMPTOMS

# Alerts that make up the first half of the money are critical, up to 80 % high, up to 95 % medium: as stock is classed
# by its value (ABC), with the half as one more step. Money of orders and money that detectors measured are classed
# apart, and the worse counts: a year's extra cost does not make late orders small.
SEVERITY_LIMITS = (0.5, 0.8, 0.95)
SHORT_PART, LIKELY_REACH, HIDDEN_REACH, SELF = 2, 3, 4, 5

ALERT_HITS = {
    "alert_key": pl.String, "sales_order_line_id": pl.String, "finding_id": pl.String, "tier": pl.Int64,
    "days": pl.Float64, "rank": pl.Int64,
}  # fmt: skip


def alert_hits(hits: pl.DataFrame, member: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """The lines that each alert hits through any of its members, with the member that hits it hardest: ALERT_HITS.

    `rank` says how sure the claim is: 0 a late supply of a cause, 1 it passes lateness on, 2 a short part whose cause
    nobody found, 3 its supply makes the line likely late, 4 hidden from the plan. Where a surer alert holds a line, the
    last two do not claim it.
    """
    kinds = findings.select(pl.col("finding_id").alias("alert_key"), pl.col("kind").alias("root_kind"))
    claimed = (
        hits.join(member.select("finding_id", "alert_key"), on="finding_id")
        .join(kinds, on="alert_key")
        .with_columns(
            rank=pl.when(pl.col("tier") >= LIKELY)
            .then(pl.col("tier"))
            .when(pl.col("root_kind").is_in(SYMPTOMS))
            .then(SHORT_PART)
            .otherwise(pl.col("tier") - 1)
            .cast(pl.Int64)
        )
        .sort(
            "alert_key",
            "sales_order_line_id",
            "rank",
            "days",
            "finding_id",
            descending=[False, False, False, True, False],
        )
        .unique(["alert_key", "sales_order_line_id"], keep="first", maintain_order=True)
    )
    surest = claimed.group_by("sales_order_line_id").agg(pl.col("rank").min().alias("surest"))
    return (
        claimed.join(surest, on="sales_order_line_id")
        .filter((pl.col("rank") < LIKELY_REACH) | (pl.col("rank") == pl.col("surest")))
        .select(*ALERT_HITS)
        .sort("alert_key", "sales_order_line_id")
    )


def line_parents(claims: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """Under which finding each late or risky order line stands: that of its weightiest claim. finding_id, parent_id."""
    main = _longest(claims)
    return (
        findings.filter(pl.col("kind").is_in(["order_late", "order_at_risk"]))
        .join(main, left_on="subject_id", right_on="sales_order_line_id")
        .select("finding_id", pl.col("finding_id_right").alias("parent_id"))
        .sort("finding_id")
    )


def beside(claims: pl.DataFrame, parent: pl.DataFrame, findings: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Short parts that hold no line up the longest: each goes to the finding that does so for its weightiest line.

    The same orders wait for them, and none is freed by them alone, so that they claim none. finding_id, parent_id.
    """
    longest = _longest(claims)
    leading = longest["finding_id"].implode()
    short = findings.filter((pl.col("kind") == "part_short") & ~pl.col("finding_id").is_in(leading)).join(
        parent, on="finding_id", how="anti"
    )
    return (
        claims.join(short.select("finding_id"), left_on="alert_key", right_on="finding_id", how="semi")
        .join(lines.select("sales_order_line_id", "line_value"), on="sales_order_line_id")
        .join(longest.select("sales_order_line_id", pl.col("finding_id").alias("parent_id")), on="sales_order_line_id")
        .sort("alert_key", "line_value", "sales_order_line_id", descending=[False, True, False])
        .unique("alert_key", keep="first", maintain_order=True)
        .select(pl.col("alert_key").alias("finding_id"), "parent_id")
        .sort("finding_id")
    )


def without_effect(findings: pl.DataFrame, parent: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """The findings without short parts for which no customer line is late and that no cause explains."""
    said = pl.concat([claims["alert_key"], claims["finding_id"], parent["finding_id"]]).implode()
    return findings.filter((pl.col("kind") != "part_short") | pl.col("finding_id").is_in(said))


def _longest(claims: pl.DataFrame) -> pl.DataFrame:
    """The weightiest claim of each line."""
    return claims.sort(
        "sales_order_line_id", "rank", "days", "alert_key", descending=[False, False, True, False]
    ).unique("sales_order_line_id", keep="first", maintain_order=True)


def shared(claims: pl.DataFrame, findings: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """ALERT_HITS with the line's money and the alert's share of it.

    The surest claims of a line share it by the days that they hold it up; a line that nobody claims is its own alert's.
    """
    claimed = claims["sales_order_line_id"].implode()
    alone = (
        findings.filter(pl.col("kind").is_in(["order_late", "order_at_risk"]))
        .filter(~pl.col("subject_id").is_in(claimed))
        .join(lines, left_on="subject_id", right_on="sales_order_line_id")
        .select(
            pl.col("finding_id").alias("alert_key"),
            pl.col("subject_id").alias("sales_order_line_id"),
            "finding_id",
            pl.lit(SELF, pl.Int64).alias("tier"),
            pl.col("late_days").cast(pl.Float64).clip(lower_bound=1.0).alias("days"),
            pl.lit(SELF, pl.Int64).alias("rank"),
        )
    )
    every = pl.concat([claims, alone.select(*ALERT_HITS)])
    surest = every.group_by("sales_order_line_id").agg(pl.col("rank").min().alias("surest"))
    weighed = every.join(surest, on="sales_order_line_id").with_columns(
        weight=pl.when(pl.col("rank") == pl.col("surest")).then("days").otherwise(0.0)
    )
    total = weighed.group_by("sales_order_line_id").agg(pl.col("weight").sort().sum().alias("total"))
    about = lines.select(
        "sales_order_line_id", "sales_order_id", "customer_id", "item_id", "location_id", "demand_date",
        "possible_date", "p50_date", pl.col("late_days").alias("line_late_days"), "value", "is_late", "line_value",
    )  # fmt: skip
    return (
        weighed.join(total, on="sales_order_line_id")
        .join(about, on="sales_order_line_id")
        .with_columns(share_rate=pl.col("weight") / pl.col("total"))
        .with_columns(exclusive_value=pl.col("share_rate") * pl.col("line_value"))
        .drop("weight", "total", "surest")
        .sort("alert_key", "sales_order_line_id")
    )


def own_values(findings: pl.DataFrame, member: pl.DataFrame) -> pl.DataFrame:
    """The detectors' own money of each alert: alert_key, value_basis, own_value, counted once per basis.

    What a cause measured and what its members measured on the same basis is the same money: the larger counts.
    """
    known = findings.filter(pl.col("own_value").is_not_null()).join(
        member.select("finding_id", "alert_key"), on="finding_id"
    )
    is_root = pl.col("finding_id") == pl.col("alert_key")
    return (
        known.sort("alert_key", "value_basis", "own_value")
        .group_by("alert_key", "value_basis")
        .agg(
            root=pl.col("own_value").filter(is_root).sum(),
            others=pl.col("own_value").filter(~is_root).sort().sum(),
        )
        .select("alert_key", "value_basis", pl.max_horizontal("root", "others").alias("own_value"))
        .sort("alert_key", "value_basis")
    )


def ranked(findings: pl.DataFrame, member: pl.DataFrame, hits: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """One row per alert, the most money first: what it is, what it hits, its money, its severity."""
    totals = hits.group_by("alert_key").agg(
        hit_lines=pl.len().cast(pl.Int64),
        late_lines=pl.col("is_late").sum(),
        hit_orders=pl.col("sales_order_id").n_unique().cast(pl.Int64),
        hit_customers=pl.col("customer_id").n_unique().cast(pl.Int64),
        sole_lines=pl.col("is_sole").sum(),
        at_risk_value=pl.col("line_value").sort().sum(),
        exclusive_value=pl.col("exclusive_value").sort().sum(),
    )
    measured = (
        own.sort("alert_key", "own_value", "value_basis", descending=[False, True, False])
        .group_by("alert_key", maintain_order=True)
        .agg(pl.col("value_basis").first(), pl.col("own_value").sort().sum())
    )
    counted = member.group_by("alert_key").agg(
        (pl.len() - 1).cast(pl.Int64).alias("member_count"), pl.col("finding_id").sort().alias("ids")
    )
    since = member.join(findings.select("finding_id", "since_date"), on="finding_id").group_by("alert_key").agg(
        pl.col("since_date").min().alias("first_sign_date")
    )  # fmt: skip
    counts = ("hit_lines", "late_lines", "hit_orders", "hit_customers", "sole_lines")
    money = ("at_risk_value", "exclusive_value", "own_value")
    rows = (
        findings.drop("own_value", "value_basis")
        .rename({"finding_id": "alert_key"})
        .join(counted.drop("ids"), on="alert_key")
        .join(since, on="alert_key")
        .join(totals, on="alert_key", how="left")
        .join(measured, on="alert_key", how="left")
        .with_columns(
            *[pl.col(name).fill_null(0).cast(pl.Int64) for name in counts],
            *[pl.col(name).fill_null(0.0) for name in money],
        )
        .with_columns(money_value=pl.col("exclusive_value") + pl.col("own_value"))
        .sort("money_value", "strength", "alert_key", descending=[True, True, False], nulls_last=True)
        .with_row_index("rank", offset=1)
        .with_columns(pl.col("rank").cast(pl.Int64))
    )
    place = pl.col("subject_id").str.split("@").list
    is_place = pl.col("subject_type") == "item_location"
    subject = rows.with_columns(
        subject_item_id=pl.when(is_place).then(place.first()).when(pl.col("subject_type") == "item").then("subject_id"),
        subject_location_id=pl.when(is_place).then(place.last()),
    )
    about = pl.DataFrame(
        [(kind.name, kind.area, kind.owner_role, kind.action, kind.is_symptom, SEVERITIES.index(kind.least_severity))
         for kind in KINDS.values()],
        schema={"kind": pl.String, "area": pl.String, "owner_role": pl.String, "action": pl.String,
                "is_symptom": pl.Boolean, "least": pl.Int64},
        orient="row",
    )  # fmt: skip
    least = rows.join(about, on="kind", maintain_order="left")["least"].to_numpy()
    by_money = np.minimum(_levels(rows["exclusive_value"].to_numpy()), _levels(rows["own_value"].to_numpy()))
    level = np.minimum(by_money, least)
    words = pl.Series(list(SEVERITIES)).gather(pl.Series(level, dtype=pl.Int64))
    return subject.join(about.drop("least"), on="kind", maintain_order="left").with_columns(severity=words)


def _levels(money: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The severity of each alert, 0 the worst, by the share of the money that the weightier ones before it make up."""
    levels = np.full(money.size, len(SEVERITIES) - 1)
    total = float(np.sort(money).sum())
    if total <= 0:
        return levels
    order = np.argsort(-money, kind="stable")
    sums = np.cumsum(money[order])
    before = (sums - money[order]) / total
    levels[order] = np.searchsorted(SEVERITY_LIMITS, before, side="right")
    return np.where(money > 0, levels, len(SEVERITIES) - 1)
