"""Margin: by customer, item, family, channel or month, and the bridge from one period to another."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.charts.bars import bar_figure
from tower.charts.waterfall import waterfall_figure
from tower.exports import Column, ColumnKind
from tower.finance.price_volume_mix import STEPS
from tower.queries import margin as questions
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.finance.period import AGAINST, Days, choose_period, days_against, written
from tower.ui.kit_words import columns_of
from tower.ui.tables import show_table
from tower.ui.view import View

MOST_BARS = 12
MOST_KEYS = 300
_BY: dict[str, ColumnKind] = {
    "name": "text", "revenue": "money", "cost": "money", "margin": "money", "margin_rate": "percent",
    "uncosted_revenue": "money", "lines": "integer", "member": "text",
}  # fmt: skip
_KEYS: dict[str, ColumnKind] = {
    "item": "text", "customer_name": "text", "margin_0": "money", "margin_1": "money", "change": "money",
    **dict.fromkeys(STEPS, "money"), "quantity_0": "quantity", "quantity_1": "quantity", "item_id": "text",
}  # fmt: skip
_DOCUMENTS: dict[str, ColumnKind] = {
    "invoice_line_id": "text", "invoice_date": "day", "invoice_type": "text", "customer_name": "text", "item": "text",
    "quantity": "quantity", "net_value": "money", "cost_value": "money", "margin_value": "money", "channel": "text",
    "sales_order_line_id": "text",
}  # fmt: skip


def show_margin(view: View) -> None:
    """Totals, one group, the bridge with its keys, and the documents of a key."""
    text, numbers = view.text, view.numbers
    days = choose_period(view)
    months = ask(view.warehouse, questions.margin_by, "month", *days)
    if months.is_empty():
        states.empty(text)
        return
    totals = months.select(pl.sum("revenue", "cost", "margin", "costed_revenue", "uncosted_revenue")).row(0, named=True)
    rate = totals["margin"] / totals["costed_revenue"] if totals["costed_revenue"] else None
    with st.grid(4, min_column_width=200, gap="small"):
        for name in ("revenue", "cost", "margin"):
            st.metric(
                text(f"finance.card_{name}"), numbers.value(totals[name], "money"), border=True,
                help=text(f"finance.card_{name}_help"),
            )  # fmt: skip
        st.metric(
            text("finance.card_rate"), numbers.value(rate, "percent"), border=True, help=text("finance.card_rate_help")
        )
    if totals["uncosted_revenue"]:
        st.caption(text("finance.uncosted", value=numbers.value(totals["uncosted_revenue"], "money")))
    _show_group(view, days)
    _show_bridge(view, days)


def named(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """With `item` and the invoice type as a reader sees them."""
    rows = frame.select("item_id", "item_name", "item_name_zh").rows()
    found = frame.with_columns(
        pl.Series("item", [view.text.pick(name or item or "", zh) for item, name, zh in rows], pl.String)
    )
    if "invoice_type" not in frame.columns:
        return found
    words = [view.text(f"finance.type_{one}") for one in frame["invoice_type"]]
    return found.with_columns(pl.Series("invoice_type", words, pl.String))


def _show_group(view: View, days: Days) -> None:
    text, numbers = view.text, view.numbers
    by = url.segments(
        text("finance.by"), "by", list(questions.GROUPS), lambda one: text(f"finance.by_{one}"), default="family"
    )
    frame = ask(view.warehouse, questions.margin_by, by, *days)
    names = [
        text.pick(label or member or text("finance.none"), label_zh)
        for member, label, label_zh in frame.select("member", "label", "label_zh").rows()
    ]
    shown = frame.with_columns(pl.Series("name", names, pl.String))
    title = text("finance.margin_by", by=text(f"finance.by_{by}"))
    head = shown.drop_nulls("margin").head(MOST_BARS if by != "month" else 60)
    st.markdown(f"**{title}**")
    show_figure(
        view, f"margin_by_{by}",
        bar_figure(head.select("name", value=pl.col("margin")), label=lambda one: numbers.value(one, "money")),
        lambda: shown, columns_of(view, "finance_column", _BY), provenance(view, title),
    )  # fmt: skip
    show_choice(
        view, f"margin_table_{by}", title, shown, columns_of(view, "finance_column", _BY),
        note=text("finance.margin_note"), tallest=330, widths={"name": 220},
    )  # fmt: skip


def _show_bridge(view: View, days: Days) -> None:
    text, numbers = view.text, view.numbers
    st.markdown(f"##### {text('finance.bridge')}")
    with st.container(horizontal=True, gap="small", key="finance_bridge"):
        against = url.segments(
            text("finance.against"), "against", AGAINST, lambda one: text(f"finance.against_{one}"),
            default="last_year",
        )  # fmt: skip
        key = url.segments(
            text("finance.bridge_by"), "bridge", list(questions.KEYS), lambda one: text(f"finance.bridge_{one}"),
            default="item",
        )  # fmt: skip
    before = days_against(days, against)
    bridge = ask(view.warehouse, questions.margin_bridge, key, before, days)
    st.caption(text("finance.bridge_note", before=written(view, before), now=written(view, days)))
    if bridge.is_empty():
        states.empty(text)
        return
    totals = questions.bridge_totals(bridge)
    # A step that nothing moved takes no room.
    bars = [name for name, value in totals.items() if value or name.startswith("margin") or name in STEPS[:4]]
    title = text("finance.bridge")
    data = pl.DataFrame(
        {"step": [text(f"finance_column.{one}") for one in bars], "value": [totals[one] for one in bars]}
    )
    show_figure(
        view, "margin_bridge",
        waterfall_figure(
            [text(f"finance.step_{one}") for one in bars], data["value"].to_list(),
            label=lambda one: numbers.value(one, "money"), tick=lambda one: numbers.tick(one, "money"),
            more_is_good=True, from_zero=False,
        ),
        lambda: data,
        [Column("step", text("finance_column.step")), Column("value", text("finance_column.margin"), "money")],
        provenance(view, title),
    )  # fmt: skip
    show_table(
        view, "margin_steps", text("finance.steps"), data,
        [Column("step", text("finance_column.step")), Column("value", text("finance_column.margin"), "money")],
        note=text("finance.steps_note"),
    )  # fmt: skip
    with st.expander(text("finance.how")):
        st.markdown(text("finance.bridge_how"))
    head = named(view, bridge.head(MOST_KEYS))
    show_choice(
        view, f"margin_keys_{key}", text("finance.keys"), head, columns_of(view, "finance_column", _KEYS),
        parameter="key", ids=head["key"].to_list(), tallest=330, widths={"item": 190, "customer_name": 190},
        note=text("finance.keys_note", shown=head.height, all=bridge.height),
    )  # fmt: skip
    _show_documents(view, bridge, before, days)


def _show_documents(view: View, bridge: pl.DataFrame, before: Days, days: Days) -> None:
    text = view.text
    found = bridge.filter(pl.col("key") == url.value("key")) if url.value("key") else bridge.clear()
    if found.is_empty():
        return
    row = found.row(0, named=True)
    for name, (start, end) in (("now", days), ("before", before)):
        frame = ask(view.warehouse, questions.margin_documents, row["item_id"], row["customer_id"], start, end)
        label = text.pick(row["item_name"] or row["item_id"] or "", row["item_name_zh"])
        of = f"{label} · {row['customer_name']}" if row["customer_name"] else label
        show_choice(
            view, f"margin_documents_{name}", text("finance.documents", of=of, days=written(view, (start, end))),
            named(view, frame), columns_of(view, "finance_column", _DOCUMENTS), tallest=300,
            widths={"item": 170, "customer_name": 170},
        )  # fmt: skip
