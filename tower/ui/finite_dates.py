"""What the finite plan makes of dates: late demand by cause, orders that move, and how items might be divided."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import finite_lateness, work_load
from tower.ui import url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of, worded
from tower.ui.view import View

_CAUSES: dict[str, ColumnKind] = {
    "limit_kind": "text", "cause": "text", "lines": "integer", "customers": "integer", "value": "money",
    "late_days": "integer", "limit_days": "integer", "location_id": "text",
}  # fmt: skip
_LINES: dict[str, ColumnKind] = {
    "demand_id": "text", "customer_name": "text", "item_id": "text", "made": "text", "value": "money",
    "demand_date": "day", "unlimited_date": "day", "finite_date": "day", "late_days": "integer",
    "unlimited_late_days": "integer", "limit_kind": "text", "cause": "text", "limit_order_id": "text",
    "limit_days": "integer", "quantity": "quantity", "location_id": "text",
}  # fmt: skip
_SHIFTS: dict[str, ColumnKind] = {
    "order_id": "text", "item_id": "text", "made": "text", "work_centre_id": "text", "hours": "number",
    "plan_finish_date": "day", "unlimited_finish_date": "day", "finish_date": "day", "shift_days": "integer",
    "hours_days": "integer", "customer_name": "text", "waiting_value": "money", "demand_date": "day",
    "plan_start_date": "day", "start_date": "day", "quantity": "quantity", "location_id": "text",
}  # fmt: skip
_SPLITS: dict[str, ColumnKind] = {
    "item_id": "text", "made": "text", "location_id": "text", "source_type": "text", "source_id": "text",
    "source_name": "text", "planned_quantity": "quantity", "share_now": "percent", "share_proposed": "percent",
    "hours_now": "number", "hours_proposed": "number", "cost_now": "money", "cost_proposed": "money",
}  # fmt: skip


def show_late_demand(view: View, plants: tuple[str, ...]) -> None:
    """Late demand by what limits it; a cause that is chosen narrows the list below."""
    text, numbers = view.text, view.numbers
    demand = url.segments(
        text("capacity.demand"), "demand", finite_lateness.DEMANDS, lambda one: text(f"capacity.demand_{one}"),
        default="sales_order_line",
    )  # fmt: skip
    totals = ask(view.warehouse, finite_lateness.totals, demand, plants)
    by_kind = {row["limit_kind"]: row for row in totals.iter_rows(named=True)}
    with st.grid(3, min_column_width=200, gap="small"):
        for kind in finite_lateness.CAUSES:
            row = by_kind.get(kind, {"value": 0.0, "lines": 0})
            st.metric(
                text.term("limit_kind", kind), numbers.value(row["value"], "money"), border=True, height="stretch",
                help=text(f"capacity.limit_{kind}_help", lines=numbers.integer(row["lines"])),
            )  # fmt: skip
    causes = ask(view.warehouse, finite_lateness.causes, demand, plants)
    ids = [f"{kind}:{cause}" for kind, cause in causes.select("limit_kind", "cause_id").rows()]
    show_choice(
        view, "causes", text("capacity.causes"), _caused(view, causes, "item_name", "item_name_zh"),
        columns_of(view, "capacity_column", _CAUSES), parameter="cause", ids=ids, note=text("capacity.causes_note"),
        empty=text("capacity.nothing_late"), tallest=330, widths={"cause": 330},
    )  # fmt: skip
    if not ids:
        return
    names = dict(zip(ids, _caused(view, causes, "item_name", "item_name_zh")["cause"].to_list(), strict=True))
    cause = url.select(
        text("capacity_column.cause"), "cause", ids, lambda one: names[one], default=None,
        placeholder=text("filter.all"), width=420,
    )  # fmt: skip
    kind, _, number = (cause or "").partition(":")
    lines = ask(view.warehouse, finite_lateness.lines, demand, plants, kind or None, number if cause else None)
    shown = _caused(view, worded(view, lines), "limit_item_name", "limit_item_name_zh")
    show_choice(
        view, "late_lines", text("capacity.lines"), shown, columns_of(view, "capacity_column", _LINES),
        note=text("capacity.lines_note"), linked=("item_id", "location_id"),
        widths={"made": 180, "customer_name": 210, "cause": 220},
    )  # fmt: skip


def _caused(view: View, frame: pl.DataFrame, name: str, name_zh: str) -> pl.DataFrame:
    """With the cause by code and name, and its kind in words."""
    text = view.text
    causes = [
        " ".join(one for one in (number, centre if kind == "work_centre" else text.pick(english, chinese)) if one)
        for kind, number, centre, english, chinese in frame.select(
            "limit_kind", "cause_id", "work_centre_name", name, name_zh
        ).rows()
    ]
    kinds = [text.term("limit_kind", kind or "") for kind in frame["limit_kind"].to_list()]
    return frame.with_columns(pl.Series("cause", causes, pl.String), pl.Series("limit_kind", kinds, pl.String))


def show_shifts(view: View, plants: tuple[str, ...]) -> None:
    """Orders whose finite date is not that of the material plan."""
    text = view.text
    load = ask(view.warehouse, work_load.load, plants)
    names = dict(load.select("work_centre_id", "work_centre_name").rows())
    centre = url.select(
        text("capacity_column.work_centre_name"), "centre", list(names), lambda one: f"{one} · {names[one]}",
        default=None, placeholder=text("filter.all"), width=360,
    )  # fmt: skip
    frame = ask(view.warehouse, work_load.shifts, plants, centre)
    show_choice(
        view, "shifts", text("capacity.shifts"), worded(view, frame), columns_of(view, "capacity_column", _SHIFTS),
        note=text("capacity.shifts_note"), empty=text("capacity.no_shift"), linked=("item_id", "location_id"),
        widths={"made": 180, "customer_name": 210}, tallest=620,
    )  # fmt: skip


def show_source_splits(view: View, plants: tuple[str, ...]) -> None:
    """Shares of the sources of an item that would level the load: a proposal, no plan follows it."""
    text = view.text
    frame = ask(view.warehouse, finite_lateness.source_splits, plants)
    ways = {one: text.term("supply_way", one) for one in frame["source_type"].unique().to_list()}
    shown = worded(view, frame).with_columns(pl.col("source_type").replace(ways))
    show_choice(
        view, "source_splits", text("capacity.splits"), shown, columns_of(view, "capacity_column", _SPLITS),
        note=text("capacity.splits_note"), empty=text("capacity.no_splits"), linked=("item_id", "location_id"),
        widths={"made": 200},
    )  # fmt: skip
