"""What stock the service targets ask for: proposals beside today's safety stocks, and what each fill rate costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from tower.charts import Line, lines_figure
from tower.demand_forecast.words import quantity_in_words
from tower.exports import Column
from tower.queries import forecast_quality
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.forecast.pick import in_language, show_pick_table
from tower.ui.view import View


def show_stock(view: View) -> None:
    """Proposals, those that change most money first; of the chosen one the trade-off."""
    text = view.text
    every = ask(view.warehouse, forecast_quality.stock_policies)
    if every.is_empty():
        states.empty(text, text("stock_policy.none"))
        return
    _show_totals(view, every)
    rows = {f"{row['item_id']}|{row['location_id']}": row for row in every.iter_rows(named=True)}
    chosen = url.select(
        text("stock_policy.policy"),
        "policy",
        list(rows),
        lambda one: _name(view, rows[one]),
        default=next(iter(rows)),
        width=480,
    )
    assert chosen is not None
    _show_one(view, rows[chosen])
    _show_table(view, every)


def _name(view: View, row: Mapping[str, Any]) -> str:
    return f"{row['item_id']} {view.text.pick(row['item_name'], row['item_name_zh'])} · {row['location_id']}"


def _show_totals(view: View, every: pl.DataFrame) -> None:
    text, numbers = view.text, view.numbers
    both = every.filter(pl.col("present_stock_value").is_not_null() & pl.col("expected_stock_value").is_not_null())
    before, after = float(both["present_stock_value"].sum()), float(both["expected_stock_value"].sum())
    with st.grid(4, min_column_width=170, gap="small"):
        _metric(
            text("stock_policy.present_value"), numbers.value(before, "money"), text("stock_policy.present_value_help")
        )
        _metric(text("stock_policy.proposed_value"), numbers.value(after, "money"),
                text("stock_policy.proposed_value_help"),
                numbers.change(after, before, "money"))  # fmt: skip
        for name in ("present_fill_rate", "fill_rate"):
            rate = both.select(
                (pl.col(name) * pl.col("protected_demand")).sum() / pl.col("protected_demand").sum()
            ).item()
            _metric(text(f"stock_policy.{name}"), numbers.value(rate, "percent"), text("stock_policy.fill_rate_help"))


def _metric(label: str, value: str, about: str, delta: str | None = None) -> None:
    st.metric(label, value, delta, help=about, border=True, height="stretch", delta_color="off", delta_arrow="off")


def _show_one(view: View, row: Mapping[str, Any]) -> None:
    text, numbers = view.text, view.numbers
    curve = ask(view.warehouse, forecast_quality.trade_off, row["item_id"], row["location_id"])
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.markdown(f"**{_name(view, row)}**")
        st.caption(
            text("stock_policy.why", measure=text.term("service_measure", row["measure"]),
                 target=numbers.value(row["target_rate"], "percent"), review=row["review_periods"],
                 lead=numbers.value(row["lead_time_periods"], "number"),
                 deviation=numbers.value(row["lead_time_deviation"], "number"),
                 demand=quantity_in_words(row["protected_demand"]))
        )  # fmt: skip
        lines = [
            (text(f"stock_policy.{name}"), _said(view, row[present], unit), _said(view, row[name], unit))
            for name, present, unit in (
                ("safety_stock_quantity", "present_safety_stock_quantity", "quantity"),
                ("fill_rate", "present_fill_rate", "percent"), ("cycle_service", "present_cycle_service", "percent"),
                ("expected_stock_quantity", "present_stock_quantity", "quantity"),
                ("expected_stock_value", "present_stock_value", "money"),
            )
        ]  # fmt: skip
        head = (text("stock_policy.figure"), text("stock_policy.present"), text("stock_policy.proposal"))
        st.table({name: [line[number] for line in lines] for number, name in enumerate(head)}, border="horizontal")
        flags = [text(f"stock_policy.{flag}") for flag in ("is_cut_at_horizon", "is_overdispersed") if row[flag]]
        if flags:
            st.caption(" ".join(flags))
    with right:
        title = text("stock_policy.trade_off")
        st.markdown(f"**{title}**")
        if row["fill_rate"] is None:
            st.caption(text("stock_policy.no_demand"))
            return
        lines_ = [
            Line(text("stock_policy.curve"), curve["fill_rate"].to_list(), curve["expected_stock_value"].to_list()),
            Line(text("stock_policy.proposal"), [row["fill_rate"]], [row["expected_stock_value"]], is_point=True),
        ]
        if row["present_fill_rate"] is not None:
            lines_.append(
                Line(
                    text("stock_policy.present"),
                    [row["present_fill_rate"]],
                    [row["present_stock_value"]],
                    is_point=True,
                )
            )
        figure = lines_figure(
            lines_, x_title=text("stock_policy.fill_rate_axis"), y_title=text("stock_policy.expected_stock_value"),
            x_label=lambda value: numbers.value(value, "percent", 0),
            y_label=lambda value: numbers.value(value, "money"),
        )  # fmt: skip
        columns = (
            Column("target_fill_rate", text("stock_policy.target"), "percent"),
            Column("fill_rate", text("stock_policy.fill_rate"), "percent"),
            Column("cycle_service", text("stock_policy.cycle_service"), "percent"),
            Column("safety_stock_quantity", text("stock_policy.safety_stock_quantity"), "quantity"),
            Column("order_up_to_quantity", text("stock_policy.order_up_to_quantity"), "quantity"),
            Column("expected_stock_quantity", text("stock_policy.expected_stock_quantity"), "quantity"),
            Column("expected_stock_value", text("stock_policy.expected_stock_value"), "money"),
        )  # fmt: skip
        show_figure(view, "trade_off", figure, lambda: curve, columns, provenance(view, title, is_filtered=False))


def _said(view: View, value: float | None, unit: str) -> str:
    if value is None:
        return view.numbers.value(None, unit)
    return quantity_in_words(value) if unit == "quantity" else view.numbers.value(value, unit)


def _show_table(view: View, every: pl.DataFrame) -> None:
    text = view.text
    named = every.with_columns(name=in_language(text, "item_name"))
    kinds = {
        "target_rate": "percent", "present_fill_rate": "percent", "fill_rate": "percent",
        "present_safety_stock_quantity": "quantity", "safety_stock_quantity": "quantity",
        "present_stock_value": "money", "expected_stock_value": "money", "stock_value_change": "money",
        "present_cycle_service": "percent", "cycle_service": "percent", "order_up_to_quantity": "quantity",
        "lead_time_periods": "number", "lead_time_deviation": "number",
    }  # fmt: skip
    columns = [
        Column("item_id", text("plan_column.item_id")), Column("name", text("forecast_column.name")),
        Column("location_id", text("plan_column.location_id")),
        *(Column(name, text(f"stock_policy.{name}"), kind) for name, kind in kinds.items()),  # type: ignore[arg-type]
    ]  # fmt: skip

    def picked(row: dict[str, Any]) -> None:
        url.write("policy", f"{row['item_id']}|{row['location_id']}")

    show_pick_table(
        view, "stock_policies", text("stock_policy.all"), named, columns, picked, note=text("stock_policy.all_note")
    )
