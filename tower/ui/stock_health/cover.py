"""How long stock lasts, ahead and back side by side: a histogram with the band that is wanted, and the rows."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.charts.cover import cover_figure
from tower.exports import ColumnKind
from tower.queries import inventory_health
from tower.queries.inventory_health import COVER_FROM
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.stock_health.choices import Choices
from tower.ui.stock_health.position import chosen_position, key_of, show_position
from tower.ui.stock_health.statuses import worded
from tower.ui.view import View

# Days beyond which longer cover counts no more in the order of rows; so long counts stock without demand.
LONGEST = 730.0
_COLUMNS: dict[str, ColumnKind] = {"days": "text", "positions": "integer", "value": "money"}
_ROWS: dict[str, ColumnKind] = {
    "item_id": "text", "name": "text", "location_id": "text", "forward_days": "integer", "backward_days": "integer",
    "value": "money", "on_hand_quantity": "quantity", "base_uom": "text", "daily_demand_quantity": "number",
    "issued_365_quantity": "quantity", "run_out_date": "day", "lead_time_days": "integer", "status": "text",
    "classes": "text", "planner": "text",
}  # fmt: skip


def show_cover(view: View, choices: Choices) -> None:
    """The histogram, then the rows that last longest with the most money."""
    text, numbers = view.text, view.numbers
    found = ask(view.warehouse, inventory_health.cover, choices.filters, choices.types)
    if found.is_empty():
        states.empty(text, text("inventory_health.no_rows"))
        return
    values = {row["from_days"]: row for row in found.iter_rows(named=True)}
    starts: list[float | None] = [*COVER_FROM, *([None] if None in values else [])]
    names = [_called(view, position) for position in range(len(COVER_FROM))]
    names += [text("inventory_health.no_demand")] if None in values else []
    data = pl.DataFrame(
        {
            "days": names,
            "positions": [values[one]["positions"] if one in values else 0 for one in starts],
            "value": [float(values[one]["value"]) if one in values else 0.0 for one in starts],
        }
    )
    band = ask(view.warehouse, inventory_health.cover_band, choices.filters, choices.types)
    title = text("inventory_health.cover")
    st.markdown(f"**{title}** :gray[:small[{text('inventory_health.cover_note')}]]")
    figure = cover_figure(
        names, data["value"].to_list(), starts=starts, band=band,
        band_label=text("inventory_health.band", low=round(band[0]), high=round(band[1])) if band else "",
        label=lambda value: numbers.value(value, "money"), tick=lambda value: numbers.tick(value, "money"),
    )  # fmt: skip
    columns = columns_of(view, "inventory_column", _COLUMNS)
    show_figure(view, "cover", figure, lambda: data, columns, provenance(view, title, choices.about))
    rows = ask(view.warehouse, inventory_health.positions, choices.filters, choices.types)
    rows = rows.filter(pl.col("on_hand_quantity") > 0).sort(
        pl.col("forward_days").fill_null(LONGEST).clip(0, LONGEST) * pl.col("value").fill_null(0).clip(0.01),
        "item_id", "location_id", descending=[True, False, False],
    )  # fmt: skip
    show_choice(
        view, "cover_rows", text("inventory_health.cover_rows"), worded(view, rows),
        columns_of(view, "inventory_column", _ROWS), parameter="position",
        ids=[key_of(row) for row in rows.iter_rows(named=True)], linked=("item_id", "location_id"),
        note=text("inventory_health.cover_rows_note"), empty=text("inventory_health.no_rows"), about=choices.about,
        widths={"name": 190}, tallest=400,
    )  # fmt: skip
    row = chosen_position(view)
    if row is not None:
        show_position(view, row)


def _called(view: View, position: int) -> str:
    start = COVER_FROM[position]
    if position + 1 == len(COVER_FROM):
        return f"≥ {start}"
    return f"{start}–{COVER_FROM[position + 1] - 1}"
