"""Incidents in single parts: bad lots, a cheap part that blocks many orders, stock that is in the books only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.company import BUY, MAKE
from pipelines.demo.documents import SCRAP
from pipelines.demo.incidents.exposure import WEEKS
from pipelines.demo.incidents.kind import Choice, Flags, Floats, Incident, Kind, Rows, Scene
from pipelines.demo.incidents.open_supply import pending_lines, postpone, sources_of_nodes
from pipelines.demo.incidents.suppliers import MOST_FLOORS
from pipelines.demo.promise import WORKING_WEEK
from pipelines.demo.stocktaking import COUNT_CYCLE_DAYS
from pipelines.demo.world import World


def _has_substitute(world: World) -> Flags:
    """(nodes) whether another part may stand in for it in some bill."""
    bill = world.bill
    flags = np.zeros(world.policy.item.size, dtype=bool)
    stands_in = np.flatnonzero(bill.substitute_of >= 0)
    flags[bill.component[stands_in]] = True
    flags[bill.component[bill.substitute_of[stands_in]]] = True
    return flags


def _free_nodes(scene: Scene) -> Flags:
    """(nodes) whose node, item and first supplier have no other incident."""
    world = scene.world
    free = scene.free("node", world.policy.item.size)
    free &= scene.free("item", world.company.items.count)[world.policy.item]
    sources = world.company.sources
    first = np.flatnonzero((sources.priority == 1) | (sources.allocation >= 0.5))
    supplier_free = scene.free("supplier", world.company.suppliers.count)
    busy = first[~supplier_free[sources.supplier[first]]]
    free[sources.node[busy]] = False
    return free


def days_to_count(world: World, item: npt.ArrayLike, place: npt.ArrayLike) -> Rows:
    """Days until the stock of items at places is counted next, as the counting plan has it."""
    codes = np.asarray(item, dtype=np.int64) * len(world.company.places.ids) + np.asarray(place)
    turn = world.luck.integers(COUNT_CYCLE_DAYS, "count turn", codes)
    return (turn - world.day) % COUNT_CYCLE_DAYS


def node_value_a_week(scene: Scene) -> Floats:
    """(nodes) weekly use at standard cost, CNY."""
    return scene.exposure.node_use * scene.world.standard_cost()[scene.world.policy.item]


class QualityExcursion(Kind):
    """What a supplier sends of one part is bad for some weeks: a large share of each lot is rejected."""

    name = "quality_excursion"
    duration_days = (14, 28)
    lingers_days = 21
    unit = "rejected share"
    floors = 2.5

    def choose(self, scene: Scene) -> Choice | None:
        world, sources = scene.world, scene.world.company.sources
        size = round(scene.between(0.6, 0.95, "size"), 3)
        projection = scene.projection()
        hit = projection.arrives < scene.duration_days
        # What is ordered from now on is good if it comes when it is over.
        again = np.maximum(projection.lead_days, scene.duration_days)
        lacks = projection.further_shortage(projection.arrives, again, 1.0 - size * hit)
        source_of = np.where(projection.relied_on(), np.arange(sources.node.size), -1)
        exposed = projection.late_revenue(source_of, sources.node, lacks[sources.node], sources.node.size)
        allowed = _free_nodes(scene)[sources.node] & (world.policy.supply[sources.node] == BUY)
        allowed &= scene.free("supplier", world.company.suppliers.count)[sources.supplier]
        allowed &= self._expected(scene)
        # Pieces are rejected whole: what is weighed or measured, and the smallest parts, are not told apart by count.
        allowed &= world.company.items.decimals[world.policy.item[sources.node]] == 0
        allowed &= world.company.items.standard_cost[0][world.policy.item[sources.node]] >= 1.0
        source = scene.drawn(exposed, allowed, self.floors, MOST_FLOORS * scene.exposure.floor)
        if source < 0:
            return None
        node = int(sources.node[source])
        subjects = {
            "source": (source,),
            "supplier": (int(sources.supplier[source]),),
            "item": (int(world.policy.item[node]),),
            "node": (node,),
        }
        return Choice(subjects, size, float(exposed[source]))

    def _expected(self, scene: Scene) -> Flags:
        """(sources) of which something arrives while it lasts, and within three weeks; all before any order."""
        world, count = scene.world, scene.world.company.sources.node.size
        lines = world.documents.purchase_lines
        if lines.count == 0:
            return np.ones(count, dtype=bool)
        rows = pending_lines(world, np.arange(count))
        soon = rows[lines["arrives_at"][rows] < world.day + min(scene.duration_days, 21)]
        return np.bincount(lines["source"][soon], minlength=count) > 0

    def press(self, world: World, incident: Incident) -> None:
        world.effects.source_defect_rate[incident.choice.codes("source")] += incident.choice.size
        lines = world.documents.purchase_lines
        rows = pending_lines(world, incident.choice.codes("source"))
        here = rows[lines["arrives_at"][rows] < world.day + 1]
        lines["cause"][here] = incident.number

    def blame(self, world: World, incident: Incident) -> None:
        if world.day < incident.end_day:
            world.effects.source_cause[incident.choice.codes("source")] = incident.number
        world.effects.node_cause[incident.choice.codes("node")] = incident.number

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        supplier = world.company.suppliers.names[int(incident.choice.codes("supplier")[0])]
        item = int(incident.choice.codes("item")[0])
        share = f"{incident.choice.size:.0%}"
        return (
            f"{share} of what {supplier} sends of {world.company.items.names[item]} is rejected.",
            f"{supplier}供应的{world.company.items.names_zh[item]}有{share}被拒收。",
        )


class GoldenScrew(Kind):
    """A cheap part's stock turns out to be unusable, and new parts take weeks: many orders wait for a few cents."""

    name = "golden_screw"
    duration_days = (21, 32)
    lingers_days = 10
    unit = "days"
    floors = 2.5

    def choose(self, scene: Scene) -> Choice | None:
        world, policy = scene.world, scene.world.policy
        sales = scene.exposure.of_nodes()
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(sales > 0, node_value_a_week(scene) * WEEKS / sales, 1.0)
        allowed = (policy.supply == BUY) & (share <= 0.006) & (scene.exposure.node_use > 0)
        allowed &= ~_has_substitute(world) & ~world.company.items.is_lot_tracked[policy.item]
        allowed &= _free_nodes(scene)
        # Many orders need it.
        allowed &= sales >= 0.12 * scene.exposure.revenue
        nodes = np.arange(policy.item.size)
        projection = scene.projection()
        exposed = projection.late_revenue(np.where(allowed, nodes, -1), nodes, scene.duration_days, nodes.size)
        node = scene.drawn(exposed, allowed, self.floors, MOST_FLOORS * scene.exposure.floor)
        if node < 0:
            return None
        subjects = {"node": (node,), "item": (int(policy.item[node]),), "place": (int(policy.place[node]),)}
        return Choice(subjects, scene.duration_days, float(exposed[node]))

    def begin(self, world: World, incident: Incident) -> None:
        item, place = (int(incident.choice.codes(subject)[0]) for subject in ("item", "place"))
        there = np.floor(world.stock.available(item, place))
        incident.kept["scrapped"] = float(there)
        incident.kept["scrapped_value"] = 0.0
        if there > 0:
            values = world.stock.issue(SCRAP, item, place, world.lookup.scrap, float(there), world.day + 0.03)[3]
            incident.kept["scrapped_value"] = float(values.sum())
        rows = pending_lines(world, sources_of_nodes(world, incident.choice.codes("node")))
        arrives = world.documents.purchase_lines["arrives_at"][rows]
        caught = arrives < incident.end_day
        wait = incident.end_day + 0.2 * (arrives[caught] - world.day) - arrives[caught]
        postpone(world, rows[caught], wait, incident.number)

    def press(self, world: World, incident: Incident) -> None:
        rest = max(incident.end_day - world.day, 0) / WORKING_WEEK
        world.effects.source_production_delay[sources_of_nodes(world, incident.choice.codes("node"))] += rest

    def blame(self, world: World, incident: Incident) -> None:
        sources = sources_of_nodes(world, incident.choice.codes("node"))
        if world.day < incident.end_day:
            world.effects.source_cause[sources] = incident.number
        world.effects.node_cause[incident.choice.codes("node")] = incident.number

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        item, place = (int(incident.choice.codes(subject)[0]) for subject in ("item", "place"))
        days = int(incident.choice.size)
        return (
            f"The stock of {world.company.items.names[item]} at {world.company.places.ids[place]} is unusable, and for "
            f"{days} days none comes.",
            f"{world.company.places.ids[place]}的{world.company.items.names_zh[item]}库存全部报废，{days}天内无新货到达。",
        )


