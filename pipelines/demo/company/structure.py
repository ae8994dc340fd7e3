"""From the drawn bills to planned nodes: who supplies whom, phantoms blown through, levels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipelines.demo.company.company import (
    BUY,
    MAKE,
    NEVER,
    SUBCONTRACT,
    TRANSFER,
    BillLines,
    Bills,
    ByProducts,
    Codes,
    Flags,
    Floats,
    Integers,
)
from pipelines.demo.company.draft import Draft, DraftLine
from pipelines.demo.company.network import PLACE_IDS
from pipelines.demo.luck import Luck

SUPPLY_OF_PLACE = {"P1": MAKE, "P2": MAKE, "SUB1": SUBCONTRACT}


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes before they have parameters, sorted by level; `source` is a node or -1."""

    item: Codes
    place: Codes
    supply: Codes
    source: Codes
    level: Codes
    node_of: dict[tuple[int, int], int]
    """(item, place) → node."""
    bill_lines: BillLines
    by_products: ByProducts


@dataclass(slots=True)
class _FlatLine:
    """A line of a made item, phantoms blown through."""

    parent: int
    line: int
    quantity: float
    from_day: int
    until_day: int
    path: tuple[int, ...]


def draw_network(luck: Luck, draft: Draft, kept: Flags) -> Network:
    """All (item, place) pairs that are planned. `kept`: (item, distribution centre)."""
    flat = list(_flat_lines(draft))
    supply = _supplies(draft, flat, kept)
    pairs = sorted(supply)
    code_of = {pair: number for number, pair in enumerate(pairs)}
    source = np.full(len(pairs), -1, dtype=np.int64)
    for number, (item, _) in enumerate(pairs):
        feeder = supply[pairs[number]][1]
        if feeder >= 0:
            source[number] = code_of[item, feeder]
    made_at = [PLACE_IDS.index(item.made_at) if item.made_at else -1 for item in draft.items]
    parent = np.array([code_of[each.parent, made_at[each.parent]] for each in flat])
    component = np.array([code_of[draft.lines[each.line].component, made_at[each.parent]] for each in flat])
    moved = np.flatnonzero(source >= 0)
    level = _levels(len(pairs), np.append(parent, moved), np.append(component, source[moved]))
    order = np.argsort(level, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    items, places = np.array(pairs, dtype=np.int32)[order].T
    return Network(
        item=items.copy(),
        place=places.copy(),
        supply=np.array([supply[pairs[number]][0] for number in order], dtype=np.int32),
        source=np.where(source[order] >= 0, rank[source[order]], -1).astype(np.int32),
        level=level[order].astype(np.int32),
        node_of={pair: int(rank[number]) for pair, number in code_of.items()},
        bill_lines=_bill_lines(luck, draft, flat, rank[parent], rank[component]),
        by_products=_by_products(draft, code_of, rank, made_at),
    )


def _flat_lines(draft: Draft) -> Iterator[_FlatLine]:
    """The lines that the shop floor issues: those of a phantom go to whoever takes it."""
    lines_of: dict[int, list[int]] = {}
    for number, line in enumerate(draft.lines):
        lines_of.setdefault(line.parent, []).append(number)
    for item, drafted in enumerate(draft.items):
        if drafted.made_at and not drafted.is_phantom:
            yield from _blown_through(draft, lines_of, item, item, 1.0, drafted.from_day - 10_000, 10**6, ())


def _blown_through(
    draft: Draft, lines_of: dict[int, list[int]], top: int, item: int, quantity: float, first: int, last: int,
    path: tuple[int, ...],
) -> Iterator[_FlatLine]:  # fmt: skip
    for number in lines_of.get(item, ()):
        line = draft.lines[number]
        from_day, until_day = max(first, line.from_day), min(last, line.until_day)
        if from_day >= until_day:
            continue
        each = quantity * line.quantity
        if draft.items[line.component].is_phantom:
            yield from _blown_through(
                draft, lines_of, top, line.component, each, from_day, until_day, (*path, number)
            )  # fmt: skip
        else:
            yield _FlatLine(top, number, each, from_day, until_day, path)


def _supplies(draft: Draft, flat: list[_FlatLine], kept: Flags) -> dict[tuple[int, int], tuple[int, int]]:
    """(item, place) → (supply type, place that feeds a transfer or -1)."""
    use: dict[tuple[int, int], float] = {}
    for each in flat:
        pair = draft.lines[each.line].component, PLACE_IDS.index(draft.items[each.parent].made_at)
        use[pair] = use.get(pair, 0.0) + each.quantity
    for item, centre in np.argwhere(kept):
        use[int(item), PLACE_IDS.index(("D1", "D2", "D3")[centre])] = 0.0
    supply: dict[tuple[int, int], tuple[int, int]] = {}
    wanted_at: dict[int, dict[int, float]] = {}
    for (item, place), quantity in use.items():
        wanted_at.setdefault(item, {})[place] = quantity
    for item, drafted in enumerate(draft.items):
        if drafted.is_phantom or (not drafted.made_at and item not in wanted_at):
            continue
        places = wanted_at.get(item, {})
        if drafted.made_at:
            home, how = PLACE_IDS.index(drafted.made_at), SUPPLY_OF_PLACE[drafted.made_at]
        else:
            plants = {place: places.get(place, 0.0) for place in (0, 1) if place in places}
            home, how = max(plants, key=lambda place: (plants[place], -place)) if plants else 0, BUY
        supply[item, home] = how, -1
        for place in places:
            if place != home:
                supply[item, place] = TRANSFER, home
    return supply


def _levels(count: int, parent: Integers, component: Integers) -> Integers:
    """Longest way down from what nothing takes. Raises ValueError where the structure returns to itself."""
    level = np.zeros(count, dtype=np.int64)
    for _ in range(40):
        lower = level.copy()
        np.maximum.at(lower, component, level[parent] + 1)
        if np.array_equal(lower, level):
            return level
        level = lower
    raise ValueError("The bills of material return to themselves.")


def _bill_lines(luck: Luck, draft: Draft, flat: list[_FlatLine], parent: Integers, component: Integers) -> BillLines:
    main_of = {(each.parent, each.line, each.path): number for number, each in enumerate(flat)}
    stands_for = [
        main_of.get((each.parent, draft.lines[each.line].substitute_of, each.path), -1)
        if draft.lines[each.line].substitute_of >= 0
        else -1
        for each in flat
    ]
    order = np.argsort(parent, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    lines: list[DraftLine] = [draft.lines[each.line] for each in flat]
    codes = np.array([each.line for each in flat])
    measured = np.array([draft.items[line.component].uom != "PCS" for line in lines])
    usage: Floats = np.where(measured, 0.99 + 0.04 * luck.uniform("true usage", codes), 1.0)
    substitute = np.array(stands_for, dtype=np.int64)
    return BillLines(
        parent=parent[order].astype(np.int32),
        component=component[order].astype(np.int32),
        quantity=np.round(np.array([each.quantity for each in flat]), 6)[order],
        is_fixed=np.array([line.is_fixed for line in lines])[order],
        scrap_rate=np.array([line.scrap_rate for line in lines])[order],
        true_usage=np.round(usage, 4)[order],
        valid_from_day=np.array([each.from_day for each in flat], dtype=np.int32)[order],
        valid_until_day=np.array([each.until_day for each in flat], dtype=np.int32)[order],
        substitute_of=np.where(substitute >= 0, rank[substitute], -1).astype(np.int32)[order],
        component_id=tuple(lines[number].line_id for number in order),
    )


def _by_products(draft: Draft, code_of: dict[tuple[int, int], int], rank: Integers, made_at: list[int]) -> ByProducts:
    drafted = sorted((int(rank[code_of[parent, made_at[parent]]]), item, quantity)
                     for parent, item, quantity in draft.by_products)  # fmt: skip
    return ByProducts(
        parent=np.array([each[0] for each in drafted], dtype=np.int32),
        item=np.array([each[1] for each in drafted], dtype=np.int32),
        quantity=np.array([each[2] for each in drafted]),
    )


def draw_bills(draft: Draft) -> Bills:
    """The drawn bills as the ERP keeps them, sorted by item."""
    heads = [code for code, item in enumerate(draft.items) if item.made_at]
    head_of = {code: number for number, code in enumerate(heads)}
    lines = sorted(draft.lines, key=lambda line: line.parent)
    items = [draft.items[code] for code in heads]
    by_products = draft.by_products
    more = len(by_products)
    types = ["phantom" if item.is_phantom else "subcontract" if item.made_at == "SUB1" else "make" for item in items]
    return Bills(
        ids=tuple(f"B-{item.item_id}" for item in items),
        item=np.array(heads, dtype=np.int32),
        bom_type=tuple(types),
        place=np.array([-1 if item.is_phantom else PLACE_IDS.index(item.made_at) for item in items], dtype=np.int32),
        row_ids=(
            *(line.line_id for line in lines), *(f"B-{draft.items[parent].item_id}-BY" for parent, _, _ in by_products)
        ),
        row_bill=np.array(
            [head_of[line.parent] for line in lines] + [head_of[parent] for parent, _, _ in by_products], dtype=np.int32
        ),
        row_item=np.array(
            [line.component for line in lines] + [item for _, item, _ in by_products], dtype=np.int32
        ),
        row_quantity=np.array([line.quantity for line in lines] + [quantity for _, _, quantity in by_products]),
        row_is_fixed=np.array([line.is_fixed for line in lines] + [False] * more),
        row_scrap_rate=np.array([line.scrap_rate for line in lines] + [0.0] * more),
        row_operation_id=(
            *(f"B-{draft.items[line.parent].item_id}-OP{line.operation}" if line.operation else "" for line in lines),
            *([""] * more),
        ),
        row_from_day=np.array([line.from_day for line in lines] + [-NEVER] * more, dtype=np.int32),
        row_until_day=np.array([line.until_day for line in lines] + [NEVER] * more, dtype=np.int32),
        row_substitute_group=(*(line.substitute_group for line in lines), *([""] * more)),
        row_substitute_priority=np.array(
            [line.substitute_priority if line.substitute_group else 0 for line in lines] + [0] * more, dtype=np.int32
        ),
        row_is_by_product=np.array([False] * len(lines) + [True] * more),
    )  # fmt: skip


def explode(network: Network, demand: Floats) -> Floats:
    """Units that pass each node: `demand` (…, node) of its own plus what parents and transfers take, by first bills.

    Lines that come later by engineering change and substitutes are left out; fixed quantities too.
    """
    lines = network.bill_lines
    usual = np.flatnonzero(
        (lines.substitute_of < 0) & ~lines.is_fixed & ~_later_revision(lines)
    )  # fmt: skip
    moved = np.flatnonzero(network.source >= 0)
    parent = np.append(lines.parent[usual], moved)
    component = np.append(lines.component[usual], network.source[moved])
    factor = np.append(lines.quantity[usual] / (1 - lines.scrap_rate[usual]), np.ones(moved.size))
    total: Floats = np.array(demand, dtype=np.float64)
    for level in range(int(network.level.max()) + 1):
        edges = np.flatnonzero(network.level[parent] == level)
        np.add.at(total.T, component[edges], (total[..., parent[edges]] * factor[edges]).T)
    return total


def use_of_revisions(network: Network, use: Floats) -> Floats:
    """Of each node, what later revisions of bills take of it once they hold: parameters are set for that too."""
    lines = network.bill_lines
    later = np.flatnonzero((lines.substitute_of < 0) & ~lines.is_fixed & _later_revision(lines))
    taken: Floats = np.zeros_like(use)
    amount = use[lines.parent[later]] * lines.quantity[later] / (1 - lines.scrap_rate[later])
    np.add.at(taken, lines.component[later], amount)
    return taken


def _later_revision(lines: BillLines) -> Flags:
    """Lines that begin by an engineering change, not with their product."""
    later: Flags = lines.valid_from_day > 0
    return later
