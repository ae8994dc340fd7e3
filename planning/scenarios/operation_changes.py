"""A change of how long work takes: run and setup hours of operations, of new orders and of open ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import polars as pl

from planning.mrp import Journal
from planning.scenarios.change import Language, OfItems, shown
from planning.scenarios.draft import Draft
from planning.scenarios.fields import names, number, suggestion
from planning.scenarios.mistakes import said
from planning.scenarios.problems import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationHours(OfItems):
    """Run hours, setup hours or both of the operations of what is made, times a factor.

    Material is planned with no regard to capacity, and lead times stay as they are: what changes is the load. What is
    left of open orders is not told apart by setup and run, and takes the factor of the run hours.
    """

    KIND: ClassVar[str] = "operation_hours"
    SAYS: ClassVar[tuple[str, str]] = ("run and setup hours of operations", "工序的加工与准备工时")
    EXAMPLE: ClassVar[str] = "{kind: operation_hours, work_centre: WC-ASMB, factor: 1.08}"

    work_centre: tuple[str, ...] = names()
    factor: float | None = number(least=0.0, most=100.0)
    setup_factor: float | None = number(least=0.0, most=100.0)

    def faults(self) -> Sequence[str]:
        if self.factor is None and self.setup_factor is None:
            return (said("no_hours"),)
        return ()

    def apply(self, draft: Draft) -> Draft:
        model, chosen = draft.model, self.nodes(draft)
        for one in self.work_centre:
            if one not in model.work_centres:
                known = sorted(model.work_centres)
                raise Refused("work_centre", said("unknown_work_centre", name=one, hint=suggestion(one, known)))
        held = model.problem.operations
        codes = [model.work_centres.index(one) for one in self.work_centre]
        meant = chosen[model.problem.sources.node[held.source]]
        if codes:
            meant = meant & np.isin(held.work_centre, codes)
        rows = np.flatnonzero(meant)
        if not rows.size:
            raise Refused("", said("no_operation"))
        step = Journal()
        if self.factor is not None:
            step = step.replaced("operations", rows, run_hours_per_unit=held.run_hours_per_unit[rows] * self.factor)
        if self.setup_factor is not None:
            step = step.replaced("operations", rows, setup_hours=held.setup_hours[rows] * self.setup_factor)
        if self.factor is None:
            return draft.changed(step)
        left = model.rows.order_operations
        opened = model.supply["document_id"].filter(pl.Series(chosen[model.problem.open_supply.node]))
        is_meant = pl.col("production_order_id").is_in(opened.unique().to_list())
        if codes:
            is_meant &= pl.col("work_centre_id").is_in(list(self.work_centre))
        longer = left.with_columns(hours=pl.when(is_meant).then(pl.col("hours") * self.factor).otherwise("hours"))
        return draft.changed(step, rows=replace(model.rows, order_operations=longer))

    def phrase(self, language: Language) -> str:
        is_zh = language == "zh"
        parts = []
        if self.factor is not None:
            parts.append(f"{'加工工时' if is_zh else 'Run hours'} × {shown(self.factor)}")
        if self.setup_factor is not None:
            word = "准备工时" if is_zh else "setup hours" if parts else "Setup hours"
            parts.append(f"{word} × {shown(self.setup_factor)}")
        return ("，" if is_zh else ", ").join(parts)
