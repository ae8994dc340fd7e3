"""The open opportunities with their chance and age, where they stay too long, and one of them in full."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import opportunity as one_question
from tower.queries import pipeline as questions
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of
from tower.ui.links import ACCOUNT, address
from tower.ui.page import bring_into_sight
from tower.ui.pipeline.asked import Asked
from tower.ui.tables import show_table
from tower.ui.view import View

_AGES: dict[str, ColumnKind] = {
    "stage_name": "text", "opportunities": "integer", "value": "money", "median_days": "integer",
    "won_median": "integer", "won_p90": "integer", "overstayed": "integer", "overstayed_value": "money",
}  # fmt: skip
_OPEN: dict[str, ColumnKind] = {
    "opportunity_id": "text", "customer": "text", "rep": "text", "stage_name": "text", "expected_value": "money",
    "win_probability": "percent", "stated_probability": "percent", "chance_value": "money", "age_days": "integer",
    "days_in_stage": "integer", "won_p90": "integer", "expected_close_date": "day", "quiet_days": "integer",
    "reasons": "text", "activities": "integer", "campaign_name": "text", "team": "text", "created_date": "day",
}  # fmt: skip
_STAGES: dict[str, ColumnKind] = {
    "visit": "integer", "stage_name": "text", "entered_date": "day", "left_date": "day", "days_in_stage": "integer",
    "won_median": "integer",
}  # fmt: skip
_ACTIVITIES: dict[str, ColumnKind] = {
    "activity_date": "day", "kind": "text", "sales_rep_name": "text", "activity_id": "text",
}  # fmt: skip
_QUOTATIONS: dict[str, ColumnKind] = {
    "quotation_id": "text", "quoted_date": "day", "net_value": "money", "status": "text", "sales_order_id": "text",
}  # fmt: skip
_LINES: dict[str, ColumnKind] = {
    "item_id": "text", "item": "text", "quantity": "quantity", "base_uom": "text", "net_value": "money",
    "expected_date": "day", "category_id": "text",
}  # fmt: skip
_REASONS: dict[str, ColumnKind] = {
    "fact": "text", "fact_value": "number", "usual_value": "number", "effect": "percent",
}  # fmt: skip


def staged(view: View, frame: pl.DataFrame, column: str = "stage") -> pl.DataFrame:
    """With `stage_name`, the stage in the reader's words; the source's own word where there is none."""
    names = [view.text.term("pipeline_stage", one) if one else None for one in frame[column].to_list()]
    return frame.with_columns(pl.Series("stage_name", names, pl.String))


def named_item(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """With `item`, the name in the reader's language."""
    first, second = ("item_name_zh", "item_name") if view.text.language == "zh" else ("item_name", "item_name_zh")
    return frame.with_columns(item=pl.coalesce(first, second, "item_id", "category_id"))


def show_opportunities(view: View, asked: Asked) -> None:
    """Ages by stage, the list, the one chosen."""
    text = view.text
    frame = ask(view.warehouse, questions.open_list, asked.who)
    if frame.is_empty():
        states.empty(text, text("pipeline.no_open"))
    else:
        show_table(
            view, "pipeline_ages", text("pipeline.ages"), staged(view, ask(view.warehouse, questions.ages, asked.who)),
            columns_of(view, "pipeline_column", _AGES), note=text("pipeline.ages_note"),
        )  # fmt: skip
        reasons = [
            _reasons(view, features, effects) for features, effects in frame.select("features", "effects").rows()
        ]
        shown = staged(view, frame, "last_stage").with_columns(
            pl.Series("reasons", reasons, pl.String),
            customer=pl.coalesce("customer_name", "customer_id"),
            rep=pl.coalesce("sales_rep_name", "sales_rep_id"),
        )
        by = str(frame["probability_by"].drop_nulls().first() or "stage_average") if frame.height else ""
        show_choice(
            view, "open_opportunities", text("pipeline.open"), shown, columns_of(view, "pipeline_column", _OPEN),
            note=text("pipeline.open_note", by=text.term("chance_candidate", by)), parameter="opportunity",
            ids=frame["opportunity_id"].to_list(), widths={"customer": 220, "reasons": 320},
        )  # fmt: skip
    if url.value("opportunity"):
        with st.container(border=True, key="one_opportunity"):
            _show_one(view, url.value("opportunity"))
        bring_into_sight("one_opportunity", url.value("opportunity"))