class PhantomStock(Kind):
    """Stock that is in the books and not on the shelf; nobody knows until it is counted."""

    name = "phantom_stock"
    duration_days = (35, 60)
    latest_start = 80
    lingers_days = 21
    unit = "share of the stock"
    floors = 2.5

    def choose(self, scene: Scene) -> Choice | None:
        world, policy = scene.world, scene.world.policy
        use = scene.exposure.node_use
        held = world.stock.available(policy.item, policy.place)
        with np.errstate(divide="ignore", invalid="ignore"):
            weeks = np.where(use > 0, held / use, np.inf)
        allowed = np.isin(policy.supply, (BUY, MAKE)) & (weeks >= 1.0) & (weeks <= 9.0) & (held >= 5)
        allowed &= ~world.company.items.is_lot_tracked[policy.item] & ~_has_substitute(world) & _free_nodes(scene)
        # Found by a count, but not at once.
        counted = days_to_count(world, policy.item, policy.place)
        allowed &= (counted >= 28) & (counted < scene.days_left + 30)
        nodes = np.arange(policy.item.size)
        projection = scene.projection()
        # The books say that it is there, so nothing is ordered until the orders that wait for it have piled up.
        lacks = np.minimum(projection.lead_days + 10, counted)
        exposed = projection.late_revenue(np.where(allowed, nodes, -1), nodes, lacks, nodes.size)
        node = scene.drawn(exposed, allowed, self.floors, MOST_FLOORS * scene.exposure.floor)
        if node < 0:
            return None
        subjects = {"node": (node,), "item": (int(policy.item[node]),), "place": (int(policy.place[node]),)}
        return Choice(subjects, round(scene.between(0.85, 0.97, "size"), 3), float(exposed[node]))

    def begin(self, world: World, incident: Incident) -> None:
        item, place = self._where(incident)
        missing = float(np.floor(world.stock.available(item, place) * incident.choice.size))
        world.stock.missing[item, place] += missing
        incident.kept["missing"] = missing

    def _where(self, incident: Incident) -> tuple[int, int]:
        return int(incident.choice.codes("item")[0]), int(incident.choice.codes("place")[0])

    def blame(self, world: World, incident: Incident) -> None:
        world.effects.node_cause[incident.choice.codes("node")] = incident.number

    def has_ended(self, world: World, incident: Incident) -> bool:
        """Over when a count has found it. Until then it lasts, even beyond its time."""
        return bool(world.stock.missing[self._where(incident)] < 0.5 * incident.kept["missing"])

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        item, place = self._where(incident)
        pieces = f"{incident.kept.get('missing', 0.0):.0f}"
        return (
            f"{pieces} {world.company.items.base_uom[item]} of {world.company.items.names[item]} at "
            f"{world.company.places.ids[place]} are in the books and not on the shelf.",
            f"{world.company.places.ids[place]}的{world.company.items.names_zh[item]}账面多出{pieces}，实物并不存在。",
        )
