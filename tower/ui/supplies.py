"""What supplies an item: choose an order, read its arithmetic, take it away as a live workbook."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from planning.model.calendars import working_calendars
from tower.exports import Column, ColumnKind
from tower.i18n.numbers import MISSING
from tower.planned_order.figures import OrderFigures, order_figures
from tower.planned_order.words import explained
from tower.planned_order.workbook import order_workbook
from tower.queries import record_documents
from tower.queries.planning_rows import read_frame
from tower.queries.planning_sql import QUERIES
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.downloads import EXCEL_TYPE, provenance, show_downloads
from tower.ui.firmed_orders import FIRM_PLANNED, firmed_here, show_firmed_order, with_firmed
from tower.ui.order_changes import marked_orders, show_order_changes
from tower.ui.order_effect import show_effect
from tower.ui.pegging import Document, show_tree
from tower.ui.requirements import Chosen
from tower.ui.tables import MOST_ROWS_SHOWN, TALLEST, column_config
from tower.ui.view import View
from tower.warehouse import Warehouse

_COLUMNS: dict[str, ColumnKind] = {
    "supply_type": "text", "supply_id": "text", "quantity": "quantity", "release_date": "day", "supply_date": "day",
    "need_date": "day", "past_due_days": "integer", "late_days": "integer", "value": "money", "served_value": "money",
    "supplied_by": "text",
}  # fmt: skip


def show_supplies(view: View, chosen: Chosen) -> None:
    """The list of what supplies the item; below it the chosen one, explained and pegged."""
    text = view.text
    supplies = ask(view.warehouse, record_documents.supplies, chosen.item_id, chosen.location_id)
    frame = with_firmed(supplies, firmed_here(view, chosen))
    if frame.is_empty():
        st.markdown(f"**{text('requirements.supplies')}**")
        states.empty(text, text("requirements.supplies_none"))
        return
    keys = [f"{kind}:{number or ''}" for kind, number in frame.select("supply_type", "supply_id").rows()]
    shown = frame.with_columns(
        pl.col("supply_type").map_elements(lambda one: text.term("document", one), return_dtype=pl.String),
        # Stock that is not kept by lot has no number.
        supply_id=pl.when(pl.col("supply_id") != "stock").then("supply_id"),
    )
    columns = [
        Column(name, text(f"plan_column.{name}"), kind)
        for name, kind in _COLUMNS.items()
        if frame[name].null_count() < frame.height
    ]
    title = text("requirements.supplies")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width="content"):
            st.markdown(f"**{title}**")
            st.caption(text("requirements.supplies_note"))
        about = provenance(view, f"{title} · {chosen.item_id} @ {chosen.location_id}", is_filtered=False)
        show_downloads(view, "supplies", lambda: shown, lambda _: columns, about)
    field = f"supplies_{chosen.item_id}_{chosen.location_id}"

    def picked() -> None:
        rows = st.session_state[field]["selection"]["rows"]
        # The row that was marked last is the one that is shown.
        before: list[int] = st.session_state.get(f"{field}_before", [])
        newest = [row for row in rows if row not in before] or rows
        st.session_state[f"{field}_before"] = rows
        url.write("order", keys[newest[-1]] if rows else "")
        url.clear("open")

    state = st.dataframe(
        shown.select([column.name for column in columns]), hide_index=True, key=field, on_select=picked,
        selection_mode="multi-row", column_config={column.name: column_config(column) for column in columns},
        height="content" if frame.height <= MOST_ROWS_SHOWN else TALLEST, placeholder=MISSING, alt=title,
    )  # fmt: skip
    names = dict(zip(keys, _names(shown), strict=True))
    order = url.select(text("requirements.order"), "order", keys, lambda one: names[one], default=keys[0], width=360)
    if order is None:
        return
    kind, _, number = order.partition(":")
    with states.or_failed(text):
        if kind == "planned_order":
            _explain(view, number)
            show_order_changes(view, chosen, number, marked_orders(frame, state["selection"]["rows"]))
        if kind == FIRM_PLANNED:
            show_firmed_order(view, number)
        show_effect(view, chosen)
        show_tree(view, Document(kind, number or None, chosen.item_id, chosen.location_id), names[order])


def _names(shown: pl.DataFrame) -> list[str]:
    """Kind and number of each."""
    rows = shown.select("supply_type", "supply_id").rows()
    return [f"{kind} {number or ''}".strip() for kind, number in rows]


def _explain(view: View, number: str) -> None:
    """The arithmetic in words, and the workbook whose formulas compute it anew."""
    text = view.text
    order: OrderFigures = ask(view.warehouse, order_figures, number)
    with st.container(border=True, key="arithmetic"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**{text('requirements.arithmetic', order=number)}**", width="content")
            if view.scope.is_everything:
                st.download_button(
                    text("requirements.workbook"), _workbook(view, order), f"{_file_name(number)}.xlsx", EXCEL_TYPE,
                    key="order_workbook", on_click="ignore", type="tertiary", icon=":material/calculate:",
                    help=text("requirements.workbook_help"),
                )  # fmt: skip
            else:
                st.caption(text("requirements.workbook_scope"), width="content")
        lines = explained(order, text.language).split("\n")
        st.markdown("\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1)))


def _workbook(view: View, order: OrderFigures) -> Callable[[], bytes]:
    return lambda: order_workbook(order, working_calendars(ask(view.warehouse, _calendars), view.build.as_of))


def _calendars(warehouse: Warehouse) -> pl.DataFrame:
    """The working calendars of a build; they lie below the core and are seen only by who sees everything."""
    return read_frame(warehouse.frame, QUERIES["calendars"], warehouse.as_of)


def _file_name(number: str) -> str:
    """An item's number may hold what no file name can."""
    return "".join("_" if sign in '/\\:*?"<>|' else sign for sign in number)
