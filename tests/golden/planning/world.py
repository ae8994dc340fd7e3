"""A plant in words: items, bills, stock and demand by name, turned into a `PlanningProblem` and read back from a plan.

Quantities are units, days are numbers. An item is a node; `A@DC` is item A at another site. Every key of an item that is a
column of `Nodes` may be given; an item is made where a bill names it, else bought, unless it says `source_of_supply`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from planning.mrp import (
    BillLines,
    Calendars,
    Demands,
    Forecasts,
    Nodes,
    OpenSupply,
    Operations,
    Plan,
    PlanningProblem,
    SafetyStockSteps,
    Settings,
    Sources,
    Stock,
    plan,
)
from planning.mrp.codes import NONE, UNIT, DemandKind, LotRule, ScrapFormula, SourceKind, Strategy, SupplyKind
from planning.mrp.lateness import possible_days
from planning.mrp.pegging import Pegging, late_days, peg

QUANTITIES = {
    "fixed_lot", "min_lot", "max_lot", "lot_multiple", "safety_stock", "reorder_point", "max_stock", "quantity",
    "start_quantity",
}  # fmt: skip
ENUMS = {"lot_rule": LotRule, "strategy": Strategy, "kind": SourceKind}
SOURCE_COLUMNS = {column.name for column in fields(Sources)}


@dataclass(frozen=True)
class World:
    """A problem and the names of its rows."""

    problem: PlanningProblem
    items: list[str]
    work_centres: list[str]
    demand_names: list[str]

    def code(self, item: str) -> int:
        return self.items.index(item)

    def planned(self) -> Plan:
        return plan(self.problem)


def scaled(name: str, value: Any) -> Any:
    if name in QUANTITIES:
        return value if value == NONE and name == "reorder_point" else round(value * UNIT)
    if name in ENUMS and isinstance(value, str):
        return ENUMS[name][value.upper()]
    return value


def _columns(table: type, rows: Sequence[Mapping[str, Any]], keys: Mapping[str, Any]) -> Any:
    """Rows as a table: what a row does not say is the column's default."""
    given = {}
    for column in fields(table):
        if column.name in keys:
            given[column.name] = keys[column.name]
        elif not rows or any(column.name in row for row in rows):
            default = column.metadata["default"]
            given[column.name] = [
                scaled(column.name, row[column.name]) if column.name in row else default for row in rows
            ]
    return table.of(len(rows), **given)


def world_of(content: Mapping[str, Any]) -> World:
    items = content["items"]
    names = [item["id"] for item in items]
    code = {name: number for number, name in enumerate(names)}
    bills = content.get("bills", [])
    made = {bill["parent"] for bill in bills if "source" not in bill}
    given_sources = content.get("sources", [])
    named = {source["item"] for source in given_sources}
    sources, bill_source, source_code = [], {}, {}
    for source in given_sources:
        source_code[source.get("id", source["item"])] = len(sources)
        bill_source.setdefault(source["item"], len(sources))
        sources.append({**source, "node": code[source["item"]], "kind": source.get("kind", "make")})
    for item in items:
        if item["id"] in named or item.get("no_source"):
            continue
        kind = item.get("source_of_supply", "make" if item["id"] in made or item.get("is_phantom") else "buy")
        bill_source[item["id"]] = source_code[item["id"]] = len(sources)
        own = {key: item[key] for key in ("lead_time_days", "lead_time_days_per_unit") if key in item}
        sources.append({"node": code[item["id"]], "kind": kind, **own})
    transfers = [source for source in sources if "from" in source]
    lines = [
        {**bill, "source": source_code[bill["source"]] if "source" in bill else bill_source[bill["parent"]]}
        for bill in bills
    ] + [{"source": sources.index(source), "component": source["from"], "quantity": 1.0} for source in transfers]
    calendars = content.get("calendars", [])
    statuses = list(content.get("usable_status", {"unrestricted": True}))
    stock = [{"item": item["id"], "quantity": item["on_hand"]} for item in items if item.get("on_hand")] + content.get(
        "stock", []
    )
    supply = [
        {**row, **({"source": bill_source[row["item"]]} if "start_day" in row and row["item"] in bill_source else {})}
        for row in content.get("open_supply", [])
    ]
    demands = content.get("demands", [])
    work_centres = sorted({row["work_centre"] for row in content.get("operations", [])})
    kind_of_supply = {
        "purchase": SupplyKind.PURCHASE,
        "production": SupplyKind.PRODUCTION,
        "transfer": SupplyKind.TRANSFER,
        "firm_planned": SupplyKind.FIRM_PLANNED,
    }

    def nodes(rows: Sequence[Mapping[str, Any]]) -> list[int]:
        return [code[row["item"]] for row in rows]

    bare_lines = [{key: value for key, value in line.items() if key not in ("quantity",)} for line in lines]
    problem = PlanningProblem(
        first_day=content.get("first_day", 0),
        nodes=_columns(Nodes, items, {"item": list(range(len(items)))}),
        sources=_columns(Sources, sources, {"node": [source["node"] for source in sources]}),
        lines=_columns(
            BillLines,
            bare_lines,
            {
                "source": [line["source"] for line in lines],
                "component": [code[line["component"]] for line in lines],
                "quantity": [float(line.get("quantity", 0.0)) for line in lines],
            },
        ),
        demands=_columns(Demands, demands, {"node": nodes(demands)}),
        forecasts=_columns(Forecasts, content.get("forecasts", []), {"node": nodes(content.get("forecasts", []))}),
        open_supply=_columns(
            OpenSupply,
            [{key: value for key, value in row.items() if key != "kind"} for row in supply],
            {"node": nodes(supply), "kind": [kind_of_supply[row.get("kind", "purchase")] for row in supply]},
        ),
        stock=_columns(
            Stock,
            [{key: value for key, value in row.items() if key != "status"} for row in stock],
            {"node": nodes(stock), "status": [statuses.index(row.get("status", statuses[0])) for row in stock]},
        ),
        safety_stock_steps=_columns(
            SafetyStockSteps,
            content.get("safety_stock_steps", []),
            {"node": nodes(content.get("safety_stock_steps", []))},
        ),
        operations=_columns(
            Operations,
            [
                {k: v for k, v in row.items() if k not in ("source", "work_centre")}
                for row in content.get("operations", [])
            ],
            {
                "source": [bill_source[row["item"]] for row in content.get("operations", [])],
                "work_centre": [work_centres.index(row["work_centre"]) for row in content.get("operations", [])],
            },
        ),
        calendars=Calendars(
            content.get("calendar_first_day", 0),
            np.array([[day == "1" for day in pattern] for pattern in calendars], dtype=bool),
        )
        if calendars
        else Calendars.none(),
        settings=Settings(
            scrap_formula=ScrapFormula[content.get("scrap_formula", "divide").upper()],
            usable_status=tuple(content.get("usable_status", {"unrestricted": True}).values()),
            past_is_today=content.get("past_is_today", True),
        ),
    )
    return World(problem, names, work_centres, [str(row.get("id", "")) for row in demands])


