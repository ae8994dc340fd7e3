"""One production order: its operations, parts, customers, history, and its prediction with the arithmetic."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import clear_to_build
from tower.queries import production_progress as questions
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of, named
from tower.ui.links import address
from tower.ui.production_words import cause, effect, fact, warnings_of
from tower.ui.tables import show_table
from tower.ui.view import View

TABS = ("operations", "parts", "customers", "prediction", "history")
_OPERATIONS: dict[str, ColumnKind] = {
    "sequence": "integer", "work_centre_name": "text", "status": "text", "complete_rate": "percent",
    "good_quantity": "quantity", "scrap_quantity": "quantity", "waiting_quantity": "quantity",
    "standard_hours": "number", "earned_hours": "number", "actual_hours": "number", "earned_value": "money",
    "planned_start_date": "day", "started_date": "day", "planned_finish_date": "day", "finished_date": "day",
    "rework_quantity": "quantity", "cost_per_hour": "money",
}  # fmt: skip
_PARTS: dict[str, ColumnKind] = {
    "item_id": "text", "part": "text", "required_quantity": "quantity", "issued_quantity": "quantity",
    "open_quantity": "quantity", "short_quantity": "quantity", "stock_quantity": "quantity", "base_uom": "text",
    "required_date": "day", "covered_date": "day", "receipt_id": "text", "supplier_name": "text", "location_id": "text",
}  # fmt: skip
_CUSTOMERS: dict[str, ColumnKind] = {
    "demand_id": "text", "customer_name": "text", "value": "money", "demand_date": "day", "possible_date": "day",
    "late_days": "integer",
}  # fmt: skip
_HISTORY: dict[str, ColumnKind] = {
    "day": "day", "event_name": "text", "work_centre_name": "text", "quantity": "quantity", "movements": "integer",
}  # fmt: skip
_REASONS: dict[str, ColumnKind] = {"sentence": "text", "moves": "text"}


def show_order(view: View, frame: pl.DataFrame, ids: list[str]) -> None:
    """Choose an order of the frame and look into it."""
    text = view.text
    rows = dict(zip(ids, frame.iter_rows(named=True), strict=True))
    chosen = url.select(
        text("progress.order"), "order", ids, lambda one: f"{one} · {named(view, rows[one])}", default=ids[0], width=480
    )  # fmt: skip
    if chosen is None:
        return
    row = rows[chosen]
    st.markdown(f"##### {chosen} · {named(view, row)}")
    st.caption(_said(view, row))
    why, warned = cause(view, row), warnings_of(view, row)
    if warned:
        st.markdown(f":orange-badge[{warned}]" + (f" {text('progress.because', cause=why)}" if why else ""))
    _show_links(view, row)
    tab = url.segments(
        text("progress.tab"), "tab", TABS, lambda one: text(f"progress.tab_{one}"), default="operations",
        label_visibility="collapsed",
    )  # fmt: skip
    {
        "operations": _show_operations, "parts": _show_parts, "customers": _show_customers,
        "prediction": _show_prediction, "history": _show_history,
    }[tab](view, row)  # fmt: skip


def _said(view: View, row: dict[str, Any]) -> str:
    text, numbers = view.text, view.numbers
    said = [
        text.term("progress_status", row["order_status"]),
        f"{numbers.exact(row['ordered_quantity'], 'quantity')} {row['base_uom'] or ''}".strip(),
        text(
            "progress.said_plan",
            start=_day(view, row["planned_start_date"]),
            finish=_day(view, row["planned_finish_date"]),
        ),
    ]
    if row["started_date"]:
        said.append(text("progress.said_started", day=_day(view, row["started_date"])))
    if row["complete_rate"] is not None:
        said.append(text("progress.said_done", done=numbers.value(row["complete_rate"], "percent", 0)))
    if row["p50_date"]:
        said.append(text("progress.said_predicted", p50=_day(view, row["p50_date"]), p90=_day(view, row["p90_date"])))
    if row["waiting_value"]:
        said.append(text("progress.said_money", value=numbers.value(row["waiting_value"], "money")))
    return " · ".join(said)


def _show_links(view: View, row: dict[str, Any]) -> None:
    text = view.text
    order = row["production_order_id"]
    ways = {
        "clear_to_build": address(view, "clear_to_build", kit=f"production_order:{order}"),
        "capacity": address(view, "capacity", centre=row["current_work_centre_id"])
        if row["current_work_centre_id"]
        else address(view, "capacity"),
        "requirements": address(view, "requirements", item=row["item_id"], place=row["location_id"]),
    }
    found = [f"[{text(f'progress.to_{name}')}]({way})" for name, way in ways.items() if way]
    if found:
        st.markdown(" · ".join(found))


def _show_operations(view: View, row: dict[str, Any]) -> None:
    text = view.text
    frame = ask(view.warehouse, questions.operations, row["production_order_id"])
    statuses = [text.term("progress_operation", one) for one in frame["work_order_status"].to_list()]
    shown = frame.with_columns(
        (pl.col("earned_hours") / pl.col("standard_hours")).alias("complete_rate"),
        pl.Series("status", statuses, pl.String),
        pl.col("standard_hours", "earned_hours", "actual_hours").round(2),
    )
    show_table(
        view, "progress_operations", text("progress.tab_operations"), shown.select(list(_OPERATIONS)),
        columns_of(view, "progress_column", _OPERATIONS), note=_hours_sentence(view, row),
        empty=text("progress.no_operations"),
    )  # fmt: skip


def _hours_sentence(view: View, row: dict[str, Any]) -> str:
    """The arithmetic of percent complete and of the value, with this order's numbers."""
    text, numbers = view.text, view.numbers
    said = []
    if row["complete_rate"] is not None:
        said.append(
            text(
                "progress.hours_sum", earned=numbers.exact(round(row["earned_hours"], 2), "quantity"),
                standard=numbers.exact(round(row["standard_hours"], 2), "quantity"),
                done=numbers.value(row["complete_rate"], "percent", 1),
            )
        )  # fmt: skip
    else:
        said.append(text("progress.hours_unknown"))
    if row["work_in_process_value"] is not None:
        money = {
            name: numbers.exact(row[f"{name}_value"], "money")
            for name in ("material", "conversion", "received", "work_in_process")
        }
        said.append(text("progress.value_sum", **money))
    else:
        said.append(text("progress.value_unknown"))
    return " ".join(said)


