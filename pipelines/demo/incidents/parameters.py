"""Incidents in planning parameters: a lead time, a lot size or a safety stock that is wrong by a digit."""

from __future__ import annotations

import numpy as np

from pipelines.demo.company.company import BUY, FIXED_QUANTITY, LOT_FOR_LOT, PERIOD_OF_SUPPLY
from pipelines.demo.incidents.changes import free_nodes, note_change
from pipelines.demo.incidents.exposure import WEEKS
from pipelines.demo.incidents.kind import Choice, Flags, Incident, Kind, Scene
from pipelines.demo.incidents.parts import node_value_a_week
from pipelines.demo.incidents.suppliers import MOST_FLOORS
from pipelines.demo.world import World

_ECONOMIC_QUANTITY = 2
# Variant -> column of world.policy, and the canonical column.
PARAMETERS = {
    "lead time too short": ("lead_days", "lead_time_days"),
    "safety stock too high": ("safety_stock", "safety_stock_quantity"),
    "fixed lot too large": ("fixed_lot", "fixed_lot_quantity"),
    "smallest lot too large": ("min_lot", "min_lot_quantity"),
}


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
        allowed = free_nodes(scene) & (policy.supply == BUY) & (policy.strategy == 0) & (value > 0)
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
                allowed &= (covers <= 4.5) & _ordered_lately(world)
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
        note_change(world, "planning_policy", node, name, old, new)

    def blame(self, world: World, incident: Incident) -> None:
        world.effects.node_cause[incident.choice.codes("node")] = incident.number

    def end(self, world: World, incident: Incident) -> None:
        node = int(incident.choice.codes("node")[0])
        column, name = PARAMETERS[incident.choice.variant]
        getattr(world.policy, column)[node] = incident.kept["old"]
        note_change(world, "planning_policy", node, name, incident.kept["new"], incident.kept["old"])

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


def _ordered_lately(world: World) -> Flags:
    """(nodes) with a purchase order in the last 45 days; all before any order."""
    orders, lines, count = world.documents.purchase_orders, world.documents.purchase_lines, world.policy.item.size
    if lines.count == 0:
        return np.ones(count, dtype=bool)
    recent = int(np.searchsorted(orders["ordered_at"], world.day - 45))
    first = int(np.searchsorted(lines["order"], recent))
    return np.bincount(lines["node"][first:], minlength=count) > 0
