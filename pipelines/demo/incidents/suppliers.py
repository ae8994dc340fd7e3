"""Incidents at suppliers and on their way to us: slipping lead time, outage, price rise, port congestion."""

from __future__ import annotations

import numpy as np

from pipelines.demo.incidents.kind import Choice, Flags, Floats, Incident, Kind, Rows, Scene
from pipelines.demo.incidents.open_supply import arrivals_due, pending_lines, postpone, sources_of
from pipelines.demo.incidents.projection import Projection
from pipelines.demo.promise import WORKING_WEEK
from pipelines.demo.world import World

# How much faster than usual a supplier sends after an outage what has waited.
_CATCH_UP = 0.75
# More than so many floors at once would be a catastrophe and no incident.
MOST_FLOORS = 8.0


def _late_by_supplier(scene: Scene, projection: Projection, shortage_days: Floats) -> Floats:
    """(suppliers) net sales that come late when what they deliver lacks for so many days."""
    sources, suppliers = scene.world.company.sources, scene.world.company.suppliers
    supplier = np.where(projection.relied_on(), sources.supplier, -1)
    return projection.late_revenue(supplier, sources.node, shortage_days[sources.node], suppliers.count)


def _one_supplier(scene: Scene, late: Floats, floors: float) -> int:
    suppliers = scene.world.company.suppliers
    allowed = scene.free("supplier", suppliers.count) & ~suppliers.is_subcontractor
    # It must be seen in receipts soon, not only in shortages to come.
    due = arrivals_due(scene.world, min(28, scene.days_left - 7))
    allowed &= np.bincount(scene.world.company.sources.supplier[due], minlength=suppliers.count) > 0
    return scene.drawn(late, allowed, floors, MOST_FLOORS * scene.exposure.floor)


def _about_supplier(world: World, supplier: int) -> dict[str, tuple[int, ...]]:
    return {"supplier": (supplier,), "source": tuple(sources_of(world, np.array([supplier])).tolist())}


class SupplierSlip(Kind):
    """A supplier needs longer than he says, with everything that has not left yet."""

    name = "supplier_slip"
    duration_days = (28, 56)
    latest_start = 92
    unit = "working days"
    floors = 2.5

    def choose(self, scene: Scene) -> Choice | None:
        size = round(scene.between(12, 24, "size"))
        projection = scene.projection()
        days = size * WORKING_WEEK
        arrives = np.where(projection.leaves > 0, projection.arrives + days, projection.arrives)
        late = _late_by_supplier(scene, projection, projection.further_shortage(arrives, projection.lead_days + days))
        supplier = _one_supplier(scene, late, self.floors)
        return Choice(_about_supplier(scene.world, supplier), size, float(late[supplier])) if supplier >= 0 else None

    def begin(self, world: World, incident: Incident) -> None:
        lines = world.documents.purchase_lines
        rows = pending_lines(world, incident.choice.codes("source"))
        rows = rows[lines["leaves_at"][rows] > world.day]
        postpone(world, rows, incident.choice.size * WORKING_WEEK, incident.number)

    def press(self, world: World, incident: Incident) -> None:
        world.effects.source_production_delay[incident.choice.codes("source")] += incident.choice.size

    def blame(self, world: World, incident: Incident) -> None:
        world.effects.source_cause[incident.choice.codes("source")] = incident.number

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        name = world.company.suppliers.names[incident.choice.main[1][0]]
        size = int(incident.choice.size)
        return f"{name} delivers {size} working days later than before.", f"{name}的交期比以前晚{size}个工作日。"


class SupplierOutage(Kind):
    """A supplier sends nothing for weeks; then what has waited leaves within a few days."""

    name = "supplier_outage"
    duration_days = (21, 35)
    latest_start = 92
    unit = "days"
    floors = 2.5

    def choose(self, scene: Scene) -> Choice | None:
        days = scene.duration_days
        projection = scene.projection()
        caught = (projection.leaves > 0) & (projection.leaves < days)
        moved = projection.arrives + days - _CATCH_UP * projection.leaves
        arrives = np.where(caught, moved, projection.arrives)
        late = _late_by_supplier(scene, projection, projection.further_shortage(arrives, projection.lead_days + days))
        supplier = _one_supplier(scene, late, self.floors)
        return Choice(_about_supplier(scene.world, supplier), days, float(late[supplier])) if supplier >= 0 else None

    def begin(self, world: World, incident: Incident) -> None:
        lines = world.documents.purchase_lines
        rows = pending_lines(world, incident.choice.codes("source"))
        leaves = lines["leaves_at"][rows]
        caught = (leaves > world.day) & (leaves < incident.end_day)
        rows, leaves = rows[caught], leaves[caught]
        postpone(world, rows, incident.end_day + (1 - _CATCH_UP) * (leaves - world.day) - leaves, incident.number)

    def press(self, world: World, incident: Incident) -> None:
        rest = max(incident.end_day - world.day, 0) / WORKING_WEEK
        world.effects.source_production_delay[incident.choice.codes("source")] += rest

    def blame(self, world: World, incident: Incident) -> None:
        world.effects.source_cause[incident.choice.codes("source")] = incident.number

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        name = world.company.suppliers.names[incident.choice.main[1][0]]
        days = int(incident.choice.size)
        return f"{name} stands still and sends nothing for {days} days.", f"{name}停产，{days}天内不发货。"


