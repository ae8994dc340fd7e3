"""One forecast: choose a series or a sum, see its course, and then how it was made or what would change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import streamlit as st

from tower.charts import CourseNames, forecast_course_figure
from tower.demand_forecast.words import quantity_in_words
from tower.exports import Column
from tower.queries import demand_forecast, forecast_quality
from tower.queries.demand_forecast import LEVELS, Node
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.forecast import parts
from tower.ui.forecast.editor import show_editor
from tower.ui.view import View

PARTS: Mapping[str, Callable[[View, Node], None]] = {
    "made": parts.show_made, "periods": parts.show_periods, "preparation": parts.show_preparation,
    "pipeline": parts.show_pipeline, "change": show_editor,
}  # fmt: skip


def show_one_forecast(view: View) -> None:
    """The chosen node: facts, course, and one part of what is known about it."""
    found = choose_node(view)
    if found is None:
        states.empty(view.text, view.text("forecast.none_found", search=url.value("search")))
        return
    node, row = found
    _show_facts(view, node, row)
    _show_course(view, node)
    part = url.segments(
        view.text("forecast.part"), "part", list(PARTS), lambda one: view.text(f"forecast.part_{one}"), default="made",
        label_visibility="collapsed",
    )  # fmt: skip
    with states.or_failed(view.text):
        PARTS[part](view, node)


def choose_node(view: View) -> tuple[Node, dict[str, Any]] | None:
    """Search, level and node; the dearest that is found until one is chosen. Also its row of `found_nodes`."""
    text, numbers = view.text, view.numbers
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="choose_node"):
        st.session_state["pick_search"] = url.value("search")
        st.text_input(
            text("requirements.search"), key="pick_search", type="search", on_change=_search, width=210,
            placeholder=text("forecast.search_hint"),
        )  # fmt: skip
        st.session_state["pick_level"] = level = url.value("level") if url.value("level") in LEVELS else "item"
        st.segmented_control(
            text("forecast.level"), LEVELS, key="pick_level", required=True, on_change=_level,
            format_func=lambda one: text(f"forecast.level_{one}"),
        )  # fmt: skip
        words = tuple(url.value("search").split())
        rows = _by_key(level, ask(view.warehouse, demand_forecast.found_nodes, level, words))
        named = url.value("node")
        if named and named not in rows:
            # A link may name a node that the search does not find, or that is not among the dearest.
            exact = ask(view.warehouse, demand_forecast.found_nodes, level, (), named)
            rows = _by_key(level, exact) | rows
        if not rows:
            return None
        key = url.select(
            text("forecast.node"), "node", list(rows), lambda one: node_name(view, level, rows[one]),
            default=next(iter(rows)), width=420,
        )  # fmt: skip
    assert key is not None
    count = ask(view.warehouse, demand_forecast.node_count, level)
    st.caption(text("forecast.found", found=numbers.integer(len(rows)), all=numbers.integer(count)))
    return Node.of(level, rows[key]), rows[key]


def _by_key(level: str, frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {Node.of(level, row).key: row for row in frame.iter_rows(named=True)}


def _search() -> None:
    url.write("search", st.session_state["pick_search"])
    url.clear("node")


def _level() -> None:
    url.write("level", st.session_state["pick_level"])
    url.clear("node")


def node_name(view: View, level: str, row: Mapping[str, Any]) -> str:
    """A node as people call it."""
    text = view.text
    family = text.pick(row["family_name"], row["family_name_zh"])
    if level == "total":
        return text("forecast.total")
    if level == "family":
        return f"{family} ({row['family']})"
    parts_ = [f"{row['item_id']} {text.pick(row['item_name'], row['item_name_zh'])}"]
    if level in ("place", "series"):
        parts_.append(row["location_id"] or text("forecast.no_place"))
    if level == "series":
        parts_.append(text.term("channel", row["channel"]) if row["channel"] else text("forecast.no_channel"))
    return " · ".join(parts_)


def _show_facts(view: View, node: Node, row: Mapping[str, Any]) -> None:
    text, numbers = view.text, view.numbers
    st.markdown(f"##### {node_name(view, node.level, row)}")
    members = ask(view.warehouse, demand_forecast.rows_of, node)
    first = members.row(0, named=True)
    said = []
    if node.level not in ("total", "family"):
        said.append(text.pick(row["family_name"], row["family_name_zh"]))
    if node.level in ("place", "series") and first["location_name"]:
        said.append(first["location_name"])
    if node.level == "series":
        said += [
            text.term("demand_class", first["demand_class"] or "none"),
            text.term("life_cycle", first["life_cycle"] or ""),
            text.term("forecast_way", first["route"]),
        ]  # fmt: skip
    else:
        said.append(text("forecast.series_count", count=numbers.integer(row["series"])))
    st.caption(" · ".join(one for one in said if one))
    unit = "" if node.level in ("total", "family") else (first["base_uom"] or "")
    with st.grid(4, min_column_width=165, gap="small"):
        change = numbers.change(row["next_quantity"], row["last_year_quantity"], "quantity")
        _metric(text("forecast.next"), f"{numbers.short(round(row['next_quantity'], 1))} {unit}".strip(),
                text("forecast.next_help"))  # fmt: skip
        last = (
            numbers.short(row["last_year_quantity"])
            if row["last_year_quantity"] is not None
            else numbers.value(None, "")
        )
        _metric(text("forecast.last_year"), f"{last} {unit}".strip(), text("forecast.last_year_help"),
                None if change is None else text("forecast.forecast_against", change=change))  # fmt: skip
        _metric(text("forecast.value"), numbers.value(row["next_value"], "money"), text("forecast.value_help"))
        _show_item_accuracy(view, node, first)


def _show_item_accuracy(view: View, node: Node, first: Mapping[str, Any]) -> None:
    """The accuracy of the item against its rivals; sums above it have theirs in the section on accuracy."""
    text, numbers = view.text, view.numbers
    if node.item_id is None or not view.scope.is_everything:
        return
    stages = {
        row["stage"]: row for row in ask(view.warehouse, forecast_quality.item_accuracy, node.item_id).rows(named=True)
    }
    rival = next((one for one in ("other_planner", "seasonal_naive", "naive") if one in stages), None)
    against = None
    if rival is not None:
        against = text("forecast.against", stage=text.term("forecast_stage", rival),
                       value=numbers.value(stages[rival]["wape"], "percent", 0))  # fmt: skip
    _metric(text("forecast.item_accuracy"), numbers.value(first["item_wape"], "percent", 0),
            text("forecast.item_accuracy_help", bias=numbers.value(first["item_bias"], "percent", 0)),
            against)  # fmt: skip


def _metric(label: str, value: str, about: str, delta: str | None = None) -> None:
    st.metric(label, value, delta, help=about, border=True, height="stretch", delta_color="off", delta_arrow="off")


def _show_course(view: View, node: Node) -> None:
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, demand_forecast.course, node)
    is_one = ask(view.warehouse, demand_forecast.rows_of, node).height == 1
    weekly = ask(view.warehouse, demand_forecast.bucket_of) == "week"
    names = CourseNames(
        demand=text("course.demand_quantity"), sales=text("course.sales_quantity"),
        forecast=text("course.forecast_quantity"), statistical=text("course.statistical_quantity"),
        last_year=text("course.last_year_quantity"), inside=text("course.inside", share="{share}"),
        outlier=text("course.outlier"),
        masked=text("course.masked"), event=text("course.event"),
    )  # fmt: skip
    figure = forecast_course_figure(
        parts.with_event_words(view, frame), names=names, marks_series=is_one,
        period_label=numbers.day if weekly else numbers.month,
        tick_label=lambda day: numbers.within_year(day, "week" if weekly else "month"),
        label=quantity_in_words,
        tick=lambda value: numbers.tick(value, "quantity"),
    )  # fmt: skip
    columns = [Column("period", text("course.period"), "day")]
    columns += [
        Column(name, text(f"course.{name}"), "quantity")
        for name in ("demand_quantity", "sales_quantity", "lost_quantity", "forecast_quantity", "statistical_quantity",
                     "last_year_quantity", *demand_forecast.QUANTILES)
    ]  # fmt: skip
    columns += [Column("masked_series", text("course.masked_series"), "integer"),
                Column("outlier_series", text("course.outlier_series"), "integer"),
                Column("events", text("course.events"))]  # fmt: skip
    title = text("forecast.course", node=node.key)
    show_figure(view, "course", figure, lambda: frame, columns, provenance(view, title, is_filtered=False))
    if not is_one:
        st.caption(text("forecast.no_fan"))
