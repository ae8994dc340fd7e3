"""Incidents in master data: a planning parameter, a bill or a routing typed wrong; a revision that comes too soon.

The changes are made as a person makes them: in the master data of today, with an entry in the documents' changes. When
the incident ends someone has found the mistake and puts it right, with an entry again.
"""

from __future__ import annotations

import numpy as np

from pipelines.demo.company.company import (
    BUY,
    FIXED_QUANTITY,
    LOT_FOR_LOT,
    MAKE,
    NEVER,
    PERIOD_OF_SUPPLY,
)
from pipelines.demo.documents import CHANGED_DOCUMENTS, CHANGED_FIELDS
from pipelines.demo.incidents.exposure import WEEKS
from pipelines.demo.incidents.kind import Choice, Flags, Floats, Incident, Kind, Rows, Scene
from pipelines.demo.incidents.parts import node_value_a_week
from pipelines.demo.incidents.suppliers import MOST_FLOORS
from pipelines.demo.world import World

_ECONOMIC_QUANTITY = 2
_TYPED_AT = 0.12
# Variant -> column of world.policy, and the canonical column.
PARAMETERS = {
    "lead time too short": ("lead_days", "lead_time_days"),
    "safety stock too high": ("safety_stock", "safety_stock_quantity"),
    "fixed lot too large": ("fixed_lot", "fixed_lot_quantity"),
    "smallest lot too large": ("min_lot", "min_lot_quantity"),
}


def _note(world: World, document: str, row: int, field: str, old: float, new: float) -> None:
    """Write down a change of master data, made this morning."""
    world.documents.changes.append(
        1,
        document=CHANGED_DOCUMENTS.index(document),
        row=row,
        field=CHANGED_FIELDS.index(field),
        old=old,
        new=new,
        at=world.day + _TYPED_AT,
    )


def _free_nodes(scene: Scene) -> Flags:
    world = scene.world
    return scene.free("node", world.policy.item.size) & scene.free("item", world.company.items.count)[world.policy.item]