def read_world(folder: Path) -> World:
    return world_of(tomllib.loads((folder / "problem.toml").read_text(encoding="utf-8")))


def units(quantity: int | float) -> float:
    """Millionths as units; whole ones without a point."""
    value = float(quantity) / UNIT
    return int(value) if value == int(value) else round(value, 6)


def orders_of(world: World, found: Plan) -> list[tuple[str, int, int, float]]:
    """(item, release, due, quantity) of every planned order, sorted."""
    orders = found.orders
    rows = zip(orders.node, orders.release_day, orders.due_day, orders.quantity, strict=True)
    return sorted((world.items[node], int(release), int(due), units(quantity)) for node, release, due, quantity in rows)


HEADERS = {
    "planned orders": ("item", "release", "due", "quantity"),
    "pegging": ("item", "day", "quantity", "for", "from"),
    "findings": ("finding", "items"),
    "net forecast": ("item", "day", "quantity"),
    "late": ("item", "due", "days"),
    "possible": ("item", "from", "possible", "late"),
}


def pegged_rows(world: World, found: Plan) -> list[tuple[object, ...]]:
    """Each link: the item, the day of the demand, who asks, and where it comes from."""
    links = peg(found)
    demand, supply = found.demand, found.supply
    rows = []
    for asked, given, node, quantity in zip(links.demand, links.supply, links.node, links.quantity, strict=True):
        parent = demand.parent[asked]
        kind = DemandKind(demand.kind[asked])
        if parent >= 0:
            wants = f"{world.items[supply.node[parent]]}@{supply.day[parent]}"
        elif kind is DemandKind.SALES_ORDER:
            wants = world.demand_names[asked] or "order"
        else:
            wants = kind.name.lower()
        source = SupplyKind(supply.kind[given]).name.lower()
        where = source if source == "on_hand" else f"{source}@{supply.day[given]}"
        rows.append((world.items[node], int(demand.day[asked]), units(quantity), wants, where))
    return rows


def possible_rows(world: World, found: Plan) -> list[tuple[object, ...]]:
    """Each supply but stock: when it can be there, and by how many days it is late."""
    late = late_days(Pegging.of(found))
    supply, possible = found.supply, possible_days(found, late)
    return sorted(
        (world.items[supply.node[row]], f"{SupplyKind(supply.kind[row]).name.lower()}@{supply.day[row]}",
         int(possible[row]), int(late[row]))
        for row in np.flatnonzero((supply.kind != SupplyKind.ON_HAND) & (supply.quantity > 0))
    )  # fmt: skip


def shown_rows(world: World, found: Plan, section: str) -> list[tuple[object, ...]]:
    if section == "planned orders":
        orders = found.orders
        by = np.lexsort((orders.release_day, orders.due_day, orders.node, found.low_level_code[orders.node]))
        return [
            (world.items[orders.node[row]], orders.release_day[row], orders.due_day[row], units(orders.quantity[row]))
            for row in by
        ]
    if section == "pegging":
        return pegged_rows(world, found)
    if section == "findings":
        return sorted(
            (one.kind.value, " → ".join(world.items[node] for node in one.nodes or (one.node,)))
            for one in found.findings
        )
    if section == "net forecast":
        rows = np.flatnonzero(found.demand.kind == DemandKind.FORECAST)
        demand = found.demand
        return [(world.items[demand.node[row]], demand.day[row], units(demand.quantity[row])) for row in rows]
    if section == "possible":
        return possible_rows(world, found)
    rows = np.flatnonzero(found.orders.days_moved > 0)
    return [
        (world.items[found.orders.node[row]], found.orders.due_day[row], found.orders.days_moved[row]) for row in rows
    ]


def as_text(sections: Mapping[str, Sequence[Sequence[object]]]) -> str:
    """Sections as aligned tables, so that a changed plan is a changed line."""
    lines = []
    for name, rows in sections.items():
        table = [HEADERS[name], *[tuple(str(value) for value in row) for row in rows]]
        width = [max(len(row[column]) for row in table) for column in range(len(HEADERS[name]))]
        lines += [
            name,
            *["  " + "  ".join(v.ljust(w) for v, w in zip(row, width, strict=True)).rstrip() for row in table],
        ]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def shown(world: World, found: Plan, sections: Sequence[str]) -> str:
    return as_text({section: shown_rows(world, found, section) for section in sections})
