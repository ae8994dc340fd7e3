"""Detectors of symptoms: what is late or missing by the plan. Why is said by the other detectors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from planning.detection.detector import Detector
from planning.detection.findings import EVIDENCE, FINDINGS, TOUCHES, DetectionRows, Findings

# Supply that is bought: missing parts begin here; a make order that starts too late waits for them or for hours.
_BOUGHT = ("buy", "subcontract")
# A line is at risk where it is likelier late than in time.
_EVEN_CHANCE = 0.5


def order_late(rows: DetectionRows, as_of: date) -> Findings:
    """Open customer order lines that are late.

    **Watched:** every open sales order line that the plan serves.
    **Rule:** its day (promised, else requested) has passed, or the plan cannot have the last of it by then.
    There is no threshold: the plan's own rule of lateness holds.
    **Figures:** days late, and the open value against the part of it that is late.
    **Money:** the net value of the part that is late; all of it where the day has passed.
    """
    lines = rows["open_order_lines"].filter(pl.col("late_value") > 0)
    figures = [("late_days", "late_days", "days", None), ("late_value", "late_value", "money", "value")]
    return _of_lines("order_late", lines, pl.col("late_days").cast(pl.Float64), figures, as_of)


def order_at_risk(rows: DetectionRows, as_of: date) -> Findings:
    """Open customer order lines that the plan meets and that are nevertheless likelier late than in time.

    **Watched:** every open sales order line that is not late by the plan, with its chance to be in time
    (how suppliers, lanes and work centres really kept their dates).
    **Rule:** the chance is below one half. That is no setting: it is where late becomes the likelier.
    **Figures:** chance to be in time against one half; the day by which it is there in half of all cases.
    **Money:** net value × the chance of being late.
    """
    lines = rows["open_order_lines"].filter((pl.col("late_value") == 0) & (pl.col("in_time_rate") < _EVEN_CHANCE))
    lines = lines.with_columns(even=pl.lit(_EVEN_CHANCE))
    figures = [
        ("in_time_rate", "in_time_rate", "rate", "even"),
        ("expected_late_value", "expected_late_value", "money", "value"),
    ]
    return _of_lines("order_at_risk", lines, (1 - pl.col("in_time_rate")) / _EVEN_CHANCE, figures, as_of)


def part_short(rows: DetectionRows, as_of: date) -> Findings:
    """Bought parts that cannot be there when open orders need them.

    **Watched:** every link of the plan's pegging from a purchase line or a planned purchase.
    **Rule:** the supply is late by itself (overdue, or its release lies in the past) and customer orders hang on it.
    There is no threshold: the plan's own rule of lateness holds.
    **Figures:** the longest delay in days, the quantity that comes late, how many orders take it.
    **Money:** by the order lines that it hits.
    """
    planned = rows["planned_orders"].filter(pl.col("order_type").is_in(_BOUGHT))["plan_order_id"]
    is_bought = (pl.col("supply_type") == "purchase_order_line") | (
        (pl.col("supply_type") == "planned_order") & pl.col("supply_id").is_in(planned.implode())
    )
    late = rows["pegging_links"].filter((pl.col("is_cause") == 1) & is_bought & (pl.col("served_value") > 0))
    parts = (
        late.group_by("item_id", "location_id")
        .agg(
            late_days=pl.col("late_days").max().cast(pl.Float64),
            quantity=pl.col("quantity").sort().sum(),
            waiting=pl.struct("demand_type", "demand_id").n_unique().cast(pl.Float64),
            asked=pl.col("asked_date").min(),
        )
        .with_columns(subject_id=pl.col("item_id") + "@" + pl.col("location_id"))
        .with_columns(finding_id=pl.lit("part_short|item_location|") + pl.col("subject_id"))
        .sort("finding_id")
    )
    findings = parts.select(
        "finding_id",
        pl.lit("part_short").alias("kind"),
        pl.lit("item_location").alias("subject_type"),
        "subject_id",
        pl.min_horizontal("asked", pl.lit(as_of)).alias("since_date"),
        pl.col("late_days").alias("strength"),
        pl.lit(None, pl.Float64).alias("own_value"),
        pl.lit(None, pl.String).alias("value_basis"),
    )
    figures = [
        ("late_days", "late_days", "days", None),
        ("late_quantity", "quantity", "pieces", None),
        ("waiting_orders", "waiting", "count", None),
    ]
    touches = parts.select(
        "finding_id", pl.lit("item_location").alias("document_type"), pl.col("subject_id").alias("document_id")
    )
    return _findings(findings, _evidence(parts, figures, pl.col("asked"), as_of), touches)


def _of_lines(
    kind: str, lines: pl.DataFrame, strength: pl.Expr, figures: Sequence[tuple[str, str, str, str | None]], as_of: date
) -> Findings:
    named = lines.with_columns(
        finding_id=pl.lit(f"{kind}|document|") + pl.col("sales_order_line_id"), strength=strength
    ).sort("finding_id")
    findings = named.select(
        "finding_id",
        pl.lit(kind).alias("kind"),
        pl.lit("document").alias("subject_type"),
        pl.col("sales_order_line_id").alias("subject_id"),
        pl.min_horizontal("demand_date", pl.lit(as_of)).alias("since_date"),
        "strength",
        pl.lit(None, pl.Float64).alias("own_value"),
        pl.lit(None, pl.String).alias("value_basis"),
    )
    touches = named.select(
        "finding_id",
        pl.lit("sales_order_line").alias("document_type"),
        pl.col("sales_order_line_id").alias("document_id"),
    )
    return _findings(findings, _evidence(named, figures, pl.col("demand_date"), as_of), touches)


def _evidence(
    rows: pl.DataFrame, figures: Sequence[tuple[str, str, str, str | None]], first: pl.Expr, as_of: date
) -> pl.DataFrame:
    parts = [
        rows.select(
            "finding_id",
            pl.lit(number, pl.Int64).alias("sequence"),
            pl.lit(figure).alias("figure"),
            pl.col(column).cast(pl.Float64).alias("value"),
            pl.lit(unit).alias("unit"),
            (pl.lit(None, pl.Float64) if usual is None else pl.col(usual).cast(pl.Float64)).alias("usual_value"),
            first.alias("first_date"),
            pl.lit(as_of).alias("last_date"),
        )
        for number, (figure, column, unit, usual) in enumerate(figures, start=1)
    ]
    return pl.concat(parts).sort("finding_id", "sequence")


def _findings(findings: pl.DataFrame, evidence: pl.DataFrame, touches: pl.DataFrame) -> Findings:
    return Findings(
        findings.select(pl.col(name).cast(kind) for name, kind in FINDINGS.items()),
        evidence.select(pl.col(name).cast(kind) for name, kind in EVIDENCE.items()),
        touches.select(pl.col(name).cast(kind) for name, kind in TOUCHES.items()),
    )


DETECTORS = (
    Detector(order_late, ("order_late",), ("open_order_lines",)),
    Detector(order_at_risk, ("order_at_risk",), ("open_order_lines",)),
    Detector(part_short, ("part_short",), ("pegging_links", "planned_orders")),
)
