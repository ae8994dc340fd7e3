"""Kits: an order starts on the day on which every one of its parts is there, and not before."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.arrays import Floats, Rows, laid_out, running_totals
from pipelines.demo.causes import node_causes
from pipelines.demo.documents import CONFIRMED, IN_PROGRESS, PRODUCTION_ISSUE, PRODUCTION_REFERENCE
from pipelines.demo.purchasing import Purchasing
from pipelines.demo.shop_floor import ShopFloor
from pipelines.demo.subcontracting import Subcontracting
from pipelines.demo.world import World

KITTING_PASSES = 3


class Kitting:
    """Orders that wait for their parts."""

    def __init__(
        self, world: World, purchasing: Purchasing, shop_floor: ShopFloor, subcontracting: Subcontracting
    ) -> None:
        self.world = world
        self.purchasing = purchasing
        self.shop_floor = shop_floor
        self.subcontracting = subcontracting
        self.waiting: Rows = np.zeros(0, dtype=np.int64)
        self._substitutes = _substitutes(world)

    def step(self) -> None:
        """Start every order whose whole kit is there; the others remember what they wait for."""
        world, documents, day = self.world, self.world.documents, self.world.day
        orders, components = documents.production_orders, documents.order_components
        rows = self.waiting
        due = orders["planned_start_day"][rows] <= day
        due &= world.is_working(world.company.places.calendar[orders["place"][rows]])
        rows = rows[due]
        if rows.size == 0:
            return
        rows = rows[np.lexsort((rows, orders["planned_finish_day"][rows], orders["priority"][rows]))]
        start = orders["first_component"][rows].astype(np.int64)
        position, component = laid_out(start, start + orders["components"][rows])
        place = orders["place"][rows][position].astype(np.int64)
        item = components["item"][component].astype(np.int64)
        required = components["required"][component]
        stock = world.stock
        left = stock.on_shelf()
        places = stock.quantity.shape[1]
        complete = np.zeros(rows.size, dtype=bool)
        short_component = np.full(rows.size, -1, dtype=np.int64)
        pending = np.ones(rows.size, dtype=bool)
        for attempt in range(KITTING_PASSES):
            if attempt == 1:
                item = self._substituted(component, item, place, required, pending[position], left, places)
            active = pending[position]
            key, need = (item * places + place)[active], required[active]
            lacking = running_totals(key, need) > left[key] + 1e-6
            failed = np.zeros(rows.size, dtype=bool)
            failed[position[active][lacking]] = True
            short_component[position[active][lacking]] = item[active][lacking]
            now = pending & ~failed
            complete |= now
            pending &= failed
            taken = now[position]
            np.subtract.at(left, (item * places + place)[taken], required[taken])
            if not pending.any() or not now.any():
                break
        self._start(rows, complete, position, component, item, place, required)
        self._remember_shortage(rows[~complete], short_component[~complete])

    def _substituted(
        self,
        component: Rows,
        item: Rows,
        place: Rows,
        required: Floats,
        wanted: npt.NDArray[np.bool_],
        left: Floats,
        places: int,
    ) -> Rows:
        """Items with the substitute put in where the first choice is short and the substitute is not."""
        lines = self.world.documents.order_components["bill_line"][component]
        other = self._substitutes[lines]
        candidate = wanted & (other >= 0)
        if not candidate.any():
            return item
        short = candidate & (left[item * places + place] < required)
        enough = left[np.maximum(other, 0) * places + place] >= required
        return np.where(short & enough, other, item)

    def _start(
        self,
        rows: Rows,
        complete: npt.NDArray[np.bool_],
        position: Rows,
        component: Rows,
        item: Rows,
        place: Rows,
        required: Floats,
    ) -> None:
        if not complete.any():
            return
        world, documents, day = self.world, self.world.documents, self.world.day
        orders, components = documents.production_orders, documents.order_components
        used = complete[position]
        issued = np.flatnonzero(used)
        at = day + 0.02 + 0.08 * world.luck.uniform("kit time", orders["key"][rows])
        posted_row, _, _, values = world.stock.issue(
            PRODUCTION_ISSUE,
            item[issued],
            place[issued],
            world.lookup.production,
            required[issued],
            at[position[issued]],
            reference_type=PRODUCTION_REFERENCE,
            reference=rows[position[issued]],
        )
        np.add.at(orders["issued_value"], rows[position[issued[posted_row]]], values)
        components["issued"][component[issued]] = required[issued]
        components["item"][component[issued]] = item[issued]
        self._take_unbooked(rows[position[issued]], component[issued], item[issued], place[issued], required[issued])
        started = rows[complete]
        orders["status"][started] = IN_PROGRESS
        orders["started_at"][started] = at[complete]
        self.waiting = self.waiting[orders["status"][self.waiting] == CONFIRMED]
        outside = orders["is_subcontract"][started] == 1
        self.subcontracting.send(started[outside])
        self.shop_floor.start(started[~outside])

    def _take_unbooked(self, order: Rows, component: Rows, item: Rows, place: Rows, booked: Floats) -> None:
        """What the bill understates is taken as well, and nobody books it: it is missing from then on."""
        world, documents = self.world, self.world.documents
        truth, line = world.company.bill_lines, documents.order_components["bill_line"][component]
        pieces = np.where(truth.is_fixed[line], 1.0, documents.production_orders["quantity"][order])
        used = pieces * truth.quantity[line] * truth.true_usage[line] / (1.0 - truth.scrap_rate[line])
        more = np.round(used - booked, 0)
        unbooked = np.flatnonzero((more > 0) & ~world.company.items.is_lot_tracked[item])
        if unbooked.size:
            key = (item[unbooked], place[unbooked])
            np.add.at(world.stock.missing, key, more[unbooked])
            world.stock.missing[key] = np.minimum(world.stock.missing[key], np.maximum(world.stock.quantity[key], 0))

    def _remember_shortage(self, rows: Rows, short_item: Rows) -> None:
        if rows.size == 0:
            return
        world, orders = self.world, self.world.documents.production_orders
        node = world.lookup.node_at[short_item, orders["place"][rows]]
        orders["waits_for"][rows] = node
        late = (orders["planned_start_day"][rows] < world.day) & (orders["cause"][rows] < 0) & (node >= 0)
        if late.any():
            orders["cause"][rows[late]] = node_causes(world, self.purchasing.open_lines)[node[late]]


def _substitutes(world: World) -> Rows:
    """For each bill line the item that may stand in for it, -1 where none may."""
    bill = world.bill
    result = np.full(bill.parent.size + 1, -1, dtype=np.int64)
    stands_in = np.flatnonzero(bill.substitute_of >= 0)[::-1]
    result[bill.substitute_of[stands_in]] = world.policy.item[bill.component[stands_in]]
    return result
