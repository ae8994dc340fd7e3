"""What customers answer: CSAT and NPS month by month with how many answered and how sure that is, then by group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
import streamlit as st

from tower.after_sales import net_promoter_interval, share_interval
from tower.charts.answers import answers_figure
from tower.exports import Column, ColumnKind
from tower.queries import after_sales as questions
from tower.ui import states, url
from tower.ui.after_sales.asked import Asked
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.tables import show_table
from tower.ui.view import View

# Below so many answers a figure is shown with a warning.
FEW_ANSWERS = 30
MOST_POINTS = 25
GROUPS = ("month", "segment", "case_type")
_COLUMNS: dict[str, ColumnKind] = {
    "name": "text", "csat": "percent", "csat_low": "percent", "csat_high": "percent", "csat_responses": "integer",
    "nps": "number", "nps_low": "number", "nps_high": "number", "nps_responses": "integer", "promoters": "integer",
    "detractors": "integer", "few": "text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Survey:
    """How one survey is drawn: unit, the limits of its scale, and columns of value, bounds and count."""

    unit: str
    span: tuple[float, float]
    columns: tuple[str, str, str, str]


SURVEYS = {
    "csat": _Survey("percent", (0.0, 1.0), ("csat", "csat_low", "csat_high", "csat_responses")),
    "nps": _Survey("points", (-100.0, 100.0), ("nps", "nps_low", "nps_high", "nps_responses")),
}


def with_intervals(frame: pl.DataFrame) -> pl.DataFrame:
    """Counts of answers with csat (0 to 1) and nps (−100 to 100), each with the bounds of its interval."""
    rows = []
    for row in frame.iter_rows(named=True):
        csat = share_interval(row["satisfied"], row["csat_responses"])
        nps = net_promoter_interval(row["promoters"], row["detractors"], row["nps_responses"])
        net = (row["promoters"] - row["detractors"]) / row["nps_responses"] * 100 if nps else None
        rows.append(
            (
                row["satisfied"] / row["csat_responses"] if csat else None, *(csat or (None, None)),
                net, *([one * 100 for one in nps] if nps else (None, None)),
            )
        )  # fmt: skip
    names = ["csat", "csat_low", "csat_high", "nps", "nps_low", "nps_high"]
    made = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Float64), orient="row")
    return pl.concat([frame, made], how="horizontal")


def show_satisfaction(view: View, asked: Asked) -> None:
    """Two figures by month, and a table by month, segment or type of case."""
    text = view.text
    months = with_intervals(ask(view.warehouse, questions.satisfaction, asked.chosen, "month"))
    if months.is_empty():
        states.empty(text, text("after_sales.no_answers"))
        return
    if asked.chosen.families:
        st.caption(f":material/filter_list_off: {text('after_sales.answers_no_family')}")
    left, right = st.columns(2, gap="large")
    with left:
        _show_survey(view, months, "csat")
    with right:
        _show_survey(view, months, "nps")
    by = url.segments(
        text("after_sales.answers_by"), "answers", GROUPS, lambda one: text(f"after_sales.by_{one}"), default="month"
    )
    frame = with_intervals(ask(view.warehouse, questions.satisfaction, asked.chosen, by))
    naming: dict[str, Callable[..., str]] = {
        "month": view.numbers.month,
        "segment": lambda one: text.term("customer_segment", one) if one else text("after_sales.no_segment"),
        "case_type": lambda one: asked.types.get(one, one) or text("after_sales.no_case"),
    }
    few = [
        ", ".join(name for name, count in (("CSAT", csat), ("NPS", nps)) if 0 < count < FEW_ANSWERS) or None
        for csat, nps in frame.select("csat_responses", "nps_responses").rows()
    ]
    shown = frame.with_columns(
        pl.Series("name", [naming[by](one) for one in frame["value"]], pl.String),
        # Without the sign that rounding leaves on nothing.
        pl.col("nps", "nps_low", "nps_high").round(0) + 0.0,
        pl.Series("few", few, pl.String),
    )
    title = text("after_sales.answers_table", by=text(f"after_sales.by_{by}"))
    show_table(
        view, f"after_sales_answers_{by}", title, shown, columns_of(view, "after_sales_column", _COLUMNS),
        note=text("after_sales.answers_note", few=FEW_ANSWERS), about=provenance(view, title),
    )  # fmt: skip


def _show_survey(view: View, months: pl.DataFrame, name: str) -> None:
    text, numbers, survey = view.text, view.numbers, SURVEYS[name]
    value, low, high, count = survey.columns
    shown = months.filter(pl.col(count) > 0).tail(MOST_POINTS)
    title = text(f"after_sales.{name}_by_month")
    st.markdown(f"**{title}**")
    if shown.is_empty():
        states.empty(text, text("after_sales.no_answers"))
        return
    st.caption(text("after_sales.survey_note", answers=numbers.integer(int(shown[count].sum()))))

    def label(one: float) -> str:
        return numbers.value(one, survey.unit, 0)

    columns = [
        Column("value", text("grain.month"), "day"),
        *columns_of(view, "after_sales_column", {one: _COLUMNS[one] for one in survey.columns}),
    ]
    figure = answers_figure(
        [numbers.month(one) for one in shown["value"]], shown[value].to_list(), shown[low].to_list(),
        shown[high].to_list(),
        notes=[text("after_sales.answers_count", count=numbers.integer(one)) for one in shown[count]],
        ticks=[f"{numbers.within_year(one, 'month')}<br>{one.year}" for one in shown["value"]],
        label=label, tick=lambda one: numbers.tick(one, survey.unit), span=survey.span,
    )  # fmt: skip
    show_figure(view, f"after_sales_{name}", figure, lambda: shown, columns, provenance(view, title))
