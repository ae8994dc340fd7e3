"""Stock policies changed and tried: the changes of an edit, and what the plan with them is beside the plan as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import polars as pl

from planning.scenarios.change import Change
from planning.scenarios.document import Scenario
from planning.scenarios.draft import as_date
from planning.scenarios.measures import HORIZON_DAYS, stock_value
from planning.scenarios.outcome import Outcome
from planning.scenarios.parameter_changes import LotRuleChange, SafetyStock
from planning.tables.messages import plan_messages
from tower.scenarios.base import PlanningBase

# An item of these rules is ordered at its reorder point; its safety stock orders nothing.
AT_REORDER_POINT = ("reorder_point", "min_max")
# A change of hundreds of items is not read to its end.
LONGEST = 160
# Units that come in whole pieces are proposed in whole pieces; others to the third decimal.
_WHOLE = ("pcs", "pc", "set", "ea", "each", "件", "个", "套", "pair")


@dataclass(frozen=True, slots=True)
class PolicyEffect:
    """`stock`: date, before, after (value at the end of each day); `messages`: code, before, after, by code."""

    stock: pl.DataFrame
    messages: pl.DataFrame


def edited(
    row: Mapping[str, Any], *, safety_stock: float | None = None, reorder_point: float | None = None,
    lots: Mapping[str, float] | None = None,
) -> list[Change]:  # fmt: skip
    """The changes of one item and place; figures that are None, or as they are in `row`, change nothing."""
    item, place = (row["item_id"],), (row["location_id"],)
    found: list[Change] = []
    if safety_stock is not None and safety_stock != (row["safety_stock_quantity"] or 0):
        found.append(SafetyStock(item=item, location=place, set=safety_stock))
    if reorder_point is not None and reorder_point != row["reorder_point_quantity"]:
        found.append(LotRuleChange(item=item, location=place, reorder_point=reorder_point))
    given = {name: value for name, value in (lots or {}).items() if value}
    if given:
        found.append(LotRuleChange(item=item, location=place, **given))  # type: ignore[arg-type]
    return found


def proposed(rows: pl.DataFrame) -> list[Change]:
    """The changes that keep what the service target asks for, of rows of `inventory_health.protections`.

    An item ordered at its reorder point gets that point moved by the difference. Quantities are rounded up.
    """
    found: list[Change] = []
    for row in rows.sort("item_id", "location_id").iter_rows(named=True):
        needed, stated = row["needed_safety_stock_quantity"], row["stated_safety_stock_quantity"] or 0.0
        if needed is None or row["protection"] in (None, "right"):
            continue
        target = rounded_up(needed, row["base_uom"])
        point = row["reorder_point_quantity"]
        if row["lot_rule"] in AT_REORDER_POINT and point is not None:
            moved = max(rounded_up(point + target - stated, row["base_uom"]), 0.0)
            if row["max_stock_quantity"] is not None and row["lot_rule"] == "min_max":
                most = row["max_stock_quantity"] + moved - point
                found.append(
                    LotRuleChange(
                        item=(row["item_id"],), location=(row["location_id"],), reorder_point=moved,
                        max_stock=max(rounded_up(most, row["base_uom"]), moved),
                    )
                )  # fmt: skip
            else:
                found += edited(row, reorder_point=moved)
        else:
            found += edited(row, safety_stock=target)
    return found


def scaled(rows: pl.DataFrame, factor: float) -> list[Change]:
    """Safety stock of all rows × a factor, one change for each place."""
    return [
        SafetyStock(item=tuple(part["item_id"].sort()), location=(str(place),), factor=factor)
        for (place,), part in rows.filter(pl.col("is_planned") == 1).sort("location_id").group_by(
            "location_id", maintain_order=True
        )
    ]  # fmt: skip


def rounded_up(quantity: float, unit: str | None) -> float:
    """Up to whole pieces, or to thousandths of a unit that can be divided."""
    grain = 1.0 if (unit or "").lower() in _WHOLE else 0.001
    return round(ceil(round(quantity / grain, 6)) * grain, 3)


def effect(base: PlanningBase, scenario: Scenario) -> PolicyEffect:
    """Stock over time and messages, before and after. Raises ScenarioError with every change that does not fit."""
    outcome = base.plan.run(scenario)
    return PolicyEffect(_stock(base.plan.outcome, outcome), _messages(base.plan.outcome, outcome))


def _stock(before: Outcome, after: Outcome) -> pl.DataFrame:
    first_day = before.planned.model.problem.first_day
    dates = [as_date(first_day - 1 + number) for number in range(HORIZON_DAYS + 1)]
    return pl.DataFrame(
        {"date": dates, "before": stock_value(before), "after": stock_value(after)},
        schema={"date": pl.Date, "before": pl.Float64, "after": pl.Float64},
    )


def _messages(before: Outcome, after: Outcome) -> pl.DataFrame:
    counts = [
        plan_messages(one.planned).group_by("code").agg(pl.len().cast(pl.Int64).alias(name))
        for name, one in (("before", before), ("after", after))
    ]
    return (
        counts[0].join(counts[1], on="code", how="full", coalesce=True)
        .with_columns(pl.col("before", "after").fill_null(0)).sort("code")
    )  # fmt: skip


def named_changes(changes: Sequence[Change], language: str, most: int = 8) -> tuple[list[str], int]:
    """The first changes in words, long ones cut, and how many more there are."""
    said = [one.described("zh" if language == "zh" else "en") for one in changes[:most]]
    return [one if len(one) <= LONGEST else f"{one[:LONGEST]}…" for one in said], max(len(changes) - most, 0)
