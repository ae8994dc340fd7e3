"""Cases by type, item, family, customer or severity: which few make up most of them, and the cases themselves."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.charts.pareto import pareto_figure
from tower.exports import Column, ColumnKind
from tower.queries import after_sales as questions
from tower.ui import states, url
from tower.ui.after_sales.asked import CASE_COLUMNS, Asked, worded
from tower.ui.after_sales.overview import choose_measure
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.tables import show_table
from tower.ui.view import View

MOST_BARS = 15
MOST_ITEMS = 50
MOST_CASES = 300
_COLUMNS: dict[str, ColumnKind] = {
    "cases": "integer", "share": "percent", "cumulative_share": "percent", "cost_value": "money",
    "warranty_cost_value": "money", "failures": "integer", "repeats": "integer", "open_cases": "integer",
}  # fmt: skip


def show_breakdown(view: View, asked: Asked) -> None:
    """The Pareto figure by a group, its table, types by item, and the cases of a member."""
    text, numbers = view.text, view.numbers
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        by = url.select(
            text("after_sales.by"), "by", list(questions.GROUPS), lambda one: text(f"after_sales.by_{one}"),
            default="item", width=200, label_visibility="collapsed",
        ) or "item"  # fmt: skip
        measure = choose_measure(view)
    frame = ask(view.warehouse, questions.breakdown, asked.chosen, by, measure)
    if frame.is_empty():
        states.empty(text, text("after_sales.no_cases"))
        return
    shown = frame.with_columns(pl.Series("member", _members(view, asked, frame, by), pl.String))
    head = shown.head(MOST_BARS)
    columns = [Column("member", text(f"after_sales.by_{by}")), *columns_of(view, "after_sales_column", _COLUMNS)]
    title = text(f"after_sales.pareto_{measure}", by=text(f"after_sales.by_{by}"))
    st.markdown(f"**{title}**")
    st.caption(text("after_sales.pareto_note", shown=head.height, members=frame.height))
    show_figure(
        view, f"after_sales_pareto_{by}_{measure}",
        pareto_figure(
            head["member"].to_list(), head["share"].to_list(), head["cumulative_share"].to_list(),
            label=lambda share: numbers.value(share, "percent", 0), line=text("after_sales_column.cumulative_share"),
        ),
        lambda: shown, columns, provenance(view, title),
    )  # fmt: skip
    show_table(
        view, f"after_sales_{by}", text("after_sales.members", by=text(f"after_sales.by_{by}")), shown, columns,
        about=provenance(view, title),
    )  # fmt: skip
    _show_matrix(view, asked, measure)
    _show_cases(view, asked, by, dict(zip(frame["value"].to_list(), shown["member"].to_list(), strict=True)))


def _members(view: View, asked: Asked, frame: pl.DataFrame, by: str) -> list[str]:
    nothing = view.text("after_sales.no_member")
    names = asked.types if by == "case_type" else asked.severities if by == "severity" else {}
    return [
        (names.get(value) or view.text.pick(label or value, label_zh)) if value else nothing
        for value, label, label_zh in frame.select("value", "label", "label_zh").rows()
    ]


def _show_matrix(view: View, asked: Asked, measure: str) -> None:
    """Items down, types across."""
    text = view.text
    frame = ask(view.warehouse, questions.type_by_item, asked.chosen)
    kinds = [one for one in asked.types if one in set(frame["case_type"].to_list())]
    kind: ColumnKind = "money" if measure == "cost_value" else "integer"
    table = (
        worded(view, asked, frame.drop_nulls("item_id"))
        .group_by("item_id", "made")
        .agg(
            *(pl.col(measure).filter(pl.col("case_type") == one).sum().alias(f"of_{one}") for one in kinds),
            all=pl.col(measure).sum(),
        )
        .sort(["all", "item_id"], descending=[True, False])
    )
    columns = [
        Column("made", text("after_sales.by_item")),
        *(Column(f"of_{one}", asked.types[one], kind) for one in kinds),
        Column("all", text("after_sales.all_cases"), kind),
    ]
    title = text(f"after_sales.matrix_{measure}")
    show_table(
        view, "after_sales_matrix", title, table.head(MOST_ITEMS), columns, everything=lambda: table,
        note=text("after_sales.matrix_note", shown=min(MOST_ITEMS, table.height), items=table.height),
        about=provenance(view, title),
    )  # fmt: skip


def _show_cases(view: View, asked: Asked, by: str, members: dict[str | None, str]) -> None:
    text = view.text
    known = {value: name for value, name in members.items() if value}
    member = url.select(
        text(f"after_sales.by_{by}"), "member", list(known), known.__getitem__, default=None,
        placeholder=text("filter.all"), width=360,
    )  # fmt: skip
    frame = worded(view, asked, ask(view.warehouse, questions.cases, asked.chosen, by, member, MOST_CASES))
    show_choice(
        view, "after_sales_cases", text("after_sales.case_list"),
        frame.with_columns(pl.col("first_response_hours", "resolution_hours").round(1)),
        columns_of(view, "after_sales_column", CASE_COLUMNS), parameter="case", ids=frame["case_id"].to_list(),
        note=text("after_sales.case_list_note", most=MOST_CASES), tallest=380, widths={"customer": 190, "made": 210},
    )  # fmt: skip
