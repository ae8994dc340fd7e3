"""The table of contents of a chronicle: which writer tells which canonical tables from which documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import polars as pl

from pipelines.demo.company.master_tables import master_tables
from pipelines.demo.records import Columns, Records
from pipelines.demo.world import World
from pipelines.demo.writing import (
    crm,
    customers,
    finance,
    logistics,
    planning,
    production,
    purchasing,
    quality,
    sales,
    stock,
)

Tables = Mapping[str, pl.DataFrame]
Taker = Callable[[int, Columns], Iterator[Tables]]
SLICE_ROWS = 250_000
# A day of a work centre becomes several rows for each of its units.
STATE_SLICE_UNITS = 100_000


class Contents:
    """Writers bound to one world, and what they must remember of chunks that are gone."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._inbound = logistics.InboundShipments()
        self._movement_totals = finance.MovementTotals(world.company)
        self._receipt_rows = finance.ReceiptRows()
        self.logs: Mapping[str, tuple[Taker, ...]] = {
            "movements": (self._sliced(stock.movement_tables), self._kept(self._movement_totals.add)),
            "receipts": (
                self._sliced(purchasing.receipt_tables),
                self._sliced(quality.incoming_inspection_tables),
                self._sliced(self._inbound.receipt_tables),
                self._kept(self._receipt_rows.add),
            ),
            "counts": (self._sliced(stock.count_tables),),
            "forecasts": (self._sliced(planning.forecast_tables),),
            "changes": (self._sliced(planning.change_tables),),
            "stage_changes": (self._sliced(_stage_changes),),
            "channel_weeks": (self._sliced(_channel_weeks),),
            "work_centre_days": (self._sliced(production.work_centre_state_tables, self._state_rows()),),
        }

    def pieces(self) -> Iterator[tuple[str, Tables]]:
        """(what is written, tables) of everything that is written at the end, piece by piece."""
        world, documents = self.world, self.world.documents
        master = master_tables(world.company, world.day, world.policy, world.bill, world.routing)
        yield "master data", master
        units = _purchase_units(world, master["uom_conversions"])
        bom_ids = _bom_ids(world, master["boms"])

        def purchase_lines(world: World, start: int, end: int) -> Tables:
            return purchasing.purchase_line_tables(world, start, end, units)

        def production_orders(world: World, start: int, end: int) -> Tables:
            return production.production_order_tables(world, start, end, bom_ids)

        by_rows: tuple[tuple[Records, Callable[[World, int, int], Tables]], ...] = (
            (documents.sales_orders, sales.sales_order_tables),
            (documents.sales_lines, sales.sales_line_tables),
            (documents.deliveries, sales.delivery_tables),
            (documents.deliveries, logistics.outbound_tables),
            (documents.delivery_lines, sales.delivery_line_tables),
            (documents.delivery_lines, logistics.outbound_line_tables),
            (documents.returns, sales.return_tables),
            (documents.purchase_orders, purchasing.purchase_order_tables),
            (documents.purchase_lines, purchase_lines),
            (documents.purchase_lines, self._inbound.open_tables),
            (documents.transfers, stock.transfer_tables),
            (documents.transfers, logistics.transfer_shipment_tables),
            (documents.production_orders, production_orders),
            (documents.order_components, production.component_tables),
            (documents.work_orders, production.work_order_tables),
            (documents.work_orders, quality.operation_inspection_tables),
            (documents.lots, stock.lot_tables),
        )
        for records, writer in by_rows:
            for start in range(0, max(records.count, 1), SLICE_ROWS):
                tables = writer(world, start, min(start + SLICE_ROWS, records.count))
                yield ", ".join(tables), tables
        yield "stock_balances", stock.balance_tables(world)
        yield "stock_reservations", stock.reservation_tables(world)
        for tables in customers.customer_tables(world):
            yield "customers", tables
        for name, frame in crm.crm_tables(world):
            yield name, {name: frame}
        for name, frame in finance.finance_tables(world, self._movement_totals, self._receipt_rows):
            yield name, {name: frame}

    def _sliced(self, writer: Callable[[World, int, Columns], Tables], rows: int = SLICE_ROWS) -> Taker:
        """A chunk in slices of so many rows; an empty one is told too, since it settles the columns."""

        def take(first: int, columns: Columns) -> Iterator[Tables]:
            count = next(iter(columns.values())).size
            for start in range(0, max(count, 1), rows):
                part = {name: column[start : start + rows] for name, column in columns.items()}
                yield writer(self.world, first + start, part)

        return take

    @staticmethod
    def _kept(add: Callable[[int, Columns], None]) -> Taker:
        def take(first: int, columns: Columns) -> Iterator[Tables]:
            add(first, columns)
            yield {}

        return take

    def _state_rows(self) -> int:
        units = int(self.world.company.work_centres.units.max(initial=1))
        return max(STATE_SLICE_UNITS // units, 1)


def _stage_changes(world: World, first: int, columns: Columns) -> Tables:
    return {"opportunity_stage_changes": crm.stage_change_table(world, columns)}


def _channel_weeks(world: World, first: int, columns: Columns) -> Tables:
    return {"channel_stock_sales": crm.channel_table(world, columns)}


def _purchase_units(world: World, conversions: pl.DataFrame) -> purchasing.PurchaseUnits:
    found = {row[0]: row[1:] for row in conversions.select("item_id", "uom", "factor").iter_rows()}
    by_item = [found.get(item_id, ("", 0.0)) for item_id in world.company.items.ids]
    return purchasing.PurchaseUnits(tuple(unit for unit, _ in by_item), np.array([factor for _, factor in by_item]))


def _bom_ids(world: World, boms: pl.DataFrame) -> tuple[str, ...]:
    by_item = dict(boms.select("item_id", "bom_id").iter_rows())
    return tuple(by_item.get(item_id, "") for item_id in world.company.items.ids)
