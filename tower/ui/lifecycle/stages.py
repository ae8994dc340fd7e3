"""Stock and flow of the stages, who moved from where to where, and the accounts behind a cell."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from tower.charts.stacked import stacked_figure
from tower.exports import Column, ColumnKind
from tower.queries import customer_lifecycle as questions
from tower.queries.customer_lifecycle import Chosen
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.downloads import provenance, show_downloads
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.lifecycle.choices import show_accounts, stage_names
from tower.ui.tables import show_table
from tower.ui.view import View

NEW = "new"
_FLOW: dict[str, ColumnKind] = {
    "stage_name": "text", "opening": "integer", "arrived": "integer", "moved_in": "integer", "moved_out": "integer",
    "closing": "integer", "rule": "text",
}  # fmt: skip
_MONTHS_DRAWN = 12


def show_stages(view: View, chosen: Chosen) -> None:
    """Choose the month; its flow, its moves, and the accounts of a move."""
    text, numbers = view.text, view.numbers
    days = ask(view.warehouse, questions.days)
    shown_days = days[:-1]
    names = {one.isoformat(): _period(view, one, days) for one in shown_days}
    last_month = next((one for one in shown_days[1:]), shown_days[0]).isoformat()
    picked = url.select(
        text("lifecycle.month"), "day", list(names), names.__getitem__, default=last_month, width=280
    )  # fmt: skip
    day = date.fromisoformat(picked or last_month)
    codes = stage_names(view)
    moves = ask(view.warehouse, questions.transitions, chosen, day)
    if moves.is_empty():
        states.empty(text, text("lifecycle.no_accounts"))
        return
    flow = questions.flows(moves, list(codes))
    before = days[days.index(day) + 1]
    note = text("lifecycle.flow_note", start=numbers.day(before), end=numbers.day(day))
    show_table(
        view, "flow", text("lifecycle.flow"),
        flow.with_columns(stage_name=pl.col("stage").replace(codes), rule=pl.col("stage").replace_strict(_rules(view))),
        columns_of(view, "lifecycle_column", _FLOW), note=note,
        about=provenance(view, text("lifecycle.flow"), is_filtered=False),
    )  # fmt: skip
    _show_matrix(view, moves, codes)
    _show_chosen(view, chosen, day, codes)
    _show_course(view, chosen, codes)


def _period(view: View, day: date, days: list[date]) -> str:
    if day == days[0]:
        return view.text("lifecycle.to_date", day=view.numbers.day(day))
    return view.numbers.month(day)


def _rules(view: View) -> dict[str, str]:
    """The rule of each stage with its thresholds, in the reader's language."""
    rows = ask(view.warehouse, questions.stages).iter_rows(named=True)
    said = {}
    for row in rows:
        numbers = {name: f"{value:g}" for name, value in row.items() if isinstance(value, int | float)}
        said[row["stage_code"]] = view.text.pick(row["rule"], row["rule_zh"]).format(**numbers)
    return said


def _show_matrix(view: View, moves: pl.DataFrame, codes: dict[str, str]) -> None:
    text = view.text
    counts = {(before or NEW, stage): count for before, stage, count in moves.rows()}
    rows = [one for one in (*codes, NEW) if any((one, stage) in counts for stage in codes)]
    table = pl.DataFrame(
        {
            "from": [codes.get(one, text("lifecycle.new")) for one in rows],
            **{stage: [counts.get((one, stage)) for one in rows] for stage in codes},
        },
        schema_overrides=dict.fromkeys(codes, pl.Int64),
    )
    title = text("lifecycle.matrix")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width="content"):
            st.markdown(f"**{title}**")
            st.caption(text("lifecycle.matrix_note"))
        columns = [Column("from", text("lifecycle.from")), *(Column(one, codes[one], "integer") for one in codes)]
        show_downloads(view, "matrix", lambda: table, lambda _: columns, provenance(view, title, is_filtered=False))

    def picked() -> None:
        cells = st.session_state["stage_matrix"]["selection"]["cells"]
        if cells and cells[0][1] in codes:
            url.write("move", f"{rows[cells[0][0]]}>{cells[0][1]}")

    st.dataframe(
        _tinted(table, list(codes)), hide_index=True, key="stage_matrix", on_select=picked,
        selection_mode="single-cell", height="content", placeholder="", alt=title,
        column_config={
            "from": st.column_config.TextColumn(text("lifecycle.from"), pinned=True, width=130),
            **{
                one: st.column_config.NumberColumn(f"→ {name}", format="localized", width=108)
                for one, name in codes.items()
            },
        },
    )  # fmt: skip


def _tinted(table: pl.DataFrame, codes: list[str]) -> Any:
    """The deeper the larger, of all cells."""
    most = max((value for one in codes for value in table[one].drop_nulls().to_list()), default=1)

    def colour(count: float) -> str:
        return f"background-color:rgba(59,125,216,{0.06 + 0.4 * (count / most) ** 0.5:.2f})" if count > 0 else ""

    return table.to_pandas().style.map(colour, subset=codes).format("{:,.0f}", subset=codes, na_rep="")


def _show_chosen(view: View, chosen: Chosen, day: date, codes: dict[str, str]) -> None:
    """The accounts of the cell in the URL."""
    text = view.text
    before, _, stage = url.value("move").partition(">")
    if stage not in codes or (before not in codes and before != NEW):
        st.caption(text("lifecycle.choose_cell"))
        return
    found = ask(view.warehouse, questions.accounts_of_move, chosen, day, before, stage)
    title = text(
        "lifecycle.moved", before=codes.get(before, text("lifecycle.new")), stage=codes[stage],
        count=view.numbers.integer(found.height),
    )  # fmt: skip
    show_accounts(view, "moved_accounts", title, found, text("lifecycle.accounts_note"))


def _show_course(view: View, chosen: Chosen, codes: dict[str, str]) -> None:
    """Customers by stage at the last month ends."""
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, questions.course, chosen)
    days = frame["day"].unique().sort().to_list()[-_MONTHS_DRAWN:]
    counts = {(day, stage): count for day, stage, count in frame.rows()}
    groups = {codes[one]: [float(counts.get((day, one), 0)) for day in days] for one in codes}
    figure = stacked_figure(
        [numbers.within_year(day, "month") for day in days],
        groups, label=lambda value: numbers.value(value, "count"), tick=lambda value: numbers.tick(value, "count"),
    )  # fmt: skip
    title = text("lifecycle.course")
    st.markdown(f"**{title}**")
    columns = [
        Column("day", text("lifecycle_column.day"), "day"),
        Column("stage", text("lifecycle_column.stage_name")),
        Column("customers", text("lifecycle_column.customers"), "integer"),
    ]
    show_figure(view, "course", figure, lambda: frame, columns, provenance(view, title, is_filtered=False))
