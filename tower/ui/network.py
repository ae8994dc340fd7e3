"""What the network page asks for, its totals, and its sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl
import streamlit as st

from tower.queries import channel, network
from tower.queries.network_sql import NetworkFilter
from tower.ui import states, url
from tower.ui.bullwhip import show_bullwhip
from tower.ui.cached import ask
from tower.ui.channel import show_channel
from tower.ui.filters import filter_options, filter_popover
from tower.ui.network_drawn import show_graph, show_map
from tower.ui.network_words import cover_words
from tower.ui.view import View

PARAMETERS = ("section", "weeks", "item", "size", "most", "area", "node", "lane", "stage")
WEEKS = ("4", "13", "26", "52")
DEFAULT_WEEKS = "13"


def choose(view: View) -> NetworkFilter:
    """Plants, families, one item and how many weeks back, all from the URL; none chosen means all."""
    text = view.text
    known = filter_options(text, view.warehouse)
    plants = tuple(one for one in url.values("plant") if one in known["plant"])
    families = tuple(one for one in url.values("family") if one in known["family"])
    rows = ask(view.warehouse, network.items, families).rows()
    items = {row[0]: f"{row[0]} {text.pick(row[1], row[2])}".strip() for row in rows}
    item = url.value("item") if url.value("item") in items else None
    count = len(plants) + len(families) + (item is not None)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="network_filters"):
        weeks = url.segments(
            text("network.weeks"), "weeks", WEEKS, lambda one: text("network.weeks_back", count=one),
            default=DEFAULT_WEEKS, label_visibility="collapsed",
        )  # fmt: skip
        offered = {name: known[name] for name in ("plant", "family")}
        with filter_popover(text, offered, lambda name: text(f"filter.{name}"), count):
            url.select(
                text("network.item"), "item", list(items), items.__getitem__, default=None,
                placeholder=text("filter.all"), disabled=not items,
            )  # fmt: skip
        names = [*(known["plant"][one] for one in plants), *(known["family"][one] for one in families)]
        names += [items[item]] if item else []
        if names:
            st.caption(text.listed(names), width="content")
    return NetworkFilter(plants, families, item, int(weeks))


def show_totals(view: View, chosen: NetworkFilter) -> None:
    """Stock with its cover, what is under way and on order, what is late, and the channel's stock."""
    text, numbers = view.text, view.numbers
    nodes = ask(view.warehouse, network.nodes, chosen)
    own = nodes.filter(pl.col("tier").is_in([network.PLANTS, network.CENTRES]))
    transit = ask(view.warehouse, network.transit, chosen).row(0, named=True)
    shortest = own.drop_nulls("cover_days").sort("cover_days", "node").head(1)
    days = shortest["cover_days"][0] if shortest.height else None
    sold = ask(view.warehouse, channel.totals, chosen.families, chosen.item, chosen.weeks).row(0, named=True)
    absent = ask(view.warehouse, network.missing)

    def card(name: str, value: str, **about: str) -> None:
        label = text(f"network.{name}", **({"place": about.pop("code")} if "code" in about else {}))
        st.metric(label, value, help=text(f"network.{name}_help", **about), border=True, height="stretch")

    with st.grid(6, min_column_width=150, gap="small"):
        card("stock", numbers.value(_sum(own, "stock_value"), "money"))
        card(
            "cover",
            cover_words(view, days, None),
            place=shortest["name"][0] if shortest.height else "–",
            code=shortest["node"][0].partition(":")[2] if shortest.height else "–",
        )
        card(
            "transit", numbers.value(transit["transfer_value"] + transit["purchase_value"], "money"),
            transfers=numbers.value(transit["transfer_value"], "money"),
            purchases=numbers.value(transit["purchase_value"], "money"),
        )  # fmt: skip
        card("on_order", numbers.value(_sum(own, "on_order_value"), "money"))
        card("late_lines", numbers.integer(_sum(own, "late_lines")))
        if "channel_stock_sales" in absent or not sold["customers"]:
            card("channel_cover", text("network.not_reported"), customers="0", stock="–", weeks=str(channel.RATE_WEEKS))
        else:
            weekly = sold["weekly_value"]
            cover = numbers.value(sold["stock_value"] / weekly, "weeks", 1) if weekly else "–"
            card(
                "channel_cover", text("network.weeks_value", value=cover), customers=numbers.integer(sold["customers"]),
                stock=numbers.value(sold["stock_value"], "money"), weeks=str(channel.RATE_WEEKS),
            )  # fmt: skip


def _sum(frame: pl.DataFrame, column: str) -> float:
    return float(frame[column].sum() or 0.0)


def choose_section(view: View) -> str:
    """The section to show, kept in the URL."""
    return url.segments(
        view.text("network.section"), "section", list(SECTIONS), lambda one: view.text(f"network.section_{one}"),
        default="map", label_visibility="collapsed",
    )  # fmt: skip


def show_section(view: View, chosen: NetworkFilter, name: str) -> None:
    """Draw one section, or say that nothing is known."""
    if ask(view.warehouse, network.nodes, chosen).is_empty():
        states.empty(view.text, view.text("network.none"))
        return
    SECTIONS[name](view, chosen)


SECTIONS: Mapping[str, Callable[[View, NetworkFilter], None]] = {
    "map": show_map,
    "graph": show_graph,
    "channel": show_channel,
    "bullwhip": show_bullwhip,
}
