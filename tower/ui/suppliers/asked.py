"""What the reader of the page of suppliers asked for, and words that its sections share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from tower.exports import ColumnKind
from tower.queries import build_health
from tower.ui.cached import ask
from tower.ui.view import View

LINE_COLUMNS: dict[str, ColumnKind] = {
    "purchase_order_line_id": "text", "supplier": "text", "item_id": "text", "item": "text", "ordered_date": "day",
    "requested_date": "day", "first_confirmed_date": "day", "confirmed_date": "day", "received_in_full_date": "day",
    "days_late": "integer", "ordered_quantity": "quantity", "open_quantity": "quantity", "base_uom": "text",
    "open_value": "money", "net_value": "money", "observed_days": "integer", "book_lead_time_days": "integer",
    "buyer": "text", "location_id": "text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """`basis` is one of `queries.suppliers.BASES`; `names` are the suppliers by id."""

    basis: str
    start: date
    end: date
    plants: tuple[str, ...]
    supplier: str | None
    names: Mapping[str, str]

    @property
    def days(self) -> tuple[date, date, tuple[str, ...]]:
        """The arguments that most questions begin with."""
        return self.start, self.end, self.plants


def worded(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """With `item` and `supplier` as a reader sees them, where the frame has their names."""
    first, second = ("item_name_zh", "item_name") if view.text.language == "zh" else ("item_name", "item_name_zh")
    made: dict[str, Any] = {}
    if "item_name" in frame.columns:
        made["item"] = pl.coalesce(first, second, "item_id")
    if "supplier_name" in frame.columns:
        made["supplier"] = pl.coalesce("supplier_name", "supplier_id")
    return frame.with_columns(**made)


def is_connected(view: View, table: str, column: str = "") -> bool:
    """Whether any source of the build fills the table, or the column."""
    coverage = ask(view.warehouse, build_health.coverage)
    rows = {(row["source"], row["table_name"], row["column_name"] or ""): row["status"]
            for row in coverage.iter_rows(named=True)}  # fmt: skip
    sources = {source for source, _, _ in rows}
    return any(
        rows.get((source, table, ""), "absent") != "absent"
        and (not column or rows.get((source, table, column), "full") != "absent")
        for source in sources
    )
