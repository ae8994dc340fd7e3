"""Aged stock from month end to month end: a figure of one month, the table of twelve, and the documents behind them."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.charts.waterfall import waterfall_figure
from tower.exports import Column, ColumnKind
from tower.queries import aged_stock, stock_bridge
from tower.queries.aged_stock import Where
from tower.queries.stock_bridge import ENTRIES, EXITS
from tower.ui import url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.view import View

LIMITS = (90, 180, 365)
_DOCUMENTS: dict[str, ColumnKind] = {
    "flow": "text", "event_date": "day", "item_id": "text", "item": "text", "location_id": "text",
    "quantity": "quantity", "value": "money", "document": "text", "original_receipt_date": "day",
}  # fmt: skip
_MOST_DOCUMENTS = 500


def show_bridge(view: View, where: Where) -> None:
    """Choose the age and the month; the figure closes by construction, the table says so for every month."""
    text, numbers = view.text, view.numbers
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        rule = dict(ask(view.warehouse, aged_stock.rules).select("rule", "value").rows())["aged_after_days"]
        standard = str(int(rule)) if int(rule) >= stock_bridge.LEAST_DAYS else str(LIMITS[1])
        limits = sorted({*(str(one) for one in LIMITS), standard}, key=int)
        after = url.segments(
            text("aged_stock.after"), "after", limits, lambda one: text("aged_stock.over", days=one), default=standard
        )
        frame = ask(view.warehouse, stock_bridge.bridge, where, int(after))
        ends = [day.isoformat() for day in frame["end_date"]]
        month = url.select(
            text("aged_stock.month"), "month", ends[::-1],
            lambda one: numbers.month(frame["end_date"][ends.index(one)]), default=ends[-1], width=180,
        )  # fmt: skip
    row = frame.row(ends.index(month or ends[-1]), named=True)
    kinds = [kind for kind in (*ENTRIES, *EXITS) if abs(row[kind]) >= 0.005]
    names = [
        text("aged_stock.at", day=numbers.day(row["start_date"])),
        *(text(f"bridge.{kind}") for kind in kinds),
        text("aged_stock.at", day=numbers.day(row["end_date"])),
    ]
    amounts = [row["start_value"], *(row[kind] for kind in kinds), row["end_value"]]
    title = text("aged_stock.bridge", days=after)
    show_figure(
        view, "bridge",
        waterfall_figure(
            [name.replace(" ", "<br>", 1) if view.text.language == "en" else name for name in names], amounts,
            label=lambda value: numbers.value(value, "money"), tick=lambda value: numbers.tick(value, "money"),
        ),
        lambda: pl.DataFrame({"step": names, "value": amounts}),
        [Column("step", text("aged_column.step")), Column("value", text("aged_column.value"), "money")],
        provenance(view, title, is_filtered=False),
    )  # fmt: skip
    columns = [
        Column("end_date", text("aged_column.month_end"), "day"),
        Column("start_value", text("aged_column.start_value"), "money"),
        *(
            Column(kind, text(f"bridge.{kind}"), "money")
            for kind in (*ENTRIES, *EXITS)
            if float(frame[kind].abs().sum()) >= 0.005
        ),
        Column("end_value", text("aged_column.end_value"), "money"),
        Column("difference", text("aged_column.difference"), "money"),
    ]
    checked = frame.with_columns(
        difference=(pl.col("end_value") - pl.col("start_value") - pl.sum_horizontal(*ENTRIES, *EXITS)).round(6)
    ).sort("end_date", descending=True)
    show_choice(
        view, "bridge_months", text("aged_stock.bridge_months"), checked, columns, parameter="month", ids=ends[::-1],
        note=text("aged_stock.bridge_note"),
    )  # fmt: skip
    _show_documents(view, where, int(after), row["start_date"], row["end_date"])


def _show_documents(view: View, where: Where, days: int, start: object, end: object) -> None:
    text, numbers = view.text, view.numbers
    found = ask(view.warehouse, stock_bridge.documents, where, days, start, end)
    items = [text.pick(*row) for row in found.select("item_name", "item_name_zh").rows()]
    kinds = [text(f"bridge.{one}") for one in found["kind"]]
    shown = found.with_columns(pl.Series("item", items, pl.String), pl.Series("flow", kinds, pl.String))
    show_choice(
        view, "bridge_documents", text("aged_stock.bridge_documents"), shown.head(_MOST_DOCUMENTS),
        columns_of(view, "aged_column", _DOCUMENTS),
        note=text(
            "aged_stock.documents_note", shown=numbers.integer(min(_MOST_DOCUMENTS, found.height)),
            all=numbers.integer(found.height),
        ),
        widths={"item": 190}, empty=text("aged_stock.no_documents"),
    )  # fmt: skip
