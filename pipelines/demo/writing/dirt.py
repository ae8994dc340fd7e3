"""A few dirty rows in some tables: what people and interfaces get wrong, so that refused rows have something to show.

Dirty rows are additions behind the true rows of a table, so a repeated key loses against the first. Each is made of
one true row and appears with it: what was dirty on a day stays the same in any longer run. The numbers of the true rows
grow threefold, so that a company a hundred times as large has a few more dirty rows, not a hundred times as many.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.demo.luck import Luck
from pipelines.demo.writing.columns import (
    CONSUMER,
    COUNT,
    DELIVERY,
    INVOICE,
    LEAD,
    MOVEMENT,
    PRODUCTION_ORDER,
    PURCHASE_ORDER,
    RECEIPT,
    RETURN,
    SALES_ORDER,
    WORK_ORDER,
)
from pipelines.demo.writing.table_files import TableFile

# What CRM systems and marketing hand over as CSV: only text can hold a day that is none.
TEXT_TABLES = frozenset(
    {"campaigns", "leads", "activities", "service_cases", "satisfaction_responses", "demand_events"}
)
_FIRST, _GROWTH, _MOST = 12, 3, 16
NO_DAY, NEGATIVE, NOTHING = "no such day", "negative", "nothing"


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong with a row: the rule that it breaks, where, and what stands there.

    `value` is a text, or NO_DAY (30 February of the year), NEGATIVE (the true number below nought), NOTHING (empty). A
    repeated key leaves the row as it is.
    """

    rule: str
    column: str
    value: str = NOTHING


@dataclass(frozen=True, slots=True)
class DirtyTable:
    """Where a table gets dirty: its rows' keys by number (`SO{:07d}-1`), and the defects in turn.

    A table whose keys have gaps has none that are known before; there a row is taken with the chance `often` ÷ number.
    """

    key: str
    defects: tuple[Defect, ...]
    often: float = 0.0


DIRTY_TABLES: Mapping[str, DirtyTable] = {
    "customers": DirtyTable(
        f"{CONSUMER}{{:07d}}", (Defect("duplicate_key", "customer_id"), Defect("missing_value", "customer_name"))
    ),
    "sales_order_lines": DirtyTable(
        f"{SALES_ORDER}{{:07d}}-1",
        (
            Defect("unknown_reference", "item_id", "F-99999"),
            Defect("negative_quantity", "ordered_quantity", NEGATIVE),
            Defect("duplicate_key", "sales_order_line_id"),
            Defect("missing_value", "requested_date"),
        ),
    ),
    "deliveries": DirtyTable(
        f"{DELIVERY}{{:07d}}",
        (Defect("unknown_value", "delivery_status", "lost"), Defect("duplicate_key", "delivery_id")),
    ),
    "customer_returns": DirtyTable(f"{RETURN}{{:07d}}", (Defect("negative_quantity", "returned_quantity", NEGATIVE),)),
    "purchase_order_lines": DirtyTable(
        f"{PURCHASE_ORDER}{{:07d}}-1",
        (
            Defect("unknown_unit", "uom", "PALLET"),
            Defect("negative_quantity", "ordered_quantity", NEGATIVE),
            Defect("duplicate_key", "purchase_order_line_id"),
        ),
    ),
    "purchase_receipts": DirtyTable(
        f"{RECEIPT}{{:07d}}",
        (
            Defect("unknown_reference", "purchase_order_line_id", f"{PURCHASE_ORDER}9999999-9"),
            Defect("duplicate_key", "receipt_line_id"),
        ),
    ),
    "production_orders": DirtyTable(
        f"{PRODUCTION_ORDER}{{:07d}}",
        (Defect("unknown_value", "order_status", "on_hold"), Defect("missing_value", "planned_finish_date")),
    ),
    "work_orders": DirtyTable(f"{WORK_ORDER}{{:07d}}", (Defect("unknown_reference", "work_centre_id", "WELD-OLD"),)),
    "stock_movements": DirtyTable(
        f"{MOVEMENT}{{:07d}}",
        (
            Defect("unknown_reference", "item_id", "C-00000"),
            Defect("unknown_value", "movement_type", "relabelling"),
            Defect("duplicate_key", "movement_id"),
        ),
    ),
    "stock_counts": DirtyTable(
        f"{COUNT}{{:07d}}",
        (Defect("unknown_reference", "location_id", "P1-B17"), Defect("duplicate_key", "count_id")),
    ),
    "invoices": DirtyTable(f"{INVOICE}D{{:07d}}", (Defect("duplicate_key", "invoice_id"),)),
    "leads": DirtyTable(
        f"{LEAD}{{:07d}}",
        (
            Defect("unreadable_date", "created_at", NO_DAY),
            Defect("missing_value", "lead_status"),
            Defect("duplicate_key", "lead_id"),
        ),
    ),
    "activities": DirtyTable(
        "",
        (Defect("unknown_value", "activity_type", "wechat"), Defect("unreadable_date", "activity_at", NO_DAY)),
        often=0.6,
    ),
    "service_cases": DirtyTable(
        "",
        (Defect("unknown_value", "case_type", "praise"), Defect("unreadable_date", "opened_at", NO_DAY)),
        often=2.0,
    ),
    "satisfaction_responses": DirtyTable("", (Defect("unreadable_number", "score", "very good"),), often=2.0),
    "demand_events": DirtyTable("", (Defect("unreadable_date", "end_date", NO_DAY),)),
}


