"""The figures of scenarios beside the base: what matters most as cards, all as a table, money by month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from planning.scenarios.measures import HORIZON_DAYS, MEASURES
from tower.charts import compared_months_figure
from tower.exports import Column, ColumnKind
from tower.i18n.numbers import MISSING
from tower.scenarios.base import PlanningBase
from tower.scenarios.run import Ran, difference, is_better, months_side_by_side, side_by_side
from tower.ui.downloads import provenance, show_downloads
from tower.ui.figures import show_figure
from tower.ui.view import View

CARDS = ("on_time_share", "late_value", "stock_value_mean", "purchases")
SHOWN = (
    "on_time_share", "late_lines", "late_value", "late_customers", "late_line_days", "late_forecast_value",
    "stock_value_mean", "stock_value_end", "purchases", "payments", "production_hours", "overload_hours",
    "overloaded_weeks", "planned_orders", "past_due_releases", "findings",
)  # fmt: skip
# Fewer digits than this are no change to speak of.
_NOTHING = 1e-9
_GREEN, _RED, _GREY = "#1a8f5a", "#d1495b", "#8a94a6"
_KINDS: dict[str, ColumnKind] = {"money": "money", "share": "percent", "hours": "number"}


def show_cards(view: View, base: PlanningBase, one: Ran) -> None:
    """The chosen scenario at a glance."""
    with st.grid(4, min_column_width=150, gap="small"):
        for name in CARDS:
            change = _change(base, one, name)
            better = is_better(name, change)
            st.metric(
                view.text(f"scenario_measure.{name}"), written(view, name, one.figures[name]),
                delta=signed(view, name, change) if change else view.text("scenarios.same"),
                delta_color="gray" if better is None else "green" if better else "red",
                delta_arrow="off" if not change else "up" if change > 0 else "down", border=True, height="stretch",
            )  # fmt: skip


def show_figures(view: View, base: PlanningBase, others: Sequence[tuple[str, Ran]]) -> None:
    """Every measure of the base and of each scenario, with the difference and whether it is for the better."""
    text = view.text
    frame = side_by_side(base.figures, others)
    title = text("scenarios.figures")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width="content"):
            st.markdown(f"**{title}**")
            st.caption(text("scenarios.figures_note", days=HORIZON_DAYS))
        names = [name for name in frame.columns if name not in ("measure", "unit")]
        columns = (
            Column("measure", text("scenarios.measure")), Column("unit", text("scenarios.unit")),
            *(Column(name, text("scenarios.base") if name == "base" else name, "number") for name in names),
        )  # fmt: skip
        named = frame.with_columns(
            pl.col("measure").replace_strict({one: text(f"scenario_measure.{one}") for one in MEASURES}),
            pl.col("unit").replace_strict({unit: text(f"scenario_unit.{_key(unit)}") for unit, _ in MEASURES.values()}),
        )
        show_downloads(view, "scenario_figures", lambda: named, lambda _: columns, about_scenarios(view, title, others))
    shown: dict[str, list[str]] = {
        "measure": [text(f"scenario_measure.{one}") for one in SHOWN],
        "base": [written(view, one, base.figures[one]) for one in SHOWN],
    }
    colours: dict[str, list[str]] = {}
    for number, (_, one) in enumerate(others):
        changes = [_change(base, one, name) for name in SHOWN]
        shown[f"after_{number}"] = [written(view, name, one.figures[name]) for name in SHOWN]
        shown[f"change_{number}"] = [_judged(view, name, change) for name, change in zip(SHOWN, changes, strict=True)]
        colours[f"change_{number}"] = [_colour(name, change) for name, change in zip(SHOWN, changes, strict=True)]
    labels = {"measure": text("scenarios.measure"), "base": text("scenarios.base")}
    for number, (name, _) in enumerate(others):
        labels |= {f"after_{number}": name, f"change_{number}": text("scenarios.change_of", name=name)}
    st.dataframe(
        pl.DataFrame(shown).to_pandas().style.apply(lambda column: colours.get(str(column.name), [""] * len(column))),
        hide_index=True, height="content", alt=title, key=f"figures_{len(others)}",
        column_config={
            name: st.column_config.TextColumn(label, pinned=name == "measure" and len(others) > 1,
                                              alignment="left" if name == "measure" else "right")
            for name, label in labels.items()
        },
    )  # fmt: skip


def show_months(view: View, base: PlanningBase, others: Sequence[tuple[str, Ran]]) -> None:
    """Purchases by the month they are due, payments by the month they are paid."""
    text, numbers = view.text, view.numbers
    frame = months_side_by_side(base.months, others)
    with st.grid(2, min_column_width=330, gap="medium"):
        for measure in ("purchases", "payments"):
            part = frame.filter(pl.col("measure") == measure)
            if part.is_empty():
                continue
            title = text(f"scenarios.{measure}_by_month")
            names = {"base": text("scenarios.base"), **{name: name for name, _ in others}}
            figure = compared_months_figure(
                part, names, label=lambda value: numbers.exact(round(value), "money"),
                tick=lambda value: numbers.tick(value, "money"), month=lambda day: numbers.within_year(day, "month"),
            )  # fmt: skip
            columns = (Column("month", text("scenarios.month"), "day"),
                       *(Column(name, label, "money") for name, label in names.items()))  # fmt: skip
            with st.container(gap="xsmall"):
                st.markdown(f"**{title}**")
                show_figure(
                    view, f"scenario_{measure}", figure, lambda part=part: part, columns,  # type: ignore[misc]
                    about_scenarios(view, title, others),
                )  # fmt: skip


def about_scenarios(view: View, title: str, others: Sequence[tuple[str, Ran]]) -> Any:
    """Where a file of a comparison comes from."""
    listed = view.text.listed(name for name, _ in others)
    return provenance(view, title, ((view.text("scenarios.scenarios"), listed),), is_filtered=False)


def written(view: View, measure: str, value: float | None) -> str:
    """A figure as it is shown."""
    unit = MEASURES[measure][0]
    if value is None:
        return MISSING
    if unit == "money":
        return view.numbers.value(value, "money")
    if unit == "share":
        return view.numbers.value(value, "percent")
    return view.numbers.integer(value)


def signed(view: View, measure: str, change: float) -> str:
    """A difference with its sign; shares in points."""
    sign = "+" if change > 0 else "−"
    if MEASURES[measure][0] == "share":
        return f"{sign}{abs(change) * 100:,.1f} {view.text('unit.points')}"
    return f"{sign}{written(view, measure, abs(change))}"


def _change(base: PlanningBase, one: Ran, measure: str) -> float | None:
    found = difference(base.figures[measure], one.figures[measure])
    return 0.0 if found is not None and abs(found) < _NOTHING else found


def _judged(view: View, measure: str, change: float | None) -> str:
    if change is None:
        return MISSING
    if not change:
        return "="
    better = is_better(measure, change)
    word = "" if better is None else f" {view.text('scenarios.better' if better else 'scenarios.worse')}"
    return f"{signed(view, measure, change)} {'▲' if change > 0 else '▼'}{word}"


def _colour(measure: str, change: float | None) -> str:
    better = is_better(measure, change)
    return f"color:{_GREY if better is None else _GREEN if better else _RED}"


def _key(unit: str) -> str:
    return unit.replace(" ", "_")
