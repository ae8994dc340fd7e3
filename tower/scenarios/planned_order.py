"""Changes of single planned orders, and what a scenario does to the record of their item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from planning.mrp.codes import UNIT
from planning.mrp.records import records
from planning.scenarios.change import Change
from planning.scenarios.document import Scenario
from planning.scenarios.kinds import KINDS
from planning.scenarios.outcome import Outcome
from planning.tables.naming import dates
from tower.scenarios.base import PlanningBase

FIRM, MOVE, SPLIT = "firm_planned_order", "move_planned_order", "split_planned_order"
# Figures of a record, as they stand in the record of the plan and as the engine calls them.
FIGURES = {
    "gross_quantity": "gross_requirements", "scheduled_receipt_quantity": "scheduled_receipts",
    "planned_receipt_quantity": "planned_receipts", "projected_on_hand_quantity": "projected_on_hand",
}  # fmt: skip


def change_of(
    kind: str, item: str, place: str, order: Mapping[str, Any], others: Sequence[Mapping[str, Any]], **fields: Any
) -> Change:
    """A change of one planned order: named by item, place and due day, and by more where others have that day, too.

    `order` and `others` have due_date, quantity, release_date and supplier_id. Orders that are equal in all are changed
    together.
    """
    selected: dict[str, Any] = {"item": (item,), "location": (place,)}
    day, supplier = order["release_date"], order["supplier_id"]
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("due_date", {"due": order["due_date"]}), ("quantity", {"quantity": float(order["quantity"])}),
        ("release_date", {"start": day, "end": day}), ("supplier_id", {"supplier": (supplier,) if supplier else ()}),
    )  # fmt: skip
    same = list(others)
    for column, words in steps:
        selected |= words
        same = [one for one in same if one[column] == order[column]]
        if len(same) <= 1:
            break
    return KINDS[kind](**selected, **fields)


def record_beside(base: PlanningBase, scenario: Scenario, item: str, place: str) -> pl.DataFrame:
    """The weekly record of an item at a place in the base and, with `_after`, in the scenario.

    is_past_due, period (the first day of the week), last_day, and each of FIGURES; to the last week in which anything
    happens in either. Empty where neither plans the item there. Raises ScenarioError.
    """
    return _beside(base.plan.outcome, base.plan.run(scenario), item, place)


def _beside(before: Outcome, after: Outcome, item: str, place: str) -> pl.DataFrame:
    edges = max(before.planned.load.edges, after.planned.load.edges, key=len)
    columns: dict[str, Any] = {}
    for outcome, suffix in ((before, ""), (after, "_after")):
        nodes = outcome.planned.model.nodes
        node = nodes.with_row_index("row").filter((pl.col("item_id") == item) & (pl.col("location_id") == place))["row"]
        found = records(outcome.planned.plan, edges, node.to_numpy().astype(np.int64))
        for name, figure in FIGURES.items():
            values = getattr(found, figure)
            columns[name + suffix] = values[0] / UNIT if len(values) else np.zeros(edges.size)
    begins = dates(np.concatenate((edges[:1] - 1, edges[:-1])))
    frame = pl.DataFrame(
        {
            "is_past_due": (np.arange(edges.size) == 0).astype(np.int32),
            "period": begins,
            "last_day": dates(np.concatenate((edges[:1] - 1, edges[1:] - 1))),
            **columns,
        }
    )
    flows = [name for name in FIGURES if name != "projected_on_hand_quantity"]
    moving = pl.any_horizontal(pl.col(name + suffix) != 0 for name in flows for suffix in ("", "_after"))
    last = frame.with_row_index("row").filter(moving)["row"].to_list()[-1:]
    shown = frame.head(last[0] + 1 if last else 0)
    first = pl.col("is_past_due") == 0
    return shown.filter(first | moving)
