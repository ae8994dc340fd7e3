"""The totals of the page: stock, aged, obsolete, excess, on order beyond need, and the provision both ways."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.queries import aged_stock
from tower.queries.aged_stock import Where
from tower.ui.cached import ask
from tower.ui.view import View


def show_totals(view: View, where: Where) -> None:
    """One card for each."""
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, aged_stock.positions, where)
    total = {
        name: float(frame[name].sum())
        for name in (
            "value", "aged_value", "obsolete_value", "excess_value", "slow_value", "surplus_order_value",
            "rate_provision_value", "value_provision_value", "undetermined_value",
        )
    }  # fmt: skip
    unvalued = frame.filter(pl.col("value").is_null()).height
    rule = dict(ask(view.warehouse, aged_stock.rules).select("rule", "value").rows())
    share = total["aged_value"] / total["value"] if total["value"] > 0 else None

    def card(name: str, value: str, **about: str) -> None:
        st.metric(
            text(f"aged_stock.{name}"), value, help=text(f"aged_stock.{name}_help", **about), border=True,
            height="stretch",
        )  # fmt: skip

    with st.grid(4, min_column_width=190, gap="small"):
        card(
            "aged", numbers.value(total["aged_value"], "money"), share=numbers.value(share, "percent"),
            stock=numbers.value(total["value"], "money"), days=numbers.integer(rule["aged_after_days"]),
        )  # fmt: skip
        card("obsolete", numbers.value(total["obsolete_value"], "money"))
        card("excess", numbers.value(total["excess_value"], "money"), days=numbers.integer(rule["excess_horizon_days"]))
        card("slow", numbers.value(total["slow_value"], "money"), days=numbers.integer(rule["slow_after_days"]))
        card("surplus", numbers.value(total["surplus_order_value"], "money"))
        card("by_rates", numbers.value(total["rate_provision_value"], "money"))
        card(
            "by_value", numbers.value(total["value_provision_value"], "money"),
            unknown=numbers.value(total["undetermined_value"], "money"),
        )  # fmt: skip
        card("unknown", numbers.value(total["undetermined_value"], "money"))
    if unvalued:
        st.caption(text("aged_stock.unvalued", count=numbers.integer(unvalued)))
