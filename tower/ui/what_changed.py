"""Two builds compared: the figures, the documents behind a figure that moved, and what happened to the documents."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import streamlit as st

from tower.access import EVERYTHING
from tower.builds import BuildSummary
from tower.charts import trend_figure
from tower.exports import Column
from tower.metrics import is_explainable
from tower.queries import build_changes
from tower.queries.scorecard import SCORECARD_METRICS
from tower.ui import cached, states, url
from tower.ui.cached import ask
from tower.ui.explained import explain, in_points, show_explained
from tower.ui.figures import about_metric, export_kind, show_figure
from tower.ui.filters import choose_filters
from tower.ui.kept_builds import kept_builds, named_build
from tower.ui.scorecard import read_cards
from tower.ui.tables import show_table
from tower.ui.view import View
from tower.warehouse import Warehouse

PARAMETERS = ("section", "since", "metric", "bridge", "table")
SECTIONS = ("figures", "documents", "history")


def show_changes(view: View) -> None:
    """Everything below the title."""
    text = view.text
    builds = {one.build_id: one for one in kept_builds(view)}
    if not builds:
        states.empty(text, text("changes.no_other_build"))
        return
    with choose_filters(view):
        since = url.select(
            text("changes.since"), "since", list(builds), lambda name: named_build(view, builds[name]),
            default=next(iter(builds)), width=320, label_visibility="collapsed",
        )  # fmt: skip
    section = url.segments(
        text("changes.section"), "section", SECTIONS, lambda one: text(f"changes.section_{one}"), default="figures",
        label_visibility="collapsed",
    )  # fmt: skip
    build = builds[since or next(iter(builds))]
    if section == "figures":
        _show_figures(view, build)
    elif not view.scope.is_everything:
        states.forbidden(text, text("state.forbidden_scope"))
    elif section == "documents":
        _show_documents(view, build)
    else:
        _show_history(view)


def _other(view: View, build: BuildSummary) -> View:
    """The same reader, filters and days on the other build."""
    everything = cached.warehouse(build.file, EVERYTHING.key, EVERYTHING)
    return replace(
        view,
        build=build,
        warehouse=cached.warehouse(build.file, view.scope.key, view.scope),
        catalogue=cached.catalogue(build.file, everything),
    )


def _show_figures(view: View, build: BuildSummary) -> None:
    text, numbers = view.text, view.numbers
    other = _other(view, build)
    names = [name for name in SCORECARD_METRICS if name in view.catalogue.metrics and name in other.catalogue.metrics]
    now, then = read_cards(view, names), read_cards(other, names)
    shown = [name for name in names if now[name].state == "shown" and then[name].state == "shown"]
    rows = []
    for name in shown:
        metric = view.catalogue.metric(name)
        before, after = then[name].value, now[name].value
        change = "" if before is None or after is None else in_points(view, metric, after - before)
        rows.append(
            (
                view.label(name), numbers.exact(before, metric.unit, metric.decimals),
                numbers.exact(after, metric.unit, metric.decimals), "=" if before == after else change,
            )
        )  # fmt: skip
    frame = pl.DataFrame(rows, schema=dict.fromkeys(("name", "before", "after", "change"), pl.String), orient="row")
    columns = [Column(one, text(f"changes.{one}")) for one in frame.columns]
    period = view.selection.period
    note = text("changes.same_days", start=numbers.day(period.start), end=numbers.day(period.end))
    show_table(view, "changed_figures", text("changes.figures"), frame, columns, note=note)
    moved = [name for name in shown if now[name].value != then[name].value and is_explainable(view.catalogue, name)]
    if not moved:
        states.empty(text, text("changes.nothing_moved"))
        return
    name = url.select(
        text("changes.why"), "metric", moved, view.label, default=moved[0], width=380
    ) or moved[0]  # fmt: skip
    found = explain(view, name, f"build:{build.build_id}", "product_family")
    if found is None:
        states.empty(text, text("difference.no_value"))
        return
    label = text("difference.build", as_of=numbers.day(build.as_of), build=build.build_id[-6:])
    show_explained(view, view.catalogue.metric(name), label, found, "product_family")


def _show_documents(view: View, build: BuildSummary) -> None:
    text = view.text
    other = cached.warehouse(build.file, view.scope.key, view.scope)
    frame = _changed_documents((view.build.build_id, build.build_id), view.warehouse, other)
    named = frame.with_columns(
        kind=pl.Series([text.term("document_table", one) for one in frame["table_name"]], dtype=pl.String),
        often=pl.col("fields").list.join(", "),
    )
    columns = [
        Column("kind", text("changes.kind")), Column("rows_before", text("changes.rows_before"), "integer"),
        Column("rows_after", text("changes.rows_after"), "integer"), Column("new", text("changes.new"), "integer"),
        Column("gone", text("changes.gone"), "integer"), Column("changed", text("changes.changed"), "integer"),
        Column("often", text("changes.often")),
    ]  # fmt: skip
    show_table(view, "changed_documents", text("changes.documents"), named, columns)
    touched = frame.filter((pl.col("new") + pl.col("gone") + pl.col("changed")) > 0)["table_name"].to_list()
    if not touched:
        states.empty(text, text("changes.no_document"))
        return
    table = url.select(
        text("changes.kind"), "table", touched, lambda one: text.term("document_table", one), default=touched[0],
        width=320,
    ) or touched[0]  # fmt: skip
    fields = _changed_fields((view.build.build_id, build.build_id), table, view.warehouse, other)
    words = {one: text(f"changes.one_{one}") for one in ("new", "gone", "changed")}
    show_table(
        view,
        f"changed_{table}",
        text("changes.rows"),
        fields.with_columns(pl.col("change").replace(words)),
        [
            Column("key", text("changes.key")), Column("change", text("changes.change_kind")),
            Column("field", text("changes.field")), Column("before", text("changes.before")),
            Column("after", text("changes.after")),
        ],
    )  # fmt: skip


@st.cache_data(max_entries=20, show_spinner=False)
def _changed_documents(builds: tuple[str, str], _here: Warehouse, _there: Warehouse) -> pl.DataFrame:
    return build_changes.changed_documents(_here, _there)


@st.cache_data(max_entries=20, show_spinner=False)
def _changed_fields(builds: tuple[str, str], table: str, _here: Warehouse, _there: Warehouse) -> pl.DataFrame:
    return build_changes.changed_fields(_here, _there, table)


def _show_history(view: View) -> None:
    text = view.text
    frame = ask(view.warehouse, build_changes.figure_history)
    known = [name for name in SCORECARD_METRICS if name in view.catalogue.metrics]
    name = url.select(text("detail.metric"), "metric", known, view.label, default=known[0], width=380) or known[0]
    metric = view.catalogue.metric(name)
    # Several builds of one day: the last of them tells the day.
    course = (
        frame.filter((pl.col("metric") == name) & pl.col("value").is_not_null())
        .group_by(pl.col("as_of").alias("period"), maintain_order=True)
        .agg(pl.col("value").last(), pl.col("build_id").last())
        .sort("period")
    )
    st.caption(text("changes.history_note", builds=frame["build_id"].n_unique()))
    if course.height < 2:
        states.empty(text, text("changes.one_build"))
        return
    show_figure(
        view,
        f"{name}_by_build",
        trend_figure(
            course.select("period", "value"),
            label=lambda value: view.numbers.value(value, metric.unit, metric.decimals),
            tick=lambda value: view.numbers.tick(value, metric.unit),
            period_label=view.numbers.day,
            tick_label=lambda day: view.numbers.within_year(day, "day"),
            is_amount=False,
        ),
        lambda: course,
        (
            Column("period", text("changes.day"), "day"), Column("build_id", text("changes.build")),
            Column("value", view.label(name), export_kind(metric)),
        ),
        about_metric(view, metric),
    )  # fmt: skip
