"""Which forecasts need a person: alarms in sentences, and the items whose bias costs most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from tower.demand_forecast.words import alarm_in_words
from tower.exports import Column
from tower.queries import forecast_quality
from tower.queries.demand_forecast import Node
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.forecast.pick import in_language, open_node, show_pick_table
from tower.ui.tables import show_table
from tower.ui.view import View

# The rest is in the table, which can be taken away.
SHOWN_ALARMS = 6


def show_attention(view: View) -> None:
    """Alarms by money, then items by the money of their bias."""
    if not view.scope.is_everything:
        states.forbidden(view.text, view.text("state.forbidden_scope"))
        return
    _show_alarms(view)
    _show_biased(view)


def _show_alarms(view: View) -> None:
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, forecast_quality.alarms)
    st.markdown(f"**{text('forecast.alarms')}** :gray[:small[{text('forecast.alarms_note')}]]")
    if frame.is_empty():
        states.empty(text, text("forecast.no_alarms"))
        return
    said = [alarm_in_words(text, numbers, row) for row in frame.iter_rows(named=True)]
    with st.container(border=True, gap="small"):
        for number, row in enumerate(frame.head(SHOWN_ALARMS).iter_rows(named=True)):
            _show_alarm(view, number, row, said[number])
    if frame.height > SHOWN_ALARMS:
        with st.expander(text("forecast.all_alarms", count=numbers.integer(frame.height))):
            columns = (
                Column("sentence", text("forecast_column.sentence")),
                Column("money", text("forecast_column.money"), "money"),
                Column("item_id", text("plan_column.item_id")), Column("since", text("forecast_column.since"), "day"),
                Column("periods", text("forecast_column.periods"), "integer"),
                Column("quantity", text("forecast_column.quantity_astray"), "quantity"),
            )  # fmt: skip
            named = frame.with_columns(sentence=pl.Series(said, dtype=pl.String))
            show_table(view, "alarms", text("forecast.alarms"), named, columns)


def _show_alarm(view: View, number: int, row: Mapping[str, Any], sentence: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
        st.markdown(f"**{view.numbers.value(row['money'], 'money')}** · {sentence}", width="stretch")
        st.button(
            view.text("forecast.open"), key=f"alarm_{number}", on_click=open_node, args=(Node("item", row["item_id"]),),
            type="tertiary", icon=":material/show_chart:",
        )  # fmt: skip


def _show_biased(view: View) -> None:
    text = view.text
    frame = ask(view.warehouse, forecast_quality.biased_items)
    named = frame.with_columns(
        name=in_language(text, "item_name"), family=in_language(text, "product_family")
    )  # fmt: skip
    columns = (
        Column("item_id", text("plan_column.item_id")), Column("name", text("forecast_column.name")),
        Column("bias_value", text("forecast_column.bias_value"), "money"),
        Column("bias", text("forecast_column.bias"), "percent"),
        Column("wape", text("forecast_column.wape"), "percent"),
        Column("naive_wape", text("forecast_column.naive_wape"), "percent"),
        Column("planner_wape", text("forecast_column.planner_wape"), "percent"),
        Column("actual_quantity", text("forecast_column.actual_quantity"), "quantity"),
        Column("forecast_quantity", text("forecast_column.forecast_quantity"), "quantity"),
        Column("next_quantity", text("forecast_column.next_quantity"), "quantity"),
        Column("next_value", text("forecast_column.next_value"), "money"), Column("family", text("filter.family")),
        Column("cells", text("forecast_column.cells"), "integer"),
        Column("alarms", text("forecast_column.alarms"), "integer"),
    )  # fmt: skip
    show_pick_table(
        view, "biased_items", text("forecast.biased"), named, columns,
        lambda row: open_node(Node("item", row["item_id"])), note=text("forecast.biased_note"),
    )  # fmt: skip
