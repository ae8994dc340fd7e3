"""How much more orders swing than the demand behind them, stage by stage."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.charts import bar_figure
from tower.charts.lines import Line, lines_figure
from tower.exports import ColumnKind
from tower.queries import bullwhip, network
from tower.queries.network_sql import NetworkFilter
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.view import View

_STAGES: dict[str, ColumnKind] = {
    "stage_name": "text", "family": "text", "ratio": "number", "variance_ratio": "number", "weeks": "integer",
    "mean_demand": "money", "mean_orders": "money",
}  # fmt: skip

_SIDES = ("demand_value", "orders_value")


def show_bullwhip(view: View, chosen: NetworkFilter) -> None:
    """The ratio of each stage and family, and the weeks of the one that is chosen."""
    text, numbers = view.text, view.numbers
    found = ask(view.warehouse, bullwhip.by_stage, chosen.plants, chosen.families, chosen.item)
    about = text("network.bullwhip_note", fewest=str(bullwhip.FEWEST_WEEKS), most=str(bullwhip.MOST_WEEKS))
    st.caption(about)
    _absent(view, found)
    if found.is_empty():
        states.empty(text, text("network.no_bullwhip"))
        return
    families = {row[0]: text.pick(row[1], row[2]) for row in ask(view.warehouse, network.families).rows()}
    rows = list(found.iter_rows(named=True))
    shown = found.with_columns(
        pl.Series("stage_name", [text(f"network_stage.{row['stage']}") for row in rows], pl.String),
        pl.Series("family", [
            families.get(family, family) if (family := row["product_family"]) else text("network.all_families")
            for row in rows
        ], pl.String),
    )  # fmt: skip
    whole = shown.filter(pl.col("product_family").is_null())
    title = text("network.bullwhip")
    st.markdown(f"**{title}**")
    columns = columns_of(view, "network_column", _STAGES)
    if whole["ratio"].drop_nulls().len():
        figure = bar_figure(
            whole.select(pl.col("stage_name").alias("name"), pl.col("ratio").alias("value")),
            label=lambda one: f"{one:,.2f}",
        )
        show_figure(
            view, "bullwhip_stages", figure, lambda: whole, columns,
            provenance(view, title, ((title, about),), is_filtered=False),
        )  # fmt: skip
    ids = [f"{row['stage']}|{row['product_family'] or ''}" for row in rows]
    show_choice(
        view, "bullwhip", text("network.bullwhip_table"),
        shown.with_columns(pl.col("ratio", "variance_ratio").round(2)),
        columns, parameter="stage", ids=ids, note=text("network.bullwhip_table_note"), about=((title, about),),
        widths={"stage_name": 330}, tallest=420,
    )  # fmt: skip
    picked = url.select(
        text("network.stage"), "stage", ids,
        lambda one: " · ".join(shown.select("stage_name", "family").row(ids.index(one))), default=ids[0], width=430,
    )  # fmt: skip
    if picked is not None:
        stage, _, family = picked.partition("|")
        weekly = ask(view.warehouse, bullwhip.weekly, chosen.plants, chosen.families, chosen.item)
        weekly = weekly.filter((pl.col("stage") == stage) & ((pl.col("product_family") == family) | pl.lit(not family)))
        frame = bullwhip.filled(weekly, view.warehouse.as_of)
        days = frame["week_start_date"].to_list()
        steps = [float(step) for step in range(len(days))]
        names = [numbers.within_year(day, "week") for day in days]
        heading = text("network.bullwhip_course")
        st.markdown(f"**{heading}**")
        figure = lines_figure(
            [Line(text(f"network_column.{name}"), steps, frame[name].to_list()) for name in _SIDES],
            x_title=text("network.week"), y_title=text("network.at_cost"), x_label=lambda step: names[round(step)],
            y_label=lambda value: numbers.value(value, "money"), x_ticks=steps[:: max(1, -(-len(steps) // 8))],
        )  # fmt: skip
        show_figure(
            view, "bullwhip_weeks", figure, lambda: frame,
            columns_of(view, "network_column", {"week_start_date": "day", **dict.fromkeys(_SIDES, "money")}),
            provenance(view, heading, is_filtered=False),
        )  # fmt: skip


def _absent(view: View, found: pl.DataFrame) -> None:
    """Stages whose two sides no source states."""
    text = view.text
    stages = set(found["stage"].to_list()) if not found.is_empty() else set()
    absent = ask(view.warehouse, network.missing)
    if "channel" not in stages and "channel_stock_sales" in absent:
        st.caption(text("network.stage_absent", stage=text("network_stage.channel"), table="channel_stock_sales"))
    if "distribution" not in stages and "transfer_orders" in absent:
        st.caption(text("network.stage_absent", stage=text("network_stage.distribution"), table="transfer_orders"))
