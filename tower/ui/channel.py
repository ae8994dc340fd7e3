"""What distributors and stores sell on, hold, and get from us."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.charts.lines import Line, lines_figure
from tower.exports import ColumnKind
from tower.queries import channel, network
from tower.queries.network_sql import NetworkFilter
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of, worded
from tower.ui.view import View

_CUSTOMERS: dict[str, ColumnKind] = {
    "customer_name": "text", "customer_type": "text", "region": "text", "country_code": "text", "sold_value": "money",
    "sell_in_value": "money", "difference_value": "money", "stock_value": "money", "weeks_of_cover": "number",
    "last_week": "day", "customer_id": "text",
}  # fmt: skip
_ITEMS: dict[str, ColumnKind] = {
    "item_id": "text", "made": "text", "sold_quantity": "quantity", "sell_in_quantity": "quantity",
    "stock_quantity": "quantity", "base_uom": "text", "weeks_of_cover": "number", "stock_value": "money",
}  # fmt: skip
_WEEKS: dict[str, ColumnKind] = {
    "week_start_date": "day", "sold_value": "money", "sell_in_value": "money", "stock_value": "money",
}  # fmt: skip


def show_channel(view: View, chosen: NetworkFilter) -> None:
    """Sell-out against sell-in by week, and each distributor and store."""
    text = view.text
    frame = ask(view.warehouse, channel.by_customer, chosen.families, chosen.item, chosen.weeks)
    if frame.is_empty():
        _without_reports(view)
        return
    st.caption(text("network.channel_values"))
    _course(view, chosen, None)
    types = [text.term("network_customer", one) for one in frame["customer_type"].to_list()]
    shown = frame.with_columns(pl.Series("customer_type", types, pl.String), pl.col("weeks_of_cover").round(1))
    show_choice(
        view, "channel_customers", text("network.channel_customers"), shown,
        columns_of(view, "network_column", _CUSTOMERS), parameter="node",
        ids=[f"customer:{one}" for one in frame["customer_id"].to_list()],
        note=text("network.channel_note", weeks=str(channel.RATE_WEEKS)), widths={"customer_name": 240}, tallest=460,
    )  # fmt: skip


def show_customer(view: View, chosen: NetworkFilter, customer: str) -> None:
    """One distributor or store: its weeks and its items; nothing where it does not report."""
    text = view.text
    found = ask(view.warehouse, channel.by_item, chosen.families, chosen.item, chosen.weeks, customer)
    if found.is_empty():
        st.caption(text("network.does_not_report"))
        return
    _course(view, chosen, customer)
    frame = worded(view, found)
    show_choice(
        view, "channel_items", text("network.channel_items"), frame.with_columns(pl.col("weeks_of_cover").round(1)),
        columns_of(view, "network_column", _ITEMS), note=text("network.channel_note", weeks=str(channel.RATE_WEEKS)),
        widths={"made": 190}, tallest=320,
    )  # fmt: skip


def _without_reports(view: View) -> None:
    if "channel_stock_sales" in ask(view.warehouse, network.missing):
        states.not_connected(view.text, ["channel_stock_sales"])
    else:
        states.empty(view.text, view.text("network.no_reports"))


def _course(view: View, chosen: NetworkFilter, customer: str | None) -> None:
    text, numbers = view.text, view.numbers
    # Two weeks are no course yet.
    weeks = max(chosen.weeks, 26)
    frame = ask(view.warehouse, channel.by_week, chosen.families, chosen.item, weeks, customer)
    title = text("network.channel_course")
    st.markdown(f"**{title}**")
    days = frame["week_start_date"].to_list()
    steps = [float(step) for step in range(len(days))]
    names = [numbers.within_year(day, "week") for day in days]
    figure = lines_figure(
        [Line(text(f"network_column.{one}"), steps, frame[one].to_list()) for one in ("sold_value", "sell_in_value")],
        x_title=text("network.week"), y_title=text("network.at_cost"), x_label=lambda step: names[round(step)],
        y_label=lambda value: numbers.value(value, "money"), x_ticks=steps[:: max(1, -(-len(steps) // 8))],
    )  # fmt: skip
    show_figure(
        view, f"channel_weeks_{customer or 'all'}", figure, lambda: frame, columns_of(view, "network_column", _WEEKS),
        provenance(view, title, is_filtered=False),
    )  # fmt: skip
