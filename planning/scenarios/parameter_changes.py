"""Changes of planning parameters: lead time, yield, safety stock, lot rule, unit value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from planning.model.lead_times import LeadTimeOrigin
from planning.mrp import Journal
from planning.mrp.codes import TOLERANCE, UNIT, Flags, Floats, Integers, LotRule, SourceKind
from planning.scenarios.change import Language, OfItems, exactly_one, known_suppliers, shown
from planning.scenarios.draft import Draft
from planning.scenarios.fields import choice, days, names, number, whole
from planning.scenarios.mistakes import said
from planning.scenarios.open_orders import PRODUCTION, to_come
from planning.scenarios.problems import Refused

# Rounding of what floating point leaves beside a whole number.
_NEARLY = 1e-9
_KINDS = {"make": SourceKind.MAKE, "buy": SourceKind.BUY, "transfer": SourceKind.TRANSFER,
          "subcontract": SourceKind.SUBCONTRACT}  # fmt: skip


def arithmetic(language: Language, change: Any, unit: tuple[str, str] = ("", "")) -> str:
    """`set`, `factor` or `add` of a change in words."""
    after = unit[1] if language == "zh" else unit[0]
    if change.set is not None:
        return f"= {shown(change.set)}{after}"
    if change.factor is not None:
        return f"× {shown(change.factor)}"
    add = change.add
    return f"{'+' if add >= 0 else '−'} {shown(abs(add))}{after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfSources(OfItems):
    """Changes of ways to get items, chosen by item and place, supplier and kind of supply."""

    supplier: tuple[str, ...] = names()
    supply: str | None = choice(*_KINDS)

    def sources(self, draft: Draft) -> Integers:
        """Rows of the sources that are meant. Raises Refused where there are none."""
        known_suppliers(draft, self.supplier)
        held = draft.model.problem.sources
        found: Flags = self.nodes(draft)[held.node]
        if self.supplier:
            found = found & np.isin(draft.supplier_of_source().astype(str), self.supplier)
        if self.supply:
            found = found & (held.kind == _KINDS[self.supply])
        rows = np.flatnonzero(found)
        if not rows.size:
            raise Refused("", said("no_source"))
        return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTime(OfSources):
    """Lead times of new orders, in the days they are stated in: working days of what is made, else calendar days.

    A factor rounds up to whole days, and holds for the days that each unit adds; `set` replaces both.
    """

    KIND: ClassVar[str] = "lead_time"
    SAYS: ClassVar[tuple[str, str]] = ("lead time of new orders", "新订单的提前期")
    EXAMPLE: ClassVar[str] = "{kind: lead_time, supplier: V013, add: 10}"

    set: int | None = days(least=0)
    factor: float | None = number(least=0.0, most=100.0)
    add: int | None = days()

    def faults(self) -> Sequence[str]:
        return exactly_one(self, "set", "factor", "add")

    def apply(self, draft: Draft) -> Draft:
        rows, held = self.sources(draft), draft.model.problem.sources
        before, each = held.lead_time_days[rows], held.lead_time_days_per_unit[rows]
        if self.set is not None:
            after, each = np.full(rows.size, self.set), np.zeros(rows.size)
        elif self.factor is not None:
            after, each = np.ceil(before * self.factor - _NEARLY).astype(np.int64), each * self.factor
        else:
            after = np.maximum(before + (self.add or 0), 0)
        origin = self._origin(draft, rows, after, each)
        step = Journal().replaced(
            "sources", rows, lead_time_days=after, lead_time_days_per_unit=each, lead_time_origin=origin
        )
        return draft.changed(step)

    def _origin(self, draft: Draft, rows: Integers, after: Integers, each: Floats) -> Integers:
        """Where the new lead times come from: the scenario, unless they are what the base, or a new source, says."""
        base, held = draft.plan.problem.sources, draft.model.problem.sources
        said = np.full(rows.size, int(LeadTimeOrigin.SCENARIO))
        for table in (held, base):
            there = np.minimum(rows, table.count - 1)
            same = (table.lead_time_days[there] == after) & (table.lead_time_days_per_unit[there] == each)
            same &= rows < table.count
            said = np.where(same, table.lead_time_origin[there], said)
        return said

    def phrase(self, language: Language) -> str:
        return f"{'提前期' if language == 'zh' else 'Lead time'} {arithmetic(language, self, (' days', ' 天'))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Yield(OfItems):
    """Yield, as a share from above 0 to 1; it holds for what is still to be made of open production orders, too."""

    KIND: ClassVar[str] = "yield_rate"
    SAYS: ClassVar[tuple[str, str]] = ("yield of what is made", "合格率")
    EXAMPLE: ClassVar[str] = "{kind: yield_rate, family: Semi-finished goods, factor: 0.97}"

    set: float | None = number(above=0.0, most=1.0)
    factor: float | None = number(above=0.0, most=100.0)

    def faults(self) -> Sequence[str]:
        return exactly_one(self, "set", "factor")

    def apply(self, draft: Draft) -> Draft:
        problem = draft.model.problem
        chosen = self.nodes(draft)
        rows = np.flatnonzero(chosen)
        before = problem.nodes.yield_rate[rows]
        after = np.full(rows.size, self.set) if self.set is not None else np.minimum(before * (self.factor or 1.0), 1.0)
        step = Journal().replaced("nodes", rows, yield_rate=after)
        rate = problem.nodes.yield_rate.copy()
        rate[rows] = after
        opened = problem.open_supply
        made = (draft.model.supply["document_type"] == PRODUCTION).to_numpy()
        touched = np.flatnonzero(made & chosen[opened.node] & (opened.quantity > 0))
        good = np.floor(to_come(draft, touched) * rate[opened.node[touched]] + TOLERANCE).astype(np.int64)
        return draft.changed(step.replaced("open_supply", touched, quantity=good))

    def phrase(self, language: Language) -> str:
        much = f"= {shown(self.set)}" if self.set is not None else f"× {shown(self.factor)}"
        return f"{'合格率' if language == 'zh' else 'Yield'} {much}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyStock(OfItems):
    """Safety stock as a quantity, or as days of cover.

    `set` and `days_of_cover` replace whatever was stated; `factor` and `add` change the quantity and its steps over
    time; `factor` changes days of cover, too, up to whole days. Pieces are rounded up. Where an item is ordered by its
    reorder point, that point counts and not the safety stock: change it by `lot_rule`.
    """

    KIND: ClassVar[str] = "safety_stock"
    SAYS: ClassVar[tuple[str, str]] = ("safety stock as a quantity or as days of cover", "安全库存（数量或覆盖天数）")
    EXAMPLE: ClassVar[str] = "{kind: safety_stock, family: Semiconductor, factor: 1.5}"

    set: float | None = number(least=0.0, most=1e9)
    factor: float | None = number(least=0.0, most=1000.0)
    add: float | None = number(least=-1e9, most=1e9)
    days_of_cover: int | None = whole(least=1, most=365)

    def faults(self) -> Sequence[str]:
        return exactly_one(self, "set", "factor", "add", "days_of_cover")

    def apply(self, draft: Draft) -> Draft:
        problem = draft.model.problem
        chosen = self.nodes(draft)
        rows, steps = np.flatnonzero(chosen), problem.safety_stock_steps
        at = np.flatnonzero(chosen[steps.node])
        held, cover = problem.nodes.safety_stock[rows], problem.nodes.days_of_cover[rows]
        if self.set is not None or self.days_of_cover is not None:
            stated = Journal().removed("safety_stock_steps", at)
            return draft.changed(
                stated.replaced(
                    "nodes", rows, safety_stock=round((self.set or 0.0) * UNIT), days_of_cover=self.days_of_cover or 0
                )
            )
        grain = draft.directory.grain
        step = Journal().replaced("nodes", rows, safety_stock=self._changed(held, grain[rows]))
        step = step.replaced(
            "safety_stock_steps", at, quantity=self._changed(steps.quantity[at], grain[steps.node[at]])
        )
        if self.factor is not None:
            step = step.replaced("nodes", rows, days_of_cover=np.ceil(cover * self.factor - _NEARLY).astype(np.int64))
        return draft.changed(step)

    def _changed(self, before: Integers, grain: Integers) -> Integers:
        """Quantities with the change, never below 0, up to whole grains; where nothing changes, as they were."""
        exact = before * self.factor if self.factor is not None else before + (self.add or 0.0) * UNIT
        after = np.maximum(np.rint(exact).astype(np.int64), 0)
        return np.where(after == before, before, -(-after // grain) * grain)

    def phrase(self, language: Language) -> str:
        is_zh = language == "zh"
        if self.days_of_cover is not None:
            return (
                f"安全库存 = 覆盖 {self.days_of_cover} 天"
                if is_zh
                else f"Safety stock = {self.days_of_cover} days of cover"
            )
        return f"{'安全库存' if is_zh else 'Safety stock'} {arithmetic(language, self)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRuleChange(OfItems):
    """How needs become lots: the rule and its figures. What is not given stays.

    Minimum, maximum and multiple hold in place of those of a supplier.
    """

    KIND: ClassVar[str] = "lot_rule"
    SAYS: ClassVar[tuple[str, str]] = ("lot rule and its figures", "批量规则及其参数")
    EXAMPLE: ClassVar[str] = "{kind: lot_rule, item: C-MCU-01, rule: period_of_supply, periods_of_supply: 4}"

    rule: str | None = choice(*(rule.name.lower() for rule in LotRule))
    fixed_lot: float | None = number(above=0.0, most=1e9)
    minimum: float | None = number(least=0.0, most=1e9)
    maximum: float | None = number(least=0.0, most=1e9)
    multiple: float | None = number(least=0.0, most=1e9)
    periods_of_supply: int | None = whole(least=1, most=104)
    reorder_point: float | None = number(least=0.0, most=1e9)
    max_stock: float | None = number(least=0.0, most=1e9)

    _COLUMNS: ClassVar[dict[str, str]] = {
        "fixed_lot": "fixed_lot", "minimum": "min_lot", "maximum": "max_lot", "multiple": "lot_multiple",
        "reorder_point": "reorder_point", "max_stock": "max_stock",
    }  # fmt: skip
    _CHINESE: ClassVar[dict[str, str]] = {
        "rule": "规则", "periods_of_supply": "供应期数", "fixed_lot": "固定批量", "minimum": "最小批量",
        "maximum": "最大批量", "multiple": "倍数", "reorder_point": "再订货点", "max_stock": "最高库存",
    }  # fmt: skip

    def faults(self) -> Sequence[str]:
        says = []
        if all(getattr(self, key) is None for key in ("rule", "periods_of_supply", *self._COLUMNS)):
            says.append(said("no_lot_figure"))
        if self.minimum and self.maximum and self.maximum < self.minimum:
            says.append(said("maximum_below_minimum", maximum=shown(self.maximum), minimum=shown(self.minimum)))
        if self.multiple and self.maximum and self.maximum < self.multiple:
            says.append(said("maximum_below_multiple", maximum=shown(self.maximum), multiple=shown(self.multiple)))
        return says

    def apply(self, draft: Draft) -> Draft:
        chosen = self.nodes(draft)
        rows = np.flatnonzero(chosen)
        columns: dict[str, int] = {
            column: round(value * UNIT)
            for key, column in self._COLUMNS.items()
            if (value := getattr(self, key)) is not None
        }
        if self.rule is not None:
            columns["lot_rule"] = int(LotRule[self.rule.upper()])
        if self.periods_of_supply is not None:
            columns["periods_of_supply"] = self.periods_of_supply
        own = {name: 0 for name in ("min_lot", "max_lot", "lot_multiple") if name in columns}
        step = Journal().replaced("nodes", rows, **columns)
        if own:
            step = step.replaced("sources", np.flatnonzero(chosen[draft.model.problem.sources.node]), **own)
        return draft.changed(step)

    def phrase(self, language: Language) -> str:
        keys = ("rule", "periods_of_supply", *self._COLUMNS)
        given = [(key, getattr(self, key)) for key in keys if getattr(self, key) is not None]
        parts = [(key, value if isinstance(value, str) else shown(value)) for key, value in given]
        if language == "zh":
            return "批量：" + "，".join(f"{self._CHINESE[key]} {value}" for key, value in parts)
        return "Lots: " + ", ".join(f"{key} {value}" for key, value in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitValue(OfItems):
    """What a unit of an item costs: stock, forecast and holding cost are valued by it, and what is bought unpriced."""

    KIND: ClassVar[str] = "unit_value"
    SAYS: ClassVar[tuple[str, str]] = ("what a unit costs", "单位成本")
    EXAMPLE: ClassVar[str] = "{kind: unit_value, family: Metals, factor: 1.1}"

    set: float | None = number(least=0.0)
    factor: float | None = number(least=0.0, most=1000.0)

    def faults(self) -> Sequence[str]:
        return exactly_one(self, "set", "factor")

    def apply(self, draft: Draft) -> Draft:
        nodes, forecasts = draft.model.problem.nodes, draft.model.problem.forecasts
        chosen = self.nodes(draft)
        rows = np.flatnonzero(chosen)
        before = nodes.unit_value[rows]
        after = np.full(rows.size, self.set) if self.set is not None else before * (self.factor or 0.0)
        ratio = np.where(before > 0, after / np.where(before > 0, before, 1.0), 1.0)
        step = Journal().replaced("nodes", rows, unit_value=after, holding_cost=nodes.holding_cost[rows] * ratio)
        value = nodes.unit_value.copy()
        value[rows] = after
        foreseen = np.flatnonzero(chosen[forecasts.node])
        money = forecasts.quantity[foreseen] / UNIT * value[forecasts.node[foreseen]]
        return draft.changed(step.replaced("forecasts", foreseen, value=money))

    def phrase(self, language: Language) -> str:
        much = f"= {shown(self.set)}" if self.set is not None else f"× {shown(self.factor)}"
        return f"{'单位成本' if language == 'zh' else 'Unit value'} {much}"
