"""How the customer was served: on time as it felt it, what came back, cases, and what it says itself."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from tower.charts import trend_figure
from tower.exports import Column, ColumnKind
from tower.metrics import Filter
from tower.queries import account as questions
from tower.queries import scorecard as metric_questions
from tower.ui import states
from tower.ui.cached import ask, ask_metrics
from tower.ui.downloads import provenance
from tower.ui.figures import about_metric, show_figure
from tower.ui.kit_words import columns_of
from tower.ui.links import address
from tower.ui.pipeline.opportunities import named_item
from tower.ui.suppliers.asked import is_connected
from tower.ui.tables import show_table
from tower.ui.view import View

FELT = "on_time_in_full_rate"
_MISSED: dict[str, ColumnKind] = {
    "sales_order_line_id": "text", "item": "text", "requested_date": "day", "promised_date": "day",
    "shipped_in_full_date": "day", "received_in_full_date": "day", "felt_days_late": "integer", "our_view": "text",
    "net_value": "money", "ordered_quantity": "quantity", "delivered_quantity": "quantity", "base_uom": "text",
}  # fmt: skip
_CASES: dict[str, ColumnKind] = {
    "case_id": "text", "case_name": "text", "severity_name": "text", "state": "text", "opened_date": "day",
    "resolved_date": "day", "case_days": "number", "item": "text", "cost_value": "money", "sales_order_line_id": "text",
}  # fmt: skip
_RETURNS: dict[str, ColumnKind] = {
    "return_line_id": "text", "returned_date": "day", "item": "text", "returned_quantity": "quantity",
    "base_uom": "text", "reason_name": "text", "credit_value": "money", "sales_order_line_id": "text",
}  # fmt: skip
_ANSWERS: dict[str, ColumnKind] = {
    "responded_date": "day", "survey_type": "text", "score": "number", "best_score": "number", "about": "text",
}  # fmt: skip


def show_service(view: View, customer: dict[str, Any]) -> None:
    """Punctuality, missed lines, cases, returns, satisfaction."""
    number = customer["customer_id"]
    with states.or_failed(view.text):
        _show_punctuality(view, number)
    with states.or_failed(view.text):
        _show_cases(view, number)
    with states.or_failed(view.text):
        _show_returns(view, number)
    with states.or_failed(view.text):
        _show_answers(view, number)


def _show_punctuality(view: View, number: str) -> None:
    text, numbers = view.text, view.numbers
    st.markdown(f"**{text('account.punctuality')}**")
    st.caption(text("account.punctuality_note"))
    if view.missing.get(FELT):
        states.not_connected(text, view.missing[FELT])
        return
    where = (Filter("customer", "in", (number,)),)
    period = metric_questions.trend_period(view.selection.period)
    course = ask_metrics(view, metric_questions.by_time, (FELT,), where, period, "month").rename({FELT: "value"})
    if course["value"].drop_nulls().len() > 1:
        figure = trend_figure(
            course, label=lambda value: numbers.value(value, "percent"), tick=lambda one: numbers.tick(one, "percent"),
            period_label=numbers.month, tick_label=lambda day: numbers.within_year(day, "month"), is_amount=False,
            height=230,
        )  # fmt: skip
        metric = view.catalogue.metric(FELT)
        columns = [Column("period", text("grain.month"), "day"), Column("value", view.label(FELT), "percent")]
        show_figure(view, "account_felt", figure, lambda: course, columns, about_metric(view, metric))
    frame = ask(view.warehouse, questions.missed, number)
    ours = [
        None if kept is None else text("account.our_on_time" if kept else "account.our_late")
        for kept in frame["is_on_time_in_full_shipped_promised"].to_list()
    ]
    show_table(
        view, "account_missed", text("account.missed"),
        named(view, frame).with_columns(pl.Series("our_view", ours, pl.String)),
        columns_of(view, "account_column", _MISSED), note=text("account.missed_note"), empty=text("account.no_missed"),
    )  # fmt: skip


def named(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """With `item`, the name in the reader's language."""
    return named_item(view, frame.with_columns(category_id=pl.lit(None, pl.String)))


def _show_cases(view: View, number: str) -> None:
    text = view.text
    if not is_connected(view, "service_cases"):
        states.not_connected(text, ["service_cases"])
        return
    frame = ask(view.warehouse, questions.cases, number)
    kinds = [text.term("account_case", one or "") for one in frame["case_type"].to_list()]
    severities = [text.term("account_severity", one or "") for one in frame["severity"].to_list()]
    state = [text("account.case_open" if one else "account.case_solved") for one in frame["is_open"].to_list()]
    shown = named(view, frame).with_columns(
        pl.Series("case_name", kinds, pl.String), pl.Series("severity_name", severities, pl.String),
        pl.Series("state", state, pl.String), pl.col("case_days").cast(pl.Float64).round(1),
    )  # fmt: skip
    note = text("account.cases_note", open=view.numbers.integer(frame.filter(pl.col("is_open") == 1).height))
    show_table(
        view, "account_cases", text("account.cases"), shown, columns_of(view, "account_column", _CASES), note=note,
        empty=text("account.no_cases"),
    )  # fmt: skip
    way = address(view, "after_sales", customer=number)
    if way:
        st.markdown(f"[{text('account.to_after_sales')}]({way})")


def _show_returns(view: View, number: str) -> None:
    text = view.text
    if not is_connected(view, "customer_returns"):
        states.not_connected(text, ["customer_returns"])
        return
    frame = ask(view.warehouse, questions.returns, number)
    reasons = [text.term("account_return", one or "") for one in frame["return_reason"].to_list()]
    shown = named(view, frame).with_columns(pl.Series("reason_name", reasons, pl.String))
    show_table(
        view, "account_returns", text("account.returns"), shown, columns_of(view, "account_column", _RETURNS),
        empty=text("account.no_returns"),
        note=text("account.returns_note", value=view.numbers.value(float(frame["credit_value"].sum() or 0), "money")),
    )  # fmt: skip
    way = address(view, "lot_trace")
    if way and frame.height:
        st.markdown(f"[{text('account.to_lot_trace')}]({way})")


def _show_answers(view: View, number: str) -> None:
    text = view.text
    if not is_connected(view, "satisfaction_responses"):
        states.not_connected(text, ["satisfaction_responses"])
        return
    frame = ask(view.warehouse, questions.answers, number)
    title = text("account.satisfaction")
    parts = []
    for kind in frame["survey_type"].drop_nulls().unique().sort().to_list():
        own = frame.filter(pl.col("survey_type") == kind)
        best, mean = own.select(
            pl.col("best_score").cast(pl.Float64).max(), pl.col("score").cast(pl.Float64).mean().alias("mean")
        ).row(0)
        parts.append(
            text(
                "account.satisfaction_mean", survey=text.term("account_survey", kind), mean=f"{mean:.1f}",
                best="–" if best is None else f"{best:g}", count=view.numbers.integer(own.height),
            )
        )  # fmt: skip
    kinds = [text.term("account_survey", one or "") for one in frame["survey_type"].to_list()]
    show_table(
        view, "account_answers", title, frame.with_columns(pl.Series("survey_type", kinds, pl.String)),
        columns_of(view, "account_column", _ANSWERS), note=" · ".join(parts) or None, empty=text("account.no_answers"),
        about=provenance(view, title, is_filtered=False),
    )  # fmt: skip
