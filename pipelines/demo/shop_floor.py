"""Finite work centres: each gives its hours of the day to its queue, and pieces are lost and mended on the way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.arrays import Floats, Rows, running_totals
from pipelines.demo.production_receipts import receive_production
from pipelines.demo.world import World

HOURS_SPREAD = 0.12
# An operation of more hours than these is worked on by a second unit, and so on, up to so many.
HOURS_FOR_ONE_UNIT, MOST_UNITS = 30.0, 4
# The working day in fractions of a day from 08:00 local (00:00 UTC) on.
DAY_LENGTH = 0.62


class ShopFloor:
    """Operations in progress."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.operations: Rows = np.zeros(0, dtype=np.int64)
        """The current work order of every order in progress."""

    def start(self, orders: Rows) -> None:
        """Orders whose kit is issued: their first operation may begin."""
        documents = self.world.documents
        first = documents.production_orders["first_work_order"][orders].astype(np.int64)
        documents.work_orders["input"][first] = documents.production_orders["quantity"][orders]
        self._make_ready(first, documents.production_orders["started_at"][orders])

    def step(self) -> None:
        """Give each work centre's hours of today to its queue, in the order of priority and due date."""
        world, documents, day = self.world, self.world.documents, self.world.day
        centres, table, orders = world.company.work_centres, documents.work_orders, documents.production_orders
        working = world.is_working(centres.calendar)
        if not working.any():
            return
        shift = centres.units * centres.hours_per_unit * world.effects.capacity_factor * working
        breakdown = self._breakdowns(shift)
        capacity = (shift - breakdown) * centres.efficiency
        # What gets ready after the shift waits for the next one.
        rows = self.operations[table["ready_at"][self.operations] < day + DAY_LENGTH - 0.02]
        order = table["order"][rows]
        rows = rows[
            np.lexsort(
                (rows, orders["planned_finish_day"][order], orders["priority"][order], table["work_centre"][rows])
            )
        ]
        order, centre = table["order"][rows].astype(np.int64), table["work_centre"][rows].astype(np.int64)
        remaining = table["true_hours"][rows] - table["done_hours"][rows]
        # A large order is shared by several units.
        shared = np.clip(np.ceil(table["true_hours"][rows] / HOURS_FOR_ONE_UNIT), 1, centres.units[centre])
        shared = np.minimum(shared, MOST_UNITS)
        wanted = np.minimum(remaining, shared * centres.hours_per_unit[centre] * centres.efficiency[centre])
        before = running_totals(centre, wanted) - wanted
        given = np.clip(capacity[centre] - before, 0.0, wanted)
        touched = given > 0
        room = np.maximum(capacity[centre], 1e-9)
        starts = day + 0.1 + (DAY_LENGTH - 0.1) * np.minimum(before / room, 1.0) * (centres.units[centre] == 1)
        ends = np.minimum(
            starts + given / (shared * centres.hours_per_unit[centre]) * (DAY_LENGTH - 0.1), day + DAY_LENGTH
        )
        starts = np.maximum(starts, np.minimum(table["ready_at"][rows], day + DAY_LENGTH - 0.01))
        ends = np.maximum(ends, starts + 0.002)
        fresh = touched & ~np.isfinite(table["started_at"][rows])
        table["started_at"][rows[fresh]] = starts[fresh]
        done_before = table["done_hours"][rows]
        table["done_hours"][rows] = done_before + given
        setup = np.clip(table["setup_hours"][rows] - done_before, 0.0, given)
        finished = touched & (given >= remaining - 1e-9)
        centre_count = centres.count
        queue = np.bincount(centre, remaining - given, centre_count).astype(np.float64)
        self._note_day(working, shift, breakdown, centre, given, setup, queue)
        self._remember_overload(order[~touched], centre[~touched])
        if finished.any():
            self._finish(rows[finished], ends[finished])

    def _breakdowns(self, shift: Floats) -> Floats:
        world, day = self.world, self.world.day
        centres, luck = world.company.work_centres, world.luck
        codes = np.arange(centres.count)
        rate = centres.breakdowns_per_week / 5.0 * world.effects.breakdown_factor
        happened = luck.poisson(rate, "breakdown", codes, day)
        hours = happened * luck.exponential(centres.repair_hours, "repair", codes, day)
        lost: Floats = np.minimum(np.round(hours, 2), 0.9 * shift)
        return lost

    def _note_day(
        self,
        working: npt.NDArray[np.bool_],
        shift: Floats,
        breakdown: Floats,
        centre: Rows,
        given: Floats,
        setup: Floats,
        queue: Floats,
    ) -> None:
        world = self.world
        count = world.company.work_centres.count
        some = np.flatnonzero(working)
        setup_hours = np.bincount(centre, setup, count)
        world.documents.work_centre_days.append(
            some.size,
            work_centre=some,
            day=world.day,
            available_hours=np.round(shift[some], 3),
            production_hours=np.round((np.bincount(centre, given, count) - setup_hours)[some], 3),
            setup_hours=np.round(setup_hours[some], 3),
            breakdown_hours=np.round(breakdown[some], 3),
            queue_hours=np.round(queue[some], 3),
            cause=world.effects.centre_cause[some],
        )

    def _remember_overload(self, order: Rows, centre: Rows) -> None:
        cause = self.world.effects.centre_cause[centre]
        orders = self.world.documents.production_orders
        hit = (cause >= 0) & (orders["cause"][order] < 0)
        orders["cause"][order[hit]] = cause[hit]

    def _finish(self, rows: Rows, at: Floats) -> None:
        """Count good pieces, scrap and rework; hand the rest to the next operation or into stock."""
        world, documents = self.world, self.world.documents
        table, orders = documents.work_orders, documents.production_orders
        operation, order = table["operation"][rows], table["order"][rows].astype(np.int64)
        routing, key = world.company.operations, orders["key"][order]
        pieces = table["input"][rows]
        scrap = world.luck.poisson(pieces * routing.defect_rate[operation], "scrap", key, operation)
        scrap = np.minimum(scrap, pieces)
        good = np.round(pieces - scrap, 3)
        rework = np.minimum(world.luck.poisson(good * routing.rework_rate[operation], "rework", key, operation), good)
        table["good"][rows], table["scrap"][rows], table["rework"][rows] = good, scrap, rework
        table["finished_at"][rows] = at
        orders["scrapped"][order] += scrap
        last = (rows + 1 == orders["first_work_order"][order] + orders["work_orders"][order]) | (good <= 0)
        self.operations = np.setdiff1d(self.operations, rows, assume_unique=True)
        following = rows[~last] + 1
        table["input"][following] = good[~last]
        wait = world.company.operations.queue_days[operation[~last]]
        self._make_ready(following, at[~last] + wait)
        if last.any():
            receive_production(world, order[last], good[last], at[last])

    def _make_ready(self, work_orders: Rows, at: Floats) -> None:
        """Operations that may start: the hours they will really take are known now (to us)."""
        if work_orders.size == 0:
            return
        documents, world = self.world.documents, self.world
        table, routing = documents.work_orders, world.routing
        operation = table["operation"][work_orders]
        key = documents.production_orders["key"][table["order"][work_orders]]
        spread = world.luck.lognormal(HOURS_SPREAD, "hours", key, operation)
        run = world.company.operations.run_hours[operation] * table["input"][work_orders]
        table["true_hours"][work_orders] = (
            table["setup_hours"][work_orders] + run * routing.true_hours[operation] * spread
        )
        table["ready_at"][work_orders] = at
        self.operations = np.concatenate([self.operations, work_orders])
