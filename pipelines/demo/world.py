"""The moving state of the simulated company: one value that every step of a day reads and changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pipelines.demo.arrays import Rows
from pipelines.demo.company.company import NEVER, BillLines, Company, Nodes, Operations
from pipelines.demo.documents import Documents
from pipelines.demo.effects import Effects
from pipelines.demo.luck import Luck
from pipelines.demo.stock import Stock


@dataclass(slots=True)
class Lookup:
    """Positions that the steps need again and again."""

    node_at: npt.NDArray[np.int32]
    """(item, place) -> node, -1 where nothing is planned."""
    bill_start: npt.NDArray[np.int64]
    """node -> first row of its bill lines (length nodes + 1)."""
    operation_start: npt.NDArray[np.int64]
    source_start: npt.NDArray[np.int64]
    lane_at: npt.NDArray[np.int32]
    transit: int
    supplier: int
    customer: int
    production: int
    scrap: int
    adjustment: int


class World:
    """Company, luck, today, effects, master data as it is today, stock and documents."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.luck = Luck(company.seed)
        self.day = -1
        self.effects = Effects(company)
        self.documents = Documents()
        self.stock = Stock(company, self.documents)
        # Master data that people and incidents change in the course of time.
        self.policy: Nodes = replace(
            company.nodes, **{name: getattr(company.nodes, name).copy() for name in Nodes.__slots__}
        )
        self.bill: BillLines = replace(
            company.bill_lines,
            **{
                name: getattr(company.bill_lines, name).copy() for name in BillLines.__slots__ if name != "component_id"
            },
        )
        self.routing: Operations = replace(
            company.operations,
            run_hours=company.operations.run_hours.copy(),
            true_hours=company.operations.true_hours.copy(),
        )
        self.customer_joined_day = company.customers.joined_day.copy()
        self.customer_left_day = np.full(company.customers.count, NEVER, dtype=np.int32)
        self.customer_left_cause = np.full(company.customers.count, -1, dtype=np.int16)
        self.lookup = _lookup(company)
        # Ordered and not shipped, by item and place: what a promise must leave to others. Set by the fulfilment step.
        self.backlog = np.zeros((company.items.count, len(company.places.ids)))
        # Rows of delivery_lines that reached customers today, for whoever reacts: set by the fulfilment step.
        self.arrived_delivery_lines: Rows = np.zeros(0, dtype=np.int64)

    def is_working(self, calendar: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Whether today is a working day of these calendars."""
        working: npt.NDArray[np.bool_] = self.company.is_working[np.asarray(calendar), self.day]
        return working

    def standard_cost(self) -> npt.NDArray[np.float64]:
        """Today's standard cost of every item."""
        items = self.company.items
        period = np.searchsorted(items.cost_from_day, self.day, side="right") - 1
        cost: npt.NDArray[np.float64] = items.standard_cost[max(int(period), 0)]
        return cost

    def weekday(self) -> int:
        """0 = Monday."""
        return (self.company.start_date.weekday() + self.day) % 7


def _starts(sorted_codes: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.int64]:
    return np.searchsorted(sorted_codes, np.arange(count + 1)).astype(np.int64)


def _lookup(company: Company) -> Lookup:
    nodes, places = company.nodes, company.places
    node_at = np.full((company.items.count, len(places.ids)), -1, dtype=np.int32)
    node_at[nodes.item, nodes.place] = np.arange(nodes.count)
    lane_at = np.full((len(places.ids), len(places.ids)), -1, dtype=np.int32)
    lane_at[company.lanes.from_place, company.lanes.to_place] = np.arange(company.lanes.from_place.size)
    return Lookup(
        node_at=node_at,
        bill_start=_starts(company.bill_lines.parent, nodes.count),
        operation_start=_starts(company.operations.node, nodes.count),
        source_start=_starts(company.sources.node, nodes.count),
        lane_at=lane_at,
        transit=places.code("TR"),
        supplier=places.code("X-SUP"),
        customer=places.code("X-CUS"),
        production=places.code("X-PRD"),
        scrap=places.code("X-SCR"),
        adjustment=places.code("X-ADJ"),
    )