class WrongParameter(Kind):
    """A planning parameter of a bought part is wrong by a digit: too much comes, or too late."""

    name = "wrong_parameter"
    duration_days = (75, 110)
    latest_start = 40
    lingers_days = 21
    unit = "times the right value"

    def choose(self, scene: Scene) -> Choice | None:
        variants = list(PARAMETERS)
        order = np.argsort(scene.world.luck.uniform("wrong_parameter variant", scene.number, np.arange(len(variants))))
        for position in order:
            choice = self._chosen(scene, variants[int(position)])
            if choice is not None:
                return choice
        return None

    def _chosen(self, scene: Scene, variant: str) -> Choice | None:
        world, policy = scene.world, scene.world.policy
        column, _ = PARAMETERS[variant]
        value = getattr(policy, column)
        rule = policy.lot_rule
        allowed = _free_nodes(scene) & (policy.supply == BUY) & (policy.strategy == 0) & (value > 0)
        allowed &= scene.exposure.node_use > 0
        weekly = node_value_a_week(scene)
        cost = world.standard_cost()[policy.item]
        with np.errstate(divide="ignore", invalid="ignore"):
            covers = np.where(scene.exposure.node_use > 0, value / scene.exposure.node_use, np.inf)
        if variant == "lead time too short":
            factor = round(scene.between(0.15, 0.3, "size"), 2)
            allowed &= (value >= 10) & (value <= 45) & np.isin(rule, (LOT_FOR_LOT, FIXED_QUANTITY, PERIOD_OF_SUPPLY))
            # Nothing is ordered until the stock is down to what the wrong lead time needs.
            projection = scene.projection()
            covered = policy.safety_stock / np.maximum(projection.daily_use, 1e-9)
            nodes = np.arange(policy.item.size)
            lacks = np.maximum((1.0 - factor) * value - covered, 0.0)
            exposed = projection.late_revenue(np.where(allowed, nodes, -1), nodes, lacks, nodes.size)
            floors = 1.5
        else:
            # A digit too many. What lies there too much, at standard cost, but not more than a year's use.
            factor = 10.0
            allowed &= (policy.lead_days <= 40) & (covers >= 0.1) & (covers <= 6.0)
            if variant != "safety stock too high":
                by_fixed = np.isin(rule, (FIXED_QUANTITY, _ECONOMIC_QUANTITY))
                by_least = np.isin(rule, (LOT_FOR_LOT, PERIOD_OF_SUPPLY)) | by_fixed
                allowed &= by_fixed if variant == "fixed lot too large" else by_least & ~by_fixed
                # The next order comes within a month.
                allowed &= covers <= 4.5
            exposed, floors = np.minimum((factor - 1.0) * value * cost, weekly * WEEKS), 1.5
        node = scene.drawn(exposed, allowed, floors, MOST_FLOORS * scene.exposure.floor)
        if node < 0:
            return None
        subjects = {"node": (node,), "item": (int(policy.item[node]),), "place": (int(policy.place[node]),)}
        return Choice(subjects, factor, float(exposed[node]), variant=variant)

    def begin(self, world: World, incident: Incident) -> None:
        node = int(incident.choice.codes("node")[0])
        column, name = PARAMETERS[incident.choice.variant]
        values = getattr(world.policy, column)
        old = float(values[node])
        new = max(float(np.rint(old * incident.choice.size)), 1.0)
        incident.kept["old"] = old
        incident.kept["new"] = new
        values[node] = new
        _note(world, "planning_policy", node, name, old, new)

    def blame(self, world: World, incident: Incident) -> None:
        world.effects.node_cause[incident.choice.codes("node")] = incident.number

    def end(self, world: World, incident: Incident) -> None:
        node = int(incident.choice.codes("node")[0])
        column, name = PARAMETERS[incident.choice.variant]
        getattr(world.policy, column)[node] = incident.kept["old"]
        _note(world, "planning_policy", node, name, incident.kept["new"], incident.kept["old"])

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        item, place = (int(incident.choice.codes(subject)[0]) for subject in ("item", "place"))
        old, new = incident.kept["old"], incident.kept["new"]
        zh = {
            "lead time too short": "提前期过短",
            "safety stock too high": "安全库存过高",
            "fixed lot too large": "固定批量过大",
            "smallest lot too large": "最小批量过大",
        }[incident.choice.variant]
        return (
            f"{world.company.items.names[item]} at {world.company.places.ids[place]}: {incident.choice.variant} "
            f"({new:g} instead of {old:g}).",
            f"{world.company.places.ids[place]}的{world.company.items.names_zh[item]}{zh}（{new:g}，应为{old:g}）。",
        )


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
        allowed &= (policy.supply[bill.component] == BUY) & _free_nodes(scene)[bill.component]
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
        allowed = _free_nodes(scene)[routing.node] & (world.policy.supply[routing.node] == MAKE)
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
            incident.kept["usage"] = world.bill.true_usage[lines].copy()
            world.bill.quantity[lines] = np.maximum(np.round(incident.kept["old"] * factor, 4), 0.0001)
            world.bill.true_usage[lines] = incident.kept["usage"] * incident.kept["old"] / world.bill.quantity[lines]
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
            world.bill.true_usage[lines] = incident.kept["usage"]
            self._note_bill(world, lines, wrong, incident.kept["old"][0])
        else:
            operation = int(incident.choice.codes("operation")[0])
            wrong = float(world.routing.run_hours[operation])
            world.routing.run_hours[operation] = incident.kept["old"]
            self._note_routing(world, operation, wrong, incident.kept["old"])

    def _note_bill(self, world: World, lines: Rows, old: float, new: float) -> None:
        _note(world, "bom_component", int(lines[0]), "quantity", float(old), float(new))

    def _note_routing(self, world: World, operation: int, old: float, new: float) -> None:
        if "routing_operation" in CHANGED_DOCUMENTS:
            _note(world, "routing_operation", operation, "run_hours_per_unit", float(old), float(new))

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
    """A part is replaced in its bills sooner than planned, or at short notice: the old stock is left over."""

    name = "engineering_change"
    duration_days = (70, 110)
    latest_start = 55
    unit = "days of notice"
    floors = 1.0

    def choose(self, scene: Scene) -> Choice | None:
        world, bill, policy = scene.world, scene.world.bill, scene.world.policy
        exposed = np.zeros(policy.item.size)
        successor = self._successors(world)
        allowed = (successor >= 0) & (policy.supply == BUY) & _free_nodes(scene)
        # What lies there and what is under way, less what goes out before the change.
        held = world.stock.available(policy.item, policy.place) + self._on_order(world)
        if not held.any():
            held = scene.exposure.node_use * 4.0 + policy.safety_stock
        notice = round(scene.between(5, 10, "size"))
        left = np.maximum(held - scene.exposure.node_use * notice / 7, 0.0)
        exposed = left * world.standard_cost()[policy.item]
        # Left over is what no other bill takes.
        changed = self._changed_lines(world, np.arange(policy.item.size))
        through = np.bincount(
            bill.component[changed],
            scene.exposure.node_use[bill.parent[changed]] * bill.quantity[changed],
            policy.item.size,
        )
        exposed = exposed * np.minimum(through / np.maximum(scene.exposure.node_use, 1e-9), 1.0)
        node = scene.drawn(exposed, allowed, self.floors)
        if node < 0:
            return None
        lines = self._changed_lines(world, np.array([node]))
        subjects = {
            "item": (int(policy.item[node]), int(policy.item[successor[node]])),
            "node": (node, int(successor[node])),
            "place": (int(policy.place[node]),),
            "bill_line": tuple(lines.tolist()),
        }
        return Choice(subjects, notice, float(exposed[node]))

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

    def _on_order(self, world: World) -> Floats:
        lines = world.documents.purchase_lines
        rows = np.flatnonzero(lines["completed_day"] == NEVER)
        return np.bincount(
            lines["node"][rows], (lines["quantity"] - lines["received"])[rows], world.policy.item.size
        ).astype(np.float64)

    def begin(self, world: World, incident: Incident) -> None:
        bill = world.bill
        day = world.day + int(incident.choice.size)
        node = int(incident.choice.codes("node")[0])
        old, new = self._pairs(world)
        hit = bill.component[old] == node
        old, new = old[hit], new[hit]
        names = world.company.bill_lines.component_id
        noted: set[str] = set()
        for before, after in zip(old.tolist(), new.tolist(), strict=True):
            if names[before] not in noted:
                noted.add(names[before])
                ended = bill.valid_until_day[before]
                until = float("nan") if ended >= NEVER else float(ended - 1)
                _note(world, "bom_component", before, "valid_to_date", until, float(day - 1))
            bill.valid_until_day[before] = day
            bill.valid_from_day[after] = day
            bill.substitute_of[after] = -1

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        items, codes = world.company.items, incident.choice.codes("item")
        old, new = int(codes[0]), int(codes[1])
        return (
            f"{items.names[old]} is replaced by {items.names[new]} at {incident.choice.size:.0f} days' notice; "
            f"what is left of it has no use.",
            f"{items.names_zh[old]}提前{incident.choice.size:.0f}天通知即被{items.names_zh[new]}取代，旧料剩余无用。",
        )


__all__ = ["PARAMETERS", "BillError", "EngineeringChange", "WrongParameter"]
