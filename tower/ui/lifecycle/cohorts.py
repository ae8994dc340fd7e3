"""Customers by the month of their first order, who comes back, what revenue stays, and how much hangs on a few."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from tower.exports import Column, ColumnKind
from tower.queries import customer_lifecycle as questions
from tower.queries.customer_lifecycle import Chosen
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.downloads import provenance, show_downloads
from tower.ui.kit_words import columns_of
from tower.ui.tables import show_table
from tower.ui.view import View

FIGURES = ("share", "customers", "orders", "net_value", "margin_value")
MOST_MONTHS = 24
_RETENTION: dict[str, ColumnKind] = {
    "end_date": "day", "base_customers": "integer", "kept": "percent", "base_value": "money", "net_value": "money",
    "net_rate": "percent", "kept_value": "money", "gross_rate": "percent",
}  # fmt: skip


def show_cohorts(view: View, chosen: Chosen) -> None:
    """Four figures, the cohorts, retention by year."""
    text = view.text
    frame = ask(view.warehouse, questions.cohorts, chosen)
    if frame.is_empty():
        states.empty(text, text("lifecycle.no_orders"))
        return
    _show_cards(view, chosen)
    figure = url.segments(
        text("lifecycle.figure"), "cohort_figure", FIGURES, lambda one: text(f"lifecycle.figure_{one}"),
        default="share", label_visibility="collapsed",
    )  # fmt: skip
    _show_grid(view, frame, figure)
    found = ask(view.warehouse, questions.retention, chosen)
    rates = found.with_columns(
        kept=pl.col("kept_customers") / pl.col("base_customers"),
        net_rate=pl.col("net_value") / pl.col("base_value"),
        gross_rate=pl.col("kept_value") / pl.col("base_value"),
    )
    show_table(
        view, "retention", text("lifecycle.retention"), rates, columns_of(view, "lifecycle_column", _RETENTION),
        note=text("lifecycle.retention_note"), empty=text("lifecycle.retention_none"),
        about=provenance(view, text("lifecycle.retention"), is_filtered=False),
    )  # fmt: skip


def _show_cards(view: View, chosen: Chosen) -> None:
    text, numbers = view.text, view.numbers
    bought = ask(view.warehouse, questions.repeats, chosen)
    few = ask(view.warehouse, questions.concentration, chosen)

    def share(part: float | None, whole: float | None) -> str:
        return numbers.value(part / whole if part is not None and whole else None, "percent")

    cards = [
        ("repeat_rate", share(bought["repeaters"], bought["customers"]),
         text("capacity.of", part=numbers.integer(bought["repeaters"]), whole=numbers.integer(bought["customers"]))),
        ("median_gap", numbers.value(bought["median_gap"], "days", 0), ""),
        ("top_1", share(few["top_1"], few["value"]), numbers.value(few["top_1"], "money")),
        ("top_5", share(few["top_5"], few["value"]), numbers.value(few["top_5"], "money")),
        ("top_20", share(few["top_20"], few["value"]), numbers.value(few["top_20"], "money")),
        ("hhi", "–" if few["hhi"] is None else f"{few['hhi']:.3f}",
         text("lifecycle.of_customers", count=numbers.integer(few["customers"]))),
    ]  # fmt: skip
    with st.grid(6, min_column_width=150, gap="small"):
        for name, value, below in cards:
            st.metric(
                text(f"lifecycle.{name}"), value, delta=below or None, delta_color="off", delta_arrow="off",
                border=True, height="stretch", help=text(f"lifecycle.{name}_help"),
            )  # fmt: skip


def _show_grid(view: View, frame: pl.DataFrame, figure: str) -> None:
    """Cohorts down, months since the first order across."""
    text, numbers = view.text, view.numbers
    counted = frame.with_columns(share=pl.col("customers") / pl.col("size"))
    shown = counted["cohort"].unique().sort().to_list()[-MOST_MONTHS:]
    since = [one for one in sorted(counted["since"].unique().to_list()) if one <= MOST_MONTHS]
    today = view.warehouse.as_of

    def nought(cohort: date, month: int) -> int | None:
        """0 where the month has come and nobody ordered, nothing where it has not."""
        return 0 if (today.year - cohort.year) * 12 + today.month - cohort.month >= month else None

    values = {(cohort, month): value for cohort, month, value in counted.select("cohort", "since", figure).rows()}
    sizes = dict(counted.select("cohort", "size").rows())
    keys = [str(one) for one in since]
    table = pl.DataFrame(
        {
            "cohort": [numbers.month(one) for one in shown],
            "size": [sizes[one] for one in shown],
            **{str(month): [values.get((one, month), nought(one, month)) for one in shown] for month in since},
        },
        schema_overrides=dict.fromkeys(keys, pl.Float64),
    )
    title = text("lifecycle.cohorts", figure=text(f"lifecycle.figure_{figure}"))
    kinds: dict[str, ColumnKind] = {
        "cohort": "day", "since": "integer", "size": "integer", "customers": "integer", "share": "percent",
        "orders": "integer", "net_value": "money", "margin_value": "money",
    }  # fmt: skip
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width="content"):
            st.markdown(f"**{title}**")
            st.caption(text("lifecycle.cohorts_note"))
        columns = [Column(one, text(f"lifecycle_column.{one}"), kind) for one, kind in kinds.items()]
        show_downloads(view, "cohorts", lambda: counted, lambda _: columns, provenance(view, title, is_filtered=False))
    form = "percent" if figure == "share" else ("compact" if figure.endswith("value") else "localized")
    st.dataframe(
        _tinted(table, keys), hide_index=True, height="content", placeholder="", alt=title,
        column_config={
            "cohort": st.column_config.TextColumn(text("lifecycle_column.cohort"), pinned=True, width=100),
            "size": st.column_config.NumberColumn(text("lifecycle_column.size"), format="localized", width=80),
            **{one: st.column_config.NumberColumn(f"+{one}", format=form, width=64) for one in keys},
        },
    )  # fmt: skip


def _tinted(table: pl.DataFrame, keys: list[str]) -> Any:
    """The deeper the larger, of the months after the first; a loss is red."""
    most = max((abs(v) for key in keys if key != "0" for v in table[key].drop_nulls().to_list()), default=1.0) or 1.0

    def colour(value: float) -> str:
        if not abs(value) > 0:
            return ""
        tone = "59,125,216" if value > 0 else "209,73,91"
        return f"background-color:rgba({tone},{0.05 + 0.4 * min(abs(value) / most, 1.0):.2f})"

    return table.to_pandas().style.map(colour, subset=[key for key in keys if key != "0"])