class LaneDelay(Kind):
    """Everything that comes through a port waits there."""

    name = "lane_delay"
    duration_days = (28, 49)
    latest_start = 92
    unit = "days"
    floors = 2.5

    def choose(self, scene: Scene) -> Choice | None:
        company = scene.world.company
        size = round(scene.between(14, 24, "size"))
        suppliers, sources = company.suppliers, company.sources
        ports = sorted(set(suppliers.port) - {""})
        if not ports:
            return None
        port_of = np.array([ports.index(port) if port else -1 for port in suppliers.port], dtype=np.int64)
        projection = scene.projection()
        held_up = (projection.arrives > 2) & (projection.arrives < scene.duration_days + 5)
        lacks = projection.further_shortage(projection.arrives + size * held_up, projection.lead_days + size)
        port_of_source = np.where(projection.relied_on(), port_of[sources.supplier], -1)
        exposed = projection.late_revenue(port_of_source, sources.node, lacks[sources.node], len(ports))
        soon = self._on_the_way(scene)
        allowed = np.bincount(port_of[soon & (port_of >= 0)], minlength=len(ports)) > 0
        busy = ~scene.free("supplier", suppliers.count)
        allowed &= np.bincount(port_of[busy & (port_of >= 0)], minlength=len(ports)) == 0
        port = scene.drawn(exposed, allowed, self.floors, MOST_FLOORS * scene.exposure.floor)
        if port < 0:
            return None
        behind = np.flatnonzero(port_of == port)
        subjects = {
            "supplier": tuple(behind.tolist()),
            "source": tuple(sources_of(scene.world, behind).tolist()),
        }
        return Choice(subjects, size, float(exposed[port]), port=ports[port])

    def _on_the_way(self, scene: Scene) -> Flags:
        """(suppliers) with goods to arrive between next week and the end of the cycle; all before any order."""
        world, suppliers = scene.world, scene.world.company.suppliers
        lines = world.documents.purchase_lines
        if lines.count == 0:
            return np.ones(suppliers.count, dtype=bool)
        rows = pending_lines(world, np.arange(world.company.sources.node.size))
        arrives = lines["arrives_at"][rows]
        soon = rows[(arrives > world.day + 2) & (arrives < world.day + min(28, scene.days_left - 7))]
        codes = world.company.sources.supplier[lines["source"][soon]]
        return np.bincount(codes, minlength=suppliers.count) > 0

    def begin(self, world: World, incident: Incident) -> None:
        lines = world.documents.purchase_lines
        rows = pending_lines(world, incident.choice.codes("source"))
        leaves, arrives = lines["leaves_at"][rows], lines["arrives_at"][rows]
        # What is past the port already, or gets there when the jam is over, is not held up.
        held = (arrives > world.day + 2) & (arrives < incident.end_day + 5)
        away = held & (leaves <= world.day)
        postpone(world, rows[away], incident.choice.size, incident.number)
        later = rows[held & ~away]
        kept = lines["leaves_at"][later].copy()
        postpone(world, later, incident.choice.size, incident.number)
        lines["leaves_at"][later] = kept

    def press(self, world: World, incident: Incident) -> None:
        world.effects.source_transit_delay[incident.choice.codes("source")] += incident.choice.size

    def blame(self, world: World, incident: Incident) -> None:
        world.effects.source_cause[incident.choice.codes("source")] = incident.number

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        port, size = incident.choice.port, int(incident.choice.size)
        return (
            f"Ships wait at the port of {port}: goods of its suppliers come {size} days later.",
            f"{port}港口拥堵，经该港的货物晚到{size}天。",
        )


class PriceRise(Kind):
    """A supplier raises the prices of new orders."""

    name = "price_rise"
    duration_days = (90, 120)
    latest_start = 60
    unit = "rate"
    floors = 4.0

    def choose(self, scene: Scene) -> Choice | None:
        world, sources = scene.world, scene.world.company.sources
        suppliers = world.company.suppliers
        rise = round(scene.between(0.18, 0.35, "size"), 3)
        spend = np.bincount(sources.supplier, scene.exposure.source_spend, suppliers.count)
        # What the rise would cost in a year: a price that is up stays up.
        cost = (spend * rise).astype(np.float64)
        allowed = scene.free("supplier", suppliers.count) & ~suppliers.is_subcontractor
        allowed &= self._orders_often(world)
        supplier = scene.drawn(cost, allowed, self.floors)
        if supplier < 0:
            return None
        return Choice(_about_supplier(world, supplier), rise, float(cost[supplier]))

    def _orders_often(self, world: World) -> Flags:
        """(suppliers) with at least three orders in the last 60 days; all before any order."""
        orders, count = world.documents.purchase_orders, world.company.suppliers.count
        if orders.count == 0:
            return np.ones(count, dtype=bool)
        recent = int(np.searchsorted(orders["ordered_at"], world.day - 60))
        return np.bincount(orders["supplier"][recent:], minlength=count) >= 3

    def press(self, world: World, incident: Incident) -> None:
        world.effects.source_price[incident.choice.codes("source")] *= 1.0 + incident.choice.size

    def blame(self, world: World, incident: Incident) -> None:
        # Only the price: what comes late from this supplier has other reasons.
        return

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        name = world.company.suppliers.names[incident.choice.main[1][0]]
        share = f"{incident.choice.size:.1%}"
        return f"{name} raises its prices by {share}.", f"{name}涨价{share}。"


def touched_lines(world: World, sources: Rows, first_day: int, end_day: int) -> Rows:
    """Purchase lines of some sources that were ordered in a stretch of days."""
    orders, lines = world.documents.purchase_orders, world.documents.purchase_lines
    first, last = np.searchsorted(orders["ordered_at"], (first_day, end_day))
    rows = np.arange(*np.searchsorted(lines["order"], (first, last)))
    return rows[np.isin(lines["source"][rows], sources)]
