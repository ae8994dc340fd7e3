"""Quality: cards, yield by operation and rolled over the routing, defects, control charts, cost of poor quality."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl
import streamlit as st

from tower.charts import trend_figure
from tower.charts.pareto import pareto_figure
from tower.exports import Column, ColumnKind
from tower.queries import quality
from tower.queries.quality import Chosen
from tower.ui import quality_filters, states, url
from tower.ui.cached import ask
from tower.ui.cards import show_cards
from tower.ui.control_charts import show_control
from tower.ui.detail import PARAMETERS as DETAIL_PARAMETERS
from tower.ui.detail import show_detail
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.scorecard import read_cards
from tower.ui.tables import show_table
from tower.ui.view import View

PARAMETERS = (
    "centre", "shift", "item", "supplier", "section", "defects", "defect", "characteristic", "base", *DETAIL_PARAMETERS,
)  # fmt: skip
METRICS = (
    "first_pass_yield_rate", "operation_scrap_rate", "rework_rate", "inspection_acceptance_rate",
    "incoming_inspection_defect_ppm", "quality_cost_value",
)  # fmt: skip
MOST_BARS = 15
_YIELDS: dict[str, ColumnKind] = {
    "made": "text", "sequence": "integer", "operation_name": "text", "work_centre_id": "text",
    "first_pass_yield": "percent", "scrap_ratio": "percent", "rework_ratio": "percent",
    "produced_quantity": "quantity", "first_pass_quantity": "quantity", "scrap_quantity": "quantity",
    "rework_quantity": "quantity",
}  # fmt: skip
_ROLLED: dict[str, ColumnKind] = {
    "made": "text",
    "rolled_yield": "percent",
    "operations": "integer",
    "produced_quantity": "quantity",
}
_DEFECTS: dict[str, ColumnKind] = {
    "rejected_quantity": "quantity",
    "share": "percent",
    "cumulative_share": "percent",
    "inspections": "integer",
}
_REJECTIONS: dict[str, ColumnKind] = {
    "inspection_id": "text", "inspection_type": "text", "inspected_date": "day", "made": "text", "defect_code": "text",
    "inspected_quantity": "quantity", "rejected_quantity": "quantity", "disposition": "text", "supplier_name": "text",
    "production_order_id": "text", "lot_id": "text", "location_id": "text",
}  # fmt: skip
CLASSES = ("prevention", "appraisal", "internal_failure", "external_failure")


def show_page(view: View) -> None:
    """The whole page below its title."""
    if view.missing["first_pass_yield_rate"] and view.missing["inspection_acceptance_rate"]:
        missing = (*view.missing["first_pass_yield_rate"], *view.missing["inspection_acceptance_rate"])
        states.not_connected(view.text, missing)
        return
    view, picked = quality_filters.choose(view, ("plant", "centre", "shift", "item", "supplier"))
    period = view.selection.period
    chosen = Chosen(
        period.start, period.end, picked["plant"], picked["centre"], picked["shift"], picked["item"], picked["supplier"]
    )
    show_cards(view, view.text("quality.cards"), list(read_cards(view, METRICS).values()))
    if url.value("metric") in METRICS:
        show_detail(view, url.value("metric"))
    section = url.segments(
        view.text("quality.section"), "section", list(SECTIONS), lambda one: view.text(f"quality.section_{one}"),
        default="yield", label_visibility="collapsed",
    )  # fmt: skip
    SECTIONS[section](view, chosen)


def named(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """With `made`: the item's code and its name in the reader's language."""
    rows = frame.select("item_id", "item_name", "item_name_zh").rows()
    names = [f"{item} · {view.text.pick(name or item, name_zh)}" for item, name, name_zh in rows]
    return frame.with_columns(pl.Series("made", names, pl.String))


def _show_yields(view: View, chosen: Chosen) -> None:
    text = view.text
    operations = ask(view.warehouse, quality.yield_by_operation, chosen)
    show_table(
        view, "rolled_yield", text("quality.rolled"), named(view, quality.rolled_yield(operations)),
        columns_of(view, "quality_column", _ROLLED), note=text("quality.rolled_note"),
    )  # fmt: skip
    show_table(
        view, "yield_by_operation", text("quality.operations"), named(view, operations),
        columns_of(view, "quality_column", _YIELDS), note=text("quality.operations_note"),
    )  # fmt: skip


def _show_defects(view: View, chosen: Chosen) -> None:
    text, numbers = view.text, view.numbers
    by = url.segments(
        text("quality.defects_by"), "defects", list(quality.DEFECT_GROUPS),
        lambda one: text(f"quality.by_{one}"), default="defect",
    )  # fmt: skip
    frame = ask(view.warehouse, quality.defects, chosen, by)
    if frame.is_empty():
        states.empty(text)
        return
    rows = frame.select("value", "label", "label_zh").rows()
    names = [text.pick(label or value or text("quality.no_code"), label_zh) for value, label, label_zh in rows]
    shown = frame.with_columns(pl.Series("member", names, pl.String))
    head = shown.head(MOST_BARS)
    columns = [Column("member", text(f"quality.by_{by}")), *columns_of(view, "quality_column", _DEFECTS)]
    title = text("quality.pareto", by=text(f"quality.by_{by}"))
    st.markdown(f"**{title}**")
    st.caption(text(f"quality.pareto_note_{'scrap' if by == 'work_centre' else 'inspections'}", shown=head.height,
                    members=frame.height))  # fmt: skip
    show_figure(
        view, f"pareto_{by}",
        pareto_figure(
            head["member"].to_list(), head["share"].to_list(), head["cumulative_share"].to_list(),
            label=lambda share: numbers.value(share, "percent", 0), line=text("quality_column.cumulative_share"),
        ),
        lambda: shown, columns, provenance(view, title),
    )  # fmt: skip
    show_table(view, f"defects_{by}", text("quality.defects"), shown, columns)
    if by == "work_centre":
        return
    known = {value: name for value, name in zip(frame["value"].to_list(), names, strict=True) if value}
    member = url.select(
        text(f"quality.by_{by}"), "defect", list(known), known.__getitem__, default=None, placeholder=text("filter.all")
    )

    def worded(found: pl.DataFrame) -> pl.DataFrame:
        return named(view, found).with_columns(
            pl.Series("inspection_type", [text(f"quality.type_{one}") for one in found["inspection_type"]], pl.String),
            pl.Series(
                "disposition",
                [text(f"quality.disposition_{one}") if one else None for one in found["disposition"]], pl.String,
            ),
        )  # fmt: skip

    show_table(
        view, "rejections", text("quality.rejections"),
        worded(ask(view.warehouse, quality.rejections, chosen, by, member, quality.MOST_ROWS)),
        columns_of(view, "quality_column", _REJECTIONS),
        everything=lambda: worded(quality.rejections(view.warehouse, chosen, by, member, None)),
        note=text("quality.rejections_note", most=quality.MOST_ROWS),
    )  # fmt: skip


def _show_costs(view: View, chosen: Chosen) -> None:
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, quality.costs, chosen)
    st.markdown(f"**{text('quality.costs')}**")
    st.caption(text("quality.costs_note"))
    if frame.is_empty():
        states.empty(text)
        return
    classes = dict(frame.group_by("cost_class").agg(pl.col("value").sum()).rows())
    with st.grid(4, min_column_width=170, gap="small"):
        for one in CLASSES:
            value = numbers.value(classes[one], "money") if one in classes else text("quality.not_connected")
            st.metric(
                text(f"quality.class_{one}"),
                value,
                help=text(f"quality.class_{one}_help"),
                border=True,
                height="stretch",
            )
    by_month = frame.group_by("month").agg(value=pl.col("value").sum()).sort("month").rename({"month": "period"})
    show_figure(
        view, "quality_costs_by_month",
        trend_figure(
            by_month, label=lambda value: numbers.value(value, "money"),
            tick=lambda value: numbers.tick(value, "money"),
            period_label=numbers.month, tick_label=lambda day: numbers.within_year(day, "month"), is_amount=True,
            height=230,
        ),
        lambda: by_month,
        [Column("period", text("grain.month"), "day"), Column("value", text("quality.costs"), "money")],
        provenance(view, text("quality.costs")),
    )  # fmt: skip
    kinds = frame.group_by("cost_class", "cost_kind", "reason").agg(
        pl.col("value", "documents").sum()
    ).sort(["value", "cost_kind", "reason"], descending=[True, False, False])  # fmt: skip
    show_table(
        view, "quality_costs", text("quality.cost_kinds"),
        kinds.with_columns(
            pl.Series("cost_class", [text(f"quality.class_{one}") for one in kinds["cost_class"]], pl.String),
            pl.Series("cost_kind", [text(f"quality.kind_{one}") for one in kinds["cost_kind"]], pl.String),
            pl.Series(
                "reason",
                [text(f"quality.case_{why}") if kind == "service_cases" else why
                 for kind, why in kinds.select("cost_kind", "reason").rows()],
                pl.String,
            ),
        ),
        columns_of(view, "quality_column", {"cost_class": "text", "cost_kind": "text", "reason": "text",
                                            "value": "money", "documents": "integer"}),
    )  # fmt: skip


SECTIONS: Mapping[str, Callable[[View, Chosen], None]] = {
    "yield": _show_yields, "defects": _show_defects, "control": show_control, "costs": _show_costs,
}  # fmt: skip
