"""A made-up history of the demo company, written straight into its documents: what the derived tables are tested with.

The whole history is drawn once; a world of day D has the part of it that was known on D, so that the world of an earlier
day is the beginning of the world of a later one.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from pipelines.demo.company.build import build_company
from pipelines.demo.company.company import NEVER
from pipelines.demo.documents import (
    COMPLETED,
    CUSTOMER_RETURN,
    DELIVERY_REFERENCE,
    IN_PROGRESS,
    OPENING,
    PRODUCTION_ISSUE,
    PRODUCTION_RECEIPT,
    PRODUCTION_REFERENCE,
    PURCHASE_RECEIPT,
    RECEIPT_REFERENCE,
    RETURN_REFERENCE,
    SCRAP,
    SHIPMENT,
    SUPPLIER_RETURN,
)
from pipelines.demo.luck import Luck
from pipelines.demo.scale import SCALES
from pipelines.demo.world import World
from pipelines.demo.writing.finance import MovementTotals, ReceiptRows, finance_tables

START = date(2023, 7, 1)
COMPANY = build_company(7, SCALES["tiny"], START)
HORIZON = 330
ORDERS, PURCHASES, PRODUCTIONS, PROJECTS, LEADS = 900, 500, 120, 90, 150
LUCK = Luck(99)
Row = dict[str, Any]


def _days(stream: str, count: int) -> np.ndarray:
    return np.sort(LUCK.integers(HORIZON, stream, np.arange(count)))


def world_of(day: int) -> World:
    """The documents as they were on the evening of a day."""
    world = World(COMPANY)
    world.day = day
    movements: list[Row] = []
    _sell(world, movements)
    _buy(world, movements)
    _make(world, movements)
    _talk(world)
    _move(world, movements)
    return world


def finance_of(world: World, slice_rows: int = 250_000, chunk: int = 10**9) -> dict[str, pl.DataFrame]:
    """All finance tables, with the logs handed over in chunks."""
    totals, receipts = MovementTotals(world.company), ReceiptRows()
    for log, taker in ((world.documents.movements, totals.add), (world.documents.receipts, receipts.add)):
        for start in range(0, log.count, chunk):
            taker(start, log.slice(start, start + chunk))
    frames: dict[str, list[pl.DataFrame]] = {}
    for name, frame in finance_tables(world, totals, receipts, slice_rows):
        frames.setdefault(name, []).append(frame)
    return {name: pl.concat(parts) for name, parts in frames.items()}


def _sell(world: World, movements: list[Row]) -> None:
    documents, company, last = world.documents, world.company, world.day
    items = np.flatnonzero(company.items.weekly_demand > 0)
    joined = np.flatnonzero(company.customers.joined_day < 0)
    number = np.arange(ORDERS)
    ordered = _days("ordered", ORDERS)
    is_consumer = LUCK.chance(0.4, "consumer", number)
    consumer = np.cumsum(is_consumer) - 1
    customer = np.where(
        is_consumer, company.customers.count + consumer, joined[LUCK.integers(joined.size, "who", number)]
    )
    country = LUCK.integers(5, "country", number)
    currency = np.where(
        is_consumer, np.where(country > 0, 2, 0), company.customers.currency[customer % company.customers.count]
    )
    known = ordered <= last
    born = np.flatnonzero(is_consumer & known)
    documents.consumers.append(
        born.size,
        created_day=ordered[born],
        campaign=np.where(born % 7 == 0, 0, -1),
        lead=-1,
        ship_from=company.places.code("D1"),
        country=country[born],
        channel=4,
        buy_rate=0.01,
        leave_probability=0.2,
        orders=1,
        next_order_at=np.inf,
        left_day=NEVER,
        transit_days=2.0,
        key=born * 7919 + 13,
    )
    some = np.flatnonzero(known)
    documents.sales_orders.append(
        some.size,
        customer=customer[some],
        channel=np.where(is_consumer[some], 4, 1),
        sales_rep=-1,
        ordered_at=ordered[some] + 0.2,
        currency=currency[some],
        priority=2,
        opportunity=-1,
        first_line=2 * some,
        lines=2,
    )
    # Two lines an order; the second one leaves with its own, later delivery.
    line = np.repeat(number, 2)
    place_in_order = np.tile([0, 1], ORDERS)
    item = items[LUCK.integers(items.size, "item", line, place_in_order)]
    quantity = np.where(is_consumer[line], 1.0, 1.0 + LUCK.integers(9, "quantity", line, place_in_order))
    requested = ordered[line] + 4 + LUCK.integers(6, "requested", line)
    ship_day = ordered[line] + 1 + LUCK.integers(9, "ship day", line) + 5 * place_in_order
    price = np.round(company.items.list_price[item] / np.where(currency[line] > 0, 7.3, 1.0), 2)
    known_line = known[line]
    rows = np.flatnonzero(known_line)
    documents.sales_lines.append(
        rows.size,
        order=line[rows],
        line=place_in_order[rows] + 1,
        customer=customer[line[rows]],
        item=item[rows],
        place=company.places.code("D1"),
        quantity=quantity[rows],
        cancelled=0.0,
        cancelled_at=np.inf,
        price=price[rows],
        discount=np.where(is_consumer[line[rows]], 0.0, 0.17),
        ordered_day=ordered[line[rows]],
        ship_by_day=requested[rows] - 2,
        requested_day=requested[rows],
        first_promised_day=requested[rows],
        promised_day=requested[rows],
        shipped=np.where(ship_day[rows] <= last, quantity[rows], 0.0),
        shipped_full_day=np.where(ship_day[rows] <= last, ship_day[rows], NEVER),
        production_order=-1,
        cause=-1,
    )
    leaves = np.argsort(ship_day, kind="stable")
    leaves = leaves[(ship_day[leaves] <= last)]
    shipped_at = ship_day[leaves] + 0.4
    arrives_at = shipped_at + 1 + LUCK.exponential(5.0, "on the way", leaves)
    documents.deliveries.append(
        leaves.size,
        customer=customer[line[leaves]],
        order=line[leaves],
        place=company.places.code("D1"),
        planned_ship_day=requested[leaves] - 2,
        shipped_at=shipped_at,
        expected_day=requested[leaves],
        arrives_at=arrives_at,
        cause=-1,
    )
    cost = np.round(company.items.standard_cost[0][item[leaves]] * quantity[leaves], 2)
    documents.delivery_lines.append(
        leaves.size,
        delivery=np.arange(leaves.size),
        sales_line=leaves,
        item=item[leaves],
        quantity=quantity[leaves],
        lot=-1,
        cost_value=cost,
    )
    _post(movements, SHIPMENT, item[leaves], shipped_at, "D1", "X-CUS", quantity[leaves], cost, DELIVERY_REFERENCE)
    back_at = np.floor(arrives_at) + 5.3 + LUCK.integers(25, "back", leaves)
    back = np.flatnonzero(LUCK.chance(0.12, "returned", leaves))
    back = back[np.argsort(back_at[back], kind="stable")]
    back = back[back_at[back] < last + 1]
    documents.returns.append(
        back.size,
        sales_line=leaves[back],
        customer=customer[line[leaves[back]]],
        item=item[leaves[back]],
        quantity=1.0,
        returned_at=back_at[back],
        reason=back % 4,
        lot=-1,
        to_place=company.places.code("D1"),
        cost_value=np.round(cost[back] / quantity[leaves[back]], 2),
    )
    _post(
        movements,
        CUSTOMER_RETURN,
        item[leaves[back]],
        back_at[back],
        "X-CUS",
        "D1",
        np.ones(back.size),
        np.round(cost[back] / quantity[leaves[back]], 2),
        RETURN_REFERENCE,
    )


def _buy(world: World, movements: list[Row]) -> None:
    documents, company, last = world.documents, world.company, world.day
    number = np.arange(PURCHASES)
    source = LUCK.integers(company.sources.node.size, "source", number)
    supplier = company.sources.supplier[source]
    item = company.nodes.item[company.sources.node[source]]
    ordered, lead = _days("bought", PURCHASES), 5 + LUCK.integers(40, "lead", number)
    quantity = 10.0 + LUCK.integers(200, "bought", number)
    price = np.round(company.sources.price[source] * LUCK.lognormal(0.05, "price", number), 4)
    # Every tenth line is work on an order that the company makes itself.
    made_for = np.searchsorted(_finish_at(), ordered + 1)
    works = (number % 10 == 0) & (made_for < PRODUCTIONS)
    known = ordered <= last
    documents.purchase_orders.append(
        int(known.sum()),
        supplier=supplier[known],
        ordered_at=ordered[known] + 0.2,
        currency=company.suppliers.currency[supplier[known]],
        buyer=0,
        confirmed_at=ordered[known] + 1.2,
    )
    arrives = np.where(works, np.inf, ordered + lead + 0.3)
    documents.purchase_lines.append(
        int(known.sum()),
        order=number[known],
        line=1,
        node=company.sources.node[source[known]],
        item=item[known],
        place=company.nodes.place[company.sources.node[source[known]]],
        source=source[known],
        quantity=quantity[known],
        price=price[known],
        requested_day=(ordered + 20)[known],
        first_confirmed_day=(ordered + 20)[known],
        confirmed_day=(ordered + 20)[known],
        leaves_at=arrives[known] - 3,
        arrives_at=arrives[known],
        next_share=1.0,
        received=np.where(arrives < last + 1, quantity, 0.0)[known],
        rejected=0.0,
        completed_day=NEVER,
        cancelled_day=NEVER,
        production_order=np.where(works, made_for, -1)[known],
        cause=-1,
    )
    come_at = np.where(works, _finish_at()[np.minimum(made_for, PRODUCTIONS - 1)], arrives)
    come = np.argsort(come_at, kind="stable")
    come = come[(come_at[come] < last + 1) & known[come]]
    rejected = np.where(LUCK.chance(0.1, "rejected", come) & ~works[come], np.floor(quantity[come] / 5), 0.0)
    documents.receipts.append(
        come.size,
        purchase_line=come,
        item=item[come],
        place=company.nodes.place[company.sources.node[source[come]]],
        at=come_at[come],
        leaves_at=come_at[come] - 3,
        received=quantity[come],
        rejected=rejected,
        lot=-1,
        source=source[come],
        sample=0,
    )
    receipt = np.arange(come.size)
    cost = company.items.standard_cost[0][item[come]]
    for amount in (quantity[come] - rejected, rejected):
        some = np.flatnonzero((amount > 0) & ~works[come])
        value = np.round(amount[some] * cost[some], 2)
        where = ("X-SUP", "P1")
        _post(
            movements, PURCHASE_RECEIPT, item[come[some]], come_at[come[some]], *where, amount[some], value,
            RECEIPT_REFERENCE, receipt[some],
        )  # fmt: skip
    bad = np.flatnonzero(rejected > 0)
    back_at = np.floor(come_at[come[bad]]) + 6.35
    bad, back_at = bad[back_at < last + 1], back_at[back_at < last + 1]
    value = np.round(rejected[bad] * cost[bad] * 1.01, 2)
    _post(
        movements, SUPPLIER_RETURN, item[come[bad]], back_at, "P1", "X-SUP", rejected[bad], value,
        RECEIPT_REFERENCE, receipt[bad],
    )  # fmt: skip


def _finish_at() -> np.ndarray:
    return _days("made", PRODUCTIONS) + 9.5


def _make(world: World, movements: list[Row]) -> None:
    documents, company, last = world.documents, world.company, world.day
    number = np.arange(PRODUCTIONS)
    created, finish = _days("made", PRODUCTIONS), _finish_at()
    made = np.flatnonzero(np.isin(company.nodes.supply, (0, 3)))
    node = made[LUCK.integers(made.size, "made", number)]
    item = company.nodes.item[node]
    quantity = 5.0 + LUCK.integers(30, "made pieces", number)
    cost = company.items.standard_cost[0][item]
    issued = np.round(cost * quantity * 0.8 * LUCK.lognormal(0.05, "issued", number), 2)
    received = np.round(cost * quantity, 2)
    known = created <= last
    started, done = created + 2.1, finish < last + 1
    count = int(known.sum())
    table = documents.production_orders
    values = dict.fromkeys(table.schema, -1)
    values |= {
        "node": node[known],
        "item": item[known],
        "quantity": quantity[known],
        "created_at": created[known] + 0.1,
        "started_at": np.where(started < last + 1, started, np.inf)[known],
        "finished_at": np.where(done, finish, np.inf)[known],
        "completed": np.where(done, quantity, 0.0)[known],
        "scrapped": 0.0,
        "status": np.where(done, COMPLETED, IN_PROGRESS)[known],
        "issued_value": np.where(started < last + 1, issued, 0.0)[known],
        "received_value": np.where(done, received, 0.0)[known],
        "first_work_order": 2 * number[known],
        "work_orders": 2,
    }
    table.append(count, **values)
    for some, kind, at, value, way in (
        (started < last + 1, PRODUCTION_ISSUE, started, issued, ("P1", "X-PRD")),
        (done, PRODUCTION_RECEIPT, finish, received, ("X-PRD", "P1")),
    ):
        rows = np.flatnonzero(known & some)
        _post(movements, kind, item[rows], at[rows], *way, quantity[rows], value[rows], PRODUCTION_REFERENCE, rows)
    orders = documents.work_orders
    step = np.tile([0, 1], count)
    of_order = np.repeat(number[known], 2)
    finished = finish[of_order] - 4.0 * (1 - step)
    values = dict.fromkeys(orders.schema, 0)
    values |= {
        "order": of_order,
        "work_centre": LUCK.integers(company.work_centres.count, "centre", of_order, step),
        "finished_at": np.where(finished < last + 1, finished, np.inf),
        "done_hours": np.round(2.0 + quantity[of_order] / 10, 3),
    }
    orders.append(of_order.size, **values)


def _talk(world: World) -> None:
    """Leads, opportunities with their stages, and the weekly reports of the trade."""
    documents, company, last = world.documents, world.company, world.day
    number = np.arange(PROJECTS)
    created = _days("asked", PROJECTS) + 0.2
    customer = LUCK.integers(company.customers.count, "asks", number)
    reached = np.minimum(LUCK.integers(8, "reached", number), 4)
    is_won = LUCK.chance(0.5, "won", number)
    moves = created[:, None] + np.cumsum(1.0 + LUCK.integers(12, "stage", number[:, None], np.arange(5)), axis=1)
    stage = np.where(reached == 4, np.where(is_won, 4, 5), reached)
    known = created < last + 1
    current = np.zeros(PROJECTS, dtype=np.int64)
    for step in range(1, 5):
        come = (reached >= step) & (moves[:, step] < last + 1)
        current = np.where(come, np.where(step == 4, stage, step), current)
    closed = current >= 4
    for row in np.flatnonzero(known):
        documents.stage_changes.append(1, opportunity=row, at=created[row], stage=0)
        for step in range(1, int(reached[row]) + 1):
            if moves[row, step] < last + 1:
                entered = stage[row] if step == 4 else step
                documents.stage_changes.append(1, opportunity=row, at=moves[row, step], stage=entered)
    values = {
        "customer": customer,
        "lead": np.where(number % 3 == 0, number, -1),
        "sales_rep": company.customers.sales_rep[customer],
        "campaign": -1,
        "created_at": created,
        "stage": current,
        "status": np.where(current == 4, 1, np.where(current == 5, 2, 0)),
        "expected_value": 1000.0 + number,
        "rep_probability": 0.4,
        "first_close_day": np.floor(created) + 40,
        "close_day": np.floor(created) + 45,
        "closed_at": np.where(closed, moves[:, 4], np.inf),
        "lost_reason": np.where(current == 5, 2, -1),
        "sales_order": np.where((current == 4) & (number < documents.sales_orders.count), number, -1),
        "next_stage_day": 0,
        "first_line": number,
        "lines": 1,
        "quoted_at": np.where((reached >= 2) & (moves[:, 2] < last + 1), moves[:, 2], np.inf),
    }
    count = int(known.sum())
    documents.opportunities.append(
        count, **{name: np.broadcast_to(column, PROJECTS)[known] for name, column in values.items()}
    )
    documents.opportunity_lines.append(
        count, opportunity=number[known], item=0, quantity=10.0, net_value=1000.0 + number[known], wanted_day=400
    )
    _hear(world)


def _hear(world: World) -> None:
    documents, last = world.documents, world.day
    number = np.arange(LEADS)
    created = _days("heard", LEADS) + 0.3
    closed = created + 1 + LUCK.exponential(20.0, "lead takes", number)
    status = 1 + LUCK.integers(3, "lead becomes", number)
    known = created < last + 1
    documents.leads.append(
        int(known.sum()),
        created_at=created[known],
        campaign=np.where(number % 2 == 0, 0, -1)[known],
        source=(number % 5)[known],
        customer=-1,
        opportunity=-1,
        status=status[known],
        closed_at=np.where(status == 1, np.inf, closed)[known],
        reason=np.where(status == 3, number % 5, -1)[known],
        score=50.0,
    )
    sellers = np.flatnonzero(world.company.customers.kind == 0)[:3]
    for monday in range(2, last - 6, 7):
        documents.channel_weeks.append(
            3, customer=sellers, item=[1, 2, 3], week_day=monday, sold=[1.0, 0.0, 4.0], stock=[5.0, 2.0, 0.0]
        )


def _post(
    movements: list[Row],
    kind: int,
    item: np.ndarray,
    at: np.ndarray,
    from_place: str,
    to_place: str,
    quantity: np.ndarray,
    value: np.ndarray,
    reference_type: int,
    reference: np.ndarray | None = None,
) -> None:
    numbers = np.arange(item.size) if reference is None else reference
    movements.append(
        {
            "item": item,
            "at": at,
            "type": np.full(item.size, kind),
            "from_place": np.full(item.size, COMPANY.places.code(from_place)),
            "to_place": np.full(item.size, COMPANY.places.code(to_place)),
            "quantity": quantity,
            "value": value,
            "reference_type": np.full(item.size, reference_type),
            "reference": numbers,
        }
    )


def _move(world: World, movements: list[Row]) -> None:
    """Opening stock and a little scrap, then everything in the order of its moment."""
    count = COMPANY.items.count
    cost = np.round(COMPANY.items.standard_cost[0] * 500, 2)
    _post(movements, OPENING, np.arange(count), np.zeros(count), "X-ADJ", "P1", np.full(count, 500.0), cost, 0)
    some = np.arange(0, world.day, 11)
    _post(movements, SCRAP, some % count, some + 0.6, "P1", "X-SCR", np.ones(some.size), np.full(some.size, 3.33), 0)
    columns = {name: np.concatenate([part[name] for part in movements]) for name in movements[0]}
    order = np.argsort(columns["at"], kind="stable")
    world.documents.movements.append(
        order.size, **{name: column[order] for name, column in columns.items()}, lot=-1, original_day=NEVER
    )
