"""What changes in operation: orders, late lines, customers, suppliers, work centres; each row leads to its item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from tower.exports import Column, ColumnKind
from tower.queries.scenario_names import customer_names
from tower.scenarios.base import PlanningBase
from tower.scenarios.run import Ran, differences
from tower.ui.cached import ask
from tower.ui.downloads import show_downloads
from tower.ui.navigation import SCREENS, may_open
from tower.ui.scenarios.figures import about_scenarios
from tower.ui.tables import column_config
from tower.ui.view import View

# Each list with its columns and their kinds, in the order in which they are read.
LISTS: Mapping[str, Mapping[str, ColumnKind]] = {
    "orders": {
        "change": "text", "item_id": "text", "item_name": "text", "location_id": "text", "order_type": "text",
        "supplier": "text", "due_date": "day", "due_date_after": "day", "due_days": "integer", "quantity": "quantity",
        "quantity_after": "quantity", "value_difference": "money", "supplier_after": "text",
        "release_date": "day", "release_date_after": "day",
    },
    "late_lines": {
        "change": "text", "sales_order_line_id": "text", "customer": "text", "item_id": "text", "item_name": "text",
        "location_id": "text", "demand_date": "day", "late_days": "integer", "late_days_after": "integer",
        "late_value": "money", "late_value_after": "money",
    },
    "customers": {
        "change": "text", "customer": "text", "late_lines": "integer", "late_lines_after": "integer",
        "late_days": "integer", "late_days_after": "integer", "late_value": "money", "late_value_after": "money",
    },
    "suppliers": {
        "change": "text", "supplier": "text", "orders": "integer", "value": "money", "first_release_date": "day",
    },
    "work_centres": {
        "change": "text", "work_centre": "text", "week_start_date": "day", "hours": "number", "hours_after": "number",
        "capacity": "number", "capacity_after": "number",
    },
}  # fmt: skip
MOST_ROWS = 200
_WIDTHS = {"change": 125, "supplier": 190, "supplier_after": 190, "customer": 230, "item_name": 170}
_LINK = "requirements"


def show_operation(view: View, base: PlanningBase, others: Sequence[tuple[str, Ran]]) -> None:
    """One of the lists, with how many rows of each kind there are."""
    text, numbers = view.text, view.numbers
    counts = {what: sum(one.differences[what].height for _, one in others) for what in LISTS}
    what = st.segmented_control(
        text("scenarios.operation"), list(LISTS), key="operation_list", default="orders", required=True,
        label_visibility="collapsed",
        format_func=lambda one: f"{text(f'scenarios.list_{one}')} {numbers.integer(counts[one])}",
    )  # fmt: skip
    frame = differences(others, what)
    title = text(f"scenarios.list_{what}")
    if frame.is_empty():
        st.caption(text("scenarios.no_differences"))
        return
    # Words only for the rows that are shown: a slider waits for them.
    shown = worded(view, base, _weightiest(frame))
    columns = [
        Column(name, text(f"scenario_column.{name}"), kind)
        for name, kind in ({"scenario": "text", **LISTS[what]} if len(others) > 1 else LISTS[what]).items()
        if shown[name].null_count() < shown.height or name == "change"
    ]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(_counted(view, frame, shown.height), width="stretch")
        show_downloads(
            view, f"scenario_{what}", lambda: worded(view, base, frame), lambda _: columns,
            about_scenarios(view, title, others),
        )  # fmt: skip
    config = {column.name: _config(column) for column in columns}
    names = [column.name for column in columns]
    if "item_id" in names and _links(view):
        shown = shown.with_columns(_link(view))
        config["link"] = st.column_config.LinkColumn(
            text("scenarios.open_requirements"), display_text=":material/open_in_new:", width="small"
        )
        names.insert(names.index("item_id") + 1, "link")
    st.dataframe(
        shown.select(names), hide_index=True, placeholder="", column_config=config, alt=title,
        key=f"operation_{what}_{len(others)}",
        height="content" if shown.height <= 12 else 430,
    )  # fmt: skip


def _config(column: Column) -> Any:
    """A column wide enough for a whole date, and for the word of a change."""
    if column.kind == "day":
        return st.column_config.DateColumn(column.label, format="YYYY-MM-DD", width=105)
    if column.name in _WIDTHS:
        return st.column_config.TextColumn(column.label, width=_WIDTHS[column.name])
    return column_config(column)


def _counted(view: View, frame: pl.DataFrame, shown: int) -> str:
    """How many of each kind; and that the screen shows a part."""
    kinds = frame.group_by("change").len().sort("len", "change", descending=[True, False])
    words = [f"{view.text(f'scenario_change.{one}')} {view.numbers.integer(count)}" for one, count in kinds.iter_rows()]
    said = " · ".join(words)
    if shown < frame.height:
        said += f" — {view.text('scenarios.part_shown', shown=shown, all=view.numbers.integer(frame.height))}"
    return said


# By what the rows of a list are ranked: the first of these that it has, with what it is taken from.
_WEIGHTS = {
    "value_difference": pl.col("value_difference").abs(),
    "late_value_after": (pl.col("late_value_after") - pl.col("late_value")).abs(),
    "hours_after": (pl.col("hours_after").fill_null(0.0) - pl.col("hours").fill_null(0.0)).abs(),
    "value": pl.col("value").fill_null(0.0),
}


def _weightiest(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows whose money, or hours, change most come first."""
    weight = next(weight for column, weight in _WEIGHTS.items() if column in frame.columns)
    return frame.sort(weight, descending=True, maintain_order=True).head(MOST_ROWS)


