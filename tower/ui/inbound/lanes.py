"""Lanes, carriers and suppliers by how long they are under way, how punctual they arrive, and what they cost."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.charts import Line, lines_figure
from tower.exports import Column, ColumnKind
from tower.queries import shipment_lanes as questions
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.filters import choose_preset
from tower.ui.kit_words import columns_of
from tower.ui.suppliers.asked import is_connected
from tower.ui.view import View

_COLUMNS: dict[str, ColumnKind] = {
    "way": "text", "name": "text", "mode": "text", "shipments": "integer", "transit_days": "number",
    "planned_days": "number", "beyond_days": "number", "on_time_rate": "percent", "due": "integer",
    "exception_rate": "percent", "under_way": "integer", "freight_cost": "money", "freight_each": "money",
}  # fmt: skip
_MONTHS: dict[str, ColumnKind] = {
    "month": "day", "shipments": "integer", "transit_days": "number", "planned_days": "number",
    "on_time_rate": "percent", "freight_cost": "money", "freight_each": "money",
}  # fmt: skip


def show_lanes(view: View, plants: tuple[str, ...]) -> None:
    """The table, and the months of the row that is chosen."""
    text = view.text
    if not is_connected(view, "shipments"):
        states.not_connected(text, ["shipments", "shipment_events"])
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        choose_preset(view, 190)
        by = url.segments(
            text("inbound.by_what"), "by", list(questions.GROUPINGS), lambda one: text(f"inbound.by_{one}"),
            default="lane",
        )  # fmt: skip
    period = view.selection.period
    frame = ask(view.warehouse, questions.lanes, by, period.start, period.end, plants)
    ids = frame["key"].to_list()
    shown = frame.with_columns(
        pl.col("transit_days", "planned_days", "beyond_days").round(1), pl.col("freight_cost", "freight_each").round(2),
        way=pl.col("direction").replace({one: text(f"inbound.way_{one}") for one in frame["direction"].unique()}),
        mode=pl.col("transport_mode").replace(
            {one: text.term("transport_mode", one) for one in frame["transport_mode"].drop_nulls().unique()}
        ),
    )  # fmt: skip
    show_choice(
        view, f"lanes_{by}", text(f"inbound.lanes_{by}"), shown, columns_of(view, "inbound_column", _COLUMNS),
        parameter="lane", ids=ids, note=text("inbound.lanes_note"), empty=text("inbound.no_shipments"), tallest=400,
        widths={"name": 300},
    )  # fmt: skip
    if not ids:
        return
    key = url.value("lane") if url.value("lane") in ids else ids[0]
    _show_months(view, by, key, frame.row(ids.index(key), named=True)["name"], plants)


def _show_months(view: View, by: str, key: str, name: str, plants: tuple[str, ...]) -> None:
    text, numbers = view.text, view.numbers
    period = view.selection.period
    frame = ask(view.warehouse, questions.lane_months, by, key, period.start, period.end, plants)
    title = text("inbound.months", name=name)
    st.markdown(f"**{title}**")
    at = list(range(frame.height))
    months = [numbers.within_year(one, "month") for one in frame["month"]]
    figure = lines_figure(
        [
            Line(text("inbound_column.transit_days"), at, frame["transit_days"].to_list()),
            Line(text("inbound_column.planned_days"), at, frame["planned_days"].to_list()),
        ],
        x_title=text("inbound_column.month"), y_title=text("inbound.days_under_way"),
        x_label=lambda value: months[round(value)], y_label=lambda value: f"{value:,.4g}",
        x_ticks=at[:: max(1, -(-len(at) // 12))], height=270,
    )  # fmt: skip
    columns = [Column(one, text(f"inbound_column.{one}"), kind) for one, kind in _MONTHS.items()]
    show_figure(view, "lane_months", figure, lambda: frame, columns, provenance(view, title, is_filtered=False))