def _show_parts(view: View, row: dict[str, Any]) -> None:
    text = view.text
    frame = ask(view.warehouse, questions.parts, row["production_order_id"])
    show_choice(
        view, "progress_parts", text("progress.tab_parts"), _parts_words(view, frame),
        columns_of(view, "progress_column", _PARTS),
        note=text("progress.parts_note"), empty=text("progress.no_parts"), linked=("item_id", "location_id"),
        widths={"part": 190, "supplier_name": 190},
    )  # fmt: skip


def _parts_words(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    names = [
        view.text.pick(name, name_zh) or item
        for item, name, name_zh in frame.select("item_id", "item_name", "item_name_zh").rows()
    ]
    return frame.with_columns(pl.Series("part", names, pl.String))


def _show_customers(view: View, row: dict[str, Any]) -> None:
    text = view.text
    frame = ask(view.warehouse, clear_to_build.waiting_lines, "production_order", row["production_order_id"])
    show_table(
        view, "progress_customers", text("progress.tab_customers"), frame,
        columns_of(view, "progress_column", _CUSTOMERS), note=text("progress.customers_note"),
        empty=text("progress.no_customers"),
    )  # fmt: skip


def _show_history(view: View, row: dict[str, Any]) -> None:
    text = view.text
    frame = ask(view.warehouse, questions.history, row["production_order_id"])
    events = [text.term("progress_event", one) for one in frame["event"].to_list()]
    shown = frame.with_columns(pl.Series("event_name", events, pl.String))
    show_table(
        view, "progress_history", text("progress.tab_history"), shown, columns_of(view, "progress_column", _HISTORY),
        note=text("progress.history_note"),
    )  # fmt: skip


def _show_prediction(view: View, row: dict[str, Any]) -> None:
    """Where the chance and the dates come from: the average, what each fact adds, and the sum."""
    text, numbers = view.text, view.numbers
    if row["late_probability"] is None:
        states.empty(text, text("progress.not_predicted"))
        return
    ways = {one: text.term("prediction_way", row[one]) for one in ("probability_by", "date_by")}
    st.markdown(
        text(
            "progress.prediction_says", chance=numbers.value(row["late_probability"], "percent", 0),
            plan=_day(view, row["planned_finish_date"]), p50=_day(view, row["p50_date"]),
            p90=_day(view, row["p90_date"]), by=ways["probability_by"], date_by=ways["date_by"],
        )
    )  # fmt: skip
    if row["is_overdue"]:
        st.caption(text("progress.prediction_overdue"))
    frame = ask(view.warehouse, questions.reasons, row["production_order_id"])
    if frame.is_empty():
        states.empty(text, text("progress.plain_rule"))
        return
    for explains in frame["explains"].unique(maintain_order=True).to_list():
        of_one = frame.filter(pl.col("explains") == explains)
        average, total = float(of_one["average"][0]), float(of_one["effect"].sum())
        sentences = [
            fact(view, one, value, usual)
            for one, value, usual in of_one.select("feature", "value", "usual_value").rows()
        ]
        moves = [effect(view, explains, one) for one in of_one["effect"].to_list()]
        unit, digits = ("percent", 1) if explains == "probability" else ("days", 1)
        show_table(
            view, f"progress_reasons_{explains}", text(f"progress.reasons_{explains}"),
            pl.DataFrame({"sentence": sentences, "moves": moves}), columns_of(view, "progress_column", _REASONS),
            note=text(
                f"progress.reasons_{explains}_sum", average=numbers.value(average, unit, digits),
                moved=effect(view, explains, total), total=numbers.value(average + total, unit, digits),
            ),
        )  # fmt: skip
    st.caption(text("progress.reasons_note"))


def _day(view: View, day: Any) -> str:
    return view.numbers.day(day) if day else "–"
