"""Why an open order line is late or may be: one sentence from what the plan's pegging found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tower.ui.view import View

_SURE = ("none", "not_planned")


def part_of(view: View, row: Mapping[str, Any], prefix: str = "cause") -> str:
    """The part by code and name."""
    item = row[f"{prefix}_item_id"]
    name = view.text.pick(row.get(f"{prefix}_item_name"), row.get(f"{prefix}_item_name_zh"))
    return " ".join(one for one in (item, name) if one)


def sentence(view: View, row: Mapping[str, Any]) -> str:
    """The cause of a row of `account_orders.open_lines`, in one sentence."""
    text, numbers = view.text, view.numbers
    cause = row["cause"]
    is_named = cause == "planned" and row["cause_supplier_name"]
    return text(
        f"account_cause.{'planned_bought' if is_named else cause}",
        part=part_of(view, row),
        item=text.pick(row["item_name"], row["item_name_zh"]) or row["item_id"],
        kind=text.term("document", row["cause_kind"] or ""),
        order=row["cause_id"] or "",
        supplier=row["cause_supplier_name"] or "",
        centre=row["cause_centre_name"] or "",
        day=numbers.day(row["cause_date"]) if row["cause_date"] else "",
        due=numbers.day(row["demand_date"]) if row["demand_date"] else "",
        finite=numbers.day(row["finite_date"]) if row["finite_date"] else "",
        days=numbers.integer(row["cause_days"]),
        chance=numbers.value(row["in_time_rate"], "percent", 0),
        by=f" ({row['cause_supplier_name']})" if cause == "slips" and row["cause_supplier_name"] else "",
    )  # fmt: skip


def more(view: View, row: Mapping[str, Any]) -> list[str]:
    """What goes beyond the cause: who else waits for it, and a date that experience puts later than the plan."""
    text, numbers = view.text, view.numbers
    said = []
    if row["cause_lines"] and row["cause_lines"] > 1:
        said.append(text("account_cause.also", lines=numbers.integer(row["cause_lines"])))
    possible, finite = row["possible_date"], row["finite_date"]
    if possible and finite and (finite - possible).days > 3 and row["cause"] not in ("work_centre", "lead_time"):
        said.append(text("account_cause.with_hours", day=numbers.day(finite)))
    planned = max(one for one in (row["possible_date"], row["finite_date"], row["requested_date"]) if one)
    is_later = row["p50_date"] and (row["p50_date"] - planned).days > 3
    if is_later and row["driver_item_id"] and row["cause"] not in ("slips", "delivery"):
        said.append(
            text(
                "account_cause.beyond", part=row["driver_item_id"], order=row["driver_id"] or "",
                kind=text.term("document", row["driver_type"]), day=numbers.day(row["p50_date"]),
            )
        )  # fmt: skip
    return said
