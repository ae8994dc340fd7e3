"""All kinds of change by their word in a file."""

from __future__ import annotations

from collections.abc import Mapping

from planning.scenarios import (
    demand_changes,
    hours_changes,
    operation_changes,
    order_changes,
    parameter_changes,
    source_changes,
    supplier_changes,
)
from planning.scenarios.change import Change
from planning.scenarios.fields import key_of, readable

_ALL: tuple[type[Change], ...] = (
    demand_changes.DemandFactor,
    demand_changes.DemandAdd,
    demand_changes.DemandShift,
    demand_changes.RushOrder,
    demand_changes.DemandCancel,
    supplier_changes.SupplierDelay,
    supplier_changes.SupplierOutage,
    parameter_changes.LeadTime,
    parameter_changes.Yield,
    parameter_changes.SafetyStock,
    parameter_changes.LotRuleChange,
    source_changes.SourcePriority,
    source_changes.NewSupplier,
    source_changes.NewTransfer,
    source_changes.NewSubstitute,
    hours_changes.WorkingHours,
    operation_changes.OperationHours,
    parameter_changes.UnitValue,
    hours_changes.PurchasePrice,
    hours_changes.SalesPrice,
    order_changes.MoveOpenOrder,
    order_changes.CancelOpenOrder,
    order_changes.ResizeOpenOrder,
    order_changes.FirmPlannedOrder,
    order_changes.MovePlannedOrder,
    order_changes.SplitPlannedOrder,
)
KINDS: Mapping[str, type[Change]] = {kind.KIND: kind for kind in _ALL}


def kind_rows() -> list[dict[str, str]]:
    """For each kind its word, what it does in both languages, its fields, and an example.

    Fields in brackets may be left out.
    """
    rows = []
    for word, kind in KINDS.items():
        parts = [key_of(column) if column.metadata["required"] else f"[{key_of(column)}]" for column in readable(kind)]
        rows.append(
            {"kind": word, "says": kind.SAYS[0], "says_zh": kind.SAYS[1], "fields": " ".join(parts),
             "example": kind.EXAMPLE}
        )  # fmt: skip
    return rows
