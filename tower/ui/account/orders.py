"""The open orders of one customer with risk and cause, and one line with the pegging behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import account_orders
from tower.ui import states, url
from tower.ui.account import cause
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of
from tower.ui.links import address
from tower.ui.page import bring_into_sight
from tower.ui.pegging import Document, show_tree
from tower.ui.suppliers.asked import is_connected
from tower.ui.view import View

_COLUMNS: dict[str, ColumnKind] = {
    "sales_order_line_id": "text", "standing_name": "text", "item": "text", "open_value": "money",
    "requested_date": "day", "possible_date": "day", "p50_date": "day", "p90_date": "day", "in_time_rate": "percent",
    "cause_says": "text", "late_value": "money", "promised_date": "day", "finite_date": "day", "days_late": "integer",
    "open_quantity": "quantity", "base_uom": "text", "ordered_date": "day", "item_id": "text", "location_id": "text",
}  # fmt: skip
_ICONS = {"late": ":red[:material/error:]", "at_risk": ":orange[:material/warning:]",
          "in_time": ":green[:material/check_circle:]", "not_planned": ":gray[:material/help:]"}  # fmt: skip
# Which documents of a cause have a screen of their own, and how its address names them.
_DOCUMENTS = {
    "purchase_order_line": ("inbound_outbound", "document", "purchase_order_line~{}"),
    "production_order": ("progress", "order", "{}"),
}


def show_orders(view: View, customer: dict[str, Any]) -> None:
    """All open lines, the worst first, then the one chosen; at first the worst."""
    text, numbers = view.text, view.numbers
    if not is_connected(view, "sales_order_lines"):
        states.not_connected(text, ["sales_order_lines"])
        return
    frame = ask(view.warehouse, account_orders.open_lines, customer["customer_id"])
    if frame.is_empty():
        states.empty(text, text("account.no_open_orders"))
        return
    rows = list(frame.iter_rows(named=True))
    ids = frame["sales_order_line_id"].to_list()
    chosen = rows[ids.index(url.value("line"))] if url.value("line") in ids else rows[0]
    _show_line(view, chosen)
    shown = frame.with_columns(
        pl.Series("cause_says", [cause.sentence(view, row) for row in rows], pl.String),
        pl.Series("standing_name", [text(f"account_standing.{row['standing']}") for row in rows], pl.String),
        pl.Series("item", [text.pick(row["item_name"], row["item_name_zh"]) or row["item_id"] for row in rows],
                  pl.String),
    )  # fmt: skip
    late = frame.filter(pl.col("standing") == "late")
    show_choice(
        view, "account_orders", text("account.open_lines"), shown, columns_of(view, "account_column", _COLUMNS),
        parameter="line", ids=ids, tallest=420,
        note=text(
            "account.open_lines_note", late=numbers.integer(late.height),
            value=numbers.value(float(late["open_value"].sum() or 0), "money"),
        ),
        widths={"item": 200, "cause_says": 420, "standing_name": 100},
    )  # fmt: skip
    with st.container(key="account_pegging"):
        root = Document("sales_order_line", chosen["sales_order_line_id"], chosen["item_id"], chosen["location_id"])
        show_tree(view, root, chosen["sales_order_line_id"], ("takes",))


def _show_line(view: View, row: Mapping[str, Any]) -> None:
    """What was asked and promised, when it comes, and why."""
    text, numbers = view.text, view.numbers
    with st.container(border=True, key="account_line"):
        if url.value("line"):
            bring_into_sight("account_line", row["sales_order_line_id"])
        item = text.pick(row["item_name"], row["item_name_zh"])
        standing = text(f"account_standing.{row['standing']}")
        st.markdown(
            f"**{row['sales_order_line_id']}** · {row['item_id']} {item} · {_ICONS[row['standing']]} {standing}"
        )
        st.markdown(f"**{cause.sentence(view, row)}**")
        for one in cause.more(view, row):
            st.markdown(one)
        facts = [
            text("account.line_asked", quantity=numbers.exact(row["open_quantity"], "quantity"),
                 unit=row["base_uom"] or "", value=numbers.value(row["open_value"], "money"),
                 day=_day(view, row["requested_date"])),
            text("account.line_promised", day=_day(view, row["promised_date"])),
            text("account.line_planned", day=_day(view, row["possible_date"]),
                 finite=_day(view, row["finite_date"])),
            text("account.line_range", p50=_day(view, row["p50_date"]), p90=_day(view, row["p90_date"]),
                 chance=numbers.value(row["in_time_rate"], "percent", 0)),
        ]  # fmt: skip
        st.caption(" · ".join(facts))
        _show_ways(view, row)


def _show_ways(view: View, row: Mapping[str, Any]) -> None:
    """To the part's requirements, the document that it waits for, the requirements of the item itself."""
    text = view.text
    ways = []
    if row["cause_item_id"] and row["cause_location_id"]:
        ways.append(
            (
                "to_part",
                address(view, "requirements", item=row["cause_item_id"], place=row["cause_location_id"]),
                row["cause_item_id"],
            )
        )
    screen, parameter, named = _DOCUMENTS.get(row["cause_kind"] or "", ("", "", ""))
    if screen and row["cause_id"]:
        way = address(view, screen, **{parameter: named.format(row["cause_id"])})
        ways.append(("to_document", way, row["cause_id"]))
    if row["cause"] == "work_centre":
        ways.append(("to_centre", address(view, "capacity", centre=row["cause_id"]), row["cause_centre_name"]))
    ways.append(("to_item", address(view, "requirements", item=row["item_id"], place=row["location_id"] or ""),
                 row["item_id"]))  # fmt: skip
    links = [f"[{text(f'account.{name}', what=what)}]({way})" for name, way, what in ways if way]
    if links:
        st.markdown(" · ".join(links))


def _day(view: View, day: Any) -> str:
    return view.numbers.day(day) if day else "–"
