"""What lies behind the node or the lane that is chosen: its figures, its items, and its documents."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import network_documents as documents
from tower.queries.network_sql import NetworkFilter
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.channel import show_customer
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of, worded
from tower.ui.network_words import cover_words
from tower.ui.page import bring_into_sight
from tower.ui.tables import show_table
from tower.ui.view import View

_ITEMS: dict[str, ColumnKind] = {
    "item_id": "text", "made": "text", "stock_quantity": "quantity", "base_uom": "text", "stock_value": "money",
    "cover_days": "number", "demand": "quantity", "on_order_quantity": "quantity", "in_transit_quantity": "quantity",
    "next_due_date": "day", "late_lines": "integer",
}  # fmt: skip
_FLOWS: dict[str, ColumnKind] = {"direction": "text", "movement_type": "text", "value": "money", "quantity": "quantity"}
_ARRIVALS: dict[str, ColumnKind] = {
    "due_date": "day", "days_late": "integer", "document_id": "text", "line_id": "text", "flow_kind": "text",
    "from_name": "text", "item_id": "text", "made": "text", "quantity": "quantity", "base_uom": "text",
    "value": "money", "location_id": "text",
}  # fmt: skip
_DOCUMENTS: dict[str, ColumnKind] = {
    "document_id": "text", "line_id": "text", "item_id": "text", "made": "text", "quantity": "quantity",
    "base_uom": "text", "value": "money", "started_date": "day", "due_date": "day", "arrived_date": "day",
    "days_late": "integer", "planned_days": "number", "actual_days": "number",
}  # fmt: skip
_LANES: dict[str, ColumnKind] = {
    "from_name": "text", "to_name": "text", "cost_value": "money", "lines": "integer", "late_rate": "percent",
    "mean_planned_days": "number", "mean_actual_days": "number",
}  # fmt: skip


def show_panel(
    view: View, chosen: NetworkFilter, nodes: pl.DataFrame, lanes: pl.DataFrame, node: str | None, lane: str | None
) -> None:
    """The lane if one is chosen, else the node if one is, else nothing."""
    if lane:
        with st.container(border=True, key="network_panel"):
            bring_into_sight("network_panel", lane)
            _show_lane(view, chosen, lanes, nodes, lane)
    elif node:
        with st.container(border=True, key="network_panel"):
            bring_into_sight("network_panel", node)
            _show_node(view, chosen, nodes, lanes, node)


def _card(view: View, name: str, value: str) -> None:
    st.metric(view.text(f"network_column.{name}"), value, help=view.text(f"network_help.{name}"))


def _show_node(view: View, chosen: NetworkFilter, nodes: pl.DataFrame, lanes: pl.DataFrame, node: str) -> None:
    text, numbers = view.text, view.numbers
    kind, _, name = node.partition(":")
    if kind == "country":
        inside = nodes.filter((pl.col("tier") == 4) & (pl.col("country_code") == name))["node"].to_list()
        st.markdown(f"##### {text('network.country', country=name)}")
        _touching(view, lanes, inside)
        return
    row = nodes.filter(pl.col("node") == node).row(0, named=True)
    st.markdown(f"##### {row['shown']} :gray[:small[{row['tier_name']} · {name}]]")
    with st.grid(6, min_column_width=130, gap="small"):
        if row["is_measured"]:
            _card(view, "stock_value", numbers.value(row["stock_value"], "money"))
            # Pieces and metres do not add up.
            if row["base_uom"]:
                quantity = numbers.value(row["stock_quantity"], "quantity")
                _card(view, "stock_quantity", f"{quantity} {row['base_uom']}")
            _card(view, "cover", cover_words(view, row["cover_days"], row["horizon_days"]))
        if kind in ("place", "supplier"):
            _card(view, "on_order_value", numbers.value(row["on_order_value"] or 0.0, "money"))
            _card(view, "late_lines", numbers.integer(row["late_lines"] or 0))
        if kind == "place":
            _card(view, "in_transit_value", numbers.value(row["in_transit_value"] or 0.0, "money"))
        _card(
            view,
            "in_value" if kind in ("customer", "region") else "flow_value",
            numbers.value(row["flow_value"], "money"),
        )
    if kind == "place":
        _place(view, chosen, name)
    elif kind == "supplier":
        _expected(view, chosen, node)
    elif kind == "customer":
        show_customer(view, chosen, name)
    _touching(view, lanes, [node])


def _place(view: View, chosen: NetworkFilter, place: str) -> None:
    text, numbers = view.text, view.numbers
    items = worded(view, ask(view.warehouse, documents.place_items, chosen, place))
    show_choice(
        view, "network_items", text("network.place_items"), items.with_columns(pl.col("cover_days").round(1)),
        columns_of(view, "network_column", _ITEMS), note=text("network.place_items_note"),
        linked=("item_id", "location_id"), widths={"made": 190}, tallest=360,
    )  # fmt: skip
    flows = ask(view.warehouse, documents.place_flows, chosen, place)
    uoms = items["base_uom"].drop_nulls().unique().to_list()
    signs = {"in": "+", "out": "−", "opening": "", "closing": "="}
    ways = [f"{signs[way]} {text(f'network_direction.{way}')}".strip() for way in flows["direction"]]
    types = [
        text.term("network_movement", one) if way in ("in", "out") else ""
        for way, one in flows.select("direction", "movement_type").rows()
    ]
    shown = flows.with_columns(pl.Series("direction", ways, pl.String), pl.Series("movement_type", types, pl.String))
    kinds = dict(_FLOWS) if len(uoms) == 1 else {key: kind for key, kind in _FLOWS.items() if key != "quantity"}
    sums = {way: float(flows.filter(pl.col("direction") == way)["value"].sum() or 0.0) for way in signs}
    # Goods that a source re-values without moving them change the value, not the quantity.
    rest = sums["closing"] - sums["opening"] - sums["in"] + sums["out"]
    note = text("network.flows_note", weeks=str(chosen.weeks))
    if abs(rest) >= 0.5:
        note += " " + text("network.flows_rest", value=numbers.exact(rest, "money"))
    show_table(
        view, "network_flows", text("network.flows"), shown, columns_of(view, "network_column", kinds), note=note
    )
    _expected(view, chosen, f"place:{place}")


def _expected(view: View, chosen: NetworkFilter, node: str) -> None:
    text = view.text
    frame = worded(view, ask(view.warehouse, documents.arrivals, chosen, node))
    shown = frame.with_columns(
        pl.Series("flow_kind", [text(f"network_kind.{one}") for one in frame["flow_kind"]], pl.String)
    )
    show_choice(
        view, "network_arrivals", text("network.arrivals"), shown, columns_of(view, "network_column", _ARRIVALS),
        note=text("network.arrivals_note"), empty=text("network.no_arrivals"), linked=("item_id", "location_id"),
        widths={"made": 180, "from_name": 200}, tallest=320,
    )  # fmt: skip


def _touching(view: View, lanes: pl.DataFrame, nodes: list[str]) -> None:
    text = view.text
    found = lanes.filter(pl.col("from_node").is_in(nodes) | pl.col("to_node").is_in(nodes))
    show_choice(
        view, "network_node_lanes", text("network.node_lanes"),
        found.with_columns(pl.col("mean_planned_days", "mean_actual_days").round(1)),
        columns_of(view, "network_column", _LANES), parameter="lane", ids=found["lane"].to_list(),
        empty=text("network.no_lanes"), widths={"from_name": 220, "to_name": 220}, tallest=320,
    )  # fmt: skip


def _show_lane(view: View, chosen: NetworkFilter, lanes: pl.DataFrame, nodes: pl.DataFrame, lane: str) -> None:
    text, numbers = view.text, view.numbers
    begin, _, end = lane.partition(">")
    names = dict(nodes.select("node", "shown").rows())
    ends = [end]
    if end.startswith("country:"):
        code = end.partition(":")[2]
        ends = nodes.filter((pl.col("tier") == 4) & (pl.col("country_code") == code))["node"].to_list()
    inside = lanes.filter((pl.col("from_node") == begin) & pl.col("to_node").is_in(ends))
    title = names.get(end) or text("network.country", country=end.partition(":")[2])
    st.markdown(f"##### {names.get(begin, begin)} → {title}")
    dated, timed = float(inside["dated_lines"].sum()), float(inside["timed_lines"].sum())
    with st.grid(5, min_column_width=130, gap="small"):
        _card(view, "cost_value", numbers.value(float(inside["cost_value"].sum() or 0.0), "money"))
        uoms = inside["base_uom"].unique().to_list()
        if len(uoms) == 1 and uoms[0]:
            _card(view, "quantity", f"{numbers.value(float(inside['quantity'].sum()), 'quantity')} {uoms[0]}")
        _card(view, "lines", numbers.integer(float(inside["lines"].sum())))
        _card(view, "late_rate", numbers.value(float(inside["late_lines"].sum()) / dated if dated else None, "percent"))
        _card(
            view,
            "mean_planned_days",
            numbers.value(float(inside["planned_days"].sum()) / timed if timed else None, "days"),
        )
        _card(
            view,
            "mean_actual_days",
            numbers.value(float(inside["actual_days"].sum()) / timed if timed else None, "days"),
        )
    frame = worded(view, ask(view.warehouse, documents.lane_documents, chosen, begin, end))
    if frame.height == documents.MOST_ROWS:
        st.caption(text("network.most_rows", count=numbers.integer(documents.MOST_ROWS)))
    if frame.is_empty() and inside.is_empty():
        states.empty(text, text("network.no_lanes"))
        return
    show_table(
        view, "network_documents", text("network.documents"), frame, columns_of(view, "network_column", _DOCUMENTS),
        note=text("network.documents_note"),
    )  # fmt: skip
