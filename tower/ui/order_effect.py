"""What a scenario does to an item: its record with the scenario beside the one without, its orders, who comes late."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from planning.scenarios.document import Scenario
from planning.scenarios.problems import ScenarioError
from tower.charts import Line, lines_figure
from tower.exports import Column, ColumnKind
from tower.i18n.numbers import MISSING
from tower.scenarios.base import PlanningBase
from tower.scenarios.planned_order import FIGURES, record_beside
from tower.scenarios.run import Ran
from tower.store.scenarios import whole_scenario
from tower.ui import url
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.links import address
from tower.ui.requirements import Chosen, period_name
from tower.ui.scenarios.figures import show_cards
from tower.ui.scenarios.kept import called, known_scenarios
from tower.ui.scenarios.operation import LISTS, worded
from tower.ui.scenarios.plans import BaseOf, app_store, content_of, served_base
from tower.ui.scenarios.problems import show_problems
from tower.ui.tables import show_table
from tower.ui.view import View

_ORDERS = ("change", "due_date", "due_date_after", "quantity", "quantity_after", "release_date", "release_date_after",
           "supplier", "supplier_after")  # fmt: skip
_LATE = ("change", "sales_order_line_id", "customer", "item_id", "demand_date", "late_days", "late_days_after",
         "late_value", "late_value_after")  # fmt: skip
_RED, _AMBER = "#d1495b", "#c77700"


def show_effect(view: View, chosen: Chosen) -> None:
    """The scenario to look at, and what it changes here."""
    if not view.scope.is_everything:
        return
    text = view.text
    known = [one for one in known_scenarios(view) if one.base_build_id == view.build.build_id]
    if not known:
        return
    by_id = {str(one.scenario_id): one for one in known}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="effect_of"):
        named = url.select(
            text("order_effect.scenario"), "scenario", ["", *by_id],
            lambda one: called(by_id[one], known) if one else text("order_effect.none"), default="", width=300,
        )  # fmt: skip
        one = by_id.get(named or "")
        link = one and address(view, "scenarios", scenario=str(one.scenario_id))
        if link:
            st.link_button(text("order_effect.open"), f"/{link}", icon=":material/alt_route:", type="tertiary")
    if one is None:
        return
    with st.spinner(text("scenarios.planning"), show_time=False):
        base = served_base(view)
    try:
        whole = whole_scenario(app_store(), one)
        ran = base.run(whole)
        record = _record(base.key, content_of(whole), chosen.item_id, chosen.location_id, base.base, whole)
    except ScenarioError as error:
        show_problems(text, error)
        return
    with st.container(border=True, key="effect"):
        st.markdown(f"**{text('order_effect.title', name=called(one, known), item=chosen.item_id)}**")
        st.caption(text("order_effect.changes", changes="; ".join(whole.described(text.language)) or MISSING))
        show_cards(view, base.base, ran)
        _show_record(view, chosen, record)
        _show_orders(view, chosen, base, ran)
        _show_late(view, base, ran)
        st.caption(
            text(
                "scenarios.engine", seconds=f"{ran.seconds:.2f}", planned=view.numbers.integer(ran.nodes_planned),
                nodes=view.numbers.integer(ran.nodes),
            )
        )  # fmt: skip


@st.cache_resource(max_entries=40, show_spinner=False)
def _record(
    key: str, content: str, item: str, place: str, _base: PlanningBase, _scenario: Scenario
) -> pl.DataFrame:  # fmt: skip
    return record_beside(_base, _scenario, item, place)


def _show_record(view: View, chosen: Chosen, record: pl.DataFrame) -> None:
    """Projected stock as two lines, and the figures that are not the same week by week."""
    text, numbers = view.text, view.numbers
    if record.is_empty():
        st.caption(text("order_effect.no_record"))
        return
    names = [period_name(view, row, "week") for row in record.iter_rows(named=True)]
    stock = "projected_on_hand_quantity"
    at = list(range(record.height))
    without, with_it = text("order_effect.without"), text("order_effect.with")
    figure = lines_figure(
        [Line(with_it, at, record[f"{stock}_after"].to_list()), Line(without, at, record[stock].to_list())],
        x_title=text("order_effect.week"), y_title=text(f"record.{stock}"), x_label=lambda one: names[int(one)],
        y_label=lambda value: numbers.tick(value, "quantity"), x_ticks=at[:: max(1, -(-len(at) // 8))],
        from_zero=False, height=240,
    )  # fmt: skip
    columns = (
        Column("period", text("requirements.first_day"), "day"),
        Column("last_day", text("requirements.last_day"), "day"),
        *(Column(name + end, f"{text(f'record.{name}')} · {word}", "quantity")
          for name in FIGURES for end, word in (("", without), ("_after", with_it))),
    )  # fmt: skip
    about = provenance(view, text("order_effect.record", item=chosen.item_id), is_filtered=False)
    show_figure(view, "effect_record", figure, lambda: record, columns, about)
    differs = [name for name in FIGURES if not record[name].equals(record[f"{name}_after"], null_equal=True)]
    if not differs:
        st.caption(text("order_effect.same_record", item=chosen.item_id))
        return
    st.dataframe(
        _beside(view, record, differs), hide_index=True, height="content", placeholder="", key="effect_table",
        alt=text("order_effect.record", item=chosen.item_id),
        column_config={
            "figure": st.column_config.TextColumn(text("requirements.measure"), pinned=True, width=215),
            **{str(number): st.column_config.NumberColumn(name, format="localized", width=82)
               for number, name in enumerate(names)},
        },
    )  # fmt: skip


def _beside(view: View, record: pl.DataFrame, differs: list[str]) -> Any:
    """A row without and a row with the scenario for each figure that it changes; what changed is coloured."""
    text = view.text
    rows: dict[str, list[float | None]] = {}
    before: list[str] = []
    for name in differs:
        label = text(f"record.{name}")
        for end, word in (("", "without"), ("_after", "with")):
            rows[f"{label} · {text(f'order_effect.{word}')}"] = record[name + end].to_list()
            before.append(name + end)
    table = pl.DataFrame({"figure": list(rows)}).with_columns(
        pl.Series(str(at), [None if abs(values[at] or 0.0) < 5e-7 else round(values[at] or 0.0, 3)
                            for values in rows.values()], dtype=pl.Float64)
        for at in range(record.height)
    )  # fmt: skip

    def colours(column: Any) -> list[str]:
        if column.name == "figure":
            return [""] * len(column)
        at, styles = int(column.name), []
        for name in before:
            value, was = record[name][at], record[name.removesuffix("_after")][at]
            is_other = name.endswith("_after") and abs(value - was) > 5e-7
            colour = _RED if name.startswith("projected") and value < 0 else _AMBER if is_other else ""
            styles.append((f"color:{colour};" if colour else "") + ("font-weight:600" if is_other else ""))
        return styles

    return table.to_pandas().style.apply(colours, axis=0)


def _show_orders(view: View, chosen: Chosen, base: BaseOf, ran: Ran) -> None:
    """Planned orders of the item that come, go, or change; what was firmed has left the planned ones."""
    here = ran.differences["orders"].filter(
        (pl.col("item_id") == chosen.item_id) & (pl.col("location_id") == chosen.location_id)
    )
    _show_list(view, base, "orders", _ORDERS, here, view.text("order_effect.orders_note"))


def _show_late(view: View, base: BaseOf, ran: Ran) -> None:
    """Order lines of the whole company that become late, are no longer late, or come on another day."""
    _show_list(view, base, "late_lines", _LATE, ran.differences["late_lines"], None)


def _show_list(
    view: View, base: BaseOf, what: str, names: tuple[str, ...], frame: pl.DataFrame, note: str | None
) -> None:  # fmt: skip
    text = view.text
    shown = worded(view, base.base, frame)
    kinds: dict[str, ColumnKind] = dict(LISTS[what])
    columns = [
        Column(name, text(f"scenario_column.{name}"), kinds[name])
        for name in names
        if name == "change" or shown[name].null_count() < shown.height
    ]
    show_table(
        view, f"effect_{what}", text(f"order_effect.{what}"), shown, columns, note=note,
        empty=text(f"order_effect.no_{what}"),
    )  # fmt: skip
