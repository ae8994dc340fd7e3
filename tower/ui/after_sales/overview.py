"""What kinds of cases come month by month, and how long customers wait for an answer and a solution."""

from __future__ import annotations

from datetime import date

import polars as pl
import streamlit as st

from tower.charts.stacked import stacked_figure
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

MEASURES = ("cases", "cost_value")
# More bars have no room for their totals; longer periods are drawn by quarter.
MOST_BARS = 13
_TIMES: dict[str, ColumnKind] = {
    "name": "text", "cases": "integer", "median": "number", "p90": "number", "plain_median": "number",
    "going_on": "integer", "target": "number", "in_target": "percent", "decided": "integer",
}  # fmt: skip


def show_overview(view: View, asked: Asked) -> None:
    """Cases by month and type, then times with the open cases in them."""
    text = view.text
    frame = ask(view.warehouse, questions.by_month, asked.chosen)
    if frame.is_empty():
        states.empty(text, text("after_sales.no_cases"))
        return
    measure = choose_measure(view)
    _show_months(view, asked, frame, measure)
    _show_times(view, asked)


def choose_measure(view: View) -> str:
    """Whether cases are counted or their cost is added up."""
    return url.segments(
        view.text("after_sales.measure"), "measure", MEASURES, lambda one: view.text(f"after_sales.measure_{one}"),
        default="cases", label_visibility="collapsed",
    )  # fmt: skip


def _show_months(view: View, asked: Asked, frame: pl.DataFrame, measure: str) -> None:
    text, numbers = view.text, view.numbers
    unit = "money" if measure == "cost_value" else "count"
    grain = "month" if frame["month"].n_unique() <= MOST_BARS else "quarter"
    if grain == "quarter":
        frame = frame.with_columns(pl.col("month").dt.truncate("1q"))
    sums = frame.group_by("month", "case_type").agg(pl.col(MEASURES).sum()).sort("month", "case_type")
    months: list[date] = sums["month"].unique().sort().to_list()
    values = {(month, kind): float(value) for month, kind, value in sums.select("month", "case_type", measure).rows()}
    kinds = [one for one in [*asked.types, ""] if any((month, one) in values for month in months)]
    names = {**asked.types, "": text("after_sales.no_type")}
    years = [None, *(one.year for one in months)]
    steps = [
        numbers.within_year(one, grain) + ("" if one.year == before else f"<br>{one.year}")
        for one, before in zip(months, years, strict=False)
    ]
    title = text(f"after_sales.months_{measure}")
    st.markdown(f"**{title}**")
    st.caption(text("after_sales.months_note"))
    shown = sums.with_columns(pl.Series("type_name", [names.get(one, one) for one in sums["case_type"]], pl.String))
    show_figure(
        view, f"after_sales_months_{measure}",
        stacked_figure(
            steps, {names.get(kind, kind): [values.get((month, kind), 0.0) for month in months] for kind in kinds},
            label=lambda value: numbers.value(value, unit), tick=lambda value: numbers.tick(value, unit),
        ),
        lambda: shown,
        [
            Column("month", text(f"grain.{grain}"), "day"), Column("type_name", text("after_sales.type")),
            Column("cases", text("after_sales_column.cases"), "integer"),
            Column("cost_value", text("after_sales_column.cost_value"), "money"),
        ],
        provenance(view, title),
    )  # fmt: skip


def _show_times(view: View, asked: Asked) -> None:
    text = view.text
    by = url.segments(
        text("after_sales.times_by"), "times", ("case_type", "severity"), lambda one: text(f"after_sales.by_{one}"),
        default="severity",
    )  # fmt: skip
    frame = ask(view.warehouse, questions.durations, asked.chosen, by)
    targets = ask(view.warehouse, questions.severities)
    names = asked.types if by == "case_type" else asked.severities
    places: dict[str | None, int] = {None: -1, **{one: place for place, one in enumerate(names)}}
    order = pl.Series("place", [places.get(one, len(places)) for one in frame["member"]], pl.Int64)
    frame = frame.with_columns(order).sort("place", maintain_order=True)
    for kind in questions.DURATIONS:
        hours = dict(targets.select("severity", f"{kind}_hours").rows()) if by == "severity" else {}
        shown = frame.select(
            pl.Series(
                "name",
                [text("after_sales.all_cases") if one is None else names.get(one, one) for one in frame["member"]],
                pl.String,
            ),
            cases=pl.col(f"{kind}_ended") + pl.col(f"{kind}_going_on"),
            median=pl.col(f"{kind}_median").cast(pl.Float64).round(1),
            p90=pl.col(f"{kind}_p90").cast(pl.Float64).round(1),
            plain_median=pl.col(f"{kind}_plain_median").cast(pl.Float64).round(1),
            going_on=pl.col(f"{kind}_going_on"),
            target=pl.Series([hours.get(one) for one in frame["member"]], dtype=pl.Float64),
            in_target=pl.when(pl.col(f"{kind}_decided") > 0).then(pl.col(f"{kind}_kept") / pl.col(f"{kind}_decided")),
            decided=pl.col(f"{kind}_decided"),
        )  # fmt: skip
        columns = [one for one in columns_of(view, "after_sales_column", _TIMES) if one.name != "target" or hours]
        show_table(
            view, f"after_sales_{kind}", text(f"after_sales.{kind}"), shown, columns,
            note=text("after_sales.times_note"), about=provenance(view, text(f"after_sales.{kind}")),
        )  # fmt: skip
