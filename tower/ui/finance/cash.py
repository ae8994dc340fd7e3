"""Cash of the next thirteen weeks: what comes in, what goes out, and the documents of a week."""

from __future__ import annotations

from datetime import date

import polars as pl
import streamlit as st

from tower.charts.bars import bar_figure
from tower.exports import ColumnKind
from tower.finance.cash_outlook import INFLOWS, OUTFLOWS, WEEKS, weekly_cash
from tower.finance.payment_habits import MOST_DAYS_OVERDUE
from tower.queries import cash_outlook as questions
from tower.ui import url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.view import View

_WEEKS: dict[str, ColumnKind] = {
    "start": "day", **dict.fromkeys((*INFLOWS, *OUTFLOWS), "money"), "net": "money", "closing": "money",
    "week": "integer",
}  # fmt: skip
_DOCUMENTS: dict[str, ColumnKind] = {
    "day": "day", "flow": "text", "document_id": "text", "party_name": "text", "value": "money", "party_id": "text",
}  # fmt: skip


def show_cash(view: View) -> None:
    """Cards, the course of the balance, the weeks, and the documents of the chosen week."""
    text, numbers = view.text, view.numbers
    opening = ask(view.warehouse, questions.opening_cash)
    documents = ask(view.warehouse, questions.cash_documents)
    weeks = weekly_cash(documents, opening or 0.0, view.build.as_of)
    lowest = weeks.row(weeks["closing"].arg_min() or 0, named=True)
    cards = (
        ("opening_cash", numbers.value(opening, "money")),
        ("inflow", numbers.value(float(weeks.select(pl.sum_horizontal(pl.col(INFLOWS)).sum()).item()), "money")),
        ("outflow", numbers.value(float(weeks.select(pl.sum_horizontal(pl.col(OUTFLOWS)).sum()).item()), "money")),
        ("lowest", numbers.value(lowest["closing"], "money")),
    )
    with st.grid(4, min_column_width=200, gap="small"):
        for name, value in cards:
            note = text("finance.in_week", day=numbers.day(lowest["start"])) if name == "lowest" else None
            st.metric(
                text(f"finance.card_{name}"), value, delta=note, delta_color="off", delta_arrow="off", border=True,
                help=text(f"finance.card_{name}_help"), height="stretch",
            )  # fmt: skip
    doubtful = ask(view.warehouse, questions.doubtful)
    st.caption(text("finance.cash_leaves_out", days=MOST_DAYS_OVERDUE, value=numbers.value(doubtful, "money")))
    title = text("finance.cash_course", weeks=WEEKS)
    columns = columns_of(view, "finance_column", _WEEKS)
    st.markdown(f"**{title}**")
    show_figure(
        view, "cash_outlook",
        bar_figure(
            weeks.select(name=pl.Series([numbers.day(one) for one in weeks["start"]]), value=pl.col("closing")),
            label=lambda one: numbers.value(one, "money"),
        ),
        lambda: weeks, columns, provenance(view, title, is_filtered=False),
    )  # fmt: skip
    ids = [str(one) for one in weeks["week"]]
    show_choice(
        view, "cash_weeks", text("finance.cash_weeks"), weeks, columns, parameter="week", ids=ids,
        note=text("finance.cash_weeks_note"),
    )  # fmt: skip
    chosen = url.value("week") if url.value("week") in ids else "1"
    row = weeks.row(int(chosen) - 1, named=True)
    _show_documents(view, documents, int(chosen), row["start"])


def _show_documents(view: View, documents: pl.DataFrame, week: int, start: date) -> None:
    text = view.text
    late = pl.col("day") < pl.lit(start).dt.offset_by("7d")
    early = pl.col("day") >= pl.lit(start) if week > 1 else pl.lit(value=True)
    found = documents.filter(early & late)
    words = [text(f"finance_column.{one}") for one in found["flow"]]
    signed = pl.when(pl.col("flow").is_in(OUTFLOWS)).then(-pl.col("value")).otherwise(pl.col("value"))
    shown = found.with_columns(value=signed).with_columns(pl.Series("flow", words, pl.String))
    ranked = shown.sort([pl.col("value").abs(), pl.col("document_id")], descending=[True, False])
    show_choice(
        view, "cash_documents", text("finance.cash_documents", day=view.numbers.day(start)), ranked,
        columns_of(view, "finance_column", _DOCUMENTS), tallest=380, widths={"party_name": 240},
    )  # fmt: skip
