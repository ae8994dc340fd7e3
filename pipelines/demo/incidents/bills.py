"""Incidents in bills and routings: a quantity or a time typed wrong, a revision that comes too soon.

When a mistake ends someone has found it and puts it right. An engineering change stays.
"""

from __future__ import annotations

import numpy as np

from pipelines.demo.company.company import BUY, MAKE, NEVER
from pipelines.demo.incidents.changes import free_nodes, note_change
from pipelines.demo.incidents.exposure import WEEKS
from pipelines.demo.incidents.kind import Choice, Floats, Incident, Kind, Rows, Scene, named
from pipelines.demo.incidents.suppliers import MOST_FLOORS
from pipelines.demo.world import World

_ORDERS_DAYS = 14
MOST_PARTS = 8
"""Parts that one engineering change replaces at most."""


class BillError(Kind):
    """A bill says less of a part than is really used, or a routing less time than it really takes."""

    name = "bill_error"
    duration_days = (85, 115)
    latest_start = 25
    lingers_days = 21
    unit = "times the right value"
    floors = 1.5

    def choose(self, scene: Scene) -> Choice | None:
        in_routing = bool(scene.world.luck.chance(0.3, "bill_error variant", scene.number)[0])
        tries = (self._routing, self._bill) if in_routing else (self._bill, self._routing)
        for attempt in tries:
            choice = attempt(scene)
            if choice is not None:
                return choice
        return None

    def _bill(self, scene: Scene) -> Choice | None:
        world, bill, policy = scene.world, scene.world.bill, scene.world.policy
        factor = round(scene.between(0.1, 0.3, "size"), 2)
        use = scene.exposure.node_use
        substituted = np.zeros(bill.parent.size, dtype=bool)
        substituted[bill.substitute_of[bill.substitute_of >= 0]] = True
        valid = (bill.valid_from_day <= world.day) & (bill.valid_until_day > world.day + scene.duration_days)
        item = policy.item[bill.component]
        allowed = valid & (bill.substitute_of < 0) & ~substituted & ~bill.is_fixed & (bill.true_usage == 1.0)
        allowed &= (policy.supply[bill.component] == BUY) & free_nodes(scene)[bill.component]
        allowed &= ~world.company.items.is_lot_tracked[item]
        weekly = use[bill.parent] * bill.quantity / (1.0 - bill.scrap_rate)
        # Most of what is used of the part must go through the bill, else the mistake drowns.
        allowed &= weekly >= 0.4 * use[bill.component]
        # Pieces that are counted: a part of a piece is not missed.
        allowed &= weekly * (1.0 - factor) >= 5
        projection = scene.projection()
        component = bill.component
        # What is there and under way runs out, as only a part of what is used is ordered again.
        under_way = np.bincount(projection.line_node, projection.line_quantity, policy.item.size)
        kept = (projection.held + under_way)[component]
        unnoticed = weekly / 7.0 * (1.0 - factor)
        last = min(scene.duration_days, scene.days_left)
        lacks = np.maximum(last - kept / np.maximum(unnoticed, 1e-9), 0.0)
        lacks *= np.minimum(unnoticed / np.maximum(projection.daily_use[component], 1e-9), 1.0)
        rows = np.arange(bill.parent.size)
        exposed = projection.late_revenue(np.where(allowed, rows, -1), component, lacks, rows.size)
        line = scene.drawn(exposed, allowed, self.floors, MOST_FLOORS * scene.exposure.floor)
        if line < 0:
            return None
        # A phantom's line stands in several bills at once: it is one row of master data.
        names = world.company.bill_lines.component_id
        lines = [row for row in range(bill.parent.size) if names[row] == names[line]]
        part, parent = int(component[line]), int(bill.parent[line])
        subjects = {
            "node": (part,),
            "item": (int(policy.item[part]), int(policy.item[parent])),
            "place": (int(policy.place[parent]),),
            "bill_line": tuple(lines),
        }
        return Choice(subjects, factor, float(exposed[line]), variant="bill")

    def _routing(self, scene: Scene) -> Choice | None:
        world, routing = scene.world, scene.world.routing
        factor = round(scene.between(0.2, 0.4, "size"), 2)
        use = scene.exposure.node_use[routing.node]
        rate = world.company.work_centres.cost_per_hour[routing.work_centre]
        cost = use * routing.run_hours * (1.0 - factor) * rate * WEEKS * scene.years
        allowed = free_nodes(scene)[routing.node] & (world.policy.supply[routing.node] == MAKE)
        operation = scene.drawn(cost, allowed, self.floors)
        if operation < 0:
            return None
        node = int(routing.node[operation])
        subjects = {
            "node": (node,),
            "item": (int(world.policy.item[node]),),
            "place": (int(world.policy.place[node]),),
            "work_centre": (int(routing.work_centre[operation]),),
            "operation": (operation,),
        }
        return Choice(subjects, factor, float(cost[operation]), variant="routing")

    def begin(self, world: World, incident: Incident) -> None:
        factor = incident.choice.size
        if incident.choice.variant == "bill":
            lines = incident.choice.codes("bill_line")
            incident.kept["old"] = world.bill.quantity[lines].copy()
            world.bill.quantity[lines] = np.maximum(np.round(incident.kept["old"] * factor, 4), 0.0001)
            self._note_bill(world, lines, incident.kept["old"][0], world.bill.quantity[lines[0]])
        else:
            operation = int(incident.choice.codes("operation")[0])
            incident.kept["old"] = float(world.routing.run_hours[operation])
            world.routing.run_hours[operation] = round(incident.kept["old"] * factor, 5)
            self._note_routing(world, operation, incident.kept["old"], world.routing.run_hours[operation])

    def end(self, world: World, incident: Incident) -> None:
        if incident.choice.variant == "bill":
            lines = incident.choice.codes("bill_line")
            wrong = float(world.bill.quantity[lines[0]])
            world.bill.quantity[lines] = incident.kept["old"]
            self._note_bill(world, lines, wrong, incident.kept["old"][0])
        else:
            operation = int(incident.choice.codes("operation")[0])
            wrong = float(world.routing.run_hours[operation])
            world.routing.run_hours[operation] = incident.kept["old"]
            self._note_routing(world, operation, wrong, incident.kept["old"])

    def _note_bill(self, world: World, lines: Rows, old: float, new: float) -> None:
        note_change(world, "bom_component", int(lines[0]), "quantity", float(old), float(new))

    def _note_routing(self, world: World, operation: int, old: float, new: float) -> None:
        note_change(world, "routing_operation", operation, "run_hours_per_unit", float(old), float(new))

    def blame(self, world: World, incident: Incident) -> None:
        world.effects.node_cause[incident.choice.codes("node")] = incident.number

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        items, codes = world.company.items, incident.choice.codes("item")
        share = f"{incident.choice.size:.0%}"
        if incident.choice.variant == "bill":
            part, parent = items.names[int(codes[0])], items.names[int(codes[1])]
            part_zh, parent_zh = items.names_zh[int(codes[0])], items.names_zh[int(codes[1])]
            return (
                f"The bill of {parent} says only {share} of the {part} that it takes.",
                f"{parent_zh}的物料清单中{part_zh}的用量只有实际的{share}。",
            )
        name = world.company.operations.names[int(incident.choice.codes("operation")[0])]
        return (
            f"The routing of {items.names[int(codes[0])]} says only {share} of the time that {name} takes.",
            f"{items.names_zh[int(codes[0])]}工艺路线中{name}的工时只有实际的{share}。",
        )


