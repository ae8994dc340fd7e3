"""The catalogue while it is being drawn up: items, bills and routings as objects, before they become arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pipelines.demo.company.company import ITEM_TYPES, NEVER
from pipelines.demo.company.kinds import KINDS, Kind
from pipelines.demo.luck import Luck

FINISHED, SEMI, COMPONENT, RAW, PACKAGING, SPARE = (
    ITEM_TYPES.index(name)
    for name in ("finished", "semi_finished", "component", "raw_material", "packaging", "spare_part")
)
GRADES = (("Basic", "基础"), ("Comfort", "舒适"), ("Sport", "运动"), ("Pro", "专业"))


@dataclass(slots=True)
class DraftItem:
    """One item. `tier` is 0 for the plainest, 1 for the finest of its kind; `made_at` is a place or empty (bought)."""

    item_id: str
    name: str
    name_zh: str
    item_type: int
    category_id: str
    uom: str = "PCS"
    cost: float = 0.0
    tier: float = 0.5
    group: str = ""
    made_at: str = ""
    is_phantom: bool = False
    shelf_life_days: int = 0
    from_day: int = -NEVER
    until_day: int = NEVER
    replaced_by: int = -1
    family: int = -1


@dataclass(slots=True)
class DraftLine:
    """One row of bom_components; parent and component are item codes."""

    line_id: str
    parent: int
    component: int
    quantity: float
    operation: int = 0
    """Sequence of the operation that takes it; 0 = none."""
    scrap_rate: float = 0.0
    is_fixed: bool = False
    from_day: int = -NEVER
    until_day: int = NEVER
    substitute_group: str = ""
    substitute_priority: int = 1
    substitute_of: int = -1
    """Index of the line that it stands for."""


@dataclass(slots=True)
class DraftOperation:
    """One operation of the routing of an item."""

    item: int
    sequence: int
    work_centre: str
    name: str
    setup_hours: float
    run_hours: float
    is_inspection: bool = False


@dataclass(slots=True)
class Draft:
    """Items, lines and operations by code, in the order in which they were drawn up."""

    luck: Luck
    catalogue: float
    items: list[DraftItem] = field(default_factory=list)
    lines: list[DraftLine] = field(default_factory=list)
    operations: list[DraftOperation] = field(default_factory=list)
    by_products: list[tuple[int, int, float]] = field(default_factory=list)
    """(parent item, item that falls out, quantity per unit)."""
    line_count: dict[int, int] = field(default_factory=dict)

    def scaled(self, count: int, least: int = 0) -> int:
        """How many of `count` with the whole catalogue there are in this one."""
        return max(least, round(count * self.catalogue - (0.11 if self.catalogue < 0.5 else 0.0)))

    def add(self, item: DraftItem) -> int:
        self.items.append(item)
        return len(self.items) - 1

    def add_line(
        self, parent: int, component: int, quantity: float, *, operation: int = 0, scrap_rate: float = 0.0,
        is_fixed: bool = False,
    ) -> int:  # fmt: skip
        number = self.line_count[parent] = self.line_count.get(parent, 0) + 1
        self.lines.append(
            DraftLine(
                f"B-{self.items[parent].item_id}-{number * 10}", parent, component, quantity, operation, scrap_rate,
                is_fixed,
            )
        )  # fmt: skip
        return len(self.lines) - 1

    def variants(self, key: str, most: int) -> list[int]:
        """New items of a kind, from plain to fine: as many as the catalogue holds, at most `most`."""
        kind = KINDS[key]
        count = min(self.scaled(kind.variants), most)
        wobble = self.luck.lognormal(0.06, f"cost {key}", np.arange(count)) if count else np.zeros(0)
        return [self.add(_variant(key, kind, number, count, float(wobble[number]))) for number in range(count)]

    def use(
        self,
        parents: Sequence[int],
        key: str,
        quantity: float | Sequence[float],
        *,
        operation: int = 0,
        scrap_rate: float = 0.0,
        is_fixed: bool = False,
    ) -> list[int]:
        """Give each parent a variant of the kind as fine as itself; every variant is used. Returns the variants."""
        return self.share(
            parents, self.variants(key, len(parents)), quantity, key, operation=operation, scrap_rate=scrap_rate,
            is_fixed=is_fixed,
        )  # fmt: skip

    def share(
        self,
        parents: Sequence[int],
        components: Sequence[int],
        quantity: float | Sequence[float],
        name: str,
        *,
        operation: int = 0,
        scrap_rate: float = 0.0,
        is_fixed: bool = False,
    ) -> list[int]:
        """Give each parent one of `components` (plain to fine) by its tier and some luck."""
        quantities = [quantity] * len(parents) if isinstance(quantity, int | float) else quantity
        for parent, component, each in zip(parents, self.matched(parents, components, name), quantities, strict=False):
            self.add_line(parent, component, each, operation=operation, scrap_rate=scrap_rate, is_fixed=is_fixed)
        return list(components)

    def matched(self, parents: Sequence[int], components: Sequence[int], name: str) -> list[int]:
        """For each parent its component; empty where there are none."""
        if not components or not parents:
            return []
        tiers = np.array([self.items[parent].tier for parent in parents])
        order = np.argsort(tiers + 0.2 * self.luck.normal(f"match {name}", np.arange(tiers.size)), kind="stable")
        rank = np.empty(tiers.size, dtype=np.int64)
        rank[order] = np.arange(tiers.size)
        return [components[int(place) * len(components) // tiers.size] for place in rank]

    def operation(
        self, parents: Sequence[int], sequence: int, work_centre: str, name: str, setup: float, run: float,
        is_inspection: bool = False,
    ) -> None:  # fmt: skip
        """An operation for each parent; finer ones take longer, a little differently for each."""
        wobble = self.luck.lognormal(0.08, f"hours {work_centre} {name}", np.arange(len(parents)))
        for number, parent in enumerate(parents):
            hours = run * (0.85 + 0.3 * self.items[parent].tier) * float(wobble[number])
            self.operations.append(
                DraftOperation(parent, sequence, work_centre, name, setup, round(hours, 4), is_inspection)
            )


def _variant(key: str, kind: Kind, number: int, count: int, wobble: float) -> DraftItem:
    tier = (number + 0.5) / count
    grade, grade_zh = GRADES[int(tier * len(GRADES))]
    return DraftItem(
        item_id=f"{key}-{number + 1:02d}",
        name=f"{kind.name} {grade} {number + 1:02d}",
        name_zh=f"{kind.name_zh} {grade_zh}{number + 1:02d}",
        item_type=kind.item_type,
        category_id=f"CAT-{key[0]}-{kind.group.upper()}",
        uom=kind.uom,
        cost=round(kind.low_cost * (kind.high_cost / kind.low_cost) ** tier * wobble, 4),
        tier=tier,
        group=kind.group,
        shelf_life_days=kind.shelf_life_days,
    )
