"""Stock by bracket of the chosen clock, stacked by family, type, class or place; and what other rates would provide."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.charts.stacked import stacked_figure
from tower.exports import Column
from tower.queries import aged_stock
from tower.queries.aged_stock import CLOCKS, GROUPS, Where
from tower.ui import states, url
from tower.ui.aged.choice import Brackets, choose_brackets, choose_rates
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.view import View

# Groups that are drawn by name; the rest is one more.
_MOST_GROUPS = 7


def show_brackets(view: View, where: Where) -> None:
    """The figure with its clocks and brackets, its download, and the provision by rates of the reader's own."""
    text, numbers = view.text, view.numbers
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="brackets_choice"):
        clock = url.segments(
            text("aged_stock.clock"), "clock", CLOCKS, lambda one: text(f"aged_stock.clock_{one}"), default="layer"
        )
        brackets = choose_brackets(view)
        group = url.select(
            text("aged_stock.by"), "by", GROUPS, lambda one: text(f"aged_stock.by_{one}"), default=GROUPS[0], width=160
        )
        rates = choose_rates(view, brackets)
    st.caption(text(f"aged_stock.clock_{clock}_note"))
    found = ask(view.warehouse, aged_stock.by_bracket, where, brackets.bounds, clock, group or GROUPS[0])
    if found.is_empty():
        states.empty(text, text("aged_stock.no_layers"))
        return
    table = _table(view, found, brackets, clock, group or GROUPS[0])
    steps = [*brackets.labels, *([text(f"aged_stock.without_{clock}")] if clock in ("issue", "cover") else [])]
    groups = {
        name: [float(one.filter(pl.col("bracket") == step)["value"].sum()) for step in steps]
        for (name,), one in table.group_by("group", maintain_order=True)
    }
    show_figure(
        view, "brackets",
        stacked_figure(
            steps, groups, label=lambda value: numbers.value(value, "money"),
            tick=lambda value: numbers.tick(value, "money"),
        ),
        lambda: table,
        [
            Column("bracket", text("aged_column.bracket")), Column("group", text(f"aged_stock.by_{group}")),
            Column("value", text("aged_column.value"), "money"),
            Column("layers", text("aged_column.layers"), "integer"),
        ],
        provenance(
            view, text("aged_stock.by_bracket", clock=text(f"aged_stock.clock_{clock}")), _about(view, where),
            is_filtered=False,
        ),
    )  # fmt: skip
    if rates is not None:
        _show_what_if(view, where, brackets, rates)


def _table(view: View, found: pl.DataFrame, brackets: Brackets, clock: str, group: str) -> pl.DataFrame:
    """Brackets and groups by name, the largest group first, the many small ones as one."""
    text = view.text
    terms = {"item_type": "item_type", "stock_class": "stock_class"}.get(group)
    names = [
        text.term(terms, member) if terms else text.pick(member, member_zh) or text("aged_stock.no_group")
        for member, member_zh in found.select("member", "member_zh").rows()
    ]
    named = found.with_columns(pl.Series("group", names, pl.String))
    totals = named.group_by("group").agg(pl.col("value").sum()).sort("value", "group", descending=[True, False])
    first = totals["group"].to_list()
    kept = first if len(first) <= _MOST_GROUPS + 1 else first[:_MOST_GROUPS]
    others = text("aged_stock.others")
    labels = dict(enumerate(brackets.labels))
    order = {name: position for position, name in enumerate([*kept, others])}
    return (
        named.with_columns(
            group=pl.when(pl.col("group").is_in(kept)).then("group").otherwise(pl.lit(others)),
            step=pl.col("bracket").cast(pl.Int32),
            bracket=pl.col("bracket")
            .cast(pl.Int32)
            .replace_strict(labels, default=None, return_dtype=pl.String)
            .fill_null(text(f"aged_stock.without_{clock}") if clock in ("issue", "cover") else ""),
        )
        .group_by("group", "step", "bracket")
        .agg(pl.col("value", "quantity", "layers").sum())
        .with_columns(position=pl.col("group").replace_strict(order, return_dtype=pl.Int32))
        .sort("position", "step", nulls_last=True)
        .drop("position")
    )


def _show_what_if(view: View, where: Where, brackets: Brackets, rates: tuple[float, ...]) -> None:
    """What the reader's rates would provide for, beside the rate table of the company."""
    text, numbers = view.text, view.numbers
    found = ask(view.warehouse, aged_stock.by_bracket, where, brackets.bounds, "layer", "item_type")
    values = dict(found.group_by("bracket").agg(pl.col("value").sum()).rows())
    parts = [(label, float(values.get(step) or 0.0), rates[step]) for step, label in enumerate(brackets.labels)]
    wanted = sum(value * rate for _, value, rate in parts)
    there = float(ask(view.warehouse, aged_stock.positions, where)["rate_provision_value"].sum())
    sums = " + ".join(
        f"{numbers.value(value, 'money')} × {numbers.value(rate, 'percent', 0)}" for _, value, rate in parts if rate
    )
    st.info(
        text(
            "aged_stock.what_if", wanted=numbers.value(wanted, "money"), there=numbers.value(there, "money"),
            more=numbers.value(wanted - there, "money"), sums=sums or numbers.value(0.0, "money"),
        ).replace("$", r"\$"),
        icon=":material/calculate:",
    )  # fmt: skip


def _about(view: View, where: Where) -> list[tuple[str, str]]:
    labels = (view.text("filter.plant"), view.text("filter.family"), view.text("aged_stock.item_type"))
    return [(label, view.text.listed(ids)) for label, ids in zip(labels, where, strict=True) if ids]