class EngineeringChange(Kind):
    """Parts are replaced in their bills sooner than planned, or at short notice: the old stock is left over."""

    name = "engineering_change"
    duration_days = (70, 110)
    latest_start = 55
    unit = "days of notice"

    def choose(self, scene: Scene) -> Choice | None:
        world, policy = scene.world, scene.world.policy
        notice = round(scene.between(5, 10, "size"))
        successor = self._successors(world)
        left = self._left_over(scene, notice)
        allowed = (successor >= 0) & (policy.supply == BUY) & free_nodes(scene)
        # One order changes one part where that is worth it, else as many as it takes.
        first = scene.drawn(left, allowed, self.floors)
        ranked = np.argsort(-np.where(allowed, left, 0.0), kind="stable")
        needed = int(np.searchsorted(np.cumsum(left[ranked]), self.floors * scene.exposure.floor)) + 1
        if first < 0 and (needed > MOST_PARTS or not allowed[ranked[:needed]].all()):
            return None
        nodes = np.array([first]) if first >= 0 else ranked[:needed]
        subjects = {
            "item": tuple(policy.item[nodes].tolist()),
            "node": tuple(nodes.tolist()),
            "place": tuple(np.unique(policy.place[nodes]).tolist()),
            "successor": tuple(policy.item[successor[nodes]].tolist()),
            "bill_line": tuple(self._changed_lines(world, nodes).tolist()),
        }
        return Choice(subjects, notice, float(left[nodes].sum()))

    def _left_over(self, scene: Scene, notice: float) -> Floats:
        """(nodes) value of what lies there and is under way, less what goes out before or into other bills."""
        world, bill, policy, use = scene.world, scene.world.bill, scene.world.policy, scene.exposure.node_use
        projection = scene.projection()
        under_way = np.bincount(projection.line_node, projection.line_quantity, policy.item.size)
        changed = self._changed_lines(world, np.arange(policy.item.size))
        through = use[bill.parent[changed]] * bill.quantity[changed]
        others = np.maximum(use - np.bincount(bill.component[changed], through, policy.item.size), 0.0)
        # Orders that are planned already still take the old part.
        gone = (use * (notice + _ORDERS_DAYS) + others * scene.days_left) / 7
        left = np.maximum(projection.held + under_way - gone, 0.0)
        return np.asarray(left * world.standard_cost()[policy.item], dtype=np.float64)

    def _pairs(self, world: World) -> tuple[Rows, Rows]:
        """(line that ends, line that follows) of engineering changes to come, and of parts with a substitute."""
        bill = world.bill
        until = bill.valid_until_day
        coming = (until > world.day + 14) & (until < world.day + 400)
        ends = np.flatnonzero(coming & (bill.substitute_of < 0) & (bill.valid_from_day <= world.day))
        old, new = [], []
        for line in ends.tolist():
            follows = np.flatnonzero(
                (bill.parent == bill.parent[line]) & (bill.valid_from_day == bill.valid_until_day[line])
                & (bill.quantity == bill.quantity[line]) & (bill.substitute_of < 0)
            )  # fmt: skip
            if follows.size == 1:
                old.append(line)
                new.append(int(follows[0]))
        stands_in = np.flatnonzero(
            (bill.substitute_of >= 0) & (bill.valid_from_day <= world.day) & (bill.valid_until_day > world.day + 200)
        )
        main = bill.substitute_of[stands_in]
        once, first = np.unique(main, return_index=True)
        lasting = bill.valid_until_day[once] > world.day + 200
        old += once[lasting].tolist()
        new += stands_in[first][lasting].tolist()
        return np.array(old, dtype=np.int64), np.array(new, dtype=np.int64)

    def _successors(self, world: World) -> Rows:
        """(nodes) the node that takes over, -1 where no change is prepared."""
        old, new = self._pairs(world)
        result = np.full(world.policy.item.size, -1, dtype=np.int64)
        result[world.bill.component[old]] = world.bill.component[new]
        return result

    def _changed_lines(self, world: World, nodes: Rows) -> Rows:
        old, _ = self._pairs(world)
        return old[np.isin(world.bill.component[old], nodes)]

    def begin(self, world: World, incident: Incident) -> None:
        bill = world.bill
        day = world.day + int(incident.choice.size)
        old, new = self._pairs(world)
        hit = np.isin(bill.component[old], incident.choice.codes("node"))
        old, new = old[hit], new[hit]
        names = world.company.bill_lines.component_id
        noted: set[str] = set()
        for before, after in zip(old.tolist(), new.tolist(), strict=True):
            if names[before] not in noted:
                noted.add(names[before])
                ended = bill.valid_until_day[before]
                until = float("nan") if ended >= NEVER else float(ended - 1)
                note_change(world, "bom_component", before, "valid_to_date", until, float(day - 1))
            bill.valid_until_day[before] = day
            bill.valid_from_day[after] = day
            bill.substitute_of[after] = -1

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        items, notice = world.company.items, f"{incident.choice.size:.0f}"
        old, new = incident.choice.codes("item"), incident.choice.codes("successor")
        return (
            f"{named(items.names, old, 3)} gives way to {named(items.names, new, 3)} at {notice} days' notice; "
            f"what is left of it has no use.",
            f"提前{notice}天通知，{named(items.names_zh, old, 3)}被{named(items.names_zh, new, 3)}取代，旧料剩余无用。",
        )
