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
from tower.ui.finance.margin_filters import Asked, choose_margin
from tower.ui.finance.period import AGAINST, Days, days_against, written
from tower.ui.kit_words import columns_of
from tower.ui.tables import show_table
from tower.ui.view import View

MOST_BARS = 12
MOST_KEYS = 300
_BY: dict[str, ColumnKind] = {
    "name": "text", "revenue": "money", "cost": "money", "standard_margin": "money", "standard_rate": "percent",
    "variance": "money", "actual_margin": "money", "actual_rate": "percent", "uncosted_revenue": "money",
    "lines": "integer", "member": "text",
}  # fmt: skip
_KEYS: dict[str, ColumnKind] = {
    "item": "text", "customer_name": "text", "margin_0": "money", "margin_1": "money", "change": "money",
    **dict.fromkeys(STEPS, "money"), "quantity_0": "quantity", "quantity_1": "quantity", "item_id": "text",
}  # fmt: skip
_DOCUMENTS: dict[str, ColumnKind] = {
    "invoice_line_id": "text", "invoice_date": "day", "invoice_type": "text", "customer_name": "text", "item": "text",
    "quantity": "quantity", "net_value": "money", "cost_value": "money", "margin_value": "money",
    "variance_value": "money", "actual_margin_value": "money", "channel": "text", "sales_order_line_id": "text",
}  # fmt: skip
_TIE: dict[str, ColumnKind] = {
    "kind": "text", "margin_value": "money", "ledger_value": "money", "difference": "money",
}  # fmt: skip


def show_margin(view: View) -> None:
    """Totals, one group, the bridge with its keys, and the documents of a key."""
    text, numbers = view.text, view.numbers
    asked = choose_margin(view)
    months = ask(view.warehouse, questions.margin_by, "month", *asked.days, asked.basis, asked.chosen)
    if months.is_empty():
        states.empty(text)
        return
    names = ("revenue", "cost", "standard_margin", "variance", "actual_margin", "costed_revenue", "uncosted_revenue")
    totals = months.select(pl.sum(*names)).row(0, named=True)
    # Sums of nothing are 0 in a frame, and unknown on a card.
    known = {name: totals[name] for name in names if months[name].null_count() < months.height}
    standard = ask(view.warehouse, questions.margin_by, "month", *asked.days, "standard", asked.chosen)
    costed = float(standard["costed_revenue"].sum())
    cards = [
        ("revenue", known.get("revenue"), "money"),
        ("cost", float(standard["cost"].sum()) if "standard_margin" in known else None, "money"),
        ("margin", known.get("standard_margin"), "money"),
        ("rate", known["standard_margin"] / costed if costed and "standard_margin" in known else None, "percent"),
    ]
    if asked.has_actual:
        actual = ask(view.warehouse, questions.margin_by, "month", *asked.days, "actual", asked.chosen)
        of = float(actual["costed_revenue"].sum())
        cards += [
            ("variance", known.get("variance"), "money"),
            ("actual_margin", known.get("actual_margin"), "money"),
            ("actual_rate", known["actual_margin"] / of if of and "actual_margin" in known else None, "percent"),
        ]
    with st.grid(4, min_column_width=200, gap="small"):
        for name, value, kind in cards:
            st.metric(
                text(f"finance.card_{name}"), numbers.value(value, kind), border=True,
                help=text(f"finance.card_{name}_help"),
            )  # fmt: skip
    if not asked.has_actual:
        st.caption(f":material/link_off: {text('finance.no_actual')}")
    if totals["uncosted_revenue"]:
        st.caption(text("finance.uncosted", value=numbers.value(totals["uncosted_revenue"], "money")))
    _show_group(view, asked)
    if asked.has_actual and view.scope.is_everything:
        _show_tie(view, asked.days)
    _show_bridge(view, asked)


def _show_tie(view: View, days: Days) -> None:
    text = view.text
    with st.expander(text("finance.cost_how")):
        st.markdown(text("finance.cost_method"))
        frame = ask(view.warehouse, questions.cost_tie, *days)
        words = [text(f"finance.kind_{one}") for one in frame["kind"]]
        show_table(
            view, "cost_tie", text("finance.cost_tie"),
            frame.with_columns(pl.Series("kind", words, pl.String), difference=pl.col("difference").round(2) + 0.0),
            columns_of(view, "finance_column", _TIE), note=text("finance.cost_tie_note"),
        )  # fmt: skip


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


def _show_group(view: View, asked: Asked) -> None:
    text, numbers = view.text, view.numbers
    by = url.segments(
        text("finance.by"), "by", list(questions.GROUPS), lambda one: text(f"finance.by_{one}"), default="family"
    )
    frame = ask(view.warehouse, questions.margin_by, by, *asked.days, asked.basis, asked.chosen)
    names = [
        text.pick(label or member or text("finance.none"), label_zh)
        for member, label, label_zh in frame.select("member", "label", "label_zh").rows()
    ]
    shown = frame.with_columns(pl.Series("name", names, pl.String))
    title = text("finance.margin_by", by=text(f"finance.by_{by}"), basis=text(f"finance.basis_{asked.basis}"))
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


def _show_bridge(view: View, asked: Asked) -> None:
    text, numbers, days = view.text, view.numbers, asked.days
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
    bridge = ask(view.warehouse, questions.margin_bridge, key, before, days, asked.basis, asked.chosen)
    basis = text(f"finance.basis_{asked.basis}")
    st.caption(text("finance.bridge_note", before=written(view, before), now=written(view, days), basis=basis))
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
    _show_documents(view, bridge, before, asked)


def _show_documents(view: View, bridge: pl.DataFrame, before: Days, asked: Asked) -> None:
    text = view.text
    found = bridge.filter(pl.col("key") == url.value("key")) if url.value("key") else bridge.clear()
    if found.is_empty():
        return
    row = found.row(0, named=True)
    for name, (start, end) in (("now", asked.days), ("before", before)):
        frame = ask(
            view.warehouse, questions.margin_documents, row["item_id"], row["customer_id"], start, end, asked.chosen
        )
        label = text.pick(row["item_name"] or row["item_id"] or "", row["item_name_zh"])
        of = f"{label} · {row['customer_name']}" if row["customer_name"] else label
        show_choice(
            view, f"margin_documents_{name}", text("finance.documents", of=of, days=written(view, (start, end))),
            named(view, frame), columns_of(view, "finance_column", _DOCUMENTS), tallest=300,
            widths={"item": 170, "customer_name": 170},
        )  # fmt: skip
