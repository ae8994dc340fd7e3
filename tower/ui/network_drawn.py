"""The map and the graph of the network, the tables of the same nodes and lanes, and what a click opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import streamlit as st

from tower.charts import Figure
from tower.charts.base_map import country_middles
from tower.charts.network_graph import network_graph_figure
from tower.charts.network_map import areas_with, network_map_figure
from tower.exports import ColumnKind
from tower.queries import network
from tower.queries.network_sql import NetworkFilter
from tower.queries.network_view import SIZES, gathered, largest, placed
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of
from tower.ui.network_panel import show_panel
from tower.ui.network_words import lane_hover, node_hover, with_lane_names, with_names
from tower.ui.view import View

MOST = ("8", "15", "30")
_NODES: dict[str, ColumnKind] = {
    "tier_name": "text", "shown": "text", "stock_value": "money", "cover_days": "number", "on_order_value": "money",
    "in_transit_value": "money", "late_lines": "integer", "next_due_date": "day", "in_value": "money",
    "out_value": "money", "items": "integer", "members": "integer",
}  # fmt: skip
_LANES: dict[str, ColumnKind] = {
    "from_name": "text", "to_name": "text", "cost_value": "money", "quantity": "quantity", "base_uom": "text",
    "lines": "integer", "late_rate": "percent", "mean_planned_days": "number", "mean_actual_days": "number",
    "items": "integer",
}  # fmt: skip
# A figure of many nodes cannot be read on a narrow screen: there the tables take its place.
_CONFIG = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False}
_NARROW = "<style>@media (max-width:640px){.st-key-network_figure{display:none}}</style>"


def show_map(view: View, chosen: NetworkFilter) -> None:
    """Nodes where they lie, lanes between them; customers in the middle of their country."""
    text = view.text
    nodes, lanes = _asked(view, chosen)
    absent = ask(view.warehouse, network.missing)
    here, between, lost = placed(nodes, lanes, country_middles())
    if not here.filter(pl.col("tier") < network.CUSTOMERS).height:
        names = [
            one for one in ("locations.latitude", "locations.longitude", "suppliers.latitude", "suppliers.longitude")
            if one in absent or one.partition(".")[0] in absent
        ]  # fmt: skip
        states.not_connected(text, names or ["locations.latitude", "locations.longitude"])
        st.caption(text("network.map_needs"))
        _show_tables(view, chosen, with_names(view, nodes), lanes, nodes)
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        size = _choose_size(view)
        areas = areas_with(here)
        area = url.segments(
            text("network.area"), "area", areas, lambda one: text(f"network_area.{one}"), default="all",
        )  # fmt: skip
    count = here.height
    here, between = largest(here, between)
    shown = with_names(view, here)
    named = with_lane_names(between, dict(shown.select("node", "shown").rows()))

    def figure() -> Figure:
        return network_map_figure(
            shown, named, area=area, size=size,
            labels=[_code(*row) for row in shown.select("node", "tier").rows()], **_words(view, shown, named),
        )  # fmt: skip

    _draw(view, f"map_{area}_{size}", figure)
    note = text("network.map_note")
    if count > here.height:
        note += " " + text("network.map_largest", count=view.numbers.integer(here.height))
    if lost.height:
        note += " " + text("network.map_lost", count=view.numbers.integer(lost.height))
    if any(f"locations.{one}" in absent for one in ("latitude", "longitude")):
        note += " " + text("network.own_unplaced")
    st.caption(note)
    _show_tables(view, chosen, with_names(view, nodes), lanes, nodes)


def show_graph(view: View, chosen: NetworkFilter) -> None:
    """The tiers side by side, the largest nodes of each, the rest gathered."""
    text = view.text
    nodes, lanes = _asked(view, chosen)
    known = ask(view.warehouse, network.upstream)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        size = _choose_size(view)
        most = url.segments(text("network.most"), "most", MOST, str, default="8")
    drawn, between = largest(*gathered(nodes, _with_known(nodes, lanes, known), int(most)))
    shown = with_names(view, drawn)
    named = with_lane_names(between, dict(shown.select("node", "shown").rows()))

    def figure() -> Figure:
        return network_graph_figure(
            shown, named, size=size, labels=shown["shown"].to_list(), **_words(view, shown, named)
        )

    _draw(view, f"graph_{most}_{size}", figure)
    st.caption(text("network.graph_note", most=most))
    _show_tables(view, chosen, with_names(view, nodes), lanes, nodes)


def _asked(view: View, chosen: NetworkFilter) -> tuple[pl.DataFrame, pl.DataFrame]:
    nodes = ask(view.warehouse, network.nodes, chosen).with_columns(pl.lit(1).alias("members"))
    return nodes, ask(view.warehouse, network.lanes, chosen)


def _with_known(nodes: pl.DataFrame, lanes: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Lanes with those of the second tier, whose flow nobody measures."""
    drawn = nodes["node"].to_list()
    extra = known.filter(pl.col("from_node").is_in(drawn) & pl.col("to_node").is_in(drawn))
    return pl.concat([lanes, extra], how="diagonal").with_columns(
        pl.col("quantity", "cost_value", "lines", "dated_lines", "late_lines", "timed_lines").fill_null(0)
    )


