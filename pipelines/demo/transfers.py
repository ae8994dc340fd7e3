"""Own goods between own places: planned by the week, shipped when the source has them, through the transit place."""

from __future__ import annotations

import numpy as np

from pipelines.demo.arrays import Floats, Rows, running_totals
from pipelines.demo.causes import node_causes
from pipelines.demo.company.company import NEVER
from pipelines.demo.documents import SUBCONTRACT_ISSUE, TRANSFER_MOVE, TRANSFER_REFERENCE
from pipelines.demo.opening_hours import CLOSES, OPENS, handed_over, next_working
from pipelines.demo.purchasing import Purchasing
from pipelines.demo.world import World

# A transfer that has waited so long goes with what there is, from this share on.
PATIENCE_DAYS, PARTIAL_SHARE = 5, 0.25


class Transfers:
    """Transfer orders that wait to be shipped, and what is on the road."""

    def __init__(self, world: World, purchasing: Purchasing) -> None:
        self.world = world
        self.purchasing = purchasing
        self.waiting: Rows = np.zeros(0, dtype=np.int64)
        self.moving: Rows = np.zeros(0, dtype=np.int64)
        # What lies in transit by transfer and lot: transfer, lot, quantity.
        self._load_transfer: Rows = np.zeros(0, dtype=np.int64)
        self._load_lot: Rows = np.zeros(0, dtype=np.int64)
        self._load_quantity: Floats = np.zeros(0)
        is_subcontractor = [kind == "subcontractor" for kind in world.company.places.kind]
        self._subcontractor = np.array(is_subcontractor)

    def order(self, nodes: Rows, quantity: Floats, ship_by_day: Rows) -> None:
        """Create transfer orders into nodes."""
        if nodes.size == 0:
            return
        world, policy = self.world, self.world.policy
        source = policy.source[nodes]
        from_place, to_place = policy.place[source], policy.place[nodes]
        due, calendar = ship_by_day + np.ceil(policy.lead_days[nodes]), world.company.places.calendar
        rows = world.documents.transfers.append(
            nodes.size,
            node=nodes,
            item=policy.item[nodes],
            from_place=from_place,
            to_place=to_place,
            lane=world.lookup.lane_at[from_place, to_place],
            created_day=world.day,
            quantity=quantity,
            due_day=next_working(world, calendar[to_place], due.astype(np.float64)),
            ship_by_day=ship_by_day,
            shipped=0.0,
            shipped_at=np.inf,
            arrives_at=np.inf,
            received_day=NEVER,
            lot=-1,
            cause=-1,
        )
        self.waiting = np.concatenate([self.waiting, rows])

    def arrive(self) -> None:
        """Unload what arrives today."""
        world, table = self.world, self.world.documents.transfers
        here = table["arrives_at"][self.moving] < world.day + 1
        # What was held up on its way may come to a closed door, and waits for it to open.
        calendar = world.company.places.calendar[table["to_place"][self.moving]]
        shut = here & ~world.is_working(calendar)
        waits = self.moving[shut]
        table["arrives_at"][waits] = handed_over(world, calendar[shut], table["arrives_at"][waits])
        here &= ~shut
        if not here.any():
            return
        rows = self.moving[here]
        self.moving = self.moving[~here]
        table["arrives_at"][rows] = np.clip(table["arrives_at"][rows], world.day + OPENS, world.day + CLOSES)
        unloaded = np.isin(self._load_transfer, rows)
        transfer = self._load_transfer[unloaded]
        world.stock.post(
            TRANSFER_MOVE,
            table["item"][transfer],
            world.lookup.transit,
            table["to_place"][transfer],
            self._load_quantity[unloaded],
            table["arrives_at"][transfer],
            reference_type=TRANSFER_REFERENCE,
            reference=transfer,
            lot=self._load_lot[unloaded],
        )
        table["received_day"][rows] = world.day
        self._load_transfer = self._load_transfer[~unloaded]
        self._load_lot = self._load_lot[~unloaded]
        self._load_quantity = self._load_quantity[~unloaded]

    def ship(self) -> None:
        """Load what is due and there, oldest need first."""
        world, table, day = self.world, self.world.documents.transfers, self.world.day
        rows = self.waiting
        due = table["ship_by_day"][rows] <= day
        due &= world.is_working(world.company.places.calendar)[table["from_place"][rows]]
        rows = rows[due]
        if rows.size == 0:
            return
        rows = rows[np.lexsort((rows, table["due_day"][rows]))]
        places = world.stock.quantity.shape[1]
        key = table["item"][rows].astype(np.int64) * places + table["from_place"][rows]
        left = world.stock.on_shelf()
        need = table["quantity"][rows]
        given = np.where(running_totals(key, need) <= left[key] + 1e-6, need, 0.0)
        np.subtract.at(left, key, given)
        waits = (given == 0) & (table["ship_by_day"][rows] <= day - PATIENCE_DAYS)
        waits &= np.floor(left[key]) >= np.maximum(PARTIAL_SHARE * need, 1)
        first = np.flatnonzero(waits)
        first = first[np.unique(key[first], return_index=True)[1]]
        given[first] = np.minimum(np.floor(left[key[first]]), need[first])
        self._remember_cause(rows[given == 0])
        loaded = given > 0
        if loaded.any():
            self._load(rows[loaded], given[loaded])

    def _load(self, rows: Rows, given: Floats) -> None:
        world, table, day = self.world, self.world.documents.transfers, self.world.day
        lanes = world.company.lanes
        lane = table["lane"][rows]
        shipped_at = day + 0.35
        # One lorry a lane and day: everything on it arrives together.
        days = lanes.true_days[lane] * world.luck.lognormal(lanes.spread[lane], "lane", lane, day)
        calendar = world.company.places.calendar[table["to_place"][rows]]
        arrives = handed_over(world, calendar, shipped_at + np.maximum(days, 0.15), shipped_at + 0.1)
        outside = self._subcontractor[table["to_place"][rows]]
        for some, kind in ((np.flatnonzero(~outside), TRANSFER_MOVE), (np.flatnonzero(outside), SUBCONTRACT_ISSUE)):
            if some.size == 0:
                continue
            taken, lot, quantity, _ = world.stock.issue(
                kind,
                table["item"][rows[some]],
                table["from_place"][rows[some]],
                world.lookup.transit,
                given[some],
                shipped_at,
                reference_type=TRANSFER_REFERENCE,
                reference=rows[some],
            )
            self._load_transfer = np.concatenate([self._load_transfer, rows[some[taken]]])
            self._load_lot = np.concatenate([self._load_lot, lot])
            self._load_quantity = np.concatenate([self._load_quantity, quantity])
            table["lot"][rows[some[taken]]] = lot
        table["shipped"][rows] = given
        table["shipped_at"][rows] = shipped_at
        table["arrives_at"][rows] = arrives
        self.moving = np.concatenate([self.moving, rows])
        self.waiting = self.waiting[~np.isfinite(table["shipped_at"][self.waiting])]

    def _remember_cause(self, rows: Rows) -> None:
        table = self.world.documents.transfers
        rows = rows[(table["cause"][rows] < 0) & (table["ship_by_day"][rows] < self.world.day)]
        if rows.size:
            source = self.world.policy.source[table["node"][rows]]
            table["cause"][rows] = node_causes(self.world, self.purchasing.open_lines)[source]
