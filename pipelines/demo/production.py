"""Production orders: what is to be made, of what, on which work centres, and their way through the day."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.arrays import Floats, Rows, laid_out, ordinals
from pipelines.demo.company.company import SUBCONTRACT
from pipelines.demo.documents import CONFIRMED
from pipelines.demo.kitting import Kitting
from pipelines.demo.opening_hours import next_working
from pipelines.demo.purchasing import Purchasing
from pipelines.demo.shop_floor import ShopFloor
from pipelines.demo.subcontracting import Subcontracting
from pipelines.demo.world import World

# Before the first kits are issued.
RELEASED_AT = 0.01


class Production:
    """Orders from their creation: parts are awaited, operations queue, the subcontractor has his share."""

    def __init__(self, world: World, purchasing: Purchasing) -> None:
        self.world = world
        self.purchasing = purchasing
        self.shop_floor = ShopFloor(world)
        self.subcontracting = Subcontracting(world)
        self.kitting = Kitting(world, purchasing, self.shop_floor, self.subcontracting)

    def step(self) -> None:
        self.subcontracting.step()
        self.kitting.step()
        self.shop_floor.step()

    def order(
        self,
        nodes: Rows,
        quantity: Floats,
        start_day: Rows,
        finish_day: Rows,
        *,
        sales_line: npt.ArrayLike = -1,
        priority: npt.ArrayLike = 5,
    ) -> Rows:
        """Create orders with their components and work orders; subcontracted ones with a purchase line."""
        if nodes.size == 0:
            return np.zeros(0, dtype=np.int64)
        world, documents, policy, day = self.world, self.world.documents, self.world.policy, self.world.day
        calendar = world.company.places.calendar[policy.place[nodes]]
        start_day, finish_day = (
            next_working(world, calendar, np.asarray(each, dtype=np.float64)).astype(np.int64)
            for each in (start_day, finish_day)
        )
        sequence = np.argsort(nodes, kind="stable")
        ordinal = np.empty(nodes.size, dtype=np.int64)
        ordinal[sequence] = ordinals(nodes[sequence])
        outside = policy.supply[nodes] == SUBCONTRACT
        components, operations = self._bill_of(nodes, start_day), self._routing_of(nodes)
        first_component, component_count = documents.order_components.count, components[0]
        first_work_order, work_order_count = documents.work_orders.count, operations[0]
        lines = np.broadcast_to(np.asarray(sales_line, dtype=np.int64), nodes.shape)
        orders = documents.production_orders.append(
            nodes.size,
            node=nodes,
            item=policy.item[nodes],
            place=policy.place[nodes],
            quantity=quantity,
            created_at=self._created_at(lines),
            planned_start_day=start_day,
            planned_finish_day=finish_day,
            first_finish_day=finish_day,
            started_at=np.inf,
            finished_at=np.inf,
            completed=0.0,
            scrapped=0.0,
            status=CONFIRMED,
            sales_line=lines,
            priority=priority,
            is_subcontract=outside,
            purchase_line=-1,
            first_work_order=first_work_order + np.cumsum(work_order_count) - work_order_count,
            work_orders=work_order_count,
            first_component=first_component + np.cumsum(component_count) - component_count,
            components=component_count,
            issued_value=0.0,
            received_value=0.0,
            lot=-1,
            waits_for=-1,
            key=(nodes * 4096 + day) * 512 + ordinal,
            cause=world.effects.node_cause[nodes],
        )
        self._add_components(orders, quantity, start_day, components)
        self._add_work_orders(orders, quantity, start_day, finish_day, operations)
        sold = np.flatnonzero(lines >= 0)
        documents.sales_lines["production_order"][lines[sold]] = orders[sold]
        if outside.any():
            some = np.flatnonzero(outside)
            bought = self.purchasing.order(nodes[some], quantity[some], finish_day[some], production_order=orders[some])
            documents.production_orders["purchase_line"][orders[some]] = bought
        self.kitting.waiting = np.concatenate([self.kitting.waiting, orders])
        return orders

    def _created_at(self, sales_lines: Rows) -> Floats:
        """The planner releases in the morning; what is made for an order, when that order has come."""
        documents, morning = self.world.documents, self.world.day + RELEASED_AT
        result = np.full(sales_lines.size, morning)
        sold = sales_lines >= 0
        order = documents.sales_lines["order"][sales_lines[sold]]
        result[sold] = np.maximum(documents.sales_orders["ordered_at"][order], morning)
        return result

    def _bill_of(self, nodes: Rows, day: Rows) -> tuple[Rows, Rows, Rows]:
        """(lines of each order, order position of each row, bill line of each row), as valid on the order's start."""
        start, end = self.world.lookup.bill_start[nodes], self.world.lookup.bill_start[nodes + 1]
        position, line = laid_out(start, end)
        bill = self.world.bill
        valid = (
            (bill.valid_from_day[line] <= day[position])
            & (bill.valid_until_day[line] > day[position])
            & (bill.substitute_of[line] < 0)
        )
        position, line = position[valid], line[valid]
        return np.bincount(position, minlength=nodes.size).astype(np.int64), position, line

    def _add_components(
        self, orders: Rows, quantity: Floats, start_day: Rows, components: tuple[Rows, Rows, Rows]
    ) -> None:
        _, position, line = components
        world, bill = self.world, self.world.bill
        item = world.policy.item[bill.component[line]]
        per_order = np.where(bill.is_fixed[line], 1.0, quantity[position])
        required = per_order * bill.quantity[line] / (1.0 - bill.scrap_rate[line])
        world.documents.order_components.append(
            line.size,
            order=orders[position],
            line=ordinals(position) + 1,
            item=item,
            bill_line=line,
            required=_rounded_up(required, world.company.items.decimals[item]),
            issued=0.0,
            required_day=start_day[position],
        )

    def _routing_of(self, nodes: Rows) -> tuple[Rows, Rows, Rows]:
        start, end = self.world.lookup.operation_start[nodes], self.world.lookup.operation_start[nodes + 1]
        position, operation = laid_out(start, end)
        return (end - start).astype(np.int64), position, operation

    def _add_work_orders(
        self,
        orders: Rows,
        quantity: Floats,
        start_day: Rows,
        finish_day: Rows,
        operations: tuple[Rows, Rows, Rows],
    ) -> None:
        count, position, operation = operations
        routing = self.world.routing
        hours = routing.setup_hours[operation] + routing.run_hours[operation] * quantity[position]
        # The order's days are shared out evenly over its operations.
        step = ordinals(position)
        span = np.maximum(finish_day - start_day, 1)[position] / count[position]
        self.world.documents.work_orders.append(
            operation.size,
            order=orders[position],
            operation=operation,
            work_centre=routing.work_centre[operation],
            planned_start_at=start_day[position] + step * span,
            planned_finish_at=start_day[position] + (step + 1) * span - 0.05,
            ready_at=np.inf,
            started_at=np.inf,
            finished_at=np.inf,
            planned_hours=np.round(hours, 3),
            setup_hours=routing.setup_hours[operation],
            true_hours=0.0,
            done_hours=0.0,
            input=0.0,
            good=0.0,
            scrap=0.0,
            rework=0.0,
        )


def _rounded_up(quantity: Floats, decimals: npt.NDArray[np.int32]) -> Floats:
    return np.where(decimals > 0, np.round(quantity, 3), np.ceil(np.round(quantity, 6)))
