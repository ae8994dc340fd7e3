"""What is known about one forecast: how it was made, its periods, where its history comes from, and the pipeline."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from tower.charts import bar_figure
from tower.demand_forecast.words import flags_in_words, made_in_words
from tower.exports import Column
from tower.queries import demand_forecast
from tower.queries.demand_forecast import Node
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.forecast.pick import channel_words, rounded
from tower.ui.tables import show_table
from tower.ui.view import View

_SERIES_SHOWN = 200


def show_made(view: View, node: Node) -> None:
    """How the forecast was made, in words and weights; of a sum, the series that it adds up."""
    members = ask(view.warehouse, demand_forecast.rows_of, node)
    if node.level != "series":
        _show_members(view, members)
        return
    text, numbers = view.text, view.numbers
    series = members.row(0, named=True)
    shares = ask(view.warehouse, demand_forecast.weights, node)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(f"**{text('forecast.part_made')}**")
        lines = made_in_words(text, numbers, series, list(shares.rows()))
        st.markdown("\n".join(f"- {line}" for line in lines))
        flags = flags_in_words(text, series["flags"])
        if series["life_cycle_rule"] not in (None, "none_of_the_others"):
            flags.append(text(f"life_cycle_rule.{series['life_cycle_rule']}"))
        if flags:
            st.markdown(f"**{text('forecast.know')}**")
            st.markdown("\n".join(f"- {line}" for line in flags))
    with right:
        if shares.is_empty():
            return
        title = text("forecast.weights")
        st.markdown(f"**{title}**")
        named = shares.select(
            name=pl.col("candidate").replace({one: text.term("candidate", one) for one in shares["candidate"]}),
            value="weight",
        )
        figure = bar_figure(named, label=lambda value: numbers.value(value, "percent"))
        columns = (
            Column("name", text("forecast_column.candidate")),
            Column("value", text("forecast_column.weight"), "percent"),
        )
        show_figure(view, "weights", figure, lambda: named, columns, provenance(view, title, is_filtered=False))


def _show_members(view: View, members: pl.DataFrame) -> None:
    text = view.text
    terms = {"demand_class": "demand_class", "life_cycle": "life_cycle", "route": "forecast_way"}
    named = members.with_columns(
        pl.col(column).replace({one: text.term(group, one) for one in members[column].drop_nulls().unique()})
        for column, group in terms.items()
    ).with_columns(
        channel=channel_words(view, members),
        flags=pl.Series([" ".join(flags_in_words(text, one)) for one in members["flags"]], dtype=pl.String),
    )
    columns = (
        Column("item_id", text("plan_column.item_id")), Column("location_id", text("plan_column.location_id")),
        Column("channel", text("filter.channel")),
        Column("next_quantity", text("forecast_column.next_quantity"), "quantity"),
        Column("last_year_quantity", text("forecast_column.last_year_quantity"), "quantity"),
        Column("next_value", text("forecast_column.next_value"), "money"),
        Column("demand_class", text("forecast_column.demand_class")),
        Column("life_cycle", text("forecast_column.life_cycle")),
        Column("route", text("forecast_column.route")), Column("flags", text("forecast_column.flags")),
    )  # fmt: skip
    note = text("forecast.members_note", shown=min(_SERIES_SHOWN, named.height), all=view.numbers.integer(named.height))
    show_table(
        view,
        "members",
        text("forecast.members"),
        rounded(named.head(_SERIES_SHOWN), columns),
        columns,
        everything=lambda: named,
        note=note,
    )


def show_periods(view: View, node: Node) -> None:
    """The periods that are forecast, beside last year."""
    text = view.text
    frame = ask(view.warehouse, demand_forecast.course, node).filter(pl.col("is_forecast") == 1)
    shown = ["forecast_quantity", "last_year_quantity"]
    if (frame["forecast_quantity"] - frame["statistical_quantity"]).abs().max():
        shown.insert(1, "statistical_quantity")
    if frame["p50"].null_count() < frame.height:
        shown += demand_forecast.QUANTILES
    columns = (
        Column("period", text("course.period"), "day"),
        *(Column(name, text(f"course.{name}"), "quantity") for name in shown),
    )
    show_table(
        view, "periods", text("forecast.part_periods"), rounded(frame, columns), columns, everything=lambda: frame,
        note=text("forecast.periods_note"),
    )  # fmt: skip


def show_preparation(view: View, node: Node) -> None:
    """From what was ordered to the demand that is forecast: every change, and that it adds up."""
    text, numbers = view.text, view.numbers
    totals = ask(view.warehouse, demand_forecast.audit_totals, node)
    demand = float(totals.filter(pl.col("rule").is_null())["quantity_change"].item())
    changes = totals.filter(pl.col("rule").is_not_null())
    raw = demand - float(changes["quantity_change"].sum())
    steps = pl.concat(
        [
            _step(text("forecast.raw"), None, raw, text("forecast.raw_note")),
            changes.select(
                step=_words(view, "audit_rule", changes["rule"]), periods="periods", quantity="quantity_change",
                reason=_words(view, "audit_reason", changes["rule"]),
            ),
            _step(text("forecast.prepared"), None, demand, text("forecast.prepared_note")),
        ],
        how="vertical_relaxed",
    )  # fmt: skip
    columns = (
        Column("step", text("forecast_column.step")), Column("quantity", text("forecast_column.quantity"), "quantity"),
        Column("periods", text("forecast_column.touched"), "integer"), Column("reason", text("forecast_column.reason")),
    )  # fmt: skip
    ordered = ask(view.warehouse, demand_forecast.ordered_quantity, node) if view.scope.is_everything else None
    note = text("forecast.preparation_note")
    if ordered is not None:
        word = "agrees" if abs(ordered - raw) < 1e-3 else "differs"
        note = text(f"forecast.preparation_{word}", ordered=numbers.exact(ordered, "quantity"),
                    difference=numbers.exact(round(ordered - raw, 3), "quantity"))  # fmt: skip
    show_table(view, "preparation", text("forecast.part_preparation"), steps, columns, note=note)
    rows = ask(view.warehouse, demand_forecast.audit_rows, node)
    if rows.is_empty():
        return
    named = rows.with_columns(
        step=_words(view, "audit_rule", rows["rule"]), channel=channel_words(view, rows)
    )  # fmt: skip
    every = (
        Column("period_start", text("course.period"), "day"), Column("item_id", text("plan_column.item_id")),
        Column("location_id", text("plan_column.location_id")), Column("channel", text("filter.channel")),
        Column("step", text("forecast_column.step")),
        Column("quantity_before", text("forecast_column.before"), "quantity"),
        Column("quantity_change", text("forecast_column.change"), "quantity"),
        Column("quantity_after", text("forecast_column.after"), "quantity"),
    )  # fmt: skip
    show_table(view, "audit", text("forecast.audit"), named, every, note=text("forecast.audit_note"))


def _step(name: str, periods: int | None, quantity: float, reason: str) -> pl.DataFrame:
    return pl.DataFrame(
        {"step": [name], "periods": [periods], "quantity": [quantity], "reason": [reason]},
        schema={"step": pl.String, "periods": pl.Int64, "quantity": pl.Float64, "reason": pl.String},
    )


def _words(view: View, group: str, values: pl.Series) -> pl.Series:
    return pl.Series([view.text.term(group, one) for one in values], dtype=pl.String)


def show_pipeline(view: View, node: Node) -> None:
    """Open opportunities by month, beside the forecast and not in it."""
    text = view.text
    if not view.scope.is_everything:
        states.forbidden(text, text("state.forbidden_scope"))
        return
    frame = ask(view.warehouse, demand_forecast.pipeline, node)
    ahead = ask(view.warehouse, demand_forecast.course, node).filter(pl.col("is_forecast") == 1)
    by_month = ahead.group_by(pl.col("period").dt.month_start().alias("month_start")).agg(
        pl.col("forecast_quantity").sum()
    )
    joined = frame.join(by_month, on="month_start", how="left", maintain_order="left").with_columns(
        channel=channel_words(view, frame)
    )
    columns = (
        Column("month_start", text("course.month"), "day"), Column("channel", text("filter.channel")),
        Column("opportunities", text("forecast_column.opportunities"), "integer"),
        Column("quantity", text("forecast_column.if_won"), "quantity"),
        Column("expected_quantity", text("forecast_column.expected"), "quantity"),
        Column("overdue_quantity", text("forecast_column.overdue"), "quantity"),
        Column("forecast_quantity", text("forecast_column.forecast_of_month"), "quantity"),
    )  # fmt: skip
    show_table(
        view, "pipeline", text("forecast.part_pipeline"), joined.with_columns(pl.col(pl.Float64).round(1)), columns,
        note=text("forecast.pipeline_note"), empty=text("forecast.pipeline_none"),
    )  # fmt: skip


def with_event_words(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """Kinds of events in the reader's language: `promotion: EV-1` says what it is before the colon."""

    def said(events: str | None) -> str | None:
        if events is None:
            return None
        unique = dict.fromkeys(events.split("; "))
        return "; ".join(
            f"{view.text.term('event', kind)}: {name}" for kind, _, name in (one.partition(": ") for one in unique)
        )

    values: list[Any] = [said(one) for one in frame["events"]]
    return frame.with_columns(events=pl.Series(values, dtype=pl.String))