def _reasons(view: View, features: list[str] | None, effects: list[float] | None) -> str | None:
    """The facts that move a chance most, each with its effect in points."""
    if not features or not effects:
        return None
    text = view.text
    return text.listed(
        f"{text.term('win_fact', name)} {effect * 100:+.0f}" for name, effect in zip(features, effects, strict=True)
    )


def _show_one(view: View, opportunity_id: str) -> None:
    text = view.text
    row = ask(view.warehouse, one_question.opportunity, opportunity_id)
    head, close = st.columns([6, 1], vertical_alignment="center")
    close.button(text("pipeline.close"), on_click=url.clear, args=("opportunity",), type="tertiary", key="close_one")
    if row is None:
        head.markdown(f"**{opportunity_id}**")
        states.empty(text, text("pipeline.unknown_opportunity"))
        return
    way = address(view, ACCOUNT, customer=row["customer_id"]) if row["customer_id"] else None
    head.markdown(
        f"**{opportunity_id} · {row['customer_name'] or row['customer_id'] or text('pipeline.no_customer')}**"
        + (f" · [{text('account.open_account')}]({way})" if way else "")
    )
    st.markdown(_sentence(view, row))
    reasons = ask(view.warehouse, one_question.reasons, opportunity_id)
    if row["is_open"] and reasons.is_empty():
        by = row["probability_by"] or "stage_average"
        st.caption(text("pipeline.no_reasons", by=text.term("chance_candidate", by)))
    elif row["is_open"]:
        facts = [text.term("win_fact", one) for one in reasons["feature"].to_list()]
        show_table(
            view, "win_reasons", text("pipeline.reasons"),
            reasons.with_columns(pl.Series("fact", facts, pl.String), fact_value=pl.col("value").round(2)),
            columns_of(view, "pipeline_column", _REASONS),
        )  # fmt: skip
    show_table(
        view, "opportunity_stages", text("pipeline.history"),
        staged(view, ask(view.warehouse, one_question.stages, opportunity_id)),
        columns_of(view, "pipeline_column", _STAGES), empty=text("pipeline.no_history"),
    )  # fmt: skip
    lines = ask(view.warehouse, one_question.lines, opportunity_id)
    show_table(
        view, "opportunity_lines", text("pipeline.lines"), named_item(view, lines),
        columns_of(view, "pipeline_column", _LINES), empty=text("pipeline.no_lines"),
    )  # fmt: skip
    quotations = ask(view.warehouse, one_question.quotations, opportunity_id)
    statuses = [text.term("quotation_status", one) for one in quotations["quotation_status"].to_list()]
    show_table(
        view, "opportunity_quotations", text("pipeline.quotations"),
        quotations.with_columns(pl.Series("status", statuses, pl.String)),
        columns_of(view, "pipeline_column", _QUOTATIONS), empty=text("pipeline.no_quotations"),
    )  # fmt: skip
    acts = ask(view.warehouse, one_question.activities, opportunity_id)
    kinds = [text.term("activity_type", one) for one in acts["activity_type"].to_list()]
    show_table(
        view, "opportunity_activities", text("pipeline.activities"),
        acts.with_columns(pl.Series("kind", kinds, pl.String)), columns_of(view, "pipeline_column", _ACTIVITIES),
        empty=text("pipeline.no_activities"),
    )  # fmt: skip


def _sentence(view: View, row: dict[str, Any]) -> str:
    """Its state, value, chance and dates in one line."""
    text, numbers = view.text, view.numbers
    parts = [
        text.term("opportunity_status", row["opportunity_status"]),
        text.term("pipeline_stage", row["last_stage"] or ""),
        numbers.value(row["expected_value"], "money"),
    ]
    if row["is_open"]:
        parts += [
            text("pipeline.one_chance", chance=numbers.value(row["win_probability"], "percent")),
            text("pipeline.one_stated", chance=numbers.value(row["stated_probability"], "percent")),
        ]
        if row["expected_close_date"]:
            parts.append(text("pipeline.one_close", day=numbers.day(row["expected_close_date"])))
    elif row["lost_reason"]:
        parts.append(text.term("lost_reason", row["lost_reason"]))
    parts += [one for one in (row["sales_rep_name"], row["campaign_name"]) if one]
    return " · ".join(parts)