def worded(view: View, base: PlanningBase, frame: pl.DataFrame) -> pl.DataFrame:
    """Words and names instead of codes."""
    text, rows = view.text, base.inputs.rows
    item_name = "item_name_zh" if text.language == "zh" else "item_name"
    words = [
        pl.col("change").replace_strict({one: text(f"scenario_change.{one}") for one in frame["change"].unique()}),
    ]
    for name in ("order_type", "order_type_after"):
        if name in frame.columns:
            known = {one: text.term("supply_way", one) for one in frame[name].unique().drop_nulls()}
            words.append(pl.col(name).replace(known))
    found = frame.with_columns(words)
    if "item_id" in frame.columns:
        items = rows.items.select("item_id", item_name=pl.coalesce(item_name, "item_name"))
        found = found.join(items, on="item_id", how="left", maintain_order="left")
    suppliers = dict(rows.suppliers.select("supplier_id", "supplier_name").iter_rows())
    centres = dict(rows.work_centres.select("work_centre_id", "work_centre_name").iter_rows())
    customers = dict(ask(view.warehouse, customer_names).iter_rows())
    for column, name, known in (
        ("supplier_id", "supplier", suppliers), ("supplier_id_after", "supplier_after", suppliers),
        ("customer_id", "customer", customers), ("work_centre_id", "work_centre", centres),
    ):  # fmt: skip
        if column in frame.columns:
            named = {one: f"{one} · {known[one]}" for one in frame[column].unique().drop_nulls() if known.get(one)}
            found = found.with_columns(pl.col(column).replace(named).alias(name))
    hours = [
        pl.col(name).round(1)
        for name, kind in LISTS["work_centres"].items()
        if kind == "number" and name in frame.columns
    ]
    found = found.with_columns(hours)
    return _joined(found) if "order_type_after" in found.columns else found


def _joined(orders: pl.DataFrame) -> pl.DataFrame:
    """How an order is got, of either plan; the supplier of the scenario only where it is another one."""
    is_other = pl.col("supplier").is_not_null() & pl.col("supplier_after").ne_missing(pl.col("supplier"))
    return orders.with_columns(
        order_type=pl.coalesce("order_type", "order_type_after"),
        supplier=pl.coalesce("supplier", "supplier_after"),
        supplier_after=pl.when(is_other).then(pl.col("supplier_after")),
    )


def _links(view: View) -> bool:
    return any(one.name == _LINK for one in SCREENS) and may_open(view.user.role, _LINK)


def _link(view: View) -> pl.Expr:
    """The address of the item's record, for the same reader in the same language."""
    reader = urlencode({"user": view.user.user_id, "lang": view.text.language})

    def address(row: dict[str, str]) -> str:
        return f"{_LINK}?{reader}&{urlencode({'item': row['item_id'], 'place': row['location_id']})}"

    return pl.struct("item_id", "location_id").map_elements(address, return_dtype=pl.String).alias("link")
