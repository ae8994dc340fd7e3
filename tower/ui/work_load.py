"""Load of work centres by week: the heat table, one work centre's course, its overloads, and the orders of a week."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from tower.charts import load_figure
from tower.exports import Column, ColumnKind
from tower.queries import work_load
from tower.scenarios.change_file import renamed
from tower.scenarios.overtime import overtime, overtime_file
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of, worded
from tower.ui.scenarios.into_draft import link_to
from tower.ui.scenarios.kept import free_name, keep_new, known_scenarios, may_write
from tower.ui.scenarios.problems import remembered, show_said
from tower.ui.tables import show_table
from tower.ui.view import View

OVERTIMES = ("10", "25", "50", "100")
_RATES = {"material": "plan_load_rate", "finite": "finite_load_rate"}
_OVERLOADS: dict[str, ColumnKind] = {
    "work_centre_name": "text", "week_start_date": "day", "overload_hours": "integer", "plan_hours": "integer",
    "capacity_hours": "integer", "plan_load_rate": "percent", "orders": "integer", "lines": "integer", "value": "money",
    "late_value": "money", "plant_id": "text",
}  # fmt: skip
_ORDERS: dict[str, ColumnKind] = {
    "order_id": "text", "item_id": "text", "made": "text", "hours": "number", "day": "day", "customer_name": "text",
    "customer_count": "integer", "waiting_value": "money", "demand_date": "day", "plan_finish_date": "day",
    "finish_date": "day", "shift_days": "integer", "quantity": "quantity", "base_uom": "text", "location_id": "text",
}  # fmt: skip
_COURSE: dict[str, ColumnKind] = {
    "week_start_date": "day", "plan_hours": "number", "finite_hours": "number", "capacity_hours": "number",
    "overload_hours": "number",
}  # fmt: skip
_HOURS = ("overload_hours", "plan_hours", "capacity_hours")
WEEK_WIDTH = 68
_KEPT = "overtime_kept"


def show_load(view: View, plants: tuple[str, ...]) -> None:
    """All work centres, then the one that is chosen."""
    text = view.text
    frame = ask(view.warehouse, work_load.load, plants)
    plan = url.segments(
        text("capacity.plan"), "plan", work_load.PLANS, lambda one: text(f"capacity.plan_{one}"), default="material"
    )
    _show_heat(view, frame, plan)
    over = ask(view.warehouse, work_load.overloads, plants)
    ids = [f"{centre}|{week.isoformat()}" for centre, week in over.select("work_centre_id", "week_start_date").rows()]
    _show_overloads(view, over, ids)
    chosen = _choose_week(view, frame, over)
    if chosen is not None:
        centre, week = chosen
        course = frame.filter(pl.col("work_centre_id") == centre)
        _show_course(view, course, week)
        _show_orders(view, course, plan, centre, week)
        _show_overtime(view, course, centre, week)


def _show_heat(view: View, frame: pl.DataFrame, plan: str) -> None:
    """Load in per cent of the hours there are; a click on a cell opens the work centre in that week."""
    text, numbers = view.text, view.numbers
    weeks = frame["week_start_date"].unique().sort().to_list()
    centres = frame.unique("work_centre_id", keep="first", maintain_order=True)
    rates = {(row[0], row[1]): row[2] for row in frame.select("work_centre_id", "week_start_date", _RATES[plan]).rows()}
    ids = centres["work_centre_id"].to_list()
    keys = [week.isoformat() for week in weeks]
    table = pl.DataFrame(
        {"centre": centres["work_centre_name"].to_list(), **{
            key: [rates.get((centre, week)) for centre in ids] for key, week in zip(keys, weeks, strict=True)
        }},
        schema_overrides=dict.fromkeys(keys, pl.Float64),
    )  # fmt: skip
    field = f"heat_{plan}"

    def picked() -> None:
        cells = st.session_state[field]["selection"]["cells"]
        if cells:
            url.write("centre", ids[cells[0][0]])
            if cells[0][1] in keys:
                url.write("week", cells[0][1])

    st.markdown(f"**{text('capacity.heat')}** :gray[:small[{text(f'capacity.heat_note_{plan}')}]]")
    st.dataframe(
        _heated(table, keys), hide_index=True, key=field, on_select=picked, selection_mode="single-cell",
        height="content", placeholder="", alt=text("capacity.heat"),
        column_config={
            "centre": st.column_config.TextColumn(text("capacity_column.work_centre_name"), pinned=True, width=190),
            **{
                key: st.column_config.NumberColumn(numbers.within_year(week, "week"), format="%.0f%%", width=WEEK_WIDTH)
                for key, week in zip(keys, weeks, strict=True)
            },
        },
    )  # fmt: skip


def _heated(table: pl.DataFrame, keys: list[str]) -> Any:
    """The deeper the colour the fuller: blue within the hours there are, red beyond."""

    def colour(rate: float) -> str:
        if not rate > 0:
            return ""
        # Loads at which the colour is full: all hours taken, or thrice as many asked for as there are.
        if rate <= 100.05:
            return f"background-color:rgba(59,125,216,{0.06 + 0.34 * rate / 100:.2f})"
        return f"background-color:rgba(209,73,91,{0.3 + 0.5 * min((rate - 100) / 200, 1.0):.2f})"

    shown = table.with_columns(pl.col(keys) * 100).to_pandas()
    return shown.style.map(colour, subset=keys)


def _show_overloads(view: View, over: pl.DataFrame, ids: list[str]) -> None:
    text = view.text
    field = "overloads_table"
    shown = over.select(list(_OVERLOADS)).with_columns(pl.col(*_HOURS).round(0))
    if over.is_empty():
        show_table(view, "overloads", text("capacity.overloads"), shown, [], empty=text("capacity.no_overload"))
        return

    def picked() -> None:
        rows = st.session_state[field]["selection"]["rows"]
        if rows and rows[0] < len(ids):
            centre, _, week = ids[rows[0]].partition("|")
            url.write("centre", centre)
            url.write("week", week)

    show_choice(
        view, "overloads", text("capacity.overloads"), shown, columns_of(view, "capacity_column", _OVERLOADS),
        note=text("capacity.overloads_note"), field=field, picked=picked, tallest=330, widths={"work_centre_name": 210},
    )  # fmt: skip


def _choose_week(view: View, frame: pl.DataFrame, over: pl.DataFrame) -> tuple[str, date] | None:
    """The work centre and week to look into; at first the largest overload."""
    text, numbers = view.text, view.numbers
    names = dict(frame.select("work_centre_id", "work_centre_name").rows())
    weeks = {week.isoformat(): week for week in frame["week_start_date"].unique().sort().to_list()}
    first = over.row(0, named=True) if over.height else frame.row(0, named=True)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        centre = url.select(
            text("capacity_column.work_centre_name"), "centre", list(names), lambda one: f"{one} · {names[one]}",
            default=first["work_centre_id"], width=360,
        )  # fmt: skip
        week = url.select(
            text("capacity_column.week_start_date"), "week", list(weeks), lambda one: numbers.day(weeks[one]),
            default=first["week_start_date"].isoformat(), width=190,
        )  # fmt: skip
    return None if centre is None or week is None else (centre, weeks[week])


def _show_course(view: View, course: pl.DataFrame, week: date) -> None:
    text, numbers = view.text, view.numbers
    weeks = course["week_start_date"].to_list()
    centre = course["work_centre_id"][0]
    title = text("capacity.course", centre=course["work_centre_name"][0] or centre)
    figure = load_figure(
        course, [numbers.within_year(one, "week") for one in weeks],
        names=(text("capacity.plan_material"), text("capacity.plan_finite"), text("capacity_column.capacity_hours")),
        label=lambda value: numbers.value(value, "hours", 0), tick=lambda value: numbers.tick(value, "quantity"),
        chosen=weeks.index(week) if week in weeks else None,
    )  # fmt: skip
    columns = [Column(name, text(f"capacity_column.{name}"), kind) for name, kind in _COURSE.items()]
    st.markdown(f"**{title}**")
    show_figure(view, f"load_{centre}", figure, lambda: course, columns, provenance(view, title, is_filtered=False))


def _show_orders(view: View, course: pl.DataFrame, plan: str, centre: str, week: date) -> None:
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, work_load.orders_in, plan, centre, week)
    hours = float(frame["hours"].sum())
    title = text("capacity.orders", centre=course["work_centre_name"][0] or centre, week=numbers.day(week))
    note = text(
        f"capacity.orders_note_{plan}", orders=numbers.integer(frame.height), hours=numbers.value(hours, "hours", 0)
    )
    row = course.filter(pl.col("week_start_date") == week).row(0, named=True)
    # Operations that begin days after their order are counted with it; what is divided is set up more than once.
    if plan == "material" and abs(hours - row["plan_hours"]) > 0.5:
        note += " " + text("capacity.orders_differ", hours=numbers.value(row["plan_hours"], "hours", 0))
    shown = worded(view, frame).with_columns(pl.col("hours").round(1))
    show_choice(
        view, "centre_orders", title, shown, columns_of(view, "capacity_column", _ORDERS), note=note,
        empty=text("capacity.orders_none"), linked=("item_id", "location_id"),
        widths={"made": 180, "customer_name": 210}, tallest=400,
    )  # fmt: skip


def _show_overtime(view: View, course: pl.DataFrame, centre: str, week: date) -> None:
    """What more hours would do, and the change file that tries it."""
    text, numbers = view.text, view.numbers
    st.markdown(f"**{text('capacity.overtime')}**")
    percent = url.segments(
        text("capacity.overtime_by"), "overtime", OVERTIMES, lambda one: f"+{one}%", default="25",
        label_visibility="collapsed",
    )  # fmt: skip
    weeks = course["week_start_date"].to_list()
    found = overtime(
        weeks, course["plan_hours"].to_numpy(), course["capacity_hours"].to_numpy(), week, 1 + int(percent) / 100
    )

    def said(when: date | None) -> str:
        return numbers.day(when) if when else text("capacity.not_within")

    if found.cleared_without == week:
        states.empty(text, text("capacity.overtime_not_needed"))
        return
    st.markdown(
        text(
            "capacity.overtime_says", percent=percent, last=numbers.day(found.last_day),
            hours=numbers.value(found.hours, "hours", 0), cleared=said(found.cleared_with),
            without=said(found.cleared_without),
        )
    )  # fmt: skip
    file = overtime_file(centre, found)
    name = f"overtime-{centre}.yaml"
    st.caption(text("capacity.overtime_note", file=name))
    st.code(file, language="yaml", wrap_lines=True)
    with st.container(horizontal=True, gap="small", key="overtime_ways"):
        st.download_button(
            text("capacity.overtime_file"), file, name, "application/yaml", key="overtime_file", on_click="ignore",
            type="tertiary", icon=":material/download:",
        )  # fmt: skip
        if may_write(view) and view.scope.is_everything:
            st.button(
                text("capacity.overtime_keep"), key="overtime_keep", icon=":material/save:", on_click=_keep,
                args=(view, centre, file), help=text("capacity.overtime_keep_help"),
            )  # fmt: skip
    _show_kept(view)


def _keep(view: View, centre: str, file: str) -> None:
    """The overtime as a draft of the reader; the plan stays as it is."""
    with remembered():
        name = free_name(f"overtime-{centre}", view, known_scenarios(view))
        made = keep_new(view, name, renamed(file, name))
        st.session_state[_KEPT] = (made.name, made.scenario_id)


def _show_kept(view: View) -> None:
    """What became of the overtime that was just kept, with the way to it."""
    show_said(view.text)
    made: Any = st.session_state.pop(_KEPT, None)
    if made is not None:
        name, number = made
        st.success(f"{view.text('capacity.overtime_kept', name=name)} {link_to(view, number)}", icon=":material/check:")
