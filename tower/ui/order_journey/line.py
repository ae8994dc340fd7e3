"""One journey: what was asked and promised, the steps over time, where the time went, who waited for whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl
import streamlit as st

from tower.charts.journey import Bar, JourneyNames, days_figure, journey_figure
from tower.exports import Column, ColumnKind
from tower.queries import order_journey
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.links import address
from tower.ui.order_journey.chain import show_chain
from tower.ui.order_journey.open_line import show_remaining
from tower.ui.order_journey.words import day, days, document_name, hop_name, item_of, variant_name
from tower.ui.page import bring_into_sight
from tower.ui.suppliers.asked import is_connected
from tower.ui.tables import show_table
from tower.ui.view import View

_STEPS: dict[str, ColumnKind] = {
    "step": "text", "document": "text", "document_id": "text", "party_name": "text", "item": "text",
    "planned_date": "day", "actual_date": "day", "needed_date": "day", "days": "integer", "touch_days": "number",
    "explained_days": "integer",
}  # fmt: skip
# What each step is read from, to say what no source connects.
_TABLES = {
    "lead": "leads", "opportunity": "opportunities", "quotation": "quotations", "purchase": "purchase_order_lines",
    "inbound": "purchase_receipts", "kit": "production_order_components", "production": "production_orders",
    "inspection": "quality_inspections", "transfer": "transfer_orders", "ship": "deliveries",
    "transport": "shipments", "invoice": "invoices", "tax_invoice": "tax_invoices", "payment": "payments",
    "satisfaction": "satisfaction_responses", "service": "service_cases",
}  # fmt: skip
# So much of what was made before the order is drawn.
_BEFORE = timedelta(days=21)


def show_line(view: View, line: str) -> None:
    """Everything about the journey of one order line."""
    text = view.text
    row = ask(view.warehouse, order_journey.journey, line)
    if row is None:
        states.empty(text, text("order_journey.not_found", number=line))
        return
    hops = ask(view.warehouse, order_journey.hops, line)
    with st.container(border=True, key="journey_head"):
        bring_into_sight("journey_head", line)
        _show_head(view, row)
    if row["is_open"]:
        show_remaining(view, row)
    else:
        show_chain(view, row, hops)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _show_timeline(view, row, hops)
    with right:
        _show_days(view, row, hops)
    _show_steps(view, hops)
    missing = [table for table in dict.fromkeys(_TABLES.values()) if not is_connected(view, table)]
    if missing:
        states.not_connected(text, missing)


def _show_head(view: View, row: Mapping[str, Any]) -> None:
    text, numbers = view.text, view.numbers
    account = address(view, "account", customer=row["customer_id"]) if row["customer_id"] else None
    customer = row["customer_name"] or row["customer_id"] or "–"
    who = f"[{customer}]({account})" if account else customer
    st.markdown(f"**{row['sales_order_line_id']}** · {who} · {item_of(view, row)} · {_standing(view, row)}")
    facts = [
        text("order_journey.head_goods", quantity=numbers.exact(row["ordered_quantity"], "quantity"),
             unit=row["base_uom"] or "", value=numbers.value(row["net_value"], "money")),
        text("order_journey.head_asked", ordered=day(view, row["ordered_date"]),
             requested=day(view, row["requested_date"]), promised=day(view, row["first_promised_date"])),
    ]  # fmt: skip
    if row["promised_date"] and row["first_promised_date"] and row["promised_date"] != row["first_promised_date"]:
        facts.append(text("order_journey.head_moved", day=day(view, row["promised_date"])))
    facts.append(text("order_journey.head_done", shipped=day(view, row["shipped_in_full_date"]),
                      received=day(view, row["received_in_full_date"]), paid=day(view, row["paid_date"])))  # fmt: skip
    facts.append(variant_name(view, row["variant"]))
    st.caption(" · ".join(facts))


def _standing(view: View, row: Mapping[str, Any]) -> str:
    text, numbers = view.text, view.numbers
    if row["days_late"]:
        return f":red[:material/error: {text('order_journey.late', days=numbers.integer(row['days_late']))}]"
    if row["is_on_time"]:
        return f":green[:material/check_circle: {text('order_journey.on_time')}]"
    if row["is_open"]:
        past = row["due_date"] and (view.build.as_of - row["due_date"]).days
        if past and past > 0:
            return f":red[:material/error: {text('order_journey.open_past', days=numbers.integer(past))}]"
        return f":gray[:material/pending: {text('order_journey.open')}]"
    return f":gray[:material/local_shipping: {text('order_journey.on_the_road')}]"


def _label(view: View, row: Mapping[str, Any]) -> str:
    name = hop_name(view, row["hop"], row["level"])
    about = row["document_id"] or row["party_name"]
    return name if not about or row["hop"] == "stock" else f"{name} {str(about)[:18]}"


def _hover(view: View, row: Mapping[str, Any]) -> str:
    text = view.text
    parts = [f"<b>{hop_name(view, row['hop'], row['level'])}</b>"]
    if row["document_id"]:
        parts.append(f"{document_name(view, row['document_type'])} {row['document_id']}")
    parts += [one for one in (row["party_name"], item_of(view, row) if row["item_id"] else None) if one]
    parts.append(text("order_journey.hover", planned=day(view, row["planned_date"]),
                      actual=day(view, row["actual_date"]), days=days(view, row["days"])))  # fmt: skip
    return "<br>".join(parts)


def _show_timeline(view: View, row: Mapping[str, Any], hops: pl.DataFrame) -> None:
    text = view.text
    st.markdown(f"**{text('order_journey.timeline')}**")
    st.caption(text("order_journey.timeline_note"))
    begun = [one for one in hops.filter(pl.col("sequence") < 4)["actual_date"].to_list() if one]
    ordered: date = row["ordered_date"]
    first = min([*begun, ordered - _BEFORE])
    kept = [one for one in hops.iter_rows(named=True) if one["actual_date"] or one["planned_date"]]
    bars = [
        Bar(_label(view, one), one["nature"], one["begin_date"], one["end_date"], one["actual_date"],
            one["planned_date"], _hover(view, one))
        for one in kept
    ]  # fmt: skip
    if not bars:
        states.empty(text)
        return
    names = JourneyNames(
        {one: text(f"journey_nature.{one}") for one in ("work", "move", "wait")}, text("order_journey.planned"),
        text("order_journey.done"), text("order_journey.due"), text("order_journey.today"),
    )  # fmt: skip
    has_ended = row["paid_date"] is not None
    today = first - timedelta(days=1) if has_ended else view.build.as_of
    figure = journey_figure(bars, names=names, due=row["due_date"], today=today, first=first)
    title = text("order_journey.timeline")
    show_figure(view, "journey_timeline", figure, lambda: _worded_steps(view, hops),
                columns_of(view, "journey_step", _STEPS), provenance(view, title, is_filtered=False))  # fmt: skip


def _show_days(view: View, row: Mapping[str, Any], hops: pl.DataFrame) -> None:
    text, numbers = view.text, view.numbers
    st.markdown(f"**{text('order_journey.where_time')}**")
    spent = hops.filter((pl.col("is_on_path") == 1) & (pl.col("days") > 0))
    total = float(spent["days"].sum() or 0)
    if spent.is_empty():
        states.empty(text, text("order_journey.no_time"))
        return
    touch = float(spent["touch_days"].sum() or 0)
    st.caption(text("order_journey.where_time_note", total=numbers.integer(total),
                    touch=numbers.exact(round(touch, 1), "quantity"),
                    share=numbers.value(touch / total, "percent", 0)))  # fmt: skip
    rows = list(spent.iter_rows(named=True))
    figure = days_figure(
        [_label(view, one) for one in rows], [one["touch_days"] for one in rows],
        [one["days"] - one["touch_days"] for one in rows],
        names=(text("order_journey.touch"), text("journey_nature.wait")),
        label=lambda value: numbers.exact(round(value, 1), "quantity"),
    )  # fmt: skip
    shown = pl.DataFrame({"step": [_label(view, one) for one in rows]}).with_columns(spent["days"], spent["touch_days"])
    columns = [Column("step", text("journey_step.step")), Column("days", text("journey_step.days"), "integer"),
               Column("touch_days", text("journey_step.touch_days"), "number")]  # fmt: skip
    show_figure(view, "journey_days", figure, lambda: shown, columns,
                provenance(view, text("order_journey.where_time"), is_filtered=False))  # fmt: skip


def _worded_steps(view: View, hops: pl.DataFrame) -> pl.DataFrame:
    rows = list(hops.iter_rows(named=True))
    return hops.with_columns(
        pl.Series("step", [hop_name(view, one["hop"], one["level"]) for one in rows], pl.String),
        pl.Series("document", [document_name(view, one["document_type"]) if one["document_type"] else None
                               for one in rows], pl.String),
        pl.Series("item", [item_of(view, one) if one["item_id"] else None for one in rows], pl.String),
        explained_days=pl.sum_horizontal("late_days", "planned_late_days", "short_notice_days", "unexplained_days"),
    ).select(list(_STEPS))  # fmt: skip


def _show_steps(view: View, hops: pl.DataFrame) -> None:
    text = view.text
    show_table(
        view, "journey_steps", text("order_journey.steps"), _worded_steps(view, hops),
        columns_of(view, "journey_step", _STEPS), note=text("order_journey.steps_note"),
    )  # fmt: skip
