"""One alert: its figures, whom it hits, the chain behind it, what to do, and what people decided and said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from tower.exports import Column
from tower.queries import alerts as questions
from tower.store.alert_decisions import AlertDecision
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.comments import show_comments
from tower.ui.links import address
from tower.ui.page import bring_into_sight
from tower.ui.tables import show_table
from tower.ui.today.action import show_action
from tower.ui.today.decide import show_decision
from tower.ui.today.words import figure, says
from tower.ui.view import View

COMMENTS = "alert"
# Where more is told of a subject: the page and the parameter that names it there.
_PAGES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "supplier": (("suppliers", "supplier"),),
    "customer": (("account", "customer"),),
    "work_centre": (("capacity", "centre"),),
    "lane": (("inbound_outbound", "lane"),),
    "family": (("demand_forecast", "family"),),
    "campaign": (("pipeline", "campaign"),),
    "document": (("order_journey", "find"),),
}


def show_alert(view: View, row: Mapping[str, Any], decision: AlertDecision | None) -> None:
    """Everything about one alert, in the order of the questions: what, whom, why, what to do, who does it."""
    text = view.text
    with st.container(border=True, key="alert_detail"):
        bring_into_sight("alert_detail", str(row["alert_key"]))
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"##### {says(view, row)}", width="content")
            st.button(text("detail.close"), key="close_alert", type="tertiary", icon=":material/close:",
                      on_click=url.write, args=("alert", ""))  # fmt: skip
        st.markdown(_sentence(view, row))
        _show_links(view, row)
        left, right = st.columns(2, gap="large")
        with left, states.or_failed(text):
            _show_evidence(view, row)
        with right, states.or_failed(text):
            show_action(view, row)
        with states.or_failed(text):
            _show_chain(view, row)
        with states.or_failed(text):
            _show_hits(view, row)
        with states.or_failed(text):
            _show_members(view, row)
        show_decision(view, row, decision)
        show_comments(view, COMMENTS, str(row["alert_key"]))


def _sentence(view: View, row: Mapping[str, Any]) -> str:
    text, numbers = view.text, view.numbers
    parts = [
        text(
            "today.head", money=numbers.value(row["money_value"], "money"),
            lines=numbers.integer(row["hit_lines"]), customers=numbers.integer(row["hit_customers"]),
            since=numbers.day(row["since_date"]), seen=numbers.day(row["first_seen_date"]),
        )
    ]  # fmt: skip
    if row["own_value"]:
        basis = text.term("alert_basis", str(row["value_basis"]))
        parts.append(text("today.own_money", money=numbers.value(row["own_value"], "money"), basis=basis))
    if row["is_symptom"]:
        parts.append(text("today.symptom"))
    return " ".join(parts)


def _show_links(view: View, row: Mapping[str, Any]) -> None:
    """The pages that tell more of the subject, for the roles that may open them."""
    ways: list[tuple[str, str]] = []
    item, place = row["subject_item_id"], row["subject_location_id"]
    if item and place and (way := address(view, "requirements", item=item, place=place)):
        ways.append(("requirements", way))
    for page, parameter in _PAGES.get(str(row["subject_type"]), ()):
        if way := address(view, page, **{parameter: str(row["subject_id"])}):
            ways.append((page, way))
    if row["kind"] == "stock_ageing" and (way := address(view, "aged_stock")):
        ways.append(("aged_stock", way))
    if row["kind"] == "customer_not_paying" and (way := address(view, "finance", section="receivables")):
        ways.append(("finance", way))
    if ways:
        st.markdown(" · ".join(f"[{view.text(f'page.{page}.title')}]({way})" for page, way in ways))


def _show_evidence(view: View, row: Mapping[str, Any]) -> None:
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, questions.evidence, str(row["alert_key"]))
    st.markdown(f"**{text('today.evidence')}**")
    if frame.is_empty():
        states.empty(text)
        return
    lines = []
    for one in frame.iter_rows(named=True):
        value = figure(view, one["value"], one["unit"])
        usual = one["usual_value"]
        beside = "" if usual is None else f" · {text('today.usual', value=figure(view, usual, one['unit']))}"
        span = (
            ""
            if one["first_date"] is None
            else f" :gray[{numbers.day(one['first_date'])}–{numbers.day(one['last_date'])}]"
        )
        lines.append(f"- {text.term('alert_figure', one['figure'])}: **{value}**{beside}{span}")
    st.markdown("\n".join(lines))
    st.caption(text("today.rule", kind=row["kind"]))


def _show_chain(view: View, row: Mapping[str, Any]) -> None:
    """The way from the cause to the order line with the most money, or to the one that was chosen."""
    text, numbers = view.text, view.numbers
    hits = ask(view.warehouse, questions.hits, str(row["alert_key"]))
    lines = hits["sales_order_line_id"].to_list()
    if not lines:
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{text('today.chain')}**", width="content")
        chosen = url.select(text("today.chain_of"), "line", lines, str, default=lines[0], width=220,
                            label_visibility="collapsed")  # fmt: skip
    frame = ask(view.warehouse, questions.chain, str(row["alert_key"]), chosen)
    if frame.is_empty():
        st.caption(text("today.no_chain"))
        return
    steps = []
    for number, one in enumerate(frame.iter_rows(named=True), start=1):
        name = text.pick(one["item_name"], one["item_name_zh"]) or one["item_id"]
        place = f" @ {one['location_id']}" if one["location_id"] else ""
        supplier = f" · {one['supplier_name']}" if one["supplier_name"] else ""
        asked = numbers.day(one["asked_date"])
        late = text("today.step_late", days=numbers.integer(one["late_days"])) if one["late_days"] else ""
        steps.append(
            f"{number}. **{text.term('document', str(one['document_type']))} {one['document_id']}**{supplier}: "
            + text("today.step", quantity=numbers.value(one["quantity"], "quantity"), uom=one["uom"] or "",
                   item=f"{name} ({one['item_id']}{place})", asked=asked, there=numbers.day(one["available_date"]))
            + (f" **{late}**" if late else "")
        )  # fmt: skip
    st.markdown("\n".join(steps))


def _show_hits(view: View, row: Mapping[str, Any]) -> None:
    text = view.text
    frame = ask(view.warehouse, questions.hits, str(row["alert_key"]))
    if frame.is_empty():
        return
    name = "item_name_zh" if text.language == "zh" else "item_name"
    named = frame.with_columns(
        item=pl.coalesce(name, "item_name", "item_id"),
        sole=pl.when(pl.col("is_sole") == 1).then(pl.lit("✓")).otherwise(pl.lit("")),
        how=pl.Series([text(f"today.tier_{tier}") for tier in frame["tier"]], dtype=pl.String),
        account=pl.Series([address(view, "account", customer=one) for one in frame["customer_id"]], dtype=pl.String),
    )
    columns = (
        Column("sales_order_line_id", text("today.order_line")), Column("customer_name", text("today.customer")),
        Column("item", text("today.item")), Column("demand_date", text("today.wanted"), "day"),
        Column("possible_date", text("today.possible"), "day"), Column("late_days", text("today.days_late"), "integer"),
        Column("at_risk_value", text("today.at_risk"), "money"),
        Column("exclusive_value", text("today.exclusive"), "money"), Column("sole", text("today.sole")),
        Column("how", text("today.how")),
    )  # fmt: skip
    show_table(view, "alert_hits", text("today.hits"), named, columns, note=text("today.hits_note"))


def _show_members(view: View, row: Mapping[str, Any]) -> None:
    """The symptoms that stand under this cause."""
    text = view.text
    frame = ask(view.warehouse, questions.members, str(row["alert_key"])).filter(pl.col("is_root") == 0)
    if frame.is_empty():
        return
    counted = frame.group_by("kind").agg(pl.len().alias("count")).sort("count", descending=True)
    said = text.listed(f"{text.term('alert_kind', kind)} {count}" for kind, count in counted.rows())
    named = frame.with_columns(
        kind_words=pl.Series([text.term("alert_kind", kind) for kind in frame["kind"]], dtype=pl.String)
    )
    columns = (
        Column("kind_words", text("today.kind")), Column("subject_id", text("today.subject")),
        Column("since_date", text("today.since"), "day"), Column("own_value", text("today.money"), "money"),
    )  # fmt: skip
    with st.expander(text("today.member_list", count=view.numbers.integer(frame.height), said=said)):
        show_table(view, "alert_members", text("today.members"), named, columns)
