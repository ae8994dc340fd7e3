"""The rows of orders and parts in the reader's words: names, what is missing, what brings it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from tower.exports import Column, ColumnKind
from tower.ui.view import View


def columns_of(view: View, group: str, kinds: Mapping[str, ColumnKind]) -> list[Column]:
    """Columns by name and kind; their labels are the texts of a group."""
    return [Column(name, view.text(f"{group}.{name}"), kind) for name, kind in kinds.items()]


def named(view: View, row: Mapping[str, Any]) -> str:
    """What an order makes, by code and name."""
    return f"{row['item_id']} {view.text.pick(row['item_name'], row['item_name_zh'])}".strip()


def worded(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """With the columns that a reader sees: kit_status in words, `made` or `part`, `missing`, `brought_by`."""
    text = view.text
    names = frame.select("item_id", "item_name", "item_name_zh").rows()
    made = [text.pick(name, name_zh) or item for item, name, name_zh in names]
    found = frame.with_columns(pl.Series("made", made, pl.String), pl.Series("part", made, pl.String))
    if "kit_status" in frame.columns:
        statuses = {one: text.term("kit_status", one) for one in frame["kit_status"].unique().to_list()}
        found = found.with_columns(pl.col("kit_status").replace(statuses))
    if "last_part_name" in frame.columns:
        rows = list(frame.iter_rows(named=True))
        missing = pl.Series("missing", [_missing(view, row) for row in rows], pl.String)
        brought = [
            _brought_by(view, row["last_part_receipt_type"], row["last_part_receipt_id"], row["supplier_name"])
            if row["missing_part_count"] and row["is_default"]
            else None
            for row in rows
        ]
        found = found.with_columns(missing, pl.Series("brought_by", brought, pl.String))
    elif "receipt_id" in frame.columns:
        # Parts of an order may be there already; those of a set to expedite never are.
        asked = frame["missing_quantity"] > 0 if "missing_quantity" in frame.columns else frame["item_id"].is_not_null()
        brought = [
            _brought_by(view, kind, number, supplier) if number or is_missing else None
            for (kind, number, supplier), is_missing in zip(
                frame.select("receipt_type", "receipt_id", "supplier_name").rows(), asked, strict=True
            )
        ]
        found = found.with_columns(pl.Series("brought_by", brought, pl.String))
    return found


def _missing(view: View, row: Mapping[str, Any]) -> str | None:
    """The parts that an order lacks, the last to come first, with how much of that one."""
    if not row["last_part_item_id"]:
        return None
    text, numbers = view.text, view.numbers
    first = text.pick(row["last_part_name"], row["last_part_name_zh"]) or row["last_part_item_id"]
    parts = [f"{first} × {numbers.exact(round(row['last_part_missing_quantity'], 2), 'quantity')}"]
    parts += [
        name for at in ("second", "third") if (name := text.pick(row[f"{at}_part_name"], row[f"{at}_part_name_zh"]))
    ]
    more = row["missing_part_count"] - len(parts)
    listed = text.listed(parts)
    return f"{listed} {text('clear_to_build.more_parts', count=more)}" if more > 0 else listed


def _brought_by(view: View, kind: str | None, number: str | None, supplier: str | None) -> str:
    """The receipt that comes last: its number, whose it is, and whether it is only planned."""
    text = view.text
    if not number:
        return text("clear_to_build.nothing_brings")
    planned = [text.term("document", kind)] if kind in ("planned_order", "firm_planned_order") else []
    return " · ".join([number, *([supplier] if supplier else []), *planned])