def _choose_size(view: View) -> str:
    return url.segments(
        view.text("network.size"), "size", SIZES, lambda one: view.text(f"network_size.{one}"), default=SIZES[0]
    )


def _code(node: str, tier: int) -> str:
    """Own places by their code: names of several in one town would lie on one another."""
    return node.partition(":")[2] if tier in (network.PLANTS, network.CENTRES) else ""


def _words(view: View, shown: pl.DataFrame, named: pl.DataFrame) -> dict[str, Any]:
    """What both figures are told in words, and what is chosen."""
    text = view.text
    return {
        "node_hovers": [node_hover(view, row) for row in shown.iter_rows(named=True)],
        "lane_hovers": [lane_hover(view, row) for row in named.iter_rows(named=True)],
        "tier_names": [text(f"network_tier.{tier}") for tier in range(5)],
        "late_names": [text(f"network_late.{one}") for one in ("undated", "punctual", "late", "very_late")],
        "chosen_node": url.value("node") or None,
        "chosen_lane": url.value("lane") or None,
    }


def _draw(view: View, key: str, figure: Callable[[], Figure]) -> None:
    """Draw the figure; a click on a node or on the dot of a lane writes it into the URL."""
    field = f"network_{key}"

    def picked() -> None:
        points = st.session_state[field]["selection"]["points"]
        ids = [point["customdata"][0] for point in points if point.get("customdata")]
        if ids:
            is_lane = ">" in ids[0]
            url.write("lane", ids[0] if is_lane else "")
            url.write("node", "" if is_lane else ids[0])

    with st.container(key="network_figure"):
        st.html(_NARROW)
        st.plotly_chart(
            figure(), key=field, theme="streamlit", config=_CONFIG,
            on_select=picked, selection_mode="points", alt=view.text("page.network.title"),
        )  # fmt: skip


def _show_tables(
    view: View, chosen: NetworkFilter, nodes: pl.DataFrame, lanes: pl.DataFrame, known: pl.DataFrame
) -> None:
    """What is chosen, with lists to choose from, then all nodes and all lanes."""
    text = view.text
    names = dict(nodes.select("node", "shown").rows())
    named = with_lane_names(lanes, names)
    gathered_ids = [f"country:{code}" for code in _countries(known)]
    labels = {**names, **{one: one.partition(":")[2] for one in gathered_ids}}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="network_choice"):
        node = url.select(
            text("network.node"), "node", list(labels), labels.__getitem__, default=None,
            placeholder=text("network.choose"), width=330,
        )  # fmt: skip
        ways = {row["lane"]: f"{row['from_name']} → {row['to_name']}" for row in named.iter_rows(named=True)}
        extra = _gathered_lane(url.value("lane"), labels)
        options = {**ways, **extra}
        lane = url.select(
            text("network.lane"), "lane", list(options), options.__getitem__, default=None,
            placeholder=text("network.choose"), width=430,
        )  # fmt: skip
    show_panel(view, chosen, nodes, named, node, lane)
    _node_table(view, nodes)
    _lane_table(view, named)


def _countries(nodes: pl.DataFrame) -> Sequence[str]:
    found = nodes.filter(pl.col("tier") == network.CUSTOMERS)["country_code"].drop_nulls().unique().sort()
    return found.to_list()


def _gathered_lane(lane: str, labels: dict[str, str]) -> dict[str, str]:
    """A lane that the map draws to the customers of a country, where the URL names one."""
    begin, _, end = lane.partition(">")
    if begin in labels and end.startswith("country:") and end in labels:
        return {lane: f"{labels[begin]} → {labels[end]}"}
    return {}


def _node_table(view: View, nodes: pl.DataFrame) -> None:
    text = view.text
    # Own places first, then what they serve, then what serves them.
    order = pl.col("tier").replace_strict([2, 3, 4, 1, 0], [0, 1, 2, 3, 4], return_dtype=pl.Int64)
    shown = nodes.sort(order, "flow_value", "node", descending=[False, True, False]).with_columns(
        pl.col("cover_days").round(1)
    )
    show_choice(
        view, "network_nodes", text("network.nodes"), shown, columns_of(view, "network_column", _NODES),
        parameter="node", ids=shown["node"].to_list(), note=text("network.nodes_note"), widths={"shown": 240},
        tallest=420,
    )  # fmt: skip


def _lane_table(view: View, lanes: pl.DataFrame) -> None:
    text = view.text
    shown = lanes.with_columns(pl.col("mean_planned_days", "mean_actual_days").round(1))
    show_choice(
        view, "network_lanes", text("network.lanes"), shown, columns_of(view, "network_column", _LANES),
        parameter="lane", ids=lanes["lane"].to_list(), note=text("network.lanes_note"), empty=text("network.no_lanes"),
        widths={"from_name": 220, "to_name": 220}, tallest=420,
    )  # fmt: skip
