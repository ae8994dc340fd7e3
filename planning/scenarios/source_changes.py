"""Other ways to get an item: another order of preference, a new supplier, another plant, a substitute part."""

# ruff: noqa: RUF009 -- what stands for a default declares a field with the way to read it.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

import numpy as np

from planning.model.lead_times import LeadTimeOrigin
from planning.mrp import Journal
from planning.mrp.codes import FAR, NONE, UNIT, SourceKind
from planning.scenarios.change import Language, OfItems, shown, span_faults
from planning.scenarios.demand_changes import one_node
from planning.scenarios.draft import Draft, appended, coded, day_code
from planning.scenarios.fields import choice, day, days, name, number, suggestion, whole
from planning.scenarios.mistakes import said
from planning.scenarios.parameter_changes import OfSources
from planning.scenarios.prices import Prices
from planning.scenarios.problems import Refused

# Sources of a subcontract bill are ranked by the bill first, then by the supplier.
_OF_A_BILL = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePriority(OfSources):
    """Who is asked first: the lowest priority that is valid counts, and `share` divides lots among equal ones."""

    KIND: ClassVar[str] = "source_priority"
    SAYS: ClassVar[tuple[str, str]] = ("priority and share of a way to get items", "货源优先级与份额")
    EXAMPLE: ClassVar[str] = "{kind: source_priority, item: C-MCU-01, supplier: V014, priority: 1, share: 0.4}"

    priority: int | None = whole(least=0, most=999)
    share: float | None = number(least=0.0, most=1000.0)

    def faults(self) -> Sequence[str]:
        return () if self.priority is not None or self.share is not None else (said("priority_or_share"),)

    def apply(self, draft: Draft) -> Draft:
        rows, held = self.sources(draft), draft.model.problem.sources
        step = Journal()
        if self.priority is not None:
            bill = np.where(held.kind[rows] == SourceKind.SUBCONTRACT, held.priority[rows] // _OF_A_BILL, 0)
            step = step.replaced("sources", rows, priority=bill * _OF_A_BILL + self.priority)
        if self.share is not None:
            step = step.replaced("sources", rows, share=self.share)
        return draft.changed(step)

    def phrase(self, language: Language) -> str:
        is_zh = language == "zh"
        parts = [f"{'优先级' if is_zh else 'priority'} {self.priority}"] if self.priority is not None else []
        if self.share is not None:
            parts.append(f"{'份额' if is_zh else 'share'} {shown(self.share)}")
        return f"{'货源' if is_zh else 'Source'} {('，' if is_zh else ', ').join(parts)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSupplier(OfItems):
    """A supplier for an item beside those it has; by its calendar, where the supplier is known.

    Without a price it is paid the item's unit value.
    """

    KIND: ClassVar[str] = "new_supplier"
    SAYS: ClassVar[tuple[str, str]] = ("a new supplier for an item", "新增供应商")
    EXAMPLE: ClassVar[str] = (
        "{kind: new_supplier, item: C-MCU-01, location: P2, supplier: V020, lead_time_days: 14, price: 12.5}"
    )

    supplier: str = name(required=True)
    lead_time_days: int = days(required=True, least=0)
    priority: int | None = whole(least=0, most=999)
    share: float | None = number(least=0.0, most=1000.0)
    minimum: float | None = number(least=0.0, most=1e9)
    multiple: float | None = number(least=0.0, most=1e9)
    price: float | None = number(least=0.0)
    start: date | None = day("from")
    end: date | None = day("to")

    def faults(self) -> Sequence[str]:
        one = () if len(self.item) == 1 else (said("one_item_supplier"),)
        return (*one, *span_faults(self.start, self.end))

    def apply(self, draft: Draft) -> Draft:
        node, model = one_node(draft, self), draft.model
        suppliers, code = coded(model.suppliers, self.supplier)
        known = dict(model.rows.suppliers.select("supplier_id", "calendar_id").iter_rows())
        priority = 1 if self.priority is None else self.priority
        share = 1.0 if self.share is None else self.share
        step = Journal().added(
            "sources", 1, node=node, kind=int(SourceKind.BUY), priority=priority, share=share,
            lead_time_days=self.lead_time_days, calendar=model.calendars.code(known.get(self.supplier)),
            valid_from=day_code(self.start, -FAR), valid_to=day_code(self.end, FAR),
            min_lot=round((self.minimum or 0.0) * UNIT), lot_multiple=round((self.multiple or 0.0) * UNIT),
            supplier=code, lead_time_origin=int(LeadTimeOrigin.ITEM_SUPPLIER),
        )  # fmt: skip
        row = {
            "source": model.sources.height, "item_id": draft.directory.item[node],
            "location_id": draft.directory.location[node], "kind": int(SourceKind.BUY), "priority": priority,
            "share": share, "lead_time_days": float(self.lead_time_days), "lead_time_days_per_unit": 0.0,
            "lead_time_origin": int(LeadTimeOrigin.ITEM_SUPPLIER), "valid_from_date": self.start,
            "valid_to_date": self.end, "min_lot": self.minimum, "lot_multiple": self.multiple,
            "supplier_id": self.supplier,
        }  # fmt: skip
        price = np.nan if self.price is None else self.price
        prices = Prices(np.append(draft.prices.of_source, price), draft.prices.of_supply)
        return replace(draft.changed(step, suppliers=suppliers, sources=appended(model.sources, [row])), prices=prices)

    def phrase(self, language: Language) -> str:
        much = self.lead_time_days
        return f"新增供应商，提前期 {much} 天" if language == "zh" else f"New supplier in {much} days"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTransfer(OfItems):
    """An item brought from another place at which it is planned: from another plant, or another warehouse."""

    KIND: ClassVar[str] = "new_transfer"
    SAYS: ClassVar[tuple[str, str]] = ("an item brought from another place", "从其他工厂调拨")
    EXAMPLE: ClassVar[str] = (
        "{kind: new_transfer, item: C-MCU-01, location: P1, source_location: P2, lead_time_days: 3, priority: 1}"
    )

    source_location: str = name(required=True)
    lead_time_days: int = days(required=True, least=0)
    priority: int | None = whole(least=0, most=999)
    share: float | None = number(least=0.0, most=1000.0)
    start: date | None = day("from")
    end: date | None = day("to")

    def faults(self) -> Sequence[str]:
        says = list(span_faults(self.start, self.end))
        if len(self.item) != 1 or len(self.location) != 1:
            says.append(said("one_item_place"))
        return says

    def apply(self, draft: Draft) -> Draft:
        node, model, where = one_node(draft, self), draft.model, draft.directory
        origin = np.flatnonzero((where.item == self.item[0]) & (where.location == self.source_location))
        if not origin.size or int(origin[0]) == node:
            others = sorted(where.location[(where.item == self.item[0]) & (np.arange(where.item.size) != node)])
            raise Refused(
                "source_location",
                said(
                    "not_planned_beside",
                    item=self.item[0],
                    source=self.source_location,
                    place=self.location[0],
                    hint=suggestion(self.source_location, others),
                ),
            )
        places = dict(model.rows.locations.select("location_id", "calendar_id").iter_rows())
        priority = 1 if self.priority is None else self.priority
        share = 1.0 if self.share is None else self.share
        step = Journal().added(
            "sources", 1, node=node, kind=int(SourceKind.TRANSFER), priority=priority, share=share,
            lead_time_days=self.lead_time_days, calendar=model.calendars.code(places.get(self.source_location)),
            valid_from=day_code(self.start, -FAR), valid_to=day_code(self.end, FAR), supplier=NONE,
            from_site=model.problem.nodes.site[origin[0]], lead_time_origin=int(LeadTimeOrigin.LANE),
        ).added("lines", 1, source=model.problem.sources.count, component=origin[0], quantity=1.0)  # fmt: skip
        row = {
            "source": model.sources.height, "item_id": where.item[node], "location_id": where.location[node],
            "kind": int(SourceKind.TRANSFER), "priority": priority, "share": share,
            "lead_time_days": float(self.lead_time_days), "lead_time_days_per_unit": 0.0,
            "lead_time_origin": int(LeadTimeOrigin.LANE), "valid_from_date": self.start, "valid_to_date": self.end,
            "from_location_id": self.source_location,
        }  # fmt: skip
        prices = Prices(np.append(draft.prices.of_source, np.nan), draft.prices.of_supply)
        return replace(draft.changed(step, sources=appended(model.sources, [row])), prices=prices)

    def phrase(self, language: Language) -> str:
        much, place = self.lead_time_days, self.source_location
        return f"从 {place} 调拨，{much} 天" if language == "zh" else f"Transfer from {place} in {much} days"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubstitute(OfItems):
    """A part that may stand for another in all bills that take it at a place, `ratio` units for one.

    `use: when_short` uses up its free stock where the first part is short; `use: instead` takes it first. Open orders
    keep the parts they have.
    """

    KIND: ClassVar[str] = "new_substitute"
    SAYS: ClassVar[tuple[str, str]] = ("a part that may stand for another", "新增替代料")
    EXAMPLE: ClassVar[str] = "{kind: new_substitute, item: C-MCU-01, substitute: C-MCU-02, use: when_short}"

    substitute: str = name(required=True)
    use: str | None = choice("when_short", "instead")
    ratio: float | None = number(above=0.0, most=1e6)

    def faults(self) -> Sequence[str]:
        says = [] if len(self.item) == 1 else [said("one_item_substitute")]
        if self.item == (self.substitute,):
            says.append(said("stands_for_itself"))
        return says

    def apply(self, draft: Draft) -> Draft:
        where, problem = draft.directory, draft.model.problem
        lines, ratio = problem.lines, 1.0 if self.ratio is None else self.ratio
        others = np.flatnonzero(where.item == self.substitute)
        if not others.size:
            known = sorted(set(where.item.tolist()))
            hint = suggestion(self.substitute, known)
            raise Refused("substitute", said("unknown_item", name=self.substitute, hint=hint))
        site = problem.nodes.site
        at_site = np.full(int(site.max()) + 1, NONE)
        at_site[site[others]] = others
        is_transfer = problem.sources.kind[lines.source] == SourceKind.TRANSFER
        taken = np.flatnonzero(self.nodes(draft)[lines.component] & ~lines.is_by_product & ~is_transfer)
        taken = taken[at_site[site[lines.component[taken]]] != NONE]
        if not taken.size:
            raise Refused("substitute", said("no_bill_takes", item=self.item[0], substitute=self.substitute))
        group = lines.substitute_group[taken]
        fresh = int(lines.substitute_group.max(initial=NONE)) + 1 + np.arange(taken.size)
        alone = group == NONE
        group = np.where(alone, fresh, group)
        priority = lines.substitute_priority[taken]
        lowest, highest = np.full(int(group.max()) + 1, FAR), np.full(int(group.max()) + 1, -FAR)
        known_group = np.concatenate((group, lines.substitute_group[lines.substitute_group != NONE]))
        ranks = np.concatenate((priority, lines.substitute_priority[lines.substitute_group != NONE]))
        np.minimum.at(lowest, known_group, ranks)
        np.maximum.at(highest, known_group, ranks)
        rank = lowest[group] - 1 if self.use == "instead" else highest[group] + 1
        step = (
            Journal()
            .replaced("lines", taken, substitute_group=group)
            .added(
                "lines", taken.size, source=lines.source[taken], component=at_site[site[lines.component[taken]]],
                quantity=lines.quantity[taken] * ratio, fixed_quantity=lines.fixed_quantity[taken] * ratio,
                scrap_rate=lines.scrap_rate[taken], valid_from=lines.valid_from[taken],
                valid_to=lines.valid_to[taken], offset_days=lines.offset_days[taken], substitute_group=group,
                substitute_priority=rank,
            )
        )  # fmt: skip
        return draft.changed(step)

    def phrase(self, language: Language) -> str:
        is_first = self.use == "instead"
        if language == "zh":
            return f"替代料 {self.substitute}（{'优先使用' if is_first else '短缺时使用'}）"
        return f"Substitute {self.substitute} ({'taken first' if is_first else 'when short'})"