class Dirt:
    """Watches all pieces go by, keeps the true rows that dirty ones are made of, and makes these at the end."""

    def __init__(self, luck: Luck) -> None:
        self._luck = luck
        self._numbers = {table: number for number, table in enumerate(DIRTY_TABLES)}
        self._keys = {table: self._chosen(table) for table in DIRTY_TABLES}
        self._taken: dict[str, list[pl.DataFrame]] = {}
        self._planted: list[dict[str, object]] = []

    def watch(self, file: TableFile, piece: pl.DataFrame) -> None:
        """Keep the rows of a piece that get a dirty companion."""
        table = file.table.name
        if table not in DIRTY_TABLES or piece.height == 0:
            return
        about, key = DIRTY_TABLES[table], piece[file.table.key[0]]
        if about.key:
            found = piece.filter(key.is_in(self._keys[table]))
        elif about.often:
            number = key.str.extract(r"(\d+)").cast(pl.Int64).to_numpy()
            found = piece.filter(self._luck.chance(about.often / number, "dirty row", self._numbers[table], number))
        else:
            found = piece.head(0 if table in self._taken else 1)
        if found.height:
            self._taken.setdefault(table, []).append(found)

    def add_to(self, file: TableFile) -> None:
        """Append a table's dirty rows, in the order of their numbers."""
        name = file.table.name
        if name not in self._taken:
            return
        key = file.table.key[0]
        true_rows = pl.concat(self._taken[name]).unique(key, keep="first", maintain_order=True).sort(key)
        as_text = name in TEXT_TABLES
        rows = file.as_text(true_rows) if as_text else file.conformed(true_rows)
        for position in range(rows.height):
            defect = self._defect(name, rows[key][position])
            row = _spoiled(rows[position], key, defect)
            if as_text:
                file.write_text(row)
            else:
                file.write(row)
            self._planted.append(
                {
                    "table_name": name,
                    "row_number": file.rows,
                    "record_key": row[key][0],
                    "rule": defect.rule,
                    "column_name": defect.column,
                    "value": None if row[defect.column][0] is None else str(row[defect.column][0]),
                }
            )

    def planted(self) -> pl.DataFrame:
        """Every dirty row: table, row number in its file, key, rule, column and value."""
        schema = {
            "table_name": pl.String,
            "row_number": pl.Int64,
            "record_key": pl.String,
            "rule": pl.String,
            "column_name": pl.String,
            "value": pl.String,
        }
        return pl.DataFrame(self._planted, schema=schema)

    def _defect(self, table: str, key: str) -> Defect:
        """By the place of the key among those that were chosen before, else by the key itself."""
        defects, chosen = DIRTY_TABLES[table].defects, self._keys[table]
        position = chosen.index(key) if chosen else zlib.crc32(key.encode())
        return defects[position % len(defects)]

    def _chosen(self, table: str) -> list[str]:
        steps = np.arange(_MOST)
        spread = 1.0 + self._luck.uniform("dirty row", self._numbers[table], steps)
        numbers = np.floor(_FIRST * _GROWTH**steps * spread).astype(np.int64)
        key = DIRTY_TABLES[table].key
        return [key.format(number) for number in numbers] if key else []


def _spoiled(row: pl.DataFrame, key: str, defect: Defect) -> pl.DataFrame:
    """The row with its defect. Unless its key is what is wrong, it has one of its own."""
    if defect.rule == "duplicate_key":
        return row
    data_type = row.schema[defect.column]
    if defect.value == NEGATIVE:
        spoiled = -pl.col(defect.column).abs()
    elif defect.value == NOTHING:
        spoiled = pl.lit(None, dtype=data_type)
    elif defect.value == NO_DAY:
        spoiled = pl.col(defect.column).str.slice(0, 4) + "-02-30" + pl.col(defect.column).str.slice(10)
    else:
        spoiled = pl.lit(defect.value)
    return row.with_columns(pl.col(key) + "X", spoiled.alias(defect.column))
